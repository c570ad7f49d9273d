"""The sheet with all that is known of one item, in the place of the checklist's rows."""

from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from guidance_app.ui import theme
from guidance_app.ui.lettering import TOP_LEFT, FittedText, text_fits
from guidance_app.ui.theme import Sizes


class SourceSheet(QWidget):
    """Lines of text at one size, as many a page as there is room for."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[str, ...] = ()
        self._cap_px = 10.0
        self._page = 0
        self._pages = [""]
        self.text = FittedText(align=TOP_LEFT)
        self.setAccessibleName("Source")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.text)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self._cap_px = sizes.hand_cap
        self.text.set_cap(sizes.hand_cap)
        self._share_out()

    def show_lines(self, lines: tuple[str, ...]) -> None:
        """Show other lines, from their first page on."""
        if lines != self._lines:
            self._lines, self._page = lines, 0
            self._share_out()

    def turn(self, step: int) -> None:
        """Show the page before or after, if there is one."""
        self._page = min(max(self._page + step, 0), len(self._pages) - 1)
        self.text.say(self._pages[self._page])

    @property
    def page_words(self) -> str:
        """Which page is shown."""
        return f"source {self._page + 1}/{len(self._pages)}"

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """As many lines a page as there is room for."""
        super().resizeEvent(event)
        self._share_out()

    def _share_out(self) -> None:
        size = theme.pixel_size(self._cap_px)
        self._pages = [""]
        for line in self._lines:
            longer = f"{self._pages[-1]}\n{line}".strip("\n")
            if text_fits(longer, self.width(), self.height(), size, bold=False):
                self._pages[-1] = longer
            elif self._pages[-1]:
                self._pages.append(line)
            else:
                self._pages[-1] = line  # drawn smaller
        self.turn(0)
