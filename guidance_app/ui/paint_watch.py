"""When each frame comes to the screen: measured for the state strip, kept in the recording."""

from collections.abc import Callable

from PyQt6.QtCore import QMetaObject, QObject, Qt

from drivers.api.ports import Clock
from guidance_app.runtime.latency import Latency, LatencyMeter
from guidance_app.session.format import PaintRecord
from guidance_app.ui.image_view import ImageView


class PaintWatch(QObject):
    """Notes the paints of one image view until stop(). GUI thread."""

    def __init__(self, clock: Clock, record: Callable[[PaintRecord], None]) -> None:
        """`record` keeps each paint and must not block."""
        super().__init__()
        self._clock = clock
        self._record = record
        self._meter = LatencyMeter()
        self._connection: QMetaObject.Connection | None = None

    def watch(self, image: ImageView) -> None:
        """Begin to note."""
        # Queued: the slot runs after the backing store has been flushed to the screen.
        self._connection = image.painted.connect(  # type: ignore[call-arg]  # the stub knows no kinds
            self._note, Qt.ConnectionType.QueuedConnection
        )

    def stop(self) -> None:
        """Note no more."""
        if self._connection is not None:
            QObject.disconnect(self._connection)
            self._connection = None

    def recent(self, now_ns: int) -> Latency | None:
        """Of what was painted within the last second; None when nothing was."""
        return self._meter.recent(now_ns)

    def _note(self, arrival_ns: int) -> None:
        paint = PaintRecord(arrival_ns, self._clock.now_ns())
        if paint.latency_ns >= 0:  # a stamp that lies ahead says nothing of the delay
            self._meter.note(paint)
            self._record(paint)
