"""Sign-offs with full durability, a search among 10,000 procedures, and 50 stations at once.

A sign-off is the pair of a time-out: two signatures, checked, with their entry of the audit chain,
in one transaction. The reference is as many bare inserts of one row, each with its own commit, on
the same engine and disk. Goals: search and open within 100 ms; of the stations nothing is lost or
doubled. PostgreSQL is left out, with its figures null, where it is not installed.
"""

import json
import multiprocessing
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from multiprocessing.synchronize import Barrier
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path += [str(ROOT / "tests"), str(ROOT / "tests" / "unit" / "records")]

import psycopg  # noqa: E402
from postgres_server import PostgresServer, postgres_server, programs  # noqa: E402
from samples import ENTRIES, PROCEDURE  # noqa: E402
from signing import pair, register_both  # noqa: E402

from guidance_app.domain.people import Person, Role  # noqa: E402
from guidance_app.records.database import FOUND_LIMIT, Records  # noqa: E402
from guidance_app.records.procedures import ProcedureSearch  # noqa: E402

SIGN_OFFS = 300
PROCEDURES = 10_000
SEARCHES = 50
STATIONS = 50
SIGN_OFFS_A_STATION = 10
GOAL_MS = 100.0
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)


def main() -> None:
    """Measure, and print one JSON document."""
    figures: dict[str, object] = {"benchmark": "records", "sign_offs": SIGN_OFFS}
    with tempfile.TemporaryDirectory() as folder:
        figures["sqlite"] = _on_sqlite(Path(folder))
    binaries = programs()
    figures["postgresql"] = figures["stations"] = None
    if binaries is not None:
        with postgres_server(binaries, options="") as server:
            figures["postgresql"] = _on_postgresql(server)
            figures["stations"] = _of_stations(server.new_database())
    print(json.dumps(figures))


def _on_sqlite(folder: Path) -> dict[str, object]:
    rate = _sign_offs_a_second(folder / "signed.sqlite")
    with closing(sqlite3.connect(folder / "bare.sqlite", isolation_level=None)) as bare:
        bare.execute("PRAGMA journal_mode = WAL")
        bare.execute("PRAGMA synchronous = FULL")
        reference = _bare_a_second(bare.execute, "?")
    return _compared(rate, reference) | _searched(folder / "many.sqlite", "PRAGMA synchronous = 0")


def _on_postgresql(server: PostgresServer) -> dict[str, object]:
    rate = _sign_offs_a_second(server.new_database())
    with psycopg.connect(server.new_database(), autocommit=True) as bare:
        reference = _bare_a_second(bare.execute, "%s")
    return _compared(rate, reference) | _searched(
        server.new_database(), "SET synchronous_commit = off"
    )


def _compared(rate: float, reference: float) -> dict[str, object]:
    return {
        "sign_offs_a_second": round(rate),
        "reference": "as many bare inserts of one row, each committed, on the same engine",
        "reference_a_second": round(reference),
        "ratio": round(rate / reference, 2),
    }


def _sign_offs_a_second(address: Path | str) -> float:
    with closing(Records.open(address)) as records:
        register_both(records)
        for number in range(SIGN_OFFS // SIGN_OFFS_A_STATION):
            records.start_procedure(replace(PROCEDURE, id=f"p-{number}"))
        began_s = time.perf_counter()
        for number in range(SIGN_OFFS):
            _sign_off(records, f"p-{number // SIGN_OFFS_A_STATION}", number)
        return SIGN_OFFS / (time.perf_counter() - began_s)


def _sign_off(records: Records, procedure_id: str, number: int) -> None:
    procedure = replace(PROCEDURE, id=procedure_id)
    records.sign(procedure_id, pair(procedure, (), f"K-{number}", ()))


def _bare_a_second(execute: Callable[..., object], mark: str) -> float:
    execute("CREATE TABLE bare (number INTEGER PRIMARY KEY, content TEXT NOT NULL)")
    began_s = time.perf_counter()
    for number in range(SIGN_OFFS):
        execute(f"INSERT INTO bare VALUES ({mark}, {mark})", (number, "x" * 200))
    return SIGN_OFFS / (time.perf_counter() - began_s)


def _searched(address: Path | str, in_a_hurry: str) -> dict[str, object]:
    """What searching takes, among procedures that are filled in without waiting for the disk."""
    with closing(Records.open(address)) as records:
        records._connection.exec_driver_sql(in_a_hurry)
        for number in range(PROCEDURES):
            _fill_in(records, number)
    began_s = time.perf_counter()
    with closing(Records.open(address)) as records:
        opening_ms = 1e3 * (time.perf_counter() - began_s)
        times_ms = [_search_ms(records, number) for number in range(SEARCHES)]
        began_s = time.perf_counter()
        report = records.verify_audit()
        verifying_s = time.perf_counter() - began_s
    assert report.problem is None, report.problem
    return {
        "procedures": PROCEDURES,
        "search_and_open_ms": {
            "median": round(statistics.median(times_ms), 1),
            "max": round(max(times_ms), 1),
            "goal": GOAL_MS,
        },
        "open_database_ms": round(opening_ms),
        "audit_entries": report.entries,
        "verify_audit_s": round(verifying_s, 1),
    }


def _fill_in(records: Records, number: int) -> None:
    began = BEGIN + timedelta(minutes=30 * number)
    records.start_procedure(
        replace(
            PROCEDURE,
            id=f"p-{number}",
            patient=f"P-{number // 3}",
            started_utc=began.isoformat(),
            people=(Person(f"OP-{number % 40:02}", Role.OPERATOR),),
        )
    )
    for entry in ENTRIES if number % 10 == 0 else ():
        records.add_entry(f"p-{number}", entry)


def _search_ms(records: Records, number: int) -> float:
    """By patient, by person and day, and by person among all, with what the last one holds."""
    since = BEGIN + timedelta(days=4 * number)
    code = f"OP-{(number * 10) % 40:02}"
    began_s = time.perf_counter()
    records.find_procedures(ProcedureSearch(patient=f"P-{number * 60}"))
    records.find_procedures(
        ProcedureSearch(person_code=code, since=since, until=since + timedelta(days=1))
    )
    found = records.find_procedures(ProcedureSearch(person_code=code))
    entries = records.entries(found[number].id)
    records.signatures(found[number].id)
    took_ms = 1e3 * (time.perf_counter() - began_s)
    assert len(found) == FOUND_LIMIT
    assert len(entries) == len(ENTRIES)
    return took_ms


def _of_stations(address: str) -> dict[str, object]:
    """Each station is a process of its own, with a procedure of its own; all sign at once."""
    with closing(Records.open(address)) as records:
        register_both(records)
        for station in range(STATIONS):
            records.start_procedure(replace(PROCEDURE, id=f"p-{station}"))
    context = multiprocessing.get_context("fork")
    together = context.Barrier(STATIONS)
    began_s = time.perf_counter()
    with context.Pool(STATIONS, _keep_barrier, (together,)) as pool:
        asked = [(address, station) for station in range(STATIONS)]
        times_ms = sorted(chain.from_iterable(pool.starmap(_at_a_station, asked, chunksize=1)))
    total_s = time.perf_counter() - began_s
    return {
        "stations": STATIONS,
        "sign_offs": len(times_ms),
        **_counted(address),
        "median_ms": round(statistics.median(times_ms), 1),
        "p99_ms": round(times_ms[int(0.99 * len(times_ms))], 1),
        "max_ms": round(times_ms[-1], 1),
        "total_s_with_connecting": round(total_s, 1),
    }


def _keep_barrier(together: Barrier) -> None:
    global _together  # noqa: PLW0603 - the way into a process of a pool
    _together = together


def _at_a_station(address: str, station: int) -> list[float]:
    times_ms = []
    with closing(Records.open(address)) as records:
        _together.wait()
        for number in range(SIGN_OFFS_A_STATION):
            began_s = time.perf_counter()
            _sign_off(records, f"p-{station}", number)
            times_ms.append(1e3 * (time.perf_counter() - began_s))
    return times_ms


def _counted(address: str) -> dict[str, int]:
    wanted = [f"K-{number}" for number in range(SIGN_OFFS_A_STATION) for _ in "ab"]
    lost = doubled = 0
    with closing(Records.open(address)) as records:
        for station in range(STATIONS):
            stored = records.signatures(f"p-{station}")
            found = Counter(one.signature.subject.part for one in stored)
            lost += (Counter(wanted) - found).total()
            doubled += (found - Counter(wanted)).total()
        assert records.verify_audit().problem is None
    return {"lost": lost, "doubled": doubled}


if __name__ == "__main__":
    sys.exit(main())
