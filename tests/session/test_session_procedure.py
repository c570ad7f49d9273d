"""The procedure of a session: its marks and signatures in order, and what does not fit."""

from collections.abc import Iterable

import pytest
from random_checklists import OPERATOR, at
from recordings import ANNA, SOURCE, make_outcome

from guidance_app.domain.checklist import ChecklistEntry, Emergency, Mark
from guidance_app.domain.commands import (
    Command,
    CommandOutcome,
    EmergencyDeclared,
    ItemMarked,
    PhaseSigned,
    ProcedureStarted,
    SourceOpened,
)
from guidance_app.domain.signature import Meaning, Signature, Subject
from guidance_app.knowledge.templates import checklist_template
from guidance_app.session.errors import DamagedSession
from guidance_app.session.procedure import recorded_procedure

TEMPLATE = checklist_template("knee-injection")
STARTED = ProcedureStarted("knee-injection", "P-1", "right", TEMPLATE, (ANNA,), True)


def outcomes(commands: Iterable[Command]) -> list[CommandOutcome]:
    return [make_outcome(index, command) for index, command in enumerate(commands)]


def done(item: str, note: str = "") -> ItemMarked:
    return ItemMarked(ChecklistEntry(item, Mark.DONE, OPERATOR, at(1), note))


def test_without_a_procedure_there_is_none() -> None:
    assert recorded_procedure(outcomes([SourceOpened(SOURCE), done("K-01")])) is None


def test_marks_and_an_emergency_are_followed_in_their_order() -> None:
    emergency = EmergencyDeclared(Emergency(OPERATOR, at(2), "collapse"))
    commands = outcomes([SourceOpened(SOURCE), STARTED, done("K-01"), emergency, done("K-02")])
    found = recorded_procedure(commands)
    assert found is not None
    assert [entry.item for entry in found.checklist.entries] == ["K-01", "K-02"]
    assert found.checklist.emergency == emergency.emergency
    assert (found.started, found.started_ns) == (STARTED, commands[1].time_ns)


def test_what_was_refused_does_not_count() -> None:
    refused = CommandOutcome(3, 0, 0, done("K-02"), "Not now.")
    found = recorded_procedure([*outcomes([STARTED, done("K-01")]), refused])
    assert found is not None
    assert [entry.item for entry in found.checklist.entries] == ["K-01"]


def test_a_procedure_that_is_started_anew_begins_with_an_empty_checklist() -> None:
    found = recorded_procedure(outcomes([STARTED, done("K-01"), STARTED, done("K-02")]))
    assert found is not None
    assert [entry.item for entry in found.checklist.entries] == ["K-02"]


@pytest.mark.parametrize(
    "command",
    [
        done("K-99"),
        ItemMarked(ChecklistEntry("K-01", Mark.OVERRIDDEN, OPERATOR, at(1), "no time")),
        PhaseSigned((Signature(Subject("p-9", "0", "PRE"), Meaning.DONE, OPERATOR, at(1), "0"),)),
    ],
)
def test_what_the_checklist_refuses_is_damage(command: Command) -> None:
    with pytest.raises(DamagedSession, match=r"^The checklist cannot be followed: .+\. Check "):
        recorded_procedure(outcomes([STARTED, command]))
