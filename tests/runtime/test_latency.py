"""The delay of the last second, by rank: what is said was really met by so many pictures."""

from guidance_app.runtime.latency import MOST_REMEMBERED, Latency, LatencyMeter
from guidance_app.session.format import PaintRecord

MS = 1_000_000


def paint(at_ms: int, latency_ms: int) -> PaintRecord:
    return PaintRecord((at_ms - latency_ms) * MS, at_ms * MS)


def test_without_a_paint_there_is_no_delay() -> None:
    assert LatencyMeter().recent(0) is None


def test_half_and_95_percent_of_the_pictures_were_within_the_figures() -> None:
    meter = LatencyMeter()
    for latency_ms in range(20, 0, -1):
        meter.note(paint(1_000 + latency_ms, latency_ms))
    assert meter.recent(1_020 * MS) == Latency(10 * MS, 19 * MS)


def test_only_the_last_second_counts() -> None:
    meter = LatencyMeter()
    meter.note(paint(1_000, 90))
    meter.note(paint(1_500, 7))
    assert meter.recent(2_000 * MS) == Latency(7 * MS, 90 * MS)
    assert meter.recent(2_001 * MS) == Latency(7 * MS, 7 * MS)
    assert meter.recent(2_501 * MS) is None


def test_a_burst_is_remembered_in_part() -> None:
    meter = LatencyMeter()
    for number in range(MOST_REMEMBERED + 1):
        meter.note(paint(1_000, 900 if number == 0 else 5))
    assert meter.recent(1_000 * MS) == Latency(5 * MS, 5 * MS)
