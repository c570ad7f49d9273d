"""Text that is never cut: drawn at its size where it fits, smaller where it does not."""

from functools import lru_cache

from PyQt6.QtCore import QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from guidance_app.presentation.view import Text, Tone
from guidance_app.ui import theme

SMALLEST_SHARE = 0.6
"""A text shrinks to this share of its size before it is shortened."""

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter
TOP_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

_WRAP = int(Qt.TextFlag.TextWordWrap)


@lru_cache(maxsize=256)
def fit_text(text: str, width: int, height: int, cap_px: float, bold: bool) -> tuple[int, str]:
    """The font's pixel size and the text, shortened with "…" only at the smallest size."""
    largest = theme.pixel_size(cap_px)
    smallest = max(10, round(largest * SMALLEST_SHARE))
    for size in range(largest, smallest - 1, -1):
        if text_fits(text, width, height, size, bold):
            return size, text
    words = text.split()
    while len(words) > 1 and not text_fits(" ".join(words) + "…", width, height, smallest, bold):
        words.pop()
    shortened = " ".join(words) + "…"
    return min(smallest, largest), text if len(shortened) > len(text) else shortened


def text_fits(text: str, width: int, height: int, size: int, bold: bool) -> bool:
    """Whether the text, wrapped at words, fits a box at a font size; all in pixels."""
    metrics = QFontMetrics(theme.font_of(size, bold))
    box = metrics.boundingRect(QRect(0, 0, width, 10_000), _WRAP, text)
    return box.width() <= width and box.height() <= height


def text_height(text: str, width: int, cap_px: float, bold: bool = False) -> int:
    """How high a text is at its own size, wrapped at words; pixels."""
    metrics = QFontMetrics(theme.font_of(theme.pixel_size(cap_px), bold))
    return metrics.boundingRect(QRect(0, 0, width, 10_000), _WRAP, text).height()


def is_shown_whole(text: str, box: QRectF, cap_px: float, bold: bool = False) -> bool:
    """Whether `draw_text` would draw all of a text into a box."""
    width, height = int(box.width()), int(box.height())
    size, fitted = fit_text(text, width, height, cap_px, bold)
    return not text or (fitted == text and text_fits(text, width, height, size, bold))


def draw_text(
    painter: QPainter,
    box: QRectF,
    text: str,
    cap_px: float,
    colour: str,
    *,
    bold: bool = False,
    align: Qt.AlignmentFlag = LEFT,
) -> None:
    """Draw a text into a box, wrapped at words and shrunk until it fits."""
    if not text or box.width() < 1 or box.height() < 1:
        return
    size, fitted = fit_text(text, int(box.width()), int(box.height()), cap_px, bold)
    painter.setFont(theme.font_of(size, bold))
    painter.setPen(QColor(colour))
    painter.drawText(box, int(align) | _WRAP, fitted)


class FittedText(QWidget):
    """A text in a place of constant size; it never asks the layout for more room."""

    def __init__(
        self,
        cap_px: float = 12.0,
        *,
        bold: bool = False,
        align: Qt.AlignmentFlag = LEFT,
        tone: Tone = Tone.NORMAL,
    ) -> None:
        super().__init__()
        self._cap_px = cap_px
        self._bold = bold
        self._align = align
        self._shown = Text("", tone)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def set_cap(self, cap_px: float) -> None:
        """Change the size the text has where it fits."""
        self._cap_px = cap_px
        self.update()

    def render_text(self, text: Text) -> None:
        """Show another text; whole in the tooltip and for a screen reader."""
        if text != self._shown:
            self._shown = text
            self.setAccessibleName(text.text)
            self.setToolTip(text.text)
            self.update()

    def say(self, text: str) -> None:
        """Show another text in the tone given at the start."""
        self.render_text(Text(text, self._shown.tone))

    def explain(self, details: str) -> None:
        """Say more in the tooltip, and to a screen reader, than there is room for."""
        tip = f"{self.text}\n{details}" if details else self.text
        if tip != self.toolTip():
            self.setToolTip(tip)
            self.setAccessibleDescription(details)

    @property
    def text(self) -> str:
        """What is shown."""
        return self._shown.text

    def is_whole(self) -> bool:
        """Whether the text is shown without shortening at the present size."""
        return is_shown_whole(self.text, QRectF(self.contentsRect()), self._cap_px, self._bold)

    def sizeHint(self) -> QSize:  # noqa: N802
        """No wish of its own: the layout gives it its place."""
        return QSize(0, 0)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Draw the text in the colour of its tone."""
        painter = QPainter(self)
        draw_text(
            painter,
            QRectF(self.contentsRect()),
            self._shown.text,
            self._cap_px,
            theme.TONE_COLOURS[self._shown.tone],
            bold=self._bold,
            align=self._align,
        )
