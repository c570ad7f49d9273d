"""A procedure and its people to store, and a place for the records on each engine."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from filled import fill
from moments import Moments
from postgres_server import PostgresServer, postgres_server, programs
from samples import ENTRIES, PROCEDURE

from guidance_app.domain.checklist import ChecklistEntry
from guidance_app.domain.competence import StaffRole
from guidance_app.records.database import Records
from guidance_app.records.procedures import ProcedureRecord
from guidance_app.records.staff import StaffMember


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


@pytest.fixture(scope="session")
def filled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed database with something in every table; to be copied, not opened."""
    path = tmp_path_factory.mktemp("filled") / "records.sqlite"
    fill(path)
    return path


@pytest.fixture(scope="session")
def filled_database(server: PostgresServer) -> str:
    """The same on a server, by name; to be taken as a template."""
    address = server.new_database()
    fill(address)
    return address


@pytest.fixture(params=["sqlite", "postgresql"])
def filled_address(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a database with something in every table can be opened, on each engine."""
    if request.param == "sqlite":
        source = request.getfixturevalue("filled_file")
        return Path(shutil.copy(source, tmp_path / "filled.sqlite"))
    source = request.getfixturevalue("filled_database")
    server: PostgresServer = request.getfixturevalue("server")
    return server.new_database(template=server.name_of(source))


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
    return PROCEDURE


@pytest.fixture
def entries() -> list[ChecklistEntry]:
    return list(ENTRIES)
