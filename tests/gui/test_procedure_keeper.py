"""What a procedure leaves in the records, on a real database."""

from contextlib import closing
from pathlib import Path

import pytest

from drivers.api.clock import SystemClock
from guidance_app.domain.checklist import ChecklistEntry, Mark
from guidance_app.domain.commands import Command, ItemMarked, ProcedureStarted, RecordClosed
from guidance_app.domain.evidence import Evidence
from guidance_app.domain.people import Person, Role
from guidance_app.knowledge.templates import checklist_template
from guidance_app.presentation.setup_choices import SetupAnswer
from guidance_app.records.database import Records
from guidance_app.records.worker import RecordsWriter
from guidance_app.ui.procedure_keeper import ProcedureKeeper

OPERATOR = Person("OP-1", Role.OPERATOR)
TEMPLATE = checklist_template("knee-injection")
CLOSED_UTC = "2026-11-26T10:00:00.000+00:00"
GIVEN = (Evidence("drug", "O'Neil אבג 🩺"), Evidence("volume", "12.50"), Evidence("passes", "2"))
GIVEN_ENTRY = ChecklistEntry("K-44", Mark.DONE, OPERATOR, CLOSED_UTC, "", GIVEN)


def started(id_: str) -> ProcedureStarted:
    return ProcedureStarted(
        "knee-injection", "P-0417", "left", TEMPLATE, (OPERATOR,), True, "us", "", id_
    )


def closed() -> RecordClosed:
    return RecordClosed(OPERATOR, CLOSED_UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.sqlite"


def keep(path: Path, *commands: Command, on_device: bool = True) -> None:
    """The commands of a run, which then ends."""
    failures: list[str] = []
    writer = RecordsWriter(path, SystemClock(), failures.append)
    writer.start()
    keeper = ProcedureKeeper(writer, lambda sentence, tone: failures.append(sentence))
    keeper.expect(SetupAnswer(family="knee"), on_device)
    for command in commands:
        keeper.store(command, "session")
    keeper.finish()
    writer.stop()
    assert failures == []


def log_book(path: Path) -> list[str]:
    with closing(Records.open(path)) as records:
        return [entry.procedure_id for entry in records.log_book("OP-1")]


def test_a_procedure_whose_record_was_closed_is_in_the_log_book(path: Path) -> None:
    keep(path, started("p-1"), ItemMarked(GIVEN_ENTRY), closed())
    assert log_book(path) == ["p-1"]
    with closing(Records.open(path)) as records:
        (found,) = records.procedures()
        assert found.ended_utc == CLOSED_UTC
        assert records.entries("p-1") == (GIVEN_ENTRY,)


def test_one_that_was_left_or_followed_by_the_next_is_not(path: Path) -> None:
    keep(path, started("p-1"), started("p-2"), closed(), started("p-3"))
    assert log_book(path) == ["p-2"]
    with closing(Records.open(path)) as records:
        assert all(one.ended_utc for one in records.procedures())


def test_a_record_is_closed_once_and_never_without_a_procedure(path: Path) -> None:
    keep(path, closed(), started("p-1"), closed(), closed())
    assert log_book(path) == ["p-1"]


def test_practice_is_in_nobodys_log_book(path: Path) -> None:
    keep(path, started("p-1"), closed(), on_device=False)
    assert log_book(path) == []
