"""A scripted operator notes evidence, marks the injection and closes the record, and has ended."""

from dataclasses import replace
from pathlib import Path

from desk import Desk
from test_closing import RECORDED, asks_for_volume, check_closed

from drivers.api.clock import ManualClock
from guidance_app.domain.checklist import Phase
from guidance_app.domain.commands import (
    CommandOutcome,
    GuidanceSwitched,
    MomentKind,
    MomentMarked,
)
from guidance_app.domain.evidence import Evidence
from guidance_app.domain.people import Person, Role
from guidance_app.domain.sign_off import guidance_refusal, unsigned
from guidance_app.domain.snapshot import GuidanceMode
from guidance_app.session.procedure import recorded_procedure
from guidance_app.session.reader import SessionReader
from guidance_app.training.scenario import Scenario, Step
from guidance_app.ui.demonstration import Demonstration

SCENARIO = Scenario(
    id="short",
    title="A knee injection, as fast as it is carried out",
    address="sim:knee",
    procedure="knee-injection",
    plan="us",
    patient="P-1",
    side="right",
    operator="OP-1",
    assistant="AS-1",
    seconds=100.0,
    tick_every_s=0.0,
    steps=(
        Step(1.0, target=(371.0, 213.0)),
        Step(1.0, entry=(12.0, 9.0)),
        Step(1.0, tick_phase="PRE"),
        Step(1.0, tick_phase="TO"),
        Step(2.0, sign="PRE"),
        Step(2.0, sign="TO"),
        Step(3.0, guidance=True),
        Step(3.0, tick_phase="INTRA"),
        Step(4.0, injection=True),
        Step(4.0, sign="INTRA"),
        Step(4.0, tick_phase="POST"),
        Step(5.0, sign="POST"),
        Step(6.0, close=True),
    ),
    evidence={RECORDED: {"volume": "2", "of another field": "1"}},
)


def test_a_scenario_ends_by_itself_with_a_closed_record(desk: Desk) -> None:
    desk.change_template = asks_for_volume
    clock = ManualClock()
    demonstration = Demonstration(desk.application, SCENARIO, clock)
    ended: list[bool] = []
    demonstration.finished.connect(lambda: ended.append(demonstration.complete))
    desk.application.open_source(SCENARIO.address, True)
    desk.wait(lambda: desk.checklist is not None)

    def signed(*phases: Phase) -> bool:
        found = desk.checklist
        return found is not None and not any(unsigned(found, phase) for phase in phases)

    def marked(*phases: Phase) -> bool:
        found = desk.checklist
        items = [i for phase in phases for i in found.items(phase)] if found else []
        return found is not None and all(found.status(item.id) for item in items)

    for reached in (
        lambda: marked(Phase.PRE, Phase.TIME_OUT),
        lambda: signed(Phase.PRE, Phase.TIME_OUT),
        lambda: desk.snapshot.guidance.mode is GuidanceMode.ON and marked(Phase.INTRA),
        lambda: marked(Phase.POST) and signed(Phase.INTRA),
        lambda: signed(Phase.POST),
        lambda: ended,
    ):
        clock.advance(1_000_000_000)
        desk.wait(reached)
    assert ended == [True]
    session = desk.application.session
    assert session is not None
    check_closed(session)
    check_content(session)


def check_content(session: Path) -> None:
    """One injection, and the evidence of the script that its item has a field for."""
    with SessionReader(session) as reader:
        moments = [o.command for o in reader.commands if isinstance(o.command, MomentMarked)]
        procedure = recorded_procedure(reader.commands)
    assert [moment.kind for moment in moments] == [MomentKind.INJECTION]
    assert procedure is not None
    entry = procedure.checklist.status(RECORDED)
    assert entry is not None
    assert entry.evidence == (Evidence("volume", "2"),)


def test_a_press_that_a_late_picture_refused_is_pressed_again(desk: Desk) -> None:
    unguided = tuple(step for step in SCENARIO.steps if step.at_s < 3.0)
    clock = ManualClock()
    demonstration = Demonstration(desk.application, replace(SCENARIO, steps=unguided), clock)
    desk.application.open_source(SCENARIO.address, True)
    desk.wait(lambda: desk.checklist is not None)

    def is_open() -> bool:
        clock.advance(10_000_000)
        found = desk.checklist
        return found is not None and guidance_refusal(found) is None

    desk.wait(is_open)
    controller = desk.application.controller
    assert demonstration is not None and controller is not None
    press = GuidanceSwitched(True, Person("OP-1", Role.OPERATOR))
    controller.answered.emit(CommandOutcome(0, 0, 0, press, "The picture was late."))
    desk.wait_mode(GuidanceMode.ON)
