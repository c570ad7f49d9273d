"""Small sessions for the tests: frames with known pixels, every command, full snapshots."""

import dataclasses
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from failing_disks import SPARING_DISK

from drivers.api.clock import ManualClock
from drivers.api.ports import SourceInfo
from drivers.api.samples import (
    Origin,
    PictureGeometry,
    PixelFormat,
    ScaledRegion,
    Stamp,
    VideoFrame,
)
from guidance_app.domain.calibration import PixelScale
from guidance_app.domain.checklist import (
    ChecklistEntry,
    ChecklistItem,
    ChecklistTemplate,
    Level,
    Mark,
    Phase,
)
from guidance_app.domain.commands import (
    Command,
    CommandOutcome,
    GuidanceConfirmed,
    GuidanceSwitched,
    ItemMarked,
    MomentMarked,
    PictureHeld,
    PlanChanged,
    ProcedureStarted,
    ScaleSet,
    SourceFailed,
    SourceOpened,
)
from guidance_app.domain.people import Person, Role
from guidance_app.domain.plan import NeedleGuide, Plan, TipMark
from guidance_app.domain.snapshot import (
    GRID_COLUMNS,
    GRID_ROWS,
    FrameFacts,
    Guidance,
    GuidanceMode,
    GuidanceSnapshot,
    PictureContent,
    Truth,
    TruthState,
)
from guidance_app.domain.trajectory import measure
from guidance_app.session.disk import Disk
from guidance_app.session.writer import SessionWriter

MS = 1_000_000
START_NS = 5_000_000_000
PERIOD_NS = 40 * MS
GRAY = PictureGeometry(33, 17, PixelFormat.GRAY8)
COLOUR = PictureGeometry(21, 15, PixelFormat.BGR24)
REGION = ScaledRegion(1, 2, 30, 16, 0.1, 0.30000000000000004)
SOURCE = SourceInfo("sim:knee?seed=7", "Simulated knee", "unit 3", Origin.SIMULATED, 25.0)
ANNA = Person("P-17", Role.OPERATOR)


def pixels_of(number: int, geometry: PictureGeometry) -> np.ndarray:
    """Noise that depends on the number: no two pictures are equal."""
    shape: tuple[int, ...] = (geometry.height_px, geometry.width_px)
    if geometry.pixel_format is PixelFormat.BGR24:
        shape = (*shape, 3)
    return np.random.default_rng(number).integers(0, 256, shape, dtype=np.uint8)


def make_frame(
    number: int, geometry: PictureGeometry = GRAY, arrival_ns: int | None = None
) -> tuple[VideoFrame, FrameFacts]:
    """A frame whose source numbers from 100, and what is recorded of it."""
    if arrival_ns is None:
        arrival_ns = START_NS + number * PERIOD_NS + number * number
    stamp = Stamp(100 + number, arrival_ns, None if number % 2 else 3 * arrival_ns)
    regions = (REGION,) if number % 3 else ()
    frame = VideoFrame(
        pixels_of(number, geometry), geometry.pixel_format, stamp, Origin.SIMULATED, regions
    )
    rows = tuple(number * row % (1 << GRID_COLUMNS) for row in range(GRID_ROWS))
    content = PictureContent(127.25 + number, 73.1, 0, 255, rows)
    changed = number % 4 != 3
    facts = FrameFacts(number, stamp, geometry, Origin.SIMULATED, regions, changed, content)
    return frame, facts


def footage_frame(
    pictures: np.ndarray, number: int, arrival_ns: int
) -> tuple[VideoFrame, FrameFacts]:
    """A frame of real colour pictures, which begin again behind the last one."""
    pixels = np.ascontiguousarray(pictures[number % len(pictures)])
    geometry = PictureGeometry(pixels.shape[1], pixels.shape[0], PixelFormat.BGR24)
    frame, facts = make_frame(number, GRAY, arrival_ns)
    frame = dataclasses.replace(frame, pixels=pixels, pixel_format=PixelFormat.BGR24)
    return frame, dataclasses.replace(facts, geometry=geometry)


def full_plan() -> Plan:
    return Plan(
        geometry=GRAY,
        target_px=(12.1, 14.000000000000002),
        entry_px=(1e-300, 2.0),
        skin_px=((0.0, 1.0), (32.0, 1.5)),
        no_go=(((1.0, 2.0), (3.0, 4.0), (5.5, 6.25)),),
        corridor_mm=2.5,
        guide=NeedleGuide((1.0, 1.0), (30.0, 45.5), "left"),
        tip=TipMark((5.0, 5.0), START_NS),
    )


def every_command() -> list[Command]:
    item = ChecklistItem(
        "PRE-1", Phase.PRE, "Naïve „text“ \u2028 🩺", "P", ("4",), Level.HARD, "", (Role.OPERATOR,)
    )
    template = ChecklistTemplate("knee", "Knee", "1", "ab12", (item,))
    scale = PixelScale(0.1, 0.2, 1.0 / 3.0, GRAY, "two clicks", REGION)
    return [
        SourceOpened(SOURCE),
        ProcedureStarted("knee", "case-1", "right", template, (ANNA,), working_alone=True),
        PlanChanged(full_plan()),
        ScaleSet(scale, ANNA),
        ScaleSet(None, ANNA),
        PictureHeld(True),
        ItemMarked(ChecklistEntry("PRE-1", Mark.DONE, ANNA, "2026-05-05T10:00:00+00:00", "seen")),
        GuidanceSwitched(True, ANNA),
        GuidanceConfirmed(ANNA),
        MomentMarked("injection", ANNA),
        SourceFailed("The cable is out. Plug it in."),
    ]


def make_outcome(index: int, command: Command, frames_seen: int = 0) -> CommandOutcome:
    refusal = "Not now." if isinstance(command, GuidanceConfirmed) else None
    return CommandOutcome(index, START_NS + index * MS, frames_seen, command, refusal)


def make_snapshot(
    index: int,
    number: int | None = None,
    state: TruthState = TruthState.LIVE,
    mode: GuidanceMode = GuidanceMode.ON,
    evaluated_ns: int | None = None,
) -> GuidanceSnapshot:
    if evaluated_ns is None:
        evaluated_ns = START_NS + index * MS
    scale = PixelScale(0.1, 0.1, 1.0, GRAY, "source")
    plan = full_plan()
    return GuidanceSnapshot(
        index=index,
        evaluated_ns=evaluated_ns,
        valid_until_ns=evaluated_ns + 100 * MS,
        frames_seen=0 if number is None else number + 1,
        truth=Truth(state, "" if state is TruthState.LIVE else "why", 1, None, 3, 4),
        guidance=Guidance(mode),
        frame=None if number is None else make_frame(number)[1],
        plan_shown=True,
        scale=scale,
        plan=plan,
        measures=measure(plan, scale, evaluated_ns),
    )


@dataclasses.dataclass
class Recorded:
    """A session and what went into it."""

    path: Path
    frames: list[tuple[VideoFrame, FrameFacts]]
    outcomes: list[CommandOutcome]
    snapshots: list[GuidanceSnapshot]


def begin(
    parent: Path, disk: Disk = SPARING_DISK, clock: ManualClock | None = None
) -> SessionWriter:
    clock = clock or ManualClock(START_NS)
    return SessionWriter.create(parent, SOURCE, clock, disk, wall_clock(clock))


def wall_clock(clock: ManualClock) -> Callable[[], datetime]:
    """A wall clock that nobody moves."""
    began = datetime.now(UTC) - timedelta(microseconds=clock.now_ns() / 1000)
    return lambda: began + timedelta(microseconds=clock.now_ns() / 1000)


def record(
    parent: Path,
    frame_count: int = 6,
    commands: Iterable[Command] = (),
    seal: bool = True,
    frame: Callable[[int], tuple[VideoFrame, FrameFacts]] = make_frame,
) -> Recorded:
    """Frames, each followed by a snapshot, and commands before them; left as killed or sealed."""
    writer = begin(parent)
    outcomes = [make_outcome(index, command) for index, command in enumerate(commands)]
    for outcome in outcomes:
        writer.write_command(outcome)
    frames, snapshots = [], []
    for number in range(frame_count):
        frames.append(frame(number))
        snapshots.append(make_snapshot(len(outcomes) + number, number))
        writer.write_frame(*frames[-1])
        writer.write_snapshot(snapshots[-1])
    if seal:
        writer.seal()
    writer.abandon()
    return Recorded(writer.path, frames, outcomes, snapshots)
