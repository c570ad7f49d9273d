"""A simulated knee injection, recorded as the application records it, on simulated time."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from simulated_run import START_NS, SimulatedRun, SteppedClock

from drivers.api.address import parse_address
from drivers.api.ports import SourceInfo
from drivers.api.samples import PictureGeometry, PixelFormat, VideoFrame
from guidance_app.domain.checklist import Emergency
from guidance_app.domain.commands import (
    CommandOutcome,
    EmergencyDeclared,
    GuidanceSwitched,
    MomentKind,
    MomentMarked,
    NeedleSought,
    OverlayHidden,
    PlanChanged,
    ProcedureStarted,
)
from guidance_app.domain.people import Person, Role
from guidance_app.domain.plan import NeedleGuide, Plan, TipMark
from guidance_app.domain.snapshot import FrameFacts, GuidanceSnapshot
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.templates import build_template
from guidance_app.processing.needle.search import NeedleSearch
from guidance_app.processing.state import PipelineState
from guidance_app.runtime.engine import Notice
from guidance_app.runtime.needle_watch import looked_at
from guidance_app.session.writer import SessionWriter
from simulators.sources import DRIVER

OPERATOR = Person("OP-1", Role.OPERATOR)
GEOMETRY = PictureGeometry(640, 480, PixelFormat.GRAY8)
TEMPLATE = build_template(shipped_knowledge(), "knee-injection")
BEGIN_S = 26.0
"""Of the scene: the needle is on its way."""
PLAN = Plan(
    geometry=GEOMETRY,
    target_px=(363.0, 212.0),
    entry_px=(10.0, 1.0),
    skin_px=((0.0, 4.0), (600.0, 6.0)),
    no_go=(((219.0, 78.0), (398.0, 60.0), (532.0, 122.0), (309.0, 116.0)),),
    corridor_mm=1.5,
    guide=NeedleGuide((5.0, 5.0), (30.0, 45.0), "left"),
    tip=TipMark((200.0, 115.0), START_NS),
)
"""Everything that can be drawn."""


class LateSource:
    """A simulated source that is opened in the middle of its scene."""

    def __init__(self, address: str, clock: SteppedClock) -> None:
        self._inner = DRIVER.create(parse_address(address), clock)
        self._clock = clock
        self.interrupt = self._inner.interrupt
        self.read, self.close = self._inner.read, self._inner.close

    def open(self) -> SourceInfo:
        """The scene goes on before the first picture is asked for."""
        info = self._inner.open()
        self._clock.advance(round(BEGIN_S * 1e9))
        return info


@dataclass
class RecordedRun(SimulatedRun):
    """Keeps frames and events in a session folder too."""

    writer: SessionWriter | None = None
    frames: dict[int, VideoFrame] = field(default_factory=dict)
    """By number."""

    def offer_frame(self, frame: VideoFrame, facts: FrameFacts) -> None:
        super().offer_frame(frame, facts)
        assert self.writer is not None
        self.frames[facts.number] = frame
        self.writer.write_frame(frame, facts)

    def record(self, event: CommandOutcome | GuidanceSnapshot) -> object:
        assert self.writer is not None
        if isinstance(event, GuidanceSnapshot):
            self.writer.write_snapshot(event)
        else:
            self.writer.write_command(event)
        return super().record(event)


def needle_notice() -> Notice:
    """Each frame is searched by the application's own search, in its turn."""
    search = NeedleSearch()

    def notice(
        frame: VideoFrame, facts: FrameFacts, state: PipelineState
    ) -> tuple[NeedleSought, ...]:
        return (NeedleSought(frame.stamp.sequence, search.look(looked_at(frame, facts, state))),)

    return notice


def record_run(folder: Path, seconds: float = 1.5, address: str = "sim:knee") -> RecordedRun:
    """A guided injection with plan, needle, marks, a hidden overlay, and an injection.

    The checklist's gates stand open for an emergency, so that nothing else has to be ticked.
    """
    clock = SteppedClock()
    source = LateSource(address, clock)
    info = DRIVER.create(parse_address(address), clock).open()
    writer = SessionWriter.create(folder, info, clock)
    run = RecordedRun(source, clock, notice=needle_notice(), writer=writer)
    started = ProcedureStarted("knee-injection", "P-1", "right", TEMPLATE, (OPERATOR,), True)
    emergency = Emergency(OPERATOR, datetime.now(UTC).isoformat(), "a drill")
    script = [
        (50, started),
        (50, EmergencyDeclared(emergency)),
        (100, PlanChanged(PLAN)),
        (150, GuidanceSwitched(True, OPERATOR)),
        (500, MomentMarked("the tip is seen", OPERATOR)),
        (700, OverlayHidden(True)),
        (900, OverlayHidden(False)),
        (1200, MomentMarked("begins", OPERATOR, MomentKind.INJECTION)),
    ]
    for at_ms, command in script:
        run.ask(BEGIN_S * 1000 + at_ms, command)
    run.play(BEGIN_S + seconds)
    writer.seal()
    return run
