"""What a clip of a session shows, picture by picture, and from when on.

Without the overlay: every recorded picture from its arrival on. With it: what stood on the
screen, from the arrival of each picture that came there, and at each change of what was shown
over it. Where the recording has a gap the last picture stays, greyed, and says so.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from drivers.api.samples import Origin, PictureGeometry, PixelFormat, VideoFrame
from guidance_app.exporting.moments import began_ns, first_judgements, period_ns
from guidance_app.exporting.output import (
    DAMAGED,
    ExportRefused,
    lost_frames,
    missing_pictures,
    missing_records,
)
from guidance_app.presentation.live import DIMMED, DRILL, FULL_BRIGHTNESS, ORIGIN_WORDS
from guidance_app.presentation.recorded import RecordedScreen, ShownMoment
from guidance_app.presentation.view import NO_TEXT, PictureView, Text, Tone
from guidance_app.processing.truth import GONE_PERIODS, LOST_NS
from guidance_app.session.errors import SessionError
from guidance_app.session.format import FrameRecord
from guidance_app.session.manifest import Problem
from guidance_app.session.reader import SessionReader

NO_PICTURE_YET = Text("No picture yet.", Tone.CAUTION)
PICTURE_MISSING = Text("RECORDING GAP. A picture is missing.", Tone.CAUTION)
NO_PICTURE_CAME = Text("RECORDING GAP. No picture came.", Tone.CAUTION)

AS_RECORDED = PictureView(FULL_BRIGHTNESS, NO_TEXT, "")


@dataclass(frozen=True, slots=True, eq=False)
class ClipPicture:
    """What is shown from a moment on until the next."""

    start_ns: int
    """Since the session's start."""
    frame: VideoFrame | None
    view: PictureView


class Footage:
    """The pictures of one open session, in order; keeps what was found missing. One thread."""

    def __init__(self, reader: SessionReader) -> None:
        """Raises ExportRefused when the session holds no picture."""
        written = [record.facts.geometry for record in reader.frames if record.place is not None]
        if not written:
            raise ExportRefused(f"{reader.path.name} holds no picture.")
        self._reader = reader
        self._damaged: set[int] = set()
        self._period_ns = period_ns(reader)
        self.began_ns = began_ns(reader)
        """Host clock."""
        self.geometry = PictureGeometry(
            max(one.width_px for one in written),
            max(one.height_px for one in written),
            PixelFormat.BGR24 if any(map(_is_colour, written)) else PixelFormat.GRAY8,
        )
        """Into which every picture fits; GRAY8 where all are grey."""
        self.mark = _mark(reader)
        """What stands behind the pictures: "REPLAY", "REPLAY · SIMULATED"."""
        last_ns = reader.frames[-1].facts.stamp.arrival_ns
        self.duration_ns = (
            reader.ended_ns if reader.ended_ns > last_ns else last_ns + self._period_ns
        ) - self.began_ns
        """Until the session's own end, or one period where that is its last picture."""

    @property
    def missing(self) -> tuple[Problem, ...]:
        """Pictures that were lost or found damaged so far, and what of the rest is missing."""
        damaged = ((number, DAMAGED) for number in self._damaged)
        pictures = missing_pictures([*lost_frames(self._reader), *damaged])
        return (*pictures, *missing_records(self._reader))

    def recorded(self) -> Iterator[ClipPicture]:
        """Every recorded picture as it came, and the gaps between them."""
        return _from_the_start(self._recorded())

    def shown(self) -> Iterator[ClipPicture]:
        """What stood on the screen; raises ExportRefused when nothing ever did."""
        return _from_the_start(self._shown(self._screen()))

    def _recorded(self) -> Iterator[ClipPicture]:
        last: VideoFrame | None = None
        for place, record in enumerate(self._reader.frames):
            start_ns = self._since_start(record.facts.stamp.arrival_ns)
            frame = self._read(record)
            last = frame or last
            yield ClipPicture(start_ns, last, AS_RECORDED if frame else _greyed(PICTURE_MISSING))
            silent_ns = start_ns + self._longest_silence_ns
            if silent_ns < self._next_ns(place):
                yield ClipPicture(silent_ns, last, _greyed(NO_PICTURE_CAME))

    def _shown(self, screen: RecordedScreen) -> Iterator[ClipPicture]:
        before: ClipPicture | None = None
        number = -1
        for moment in screen.changes(self.began_ns + self.duration_ns):
            facts = moment.snapshot.frame
            start_ns = self._since_start(moment.time_ns)
            if facts is not None and facts.number != number:
                number, came_ns = facts.number, self._since_start(facts.stamp.arrival_ns)
                start_ns = came_ns if before is None or came_ns > before.start_ns else start_ns
            gone = moment.frame is None and facts is not None and before is not None
            frame = before.frame if before and gone else moment.frame
            picture = ClipPicture(start_ns, frame, self._view(moment))
            if start_ns >= self.duration_ns and before is not None:
                return
            if before is None or (frame, picture.view) != (before.frame, before.view):
                yield picture
                before = picture

    def recorded_at(self, at_ns: int) -> ClipPicture:
        """What `recorded` shows at a time since the start."""
        arrivals = [one.facts.stamp.arrival_ns for one in self._reader.frames]
        place = bisect_right(arrivals, at_ns + self.began_ns) - 1
        if place < 0:
            return ClipPicture(at_ns, None, _greyed(NO_PICTURE_YET))
        record = self._reader.frames[place]
        frame = self._read(record)
        if frame is None:
            before = (self._read(one) for one in reversed(self._reader.frames[:place]))
            last = next(filter(None, before), None)
            return ClipPicture(at_ns, last, _greyed(PICTURE_MISSING))
        silent = at_ns - self._since_start(arrivals[place]) >= self._longest_silence_ns
        return ClipPicture(at_ns, frame, _greyed(NO_PICTURE_CAME) if silent else AS_RECORDED)

    def shown_at(self, at_ns: int) -> ClipPicture:
        """What stood on the screen at a time since the start; ExportRefused when nothing did."""
        moment = self._screen().at_time(at_ns + self.began_ns)
        return ClipPicture(at_ns, moment.frame, self._view(moment))

    def frame_recorded(self, number: int) -> ClipPicture:
        """One picture as it came; raises SessionError when there is none that is intact."""
        record = self._reader.frame(number)
        start_ns = self._since_start(record.facts.stamp.arrival_ns)
        return ClipPicture(start_ns, self._frame(record), AS_RECORDED)

    def frame_shown(self, number: int) -> ClipPicture:
        """One picture with what was first shown over it; SessionError, ExportRefused likewise."""
        picture = self.frame_recorded(number)
        judged = dict(first_judgements(self._reader))
        if number not in judged:
            raise ExportRefused(f"Frame {number} never came to the screen. Leave out --overlay.")
        snapshot = judged[number]
        view = self._screen().view_of(snapshot, snapshot.evaluated_ns)
        return replace(picture, view=self._marked(view))

    @property
    def _longest_silence_ns(self) -> int:
        """As on the screen; a still picture is never silent."""
        if self._reader.manifest.source.still:
            return self.duration_ns
        return max(LOST_NS, GONE_PERIODS * self._period_ns)

    def _next_ns(self, place: int) -> int:
        following = self._reader.frames[place + 1 : place + 2]
        arrivals = [self._since_start(one.facts.stamp.arrival_ns) for one in following]
        return next(iter(arrivals), self.duration_ns)

    def _since_start(self, time_ns: int) -> int:
        return time_ns - self.began_ns

    def _screen(self) -> RecordedScreen:
        if not self._reader.counts.snapshots:
            raise ExportRefused(
                f"{self._reader.path.name} does not hold what was on the screen. "
                "Leave out --overlay."
            )
        return RecordedScreen(self._reader)

    def _view(self, moment: ShownMoment) -> PictureView:
        if moment.missing and moment.snapshot.frame is not None:
            if self._reader.frame(moment.snapshot.frame.number).place is not None:
                self._damaged.add(moment.snapshot.frame.number)
            return self._marked(_greyed(PICTURE_MISSING))
        return self._marked(moment.view)

    def _marked(self, view: PictureView) -> PictureView:
        """Along the border too."""
        return replace(view, watermark=self.mark)

    def _read(self, record: FrameRecord) -> VideoFrame | None:
        if record.place is None:
            return None
        try:
            return self._frame(record)
        except SessionError:
            self._damaged.add(record.facts.number)
            return None

    def _frame(self, record: FrameRecord) -> VideoFrame:
        facts = record.facts
        pixels = self._reader.picture(record)
        return VideoFrame(pixels, facts.geometry.pixel_format, facts.stamp, Origin.REPLAY)


def _greyed(banner: Text) -> PictureView:
    return PictureView(DIMMED, banner, "")


def _is_colour(geometry: PictureGeometry) -> bool:
    return geometry.pixel_format is PixelFormat.BGR24


def _mark(reader: SessionReader) -> str:
    """As on the screen of a replay."""
    manifest = reader.manifest
    words = [
        ORIGIN_WORDS[Origin.REPLAY],
        ORIGIN_WORDS[Origin.SIMULATED] if manifest.simulated else "",
        DRILL if manifest.source.fault_plan else "",
    ]
    return " · ".join(filter(None, words))


def _from_the_start(pictures: Iterator[ClipPicture]) -> Iterator[ClipPicture]:
    """With what is shown before the first picture has come."""
    first = next(pictures, None)
    if first is not None and first.start_ns > 0:
        yield ClipPicture(0, None, _greyed(NO_PICTURE_YET))
    if first is not None:
        yield first
    yield from pictures
