"""A session in figures, and the sessions in a folder."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypedDict

import numpy as np

from guidance_app.domain.commands import ProcedureStarted
from guidance_app.domain.snapshot import GuidanceMode, GuidanceSnapshot, TruthState
from guidance_app.session.disk import is_being_recorded, open_plain
from guidance_app.session.errors import SessionError
from guidance_app.session.format import JOURNAL_NAME, SESSION_SUFFIX, Topic, decode_command
from guidance_app.session.journal import Ending, JournalBroken, read_journal
from guidance_app.session.manifest import Manifest, read_manifest
from guidance_app.session.reader import SessionReader
from guidance_app.session.verify import ProblemDocument

ENDED = "ENDED"
"""Of a file or recording that is over; LOST, and nothing is wrong."""


class SourceDocument(TypedDict):
    """What came from one source."""

    address: str
    frames_offered: int
    frames_written: int
    frames_lost: int
    frames_missed: int
    """Gaps in the source's own numbering: its driver knows that it did not deliver these."""
    unique_rate_hz: float | None
    """Frames a second whose content differs from the one before; None below two of them."""
    fault_plan: str
    """Name of the script whose faults were put into it; empty when there was none."""


class LatencyDocument(TypedDict):
    """From a frame's stamp to its paint, in milliseconds; None where no frame was painted."""

    n: int
    """Frames that came to the screen."""
    p50: float | None
    p95: float | None
    p99: float | None
    max: float | None


class SessionDocument(TypedDict):
    """What `session info` reports, as it is printed in JSON."""

    id: str
    started: str
    """UTC, ISO 8601."""
    duration_s: float
    simulated: bool
    sealed: bool
    recovered: bool
    """Closed by a repair after the recording program could not."""
    being_recorded: bool
    """Some program holds it open now; Windows does not tell, there it is always False."""
    problems: list[ProblemDocument]
    """What a repair found missing, and what of the journal cannot be read."""
    sources: list[SourceDocument]
    states_s: dict[str, float]
    """How long the picture was in each state."""
    causes_s: dict[str, float]
    """How much of that time the screen said something else: NO IMAGE, LAST IMAGE HOLD, ENDED."""
    events: int
    """Commands, snapshots and faults."""
    guidance_shown_s: float
    latency_ms: LatencyDocument


@dataclass(frozen=True, slots=True)
class PictureTimes:
    """How long the picture was what, in nanoseconds."""

    states: Mapping[TruthState, int]
    causes: Mapping[str, int]
    """How much of that time the screen said something else: NO IMAGE, LAST IMAGE HOLD, ENDED."""
    guidance_shown: int
    """With guidance drawn."""


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """One session of a folder; without `manifest` when that cannot be read."""

    path: Path
    manifest: Manifest | None
    problem: str = ""
    """Why it cannot be read, or what is seen at once not to be whole; a sentence or two."""


def info(path: Path) -> SessionDocument:
    """The session in figures; also of one that is not closed. Raises SessionError."""
    with SessionReader(path) as reader:
        return describe_session(reader)


def describe_session(reader: SessionReader) -> SessionDocument:
    """The same of a session that is open already; reads every snapshot."""
    manifest = reader.manifest
    times = picture_times(reader.snapshots(), reader.ended_ns)
    return {
        "id": manifest.id,
        "started": manifest.started.utc,
        "duration_s": _seconds(reader.ended_ns - manifest.started.perf_counter_ns),
        "simulated": manifest.simulated,
        "sealed": manifest.sealed is not None,
        "recovered": manifest.recovered,
        "being_recorded": manifest.sealed is None and is_being_recorded(reader.path / JOURNAL_NAME),
        "problems": problems_of(reader),
        "sources": [
            {
                "address": manifest.source.address,
                "frames_offered": reader.counts.frames_offered,
                "frames_written": reader.counts.frames_written,
                "frames_lost": reader.counts.frames_lost,
                "frames_missed": _frames_missed(reader),
                "unique_rate_hz": _unique_rate_hz(reader),
                "fault_plan": manifest.source.fault_plan,
            }
        ],
        "states_s": {state.value: _seconds(times.states[state]) for state in TruthState},
        "causes_s": {word: _seconds(times.causes[word]) for word in sorted(times.causes)},
        "events": reader.counts.events,
        "guidance_shown_s": _seconds(times.guidance_shown),
        "latency_ms": _latency(reader),
    }


def list_sessions(folder: Path) -> list[SessionEntry]:
    """The sessions in a folder, oldest first; only their manifests are read."""
    return [session_entry(path) for path in session_folders(folder)]


def session_folders(folder: Path) -> list[Path]:
    """The folders of sessions in a folder, oldest first; nothing of them is read."""
    found = sorted(folder.glob(f"*{SESSION_SUFFIX}"))
    return [path for path in found if path.is_dir()]


def started_procedure(path: Path) -> ProcedureStarted | None:
    """The first procedure that was started in a session; None when none was.

    Reads no further than that. Raises SessionError.
    """
    with open_plain(path / JOURNAL_NAME) as file:
        try:
            for entry in read_journal(file):
                if entry.topic is Topic.COMMAND:
                    command = decode_command(entry.payload).command
                    if isinstance(command, ProcedureStarted):
                        return command
        except JournalBroken:
            return None
    return None


def session_entry(path: Path) -> SessionEntry:
    """The session in this folder; only its manifest is read, and how long its files are."""
    try:
        manifest = read_manifest(path)
    except SessionError as error:
        return SessionEntry(path, None, str(error))
    return SessionEntry(path, manifest, changed_file(path, manifest))


def changed_file(path: Path, manifest: Manifest) -> str:
    """The first file that is not as long as when the session was closed; empty where all are."""
    for sealed in manifest.sealed.files if manifest.sealed else ():
        try:
            length = (path / Path(sealed.name).name).stat().st_size
        except OSError:
            return f"{sealed.name} is missing. Check the session with verify."
        if length != sealed.bytes:
            return f"{sealed.name} has another length than when it was closed. Check with verify."
    return ""


def picture_times(snapshots: Iterable[GuidanceSnapshot], ended_ns: int) -> PictureTimes:
    """What snapshots in order of their index say; each holds until the next, or the end."""
    states = dict.fromkeys(TruthState, 0)
    causes: Counter[str] = Counter()
    shown_ns = 0
    for snapshot, until_ns in _spans(snapshots, ended_ns):
        length_ns = max(0, until_ns - snapshot.evaluated_ns)
        states[snapshot.truth.state] += length_ns
        word = ENDED if snapshot.truth.ended else snapshot.truth.cause.value
        if word:
            causes[word] += length_ns
        if snapshot.guidance.mode is GuidanceMode.ON and snapshot.truth.state is TruthState.LIVE:
            drawn_until_ns = min(until_ns, snapshot.valid_until_ns)
            shown_ns += max(0, drawn_until_ns - snapshot.evaluated_ns)
    return PictureTimes(states, causes, shown_ns)


def _spans(
    snapshots: Iterable[GuidanceSnapshot], ended_ns: int
) -> Iterator[tuple[GuidanceSnapshot, int]]:
    previous = None
    for snapshot in snapshots:
        if previous is not None:
            yield previous, snapshot.evaluated_ns
        previous = snapshot
    if previous is not None:
        yield previous, ended_ns


def problems_of(reader: SessionReader) -> list[ProblemDocument]:
    """Without the missing end of a journal that nobody has closed yet: `sealed` says so."""
    found = [*reader.manifest.lost, *reader.problems]
    unfinished = reader.ending in (Ending.UNCLOSED, Ending.CUT_OFF)
    if reader.manifest.sealed is None and unfinished and len(found) == 1:
        return []
    return [{"where": problem.where, "what": problem.what} for problem in found]


def _frames_missed(reader: SessionReader) -> int:
    """A source that is opened again begins to count again: only forward steps have gaps."""
    missed = 0
    for before, after in pairwise(record.facts for record in reader.frames):
        step = after.stamp.sequence - before.stamp.sequence
        if step > 0:
            missed += max(0, step - (after.number - before.number))
    return missed


def _unique_rate_hz(reader: SessionReader) -> float | None:
    arrivals = [r.facts.stamp.arrival_ns for r in reader.frames if r.facts.changed]
    if len(arrivals) < 2 or arrivals[-1] <= arrivals[0]:
        return None
    return round((len(arrivals) - 1) / ((arrivals[-1] - arrivals[0]) / 1e9), 3)


def _latency(reader: SessionReader) -> LatencyDocument:
    times_ms = np.array(reader.latencies_ns, np.float64) / 1e6
    if not times_ms.size:
        return {"n": 0, "p50": None, "p95": None, "p99": None, "max": None}
    p50, p95, p99, longest = (round(t, 3) for t in np.percentile(times_ms, [50, 95, 99, 100]))
    return {"n": times_ms.size, "p50": p50, "p95": p95, "p99": p99, "max": longest}


def _seconds(nanoseconds: int) -> float:
    return round(nanoseconds / 1e9, 6)
