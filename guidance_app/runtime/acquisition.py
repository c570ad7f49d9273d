"""The capture thread: read, stamp is there already, record first, then put into the mailbox."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import Protocol

from drivers.api.errors import DeviceError, EndOfStream, NotFound
from drivers.api.ports import Clock, SourceInfo, VideoSource
from drivers.api.samples import ImageU8, Origin, VideoFrame
from guidance_app.domain.commands import DoseReceived, SourceFailed, SourceOpened
from guidance_app.domain.snapshot import FrameFacts
from guidance_app.processing.change import content_changed, measure, thumbnail
from guidance_app.processing.truth import Arrivals, observe
from guidance_app.runtime.mailbox import Delivery, Mailbox

log = logging.getLogger(__name__)

BACK_OFF_S = (0.5, 1.0, 2.0, 4.0, 5.0)
"""Pauses before a failed source is opened again; the last one repeats."""
LOOK_AGAIN_S = 0.5
"""Pause before a device that is not there is looked for again, which costs little."""

NEVER_REOPENED = (Origin.FILE, Origin.REPLAY)
"""A file that ended or broke off would begin anew."""


class FrameSink(Protocol):
    """Who gets every frame before anybody sees it."""

    def offer_frame(self, frame: VideoFrame, facts: FrameFacts) -> None:
        """Take the frame or count it as lost; never blocks."""
        ...


class BackOff:
    """How long to wait before a failed source is opened again."""

    def __init__(self) -> None:
        self._failures = 0

    def pause_s(self, error: DeviceError, delivered: bool) -> float:
        """Seconds to wait after `error`; `delivered` says that pictures had come before it."""
        if delivered:
            self._failures = 0
        if isinstance(error, NotFound):
            return LOOK_AGAIN_S
        self._failures += 1
        return BACK_OFF_S[min(self._failures, len(BACK_OFF_S)) - 1]


class Acquisition:
    """Reads one source until stopped, and opens it again when it fails.

    The source stays the same object: one that is bound to a device stays bound to it, and a
    device that says it is another than the first is never read.
    """

    def __init__(
        self,
        create: Callable[[], VideoSource],
        clock: Clock,
        mailbox: Mailbox,
        before_frame: Callable[[VideoSource, VideoFrame], None] = lambda source, frame: None,
    ) -> None:
        """`create` makes an unopened source; `before_frame` is called ahead of each frame."""
        self._create = create
        self._clock = clock
        self._mailbox = mailbox
        self._before_frame = before_frame
        self.source: VideoSource | None = None
        """What is read, once it was made; of it other threads may use what any thread may."""
        self._arrivals = Arrivals()
        self._thumbnail: ImageU8 | None = None
        self._reported = ""
        """The failure that was told last, until the source is open again."""
        self.first_open: Future[SourceInfo] = Future()
        """Resolved by the first attempt to open: what was opened, or the DeviceError."""
        self.sink: Future[FrameSink] = Future()
        """To be resolved by the owner: no frame is read before there is somebody to keep it."""

    def run(self, stopping: threading.Event) -> None:
        """The capture thread's work; returns when stopped or when the source has ended."""
        back_off = BackOff()
        while not stopping.is_set():
            count_before = self._arrivals.count
            try:
                self._read_until_it_fails(stopping)
            except CancelledError:
                return
            except DeviceError as error:
                if stopping.is_set():
                    return
                self._report(error)
                if self._is_final(error):
                    return
                pause_s = back_off.pause_s(error, self._arrivals.count > count_before)
                self._clock.wait_until(self._clock.now_ns() + int(pause_s * 1e9), stopping)

    def interrupt(self) -> None:
        """Make a blocked read return; any thread."""
        self.sink.cancel()
        source = self.source
        if source is not None:
            source.interrupt()

    def _read_until_it_fails(self, stopping: threading.Event) -> None:
        source = self.source = self.source or self._create()
        try:
            info = source.open()
            self._require_first_device(info)
            self._mailbox.put_command(SourceOpened(info))
            if info.dose is not None:
                self._mailbox.put_command(DoseReceived(info.dose))
            log.info("opened %s", info.address)
            self._reported = ""
            if not self.first_open.done():
                self.first_open.set_result(info)
            sink = self.sink.result()
            while not stopping.is_set():
                self._deliver(source, source.read(), sink)
        finally:
            source.close()

    def _require_first_device(self, info: SourceInfo) -> None:
        first = self.first_open.result() if self.first_open.done() else info
        if first.identity not in (None, info.identity):
            raise NotFound(
                first.name,
                "open",
                f"another device is there instead ({info.name})",
                "Plug the first one in again, or choose the source anew.",
            )

    def _deliver(self, source: VideoSource, frame: VideoFrame, sink: FrameSink) -> None:
        facts = self._look_at(frame)
        self._before_frame(source, frame)
        sink.offer_frame(frame, facts)
        self._arrivals = observe(self._arrivals, facts)
        self._mailbox.put_frame(Delivery(frame, self._arrivals))

    def _look_at(self, frame: VideoFrame) -> FrameFacts:
        """All that is known of a frame; its pixels are looked at here and never again."""
        before, now = self._thumbnail, thumbnail(frame.pixels)
        self._thumbnail = now
        return FrameFacts(
            number=self._arrivals.count,
            stamp=frame.stamp,
            geometry=frame.geometry,
            origin=frame.origin,
            regions=frame.regions,
            changed=content_changed(before, now),
            content=measure(before, now),
        )

    def _report(self, error: DeviceError) -> None:
        if str(error) != self._reported:
            log.info("%s", error)
            self._mailbox.put_command(SourceFailed(str(error), isinstance(error, EndOfStream)))
            self._reported = str(error)
        if not self.first_open.done():
            self.first_open.set_exception(error)

    def _is_final(self, error: DeviceError) -> bool:
        if isinstance(error, EndOfStream):
            return True
        opened = self.first_open.exception() is None
        return not opened or self.first_open.result().origin in NEVER_REOPENED
