"""Whether a detector is judged rightly: one that knows the truth, and ones that err knowingly."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from needle_baselines import GaborRansac, LongestHough
from needle_figures import calibration, over_time, single_frames
from needle_frames import Shots
from needle_judging import Columns, between, columns, judge
from needle_real import on_needle_free, on_screens, on_video
from needle_scenes import NOWHERE, frames

from drivers.opencv import cv2
from guidance_app.domain.needle import NeedleSight, SeenNeedle
from guidance_app.domain.picture_area import AreaShape, PictureArea
from guidance_app.processing.needle.search import Looked

MM_PER_PX = 0.1
WIDTH, HEIGHT, POINTS = 400, 300, 30
BOX = ((0.0, 0.0), (399.0, 0.0), (399.0, 299.0), (0.0, 299.0))
AREA = PictureArea(0, 0, WIDTH - 1, HEIGHT - 1, AreaShape.LINEAR, BOX)
Says = Callable[[SeenNeedle, int], SeenNeedle | None]


def shots(present: list[bool]) -> Shots:
    """A straight needle of 30 mm in some frames, pushed on by 0.5 mm from each to the next."""
    n = len(present)
    share = np.linspace(1.0, 0.0, POINTS)[:, None]
    shaft = np.array([[20.0, 10.0] + share * [240.0, 180.0] + [4.0 * k, 3.0 * k] for k in range(n)])
    shaft[~np.array(present, bool)] = np.nan
    x_mm, z_mm = MM_PER_PX * shaft[..., 0], MM_PER_PX * shaft[..., 1]
    return Shots(
        "straight",
        np.zeros((n, HEIGHT, WIDTH), np.uint8),
        np.arange(n),
        shaft,
        np.stack([x_mm, np.zeros_like(x_mm), z_mm], axis=2),
        np.isfinite(shaft[..., 0]),
        np.full(n, 30.0),
        np.zeros(n, bool),
        np.full(n, 15.0),
        MM_PER_PX,
        AREA,
    )


class Knowing:
    """Says what is true, or what is made of it; `invents` in pictures without a needle."""

    def __init__(self, truth: Shots, says: Says, invents: Says = lambda *_: None) -> None:
        self._truth, self._says, self._invents = truth, says, invents

    def look(self, looked: Looked) -> NeedleSight:
        shaft, n = self._truth.shaft_px[looked.number], looked.number
        if not self._truth.needle[n]:
            return NeedleSight(self._invents(seen((200.0, 200.0), (100.0, 100.0)), n))
        tip, far = (tuple(shaft[end].tolist()) for end in (0, -1))
        return NeedleSight(self._says(seen(tip, far), n))


def seen(tip: tuple[float, float], far: tuple[float, float]) -> SeenNeedle:
    angle_rad = math.atan2(tip[1] - far[1], tip[0] - far[0])
    return SeenNeedle(tip, far, angle_rad, 5.0, 2.0, 0.01, 0.9)


def truly(needle: SeenNeedle, _: int) -> SeenNeedle:
    return needle


def moved(along_px: float, across_px: float) -> Says:
    along, across = np.array([0.8, 0.6]) * along_px, np.array([-0.6, 0.8]) * across_px

    def says(needle: SeenNeedle, _: int) -> SeenNeedle:
        tip, far = (
            (np.array(end) + along + across).tolist() for end in (needle.tip_px, needle.far_px)
        )
        return replace(needle, tip_px=tuple(tip), far_px=tuple(far))

    return says


def said(
    truth: Shots, says: Says, invents: Says = lambda *_: None, sequence: bool = False
) -> Columns:
    return columns(judge(truth, lambda: Knowing(truth, says, invents), sequence))


def recalls(says: Says) -> tuple[float, float]:
    """Of tip and of line."""
    found = said(shots([True] * 8 + [False] * 8), says)
    stratum = single_frames(found, found)["strata"]["standard all"]
    return stratum["recall"], stratum["line_recall"]


def test_the_truth_is_perfect() -> None:
    found = said(shots([True] * 8 + [False] * 8), truly)
    figures = single_frames(found, found)
    assert recalls(truly) == (1.0, 1.0)
    assert figures["false_share"] == 0.0
    assert figures["precision"] == 1.0
    assert figures["errors_of_hits"]["tip_95th_mm"] == 0.0
    assert figures["errors_of_hits"]["angle_95th_deg"] == pytest.approx(0.0, abs=1e-6)
    assert figures["uncertainty"]["along"] == {"within_1": 1.0, "within_2": 1.0}


def test_a_tip_further_along_the_shaft_is_a_miss_on_the_right_line() -> None:
    assert recalls(moved(19.0, 0.0)) == (1.0, 1.0)
    assert recalls(moved(21.0, 0.0)) == (0.0, 1.0)


def test_a_line_beside_the_shaft_is_wrong() -> None:
    assert recalls(moved(0.0, 21.0)) == (0.0, 0.0)


def test_a_mirrored_needle_is_wrong() -> None:
    def mirrored(needle: SeenNeedle, _: int) -> SeenNeedle:
        ends = [(WIDTH - 1.0 - x, y) for x, y in (needle.tip_px, needle.far_px)]
        return seen(*ends)

    assert recalls(mirrored) == (0.0, 0.0)


def test_the_wrong_end_is_no_hit() -> None:
    assert recalls(lambda needle, _: seen(needle.far_px, needle.tip_px)) == (0.0, 1.0)


def test_a_tip_that_is_not_stated_is_no_hit() -> None:
    assert recalls(lambda needle, _: replace(needle, tip_visible=False)) == (0.0, 1.0)


def test_a_turned_line_is_wrong_from_three_degrees_on() -> None:
    def turned(degrees: float) -> Says:
        return lambda needle, _: replace(needle, angle_rad=needle.angle_rad + math.radians(degrees))

    assert recalls(turned(2.9)) == (1.0, 1.0)
    assert recalls(turned(3.1)) == (1.0, 0.0)


def test_lines_have_no_direction() -> None:
    assert math.degrees(between(math.radians(89), math.radians(-89))) == pytest.approx(-2.0)


def test_what_cannot_be_seen_is_not_asked_for() -> None:
    truth = shots([True] * 4)
    truth.visible[0, 0] = False  # the tip has left the plane
    truth.visible[1, 6:] = False  # 30 mm in 29 steps: 5.2 mm are left
    found = said(truth, lambda *_: None)
    assert found["counts"].tolist() == [False, False, True, True]
    assert single_frames(found, found)["left_out_tip_not_visible"] == 1
    assert single_frames(found, found)["left_out_shaft_too_short"] == 1


@pytest.mark.parametrize(("stated", "recall"), [(0.95, 1.0), (0.8, 0.0)])
def test_recall_is_taken_where_one_percent_is_false(stated: float, recall: float) -> None:
    """Two of 100 needles are invented with 0.9, so that less than that is not believed."""
    truth = shots([True] * 10 + [False] * 100)
    invents = {10: 0.9, 11: 0.9}
    found = said(
        truth,
        lambda needle, _: replace(needle, confidence=stated),
        lambda needle, n: replace(needle, confidence=invents[n]) if n in invents else None,
    )
    figures = single_frames(found, found)
    assert figures["false_share"] == 0.02
    assert figures["strata"]["standard all"]["recall"] == 1.0
    assert figures["strata"]["standard all"]["recall_at_1_percent_false"] == recall
    assert figures["precision"] == pytest.approx(10 / 12, abs=1e-4)
    assert figures["line_precision"] == pytest.approx(10 / 12, abs=1e-4)
    assert figures["sites"]["straight"]["false_share"] == 0.02


def test_stated_sigmas_are_held_against_the_errors() -> None:
    """Errors along the shaft of 1.5 sigmas, and none across."""
    found = said(shots([True] * 8), moved(7.5, 0.0))
    figures = single_frames(found, found)["uncertainty"]
    assert figures["along"] == {"within_1": 0.0, "within_2": 1.0}
    assert figures["across"] == {"within_1": 1.0, "within_2": 1.0}
    assert figures["ellipse"] == {"within_1": 0.0, "within_2": 1.0}
    assert np.allclose(np.abs(found["along_sigmas"]), 1.5)


def test_a_needle_that_has_left_may_be_carried_on_for_three_frames() -> None:
    truth = shots([True] * 5 + [False] * 10)
    carried = said(truth, truly, lambda needle, n: needle if n < 8 else None, sequence=True)
    assert over_time([carried])["false_locks"] == 0
    longer = said(truth, truly, lambda needle, n: needle if n < 9 else None, sequence=True)
    assert over_time([longer])["false_locks"] == 1
    twice = said(
        truth, truly, lambda needle, n: needle if n in (9, 10, 12) else None, sequence=True
    )
    assert over_time([twice])["false_locks"] == 2
    assert over_time([twice])["false_frames"] == 3
    assert over_time([twice])["free_frames"] == 7


@pytest.mark.parametrize(("lost", "again"), [(1, 1.0), (4, 1.0), (5, 0.0), (9, 0.0)])
def test_a_lost_needle_is_to_be_found_in_the_fifth_frame(lost: int, again: float) -> None:
    truth = shots([True] * 20)
    figures = over_time(
        [said(truth, lambda needle, n: None if 5 <= n < 5 + lost else needle, sequence=True)]
    )
    assert figures["losses"] == 1
    assert figures["found_again_within_5"] == again
    assert figures["frames_to_first_find"]["median"] == 1.0


def test_a_needle_that_comes_back_into_the_plane_is_to_be_found_again() -> None:
    truth = shots([True] * 20)
    truth.visible[6:10] = False
    hidden = said(truth, lambda needle, n: None if 6 <= n < 13 else needle, sequence=True)
    assert over_time([hidden])["found_again_within_5"] == 1.0
    late = said(truth, lambda needle, n: None if 6 <= n < 15 else needle, sequence=True)
    assert over_time([late])["found_again_within_5"] == 0.0


def test_confidence_is_held_against_the_share_of_hits() -> None:
    """Nine tips of ten stated with 0.9 are right, and one of two stated with 0.3."""
    truth, wrong = shots([True] * 12), moved(40.0, 0.0)

    def says(needle: SeenNeedle, n: int) -> SeenNeedle | None:
        needle = replace(needle, confidence=0.9 if n < 10 else 0.3)
        return wrong(needle, n) if n in (0, 11) else needle

    figures = calibration(said(truth, says, sequence=True))
    assert figures["findings_stated_85_to_95"] == 10
    assert figures["hits_stated_85_to_95"] == 0.9
    assert [row["findings"] for row in figures["table"]] == [0, 0, 0, 2, 0, 0, 0, 0, 0, 10]
    assert figures["table"][3]["hits"] == 0.5


@pytest.mark.parametrize("baseline", [GaborRansac, LongestHough])
def test_a_baseline_finds_a_bright_line(baseline: type[GaborRansac | LongestHough]) -> None:
    rng = np.random.default_rng(1)
    picture = rng.integers(20, 60, (HEIGHT, WIDTH), np.uint8)
    cv2.line(picture, (60, 40), (280, 200), 220, 3, cv2.LINE_AA)
    needle = baseline().look(Looked(picture, AREA, 0)).needle
    assert needle is not None
    assert math.dist(needle.tip_px, (280, 200)) < 12
    assert math.dist(needle.far_px, (60, 40)) < 12
    assert needle.angle_rad == pytest.approx(math.atan2(160, 220), abs=0.02)


def test_a_scene_is_repeatable_and_its_shaft_stands_out_as_much_as_is_said() -> None:
    first, again = list(frames(1000)), list(frames(1000))
    with_needle = [shot for shot in first if shot.lie is not NOWHERE]
    assert len(with_needle) == 5
    assert len(first) == 10
    for one, other in zip(first, again, strict=True):
        assert np.array_equal(one.pixels, other.pixels)
    shot = max(with_needle, key=lambda one: one.contrast_db)
    x, y = np.round(shot.lie.shaft_px[shot.lie.visible]).astype(int).T
    around = cv2.blur(shot.pixels.astype(np.float32), (25, 25))
    assert shot.contrast_db > 6
    assert np.median(shot.pixels[y, x] - around[y, x]) > 15


class Always:
    """Says the same of every picture."""

    def __init__(self, needles: list[SeenNeedle | None]) -> None:
        self._needles = needles

    def look(self, looked: Looked) -> NeedleSight:
        return NeedleSight(self._needles[min(looked.number, len(self._needles) - 1)])


def test_on_the_video_the_bright_line_is_told_from_the_needle(shared_data: Path) -> None:
    folder = shared_data / "needle" / "paulokwija"
    needle, decoy = seen((512.0, 178.0), (855.0, 87.0)), seen((900.0, 722.0), (100.0, 432.0))
    figures = on_video(folder, lambda: Always([needle] * 100 + [decoy]))
    assert figures["area_found"]
    assert (figures["frames"], figures["decoy_frames"], figures["elsewhere_frames"]) == (180, 80, 0)
    assert figures["annotated_right"] == sum(one["right"] for one in figures["annotated"]) == 4


def test_on_screens_a_needle_must_lie_inside_the_picture(shared_data: Path) -> None:
    folder = shared_data / "needle" / "janwolzenburg"
    inside, outside = seen((760.0, 503.0), (400.0, 297.0)), seen((760.0, 503.0), (300.0, 240.0))
    assert on_screens(folder, lambda: Always([inside]))["screens"][0]["right"]
    assert not on_screens(folder, lambda: Always([outside]))["screens"][0]["right"]


def test_whatever_is_found_without_a_needle_is_false(shared_data: Path) -> None:
    folder = shared_data / "noneedle" / "usgra-seg"
    needle = seen((200.0, 200.0), (100.0, 100.0))
    assert on_needle_free(folder, lambda: Always([needle]))["false_images"] == 40
    assert on_needle_free(folder, lambda: Always([None]))["false_images"] == 0
