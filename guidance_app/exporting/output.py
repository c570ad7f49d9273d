"""The file that an export writes: new, whole or not there, and what of the session it lacks."""

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from guidance_app.session.disk import TEMPORARY_SUFFIX, sync_folder
from guidance_app.session.manifest import Problem
from guidance_app.session.reader import SessionReader

NOT_SEALED = Problem("journal.mcap", "The recording was not closed: what came last may be missing.")
DAMAGED = "damaged"
"""Why a picture is missing that the recording had."""

Progress = Callable[[float], None]
"""Takes the share of the work that is done, 0 to 1."""


class ExportRefused(Exception):
    """The file cannot be written as asked; `str()` is one or two sentences."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was put into the file."""

    count: int
    """Pictures, or rows of a table."""
    missing: tuple[Problem, ...] = ()
    """What of the session should be in it and is not."""
    duration_ns: int | None = None
    """Of a clip or a sequence."""


@contextlib.contextmanager
def new_file(path: Path, session: Path) -> Iterator[Path]:
    """Where to write: it becomes `path` once the block is left without an error, and only then.

    Raises ExportRefused when there is something at `path`, or no place for it, or the disk
    refuses; what errors FFmpeg has are of that kind too.
    """
    _require_place(path, session)
    temporary = path.with_name(path.name + TEMPORARY_SUFFIX)
    try:
        temporary.unlink(missing_ok=True)
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise ExportRefused(f"{path} cannot be written ({error.strerror}).") from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _require_place(path: Path, session: Path) -> None:
    if os.path.lexists(path):
        raise ExportRefused(f"{path} is there already. Name a new file, or move that one away.")
    if not path.parent.is_dir():
        raise ExportRefused(f"There is no folder {path.parent}. Make it, or name another one.")
    if path.resolve().is_relative_to(session.resolve()):
        raise ExportRefused(f"{path} would lie inside the session. Name a file outside of it.")


def missing_records(reader: SessionReader) -> tuple[Problem, ...]:
    """What of the session as a whole is missing, apart from pictures."""
    unsealed = (NOT_SEALED,) if reader.manifest.sealed is None else ()
    return (*unsealed, *reader.manifest.lost, *reader.problems)


def lost_frames(reader: SessionReader) -> Iterator[tuple[int, str]]:
    """Number of each frame whose picture was not recorded, and why."""
    for record in reader.frames:
        if record.place is None:
            yield record.facts.number, record.why_lost


def missing_pictures(found: Iterable[tuple[int, str]]) -> tuple[Problem, ...]:
    """A line for each run of frames that are missing for one reason, by their numbers."""
    runs: list[tuple[int, int, str]] = []
    for number, why in sorted(found):
        if runs and runs[-1][1:] == (number - 1, why):
            runs[-1] = (runs[-1][0], number, why)
        else:
            runs.append((number, number, why))
    return tuple(Problem(_span(first, last), why) for first, last, why in runs)


def _span(first: int, last: int) -> str:
    return f"frame {first}" if first == last else f"frames {first} to {last}"
