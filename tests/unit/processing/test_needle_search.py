"""The whole search on simulated pictures: turned over, larger, framed, repeated, unsuitable."""

import math
from functools import cache

import numpy as np
import pytest

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.domain.needle import NeedleSight, SeenNeedle
from guidance_app.domain.picture_area import rectangle
from guidance_app.processing.needle.search import Looked, NeedleSearch
from simulators.pictures import RATE_HZ, build_pictures
from simulators.scenario import Scenario

SITES = ("knee", "shoulder", "hip")
TIP_PX, ANGLE_RAD = 6.0, math.radians(1.0)


@cache
def deep_in(site: str) -> tuple[ImageU8, tuple[float, float]]:
    """A picture of a needle that has come to its target, and where its tip is in truth."""
    pictures = build_pictures(Scenario(site, seed=41, operator="expert"))
    number = int(pictures.case.hands.injection_s[0] * RATE_HZ)
    tip_px = pictures.truth(number).tip_px
    assert tip_px is not None
    return pictures.image(number), tip_px


def looked(pixels: ImageU8, border_px: int = 0, fresh: bool = True, alone: bool = True) -> Looked:
    rows, columns = pixels.shape[:2]
    area = rectangle(border_px, border_px, columns - 1 - border_px, rows - 1 - border_px)
    return Looked(pixels, area, 0, fresh, alone)


def found(pixels: ImageU8, border_px: int = 0) -> SeenNeedle:
    needle = NeedleSearch().look(looked(pixels, border_px)).needle
    assert needle is not None
    return needle


@pytest.mark.parametrize("site", SITES)
def test_the_tip_is_found_where_it_is(site: str) -> None:
    picture, tip_px = deep_in(site)
    assert math.dist(found(picture).tip_px, tip_px) < TIP_PX


@pytest.mark.parametrize("site", SITES)
def test_a_mirrored_picture_gives_a_mirrored_needle(site: str) -> None:
    picture, _ = deep_in(site)
    needle, mirrored = found(picture), found(np.ascontiguousarray(picture[:, ::-1]))
    x, y = mirrored.tip_px
    assert math.dist((picture.shape[1] - 1 - x, y), needle.tip_px) < TIP_PX
    assert mirrored.angle_rad == pytest.approx(-needle.angle_rad, abs=ANGLE_RAD)


@pytest.mark.parametrize("site", SITES)
def test_a_larger_picture_gives_a_larger_needle(site: str) -> None:
    picture, _ = deep_in(site)
    larger = np.asarray(cv2.resize(picture, None, fx=1.5, fy=1.5), np.uint8)
    needle, large = found(picture), found(larger)
    x, y = large.tip_px
    assert math.dist(((x + 0.5) / 1.5 - 0.5, (y + 0.5) / 1.5 - 0.5), needle.tip_px) < TIP_PX
    assert large.angle_rad == pytest.approx(needle.angle_rad, abs=ANGLE_RAD)


@pytest.mark.parametrize("site", SITES)
def test_black_bars_around_the_picture_change_nothing(site: str) -> None:
    picture, _ = deep_in(site)
    barred = np.pad(picture, 40)
    needle, same = found(picture), found(barred, 40)
    assert same.tip_px == pytest.approx([value + 40 for value in needle.tip_px], abs=1e-6)
    assert same.confidence == pytest.approx(needle.confidence, abs=1e-9)


def test_a_repeated_picture_is_no_new_evidence() -> None:
    picture, _ = deep_in("knee")
    search = NeedleSearch()
    first = search.look(looked(picture, alone=False))
    for _ in range(20):
        assert search.look(looked(picture, fresh=False, alone=False)) == first


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((480, 640), np.uint8), np.full((8, 8), 90, np.uint8), np.zeros((1, 1, 3), np.uint8)],
    ids=["black", "8 by 8", "one pixel"],
)
def test_what_is_no_picture_gives_a_reason_and_no_needle(pixels: ImageU8) -> None:
    sight = NeedleSearch().look(Looked(pixels, None, 0))
    assert sight.needle is None
    assert sight.reason.endswith(".")


def test_a_needle_that_is_gone_is_not_carried_on_for_long() -> None:
    picture, _ = deep_in("knee")
    pictures = build_pictures(Scenario("knee", seed=41, operator="expert"))
    search, sights = NeedleSearch(), list[NeedleSight]()
    for _ in range(12):
        search.look(looked(picture, alone=False))
    for number in range(8):
        sights.append(search.look(looked(pictures.image(number), alone=False)))
    assert all(sight.needle is None for sight in sights[4:])
