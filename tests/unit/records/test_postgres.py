"""Records on a server: by address, never with a password, and in plain words when it fails."""

import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from filled import fill
from postgres_server import PostgresServer
from samples import ENTRIES, PROCEDURE
from signing import pair, register_both
from sqlalchemy import text

from guidance_app.records import postgres
from guidance_app.records.database import Records
from guidance_app.records.errors import (
    RecordsError,
    RecordsLocked,
    RecordsRefused,
    RecordsUnreachable,
)
from guidance_app.records.staff import StaffMember

SECRET = "s3cr3t-w0rd"
KEPT = "kept in the session's journal"


def refusal(action: Callable[[], object], kind: type[RecordsError] = RecordsError) -> str:
    with pytest.raises(RecordsError) as caught:
        action()
    assert type(caught.value) is kind
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert SECRET not in sentence + repr(caught.value) + str(caught.value.__cause__)
    return sentence


def keep_password(file: Path, password: str) -> None:
    """As libpq keeps it: for every server, database and user; read by its owner alone."""
    file.write_text(f"*:*:*:*:{password}\n")
    file.chmod(0o600)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (f"postgresql://ann:{SECRET}@localhost:port/x", "The address of the records database is"),
        ("postgresql://ann@/x?host=a&host=b&port=1,2,3", "ann@a,b/x cannot be used"),
        ("postgresql://ann@/x?host=/nowhere&connect_timeout=soon", "cannot be used"),
        (f"mysql://ann:{SECRET}@localhost/x", "The address of the records database is none"),
        (f"postgresql://ann:{SECRET}@[::1/x", "The address of the records database is none"),
        (f"postgresql://ann@/x?host=/nowhere&colour={SECRET}", "ann@/nowhere/x cannot be"),
        ("records.sqlite", "The address of the records database is none"),
    ],
)
def test_an_address_that_is_none_says_so(address: str, words: str) -> None:
    sentence = refusal(lambda: Records.open(address))
    assert words in sentence
    assert "Write it like postgresql://user@server" in sentence


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://ann:{SECRET}@server/x",
        f"postgresql://server/x?user=ann&password={SECRET}",
        f"postgresql://ann@server/x?sslkey=k&sslpassword={SECRET}",
        "postgresql://ann:@server/x",
    ],
)
def test_an_address_with_a_password_is_refused_and_says_where_it_belongs(address: str) -> None:
    sentence = refusal(lambda: Records.open(address))
    assert "holds a password" in sentence and "password file (.pgpass)" in sentence


def test_a_server_that_is_not_there_says_so(tmp_path: Path) -> None:
    address = f"postgresql://ann@/x?host={tmp_path}"
    sentence = refusal(lambda: Records.open(address), RecordsUnreachable)
    assert f"postgresql://ann@{tmp_path}/x cannot be reached" in sentence


def test_a_database_or_user_that_is_not_there_says_so(server: PostgresServer) -> None:
    host = f"host={server.folder}"
    for user, name, words in (
        (
            "postgres",
            "nothing",
            f"The server has no database postgresql://postgres@{server.folder}",
        ),
        ("nobody", "postgres", "refuses the user or the password"),
    ):
        address = f"postgresql://{user}@/{name}?{host}"
        assert words in refusal(lambda address=address: Records.open(address))


def test_a_password_comes_from_its_file_and_is_never_shown(
    server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a real one that the server asks for, right and wrong."""
    kept = tmp_path / "pgpass"
    monkeypatch.setenv("PGPASSFILE", str(kept))
    server.execute("postgres", f"CREATE ROLE ann LOGIN PASSWORD '{SECRET}' SUPERUSER")
    rules = server.folder / "data" / "pg_hba.conf"
    before = rules.read_text()
    rules.write_text(f"local all ann scram-sha-256\n{before}")
    try:
        server.execute("postgres", "SELECT pg_reload_conf()")
        address = server.new_database().replace("postgres@", "ann@")
        keep_password(kept, SECRET)
        Records.open(address).close()
        keep_password(kept, "wr0ng")
        sentence = refusal(lambda: Records.open(address))
        assert "refuses the user or the password" in sentence
        assert "wr0ng" not in sentence
    finally:
        rules.write_text(before)
        server.execute("postgres", "SELECT pg_reload_conf()")


def test_the_database_of_another_program_is_refused_and_not_added_to(
    server: PostgresServer, on_postgresql: str
) -> None:
    name = server.name_of(on_postgresql)
    server.execute(name, "CREATE TABLE theirs (a int)")
    assert "holds something else" in refusal(lambda: Records.open(on_postgresql))
    with psycopg.connect(on_postgresql) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        assert tables.fetchall() == [("theirs",)]


@pytest.mark.parametrize("revision", [None, "ae1027a6acf"])
def test_another_programs_migrations_are_refused(
    server: PostgresServer, on_postgresql: str, revision: str | None
) -> None:
    name = server.name_of(on_postgresql)
    server.execute(name, "CREATE TABLE alembic_version (version_num varchar(32))")
    if revision:
        server.execute(name, f"INSERT INTO alembic_version VALUES ('{revision}')")
    assert "holds something else" in refusal(lambda: Records.open(on_postgresql))


def test_a_newer_database_is_refused(server: PostgresServer, on_postgresql: str) -> None:
    Records.open(on_postgresql).close()
    server.execute(server.name_of(on_postgresql), "UPDATE alembic_version SET version_num = '0005'")
    sentence = refusal(lambda: Records.open(on_postgresql))
    assert "newer version of this application (format 5; this one knows 4)" in sentence


def test_a_database_that_cannot_hold_every_name_is_refused(server: PostgresServer) -> None:
    address = server.new_database(encoding="LATIN1")
    assert "its encoding is LATIN1" in refusal(lambda: Records.open(address))


def test_a_user_who_may_only_read_is_told_so(server: PostgresServer, on_postgresql: str) -> None:
    name = server.name_of(on_postgresql)
    server.execute(name, "CREATE ROLE reader LOGIN")
    reader = on_postgresql.replace("postgres@", "reader@")
    assert "may only be read" in refusal(lambda: Records.open(reader))
    Records.open(on_postgresql).close()
    server.execute(name, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    with closing(Records.open(reader)) as records:
        sentence = refusal(lambda: records.add_person(StaffMember("OP-01", "Ann")))
        assert "may only be read. Allow writing to it to the user." in sentence
        assert records.people() == ()
    server.execute(name, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with closing(Records.open(on_postgresql)) as records:
        assert "may only be read" in refusal(lambda: records.add_person(StaffMember("A", "Ann")))


def test_a_station_needs_no_right_to_drop_or_delete(
    server: PostgresServer, on_postgresql: str
) -> None:
    name = server.name_of(on_postgresql)
    Records.open(on_postgresql).close()
    server.execute(name, "CREATE ROLE station LOGIN")
    server.execute(name, "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO station")
    station = on_postgresql.replace("postgres@", "station@")
    fill(station)
    with closing(Records.open(station)) as records:
        assert records.verify_audit().problem is None


def test_text_that_the_server_cannot_hold_is_refused(on_postgresql: str) -> None:
    with closing(Records.open(on_postgresql)) as records:
        sentence = refusal(lambda: records.set_roles("a\0b", ()), RecordsRefused)
        assert sentence.endswith("Nothing was stored.")
        assert records.people() == ()


def test_a_chain_that_another_holds_is_waited_for_and_then_told(
    on_postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "SESSION", ("SET lock_timeout = 1",))
    with closing(Records.open(on_postgresql)) as records:
        records.start_procedure(PROCEDURE)
        with psycopg.connect(on_postgresql) as other:
            other.execute(f"SELECT pg_advisory_xact_lock({postgres.CHAIN_LOCK})")
            sentence = refusal(lambda: records.add_entry("p-1", ENTRIES[0]), RecordsLocked)
            assert records.entries("p-1") == ()
        assert KEPT in sentence
        records.add_entry("p-1", ENTRIES[0])
        assert records.entries("p-1") == ENTRIES[:1]


def test_what_is_acknowledged_is_on_the_servers_disk(
    server: PostgresServer, on_postgresql: str
) -> None:
    name = server.name_of(on_postgresql)
    for default, kept in (("off", "on"), ("local", "on"), ("remote_apply", "remote_apply")):
        server.execute("postgres", f"ALTER DATABASE {name} SET synchronous_commit = {default}")
        with closing(Records.open(on_postgresql)) as records:
            shown = records._connection.execute(text("SHOW synchronous_commit")).scalar_one()
        assert shown == kept


STATIONS, PAIRS = 8, 4


def test_of_many_stations_nothing_is_lost_or_doubled(on_postgresql: str) -> None:
    """They open an empty database at once, and then sign at once."""
    failures: list[BaseException] = []
    together = threading.Barrier(STATIONS)

    def work(station: int) -> None:
        try:
            together.wait()
            with closing(Records.open(on_postgresql)) as records:
                if together.wait() == 0:
                    register_both(records)
                    records.start_procedure(PROCEDURE)
                together.wait()
                for number in range(PAIRS):
                    records.sign("p-1", pair(PROCEDURE, (), f"K-{station}-{number}", ()))
        except BaseException as error:
            failures.append(error)
            together.abort()

    threads = [threading.Thread(target=work, args=(station,)) for station in range(STATIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with closing(Records.open(on_postgresql)) as records:
        parts = [one.signature.subject.part for one in records.signatures("p-1")]
        report = records.verify_audit()
    wanted = [f"K-{station}-{number}" for station in range(STATIONS) for number in range(PAIRS)]
    assert sorted(parts) == sorted(wanted * 2)
    assert (report.problem, report.entries) == (None, 5 + STATIONS * PAIRS)
