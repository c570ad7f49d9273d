"""Sessions that hold a procedure and pictures, as the application's own writer records them."""

from dataclasses import replace
from pathlib import Path

from random_checklists import ASSISTANT, OPERATOR, PEOPLE, at

from drivers.api.clock import ManualClock
from drivers.api.ports import SourceInfo
from drivers.api.samples import ImageU8, Origin, PictureGeometry, PixelFormat, Stamp, VideoFrame
from guidance_app.domain.checklist import (
    Checklist,
    ChecklistEntry,
    ChecklistTemplate,
    Mark,
    Phase,
    mark_item,
)
from guidance_app.domain.commands import (
    Command,
    CommandOutcome,
    ItemMarked,
    PhaseSigned,
    ProcedureStarted,
)
from guidance_app.domain.plan import Plan
from guidance_app.domain.sign_off import add_signatures, owed_parts, sign_phase
from guidance_app.domain.snapshot import (
    FrameFacts,
    Guidance,
    GuidanceMode,
    GuidanceSnapshot,
    Truth,
    TruthState,
)
from guidance_app.knowledge.templates import checklist_template
from guidance_app.session.disk import LOCAL_DISK
from guidance_app.session.manifest import utc_now
from guidance_app.session.writer import SessionWriter

STEP_NS = 40_000_000
SOURCE = SourceInfo("sim:knee", "Simulated knee", "", Origin.SIMULATED, 25.0)


def without_fields(template: ChecklistTemplate) -> ChecklistTemplate:
    """A checklist whose items ask for no values."""
    items = tuple(replace(item, fields=()) for item in template.items)
    return replace(template, items=items)


TEMPLATE = without_fields(checklist_template("knee-injection"))
STARTED = ProcedureStarted(
    "knee-injection", "P-1", "right", TEMPLATE, (OPERATOR, ASSISTANT), False, "us", "", "p-1"
)


class Session:
    """A session that is being recorded; everything in it comes 40 ms after the thing before."""

    def __init__(self, folder: Path, source: SourceInfo = SOURCE) -> None:
        self._clock = ManualClock(1)
        self._writer = SessionWriter.create(folder, source, self._clock, LOCAL_DISK, utc_now)
        self._index = 0
        self._frames = 0
        self.path = self._writer.path
        self.guidance = Guidance(GuidanceMode.OFF)
        self.plan = Plan()

    def do(self, *commands: Command, refusal: str | None = None) -> "Session":
        """Record commands."""
        for command in commands:
            at_ns = self._step()
            outcome = CommandOutcome(self._index, at_ns, self._frames, command, refusal)
            self._writer.write_command(outcome)
            self._index += 1
        return self

    def show(
        self, pixels: ImageU8, *commands: Command, lost: str = "", held: FrameFacts | None = None
    ) -> "Session":
        """Record a picture or why it was lost, what was asked while it came, and what was shown."""
        frame, facts = self._frame(pixels)
        if lost:
            self._writer.lose_frame(facts, lost)
        else:
            self._writer.write_frame(frame, facts)
        self.do(*commands)
        self._writer.write_snapshot(self._snapshot(held or facts))
        self._index += 1
        return self

    def facts(self, pixels: ImageU8, number: int) -> FrameFacts:
        """What is recorded of a frame."""
        geometry = PictureGeometry(pixels.shape[1], pixels.shape[0], PixelFormat.GRAY8)
        return FrameFacts(
            number, Stamp(number, self._clock.now_ns()), geometry, Origin.SIMULATED, (), True
        )

    def seal(self) -> Path:
        """Close the recording as the program does."""
        self._writer.seal()
        return self.path

    def kill(self) -> Path:
        """Leave it as a kill does."""
        self._writer.abandon()
        return self.path

    def _step(self) -> int:
        self._clock.advance(STEP_NS)
        return self._clock.now_ns()

    def _frame(self, pixels: ImageU8) -> tuple[VideoFrame, FrameFacts]:
        self._step()
        facts = self.facts(pixels, self._frames)
        self._frames += 1
        return VideoFrame(pixels, PixelFormat.GRAY8, facts.stamp, Origin.SIMULATED), facts

    def _snapshot(self, facts: FrameFacts) -> GuidanceSnapshot:
        now_ns = self._clock.now_ns()
        return GuidanceSnapshot(
            self._index,
            now_ns,
            now_ns + STEP_NS,
            self._frames,
            Truth(TruthState.LIVE, ""),
            self.guidance,
            facts,
            plan=self.plan,
        )


def everything(started: ProcedureStarted) -> list[Command]:
    """The marks and signatures of a procedure in which all was done and signed."""
    checklist = Checklist(started.template, procedure_id=started.procedure_id)
    commands: list[Command] = []
    for item in started.template.items:
        person = next(one for one in PEOPLE if one.role in item.sign)
        entry = ChecklistEntry(item.id, Mark.DONE, person, at(100))
        checklist = mark_item(checklist, entry)
        commands.append(ItemMarked(entry))
    for phase in Phase:
        for person in PEOPLE:
            if owed_parts(checklist, phase, person):
                signatures = sign_phase(checklist, phase, person, at(200))
                checklist = add_signatures(checklist, signatures)
                commands.append(PhaseSigned(signatures))
    return commands
