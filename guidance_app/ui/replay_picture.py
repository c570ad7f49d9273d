"""One or two recorded pictures side by side, each under a line that says what it is."""

from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from drivers.api.samples import VideoFrame
from guidance_app.presentation.view import NO_TEXT, PictureView, Text
from guidance_app.ui.lettering import CENTRE, FittedText
from guidance_app.ui.overlay_layer import OverlayLayer
from guidance_app.ui.painter import paint_picture
from guidance_app.ui.theme import Sizes

NOTHING = PictureView(1.0, NO_TEXT, "")


class RecordedPicture(QWidget):
    """A frame with its view, painted as on the live screen; it takes no clicks."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._frame: VideoFrame | None = None
        self._view = NOTHING
        self._layer = OverlayLayer()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_picture(self, frame: VideoFrame | None, view: PictureView) -> None:
        """Another moment."""
        self._frame, self._view = frame, view
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """The picture as large as it fits."""
        painter = QPainter(self)
        paint_picture(painter, self.rect(), self._frame, self._view, self._layer)
        painter.end()


class PicturePair(QWidget):
    """The recording, and beside it what it is compared with."""

    def __init__(self) -> None:
        super().__init__()
        self.first = RecordedPicture("Recorded picture")
        self.second = RecordedPicture("What it is compared with")
        self._captions = (FittedText(align=CENTRE), FittedText(align=CENTRE))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self._halves = [self._half(0, self.first), self._half(1, self.second)]
        for half in self._halves:
            row.addWidget(half, 1)
        self.show_alone()

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window."""
        for caption in self._captions:
            caption.setFixedHeight(round(sizes.hand_cap * 3.6))
            caption.set_cap(sizes.hand_cap)

    def show_alone(self) -> None:
        """Compare with nothing."""
        self._halves[1].hide()
        self._captions[0].hide()

    def show_beside(self, first: Text, second: Text) -> None:
        """Compare; the captions say what is what."""
        for caption, words in zip(self._captions, (first, second), strict=True):
            caption.render_text(words)
            caption.show()
        self._halves[1].show()

    def is_pair(self) -> bool:
        """Whether something is compared."""
        return not self._halves[1].isHidden()

    def _half(self, place: int, picture: RecordedPicture) -> QWidget:
        half = QWidget()
        column = QVBoxLayout(half)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._captions[place])
        column.addWidget(picture, 1)
        return half
