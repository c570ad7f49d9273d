"""A PostgreSQL server of the tests' own, in a temporary folder, on a Unix socket alone."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

SUPERUSER = "postgres"
DEBIAN = Path("/usr/lib/postgresql")


def programs() -> Path | None:
    """The folder with initdb and pg_ctl; None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(DEBIAN.glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    return next((place for place in places if (place / "pg_ctl").exists()), None)


class PostgresServer:
    """A running server; every test makes a database of its own."""

    def __init__(self, folder: Path, binaries: Path, options: str) -> None:
        self.folder = folder
        self._binaries = binaries
        self._options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' {options}"
        self._numbers = count(1)

    def initialise(self) -> None:
        to = ["-D", str(self.folder / "data"), "-U", SUPERUSER]
        self._run("initdb", *to, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")

    def start(self) -> None:
        log = str(self.folder / "log")
        self._run("pg_ctl", *self._data(), "-w", "-l", log, "-o", self._options, "start")

    def stop(self) -> None:
        """At once, as after a power cut."""
        self._run("pg_ctl", *self._data(), "-w", "-m", "immediate", "stop")

    def new_database(self, template: str = "template0", encoding: str = "UTF8") -> str:
        """The address of a database, empty unless made from another, which nobody may use then."""
        name = f"records_{next(self._numbers)}"
        made = f"CREATE DATABASE {name} ENCODING '{encoding}' TEMPLATE {template}"
        self.execute("postgres", made)
        return self.address(name)

    def address(self, name: str) -> str:
        return f"postgresql://{SUPERUSER}@/{name}?host={self.folder}"

    def name_of(self, address: str) -> str:
        return address.split("/")[3].split("?", maxsplit=1)[0]

    def execute(self, database: str, statement: str) -> None:
        """Run a statement as another program would."""
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            connection.execute(statement)

    def _data(self) -> tuple[str, str]:
        return "-D", str(self.folder / "data")

    def _run(self, program: str, *arguments: str) -> None:
        """PostgreSQL refuses to run as root."""
        import pwd  # not everywhere, as PostgreSQL is not

        nobody = pwd.getpwnam("nobody")
        user = {"user": nobody.pw_uid, "group": nobody.pw_gid} if os.geteuid() == 0 else {}
        command = [str(self._binaries / program), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder, **user)


@contextmanager
def postgres_server(binaries: Path, options: str = "-F") -> Iterator[PostgresServer]:
    """A running server; `-F` does not wait for the disk."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
    server = PostgresServer(folder, binaries, options)
    try:
        server.initialise()
        server.start()
        try:
            yield server
        finally:
            if (folder / "data" / "postmaster.pid").exists():
                server.stop()
    finally:
        shutil.rmtree(folder)
