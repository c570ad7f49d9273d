"""Checks a session completely: hash chain, counts, journal, and every picture decoded."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypedDict

from guidance_app.session.errors import SessionError
from guidance_app.session.format import JOURNAL_NAME, MANIFEST_NAME, FrameRecord, video_name
from guidance_app.session.manifest import (
    FileDigest,
    Problem,
    SealedFile,
    make_seal,
    read_manifest_bytes,
)
from guidance_app.session.reader import SessionReader

Progress = Callable[[float], None]
"""Told the fraction that is done, from 0 to 1."""


class ProblemDocument(TypedDict):
    """One thing that is missing or damaged."""

    where: str
    what: str


class CheckDocument(TypedDict):
    """What `session verify` and `recover` report, as it is printed in JSON."""

    ok: bool
    problems: list[ProblemDocument]
    frames: int
    """Pictures that are there and intact."""
    events: int
    """Commands, snapshots and faults that are there and intact."""


def verify(path: Path, progress: Progress = lambda fraction: None) -> CheckDocument:
    """Check everything that can be checked; takes about as long as decoding all pictures.

    Raises NotASession, NewerFormat, or DamagedSession when there is no usable manifest.
    """
    with SessionReader(path) as reader:
        problems = [*reader.manifest.lost, *reader.problems, *_check_seal(reader)]
        intact = 0
        for done, record in enumerate(reader.frames):
            problem = _check_picture(reader, record)
            if problem is not None:
                problems.append(problem)
            elif record.place is not None:
                intact += 1
            progress((done + 1) / len(reader.frames))
        return check_document(problems, intact, reader.counts.events)


def check_document(problems: list[Problem], frames: int, events: int) -> CheckDocument:
    """The report; it is ok when there are no problems."""
    listed: list[ProblemDocument] = [{"where": p.where, "what": p.what} for p in problems]
    return {"ok": not problems, "problems": listed, "frames": frames, "events": events}


def segment_names(path: Path, frames: tuple[FrameRecord, ...]) -> list[str]:
    """The video files that the records speak of, and those beside them, by number."""
    spoken = {record.place.segment for record in frames if record.place is not None}
    count = 0
    while (path / video_name(count)).exists():
        count += 1
    return [video_name(number) for number in sorted(spoken | set(range(count)))]


def _check_seal(reader: SessionReader) -> Iterator[Problem]:
    seal = reader.manifest.sealed
    if seal is None:
        yield Problem(
            MANIFEST_NAME,
            f"The recording was not closed; run: guidance session recover {reader.path}",
        )
        return
    if seal.counts != reader.counts:
        yield Problem(JOURNAL_NAME, "It does not hold as many records as when it was closed.")
    names = [JOURNAL_NAME, *segment_names(reader.path, reader.frames)]
    if [file.name for file in seal.files] != names:
        yield Problem(MANIFEST_NAME, "The files are not those that were there when it was closed.")
        return
    files = []
    for sealed in seal.files:
        found = _digest(reader.path / sealed.name)
        if isinstance(found, Problem):
            yield found
        elif (found.sha256, found.bytes) != (sealed.sha256, sealed.bytes):
            yield Problem(sealed.name, "Its content has changed since the recording was closed.")
        files.append(sealed)
    if make_seal(read_manifest_bytes(reader.path), seal.ended_utc, seal.counts, files) != seal:
        yield Problem(MANIFEST_NAME, "It has been changed since the recording was closed.")


def _digest(path: Path) -> SealedFile | Problem:
    try:
        return FileDigest(path).finish()
    except (SessionError, OSError) as error:
        return Problem(path.name, str(error))


def _check_picture(reader: SessionReader, record: FrameRecord) -> Problem | None:
    if record.place is None:
        return None
    try:
        reader.picture(record)
    except SessionError as error:
        where = video_name(record.place.segment)
        return Problem(where, f"Frame {record.facts.number}: {error.cause}")
    return None
