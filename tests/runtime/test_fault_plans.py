"""The fault matrix on simulated time: a plan goes in, the screen is looked at.

Bounds are those of the project's hazard analysis, F01 to F12, plus one heartbeat, after which
the screen is painted. P, the period of pictures with new content, is 40 ms here.
"""

from pathlib import Path

import pytest
from counting_source import HEIGHT_PX, WIDTH_PX, CountingSource
from msgspec import structs
from scripted_plan import plan
from simulated_run import HEARTBEAT_MS, MS, Shown, SimulatedRun, SteppedClock

from drivers.api.address import parse_address
from drivers.api.clock import ManualClock
from drivers.api.ports import SourceInfo
from drivers.api.samples import Origin, PictureGeometry, PixelFormat, VideoFrame
from guidance_app.domain.calibration import PixelScale
from guidance_app.domain.commands import (
    GuidanceConfirmed,
    PictureMirrored,
    PlanChanged,
    ScaleSet,
    SourceFailed,
    SourceOpened,
)
from guidance_app.domain.people import Person, Role
from guidance_app.domain.plan import Plan, place_entry, place_target
from guidance_app.domain.snapshot import FrameFacts, TruthState
from guidance_app.runtime.mirror_watch import MirrorWatch
from guidance_app.session.reader import SessionReader
from guidance_app.session.writer import SessionWriter
from simulators.fault_plan import drills, load_plan
from simulators.faults import FaultySource
from simulators.sources import DRIVER

GEOMETRY = PictureGeometry(WIDTH_PX, HEIGHT_PX, PixelFormat.GRAY8)
SOMEBODY = Person("OP-1", Role.OPERATOR)
FAULT_MS = 5_000
DIMMED = 0.4
LIVE, LATE, FROZEN, LOST = TruthState.LIVE, TruthState.LATE, TruthState.FROZEN, TruthState.LOST


def run(*faults: dict[str, object], identity: str | None = "SN-1") -> SimulatedRun:
    """A source of 25 pictures a second, with target, entry and scale placed after a second."""
    clock = SteppedClock()
    source = FaultySource(CountingSource(clock, identity=identity), plan(*faults), clock)
    made = SimulatedRun(source, clock)
    target = place_target(Plan(), (40.0, 30.0), GEOMETRY)
    made.ask(1000, PlanChanged(place_entry(target, (10.0, 5.0), GEOMETRY)))
    made.ask(1000, ScaleSet(PixelScale(0.1, 0.1, 0.5, GEOMETRY, "two clicks"), SOMEBODY))
    return made


def ask_confirmation(made: SimulatedRun, at_ms: float) -> None:
    made.ask(at_ms, GuidanceConfirmed(SOMEBODY))


def all_drawn(shown: list[Shown]) -> bool:
    return bool(shown) and all(s.overlay and s.state is LIVE for s in shown)


def none_drawn(shown: list[Shown]) -> bool:
    return bool(shown) and not any(s.overlay for s in shown)


def test_without_faults_the_plan_is_drawn_all_the_time_and_a_drill_is_said() -> None:
    made = run({"kind": "freeze", "at": 900})
    made.play(8)
    assert all_drawn(made.between(1100, 8000))
    assert made.shown[-1].view.picture.watermark == "FAULT DRILL"


def test_f01_a_repeated_picture_is_frozen_in_time_and_its_overlay_gone() -> None:
    made = run({"kind": "freeze", "at": 5, "for": 3})
    made.play(10)
    assert made.first(FROZEN, FAULT_MS).at_ms <= FAULT_MS + 500 + HEARTBEAT_MS
    frozen = made.between(FAULT_MS + 500 + HEARTBEAT_MS, 8000)
    assert none_drawn(frozen)
    assert all(s.view.picture.banner.text.startswith("FROZEN") for s in frozen)
    assert made.first(LIVE, 8000).at_ms <= 8000 + HEARTBEAT_MS
    assert none_drawn(made.between(8000, 10_000))  # until somebody confirms


@pytest.mark.parametrize("kind", ["black", "grey"])
def test_f03_a_black_or_uniform_picture_is_not_live_within_three_pictures(kind: str) -> None:
    made = run({"kind": kind, "at": 5, "for": 2})
    made.play(9)
    assert none_drawn(made.between(FAULT_MS + 150, 7000))
    assert all(s.state is not LIVE for s in made.between(FAULT_MS + 150, 7000))


def test_f04_silence_is_lost_in_time_and_the_last_picture_is_greyed() -> None:
    made = run({"kind": "stall", "at": 5, "for": 0.9})
    made.play(8)
    last_ms = FAULT_MS - 40
    assert made.first(LOST, FAULT_MS).at_ms <= last_ms + 250 + HEARTBEAT_MS
    lost = made.between(last_ms + 250 + HEARTBEAT_MS, 5900)
    assert none_drawn(lost)
    assert {s.view.picture.brightness for s in lost} == {DIMMED}
    assert made.facts[125].stamp.sequence == 148  # 23 pictures are missing, and known to be


def test_f04_a_long_silence_ends_with_the_source_opened_again() -> None:
    made = run({"kind": "stall", "at": 5, "for": 3})
    made.play(12)
    told = [e.command.sentence for e in outcomes(made) if isinstance(e.command, SourceFailed)]
    assert told and "no picture came for 1 s" in told[0]
    assert made.first(LIVE, FAULT_MS + 1000).at_ms <= 8000 + 3000
    assert none_drawn(made.between(FAULT_MS + 300, 12_000))


def test_f05_a_rate_that_drops_is_cautioned_and_nothing_queues_up() -> None:
    made = run({"kind": "rate_drop", "at": 5, "for": 4, "rate_hz": 5})
    made.play(11)
    assert any(s.state is not LIVE for s in made.between(FAULT_MS, FAULT_MS + 1000))
    slow = made.between(FAULT_MS + 1000, 9000)
    assert {s.snapshot.truth.caution for s in slow} == {"5/s, not 25"}
    frames = made.between(FAULT_MS, 9000)
    assert all((s.snapshot.truth.frame_age_ns or 0) <= 250 * MS for s in frames)
    assert made.shown[-1].state is LIVE


@pytest.mark.parametrize(
    "fault", [{"kind": "resize", "size": "80x60"}, {"kind": "reformat"}], ids=["size", "format"]
)
def test_f06_with_another_size_or_format_nothing_old_is_drawn(fault: dict[str, object]) -> None:
    made = run({**fault, "at": 5, "for": 2})
    made.play(9)
    others = [s for s in made.shown if s.snapshot.frame and s.snapshot.frame.geometry != GEOMETRY]
    assert len(others) >= 50
    assert all(s.snapshot.scale is None and s.snapshot.plan == Plan() for s in others)
    assert none_drawn(made.between(FAULT_MS + HEARTBEAT_MS, 9000))
    assert all_drawn(made.between(1100, FAULT_MS))


def test_f06_a_scale_that_the_source_states_goes_with_the_size() -> None:
    clock = SteppedClock()
    inner = DRIVER.create(parse_address("sim:knee"), clock)
    resized = plan({"kind": "resize", "at": 1, "for": 1, "size": "320x240"})
    made = SimulatedRun(FaultySource(inner, resized, clock), clock)
    made.play(2.5)
    scaled = {
        (s.snapshot.frame.geometry.width_px, s.snapshot.scale is not None)
        for s in made.shown
        if s.snapshot.frame
    }
    assert scaled == {(640, True), (320, False)}


def test_a_simulator_that_is_delayed_is_late_with_its_figure() -> None:
    clock = SteppedClock()
    inner = DRIVER.create(parse_address("sim:knee"), clock)
    delayed = plan({"kind": "delay", "at": 2, "for": 2, "delay_ms": 400})
    made = SimulatedRun(FaultySource(inner, delayed, clock), clock)
    made.play(6)
    late = made.between(2700, 3950)
    assert {s.snapshot.truth.reason for s in late} == {"The picture is 400 ms behind."}
    assert {s.state for s in late} == {LATE}
    assert {s.state for s in made.between(500, 2000)} == {LIVE}
    assert made.shown[-1].state is LIVE


@pytest.mark.parametrize("name", drills())
def test_every_drill_is_noticed_on_the_simulated_knee(name: str) -> None:
    """Within the first four seconds after it begins, which is here after two."""
    clock = SteppedClock()
    shipped = load_plan(name)
    early_s = min(fault.at_s for fault in shipped.faults) - 2
    faults = tuple(structs.replace(fault, at_s=fault.at_s - early_s) for fault in shipped.faults)
    inner = DRIVER.create(parse_address("sim:knee"), clock)
    source = FaultySource(inner, structs.replace(shipped, faults=faults), clock)
    made = SimulatedRun(source, clock, notice=MirrorWatch().notice)
    made.play(6)
    assert all(s.state is LIVE and not s.snapshot.truth.caution for s in made.between(500, 2000))
    after = made.between(2000, 6000)
    doubted = any(s.state is not LIVE or s.snapshot.truth.caution for s in after)
    without_scale = any(s.snapshot.scale is None for s in after)
    lost = made.facts[-1].stamp.sequence >= len(made.facts)
    mirrored = any(isinstance(e.command, PictureMirrored) for e in outcomes(made))
    assert doubted or without_scale or lost or mirrored
    assert mirrored == (name == "mirrored-picture")


def test_f06_the_recording_begins_a_new_file_with_the_first_picture_of_another_size(
    tmp_path: Path,
) -> None:
    clock = ManualClock(1)
    resized = plan({"kind": "resize", "at": 1, "for": 1, "size": "80x60"})
    source = FaultySource(CountingSource(clock), resized, clock)
    writer = SessionWriter.create(tmp_path, source.open(), clock)
    for number in range(75):
        frame = source.read()
        writer.write_frame(frame, facts_of(number, frame))
    writer.seal()
    with SessionReader(writer.path) as reader:
        files = [record.place.segment for record in reader.frames if record.place is not None]
    assert files == [0] * 25 + [1] * 25 + [2] * 25


def facts_of(number: int, frame: VideoFrame) -> FrameFacts:
    return FrameFacts(number, frame.stamp, frame.geometry, frame.origin, frame.regions, True)


def test_f07_an_unplugged_device_is_said_and_no_event_is_lost() -> None:
    made = run({"kind": "unplug", "at": 5, "for": 2})
    made.play(9)
    gone = made.first(LOST, FAULT_MS)
    assert gone.at_ms <= FAULT_MS + 500
    assert "unplugged" in gone.snapshot.truth.reason
    assert none_drawn(made.between(gone.at_ms, 7000))
    assert [event.index for event in made.events] == list(range(len(made.events)))


def test_f08_the_same_device_is_back_in_time_and_the_plan_after_confirmation() -> None:
    made = run({"kind": "unplug", "at": 5, "for": 2})
    ask_confirmation(made, 12_000)
    made.play(14)
    assert made.first(LIVE, 7000).at_ms <= 7000 + 3000
    assert none_drawn(made.between(7000, 12_000))
    assert all_drawn(made.between(12_100, 14_000))


def test_f08_another_device_is_never_shown_and_the_first_one_is_taken_back() -> None:
    made = run(
        {"kind": "unplug", "at": 5, "for": 2, "returns_as": "SN-2"},
        {"kind": "unplug", "at": 10, "for": 2},
    )
    made.play(16)
    opened = [
        e.command.info.identity for e in outcomes(made) if isinstance(e.command, SourceOpened)
    ]
    assert opened == ["SN-1", "SN-1"]
    assert all(s.state is LOST for s in made.between(5500, 12_000))
    told = [e.command.sentence for e in outcomes(made) if isinstance(e.command, SourceFailed)]
    assert any("another device is there instead (Counter (SN-2))" in sentence for sentence in told)
    assert none_drawn(made.between(FAULT_MS + HEARTBEAT_MS, 16_000))
    assert made.first(LIVE, 12_000).at_ms <= 12_000 + 3000


def outcomes(made: SimulatedRun) -> list:  # type: ignore[type-arg]
    return [event for event in made.events if hasattr(event, "command")]


@pytest.mark.parametrize("kind", ["tear", "corrupt"])
def test_f10_a_damaged_picture_is_left_out_and_counted(kind: str) -> None:
    made = run({"kind": kind, "at": 5, "for": 0.04, "noticed": True})
    made.play(7)
    sequences = [facts.stamp.sequence for facts in made.facts]
    assert sorted(set(range(sequences[-1] + 1)) - set(sequences)) == [125]
    assert all_drawn(made.between(1100, 7000))
    assert not [e for e in outcomes(made) if isinstance(e.command, SourceFailed)]


DEVICE_TIMES: list[dict[str, object]] = [
    {"kind": "backward_stamps"},
    {"kind": "standing_stamps"},
    {"kind": "future_stamps", "ahead_s": 3600},
    {"kind": "clock_step", "step_s": -3600},
]
ARRIVAL_TIMES: list[dict[str, object]] = [
    {"kind": "false_arrival", "offset_ms": -300},
    {"kind": "false_arrival", "offset_ms": 300},
]


@pytest.mark.parametrize("fault", [*DEVICE_TIMES, *ARRIVAL_TIMES], ids=str)
def test_f12_with_false_times_nothing_live_is_of_negative_age(fault: dict[str, object]) -> None:
    made = run({**fault, "at": 5, "for": 2})
    for shown in made.play(10):
        truth = shown.snapshot.truth
        if shown.state is LIVE:
            assert (truth.frame_age_ns or 0) >= 0 and (truth.content_age_ns or 0) >= 0
        assert (truth.period_ns or 0) >= 0 and (truth.unique_period_ns or 0) >= 0


@pytest.mark.parametrize("fault", DEVICE_TIMES, ids=str)
def test_f12_a_device_that_has_its_clock_right_again_is_believed(fault: dict[str, object]) -> None:
    made = run({**fault, "at": 5, "for": 2})
    made.play(10)
    assert all(s.state is LIVE for s in made.between(9000, 10_000))


@pytest.mark.parametrize("kind", ["backward_stamps", "standing_stamps"])
def test_f12_a_device_whose_clock_is_wrong_is_doubted_after_five_pictures(kind: str) -> None:
    made = run({"kind": kind, "at": 5, "for": 2})
    made.play(8)
    assert all(s.state is not LIVE for s in made.between(FAULT_MS + 6 * 40, 7000))


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "jitter", "at": 5, "jitter_ms": 40},
        {"kind": "drop", "at": 5, "probability": 0.1},
        {"kind": "duplicate", "at": 5, "probability": 0.2},
    ],
    ids=lambda fault: str(fault["kind"]),
)
def test_what_a_good_source_does_too_needs_no_confirmation(fault: dict[str, object]) -> None:
    made = run(fault)
    shown = made.play(60)
    drawn = [s.overlay for s in made.between(1100, 60_000)]
    assert not any(s.state in (FROZEN, LOST) for s in shown[1:])
    assert drawn.count(True) > 0.95 * len(drawn)


def test_a_source_says_which_plan_it_runs_under() -> None:
    made = run({"kind": "black", "at": 900})
    made.play(1)
    (opened,) = [e.command.info for e in outcomes(made) if isinstance(e.command, SourceOpened)]
    assert isinstance(opened, SourceInfo)
    assert (opened.fault_plan, opened.origin) == ("test", Origin.DEVICE)
