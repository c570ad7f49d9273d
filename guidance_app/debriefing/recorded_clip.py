"""The clip of a session: every change of its screen, at its own time."""

import io
from collections.abc import Callable
from dataclasses import dataclass

from drivers.api.samples import ImageU8, VideoFrame
from guidance_app.debriefing.clip import ClipWriter
from guidance_app.debriefing.shown import PublicMoment, PublicScreen
from guidance_app.presentation.view import NO_TEXT, PictureView, Text
from guidance_app.session.reader import SessionReader

MOST_PICTURES = 9000
"""Five minutes of thirty a second; in longer sessions pictures are left out between them."""
NARROWEST_PX, WIDEST_PX = 640, 960
FURNITURE = 1.06
"""By which a screen is higher than its picture alone: words below it."""

Paint = Callable[[VideoFrame | None, PictureView, tuple[int, int]], ImageU8]
"""A moment of the screen as BGR pixels of a size."""
Progress = Callable[[float], None]

BEFORE_ALL = PictureView(1.0, Text("Nothing was shown yet."), "REPLAY", (), NO_TEXT)


@dataclass(frozen=True, slots=True, eq=False)
class RecordedClip:
    """A clip in memory."""

    mp4: bytes
    size_px: tuple[int, int]
    pictures_ms: tuple[int, ...]
    """When each of its pictures is shown, from the beginning of the session."""
    missing: int
    """Pictures that were on the screen and are not in the recording."""
    apart_ms: int
    """Pictures that came sooner behind another one are left out; 0 where none is."""


def record_clip(
    reader: SessionReader, screen: PublicScreen, paint: Paint, progress: Progress
) -> RecordedClip:
    """The whole session as its screen showed it; raises SessionError and av.FFmpegError.

    Time zero is the beginning of the recording, and the last picture stands until its end.
    """
    zero_ns, size = reader.manifest.started.perf_counter_ns, clip_size(reader)
    length_ns, to, missing = reader.ended_ns - zero_ns, io.BytesIO(), 0
    writer = ClipWriter(to, size, length_ns / 1e9)
    thinned = _Thinned(len(reader.snapshot_times_ns), length_ns)
    last = paint(None, BEFORE_ALL, size)
    for moment in filter(thinned.takes, screen.moments()):
        at_ns = max(0, moment.time_ns - zero_ns)
        progress(min(1.0, at_ns / max(length_ns, 1)))
        if not writer.pictures_ms and at_ns:
            writer.add(last, 0)
        last = paint(moment.frame, moment.view, size)
        writer.add(last, max(round(at_ns / 1e6), _earliest_ms(writer)))
        missing += moment.missing
    _finish(writer, last, round(length_ns / 1e6))
    apart_ms = round(thinned.apart_ns / 1e6)
    return RecordedClip(to.getvalue(), size, tuple(writer.pictures_ms), missing, apart_ms)


def _earliest_ms(writer: ClipWriter) -> int:
    return writer.pictures_ms[-1] + 1 if writer.pictures_ms else 0


def _finish(writer: ClipWriter, last: ImageU8, end_ms: int) -> None:
    """The last picture again at the end, so that the clip is as long as the session."""
    if not writer.pictures_ms:
        writer.add(last, 0)
    if end_ms > writer.pictures_ms[-1]:
        writer.add(last, end_ms)
    writer.close()


def clip_size(reader: SessionReader, widest_px: int = WIDEST_PX) -> tuple[int, int]:
    """Width and height, even, for the proportions of the first picture."""
    geometry = reader.frames[0].facts.geometry if reader.frames else None
    across, down = (geometry.width_px, geometry.height_px) if geometry else (4, 3)
    width = min(max(across, min(NARROWEST_PX, widest_px)), widest_px)
    height = min(round(width * down / across * FURNITURE), widest_px)
    return width - width % 2, height - height % 2


class _Thinned:
    """Leaves out what looks like the moment before, and pictures of which there are too many."""

    def __init__(self, moments: int, length_ns: int) -> None:
        self.apart_ns = length_ns // MOST_PICTURES if moments > MOST_PICTURES else 0
        self._last: PublicMoment | None = None

    def takes(self, moment: PublicMoment) -> bool:
        """A change of what is said over the picture is never left out."""
        last = self._last
        if moment.looks_like(last):
            return False
        said = last is None or last.view.banner.tone != moment.view.banner.tone
        if not said and last is not None and moment.time_ns - last.time_ns < self.apart_ns:
            return False
        self._last = moment
        return True
