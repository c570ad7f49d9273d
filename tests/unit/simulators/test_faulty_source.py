"""Each fault as the reader of a source meets it, on simulated time."""

import threading
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import yaml
from counting_source import HEIGHT_PX, WIDTH_PX, CountingSource, picture
from scripted_plan import plan

from drivers.api.address import parse_address
from drivers.api.clock import ManualClock, SystemClock
from drivers.api.errors import (
    DeviceError,
    Disconnected,
    EndOfStream,
    NotFound,
    ProtocolViolation,
    Timeout,
)
from drivers.api.ports import SourceInfo
from drivers.api.samples import ImageU8, Origin, PixelFormat, VideoFrame
from simulators.fault_kinds import KINDS
from simulators.faults import FaultySource, wrap
from simulators.sources import DRIVER

START_NS = 9_000_000_000
MS = 1_000_000


@dataclass
class Bench:
    """A source under faults, its clock, and what was read from it."""

    source: FaultySource
    inner: CountingSource
    clock: ManualClock
    info: SourceInfo

    @property
    def now_ms(self) -> float:
        return (self.clock.now_ns() - START_NS) / MS

    def frames(self, count: int) -> list[VideoFrame]:
        return [self.source.read() for _ in range(count)]

    def fails(self) -> DeviceError:
        with pytest.raises(DeviceError) as raised:
            while True:
                self.source.read()
        return raised.value


def bench(
    *faults: dict[str, object],
    origin: Origin = Origin.DEVICE,
    count: int | None = None,
    identity: str | None = None,
    seed: int = 1,
) -> Bench:
    clock = ManualClock(START_NS)
    inner = CountingSource(clock, origin, count=count, identity=identity)
    source = FaultySource(inner, plan(*faults, seed=seed), clock, "test.yaml")
    return Bench(source, inner, clock, source.open())


def shown(frames: list[VideoFrame]) -> list[int | None]:
    """Which of the source's pictures each frame shows; None for one it never made."""
    known = {picture(number).tobytes(): number for number in reversed(range(7))}
    return [known.get(frame.pixels.tobytes()) for frame in frames]


def balance(source: FaultySource) -> None:
    counts = source.counts
    assert counts.made + counts.duplicated == counts.delivered + counts.lost + counts.waiting


def arrivals_ms(frames: list[VideoFrame]) -> list[float]:
    return [(frame.stamp.arrival_ns - START_NS) / MS for frame in frames]


def sequences(frames: list[VideoFrame]) -> list[int]:
    return [frame.stamp.sequence for frame in frames]


def test_without_an_active_fault_frames_pass_as_they_are() -> None:
    calm, plain = bench({"kind": "black", "at": 900}), CountingSource(ManualClock(START_NS))
    plain.open()
    for ours, theirs in zip(calm.frames(5), [plain.read() for _ in range(5)], strict=True):
        assert ours.stamp == theirs.stamp
        assert ours.pixels.tobytes() == theirs.pixels.tobytes()
    assert calm.info.fault_plan == "test"
    assert calm.info.address == "count:1?faults=test.yaml"
    balance(calm.source)


class EarlySource(CountingSource):
    """Live: its first picture came while it was opened."""

    def open(self) -> SourceInfo:
        info = super().open()
        self._clock.wait_until(self._clock.now_ns() + 30 * MS, self._interrupted)
        return info

    def read(self) -> VideoFrame:
        frame = super().read()
        came_ns = self._opened_ns + frame.stamp.sequence * self._period_ns
        return replace(frame, stamp=replace(frame.stamp, arrival_ns=came_ns))


def test_a_fault_at_0_meets_a_picture_that_came_before_the_source_was_open() -> None:
    clock = ManualClock(START_NS)
    source = FaultySource(EarlySource(clock), plan({"kind": "black", "at": 0}), clock)
    source.open()
    opened_ns = clock.now_ns()
    frame = source.read()
    assert frame.stamp.arrival_ns < opened_ns
    assert not frame.pixels.any()


def test_what_is_held_back_for_long_is_waited_for() -> None:
    late = bench({"kind": "delay", "at": 0.04, "delay_ms": 5000})
    assert arrivals_ms(late.frames(3)) == [0, 5040, 5080]


def test_lost_pictures_are_gaps_and_the_same_ones_each_time() -> None:
    fault = {"kind": "drop", "at": 0, "probability": 0.5}
    runs = [sequences(bench(fault).frames(40)) for _ in range(2)]
    assert runs[0] == runs[1] != sequences(bench(fault, seed=2).frames(40))
    lossy = bench(fault)
    last = sequences(lossy.frames(40))[-1]
    assert lossy.source.counts.lost == last + 1 - 40 > 10
    assert lossy.source.event_counts == {"drop": lossy.source.counts.lost}
    balance(lossy.source)


def test_how_fast_a_source_is_read_changes_nothing() -> None:
    faults = (
        {"kind": "freeze", "at": 0.2, "for": 0.3},
        {"kind": "tear", "at": 0, "probability": 0.4},
    )
    steady = bench(*faults, origin=Origin.FILE).frames(30)
    late = bench(*faults, origin=Origin.FILE)
    frames = []
    for number in range(30):
        late.clock.advance(number % 7 * 50 * MS)
        frames.append(late.source.read())
    assert [f.pixels.tobytes() for f in frames] == [f.pixels.tobytes() for f in steady]
    assert arrivals_ms(frames) != arrivals_ms(steady)


def test_a_simulator_that_is_read_late_meets_the_same_faults() -> None:
    faults = plan(
        {"kind": "black", "at": 1, "for": 0.2}, {"kind": "drop", "at": 0, "probability": 0.3}
    )
    seen: list[dict[int, bytes]] = []
    for first_read_ms in (0, 330):
        clock = ManualClock(START_NS)
        source = FaultySource(DRIVER.create(parse_address("sim:knee"), clock), faults, clock)
        source.open()
        clock.advance(first_read_ms * MS)
        frames = [source.read() for _ in range(30)]
        source.close()
        seen.append({frame.stamp.sequence: frame.pixels.tobytes() for frame in frames})
    steady, late = seen
    first, last = min(late), max(steady)
    assert first >= 9
    assert {n: p for n, p in steady.items() if n >= first} == {
        n: p for n, p in late.items() if n <= last
    }
    assert any(not any(pixels) for pixels in late.values())


def test_a_stall_is_silence_and_then_a_timeout_as_a_driver_has_it() -> None:
    short = bench({"kind": "stall", "at": 0.2, "for": 0.8})
    frames = short.frames(6)
    assert arrivals_ms(frames)[-2:] == [160, 1000]
    assert sequences(frames)[-2:] == [4, 25]
    assert short.source.counts.lost == 20
    long = bench({"kind": "stall", "at": 0.2, "for": 3})
    assert isinstance(long.fails(), Timeout)
    assert 1160 < long.now_ms <= 1240
    assert long.source.open().address  # the device is there


def test_pictures_that_come_twice_have_numbers_of_their_own() -> None:
    twice = bench({"kind": "duplicate", "at": 0.08, "for": 0.08})
    frames = twice.frames(7)
    assert sequences(frames) == list(range(7))
    assert shown(frames) == [0, 1, 2, 2, 3, 3, 4]
    assert twice.source.counts.duplicated == 2
    balance(twice.source)


def test_a_delay_keeps_the_pace_and_is_stamped_when_it_is_over() -> None:
    late = bench({"kind": "delay", "at": 0.2, "delay_ms": 150})
    frames = late.frames(12)
    assert arrivals_ms(frames) == [0, 40, 80, 120, 160, *range(350, 630, 40)]
    assert sequences(frames) == list(range(12))
    assert late.source.counts.waiting > 0
    late.source.close()
    balance(late.source)


def test_jitter_keeps_the_order_and_stays_inside_its_bound() -> None:
    unsteady = bench({"kind": "jitter", "at": 0, "jitter_ms": 100})
    frames = unsteady.frames(60)
    delays = [arrival - 40 * n for n, arrival in enumerate(arrivals_ms(frames))]
    assert sequences(frames) == list(range(60))
    assert min(delays) >= 0 and max(delays) <= 100
    assert max(delays) - min(delays) > 50
    assert all(b.stamp.arrival_ns >= a.stamp.arrival_ns for a, b in pairwise(frames))


def test_a_burst_comes_all_at_once() -> None:
    held = bench({"kind": "burst", "at": 0.2, "for": 0.4})
    frames = held.frames(17)
    assert arrivals_ms(frames)[4:16] == [160] + [600] * 11
    assert shown(frames) == [n % 7 for n in range(17)]
    assert held.source.counts.lost == 0


def test_what_was_held_back_is_gone_when_the_source_is_opened_again() -> None:
    held = bench({"kind": "delay", "at": 0, "for": 0.2, "delay_ms": 5000})
    assert arrivals_ms(held.frames(1)) == [5000]
    waiting = held.source.counts.waiting
    held.source.close()
    assert held.source.counts.lost == waiting > 100
    held.source.open()
    assert arrivals_ms(held.frames(2)) == [5000, 5040]
    balance(held.source)


def test_what_is_held_back_is_delivered_before_the_end() -> None:
    late = bench({"kind": "delay", "at": 0, "delay_ms": 500}, origin=Origin.FILE, count=8)
    assert sequences(late.frames(8)) == list(range(8))
    for _ in range(2):
        assert isinstance(late.fails(), EndOfStream)


def test_a_lower_rate_loses_the_pictures_between() -> None:
    slow = bench({"kind": "rate_drop", "at": 0, "rate_hz": 5})
    frames = slow.frames(6)
    assert arrivals_ms(frames) == [0, 200, 400, 600, 800, 1000]
    assert sequences(frames) == [0, 5, 10, 15, 20, 25]


def test_a_frozen_picture_is_the_last_one_before() -> None:
    frames = bench({"kind": "freeze", "at": 0.12, "for": 0.12}).frames(7)
    assert shown(frames) == [0, 1, 2, 2, 2, 2, 6]
    assert arrivals_ms(frames) == [40 * n for n in range(7)]


def test_a_pulse_renews_the_picture_only_so_often() -> None:
    frames = bench({"kind": "pulse", "at": 0, "rate_hz": 12.5}).frames(6)
    assert shown(frames) == [0, 0, 2, 2, 4, 4]


def test_a_held_image_is_marked() -> None:
    frames = bench({"kind": "last_image_hold", "at": 0.12}).frames(6)
    assert shown(frames)[:3] == [0, 1, 2]
    assert np.array_equal(frames[3].pixels, frames[5].pixels)
    assert frames[3].pixels.max() == 255 and frames[2].pixels.max() < 255


def test_a_frozen_console_goes_on_beside_its_picture() -> None:
    area, clock = [0, 0, 64, 32], [32, 36, 32, 10]
    fault = {"kind": "console_freeze", "at": 0.08, "area_px": area, "clock_px": clock}
    frames = [frame.pixels for frame in bench(fault).frames(32)]
    assert np.array_equal(frames[2][:32], picture(1)[:32])
    assert np.array_equal(frames[5][:32], frames[2][:32])
    assert np.array_equal(frames[5][32:, :32], picture(5)[32:, :32])
    clocks = [frame[36:46, 32:].tobytes() for frame in frames[2:]]
    assert [a == b for a, b in pairwise(clocks)].count(False) == 1  # it shows seconds


@pytest.mark.parametrize(("kind", "level"), [("black", 0), ("grey", 128)])
def test_a_uniform_picture(kind: str, level: int) -> None:
    frame = bench({"kind": kind, "at": 0.04}).frames(2)[1]
    assert set(frame.pixels.ravel()) == {level}


def test_a_torn_picture_has_the_one_before_below() -> None:
    torn = bench({"kind": "tear", "at": 0.04}).frames(2)[1].pixels
    same = [np.array_equal(row, picture(1)[0]) for row in torn]
    cut = same.index(False)
    assert HEIGHT_PX // 4 <= cut < HEIGHT_PX and not any(same[cut:])
    assert all(np.array_equal(row, picture(0)[0]) for row in torn[cut:])


def test_a_corrupted_picture_is_damaged_in_part() -> None:
    damaged = bench({"kind": "corrupt", "at": 0.04}).frames(2)[1].pixels
    assert damaged.shape == (HEIGHT_PX, WIDTH_PX)
    changed = (damaged != picture(1)).any(axis=1)
    assert 0 < changed.sum() <= HEIGHT_PX


@pytest.mark.parametrize("kind", ["tear", "corrupt"])
def test_damage_that_the_driver_notices_is_a_gap(kind: str) -> None:
    careful = bench({"kind": kind, "at": 0.12, "for": 0.08, "noticed": True})
    assert sequences(careful.frames(5)) == [0, 1, 2, 5, 6]
    assert careful.source.counts.lost == 2


def test_another_size_drops_the_stated_scale() -> None:
    clock = ManualClock(START_NS)
    inner = DRIVER.create(parse_address("sim:knee"), clock)
    resized = plan({"kind": "resize", "at": 0.03, "size": "320x200"})
    source = FaultySource(inner, resized, clock)
    source.open()
    before, after = source.read(), source.read()
    source.close()
    assert before.regions and not after.regions
    assert (after.geometry.width_px, after.geometry.height_px) == (320, 200)


def test_another_format() -> None:
    frame = bench({"kind": "reformat", "at": 0}).frames(1)[0]
    assert frame.pixel_format is PixelFormat.BGR24
    assert frame.pixels.shape == (HEIGHT_PX, WIDTH_PX, 3)


@pytest.mark.parametrize(
    ("fault", "device_ms"),
    [
        ({"kind": "future_stamps", "at": 0.08, "for": 0.04, "ahead_s": 1}, [0, 40, 1080, 120]),
        ({"kind": "standing_stamps", "at": 0.08}, [0, 40, 80, 80]),
        ({"kind": "backward_stamps", "at": 0.08}, [0, 40, 80, 40]),
        ({"kind": "clock_step", "at": 0.08, "step_s": -2}, [0, 40, -1920, -1880]),
    ],
)
def test_a_false_time_of_the_device(fault: dict[str, object], device_ms: list[int]) -> None:
    frames = bench(fault).frames(4)
    assert [(f.stamp.device_ns or 0) / MS for f in frames] == device_ms
    assert arrivals_ms(frames) == [0, 40, 80, 120]  # the host's own stamp stays honest


def test_a_driver_that_lies_about_the_arrival() -> None:
    frames = bench({"kind": "false_arrival", "at": 0.08, "for": 0.04, "offset_ms": -500}).frames(4)
    assert arrivals_ms(frames) == [0, 40, -420, 120]


def test_unplugged_it_is_gone_until_it_is_plugged_in_again() -> None:
    cut = bench({"kind": "unplug", "at": 5, "for": 2}, identity="SN-1")
    gone = cut.fails()
    assert isinstance(gone, Disconnected) and "unplugged" in str(gone)
    assert cut.now_ms == 5000
    cut.source.close()
    for _ in range(4):
        with pytest.raises(NotFound, match="not attached"):
            cut.source.open()
        cut.clock.advance(500 * MS)
    info = cut.source.open()
    assert (info.identity, cut.now_ms, cut.inner.openings) == ("SN-1", 7000, 2)
    assert sequences(cut.frames(2)) == [0, 1]
    balance(cut.source)


def test_a_moment_without_the_device_is_noticed_even_between_two_pictures() -> None:
    cut = bench({"kind": "unplug", "at": 0.09, "for": 0.01})
    assert isinstance(cut.fails(), Disconnected)
    assert cut.now_ms == 120
    assert cut.source.open()
    assert sequences(cut.frames(30)) == list(range(30))


def test_another_device_says_that_it_is_one() -> None:
    swapped = bench(
        {"kind": "unplug", "at": 1, "for": 1, "returns_as": "SN-2"},
        {"kind": "unplug", "at": 4, "for": 1},
    )
    identities = [swapped.info.identity]
    for _ in range(2):
        swapped.fails()
        swapped.clock.advance(1000 * MS)
        identities.append(swapped.source.open().identity)
    assert identities == ["first", "SN-2", "first"]


def test_opening_takes_its_time_and_has_a_limit() -> None:
    clock = ManualClock(START_NS)
    slow = FaultySource(
        CountingSource(clock), plan({"kind": "slow_open", "at": 0, "delay_s": 4}), clock
    )
    slow.open()
    assert clock.now_ns() - START_NS == 4000 * MS
    hopeless = plan({"kind": "slow_open", "at": 0, "delay_s": 60})
    with pytest.raises(Timeout, match="10 s"):
        FaultySource(CountingSource(clock), hopeless, clock).open()
    assert clock.now_ns() - START_NS == 14_000 * MS


def test_interrupt_ends_what_waits() -> None:
    late = bench(
        {"kind": "delay", "at": 0, "delay_ms": 5000}, {"kind": "slow_open", "at": 0, "delay_s": 9}
    )
    late.source.interrupt()
    with pytest.raises(Disconnected, match="reading was stopped"):
        late.source.read()
    with pytest.raises(Disconnected, match="opening was stopped"):
        late.source.open()


def test_interrupt_from_another_thread_ends_a_wait_on_the_real_clock() -> None:
    clock = SystemClock()
    inner = CountingSource(clock, rate_hz=1000.0, count=3)
    source = FaultySource(inner, plan({"kind": "delay", "at": 0, "delay_ms": 5000}), clock)
    source.open()
    other = threading.Thread(target=source.interrupt)
    other.start()
    with pytest.raises(Disconnected):
        source.read()
    other.join()


def test_memory_for_what_is_held_back_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulators.faults.HELD_BYTES", 10 * WIDTH_PX * HEIGHT_PX)
    late = bench({"kind": "burst", "at": 0, "for": 2})
    frames = late.frames(10)
    assert sequences(frames)[0] == late.source.counts.lost == 40
    balance(late.source)


def test_every_kind_leaves_the_balance_closed_and_the_source_in_contract() -> None:
    for kind in KINDS.values():
        made = {"kind": kind.kind, "at": 0.2, "for": 0.4, **_example(kind.example)}
        busy = bench(made)
        for _ in range(40):
            try:
                frame = busy.source.read()
            except Disconnected:
                busy.clock.advance(500 * MS)
                busy.source.open()
                continue
            assert frame.pixels.flags.c_contiguous and not frame.pixels.flags.writeable
            assert frame.pixels.dtype == np.uint8
            balance(busy.source)
        assert kind.kind in busy.source.event_counts or not _is_seen(kind.kind), kind.kind


def _is_seen(kind: str) -> bool:
    return kind not in ("dribble", "slow_open")


def _example(text: str) -> dict[str, object]:
    return yaml.safe_load("{" + text + "}")


def test_a_plan_for_wires_alone_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wire.yaml"
    path.write_text("faults: [{kind: dribble, at: 0, interval_ms: 5}]")
    clock = ManualClock()
    with pytest.raises(ProtocolViolation, match="guidance simulate relay"):
        wrap(CountingSource(clock), str(path), clock)


class WritableSource(CountingSource):
    """Nothing but the reader's care keeps its pictures as they were."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock)
        self.given: list[tuple[ImageU8, bytes]] = []

    def read(self) -> VideoFrame:
        frame = super().read()
        pixels = frame.pixels.copy()
        self.given.append((pixels, pixels.tobytes()))
        return replace(frame, pixels=pixels)


REPAINTED = ("last_image_hold", "console_freeze", "black", "grey", "mirror", "tear", "corrupt")
REPLACED = ("freeze", "pulse", "resize", "reformat")


@pytest.mark.parametrize("kind", [*REPAINTED, *REPLACED])
def test_the_pictures_of_the_source_are_never_written_to(kind: str) -> None:
    clock = ManualClock(START_NS)
    inner = WritableSource(clock)
    fault = {"kind": kind, "at": 0.2, **_example(KINDS[kind].example)}
    source = FaultySource(inner, plan(fault), clock)
    source.open()
    for _ in range(10):
        source.read()
    assert source.event_counts[kind]
    assert all(pixels.tobytes() == before for pixels, before in inner.given)
