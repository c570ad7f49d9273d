"""What stood on the screen at a moment of a recorded session: as recorded, nothing computed again.

The snapshot of that moment, the picture it was made for, and the overlay by the same rules as
live; only the watermark says that it is a replay.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from drivers.api.ports import SourceInfo
from drivers.api.samples import Origin, VideoFrame
from guidance_app.domain.commands import CommandOutcome, OverlayHidden
from guidance_app.domain.snapshot import GuidanceSnapshot
from guidance_app.presentation.live import picture_view
from guidance_app.presentation.view import PictureView, Text, Tone
from guidance_app.session.errors import SessionError
from guidance_app.session.glance import Glance
from guidance_app.session.reader import SessionReader


@dataclass(frozen=True, slots=True, eq=False)
class ShownMoment:
    """What was on the screen; `frame` is None where there was no picture, or it is missing."""

    place: int
    """Of the snapshot, counted from 0."""
    time_ns: int
    snapshot: GuidanceSnapshot
    """As recorded."""
    frame: VideoFrame | None
    view: PictureView
    missing: str = ""
    """Why a picture that was there cannot be shown, in a sentence or two."""


Recording = SessionReader | Glance
SOON = 400
"""Snapshots: some seconds, in which a source gets ready."""
MISSING = "PICTURE MISSING. "


class RecordedScreen:
    """Gives the moments of one open session; the reader's thread alone, where not said."""

    def __init__(self, session: Recording) -> None:
        """The session stays the caller's, who closes it."""
        self._session = session
        self._hidings = _hidings(session.commands)
        self._kept: tuple[int, VideoFrame] | None = None
        self.times_ns: Sequence[int] = session.snapshot_times_ns
        """When each snapshot was made; each is a place to step to."""

    def changes(self, ended_ns: int) -> Iterator[ShownMoment]:
        """Every moment in which something on the screen may have changed, in order.

        Each snapshot is one, and so is the end of its time where no other had come by then, nor
        the end of the recording.
        """
        for place, time_ns in enumerate(self.times_ns):
            moment = self.at_place(place)
            yield moment
            aged_ns = moment.snapshot.valid_until_ns + 1
            until_ns = self.times_ns[place + 1] if place + 1 < len(self.times_ns) else ended_ns
            if time_ns < aged_ns < until_ns:
                yield self._moment(place, aged_ns)

    def first_picture_ns(self) -> int:
        """When the first picture was shown, if that was soon; else the beginning."""
        for place, time_ns in enumerate(self.times_ns[:SOON]):
            if self._session.snapshot_at(place).frame is not None:
                return time_ns
        return self.times_ns[0]

    @property
    def source(self) -> SourceInfo:
        """What was recorded; any thread."""
        return self._session.manifest.source

    def place_at(self, time_ns: int) -> int:
        """The place of the snapshot that held at that time; the first one before it began."""
        return max(0, bisect_right(self.times_ns, time_ns) - 1)

    def at_place(self, place: int) -> ShownMoment:
        """The moment in which a snapshot was made; raises IndexError where there is none."""
        return self._moment(place, self.times_ns[place])

    def at_time(self, time_ns: int) -> ShownMoment:
        """The screen at any time of the recording: a snapshot that has aged is seen to have."""
        place = self.place_at(time_ns)
        return self._moment(place, max(time_ns, self.times_ns[place]))

    def view_of(self, snapshot: GuidanceSnapshot, time_ns: int) -> PictureView:
        """How any snapshot of this session's frames is painted as a replay; any thread."""
        view = picture_view(
            as_replay(snapshot), time_ns, self._is_hidden(time_ns), self._session.manifest.source
        )
        return replace(view, live_until_ns=None)

    def _moment(self, place: int, time_ns: int) -> ShownMoment:
        snapshot = self._session.snapshot_at(place)
        view = self.view_of(snapshot, time_ns)
        try:
            return ShownMoment(place, time_ns, snapshot, self._frame(snapshot), view)
        except SessionError as error:
            lost = replace(view, banner=Text(MISSING + str(error), Tone.CAUTION), primitives=())
            return ShownMoment(place, time_ns, snapshot, None, lost, str(error))

    def _frame(self, snapshot: GuidanceSnapshot) -> VideoFrame | None:
        if snapshot.frame is None:
            return None
        number = snapshot.frame.number
        if self._kept is None or self._kept[0] != number:
            self._kept = (number, self._read(number))
        return self._kept[1]

    def _read(self, number: int) -> VideoFrame:
        record = self._session.frame(number)
        facts = record.facts
        return VideoFrame(
            self._session.picture(record),
            facts.geometry.pixel_format,
            facts.stamp,
            Origin.REPLAY,
            facts.regions,
        )

    def _is_hidden(self, time_ns: int) -> bool:
        place = bisect_right(self._hidings, time_ns, key=lambda hiding: hiding[0])
        return place > 0 and self._hidings[place - 1][1]


def as_replay(snapshot: GuidanceSnapshot) -> GuidanceSnapshot:
    """The snapshot with its frame marked as a recorded one, so that nothing calls it live."""
    if snapshot.frame is None:
        return snapshot
    return replace(snapshot, frame=replace(snapshot.frame, origin=Origin.REPLAY))


def _hidings(commands: Sequence[CommandOutcome]) -> list[tuple[int, bool]]:
    """When the operator kept the overlay away, and when no longer."""
    return [
        (outcome.time_ns, outcome.command.hidden)
        for outcome in commands
        if isinstance(outcome.command, OverlayHidden)
    ]
