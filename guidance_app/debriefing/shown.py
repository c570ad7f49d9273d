"""The moments of a session as they may be shown to anybody: filled, and in the program's words."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace

from drivers.api.samples import VideoFrame
from guidance_app.debriefing.burned_in import BurnedIn
from guidance_app.debriefing.words import without_names
from guidance_app.domain.snapshot import GuidanceSnapshot
from guidance_app.presentation.recorded import RecordedScreen, ShownMoment
from guidance_app.presentation.view import PictureView, Text, Tone
from guidance_app.session.reader import SessionReader

NOT_RECORDED = Text("This picture is not in the recording.", Tone.CAUTION)


@dataclass(frozen=True, slots=True, eq=False)
class PublicMoment:
    """What was on the screen, without what may name somebody."""

    time_ns: int
    snapshot: GuidanceSnapshot
    """As recorded; its texts are not to be shown."""
    frame: VideoFrame | None
    view: PictureView
    missing: bool
    """There was a picture, and the recording does not hold it intact."""

    def looks_like(self, other: "PublicMoment | None") -> bool:
        """Whether nothing on the screen has changed."""
        if other is None or self.view != other.view:
            return False
        return _number(self) == _number(other)


class PublicScreen:
    """Gives the moments of one open session; one thread at a time, the reader's own."""

    def __init__(self, session: SessionReader, burned_in: BurnedIn) -> None:
        """The session stays the caller's, who closes it."""
        self._screen = RecordedScreen(session)
        self._ended_ns = session.ended_ns
        self._burned_in = burned_in

    def at_time(self, time_ns: int) -> PublicMoment:
        """The screen at any time of the recording; raises IndexError where nothing was shown."""
        return self._public(self._screen.at_time(time_ns))

    def answer_at(self, time_ns: int) -> PublicMoment:
        """What was shown as soon as something that was done at that time was answered."""
        times_ns = self._screen.times_ns
        return self.at_time(times_ns[min(bisect_left(times_ns, time_ns), len(times_ns) - 1)])

    def moments(self) -> Iterator[PublicMoment]:
        """Every moment in which something on the screen may have changed, in order."""
        return map(self._public, self._screen.changes(self._ended_ns))

    def _public(self, moment: ShownMoment) -> PublicMoment:
        snapshot, frame = moment.snapshot, moment.frame
        view = self._screen.view_of(without_names(snapshot), moment.time_ns)
        if frame is not None and snapshot.frame is not None:
            frame = self._burned_in.filled(frame, snapshot.frame)
        if moment.missing:
            view = replace(view, banner=NOT_RECORDED, primitives=())
        return PublicMoment(moment.time_ns, snapshot, frame, view, bool(moment.missing))


def _number(moment: PublicMoment) -> int | None:
    return moment.snapshot.frame.number if moment.snapshot.frame else None
