"""The shaft of a candidate and its tip, in drawn speckle and in the simulator's pictures."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from drawn_needles import DrawnNeedle, draw
from numpy.typing import NDArray

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.domain.calibration import Point
from guidance_app.processing.needle.courses import straight, through
from guidance_app.processing.needle.found_tip import Tip
from guidance_app.processing.needle.shaft import Shaft, refine_shaft
from guidance_app.processing.needle.tip import find_tip
from simulators.pictures import RATE_HZ, Pictures, build_pictures
from simulators.scenario import Scenario

ROUGH = (0.15, 0.8)
"""Parts of a needle's length between which candidates lie."""
Bools = NDArray[np.bool_]


def everywhere(picture: ImageU8) -> Bools:
    return np.ones(picture.shape, np.bool_)


def roughly(
    needle: DrawnNeedle, part: tuple[float, float] = ROUGH, off: float = 2.0
) -> tuple[Point, Point]:
    """A straight candidate on a needle, tilted by so many pixels."""
    (ax, ay), (bx, by) = needle.points(np.array(part)).tolist()
    return (ax, ay + off), (bx, by - off)


def shaft_of(picture: ImageU8, candidate: tuple[Point, Point]) -> Shaft:
    shaft = refine_shaft(picture, everywhere(picture), *candidate)
    assert shaft is not None
    return shaft


def tip_of(picture: ImageU8, candidate: tuple[Point, Point], inside: Bools | None = None) -> Tip:
    inside = everywhere(picture) if inside is None else inside
    shaft = refine_shaft(picture, inside, *candidate)
    assert shaft is not None
    tip = find_tip(picture, inside, shaft)
    assert tip is not None
    return tip


def off(needle: DrawnNeedle, tip: Tip) -> tuple[float, float, float]:
    """How far beyond and beside the true tip it is found (px), and how much turned (rad)."""
    angle = needle.angle_at_tip_rad
    c, s = math.cos(angle), math.sin(angle)
    x, y = tip.tip_px[0] - needle.tip[0], tip.tip_px[1] - needle.tip[1]
    turned = (tip.angle_rad - angle + math.pi / 2) % math.pi - math.pi / 2
    return c * x + s * y, c * y - s * x, turned


@pytest.mark.parametrize("bend_px", [0.0, 6.0, -6.0])
def test_a_course_goes_through_its_points(bend_px: float) -> None:
    needle = DrawnNeedle(bend_px=bend_px)
    entry, middle, tip = ((x, y) for x, y in needle.points(np.array([0.0, 0.5, 1.0])).tolist())
    course = through(entry, middle, tip)
    assert course.bend_px == pytest.approx(bend_px)
    assert course.point(course.length_px / 2) == pytest.approx(middle)
    assert course.point(course.length_px) == pytest.approx(tip)
    assert course.angle_at(course.length_px) == pytest.approx(needle.angle_at_tip_rad, abs=1e-3)
    back = course.reversed
    assert back.point(0.3 * back.length_px) == pytest.approx(course.point(0.7 * back.length_px))


@pytest.mark.parametrize("bend_px", [0.0, 6.0])
def test_a_shaft_is_fitted_to_parts_of_a_pixel(bend_px: float) -> None:
    offs = []
    for seed in range(6):
        needle = DrawnNeedle(bend_px=bend_px, seed=seed)
        course = shaft_of(draw(needle), roughly(needle)).course
        along = course.length_px / 2
        share = np.linspace(0.0, 1.0, 2000)
        x, y = course.point(along)
        offs.append(np.hypot(*(needle.points(share) - (x, y)).T).min())
    assert max(offs) < 0.8
    assert np.median(offs) < 0.4


def test_where_nothing_stands_out_there_is_no_shaft() -> None:
    grey = np.full((480, 640), 90, np.uint8)
    assert refine_shaft(grey, everywhere(grey), (100.0, 100.0), (300.0, 200.0)) is None


def test_a_candidate_too_short_for_a_direction_is_no_shaft() -> None:
    needle = DrawnNeedle()
    picture, (start, _) = draw(needle), roughly(needle)
    for end in (start, (start[0] + 6.0, start[1] + 4.0)):
        assert refine_shaft(picture, everywhere(picture), start, end) is None


@pytest.mark.parametrize(
    "needle",
    [
        DrawnNeedle(),
        DrawnNeedle(tip_glint=0.0),
        DrawnNeedle(tip_glint=1.0),
        DrawnNeedle(bend_px=6.0),
        DrawnNeedle(fascia=(0.3, 0.6, 0.9)),
        DrawnNeedle(entry=(580.0, 10.0), tip=(200.0, 120.0)),
    ],
    ids=["plain", "dull", "glinting", "bent", "crossed", "from the right"],
)
def test_the_tip_is_found_with_how_surely(needle: DrawnNeedle) -> None:
    offs, sigmas = [], []
    for seed in range(12):
        drawn = replace(needle, seed=seed)
        tip = tip_of(draw(drawn), roughly(drawn))
        offs.append(off(drawn, tip))
        shaft = tip.shaft
        sigmas.append((tip.sigma_along_px, shaft.sigma_end_px, shaft.sigma_end_angle_rad))
    along, beside, turned = np.abs(offs).T
    assert np.median(along) < 3.0
    assert np.median(beside) < 0.5
    assert np.degrees(np.median(turned)) < 0.25
    within_two = np.mean(np.abs(offs) < 2.0 * np.array(sigmas), axis=0)
    assert within_two.min() >= 0.75


@pytest.mark.parametrize("part", [(0.3, 0.6), (-0.1, 0.7), (0.2, 1.35)])
def test_wrong_ends_of_a_candidate_do_not_matter(part: tuple[float, float]) -> None:
    needle = DrawnNeedle(entry=(100.0, 60.0))
    tip = tip_of(draw(needle), roughly(needle, part))
    assert abs(off(needle, tip)[0]) < 5.0
    assert math.dist(tip.far_px, needle.entry) < 8.0


def test_the_deeper_end_is_the_tip_however_the_candidate_runs() -> None:
    needle = DrawnNeedle()
    picture, (start, end) = draw(needle), roughly(needle)
    there, back = tip_of(picture, (start, end)), tip_of(picture, (end, start))
    assert math.dist(there.tip_px, needle.tip) < 6.0
    assert there.tip_px == pytest.approx(back.tip_px, abs=1.5)
    assert there.far_px == pytest.approx(back.far_px, abs=1.5)
    assert there.angle_rad == pytest.approx(back.angle_rad, abs=math.radians(0.2))


def test_of_a_level_needle_the_tip_is_the_end_away_from_the_border() -> None:
    for mirrored in (False, True):
        picture = draw(DrawnNeedle(entry=(12.0, 200.0), tip=(300.0, 206.0)))
        tip_x, candidate = 300.0, ((40.0, 200.0), (250.0, 205.0))
        if mirrored:
            picture, tip_x = np.ascontiguousarray(picture[:, ::-1]), 639.0 - tip_x
            candidate = ((599.0, 200.0), (389.0, 205.0))
        assert tip_of(picture, candidate).tip_px[0] == pytest.approx(tip_x, abs=8.0)


def test_a_sharp_end_is_told_from_none() -> None:
    def visible(needle: DrawnNeedle) -> int:
        return sum(
            tip_of(draw(one), roughly(needle)).visible
            for one in (replace(needle, seed=seed) for seed in range(8))
        )

    needle = DrawnNeedle()
    beyond = sum(
        tip_of(draw(replace(needle, seed=seed).without_tip()), roughly(needle)).visible
        for seed in range(8)
    )
    assert visible(needle) >= 7
    assert visible(replace(needle, fades=True)) <= 3
    assert beyond == 0


def test_a_weak_shaft_is_less_sure() -> None:
    strong, weak = DrawnNeedle(contrast_db=18.0), DrawnNeedle(contrast_db=7.0)
    tips = [tip_of(draw(needle), roughly(needle)) for needle in (strong, weak)]
    assert tips[0].contrast > 1.3 * tips[1].contrast
    assert tips[0].sigma_along_px < tips[1].sigma_along_px
    assert tips[0].shaft.sigma_end_px < tips[1].shaft.sigma_end_px


def test_a_gap_is_bridged_or_doubted() -> None:
    bridged, surer = 0, []
    for seed in range(8):
        needle = DrawnNeedle(seed=seed)
        whole, gone = draw(needle), draw(replace(needle, contrast_db=-20.0))
        parted = whole.copy()
        parted[195:238, 316:396] = gone[195:238, 316:396]
        tip = tip_of(parted, roughly(needle, (0.1, 0.6)))
        bridged += math.dist(tip.tip_px, needle.tip) < 15.0
        surer.append(tip_of(whole, roughly(needle)).sigma_along_px / tip.sigma_along_px)
    assert bridged >= 2
    assert np.median(surer) < 0.2


Turn = Callable[[ImageU8], ImageU8]
Place = Callable[[Point], Point]


def _magnified(picture: ImageU8) -> ImageU8:
    size = picture.shape[1] * 3 // 2, picture.shape[0] * 3 // 2
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR), np.uint8)


@pytest.mark.parametrize(
    ("turn", "place", "near_px"),
    [
        (lambda p: np.ascontiguousarray(p[:, ::-1]), lambda p: (639.0 - p[0], p[1]), 0.2),
        (_magnified, lambda p: (1.5 * p[0] + 0.25, 1.5 * p[1] + 0.25), 1.5),
    ],
    ids=["mirrored", "magnified"],
)
@pytest.mark.parametrize("seed", range(3))
def test_another_view_of_a_picture_gives_the_same_needle(
    turn: Turn, place: Place, near_px: float, seed: int
) -> None:
    needle = DrawnNeedle(bend_px=3.0, seed=seed)
    picture, (start, end) = draw(needle), roughly(needle)
    tip = tip_of(picture, (start, end))
    seen = tip_of(turn(picture), (place(start), place(end)))
    assert seen.tip_px == pytest.approx(place(tip.tip_px), abs=near_px)
    assert seen.far_px == pytest.approx(place(tip.far_px), abs=near_px)
    assert seen.visible == tip.visible


def test_a_black_border_changes_nothing() -> None:
    needle = DrawnNeedle()
    picture, (start, end) = draw(needle), roughly(needle)
    framed = np.pad(picture, ((30, 50), (40, 70)))
    framed[10:20, 5:700] = 255  # writing beside the picture
    inside = np.zeros(framed.shape, np.bool_)
    inside[30:510, 40:680] = True
    moved = ((start[0] + 40, start[1] + 30), (end[0] + 40, end[1] + 30))
    tip, same = tip_of(picture, (start, end)), tip_of(framed, moved, inside)
    assert same.tip_px == pytest.approx((tip.tip_px[0] + 40, tip.tip_px[1] + 30), abs=0.01)
    assert same.sigma_along_px == pytest.approx(tip.sigma_along_px, rel=0.01)
    assert same.visible == tip.visible


def test_no_candidate_in_a_picture_raises() -> None:
    rng = np.random.default_rng(5)
    for rows, columns in ((480, 640), (61, 64), (1200, 90)):
        picture = rng.integers(0, 256, (rows, columns)).astype(np.uint8)
        inside = everywhere(picture)
        inside[rows // 2 :, : columns // 3] = False
        for _ in range(40):
            ends = rng.uniform((-10.0, -10.0), (columns + 10.0, rows + 10.0), (2, 2)).tolist()
            shaft = refine_shaft(
                picture, inside, (ends[0][0], ends[0][1]), (ends[1][0], ends[1][1])
            )
            tip = None if shaft is None else find_tip(picture, inside, shaft)
            assert tip is None or np.isfinite([*tip.tip_px, tip.sigma_along_px]).all()


def test_tips_in_simulated_pictures() -> None:
    offs_mm = []
    for site in ("shoulder", "wrist", "knee"):
        pictures = build_pictures(Scenario(site, seed=41))
        left, top, right, bottom = pictures.area_px
        for number in frames_with_a_tip(pictures)[-6:]:
            truth, picture = pictures.truth(number), pictures.image(number)
            inside = np.zeros(picture.shape, np.bool_)
            inside[top : bottom + 1, left : right + 1] = True
            line = straight(truth.shaft_px[3], truth.shaft_px[0])
            tip = tip_of(picture, (line.point(0.0), line.point(0.75 * line.length_px)), inside)
            assert truth.tip_px is not None
            offs_mm.append(math.dist(tip.tip_px, truth.tip_px) * pictures.grid.mm_per_px)
    assert len(offs_mm) >= 12
    assert np.median(offs_mm) < 0.4
    assert np.mean(np.array(offs_mm) < 2.0) >= 0.9


def frames_with_a_tip(pictures: Pictures) -> list[int]:
    """One in every two seconds of a minute in which the tip is in the image plane."""
    truths = {n: pictures.truth(n) for n in range(0, 60 * RATE_HZ, 2 * RATE_HZ)}
    return [n for n, truth in truths.items() if truth.tip_px is not None and not truth.hidden]
