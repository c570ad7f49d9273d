"""The margins and the heading that every page outside the live screen has."""

from PyQt6.QtWidgets import QVBoxLayout

from guidance_app.ui.lettering import FittedText
from guidance_app.ui.theme import Sizes


def size_page(column: QVBoxLayout, title: FittedText, sizes: Sizes) -> None:
    """Fit a page's column and its heading to the present window and screen."""
    side = sizes.panel_width // 2
    column.setContentsMargins(side, 2 * sizes.grid, side, 2 * sizes.grid)
    column.setSpacing(sizes.grid)
    title.setFixedHeight(round(sizes.key_cap * 1.6))
    title.set_cap(sizes.key_cap * 0.6)
