"""What the console does to the picture takes plan, guidance and marks back, as the chain runs."""

from collections.abc import Iterable

import pytest
from scripted_plan import plan
from simulated_run import Shown, SimulatedRun, SteppedClock

from drivers.api.address import parse_address
from drivers.api.samples import PictureGeometry, PixelFormat
from guidance_app.domain.calibration import PixelScale
from guidance_app.domain.checklist import ChecklistEntry, Mark, Phase
from guidance_app.domain.commands import (
    CommandOutcome,
    GuidanceSwitched,
    ItemMarked,
    LayoutLost,
    PictureMirrored,
    PlanChanged,
    ProcedureStarted,
    ScaleSet,
)
from guidance_app.domain.people import Person, Role
from guidance_app.domain.plan import Plan, place_entry, place_target
from guidance_app.domain.snapshot import GuidanceMode, GuidanceSnapshot
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.templates import build_template
from guidance_app.runtime.mirror_watch import MirrorWatch
from guidance_app.runtime.recompute import recompute
from simulators.faults import FaultySource
from simulators.sources import DRIVER

WIDTH_PX, HEIGHT_PX, MM_PER_PX = 640, 480, 0.08
GEOMETRY = PictureGeometry(WIDTH_PX, HEIGHT_PX, PixelFormat.GRAY8)
TARGET = place_target(Plan(), (WIDTH_PX * 0.7, HEIGHT_PX * 0.6), GEOMETRY)
PLACED = place_entry(TARGET, (WIDTH_PX * 0.2, 20.0), GEOMETRY)
SCALE = PixelScale(MM_PER_PX, MM_PER_PX, 0.5, GEOMETRY, "two clicks")
OPERATOR = Person("OP-1", Role.OPERATOR)
ASSISTANT = Person("AS-1", Role.ASSISTANT)
TEMPLATE = build_template(shipped_knowledge(), "knee-injection")
FAULT_MS, FAULT_FRAME = 5_000, 150


def guided_run(*faults: dict[str, object]) -> SimulatedRun:
    """The simulated knee, with its checklist done by people and guidance on after two seconds.

    A record without an id is of before there were signatures, and needs none.
    """
    clock = SteppedClock()
    inner = DRIVER.create(parse_address("sim:knee"), clock)
    source = FaultySource(inner, plan(*faults), clock) if faults else inner
    made = SimulatedRun(source, clock, notice=MirrorWatch().notice)
    people = (OPERATOR, ASSISTANT)
    made.ask(1000, ProcedureStarted("knee", "P-1", "right", TEMPLATE, people, False))
    made.ask(1000, PlanChanged(PLACED))
    made.ask(1000, ScaleSet(SCALE, OPERATOR))
    for item in TEMPLATE.items:
        if item.phase in (Phase.PRE, Phase.TIME_OUT) and item.id != "K-30":
            person = OPERATOR if Role.OPERATOR in item.sign else ASSISTANT
            entry = ChecklistEntry(item.id, Mark.DONE, person, "2026-01-01T10:00:00+00:00")
            made.ask(1100, ItemMarked(entry))
    made.ask(2000, GuidanceSwitched(True, OPERATOR))
    return made


def marks(made: SimulatedRun, item: str) -> list[Mark]:
    return [
        event.command.entry.mark
        for event in made.events
        if isinstance(event, CommandOutcome)
        and isinstance(event.command, ItemMarked)
        and event.refusal is None
        and event.command.entry.item == item
    ]


def is_guiding(shown: Iterable[Shown]) -> set[bool]:
    return {s.snapshot.guidance.mode is GuidanceMode.ON for s in shown}


def of_frames(made: SimulatedRun, first: int, end: int) -> list[GuidanceSnapshot]:
    snapshots = [shown.snapshot for shown in made.shown]
    return [s for s in snapshots if s.frame is not None and first <= s.frame.number < end]


def assert_computed_again(made: SimulatedRun) -> None:
    steps = list(recompute(made.facts, made.events))
    assert len(steps) == len(made.events)
    assert all(step.again == step.recorded for step in steps)


@pytest.mark.parametrize(
    ("how", "words"), [({}, "mirrored"), ({"upside_down": True}, "upside down")]
)
def test_h06_the_frame_that_is_mirrored_has_neither_plan_nor_guidance(
    how: dict[str, object], words: str
) -> None:
    made = guided_run({"kind": "mirror", "at": FAULT_MS / 1000, **how})
    made.play(7)
    assert is_guiding(made.between(2_200, FAULT_MS)) == {True}
    before, after = of_frames(made, 70, FAULT_FRAME), of_frames(made, FAULT_FRAME, 999)
    assert {s.plan for s in before} == {PLACED}
    assert {(s.plan, s.guidance.mode) for s in after} == {(Plan(), GuidanceMode.OFF)}
    assert {s.scale for s in after} == {SCALE}
    told = f"The console shows the picture {words}: the plan is gone. Check the side."
    assert {s.dropped for s in after} == {told}
    assert made.shown[-1].view.picture.banner.text == told
    assert_computed_again(made)


def test_h06_the_side_is_to_be_confirmed_anew_and_guidance_waits_for_that() -> None:
    made = guided_run({"kind": "mirror", "at": FAULT_MS / 1000})
    made.ask(5_500, PlanChanged(PLACED))
    made.ask(6_000, GuidanceSwitched(True, OPERATOR))
    again = ChecklistEntry("K-28", Mark.DONE, OPERATOR, "2026-01-01T10:05:00+00:00")
    made.ask(6_500, ItemMarked(again))
    made.ask(7_000, GuidanceSwitched(True, OPERATOR))
    made.play(8)
    assert marks(made, "K-28") == [Mark.DONE, Mark.REOPENED, Mark.DONE]
    assert marks(made, "K-30") == [Mark.DONE, Mark.REOPENED, Mark.DONE]
    switched = [
        event.refusal
        for event in made.events
        if isinstance(event, CommandOutcome) and isinstance(event.command, GuidanceSwitched)
    ]
    assert switched[0] is None and switched[2] is None
    assert switched[1] is not None and "next K-28" in switched[1]


def test_h06_nothing_but_the_mirroring_is_noticed_in_a_whole_procedure() -> None:
    made = guided_run({"kind": "freeze", "at": 3, "for": 1}, {"kind": "black", "at": 5, "for": 0.3})
    made.play(15)
    commands = [event.command for event in made.events if isinstance(event, CommandOutcome)]
    assert not [command for command in commands if isinstance(command, PictureMirrored)]
    assert marks(made, "K-28") == [Mark.DONE]


@pytest.mark.parametrize("what", ["depth", "size"])
def test_what_was_seen_of_plan_and_scale_reopens_when_depth_or_size_changes(what: str) -> None:
    resize = {"kind": "resize", "at": FAULT_MS / 1000, "size": "800x600"}
    made = guided_run(*([resize] if what == "size" else []))
    if what == "depth":
        made.ask(FAULT_MS, LayoutLost(0))
    made.play(7)
    assert marks(made, "K-30") == [Mark.DONE, Mark.REOPENED]
    assert marks(made, "K-28") == [Mark.DONE]
    assert is_guiding(made.between(2_200, FAULT_MS)) == {True}
    assert is_guiding(made.between(FAULT_MS + 100, 7_000)) == {False}
    assert_computed_again(made)
