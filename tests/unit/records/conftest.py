"""A procedure and its people to store, and a place for the records on each engine."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from moments import Moments
from postgres_server import PostgresServer, postgres_server, programs

from guidance_app.domain.checklist import ChecklistEntry, Mark, Person, Role
from guidance_app.domain.competence import StaffRole
from guidance_app.records.database import Records
from guidance_app.records.procedures import ProcedureRecord
from guidance_app.records.staff import StaffMember

OPERATOR = Person("OP-01", Role.OPERATOR)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database goes; its name would break a carelessly written address."""
    return tmp_path / "new folder" / "records #1?.sqlite"


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    binaries = programs()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (initdb and pg_ctl are not there)")
    with postgres_server(binaries) as server:
        yield server


@pytest.fixture
def on_postgresql(server: PostgresServer) -> str:
    """An empty database on a server."""
    return server.new_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> Path | str:
    """Where records can be opened, on each engine."""
    return request.getfixturevalue({"sqlite": "path", "postgresql": "on_postgresql"}[request.param])


@pytest.fixture
def moments() -> Moments:
    return Moments()


@pytest.fixture
def records(address: Path | str, moments: Moments) -> Iterator[Records]:
    with closing(Records.open(address, moments)) as records:
        yield records


Register = Callable[..., None]


@pytest.fixture
def register(records: Records) -> Register:
    """Puts somebody on the staff."""

    def add(code: str, *roles: StaffRole) -> None:
        records.add_person(StaffMember(code, f"Name of {code}"))
        records.set_roles(code, roles)

    return add


@pytest.fixture
def procedure() -> ProcedureRecord:
    return ProcedureRecord(
        id="p-1",
        session_id="20250301-090000-ab12",
        procedure="knee-injection",
        patient="P-0417",
        side="right",
        template_version="1",
        template_digest="0" * 64,
        started_utc="2025-03-01T09:00:00+00:00",
        people=(OPERATOR, Person("AS-01", Role.ASSISTANT), Person("OP-01", Role.SUPERVISOR)),
        working_alone=False,
    )


@pytest.fixture
def entries() -> list[ChecklistEntry]:
    time = "2025-03-01T09:01:00+00:00"
    return [
        ChecklistEntry("K-01", Mark.DONE, OPERATOR, time, "EFSUMB level 2"),
        ChecklistEntry("K-11", Mark.OVERRIDDEN, OPERATOR, time, 'said "no leaflet"; è 关节'),
        ChecklistEntry("K-01", Mark.REOPENED, OPERATOR, time),
        ChecklistEntry("K-01", Mark.DONE, OPERATOR, time),
    ]
