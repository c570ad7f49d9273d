"""The rows of the fault matrix that concern truth, each against its bound, on simulated time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from metaimage import read_metaimage
from rectangles import rectangle
from shots import (
    MS,
    PAINT_MS,
    SIZE,
    Shot,
    Watched,
    again,
    frozen,
    speckle,
    steady,
    watch_shots,
)

from drivers.api.clock import ManualClock
from drivers.api.errors import EndOfStream
from drivers.api.ports import SourceInfo
from drivers.api.samples import ImageU8, Origin, PictureGeometry, PixelFormat, Stamp, VideoFrame
from drivers.registry import Registry, load_drivers
from guidance_app.domain.calibration import PixelScale
from guidance_app.domain.commands import Command, LayoutFound, ModalitySet, PlanChanged, ScaleSet
from guidance_app.domain.modality import Modality
from guidance_app.domain.people import Person, Role
from guidance_app.domain.plan import Plan
from guidance_app.domain.snapshot import Cause, FrameFacts, GuidanceSnapshot, TruthState
from guidance_app.presentation.live import picture_view
from guidance_app.processing.change import content_changed, thumbnail
from guidance_app.processing.truth import Arrivals, judge, observe
from guidance_app.session.info import info
from guidance_app.session.reader import SessionReader
from guidance_app.session.writer import SessionWriter

LIVE, LATE, REPEATED, FROZEN, LOST = TruthState
GRAY = PictureGeometry(SIZE[1], SIZE[0], PixelFormat.GRAY8)
ANNA = Person("OP-1", Role.OPERATOR)
PLAN = PlanChanged(Plan(GRAY, (200.0, 150.0), (60.0, 40.0)))
SCALE = ScaleSet(PixelScale(0.1, 0.1, 0.5, GRAY, "two clicks"), ANNA)
PLANNED: dict[float, Command] = {300: PLAN, 320: SCALE}

AREA = rectangle(80, 60, 299, 219)
WATCHED: dict[float, Command] = {300: LayoutFound(0, AREA, GRAY)}


def overlay_is_gone(snapshot: GuidanceSnapshot) -> bool:
    view = picture_view(snapshot, snapshot.evaluated_ns)
    return not view.primitives and view.brightness <= 0.4


def assert_overlay_until(watched: Watched, fault_ms: float, bound_ms: float) -> None:
    """It was there before the fault and is gone, for good, one paint after the bound."""
    assert not overlay_is_gone(watched.at(fault_ms - 1))
    later = watched.between(fault_ms + bound_ms + PAINT_MS, float("inf"))
    assert later
    assert all(overlay_is_gone(snapshot) for snapshot in later)


# F01: the source repeats the same frame


@pytest.mark.parametrize(("unique_hz", "bound_ms"), [(20, 500), (4, 750)])
def test_f01_a_repeated_frame_is_frozen_within_its_bound(unique_hz: int, bound_ms: float) -> None:
    pictures = speckle()
    picture = next(pictures)
    shots = []
    for number in range(60 * 6):
        if number * unique_hz % 60 == 0 and number < 60 * 4:
            picture, stopped_ms = next(pictures), number * 1000 / 60
        shots.append(Shot(number * 1000 / 60, picture))
    watched = watch_shots(shots, 6_000, PLANNED)
    assert watched.states(1_000, stopped_ms) == {LIVE}
    assert bound_ms < watched.first_ms(FROZEN, stopped_ms) <= bound_ms + 1000 / 60 + PAINT_MS
    assert watched.states(stopped_ms + bound_ms + 30, 5_900) == {FROZEN}
    assert_overlay_until(watched, stopped_ms, bound_ms)
    assert watched.at(5_900).truth.reason == (
        "Nothing in the picture changes. Is the console frozen? Else check its cable."
    )


def screen(content: ImageU8, second: int) -> ImageU8:
    """A console's screen: the picture in its area, and a clock at the top left corner."""
    whole = np.full(SIZE, 10, np.uint8)
    whole[60:220, 80:300] = content[60:220, 80:300]
    whole[8:20, 8 + 4 * (second % 5) : 12 + 4 * (second % 5)] = 230
    return frozen(whole)


def console(until_ms: float, still_from_ms: float, clock_until_ms: float) -> Iterator[Shot]:
    pictures = speckle()
    content = next(pictures)
    for number in range(int(until_ms * 0.03)):
        at_ms = number * 1000 / 30
        if at_ms < still_from_ms:
            content = next(pictures)
        yield Shot(at_ms, screen(content, int(min(at_ms, clock_until_ms)) // 1000))


def test_f01_a_frozen_console_is_told_by_its_clock() -> None:
    watched = watch_shots(console(8_000, 3_010, 8_000), 8_000, PLANNED | WATCHED)
    assert watched.states(500, 3_000) == {LIVE}
    assert 500 < watched.first_ms(FROZEN, 3_000) <= 500 + 1000 / 30 + PAINT_MS
    assert watched.states(3_600, 7_900) == {FROZEN}  # no tick of the clock is new content
    assert watched.at(7_900).truth.reason == "The console is frozen (its clock still runs)."
    assert_overlay_until(watched, 3_000, 500)


def test_f01_a_screen_without_any_change_may_be_the_cable() -> None:
    watched = watch_shots(console(8_000, 3_010, 3_010), 8_000, WATCHED)
    assert watched.at(7_900).truth.reason == (
        "Nothing in the picture changes. Is the console frozen? Else check its cable."
    )


def test_f01_a_clock_that_stands_beside_a_moving_picture_is_a_caution() -> None:
    watched = watch_shots(console(16_000, 16_000, 8_000), 16_000, WATCHED)
    assert watched.states(500, 15_900) == {LIVE}
    cautions = {s.truth.caution for s in watched.between(500, 12_900)}
    assert cautions == {""}
    assert watched.at(15_900).truth.caution == "clock stands"


def test_f01_a_needle_alone_that_moves_inside_the_area_is_new_content() -> None:
    generator = np.random.default_rng(5)
    tissue = generator.integers(0, 60, SIZE, dtype=np.uint8)

    def needle(number: int) -> ImageU8:
        pixels = tissue.copy()
        pixels[100 + number % 40 : 103 + number % 40, 120 : 160 + number % 40] = 220
        return pixels

    shots = [Shot(n * 50, screen(needle(n), n // 20)) for n in range(200)]
    assert watch_shots(shots, 10_000, WATCHED).states(500, 9_900) == {LIVE}


# F02: pulsed fluoroscopy in a 60 fps video, and the last image that stays


def facts(number: int, at_ns: int, changed: bool) -> FrameFacts:
    return FrameFacts(number, Stamp(number, at_ns), GRAY, Origin.DEVICE, (), changed)


@pytest.mark.parametrize("rate_hz", [1, 2, 3, 3.75, 7.5])
def test_f02_ten_minutes_of_pulses_give_no_false_freeze(rate_hz: float) -> None:
    generator = np.random.default_rng(2)
    arrivals, states, next_pulse = Arrivals(), set(), 0.0
    for number in range(600 * 60):
        pulse = number >= next_pulse
        if pulse:
            next_pulse = (round(next_pulse * rate_hz / 60) + 1) * 60 / rate_hz
            next_pulse += generator.uniform(-1, 1)  # a frame early or late
        at_ns = int(number * 1e9 / 60)
        arrivals = observe(arrivals, facts(number, at_ns, pulse))
        if number + 1 >= next_pulse:  # now the picture is as old as it gets
            before_next_ns = at_ns + 16 * MS
            states.add(judge(arrivals, before_next_ns, modality=Modality.FLUOROSCOPY).state)
    assert states == {LIVE}


@pytest.mark.parametrize("rate_hz", [1, 2, 3, 3.75, 7.5])
def test_f02_the_last_image_is_labelled_within_three_pulses(rate_hz: float) -> None:
    pictures = speckle()
    picture, shots, last_ms = next(pictures), [], 0.0
    for number in range(60 * 14):
        if number * rate_hz % 60 < rate_hz and number < 60 * 8:
            picture, last_ms = next(pictures), number * 1000 / 60
        shots.append(Shot(number * 1000 / 60, picture))
    watched = watch_shots(shots, 14_000, {10: ModalitySet(Modality.FLUOROSCOPY)} | PLANNED)
    assert watched.states(100, last_ms) == {LIVE}
    assert 2_000 / rate_hz < watched.first_ms(FROZEN, last_ms) <= 3_000 / rate_hz
    held = watched.at(13_900)
    assert (held.truth.state, held.truth.cause) == (FROZEN, Cause.LAST_IMAGE_HOLD)
    assert_overlay_until(watched, last_ms, 3_000 / rate_hz)


def test_f02_the_pulse_rate_may_be_set_lower_and_a_single_exposure_is_labelled() -> None:
    arrivals, now_ns = Arrivals(), 0
    for interval_ms in [133] * 20 + [1_000] * 5:
        now_ns += interval_ms * MS
        arrivals = observe(arrivals, facts(arrivals.count, now_ns, True))
    assert arrivals.content.pulse_period_ns == 1_000 * MS  # at the first slower pulse
    now_ns += 30_000 * MS  # a pause, then one exposure: nothing is known of its rhythm
    arrivals = observe(arrivals, facts(arrivals.count, now_ns, True))
    for number in range(200):
        arrivals = observe(arrivals, facts(26 + number, now_ns + number * 17 * MS, False))
    truth = judge(arrivals, now_ns + 3_000 * MS, modality=Modality.FLUOROSCOPY)
    assert truth.cause is Cause.LAST_IMAGE_HOLD


def test_f02_noise_of_a_compressed_video_is_no_new_picture(tmp_path: Path) -> None:
    path, generator = tmp_path / "pulsed.mp4", np.random.default_rng(4)
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", 60, options={"crf": "23"})
        stream.width, stream.height, stream.pix_fmt = SIZE[1], SIZE[0], "yuv420p"
        stream.time_base = Fraction(1, 60)
        for number in range(60 * 6):
            if number % 20 == 0:  # 3 pulses a second, each with quantum noise of its own
                pixels = generator.normal(120, 12, SIZE).clip(0, 255).astype(np.uint8)
                pixels[100:140, 40 + number // 2 : 44 + number // 2] = 20
            for packet in stream.encode(av.VideoFrame.from_ndarray(pixels, format="gray")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    changed = [fact.changed for fact in file_facts(f"file:{path}?pace=stepped")]
    assert len(changed) == 360
    assert sum(changed) == pytest.approx(18, abs=1)


def file_facts(address: str) -> list[FrameFacts]:
    """What capture would record of a file, with its own times."""
    watched: list[FrameFacts] = []
    before: ImageU8 | None = None
    for frame in file_frames(address):
        now = thumbnail(frame.pixels)
        at_ns = frame.stamp.device_ns
        assert at_ns is not None
        watched.append(facts(len(watched), at_ns, content_changed(before, now)))
        before = now
    return watched


def file_frames(address: str) -> Iterator[VideoFrame]:
    source = Registry(load_drivers()).create(address, ManualClock())
    source.open()
    try:
        while True:
            yield source.read()
    except EndOfStream:
        pass
    finally:
        source.close()


# F03: a black or even picture


def noise(level: int, sigma: float) -> ImageU8:
    generator = np.random.default_rng(level)
    return frozen(generator.normal(level, sigma, SIZE).round().clip(0, 255).astype(np.uint8))


def blue_screen() -> ImageU8:
    pixels = np.zeros((*SIZE, 3), np.uint8)
    pixels[:, :, 0] = 255
    return frozen(pixels)


@pytest.mark.parametrize(
    ("blank", "words"),
    [
        (noise(0, 0), "black"),
        (noise(3, 1.5), "black"),
        (noise(128, 0), "one even colour"),
        (noise(60, 1.5), "one even colour"),
        (blue_screen(), "one even colour"),
    ],
)
@pytest.mark.parametrize("rate_hz", [60, 30, 5])
def test_f03_a_blank_picture_is_no_image_within_150_ms(
    blank: ImageU8, words: str, rate_hz: float
) -> None:
    shots = steady(0, 2_000, rate_hz, speckle()) + steady(2_000, 4_000, rate_hz, again(blank))
    watched = watch_shots(shots, 4_000, PLANNED)
    fault_ms = 2_000.0
    assert watched.first_ms(LOST, fault_ms) <= 150
    assert_overlay_until(watched, fault_ms, 0)
    truth = watched.at(3_900).truth
    assert (truth.state, truth.cause) == (LOST, Cause.NO_IMAGE)
    assert truth.reason == f"The picture is {words}. Is the scanner on?"


def test_f03_one_black_frame_hides_the_overlay_and_asks_for_nothing() -> None:
    pictures = speckle()
    shots = steady(0, 1_000, 60, pictures)
    shots[40] = replace(shots[40], pixels=noise(0, 0))
    watched = watch_shots(shots, 1_000, PLANNED)
    assert watched.states(300, 1_000) == {LIVE, LATE}
    assert sum(overlay_is_gone(s) for s in watched.between(600, 1_000)) in (1, 2, 3)


def probe_in_air() -> ImageU8:
    """Reverberation bands below the probe, and nothing under them."""
    pixels = np.zeros(SIZE, np.uint8)
    for row, level in ((0, 160), (12, 110), (24, 70), (36, 40)):
        pixels[row : row + 4] = level
    return frozen(pixels)


def test_f03_a_probe_in_air_is_an_image() -> None:
    watched = watch_shots(steady(0, 2_000, 30, again(probe_in_air())), 2_000)
    assert {snapshot.truth.cause for snapshot in watched.snapshots} == {Cause.NONE}


@pytest.mark.parametrize(
    "name",
    [
        "plus/BoneUltrasound_L14.igs.mha",
        "plus/SpinePhantomFreehand.igs.mha",
        "plus/USTC_FrameGrabber_ProbeTranslationData.igs.mha",
        "plus/UltrasonixCurvilinearScanConvertedData.igs.mha",
        "plus/WaterTankBottomTranslationVideoBuffer.igs.mha",
        "plus/fCal_Test_Calibration_3NWires.igs.mha",
        "plus/fCal_Test_Validation_3NWires.igs.mha",
        "noneedle/usgra-seg/images/*.png",
        "needle/*/*.png",
        "needle/*/*.jpg",
        "needle/paulokwija/ph_dev_first3s.mp4",
    ],
)
def test_f03_no_real_picture_is_called_blank(shared_data: Path, name: str) -> None:
    paths = sorted(shared_data.glob(name))
    assert paths
    for path in paths:
        pictures: Iterator[ImageU8] | ImageU8
        if path.suffix == ".mha":
            pictures = read_metaimage(path)
        else:
            pictures = (f.pixels for f in file_frames(f"file:{path}?pace=stepped"))
        shots = [Shot(n * 50, np.ascontiguousarray(p)) for n, p in enumerate(pictures)]
        watched = watch_shots(shots, 50 * len(shots) + 90)
        assert {s.truth.cause for s in watched.snapshots} == {Cause.NONE}


# F04: no frames


@pytest.mark.parametrize(("rate_hz", "bound_ms"), [(60, 250), (30, 250), (5, 600)])
def test_f04_a_stall_is_lost_within_its_bound(rate_hz: float, bound_ms: float) -> None:
    shots = steady(0, 3_000, rate_hz, speckle())
    watched = watch_shots(shots, 5_000, PLANNED)
    last_ms = shots[-1].at_ms
    assert watched.states(1_000, last_ms) == {LIVE}
    assert bound_ms < watched.first_ms(LOST, last_ms) <= bound_ms + PAINT_MS
    assert_overlay_until(watched, last_ms, bound_ms)
    assert watched.at(4_900).truth.reason == "No picture comes any more."


def test_f04_old_pictures_that_come_in_a_burst_after_a_stall_are_never_live() -> None:
    """What a sender queued for two seconds arrives within 100 ms; then it goes on as before."""
    pictures = speckle()
    queued = [Shot(5_000 + n * 1.6, p) for n, p in zip(range(60), pictures, strict=False)]
    back = steady(5_100, 7_000, 30, pictures)
    watched = watch_shots([*steady(0, 3_000, 30, pictures), *queued, *back], 7_000, PLANNED)
    assert watched.states(3_300, 4_990) == {LOST}
    assert watched.states(5_000, 5_099) == {LATE}
    assert watched.at(5_090).truth.reason == "Old pictures are catching up."
    assert watched.states(5_140, 6_990) == {LIVE}


# F05: the rate drops


def test_f05_a_rate_that_drops_is_said_with_its_figure_within_a_second() -> None:
    pictures = speckle()
    shots = steady(0, 3_000, 30, pictures) + steady(3_000, 9_000, 5, pictures)
    watched = watch_shots(shots, 9_000)
    assert {s.truth.caution for s in watched.between(300, 3_000)} == {""}
    assert {s.truth.caution for s in watched.between(4_000, 9_000)} == {"5/s, not 30"}
    assert watched.states(4_000, 8_990) == {LIVE}
    rate_hz = watched.at(8_900).truth.rate_hz
    assert rate_hz == pytest.approx(5, rel=0.02)
    assert max(s.frames_seen for s in watched.snapshots) == len(watched.facts)


def test_f05_a_source_far_below_what_it_states_says_so() -> None:
    slow = watch_shots(steady(0, 3_000, 14, speckle()), 3_000, stated_rate_hz=60)
    assert slow.at(2_900).truth.caution == "14/s, not 60"
    half = watch_shots(steady(0, 3_000, 30, speckle()), 3_000, stated_rate_hz=60)
    assert half.at(2_900).truth.caution == ""
    time_base = watch_shots(steady(0, 3_000, 30, speckle()), 3_000, stated_rate_hz=90_000)
    assert time_base.at(2_900).truth.caution == ""


# F06: another size or format in the middle


@pytest.mark.parametrize("other", [(120, 160), (*SIZE, 3)])
def test_f06_no_frame_of_another_kind_is_drawn_with_the_old_scale(other: tuple[int, ...]) -> None:
    generator = np.random.default_rng(3)
    strange = (frozen(generator.integers(0, 200, other, dtype=np.uint8)) for _ in iter(int, 1))
    shots = steady(0, 2_000, 30, speckle()) + steady(2_000, 3_000, 30, strange)
    watched = watch_shots(shots, 3_000, PLANNED | WATCHED)
    (before,) = {s.scale for s in watched.between(400, 1_990)}
    assert before is not None
    after = [s for s in watched.snapshots if s.frame and s.frame.geometry != GRAY]
    assert {(s.scale, s.plan, s.measures) for s in after} == {(None, Plan(), None)}
    assert after[0].frame is not None
    assert after[0].frame.number == 60  # the first frame of the new kind itself
    assert watched.states(2_000, 2_990) == {LIVE}


# F10: torn or short buffers


def test_f10_a_buffer_that_the_driver_dropped_is_counted(tmp_path: Path) -> None:
    """Short and damaged buffers never become frames; the driver leaves a gap in its numbers."""
    shots = steady(0, 1_000, 30, speckle())
    shots[20] = replace(shots[20], sequence=21)
    watched = watch_shots(shots, 1_000)
    assert [fact.number for fact in watched.facts] == list(range(30))
    assert watched.states(300, 990) == {LIVE}
    source = SourceInfo("shots:1", "shots", "1", Origin.DEVICE, 30.0)
    writer = SessionWriter.create(tmp_path, source, ManualClock())
    for fact in watched.facts:
        writer.lose_frame(fact, "not kept in this test")
    writer.seal()
    assert info(writer.path)["sources"][0]["frames_missed"] == 1


# F11: somebody moves the wall clock


def test_f11_a_moved_wall_clock_is_noted_and_changes_nothing_else(tmp_path: Path) -> None:
    watched = watch_shots(steady(0, 12_000, 30, speckle()), 12_000)
    assert watched.states(300, 11_990) == {LIVE}
    clock, began = ManualClock(), datetime(2026, 10, 25, 0, 59, 50, tzinfo=UTC)  # summer ends
    moved_s = {3.0: 3_600.0, 6.0: 0.0, 9.0: 0.9, 10.0: 1.8}  # one hour on and back; slewing

    def utc_now() -> datetime:
        elapsed_s = clock.now_ns() / 1e9
        offset_s = [0.0] + [moved for at_s, moved in moved_s.items() if at_s <= elapsed_s]
        return began + timedelta(seconds=elapsed_s + offset_s[-1])

    source = SourceInfo("shots:1", "shots", "1", Origin.DEVICE, 30.0)
    writer = SessionWriter.create(tmp_path, source, clock, utc_now=utc_now)
    for fact, snapshot in zip(watched.facts, watched.snapshots, strict=False):
        clock.advance(fact.stamp.arrival_ns - clock.now_ns())
        writer.lose_frame(fact, "not kept in this test")
        writer.write_snapshot(replace(snapshot, evaluated_ns=clock.now_ns()))
    writer.seal()
    with SessionReader(writer.path) as reader:
        assert [fault.text for fault in reader.faults] == [
            "The computer's clock was moved by +3600 s at 2026-10-25T00:59:53+00:00, "
            "or the computer was asleep.",
            "The computer's clock was moved by -3600 s at 2026-10-25T01:59:56+00:00, "
            "or the computer was asleep.",
        ]
        arrivals = [record.facts.stamp.arrival_ns for record in reader.frames]
        assert arrivals == [fact.stamp.arrival_ns for fact in watched.facts]
    assert info(writer.path)["duration_s"] == pytest.approx(12, abs=0.1)


# F12: time stamps that cannot be right


def timed(count: int, device_ms: dict[int, float], rate_hz: float = 30) -> list[Shot]:
    """Steady frames with the device's own time, which is wrong at the numbers given."""
    shots = steady(0, count * 1000 / rate_hz, rate_hz, speckle())
    right_ms = 70_000.0
    return [
        replace(shot, device_ms=device_ms.get(n, right_ms + shot.at_ms))
        for n, shot in enumerate(shots)
    ]


def test_f12_repeated_device_times_are_late_after_five_and_recover() -> None:
    shots = timed(90, dict.fromkeys(range(40, 50), 70_000.0 + 39 * 1000 / 30))
    watched = watch_shots(shots, 3_000)
    assert len(watched.facts) == 90  # no frame is dropped for its time
    assert watched.states(300, shots[44].at_ms - 1) == {LIVE}
    assert watched.states(shots[44].at_ms, shots[50].at_ms - 1) == {LATE}
    assert watched.at(shots[49].at_ms + 5).truth.reason == (
        "The times of the pictures cannot be right."
    )
    assert watched.states(shots[50].at_ms, 2_990) == {LIVE}
    assert watched.at(2_990).truth.doubtful_times == 10


@pytest.mark.parametrize("wrong_ms", [70_000.0 + 3_600_000, 5.0])
def test_f12_one_wrong_device_time_is_counted_and_disturbs_nothing(wrong_ms: float) -> None:
    watched = watch_shots(timed(90, {40: wrong_ms}), 3_000)
    assert watched.states(300, 2_990) == {LIVE}
    assert watched.at(2_990).truth.doubtful_times == 1


def test_f12_a_device_clock_that_was_set_anew_is_believed_again() -> None:
    shots = timed(90, {n: 5.0 + n * 1000 / 30 for n in range(40, 90)})
    watched = watch_shots(shots, 3_000)
    assert watched.states(300, 2_990) == {LIVE}
    assert watched.at(2_990).truth.doubtful_times == 1


def test_f12_a_growing_delay_is_late_with_its_figure() -> None:
    """The device tells how old its pictures are; the network delivers them later than before."""
    shots = timed(120, {})
    delayed = [replace(shot, at_ms=shot.at_ms + 340) for shot in shots[60:]]
    watched = watch_shots(shots[:60] + delayed, 4_300)
    assert watched.states(300, shots[59].at_ms) == {LIVE}
    assert watched.states(2_490, 4_300) == {LATE}
    assert watched.at(4_290).truth.reason == "The picture is 340 ms behind."


def test_f12_a_device_that_dates_its_pictures_is_believed_after_a_silence() -> None:
    """Nothing was queued, the device says: the first picture after it is LIVE at once."""
    shots = timed(120, {})
    watched = watch_shots([*shots[:60], *shots[66:]], 3_990)
    assert watched.states(shots[66].at_ms, 3_990) == {LIVE}


def test_f12_two_clocks_that_drift_apart_are_no_delay() -> None:
    """29.97 pictures a second dated as 30: a second in 17 minutes."""
    arrivals = Arrivals()
    for number in range(36_000):
        at_ns = number * 100 * MS
        stamp = Stamp(number, at_ns, int(at_ns * 0.999))
        arrivals = observe(arrivals, replace(facts(number, at_ns, True), stamp=stamp))
    assert judge(arrivals, at_ns).state is LIVE


@pytest.mark.parametrize("wrong_ms", [3_600_000.0, 100.0])
def test_f12_a_wrong_arrival_gives_no_negative_interval_and_hides_no_freeze(
    wrong_ms: float,
) -> None:
    pictures = speckle()
    shots = steady(0, 2_000, 30, pictures)
    shots[-1] = replace(shots[-1], stamped_ms=wrong_ms)
    shots += steady(2_000, 3_000, 30, again(shots[-1].pixels))
    for area in ({}, WATCHED):
        watched = watch_shots(shots, 3_000, area)
        assert watched.at(2_900).truth.state is FROZEN
        arrivals = Arrivals()
        for fact in watched.facts:
            arrivals = observe(arrivals, fact)
            assert min(arrivals.frames.intervals_ns, default=1) > 0
            assert min(arrivals.content.intervals_ns, default=1) > 0
    assert LIVE not in {s.truth.state for s in watched.between(shots[59].at_ms, 1_999)}


# Real pictures


@pytest.fixture
def needle_video(shared_data: Path) -> list[Shot]:
    path = shared_data / "needle" / "paulokwija" / "ph_dev_first3s.mp4"
    frames = file_frames(f"file:{path}?pace=stepped")
    return [Shot(n * 1000 / 60, frame.pixels) for n, frame in enumerate(frames)]


def test_a_real_20_fps_scan_in_a_60_fps_video_is_never_frozen(needle_video: list[Shot]) -> None:
    watched = watch_shots(needle_video, 2_990)
    unique_hz = sum(fact.changed for fact in watched.facts) / 3
    assert unique_hz == pytest.approx(20, abs=1)
    assert watched.states(0, 2_990) == {LIVE}
    height, width = needle_video[0].pixels.shape[:2]
    geometry = PictureGeometry(width, height, PixelFormat.BGR24)
    left, right, bottom = width // 8, width - width // 8, height // 2
    upper = rectangle(left, 0, right, bottom)
    watched = watch_shots(needle_video, 2_990, {100: LayoutFound(0, upper, geometry)})
    assert watched.states(0, 2_990) == {LIVE}


def test_a_real_scan_with_a_second_of_freeze_is_frozen_inside_its_bound(
    needle_video: list[Shot],
) -> None:
    moving, held = needle_video[:50], needle_video[49].pixels
    rest = [replace(shot, at_ms=shot.at_ms + 1_000) for shot in needle_video[50:]]
    shots = moving + steady(50 * 1000 / 60, 50 * 1000 / 60 + 1_000, 60, again(held)) + rest
    watched = watch_shots(shots, 3_990)
    last_new_ms = max(
        f.stamp.arrival_ns / MS for f in watched.facts if f.changed and f.number <= 50
    )
    assert 500 <= watched.first_ms(FROZEN, last_new_ms) <= 500 + 1000 / 60 + PAINT_MS
    assert watched.states(last_new_ms + 530, 50 * 1000 / 60 + 1_000) == {FROZEN}
    assert watched.states(2_000, 3_990) == {LIVE}
