"""Checks a session completely: hash chain, counts, journal, and every picture decoded."""

from collections.abc import Callable, Iterable, Iterator, Set
from functools import partial
from pathlib import Path
from typing import TypedDict

from guidance_app.session.disk import is_being_recorded
from guidance_app.session.errors import NotASession, SessionError
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

LISTED = 10
"""Frame numbers named one by one in a problem."""


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
        problems = [*reader.manifest.lost, *reader.problems, *check_seal(reader)]
        lacking, intact_count = check_pictures(reader, progress, decoded=True)
        return check_document([*problems, *lacking], intact_count, reader.counts.events)


def check_pictures(
    reader: SessionReader, progress: Progress, decoded: bool
) -> tuple[list[Problem], int]:
    """What is missing of the pictures, file by file, and how many are intact."""
    problems: list[Problem] = []
    intact_count = seen = 0
    total = max(1, reader.counts.frames_written)
    for name, records in written_by_file(reader.frames).items():
        told = partial(_tell, progress, seen, total)
        intact = _intact(reader.path / name, records, decoded, told)
        problems.extend(name_broken(name, records, missing(records, intact)))
        intact_count += len(intact)
        seen += len(records)
        progress(seen / total)
    return problems, intact_count


def _intact(
    path: Path, records: list[FrameRecord], decoded: bool, told: Callable[[int], None]
) -> list[FrameRecord]:
    from guidance_app.session.pictures import find_pictures  # noqa: PLC0415  # loads FFmpeg

    try:
        found = find_pictures(path, records[0].facts.geometry, decoded, told)
    except SessionError:
        return []
    return records_in(found, records)


def records_in(found: Set[tuple[int, int]], records: list[FrameRecord]) -> list[FrameRecord]:
    """Those whose picture, by its time and CRC, is among the ones found in their file."""
    return [
        record
        for record in records
        if record.place is not None
        and record.facts.geometry == records[0].facts.geometry
        and (record.place.pts_ms, record.place.crc32) in found
    ]


def missing(records: Iterable[FrameRecord], intact: Iterable[FrameRecord]) -> set[int]:
    """Numbers of the frames that are not among the intact ones."""
    numbers = {record.facts.number for record in records}
    return numbers - {record.facts.number for record in intact}


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


def written_by_file(frames: Iterable[FrameRecord]) -> dict[str, list[FrameRecord]]:
    """The frames whose picture was written, under the name of their video file."""
    written: dict[str, list[FrameRecord]] = {}
    for record in frames:
        if record.place is not None:
            written.setdefault(video_name(record.place.segment), []).append(record)
    return written


def name_broken(name: str, records: Iterable[FrameRecord], broken: Set[int]) -> Iterator[Problem]:
    """One problem for all pictures of a file whose frame numbers are `broken`, if there are any."""
    numbers = [record.facts.number for record in records]
    lost = [number for number in numbers if number in broken]
    if lost:
        listed = ", ".join(str(number) for number in lost[:LISTED])
        more = ", ..." if len(lost) > LISTED else ""
        what = f"{len(lost)} of {len(numbers)} pictures are not intact (frames {listed}{more})."
        yield Problem(name, what)


def check_seal(reader: SessionReader) -> Iterator[Problem]:
    """What differs from when the session was closed: counts, files, hashes; no picture is read."""
    seal = reader.manifest.sealed
    if seal is None:
        advice = f"The recording was not closed; run: guidance session recover {reader.path}"
        if is_being_recorded(reader.path / JOURNAL_NAME):
            advice = "It is still being recorded. Verify it when the recording has ended."
        yield Problem(MANIFEST_NAME, advice)
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
    except NotASession:
        return Problem(path.name, "The file is missing.")
    except (SessionError, OSError) as error:
        return Problem(path.name, str(error))


def _tell(progress: Progress, seen: int, total: int, done: int) -> None:
    progress(min(1.0, (seen + done) / total))
