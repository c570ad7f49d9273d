"""The live screen on frames from memory, recording: what the benchmarks measure."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QApplication
from sources import memory_source

from drivers.api.clock import SystemClock
from drivers.api.ports import Clock, SourceInfo, VideoSource
from drivers.api.samples import ImageU8, PictureGeometry, PixelFormat, VideoFrame
from guidance_app.domain.calibration import PixelScale
from guidance_app.domain.commands import PlanChanged, ScaleSet
from guidance_app.domain.people import Person, Role
from guidance_app.domain.plan import Plan, add_no_go, place_entry, place_target
from guidance_app.picture_memory import give_back_pictures
from guidance_app.presentation.primitives import Primitive
from guidance_app.presentation.view import LiveView
from guidance_app.processing.layout_finding import FoundLayout, find_layout
from guidance_app.processing.needle.search import NeedleSearch
from guidance_app.runtime.needle_watch import Search
from guidance_app.runtime.pipeline import Pipeline, no_commands
from guidance_app.runtime.recorder import Recorder, RecordingStatus
from guidance_app.session.writer import SessionWriter
from guidance_app.ui.bridge import Bridge
from guidance_app.ui.controller import LiveController
from guidance_app.ui.intents import Intents
from guidance_app.ui.main_window import MainWindow


def _find_layout(info: SourceInfo, frames: Sequence[ImageU8]) -> FoundLayout | None:
    """As the application does, with nothing remembered."""
    return find_layout(frames, tuple)


class LiveRun:
    """A window, a pipeline with a recorder, a plan on the picture; one a process."""

    def __init__(
        self,
        folder: Path,
        size: tuple[int, int],
        rate_hz: float,
        window: tuple[int, int],
        make_source: Callable[[Clock], VideoSource] | None = None,
        find_needle: Callable[[], Search] = NeedleSearch,
        pixel_format: PixelFormat = PixelFormat.GRAY8,
    ) -> None:
        """`make_source` gives another source than moving speckle of that size and rate; the
        needle is searched once a procedure is started."""
        self.times_ms: list[float] = []
        """From the stamp of each painted frame until its paint was flushed."""
        self.taken = 0
        """Frames that the GUI thread took from the bridge."""
        self.painted = 0
        """Those of them that were painted."""
        self.unpainted = 0
        """Those that a newer one replaced before they were painted."""
        self._frame: VideoFrame | None = None
        self._is_painted = True
        self._view: LiveView | None = None
        self._last_ns = 0
        give_back_pictures()
        self._qt = QApplication(sys.argv[:1])
        self._clock = SystemClock()
        self._window = MainWindow(Intents(), self._clock)
        self._window.resize(*window)
        self._window.show()
        self._window.show_live()
        if make_source is None:
            create = memory_source(*size, rate_hz, self._clock)
        else:
            create = partial(make_source, self._clock)
        self.pipeline = Pipeline(create, self._clock, no_commands, _find_layout, find_needle)
        self.bridge = Bridge()
        self._controller = LiveController(self.pipeline, self.bridge, self._clock, str, False)
        self._controller.rendered.connect(self._window.render_view)
        self._controller.rendered.connect(self._remember)
        self._controller.paints.watch(self._window.live.image)
        self._window.live.image.painted.connect(self._count_painted)
        # Queued: the slot runs after the backing store has been flushed to the screen.
        queued = Qt.ConnectionType.QueuedConnection
        self._window.live.image.painted.connect(self._note, queued)
        info = self.pipeline.open().result(10)
        writer = SessionWriter.create(folder, info, self._clock)
        self._recorder = Recorder(writer, self._clock)
        self._recorder.start()
        self.pipeline.begin(self._recorder, self.bridge.publish)
        self._plan(PictureGeometry(*size, pixel_format))

    @property
    def picture_size(self) -> tuple[int, int]:
        """Size of the picture on the screen."""
        place = self._window.live.image.placement()
        assert place is not None
        return place.box.width(), place.box.height()

    @property
    def shapes(self) -> tuple[Primitive, ...]:
        """The overlay as it was shown last."""
        return self._view.picture.primitives if self._view else ()

    def play(self, seconds: float) -> None:
        """Run the window for so long."""
        QTimer.singleShot(round(seconds * 1000), self._qt.quit)
        self._qt.exec()

    def stop(self) -> RecordingStatus:
        """End everything; how the recording ended."""
        self._controller.stop()
        self.pipeline.stop()
        return self._recorder.status()

    def _plan(self, geometry: PictureGeometry) -> None:
        width, height = geometry.width_px, geometry.height_px
        plan = place_target(Plan(), (width * 0.55, height * 0.55), geometry)
        plan = place_entry(plan, (width * 0.25, height * 0.08), geometry)
        outline = (
            (width * 0.4, height * 0.7),
            (width * 0.5, height * 0.7),
            (width * 0.45, height * 0.8),
        )
        plan = add_no_go(plan, outline, geometry)
        scale = PixelScale(0.06, 0.06, 0.5, geometry, "source")
        person = Person("bench", Role.OPERATOR)

        def submit() -> None:
            self.pipeline.submit(PlanChanged(plan))
            self.pipeline.submit(ScaleSet(scale, person))

        QTimer.singleShot(300, submit)

    def _remember(self, view: LiveView, frame: VideoFrame | None) -> None:
        self._view = view
        if frame is not None and frame is not self._frame:
            self.taken += 1
            self.unpainted += not self._is_painted
            self._frame, self._is_painted = frame, False

    def _count_painted(self, arrival_ns: int) -> None:
        if not self._is_painted:
            self._is_painted = True
            self.painted += 1

    def _note(self, arrival_ns: int) -> None:
        if arrival_ns != self._last_ns:
            self._last_ns = arrival_ns
            self.times_ms.append((self._clock.now_ns() - arrival_ns) / 1e6)
