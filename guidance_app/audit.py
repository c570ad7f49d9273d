"""`guidance audit verify`: whether the records are as they were written."""

import argparse
import json
import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guidance_app.records.audited import AuditReport

DONE, FAILED = 0, 1


def add_actions(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    verify = actions.add_parser("verify", help="whether anything was changed, taken or added")
    verify.description = (
        "Walks along the audit chain of the records database and compares every row with it. "
        "Tells the first entry that is not as it was written."
    )
    verify.add_argument(
        "--records",
        metavar="ADDRESS",
        help="a file, or postgresql://user@server/database; default: those in use",
    )
    verify.add_argument("--json", action="store_true", help="one JSON document")
    verify.set_defaults(handler=run)


def run(options: argparse.Namespace) -> int:
    """The command; returns the exit status."""
    from guidance_app.records.errors import RecordsError, without_journal

    try:
        report = _verify(options.records)
    except RecordsError as error:
        print(f"guidance: {without_journal(error)}", file=sys.stderr)
        return FAILED
    if options.json:
        print(json.dumps(_document(report), indent=2))
    else:
        print(_words(report))
    return DONE if report.problem is None else FAILED


def _verify(address: str | None) -> "AuditReport":
    from guidance_app.records.database import Records
    from guidance_app.records.errors import RecordsError

    place = _place(address)
    if isinstance(place, Path) and not (place.is_file() and place.stat().st_size):
        raise RecordsError(f"There is no records database {place}. Name another with --records.")
    with closing(Records.open(place)) as records:
        return records.verify_audit()


def _place(address: str | None) -> Path | str:
    from guidance_app import config
    from guidance_app.settings import records_place

    if address is None:
        return records_place(config.settings_file(), config.records_file(), _tell)
    return address if "://" in address else Path(address)


def _tell(sentence: str) -> None:
    print(f"guidance: {sentence}", file=sys.stderr)


def _document(report: "AuditReport") -> dict[str, object]:
    problem = None if report.problem is None else asdict(report.problem)
    return {
        "ok": report.problem is None,
        "entries": report.entries,
        "head": asdict(report.head),
        "problem": problem,
    }


def _words(report: "AuditReport") -> str:
    if report.problem is not None:
        return f"not as it was written: {report.problem}"
    return f"ok: {report.entries} entries intact, the newest is {report.head.sha256}"
