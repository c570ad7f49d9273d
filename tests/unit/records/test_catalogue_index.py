"""The index of the library on both engines: found by what is asked, gone, forgotten, locked."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, Thread

import pytest

from guidance_app.records.catalogue import (
    Figure,
    FigureBound,
    Happening,
    IndexedSession,
    LibraryContents,
    LibraryQuery,
)
from guidance_app.records.catalogue_index import LibraryIndex
from guidance_app.records.database import Records
from guidance_app.records.errors import RecordsError, RecordsLocked

FOLDER = Path("/sessions")
KNEE = IndexedSession(
    "a.session",
    "stamp",
    "hash",
    2,
    1,
    started_utc="2026-01-01T08:00:00.000+00:00",
    length_s=12.5,
    procedure="knee-injection",
    title="Knee injection",
    site="Knee",
    side="right",
    patient="P-0417",
    people=("OP-1", "S-2"),
    frames_offered=1 << 40,
    happened={Happening.LOST: 2.4, Happening.NEEDLE_SEEN: 80.0},
)
HIP = replace(
    KNEE,
    name="b.session",
    started_utc="2026-02-01T08:00:00.000+00:00",
    procedure="hip-injection",
    title="Hüfte 100% IM_PLAN",
    site="Hip",
    patient="P-9",
    people=("S-2",),
    happened={Happening.EMERGENCY: 1.0},
)
DAMAGED = IndexedSession("c.session", problem="It has no manifest.")
TIP = Figure("tip_seen_share", 70.0, "%", 1, "raw", "0.1")


@pytest.fixture
def index(records: Records) -> LibraryIndex:
    index = records.catalogue(FOLDER)
    index.put([KNEE, HIP, DAMAGED])
    index.put_figures({"a.session": [TIP, replace(TIP, metric="passes_seen", value=None)]})
    return index


def names(index: LibraryIndex, wanted: LibraryQuery) -> str:
    return "".join(one.session.name[0] for one in index.find(wanted))


def bound(comparison: str, value: float, metric: str = TIP.metric) -> LibraryQuery:
    return LibraryQuery(figures=(FigureBound(metric, comparison, value),))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (LibraryQuery(), "bac"),
        (LibraryQuery(procedure="hip-injection"), "b"),
        (LibraryQuery(person="S-2"), "ba"),
        (LibraryQuery(person="OP-1"), "a"),
        (LibraryQuery(since=datetime(2026, 2, 1, 8, tzinfo=UTC)), "b"),
        (LibraryQuery(until=datetime(2026, 2, 1, 8, tzinfo=UTC)), "a"),
        (LibraryQuery(happened=frozenset({Happening.LOST})), "a"),
        (LibraryQuery(happened=frozenset({Happening.LOST, Happening.EMERGENCY})), ""),
        (LibraryQuery(words="p-0417 KNEE"), "a"),
        (LibraryQuery(words="hÜFTE"), "b"),
        (LibraryQuery(words="100% im_plan"), "b"),
        (LibraryQuery(words="%"), "b"),
        (LibraryQuery(words="knee hip"), ""),
        (LibraryQuery(words="c.session"), "c"),
        (bound("<", 80), "a"),
        (bound("<=", 70), "a"),
        (bound("=", 70), "a"),
        (bound(">", 70), ""),
        (bound(">=", -1, "passes_seen"), ""),
        (LibraryQuery(person="S-2", words="injection", happened=frozenset({Happening.LOST})), "a"),
    ],
)
def test_all_that_is_asked_must_hold_and_the_newest_comes_first(
    index: LibraryIndex, wanted: LibraryQuery, found: str
) -> None:
    assert names(index, wanted) == found


def test_a_session_comes_back_as_it_was_put(index: LibraryIndex) -> None:
    found = {one.session.name: one for one in index.find(LibraryQuery())}
    assert [found[one.name].session for one in (KNEE, HIP, DAMAGED)] == [KNEE, HIP, DAMAGED]
    assert TIP in found["a.session"].figures
    assert index.contents() == LibraryContents(
        sessions=3,
        procedures={"knee-injection": "Knee injection", "hip-injection": HIP.title},
        people=("OP-1", "S-2"),
        metrics=("passes_seen", "tip_seen_share"),
        unscored=2,
    )


def test_figures_of_an_earlier_definition_do_not_compare(index: LibraryIndex) -> None:
    index.put_figures({"b.session": [replace(TIP, value=60.0, version=2)]})
    assert names(index, bound("<", 80)) == "b"
    index.put_figures({"unknown.session": [TIP]})
    assert names(index, bound("<", 80)) == "b"


def test_figures_go_when_the_session_holds_something_else(index: LibraryIndex) -> None:
    index.put([replace(KNEE, stamp="younger")])
    assert names(index, bound("=", 70)) == "a"
    index.put([replace(KNEE, content_sha256="other", people=(), happened={})])
    assert names(index, bound("=", 70)) == ""
    assert names(index, LibraryQuery(person="OP-1")) == ""
    assert names(index, LibraryQuery(happened=frozenset({Happening.LOST}))) == ""


def test_what_is_gone_is_still_found_and_comes_back(index: LibraryIndex) -> None:
    index.mark_gone(["a.session"])
    assert {one.session.name: one.gone for one in index.find(LibraryQuery())} == {
        "a.session": True,
        "b.session": False,
        "c.session": False,
    }
    assert index.contents().unscored == 2
    index.touch({"a.session": "younger"})
    known = index.known()["a.session"]
    assert (known.gone, known.stamp, known.content_sha256) == (False, "younger", "hash")


def test_libraries_are_apart_and_one_is_forgotten_whole(
    records: Records, index: LibraryIndex
) -> None:
    other = records.catalogue(Path("/elsewhere"))
    assert (other.find(LibraryQuery()), other.contents()) == ((), LibraryContents())
    other.put([KNEE])
    index.forget()
    assert (names(index, LibraryQuery()), names(other, LibraryQuery())) == ("", "a")
    assert records.verify_audit().problem is None


def test_what_a_newer_program_has_found_is_left_out(records: Records, index: LibraryIndex) -> None:
    records._connection.exec_driver_sql("UPDATE library_happened SET what = 'new' WHERE amount = 1")
    assert index.find(LibraryQuery(words="b.session"))[0].session.happened == {}


def test_two_programs_index_the_same_library(address: Path | str) -> None:
    sessions = [replace(KNEE, name=f"{number}.session") for number in range(50)]
    Records.open(address).close()
    together, refused = Barrier(2), list[RecordsError]()

    def put() -> None:
        with closing(Records.open(address)) as records:
            together.wait()
            for one in sessions:
                try:
                    records.catalogue(FOLDER).put([one])
                except RecordsLocked:
                    pass  # SQLite waits a quarter of a second
                except RecordsError as error:
                    refused.append(error)

    threads = [Thread(target=put) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == []
    with closing(Records.open(address)) as records:
        found = records.catalogue(FOLDER).find(LibraryQuery())
        assert {one.session.name for one in found} == {one.name for one in sessions}


def test_a_locked_database_is_told_and_searched_all_the_same(path: Path) -> None:
    with closing(Records.open(path)) as records:
        index = records.catalogue(FOLDER)
        index.put([KNEE])
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(RecordsLocked, match=r"in use .* The list of sessions was not"):
                index.put([HIP])
            assert names(index, LibraryQuery()) == "a"
        index.put([HIP])
        assert names(index, LibraryQuery()) == "ba"


def test_nobody_waits_while_sessions_are_read(path: Path) -> None:
    with closing(Records.open(path)) as records, closing(sqlite3.connect(path)) as other:

        def read() -> Iterator[IndexedSession]:
            other.execute("BEGIN IMMEDIATE")
            other.rollback()
            yield KNEE

        records.catalogue(FOLDER).put(read())
        assert names(records.catalogue(FOLDER), LibraryQuery()) == "a"
