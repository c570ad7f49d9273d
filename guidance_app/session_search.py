"""`guidance session search`: the recorded sessions that fit what is asked for."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from guidance_app.arguments import day

if TYPE_CHECKING:
    from guidance_app.records.catalogue import (
        Figure,
        FoundSession,
        LibraryContents,
        LibraryQuery,
    )
    from guidance_app.records.catalogue_index import LibraryIndex

DONE, FAILED = 0, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.description = (
        "Lists the recorded sessions of a folder that fit all that is asked for, newest first. "
        "What is new or has changed is read first; docs/library.md has what can be asked for."
    )
    parser.add_argument("folder", type=Path, nargs="?", metavar="DIR")
    parser.add_argument("--words", default="", metavar="TEXT", help="in procedure, people, patient")
    parser.add_argument("--procedure", default="", metavar="ID", help="knee-injection …")
    parser.add_argument("--person", default="", metavar="CODE", help="who took part")
    parser.add_argument("--from", dest="since", type=day, metavar="YYYY-MM-DD")
    parser.add_argument("--to", dest="until", type=day, metavar="YYYY-MM-DD", help="with this day")
    parser.add_argument(
        "--happened",
        action="append",
        default=[],
        metavar="WORDS",
        help='"picture lost", "emergency" …; may be repeated',
    )
    parser.add_argument(
        "--score",
        action="append",
        default=[],
        metavar="COMPARISON",
        help='"tip_seen_share<80"; may be repeated',
    )
    parser.add_argument("--rebuild", action="store_true", help="read all sessions anew")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.set_defaults(handler=run)


def run(options: argparse.Namespace) -> int:
    """The command; returns the exit status."""
    from guidance_app import config
    from guidance_app.catalogue.asking import QueryRefused
    from guidance_app.catalogue.place import opened_index
    from guidance_app.records.errors import RecordsError, without_journal
    from guidance_app.settings import records_place

    folder = options.folder or config.sessions_folder()
    place = records_place(config.settings_file(), config.records_file(), _tell)
    try:
        _check(options, folder)
        with opened_index(place, folder, _tell) as index:
            _read(index, folder, options.rebuild)
            contents = index.contents()
            query = _query(options, contents)
            found = index.find(query)
    except (QueryRefused, RecordsError) as error:
        _tell(without_journal(error))
        return FAILED
    _print(found, query, folder, options.json)
    _tell_rest(len(found), query, contents)
    return DONE


def _check(options: argparse.Namespace, folder: Path) -> None:
    """Before anything is read."""
    from guidance_app.catalogue.asking import QueryRefused, known_happenings

    known_happenings(options.happened)
    if not folder.is_dir() and options.folder is not None:
        raise QueryRefused(f"{folder} is not a folder. Name the folder that holds the sessions.")


def _read(index: "LibraryIndex", folder: Path, anew: bool) -> None:
    """On all cores where there is much to read; what cannot be written now is read next time."""
    from guidance_app.catalogue.indexing import read_on_cores, update_index
    from guidance_app.progress import progress_bar
    from guidance_app.records.errors import RecordsError, without_journal

    show = progress_bar()
    try:
        if anew:
            index.forget()
        update_index(index, folder, read_on_cores, lambda one: show(one.done / one.total))
    except RecordsError as error:
        _tell(f"Not all sessions are in the list. {without_journal(error)}")


def _query(options: argparse.Namespace, contents: "LibraryContents") -> "LibraryQuery":
    from guidance_app.catalogue.asking import (
        begin_of,
        check_known,
        end_of,
        figure_bounds,
        known_happenings,
    )
    from guidance_app.records.catalogue import LibraryQuery

    check_known("procedure", options.procedure, list(contents.procedures))
    check_known("person", options.person, contents.people)
    return LibraryQuery(
        options.words,
        options.procedure,
        options.person,
        begin_of(options.since),
        end_of(options.until),
        known_happenings(options.happened),
        figure_bounds(options.score, contents),
    )


def _print(
    found: Sequence["FoundSession"], query: "LibraryQuery", folder: Path, as_json: bool
) -> None:
    if as_json:
        print(json.dumps([_document(one, folder) for one in found], indent=2, ensure_ascii=False))
        return
    metrics = dict.fromkeys(bound.metric for bound in query.figures)
    rows = [tuple(_cells(one, metrics)) for one in found]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def _cells(found: "FoundSession", metrics: Iterable[str]) -> Iterator[str]:
    """As the screen says it, with the figures that are asked for."""
    from guidance_app.presentation.catalogue_view import COLUMNS, library_row

    row = library_row(found, Path())
    words = dict(zip(COLUMNS, (cell.text for cell in row.cells), strict=True))
    figures = {one.metric: one for one in found.figures}
    yield from (words[name] for name in ("When", "Length", "Procedure", "Patient", "Operator"))
    yield from (_figure(figures[name]) for name in metrics)
    yield f"record {words['Record']}" if words["Record"] else ""
    yield from (words["Recording"], found.session.name, row.detail.text)


def _figure(figure: "Figure") -> str:
    unit = "" if figure.unit == "1" else f" {figure.unit}"
    return f"{figure.metric} {figure.value:g}{unit}"


def _document(found: "FoundSession", folder: Path) -> dict[str, object]:
    session = asdict(found.session)
    for internal in ("stamp", "reader", "read"):
        del session[internal]
    figures = {one.metric: asdict(one) for one in found.figures}
    return session | {
        "path": str(folder / found.session.name),
        "gone": found.gone,
        "figures": figures,
    }


def _tell_rest(found: int, query: "LibraryQuery", contents: "LibraryContents") -> None:
    """How many there are, and of how many no figure is known where one was asked for."""
    from guidance_app.presentation.catalogue_view import count_words

    print(count_words(found, contents.sessions), file=sys.stderr)
    if query.figures and contents.unscored:
        _tell(f"Without figures: {contents.unscored}. Compute them with: guidance score SESSION…")


def _tell(sentence: str) -> None:
    print(f"guidance: {sentence}", file=sys.stderr)
