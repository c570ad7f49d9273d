"""Figures from the pictures alone, on events made by hand."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from drivers.api.samples import PictureGeometry, PixelFormat
from guidance_app.domain.calibration import scale_from_two_points
from guidance_app.domain.commands import Command, CommandOutcome, NeedleSought
from guidance_app.domain.guided_needle import GuidedNeedle, NeedleSource, NeedleState
from guidance_app.domain.needle import NeedleSight, SeenNeedle
from guidance_app.domain.snapshot import Guidance, GuidanceMode, GuidanceSnapshot, Truth, TruthState
from guidance_app.training.seen_metrics import Event, NothingSeen, measure_seen, read_seen

STEP_NS = 100_000_000
SCALE = scale_from_two_points((0, 0), (0, 100), 10, PictureGeometry(640, 480, PixelFormat.GRAY8))


def needle(depth_mm: float, tip: bool = True, fading: bool = False) -> SeenNeedle:
    return SeenNeedle(
        tip_px=(100.0 + 10.0 * depth_mm, 100.0),
        far_px=(100.0, 100.0),
        angle_rad=0.0,
        sigma_along_px=1.0,
        sigma_across_px=1.0,
        sigma_angle_rad=0.01,
        confidence=0.99,
        tip_visible=tip,
        fading=fading,
    )


def events(
    seen: list[SeenNeedle | None],
    unseen: tuple[int, ...] = (),
    mode: GuidanceMode = GuidanceMode.ON,
    truth: TruthState = TruthState.LIVE,
) -> list[Event]:
    """One picture every STEP_NS, each with its snapshot."""

    def all_of_them() -> Iterator[Event]:
        for n, one in enumerate(seen):
            sought = NeedleSought(n, NeedleSight(one, "" if one else "none"))
            yield outcome(2 * n + 1, n, sought)
            guided = GuidedNeedle(
                NeedleSource.PICTURE, NeedleState.SEEN, needle=one, advances_unseen=n in unseen
            )
            yield snapshot(2 * n + 2, n, guided, mode, truth)

    return list(all_of_them())


def outcome(index: int, n: int, command: Command) -> CommandOutcome:
    return CommandOutcome(index, n * STEP_NS, n, command)


def snapshot(
    index: int, n: int, guided: GuidedNeedle, mode: GuidanceMode, truth: TruthState
) -> GuidanceSnapshot:
    return GuidanceSnapshot(
        index,
        n * STEP_NS,
        (n + 1) * STEP_NS,
        n,
        Truth(truth, ""),
        Guidance(mode),
        scale=SCALE,
        needle=guided,
    )


def figures(made: list[Event]) -> dict[str, float | None]:
    return {metric.name: metric.value for metric in measure_seen(read_seen(made))}


def test_shares_are_of_the_time_between_the_first_and_the_last_sight() -> None:
    shown = [needle(10.0), None, needle(11.0, tip=False), needle(12.0, fading=True)]
    found = figures(events([None] * 5 + shown + [None] * 5))
    assert found["needle_time"] == pytest.approx(0.4)
    assert found["needle_seen_share"] == pytest.approx(75.0)
    assert found["tip_seen_share"] == pytest.approx(200.0 / 3)
    assert found["fading_share"] == pytest.approx(100.0 / 3)


def test_in_the_plane_is_a_shaft_that_is_seen_now_and_does_not_fade() -> None:
    carried_on = replace(needle(11.0), coasted=1)
    shown = [needle(10.0), carried_on, needle(12.0, fading=True), needle(13.0, tip=False), None]
    assert figures(events(shown * 2))["time_in_plane"] == pytest.approx(0.4)


def test_going_on_unseen_is_counted_and_timed() -> None:
    found = figures(events([needle(10.0)] * 12, unseen=(2, 3, 7)))
    assert found["unseen_advances"] == 2.0
    assert found["unseen_advance_time"] == pytest.approx(0.3)


def test_passes_are_those_of_the_visible_length() -> None:
    to_and_fro = [*range(5, 40), *range(40, 15, -1), *range(15, 35)]
    shown = [needle(float(depth)) for depth in to_and_fro]
    assert figures(events(shown))["passes_seen"] == 2.0
    assert figures(events(shown[:30]))["passes_seen"] == 1.0
    off = [*shown[:20], needle(3.0), *shown[20:30]]
    assert figures(events(off))["passes_seen"] == 1.0
    assert figures(events(shown[:5]))["passes_seen"] is None


def test_guidance_and_truth_are_timed() -> None:
    shown = [needle(10.0)] * 11
    on, off = figures(events(shown)), figures(events(shown, mode=GuidanceMode.OFF))
    assert (on["guided_time"], off["guided_time"]) == (pytest.approx(1.0), 0.0)
    frozen = figures(events(shown, truth=TruthState.FROZEN))
    assert (on["not_live_time"], frozen["not_live_time"]) == (0.0, pytest.approx(1.0))


def test_a_pause_was_no_watching() -> None:
    made = events([needle(10.0)] * 4)
    later = [
        outcome(99, 600, NeedleSought(99, NeedleSight(needle(10.0)))),
        outcome(100, 601, NeedleSought(100, NeedleSight(None, "none"))),
    ]
    assert figures([*made, *later])["needle_time"] == pytest.approx(0.4)


def test_where_no_needle_was_seen_nothing_is_scored() -> None:
    with pytest.raises(NothingSeen, match="No needle was seen"):
        read_seen(events([None] * 9))
    unsearched = outcome(1, 0, NeedleSought(0, NeedleSight(None, "not yet"), searched=False))
    with pytest.raises(NothingSeen):
        read_seen([unsearched])
