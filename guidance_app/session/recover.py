"""Closes a session that its recording program could not close, and says what is missing.

New files are written beside the old ones, checked, and put in their place one by one; the
manifest is sealed last. Killed at any point, it can simply be run again.
"""

import shutil
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from functools import reduce
from pathlib import Path
from typing import BinaryIO

from guidance_app.session.content import read_content
from guidance_app.session.disk import (
    LOCAL_DISK,
    TEMPORARY_SUFFIX,
    Disk,
    beside,
    held_for_repair,
    open_plain,
)
from guidance_app.session.errors import DamagedSession, SessionError
from guidance_app.session.format import (
    JOURNAL_NAME,
    RESERVE_NAME,
    FrameRecord,
    decode,
    encode_frame,
)
from guidance_app.session.journal import (
    Ending,
    JournalBroken,
    JournalEntry,
    JournalWriter,
    read_journal,
)
from guidance_app.session.manifest import FileDigest, Problem, moment_utc, write_manifest
from guidance_app.session.pictures import (
    PictureKey,
    check_head,
    copy_video,
    is_finished,
    list_pictures,
)
from guidance_app.session.procedure import record_closed_after
from guidance_app.session.reader import SessionReader
from guidance_app.session.verify import (
    CheckDocument,
    Progress,
    check_document,
    check_pictures,
    check_seal,
    missing,
    name_broken,
    records_in,
    segment_names,
    written_by_file,
)
from guidance_app.session.writer import seal_session

DAMAGED_SUFFIX = ".damaged"
"""A journal of which more than an unfinished end was dropped is kept under this name."""

CLOSED_NOW = "The recording is closed now."
CLOSED_BEFORE = "The recording was already closed; nothing was changed."
ASK_A_COPY = "Restore what is not intact from a copy, if there is one."

NOT_INTACT = "not intact when the session was recovered"


class RecoveryDocument(CheckDocument):
    """What `session recover` reports, as it is printed in JSON."""

    note: str
    """What was done, in a sentence."""
    unrecorded: int
    """Pictures at the end of the video that the journal did not get to know any more."""


@dataclass(slots=True)
class _Findings:
    """What the repair has found so far."""

    problems: list[Problem] = field(default_factory=list)
    lost: set[int] = field(default_factory=set)
    """Numbers of the frames whose picture is not intact."""
    unrecorded: int = 0

    def name(self, problems: Iterable[Problem]) -> None:
        """List what is missing, each once."""
        self.problems.extend(new for new in problems if new not in self.problems)


def recover(
    path: Path, progress: Progress = lambda fraction: None, disk: Disk = LOCAL_DISK
) -> RecoveryDocument:
    """Close the session at `path`; `ok` says that nothing acknowledged is missing.

    One that is closed already is checked, seal and pictures, and left as it is. Raises
    SessionError, with nothing lost, when it is still being recorded, when it is no session, or
    when the disk refuses.
    """
    with SessionReader(path) as reader:
        if reader.manifest.sealed is not None:
            return _check_closed(reader, progress)
        try:
            with held_for_repair(path / JOURNAL_NAME):
                return _repair(reader, disk, progress)
        except OSError as error:
            raise SessionError(
                f"{path} could not be repaired ({error.strerror}); nothing in it was lost.",
                "Check the disk and its free space, then run it again.",
            ) from None


def _check_closed(reader: SessionReader, progress: Progress) -> RecoveryDocument:
    problems = [*reader.manifest.lost, *reader.problems, *check_seal(reader)]
    lacking, intact_count = check_pictures(reader, progress, decoded=False)
    problems.extend(lacking)
    note = f"{CLOSED_BEFORE} {ASK_A_COPY}" if problems else CLOSED_BEFORE
    check = check_document(problems, intact_count, reader.counts.events)
    return {**check, "note": note, "unrecorded": 0}


def _repair(reader: SessionReader, disk: Disk, progress: Progress) -> RecoveryDocument:
    (reader.path / RESERVE_NAME).unlink(missing_ok=True)
    for leftover in reader.path.glob(f"*{TEMPORARY_SUFFIX}"):
        leftover.unlink()
    findings = _Findings()
    findings.name(reader.manifest.lost)  # by a repair that was broken off
    if reader.ending is not Ending.UNCLOSED or len(reader.problems) > 1:
        findings.name(reader.problems)
    names = segment_names(reader.path, reader.frames)
    written = written_by_file(reader.frames)
    for done, name in enumerate(names):
        _repair_video(reader.path / name, written.get(name, []), findings, disk)
        progress((done + 1) / len(names))
    if reader.problems or findings.lost:
        found = replace(reader.manifest, lost=tuple(findings.problems))
        write_manifest(disk, reader.path, found)  # the new journal does not tell any more
        _repair_journal(reader, findings, disk)
    return _seal(reader.path, findings, disk)


def _repair_video(path: Path, records: list[FrameRecord], findings: _Findings, disk: Disk) -> None:
    """Give one file an index if it has none, and check its acknowledged pictures."""
    try:
        found = list_pictures(path) if is_finished(path) else _finish_video(path, disk)
        if records:
            check_head(path, records[0].facts.geometry)
    except SessionError:
        found = []  # no video at all, or another one
    lost = missing(records, records_in(set(found), records))
    findings.name(name_broken(path.name, records, lost))
    findings.lost |= lost
    findings.unrecorded += max(0, len(found) - len(records))


def _finish_video(path: Path, disk: Disk) -> list[PictureKey]:
    """Replace the file by a copy with an index, if the copy holds all that can be followed."""
    with beside(path) as copy:
        try:
            found = copy_video(disk, path, copy)
        except DamagedSession:
            return list_pictures(path)
        if found and list_pictures(copy) == found:
            disk.replace(copy, path)
        return found


def _repair_journal(reader: SessionReader, findings: _Findings, disk: Disk) -> None:
    """Replace the journal by a closed one with everything readable, once that is proved."""
    path = reader.path / JOURNAL_NAME
    with beside(path) as copy:
        with open_plain(path) as source, closing(disk.create(copy)) as target:
            _copy_records(source, JournalWriter(target), findings.lost)
        with open_plain(copy) as file:
            content = read_content(file)
        if content.problems or content.counts.events != reader.counts.events:
            raise SessionError(
                f"{path} could not be copied without loss.", "Check the disk, then run it again."
            )
        if _holds_more(reader):
            _copy_whole(disk, path, path.with_name(path.name + DAMAGED_SUFFIX))
        disk.replace(copy, path)


def _copy_whole(disk: Disk, source: Path, target: Path) -> None:
    """A copy that is complete and safe, or none; what lies at `target` is not followed."""
    with beside(target) as copy:
        with closing(disk.create(copy)) as file, open_plain(source) as content:
            shutil.copyfileobj(content, file)
            file.sync()
        disk.replace(copy, target)


def _holds_more(reader: SessionReader) -> bool:
    """Whether the old journal has anything unreadable besides an unfinished end."""
    unfinished_end = reader.ending in (Ending.UNCLOSED, Ending.CUT_OFF)
    return len(reader.problems) > (1 if unfinished_end else 0)


def _copy_records(source: BinaryIO, journal: JournalWriter, lost: set[int]) -> None:
    with suppress(JournalBroken):  # everything up to there has been copied
        for entry in read_journal(source):
            with suppress(DamagedSession):  # listed when the session was opened
                journal.append(entry.topic, entry.time_ns, _repaired(entry, lost))
    journal.finish()
    journal.sync()


def _repaired(entry: JournalEntry, lost: set[int]) -> bytes:
    """The payload, with the picture's place removed if it is lost; raises DamagedSession."""
    record = decode(entry.topic, entry.payload)
    if isinstance(record, FrameRecord) and record.facts.number in lost:
        return encode_frame(replace(record, place=None, why_lost=NOT_INTACT))
    return entry.payload


def _seal(path: Path, findings: _Findings, disk: Disk) -> RecoveryDocument:
    with SessionReader(path) as reader:
        manifest = replace(
            reader.manifest,
            recovered=True,
            lost=tuple(findings.problems),
            record_closed_utc=reduce(record_closed_after, reader.commands, ""),
        )
        names = [JOURNAL_NAME, *segment_names(path, reader.frames)]
        files = [FileDigest(path / name) for name in names]
        ended_utc = moment_utc(manifest.started, reader.ended_ns)
        seal_session(disk, path, manifest, ended_utc, reader.counts, files)
        counts = reader.counts
    check = check_document(findings.problems, counts.frames_written, counts.events)
    return {**check, "note": CLOSED_NOW, "unrecorded": findings.unrecorded}
