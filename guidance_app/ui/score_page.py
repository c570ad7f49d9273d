"""How an attempt went: a line for each figure, its last picture with the truth, another try."""

from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from drivers.api.samples import VideoFrame
from guidance_app.presentation.score_view import ScoreView
from guidance_app.presentation.view import PictureView, Text, Tone
from guidance_app.ui.intents import Intents
from guidance_app.ui.lettering import RIGHT, FittedText
from guidance_app.ui.overlay_layer import OverlayLayer
from guidance_app.ui.page_sizes import size_page
from guidance_app.ui.painter import paint_picture
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton, bind_key

LINES = 11
INERT_MS = 700
"""What was pressed twice in haste is not a press on what has come up under the finger."""


class StillPicture(QWidget):
    """One picture of the attempt with marks over it."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("The last picture, with target and needle as they really lay")
        self._frame: VideoFrame | None = None
        self._view = PictureView(1.0, Text(""), "")
        self._overlay = OverlayLayer()

    def show_picture(self, frame: VideoFrame | None, view: ScoreView) -> None:
        """Another picture, or none."""
        self._frame = frame
        self._view = PictureView(1.0, Text(""), view.watermark, view.marks)
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """The picture as large as it fits."""
        painter = QPainter(self)
        paint_picture(painter, self.rect(), self._frame, self._view, self._overlay)
        painter.end()


class ScorePage(QWidget):
    """A table of figures; what was met that must be spared stands in the colour of an alarm."""

    def __init__(self, intents: Intents) -> None:
        super().__init__()
        self._view = ScoreView(())
        self.title = FittedText(bold=True)
        self.picture = StillPicture()
        self.values = [FittedText(bold=True, align=RIGHT) for _ in range(LINES)]
        self.words = [FittedText() for _ in range(LINES)]
        self.note = FittedText(tone=Tone.MUTED)
        self.back = TouchButton("arrow-left-bold", "Start screen", "Esc", beside=True)
        self.other = TouchButton("account-switch", "Another person", "A", beside=True)
        self.again = TouchButton("refresh", "Try again", "R", beside=True)
        self._inert = QTimer(self)
        self._inert.setSingleShot(True)
        self._inert.timeout.connect(self._let_press)
        self._lay_out()
        self.back.clicked.connect(intents.back_asked)
        self.again.clicked.connect(lambda: intents.attempt_asked.emit(self._view.address))
        self.other.clicked.connect(lambda: intents.attempt_asked.emit(self._view.other_address))
        for key, button in (("Esc", self.back), ("A", self.other), ("R", self.again)):
            bind_key(key, button, self)

    def _lay_out(self) -> None:
        self._table = QGridLayout()
        for line, (value, words) in enumerate(zip(self.values, self.words, strict=True)):
            self._table.addWidget(value, line, 0)
            self._table.addWidget(words, line, 1)
        self._table.setColumnStretch(0, 2)
        self._table.setColumnStretch(1, 5)
        self._middle = QHBoxLayout()
        self._middle.addWidget(self.picture, 1)
        self._middle.addLayout(self._table, 1)
        buttons = QHBoxLayout()
        for button in (self.back, self.other, self.again):
            buttons.addWidget(button, 1)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.title)
        self._column.addLayout(self._middle, 1)
        self._column.addWidget(self.note)
        self._column.addLayout(buttons)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        size_page(self._column, self.title, sizes)
        side = 2 * sizes.grid
        self._column.setContentsMargins(side, side, side, side)
        self._middle.setSpacing(2 * sizes.grid)
        self._table.setHorizontalSpacing(2 * sizes.grid)
        self._table.setVerticalSpacing(sizes.grid // 2)
        for text in (*self.values, *self.words):
            text.set_cap(sizes.hand_cap * 1.4)
        self.note.setFixedHeight(round(sizes.hand_cap * 3))
        self.note.set_cap(sizes.hand_cap * 1.2)
        for button in (self.back, self.other, self.again):
            button.setFixedHeight(sizes.touch)
            button.set_cap(sizes.hand_cap * 1.2)

    def render_view(self, view: ScoreView, frame: VideoFrame | None) -> None:
        """Show an attempt with its last picture."""
        self._view = view
        self.title.say(view.title)
        self.picture.show_picture(frame, view)
        nothing = [(Text(""), "")] * (LINES - len(view.rows))
        lines = [(row.value, row.words) for row in view.rows] + nothing
        for value, words, (found, about) in zip(self.values, self.words, lines, strict=True):
            value.render_text(found)
            words.say(about)
        self.note.say(view.note)
        self._let_press(False)
        self._inert.start(INERT_MS)

    def _let_press(self, allowed: bool = True) -> None:
        for button in (self.back, self.other, self.again):
            button.setEnabled(allowed)
        if allowed and self.isVisible():
            self.again.setFocus()
