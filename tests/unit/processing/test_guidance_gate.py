"""No order of events brings guidance on while a required item is open or a signature is missing."""

import random
from dataclasses import dataclass, field, replace

from drivers.api.samples import Origin, PictureGeometry, PixelFormat, Stamp
from guidance_app.domain.checklist import (
    ChecklistEntry,
    ChecklistItem,
    ChecklistRefused,
    ChecklistTemplate,
    Level,
    Mark,
    Phase,
)
from guidance_app.domain.commands import (
    Command,
    GuidanceConfirmed,
    GuidanceSwitched,
    ItemMarked,
    LayoutLost,
    PhaseSigned,
    PictureMirrored,
    PlanChanged,
    ProcedureStarted,
    RecordClosed,
)
from guidance_app.domain.evidence import Evidence, EvidenceField, EvidenceKind
from guidance_app.domain.people import Person, Role
from guidance_app.domain.plan import Plan, place_entry, place_target
from guidance_app.domain.sign_off import GATE_PHASES, sign_phase
from guidance_app.domain.snapshot import FrameFacts
from guidance_app.processing.compute import apply_command
from guidance_app.processing.state import CommandRefused, PipelineState
from guidance_app.processing.truth import Arrivals, observe

SEQUENCES, EVENTS = 10_000, 24
OP, AS, SU = Role.OPERATOR, Role.ASSISTANT, Role.SUPERVISOR
PEOPLE = (Person("OP-01", OP), Person("AS-01", AS), Person("SU-01", SU), Person("OP-01", AS))
"""The last one is the operator under another hat."""
LOT = EvidenceField("lot", "Lot", EvidenceKind.TEXT, required=True)
NOTED = (Evidence("lot", "A 12"),)
GEOMETRY = PictureGeometry(640, 480, PixelFormat.GRAY8)
PLAN = place_entry(place_target(Plan(), (300, 300), GEOMETRY), (100, 100), GEOMETRY)


def item(id_: str, phase: Phase, level: Level, *sign: Role, lot: bool = False) -> ChecklistItem:
    fields = (LOT,) if lot else ()
    return ChecklistItem(id_, phase, id_, "O", ("OURS",), level, "", sign, fields=fields)


ITEMS = (
    item("skill", Phase.PRE, Level.HARD, OP, SU),
    item("allergies", Phase.PRE, Level.HARD, AS),
    item("room", Phase.PRE, Level.SOFT, OP, AS),
    item("identity", Phase.TIME_OUT, Level.HARD, OP, AS),
    item("drug", Phase.TIME_OUT, Level.HARD, OP, AS, lot=True),
    item("gel", Phase.TIME_OUT, Level.SOFT, AS),
    item("tip", Phase.INTRA, Level.SOFT, OP),
    item("closed", Phase.POST, Level.HARD, OP, AS),
)
GATED = tuple(one for one in ITEMS if one.phase in GATE_PHASES and one.level is Level.HARD)
TEMPLATE = ChecklistTemplate("knee", "Knee injection", "1", "0" * 64, ITEMS)


def at(second: int) -> str:
    return f"2026-11-26T09:00:{second:02d}+00:00"


def live_frames() -> Arrivals:
    arrivals = Arrivals()
    for number in range(8):
        stamp = Stamp(number, (number + 1) * 33_000_000)
        facts = FrameFacts(number, stamp, GEOMETRY, Origin.DEVICE, (), True)
        arrivals = observe(arrivals, facts)
    return arrivals


ARRIVALS = live_frames()
LIVE_NS, LATE_NS = 8 * 33_000_000, 60_000_000_000


@dataclass
class Run:
    """The pipeline's state, and what was accepted of the checklist, in order.

    Signatures alone are drawn through the rules: what nobody may sign is not even asked for.
    """

    chance: random.Random
    state: PipelineState = field(default_factory=PipelineState)
    accepted: list[ChecklistEntry | PhaseSigned] = field(default_factory=list)

    def begin(self) -> None:
        alone, trainee = self.chance.random() < 0.3, self.chance.random() < 0.3
        started = ProcedureStarted(
            "knee", "P-1", "right", TEMPLATE, PEOPLE, alone, procedure_id="p-1", trainee=trainee
        )
        self.accepted.clear()
        self.ask(started)
        self.ask(PlanChanged(PLAN))
        if self.chance.random() < 0.8:  # begin where most is done, or few get there
            for one in (one for one in ITEMS if one.phase in GATE_PHASES):
                person = next(p for p in PEOPLE if p.role in one.sign or alone)
                self.ask(
                    ItemMarked(ChecklistEntry(one.id, Mark.DONE, person, at(1), "", noted(one)))
                )

    def ask(self, command: Command) -> None:
        live = self.chance.random() < 0.95
        try:
            self.state = apply_command(self.state, command, ARRIVALS, LIVE_NS if live else LATE_NS)
        except CommandRefused:
            return
        if isinstance(command, ItemMarked):
            self.accepted.append(command.entry)
        elif isinstance(command, PhaseSigned):
            self.accepted.append(command)

    def random_command(self, second: int) -> Command:
        person, draw = self.chance.choice(PEOPLE), self.chance.random()
        if draw < 0.6:
            return self.signatures(person, second)
        if draw < 0.85:
            return GuidanceSwitched(self.chance.random() < 0.9, person)
        if draw < 0.95:
            return ItemMarked(self.random_entry(person, second))
        others = (
            GuidanceConfirmed(person),
            RecordClosed(person, at(second)),
            LayoutLost(self.state.layout_number),
            PictureMirrored(),
            PlanChanged(PLAN, self.state.layout_number),
        )
        return self.chance.choice(others)

    def random_entry(self, person: Person, second: int) -> ChecklistEntry:
        one = self.chance.choice(ITEMS)
        mark = self.chance.choices(list(Mark), weights=(30, 2, 2, 2, 4))[0]
        evidence = noted(one) if self.chance.random() < 0.7 else ()
        return ChecklistEntry(one.id, mark, person, at(second), "because", evidence)

    def signatures(self, person: Person, second: int) -> PhaseSigned:
        phase = self.chance.choice(GATE_PHASES if self.chance.random() < 0.8 else tuple(Phase))
        assert self.state.checklist is not None
        signatures = sign_phase(self.state.checklist, phase, person, at(second))
        if self.chance.random() < 0.1:
            signatures = tuple(replace(s, person=self.chance.choice(PEOPLE)) for s in signatures)
        return PhaseSigned(signatures)

    def check(self) -> None:
        """Told by what was accepted, without the rules that are tested."""
        assert self.state.checklist is not None
        for one in GATED:
            last, codes = self.since_last_mark(one.id)
            assert last is not None
            assert last.mark is Mark.DONE
            assert last.evidence == noted(one)
            if one.phase is Phase.TIME_OUT and not self.state.checklist.working_alone:
                assert codes >= {"OP-01", "AS-01"}, one.id
        if self.state.checklist.trainee:
            assert "SU-01" in self.since_last_mark("skill")[1]

    def since_last_mark(self, id_: str) -> tuple[ChecklistEntry | None, set[str]]:
        """The newest mark on an item, and who has signed the item after it."""
        last, codes = None, set[str]()
        for event in self.accepted:
            if isinstance(event, ChecklistEntry):
                last, codes = (event, set()) if event.item == id_ else (last, codes)
            else:
                codes |= {s.person.code for s in event.signatures if s.subject.part == id_}
        return last, codes


def noted(one: ChecklistItem) -> tuple[Evidence, ...]:
    return NOTED if one.fields else ()


def test_no_sequence_of_events_brings_guidance_on_too_early() -> None:
    chance, guided = random.Random(4), 0
    for _ in range(SEQUENCES):
        run = Run(chance)
        run.begin()
        for second in range(2, EVENTS + 2):
            try:
                command = run.random_command(second)
            except ChecklistRefused:
                continue
            run.ask(command)
            if run.state.switched_on:
                guided += 1
                run.check()
    assert guided > 3000, guided
