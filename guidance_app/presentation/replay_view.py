"""What the trainer's workspace shows at one position of a recording."""

from dataclasses import dataclass, replace

from drivers.api.ports import SourceInfo
from guidance_app.domain.commands import ProcedureStarted
from guidance_app.domain.snapshot import GuidanceSnapshot
from guidance_app.presentation import figures
from guidance_app.presentation.lanes import LaneView
from guidance_app.presentation.live import Situation, live_view
from guidance_app.presentation.recorded import ShownMoment, as_replay
from guidance_app.presentation.score_view import ScoreRow
from guidance_app.presentation.view import NO_TEXT, ReadOut, StateStrip, Text, Tone
from guidance_app.processing.state import PipelineState
from guidance_app.runtime.playback import Playback
from guidance_app.session.review import Mark
from guidance_app.training.timeline import Curve

MARKS_LISTED = 200


@dataclass(frozen=True, slots=True)
class MarkRow:
    """A note of a trainer's, to jump to."""

    number: int
    time_ns: int
    when: str
    text: str
    author: str


@dataclass(frozen=True, slots=True, eq=False)
class SessionView:
    """What is the same at every position."""

    title: str
    begin_ns: int
    end_ns: int
    lanes: tuple[LaneView, ...]
    curves: tuple[Curve, ...]
    rows: tuple[ScoreRow, ...]
    """Figures of the whole session."""
    marks: tuple[MarkRow, ...]
    note: str
    """What is wrong with the recording, or with its notes; empty when nothing is."""


@dataclass(frozen=True, slots=True)
class Transport:
    """Where the replay stands and how it runs."""

    position: str
    """"00:23.46 of 01:01"."""
    speed: str
    playing: bool
    loop: str
    """"Loop 00:20.0 to 00:23.5"; empty without one."""


@dataclass(frozen=True, slots=True, eq=False)
class MomentView:
    """What is shown of one moment."""

    strip: StateStrip
    read_outs: tuple[ReadOut, ...]
    about: Text
    """Of the picture: its number, and why it is missing where it is."""


def clock_words(time_ns: int, begin_ns: int) -> str:
    """Minutes, seconds and hundredths since the beginning."""
    hundredths = round((time_ns - begin_ns) / 10_000_000)
    sign, hundredths = ("-", -hundredths) if hundredths < 0 else ("", hundredths)
    seconds, rest = divmod(hundredths, 100)
    return f"{sign}{seconds // 60:02d}:{seconds % 60:02d}.{rest:02d}"


def transport(playback: Playback, position_ns: int) -> Transport:
    """The playback in words."""
    begin_ns = playback.begin_ns
    length = figures.seconds((playback.end_ns - begin_ns) / 1e9)
    loop = [clock_words(end_ns, begin_ns) for end_ns in playback.loop_ns or ()]
    return Transport(
        position=f"{clock_words(position_ns, begin_ns)} of {length}",
        speed=f"{playback.speed:g}×",
        playing=playback.playing,
        loop=f"Loop {loop[0]} to {loop[1]}" if loop else "",
    )


def moment_view(
    moment: ShownMoment, source: SourceInfo, procedure: ProcedureStarted | None
) -> MomentView:
    """Strip and figures as they were, by the rules of the live screen.

    Without a procedure the strip names none, as while the session is rated blinded.
    """
    state = PipelineState(source=source, procedure=procedure)
    situation = Situation(as_replay(moment.snapshot), state, moment.time_ns, None)
    live = live_view(situation, None)
    named = live.strip.procedure if procedure else NO_TEXT
    return MomentView(
        replace(live.strip, age=NO_TEXT, procedure=named, recording=NO_TEXT, losses=NO_TEXT),
        live.read_outs,
        _about(moment),
    )


def mark_rows(marks: list[Mark], begin_ns: int) -> tuple[MarkRow, ...]:
    """The notes in order of time."""
    return tuple(
        MarkRow(one.number, one.time_ns, clock_words(one.time_ns, begin_ns), one.text, one.author)
        for one in marks[:MARKS_LISTED]
    )


def _about(moment: ShownMoment) -> Text:
    if moment.missing:
        return Text(moment.missing, Tone.CAUTION)
    return Text(_picture_words(moment.snapshot), Tone.MUTED)


def _picture_words(snapshot: GuidanceSnapshot) -> str:
    if snapshot.frame is None:
        return "No picture had come yet."
    return f"Picture {snapshot.frame.number} · snapshot {snapshot.index}"
