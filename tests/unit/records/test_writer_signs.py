"""Signatures through the writing thread: whoever signs is told what became of it."""

import queue
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path

import pytest
from breaking_relay import PORT, Break, BreakingRelay, breaking_relay
from hurried_clock import HurriedClock
from postgres_server import PostgresServer
from samples import ENTRIES, PROCEDURE
from signing import pair, register_both

from drivers.api.clock import SystemClock
from guidance_app.records import worker
from guidance_app.records.database import Records
from guidance_app.records.errors import RecordsError, RecordsRefused
from guidance_app.records.worker import NOT_KNOWN, RecordsWriter

WITHIN_S = 30.0
NONE = "No signature was stored. Sign again."


@pytest.fixture
def told() -> "queue.Queue[str]":
    return queue.Queue()


Make = Callable[[Path | str], RecordsWriter]


@pytest.fixture
def make(told: "queue.Queue[str]") -> Iterator[Make]:
    """Writers that are stopped, unless the test has."""
    made: list[RecordsWriter] = []

    def begin(address: Path | str) -> RecordsWriter:
        writer = RecordsWriter(address, HurriedClock(), told.put)
        writer.start()
        made.append(writer)
        return writer

    yield begin
    for writer in made:
        writer.stop()


@pytest.fixture
def relay(server: PostgresServer) -> Iterator[BreakingRelay]:
    with breaking_relay(server.folder) as relay:
        yield relay


def through(relay: BreakingRelay, address: str) -> str:
    return f"{address.split('?', maxsplit=1)[0]}?host={relay.folder}&port={PORT}"


def begin(address: Path | str) -> None:
    """A procedure and two people, ready to be signed by them."""
    with closing(Records.open(address)) as records:
        register_both(records)
        records.start_procedure(PROCEDURE)


def signed(address: Path | str) -> int:
    with closing(Records.open(address)) as records:
        assert records.verify_audit().problem is None
        return len(records.signatures("p-1"))


def failure(signing: "Future[None]") -> str:
    error = signing.exception(WITHIN_S)
    assert isinstance(error, RecordsError)
    return str(error)


def test_signatures_come_after_the_entries_that_they_are_for(
    address: Path | str, make: Make
) -> None:
    begin(address)
    writer = make(address)
    for entry in ENTRIES:
        writer.add_entry("p-1", entry)
    assert writer.sign("p-1", pair(PROCEDURE, ENTRIES)).result(WITHIN_S) is None
    assert signed(address) == 2


def test_a_refusal_reaches_whoever_signs_and_nobody_else(
    address: Path | str, make: Make, told: "queue.Queue[str]"
) -> None:
    begin(address)
    writer = make(address)
    signing = writer.sign("p-1", pair(PROCEDURE, ENTRIES))
    assert isinstance(signing.exception(WITHIN_S), RecordsRefused)
    assert failure(signing).endswith(f"Look at it again. {NONE}")
    writer.sign("p-1", pair(PROCEDURE, ())).result(WITHIN_S)
    assert told.empty()
    assert signed(address) == 2


def test_what_cannot_be_signed_in_time_is_not_signed_later(path: Path, make: Make) -> None:
    begin(path)
    writer = make(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        writer.add_entry("p-1", ENTRIES[0])
        assert failure(writer.sign("p-1", pair(PROCEDURE, ENTRIES[:1]))).endswith(NONE)
        other.execute("ROLLBACK")
    writer.stop()
    with closing(Records.open(path)) as records:
        assert records.entries("p-1") == ENTRIES[:1]
        assert records.signatures("p-1") == ()


def test_a_full_disk_fails_a_signature_with_its_own_words(path: Path) -> None:
    begin(path)
    with closing(Records.open(path)) as records:
        pages = records._connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        records._connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(RecordsError) as caught:
            for number in range(1000):
                records.sign("p-1", pair(PROCEDURE, (), f"K-{number}", ()))
        assert str(caught.value).endswith(f"is full. Free some space. {NONE}")
        assert len(records.signatures("p-1")) == 2 * number


def test_a_closed_or_overfull_writer_signs_nothing(
    path: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(path)
    writer = make(path)
    writer.stop()
    sentence = failure(writer.sign("p-1", pair(PROCEDURE, ())))
    assert sentence == f"The records database does not keep up or is closed. {NONE}"
    monkeypatch.setattr(worker, "JOBS_LIMIT", 0)
    assert failure(make(path).sign("p-1", pair(PROCEDURE, ()))).endswith(NONE)
    assert signed(path) == 0


@pytest.mark.parametrize("when", [Break.BEFORE, Break.AFTER])
def test_a_connection_that_breaks_at_the_commit_loses_and_doubles_nothing(
    relay: BreakingRelay,
    on_postgresql: str,
    make: Make,
    told: "queue.Queue[str]",
    when: Break,
) -> None:
    begin(on_postgresql)
    writer = make(through(relay, on_postgresql))
    writer.sign("p-1", pair(PROCEDURE, (), "K-0", ())).result(WITHIN_S)  # it is open now
    relay.next_break = when
    writer.sign("p-1", pair(PROCEDURE, (), "K-1", ())).result(WITHIN_S)
    for number, entry in enumerate(ENTRIES, 2):
        relay.next_break = when
        writer.add_entry("p-1", entry)
        writer.sign("p-1", pair(PROCEDURE, (), f"X-{number}", ())).result(WITHIN_S)
    writer.stop()
    assert told.empty()
    assert relay.next_break is Break.NEVER
    with closing(Records.open(on_postgresql)) as records:
        assert records.entries("p-1") == ENTRIES
        parts = [one.signature.subject.part for one in records.signatures("p-1")]
    assert parts == [one for n in range(2 + len(ENTRIES)) for one in [f"{'KX'[n > 1]}-{n}"] * 2]


@pytest.mark.parametrize("when", [Break.BEFORE, Break.AFTER])
def test_in_doubt_the_database_is_asked_until_it_answers(
    relay: BreakingRelay,
    on_postgresql: str,
    make: Make,
    told: "queue.Queue[str]",
    when: Break,
) -> None:
    begin(on_postgresql)
    writer = make(through(relay, on_postgresql))
    writer.sign("p-1", pair(PROCEDURE, (), "K-0", ())).result(WITHIN_S)  # it is open now
    relay.refuses_after_it, relay.next_break = True, when
    signing = writer.sign("p-1", pair(PROCEDURE, ()))
    assert "cannot be reached" in told.get(timeout=WITHIN_S)
    later = writer.sign("p-1", pair(PROCEDURE, (), "K-1", ()))
    assert failure(later).endswith(NONE)
    assert not signing.done()
    relay.refusing = False
    assert signing.result(WITHIN_S) is None
    assert signed(on_postgresql) == 4


def test_a_doubt_that_nobody_can_settle_is_told_when_stopping(
    relay: BreakingRelay, on_postgresql: str, make: Make, told: "queue.Queue[str]"
) -> None:
    begin(on_postgresql)
    writer = make(through(relay, on_postgresql))
    writer.sign("p-1", pair(PROCEDURE, (), "K-0", ())).result(WITHIN_S)  # it is open now
    relay.refuses_after_it, relay.next_break = True, Break.AFTER
    signing = writer.sign("p-1", pair(PROCEDURE, ()))
    told.get(timeout=WITHIN_S)
    writer.stop()
    assert failure(signing) == NOT_KNOWN
    assert signed(on_postgresql) == 4


def test_a_server_that_goes_away_signs_nothing_and_comes_back(
    server: PostgresServer, on_postgresql: str, make: Make, told: "queue.Queue[str]"
) -> None:
    begin(on_postgresql)
    writer = make(on_postgresql)
    writer.sign("p-1", pair(PROCEDURE, (), "K-0", ())).result(WITHIN_S)
    server.stop()
    try:
        sentence = failure(writer.sign("p-1", pair(PROCEDURE, ())))
        writer.add_entry("p-1", ENTRIES[0])
    finally:
        server.start()
    assert "cannot be reached" in sentence
    assert sentence.endswith(NONE)
    assert "cannot be reached" in told.get(timeout=WITHIN_S)
    writer.sign("p-1", pair(PROCEDURE, (), "K-1", ())).result(WITHIN_S)
    writer.stop()
    with closing(Records.open(on_postgresql)) as records:
        assert records.entries("p-1") == ENTRIES[:1]
        assert len(records.signatures("p-1")) == 4


def test_stopping_fails_what_could_not_be_signed(path: Path, told: "queue.Queue[str]") -> None:
    begin(path)
    writer = RecordsWriter(path, SystemClock(), told.put)
    signing = writer.sign("p-1", pair(PROCEDURE, ()))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        writer.start()
        writer.stop()
        other.execute("ROLLBACK")
    assert failure(signing).endswith(NONE)
    assert signed(path) == 0
