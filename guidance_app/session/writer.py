"""Writes one session: pictures, frame facts, commands and snapshots, so that a kill loses little.

A frame's record goes to the journal when its picture is in the video file, so what the
journal says is true of the disk.
"""

import secrets
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from drivers.api.ports import Clock, SourceInfo
from drivers.api.samples import VideoFrame
from guidance_app.domain.commands import CommandOutcome
from guidance_app.domain.sign_off import ChecklistCommand
from guidance_app.domain.snapshot import FrameFacts, GuidanceSnapshot
from guidance_app.session.disk import LOCAL_DISK, Disk, sync_folder
from guidance_app.session.errors import SessionError
from guidance_app.session.format import (
    JOURNAL_NAME,
    NEEDED_BYTES,
    RESERVE_BYTES,
    SESSION_SUFFIX,
    FaultRecord,
    FrameRecord,
    PaintRecord,
    Topic,
    can_be_stored,
    encode_command,
    encode_fault,
    encode_frame,
    encode_paint,
    encode_snapshot,
)
from guidance_app.session.journal import JournalWriter
from guidance_app.session.manifest import (
    ClockAnchor,
    Counts,
    FileDigest,
    Manifest,
    WallClockWatch,
    make_seal,
    manifest_bytes,
    moment_utc,
    new_manifest,
    utc_now,
    write_manifest,
)
from guidance_app.session.procedure import record_closed_after
from guidance_app.session.reserve import ClosingReserve, ReservedFile
from guidance_app.session.track import VIDEO_FAILURES, VideoTrack

UPKEEP_NS = 750_000_000
"""How often files are forced to disk and free space is looked at; a second, with the wait of
whoever calls while nothing comes."""

DISK_FULL = "disk full"
VIDEO_FAILED = "the video file could not be written"
UNSUITABLE_SIZE = "a picture of this size cannot be stored"


@dataclass(frozen=True, slots=True)
class WriterState:
    """How the recording stands."""

    counts: Counts
    bytes_written: int
    free_bytes: int
    """Of the whole disk, seen at most a second ago."""
    fault: str
    """Why no video is written, in a sentence or two; empty while it is."""
    must_close: str
    """Why the session has to be sealed now, in a sentence or two; empty while it can go on."""


class SessionWriter:
    """Writes one session. One thread at a time; SessionError when the journal cannot go on."""

    def __init__(
        self,
        path: Path,
        manifest: Manifest,
        clock: Clock,
        disk: Disk,
        journal: JournalWriter,
        reserve: ClosingReserve,
        wall_clock: WallClockWatch,
    ) -> None:
        """Use `create`, which makes folder and journal first."""
        self.path = path
        self._manifest = manifest
        self._clock = clock
        self._disk = disk
        self._journal = journal
        self._reserve = reserve
        self._must_close = ""
        self._wall_clock = wall_clock
        self._track = VideoTrack(path, disk, manifest.source.nominal_rate_hz)
        self._written: Counter[Topic] = Counter()
        self._frames_written = 0
        self._kept = bytearray()
        self._journal_bytes = 0
        self._free_bytes = disk.free_bytes(path)
        self._upkept_ns = clock.now_ns()
        self._space_fault = ""
        self._video_fault = ""
        self._record_closed_utc = ""

    @classmethod
    def create(
        cls,
        parent: Path,
        source: SourceInfo,
        clock: Clock,
        disk: Disk = LOCAL_DISK,
        utc_now: Callable[[], datetime] = utc_now,
    ) -> "SessionWriter":
        """Begin a session in a new folder below `parent`; SessionError when it cannot be.

        `utc_now` is the wall clock; moving it changes nothing but is noted.
        """
        started = ClockAnchor(utc_now().isoformat(), clock.now_ns())
        manifest = new_manifest(secrets.token_hex(4), source, started)
        begins = datetime.fromisoformat(started.utc).strftime("%Y%m%d-%H%M%S")
        path = parent / f"{begins}-{manifest.id}{SESSION_SUFFIX}"
        try:
            parent.mkdir(parents=True, exist_ok=True)
            _refuse_without_space(parent, disk)
            path.mkdir()
            journal, reserve = _begin_files(disk, path, manifest)
            wall_clock = WallClockWatch(started, utc_now)
            return cls(path, manifest, clock, disk, journal, reserve, wall_clock)
        except OSError as error:
            raise SessionError(
                f"A session cannot be recorded in {parent} ({error.strerror}).",
                "Choose another folder with --record.",
            ) from None

    @property
    def state(self) -> WriterState:
        """How the recording stands now."""
        return WriterState(
            counts=self._counts(),
            bytes_written=self._track.bytes_written + self._journal_bytes,
            free_bytes=self._free_bytes,
            fault=self._video_fault or self._space_fault,
            must_close=self._must_close,
        )

    def is_kept(self, frame: int) -> bool | None:
        """Whether the picture of this frame is in its file; None before it was written or lost.

        Any thread. Takes a byte a frame: 1 MB in nine hours of 30 a second.
        """
        return bool(self._kept[frame]) if frame < len(self._kept) else None

    def write_frame(self, frame: VideoFrame, facts: FrameFacts) -> None:
        """Record a frame with its picture, or as lost when there can be no video now.

        Raises RecordRefused, with nothing recorded, when the facts cannot be stored.
        """
        self._track.digest_some()
        self.keep_up()
        if not self._track.fits(frame):
            self._close_video()
        why_lost = self._why_no_video(frame)
        if why_lost:
            self.lose_frame(facts, why_lost)
            return
        try:
            record = self._track.add(frame, facts)
        except VIDEO_FAILURES as error:
            self._give_up_video(error)
            self.lose_frame(facts, VIDEO_FAILED)
        else:
            self._append_frame(record)

    def lose_frame(self, facts: FrameFacts, why: str) -> None:
        """Record that a frame was offered and its picture is not kept."""
        self._append_frame(FrameRecord(facts, None, why))

    def write_command(self, outcome: CommandOutcome) -> None:
        """Record a command; what somebody signed survives a power cut from here on."""
        self.keep_up()
        self._append(Topic.COMMAND, outcome.time_ns, encode_command(outcome))
        self._record_closed_utc = record_closed_after(self._record_closed_utc, outcome)
        if isinstance(outcome.command, ChecklistCommand):
            self._sync_journal()

    def write_snapshot(self, snapshot: GuidanceSnapshot) -> None:
        """Record a snapshot."""
        self.keep_up()
        self._append(Topic.SNAPSHOT, snapshot.evaluated_ns, encode_snapshot(snapshot))

    def write_fault(self, fault: FaultRecord) -> None:
        """Record that something went wrong."""
        self._append(Topic.FAULT, fault.time_ns, encode_fault(fault))

    def write_paint(self, paint: PaintRecord) -> None:
        """Record when a frame came to the screen."""
        self._append(Topic.PAINT, paint.painted_ns, encode_paint(paint))

    def keep_up(self) -> None:
        """What is due about once a second; every write does it, call it also when none comes."""
        now_ns = self._clock.now_ns()
        if now_ns - self._upkept_ns < UPKEEP_NS:
            return
        self._upkept_ns = now_ns
        self._watch_space()
        moved = self._wall_clock.look(now_ns)
        if moved:
            self._note(moved)
        self._sync_video()
        self._sync_journal()

    def seal(self) -> None:
        """Close everything and fix it in the manifest; SessionError leaves it to a repair."""
        self._reserve.release()
        self._close_video()
        try:
            self._journal.finish()
            self._journal.sync()
            self._journal.close()
            files = [FileDigest(self.path / JOURNAL_NAME), *self._track.digests]
            ended_utc = moment_utc(self._manifest.started, self._clock.now_ns())
            manifest = replace(self._manifest, record_closed_utc=self._record_closed_utc)
            seal_session(self._disk, self.path, manifest, ended_utc, self._counts(), files)
        except OSError as error:
            self._fail("closed", error)

    def abandon(self) -> None:
        """Let go of the files as they are; a repair can close the session later."""
        self._track.abandon()
        with suppress(OSError):
            self._journal.close()

    def _counts(self) -> Counts:
        return Counts(
            frames_offered=self._written[Topic.FRAME],
            frames_written=self._frames_written,
            commands=self._written[Topic.COMMAND],
            snapshots=self._written[Topic.SNAPSHOT],
            faults=self._written[Topic.FAULT],
        )

    def _why_no_video(self, frame: VideoFrame) -> str:
        if self._video_fault:
            return VIDEO_FAILED
        if self._space_fault:
            return DISK_FULL
        return "" if can_be_stored(frame.geometry) else UNSUITABLE_SIZE

    def _watch_space(self) -> None:
        try:
            self._free_bytes = self._disk.free_bytes(self.path)
        except OSError as error:
            self._fail("written", error)
        if self._free_bytes >= RESERVE_BYTES:
            self._space_fault = ""
        elif not self._space_fault:
            self._close_video()
            self._space_fault = (
                f"Video is no longer recorded: the disk holding {self.path.parent} has less than "
                "1 GB free. Free space; everything else is still recorded."
            )
            self._note(self._space_fault)

    def _close_video(self) -> None:
        try:
            self._track.close()
        except VIDEO_FAILURES as error:
            self._give_up_video(error)

    def _give_up_video(self, error: Exception) -> None:
        reason = getattr(error, "strerror", None) or str(error)
        self._video_fault = (
            f"Video is no longer recorded: its file in {self.path} cannot be written ({reason}). "
            "Check the disk; everything else is still recorded."
        )
        self._track.abandon()
        self._note(self._video_fault)

    def _note(self, text: str) -> None:
        self.write_fault(FaultRecord(self._clock.now_ns(), text))

    def _append_frame(self, record: FrameRecord) -> None:
        self._append(Topic.FRAME, record.facts.stamp.arrival_ns, encode_frame(record))
        written, number = record.place is not None, record.facts.number
        self._frames_written += written
        self._kept.extend(bytes(max(0, number - len(self._kept))))
        self._kept.append(written)

    def _append(self, topic: Topic, time_ns: int, payload: bytes) -> None:
        try:
            self._journal.append(topic, time_ns, payload)
        except OSError as error:
            self._fail("written", error)
        self._written[topic] += 1
        self._journal_bytes += len(payload)
        if self._reserve.used and not self._must_close:
            self._must_close = (
                "The disk is full, so the recording was closed. Everything up to here is kept in "
                f"{self.path}. Free space, then open the source again to record on."
            )
            self._note(self._must_close)

    def _sync_video(self) -> None:
        try:
            self._track.sync()
        except VIDEO_FAILURES as error:
            self._give_up_video(error)

    def _sync_journal(self) -> None:
        try:
            self._journal.sync()
        except OSError as error:
            self._fail("written", error)

    def _fail(self, done: str, error: OSError) -> NoReturn:
        raise SessionError(
            f"The recording in {self.path} could not be {done} ({error.strerror}); "
            "what was recorded before is kept.",
            f"Check the disk, then run: guidance session recover {self.path}",
        ) from None


def seal_session(
    disk: Disk,
    path: Path,
    manifest: Manifest,
    ended_utc: str,
    counts: Counts,
    files: list[FileDigest],
) -> None:
    """Hash what is not hashed yet and fix it all in the manifest; OSError from the disk."""
    entries = [digest.finish() for digest in files]
    seal = make_seal(manifest_bytes(manifest), ended_utc, counts, entries)
    write_manifest(disk, path, replace(manifest, sealed=seal))


def _refuse_without_space(parent: Path, disk: Disk) -> None:
    free_bytes = disk.free_bytes(parent)
    if free_bytes < NEEDED_BYTES:
        raise SessionError(
            f"The disk holding {parent} has only {free_bytes / 1e9:.1f} GB free; "
            f"{NEEDED_BYTES / 1e9:.1f} GB is needed to record.",
            "Free space or choose another folder with --record.",
        )


def _begin_files(
    disk: Disk, path: Path, manifest: Manifest
) -> tuple[JournalWriter, ClosingReserve]:
    """Manifest last: a folder with a manifest is a session. OSError leaves no folder."""
    with ExitStack() as undo:
        undo.callback(shutil.rmtree, path, ignore_errors=True)
        reserve = ClosingReserve(disk, path)
        file = ReservedFile(disk.create(path / JOURNAL_NAME), reserve)
        undo.callback(file.close)
        journal = JournalWriter(file)
        journal.sync()
        write_manifest(disk, path, manifest)
        sync_folder(path.parent)
        undo.pop_all()
    return journal, reserve
