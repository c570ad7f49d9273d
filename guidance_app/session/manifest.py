"""The manifest: what a session is, and once it is sealed, the chain over everything in it."""

import hashlib
import platform
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import msgspec

from drivers.api.ports import SourceInfo
from drivers.api.samples import Origin
from guidance_app import __version__
from guidance_app.session.disk import Disk, open_plain, write_whole
from guidance_app.session.errors import DamagedSession, NewerFormat
from guidance_app.session.format import (
    FORMAT_VERSION,
    LATEST_TIME_NS,
    MANIFEST_NAME,
    MAX_MANIFEST_BYTES,
)

LIBRARIES = ("av", "mcap", "msgspec", "numpy")

DIGEST_STEP_BYTES = 4 << 20

SMALLEST_STEP_S = 1.0
"""A wall clock that is off by less between two looks was not moved by anybody."""


@dataclass(frozen=True, slots=True)
class ClockAnchor:
    """One moment on the wall clock and on the clock of all stamps."""

    utc: str
    """ISO 8601 with offset."""
    perf_counter_ns: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something missing or damaged: in which file, and what in a sentence."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What was offered to the recording and what became of it."""

    frames_offered: int
    frames_written: int
    commands: int
    snapshots: int
    faults: int

    @property
    def frames_lost(self) -> int:
        """Offered and not written."""
        return self.frames_offered - self.frames_written

    @property
    def events(self) -> int:
        """Commands, snapshots and faults."""
        return self.commands + self.snapshots + self.faults


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A file of the session as it was when the session was closed."""

    name: str
    bytes: int
    sha256: str
    chain: str
    """SHA-256 over the chain value before, the name and the hash."""


@dataclass(frozen=True, slots=True)
class Seal:
    """What closing a session fixed."""

    ended_utc: str
    counts: Counts
    files: tuple[SealedFile, ...]
    head: str
    """Over the last chain value, the end and the counts: this one value stands for it all."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of manifest.json."""

    format: int
    id: str
    app: str
    started: ClockAnchor
    source: SourceInfo
    simulated: bool
    versions: dict[str, str]
    recovered: bool = False
    """Closed by a repair, because the recording program could not."""
    lost: tuple[Problem, ...] = ()
    """What the repair found missing."""
    record_closed_utc: str = ""
    """When the record of its last procedure was closed, ISO 8601; empty while it is open."""
    sealed: Seal | None = None


@dataclass(frozen=True, slots=True)
class _Header:
    format: int


def new_manifest(session_id: str, source: SourceInfo, started: ClockAnchor) -> Manifest:
    """The manifest of a session that begins now."""
    versions = {name: version(name) for name in LIBRARIES}
    versions["python"] = platform.python_version()
    return Manifest(
        format=FORMAT_VERSION,
        id=session_id,
        app=__version__,
        started=started,
        source=source,
        simulated=source.origin is Origin.SIMULATED,
        versions=versions,
    )


def write_manifest(disk: Disk, folder: Path, manifest: Manifest) -> None:
    """Replace the manifest as a whole; OSError when the disk refuses."""
    write_whole(disk, folder / MANIFEST_NAME, manifest_bytes(manifest))


def manifest_bytes(manifest: Manifest) -> bytes:
    """The manifest as it is written."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def read_manifest(folder: Path) -> Manifest:
    """Read and check it; raises NotASession, NewerFormat or DamagedSession."""
    path = folder / MANIFEST_NAME
    content = read_manifest_bytes(folder)
    try:
        document = msgspec.json.decode(content)
        found = msgspec.convert(document, _Header).format
        if found > FORMAT_VERSION:
            raise NewerFormat(
                f"{folder} has format {found}; this program knows formats up to {FORMAT_VERSION}.",
                "Open it with a newer version.",
            )
        manifest = msgspec.convert(document, Manifest)
        moment_utc(manifest.started, LATEST_TIME_NS)
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
        raise _damaged(path, str(error)) from None
    return manifest


def read_manifest_bytes(folder: Path) -> bytes:
    """The manifest as it stands on disk; raises NotASession or DamagedSession."""
    path = folder / MANIFEST_NAME
    with open_plain(path) as file:
        content = file.read(MAX_MANIFEST_BYTES + 1)
    if len(content) > MAX_MANIFEST_BYTES:
        raise _damaged(path, "it is larger than any can be")
    return content


def moment_utc(started: ClockAnchor, time_ns: int) -> str:
    """Wall time of a stamp, from the anchor pair; ISO 8601."""
    elapsed = timedelta(microseconds=(time_ns - started.perf_counter_ns) / 1000)
    return (datetime.fromisoformat(started.utc) + elapsed).isoformat()


def utc_now() -> datetime:
    """The computer's wall clock, which somebody may move."""
    return datetime.now(UTC)


class WallClockWatch:
    """Notices when the wall clock is moved against the clock of all stamps. One thread."""

    def __init__(self, started: ClockAnchor, utc_now: Callable[[], datetime]) -> None:
        """Both clocks agreed at `started`."""
        self._started = started
        self._utc_now = utc_now
        self._moved_s = 0.0

    def look(self, now_ns: int) -> str:
        """A sentence when it was moved since the last look, else empty; look about once a second.

        A clock that is set right slowly, as time servers do, is never far off between two looks.
        """
        expected = datetime.fromisoformat(moment_utc(self._started, now_ns))
        moved_s = (self._utc_now() - expected).total_seconds()
        step_s, before_s = moved_s - self._moved_s, self._moved_s
        self._moved_s = moved_s
        if abs(step_s) < SMALLEST_STEP_S:
            return ""
        shown = expected + timedelta(seconds=before_s)
        return (
            f"The computer's clock was moved by {step_s:+.0f} s at "
            f"{shown.isoformat(timespec='seconds')}, or the computer was asleep."
        )


class FileDigest:
    """SHA-256 of a file that will not change any more, computed in steps. One thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._hash = hashlib.sha256()
        self._read_bytes = 0
        self.complete = False
        """The whole file has been read."""

    def step(self) -> None:
        """Read a few MiB more."""
        with open_plain(self._path) as file:
            file.seek(self._read_bytes)
            block = file.read(DIGEST_STEP_BYTES)
        self._hash.update(block)
        self._read_bytes += len(block)
        self.complete = len(block) < DIGEST_STEP_BYTES

    def finish(self) -> SealedFile:
        """Read what is left; the entry without its chain value."""
        while not self.complete:
            self.step()
        return SealedFile(self._path.name, self._read_bytes, self._hash.hexdigest(), "")


def make_seal(unsealed: bytes, ended_utc: str, counts: Counts, files: Iterable[SealedFile]) -> Seal:
    """Chain the files, in the order given, onto all of the manifest but its seal."""
    content = msgspec.json.decode(unsealed, type=dict[str, object])
    content.pop("sealed")
    link = _sha256(msgspec.json.encode(content))
    chained = []
    for file in files:
        link = _sha256(f"{link}|{file.name}|{file.sha256}".encode())
        chained.append(replace(file, chain=link))
    end = msgspec.json.encode(counts).decode()
    head = _sha256(f"{link}|{ended_utc}|{end}".encode())
    return Seal(ended_utc, counts, tuple(chained), head)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _damaged(path: Path, why: str) -> DamagedSession:
    return DamagedSession(f"{path} cannot be read: {why}.", "Restore it from a copy.")
