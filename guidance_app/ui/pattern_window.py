"""The present moment as a pattern on the whole screen, for a device to look at."""

from PyQt6.QtCore import QRect, QRectF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QImage, QKeyEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from drivers.api.ports import Clock
from guidance_app.processing.time_pattern import draw_pattern
from guidance_app.ui import theme
from guidance_app.ui.lettering import CENTRE, draw_text

FOOTER_SHARE = 0.08
USUAL_RATE_HZ = 60.0


class PatternWindow(QWidget):
    """Paints the pattern anew for every picture of the screen; a sentence stands below it."""

    left = pyqtSignal()
    """Escape was pressed, or the window closed."""

    def __init__(self, clock: Clock) -> None:
        """`clock` is the one that frames are stamped by."""
        super().__init__()
        self._clock = clock
        self._sentence = ""
        self.setWindowTitle("guidance · delay of a device")
        self.setCursor(Qt.CursorShape.BlankCursor)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.update)

    @property
    def refresh_hz(self) -> float:
        """Pictures a second of the screen that the window is on."""
        screen = self.screen()
        return screen.refreshRate() if screen and screen.refreshRate() > 0 else USUAL_RATE_HZ

    def begin(self) -> None:
        """Cover the screen and run."""
        screen = self.screen()
        if screen is not None:
            self.setGeometry(screen.geometry())  # where nothing manages windows
        self.showFullScreen()
        self._timer.start(round(1000 / self.refresh_hz))

    def say(self, sentence: str) -> None:
        """Change the sentence below the pattern."""
        self._sentence = sentence

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Draw the pattern of this moment, its cells whole pixels, and the sentence."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        footer = round(FOOTER_SHARE * self.height())
        time_ms = round(self._clock.now_ns() / 1e6)
        painter.drawImage(self._place(self.height() - footer), _image(time_ms))
        box = QRectF(0, self.height() - footer, self.width(), footer)
        draw_text(painter, box, self._sentence, 0.25 * footer, theme.GROUND, align=CENTRE)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Escape ends."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.left.emit()

    def closeEvent(self, event: QCloseEvent | None) -> None:  # noqa: N802
        """Closing ends too."""
        self._timer.stop()
        self.left.emit()
        super().closeEvent(event)

    def _place(self, height: int) -> QRect:
        image = _image(0)
        cell = max(1, min(self.width() // image.width(), height // image.height()))
        width, tall = cell * image.width(), cell * image.height()
        return QRect((self.width() - width) // 2, (height - tall) // 2, width, tall)


def _image(time_ms: int) -> QImage:
    cells = draw_pattern(time_ms)
    height, width = cells.shape
    image: QImage = QImage(  # type: ignore[call-overload]  # the stub knows no buffers
        cells.data, width, height, width, QImage.Format.Format_Grayscale8
    )
    return image.copy()  # of its own: the array is gone when this returns
