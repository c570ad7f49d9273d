"""Bringing the index of a library up to date with its folder; what has not changed is not read."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path

from guidance_app.catalogue.many import on_cores
from guidance_app.catalogue.reading import (
    READER,
    content_sha256,
    journal_bytes,
    plain,
    read_beginning,
    read_whole,
    stamp_of,
)
from guidance_app.records.catalogue import BEGINNING, NOT_READ, WHOLE, IndexedSession
from guidance_app.records.catalogue_index import LibraryIndex
from guidance_app.records.catalogue_rows import Known
from guidance_app.session.errors import SessionError
from guidance_app.session.info import session_folders

BEGINNINGS_AT_ONCE = 100
"""Sessions whose beginnings are written together."""
WORTH_PROCESSES_BYTES = 10 << 20
"""Less of journals is read before other processes have started."""
WRITE_EVERY_S = 1.0
"""How long sessions that were read wait to be written together."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How many sessions of a library have been read whole; those that cannot be count too."""

    done: int
    total: int


ReadWhole = Callable[[Sequence[Path]], Iterable[IndexedSession]]
"""Reads sessions whole, as many as it comes to."""


def read_on_cores(
    paths: Sequence[Path], stop: Future[None] | None = None
) -> Iterator[IndexedSession]:
    """On all cores where there is much to read; at once no more when `stop` is done.

    One whose reading ends its process says so.
    """
    workers = None if sum(map(journal_bytes, paths)) >= WORTH_PROCESSES_BYTES else 1
    for path, one in zip(paths, on_cores(read_whole, paths, workers, stop), strict=False):
        yield one.result or replace(read_beginning(path), read=WHOLE, problem=one.problem)


def update_index(
    index: LibraryIndex,
    folder: Path,
    read: ReadWhole,
    tell: Callable[[Progress], None],
    stopped: Callable[[], bool] = lambda: False,
) -> None:
    """Make the index say what the folder holds; `tell` is called while there is more to read.

    What was read before it was stopped, or before a RecordsError, stays in the index.
    """
    there = {plain(path.name): path for path in session_folders(folder)}
    known = index.known()
    gone = [name for name, one in known.items() if name not in there and not one.gone]
    if gone:
        index.mark_gone(gone)
    for some in _batches(_changed(index, there, known)):
        if stopped():
            return
        index.put(map(read_beginning, some))
    left = [name for name, one in index.known().items() if one.read == BEGINNING and name in there]
    if left:
        tell(Progress(len(there) - len(left), len(there)))
    newest_first = [there[name] for name in sorted(left, reverse=True)]
    for done in _written(index, read(newest_first)):
        tell(Progress(len(there) - len(left) + done, len(there)))


def _changed(
    index: LibraryIndex, there: Mapping[str, Path], known: Mapping[str, Known]
) -> list[Path]:
    """Those that are new or hold something else; of the others the index takes the stamps."""
    changed, stamps = [], {}
    for name, path in there.items():
        stamp, one = stamp_of(path), known.get(name)
        if one is None or _holds_else(path, stamp, one):
            changed.append(path)
        elif one.gone or one.stamp != stamp:
            stamps[name] = stamp
    if stamps:
        index.touch(stamps)
    return changed


def _holds_else(path: Path, stamp: str, known: Known) -> bool:
    """Looks into the manifest only where the stamp has changed."""
    if known.reader != READER or known.read == NOT_READ or not known.stamp:
        return True
    return stamp != known.stamp and known.content_sha256 != _content(path)


def _batches(paths: Sequence[Path]) -> Iterator[Sequence[Path]]:
    for first in range(0, len(paths), BEGINNINGS_AT_ONCE):
        yield paths[first : first + BEGINNINGS_AT_ONCE]


def _content(path: Path) -> str:
    try:
        return content_sha256(path)
    except SessionError:
        return ""


def _written(index: LibraryIndex, sessions: Iterable[IndexedSession]) -> Iterator[int]:
    """How many have been read and written, after each write."""
    waiting: list[IndexedSession] = []
    done, wrote_s = 0, time.monotonic()
    for session in sessions:
        waiting.append(session)
        if time.monotonic() - wrote_s >= WRITE_EVERY_S:
            index.put(waiting)
            done, wrote_s = done + len(waiting), time.monotonic()
            waiting.clear()
            yield done
    if waiting:
        index.put(waiting)
        yield done + len(waiting)
