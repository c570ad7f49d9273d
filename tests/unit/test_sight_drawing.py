"""How a needle that was seen is drawn into its picture."""

import math
from dataclasses import replace

import numpy as np
import pytest

from drivers.api.samples import ImageU8
from guidance_app.domain.needle import NeedleSight, SeenNeedle
from guidance_app.processing.followed_area import AreaNow
from guidance_app.processing.needle.frame_by_frame import LookedAt, box_area
from guidance_app.sight_drawing import BAND, band_outline, draw_sight
from guidance_app.sight_overlay import fitted

AREA = AreaNow(box_area((20, 20, 600, 400)), None)
SEEN = SeenNeedle(
    tip_px=(400.0, 300.0),
    far_px=(100.0, 100.0),
    angle_rad=math.atan2(200, 300),
    sigma_along_px=6.0,
    sigma_across_px=2.0,
    sigma_angle_rad=0.01,
    confidence=0.9,
)
GROUND = np.full((480, 640), 60, np.uint8)


def drawn(needle: SeenNeedle | None, pixels: ImageU8 = GROUND) -> ImageU8:
    return draw_sight(pixels, LookedAt(NeedleSight(needle, "No needle is found."), AREA, True))


def whites(pixels: ImageU8) -> set[tuple[int, int]]:
    """Where the needle's white is, above the words at the foot."""
    rows, columns = np.nonzero((pixels[:455] > 200).all(axis=2))
    return set(zip(columns.tolist(), rows.tolist(), strict=True))


def test_the_shaft_runs_from_the_far_end_to_the_ring_around_the_tip() -> None:
    white = np.array(sorted(whites(drawn(SEEN))))
    aside = np.abs((white - SEEN.far_px) @ np.array([-2, 3]) / math.sqrt(13))
    from_tip = np.hypot(*(white - SEEN.tip_px).T)
    on_ring = np.abs(from_tip - 7) < 2
    assert aside[~on_ring].max() < 2
    assert from_tip[~on_ring].max() == pytest.approx(math.hypot(300, 200), abs=2)
    assert from_tip.min() > 4.5
    assert np.count_nonzero(on_ring) > 20


def test_a_tip_that_is_not_visible_gets_no_ring() -> None:
    white = np.array(sorted(whites(drawn(replace(SEEN, tip_visible=False)))))
    aside = np.abs((white - SEEN.far_px) @ np.array([-2, 3]) / math.sqrt(13))
    assert aside.max() < 2


def test_a_needle_that_is_carried_on_is_dashed() -> None:
    seen, carried = whites(drawn(SEEN)), whites(drawn(replace(SEEN, coasted=2)))
    assert len(carried) < 0.7 * len(seen)


def test_the_band_is_two_sigma_wide_and_wider_at_the_far_end() -> None:
    outline = band_outline(SEEN)
    along = np.array((300, 200)) / math.hypot(300, 200)
    across = (outline - SEEN.tip_px) @ np.array((-along[1], along[0]))
    ahead = (outline - SEEN.tip_px) @ along
    length = math.hypot(300, 200)
    assert ahead.max() == pytest.approx(2 * 6.0)
    assert ahead.min() == pytest.approx(-length)
    at_far = np.abs(across[np.isclose(ahead, -length)])
    assert at_far == pytest.approx(2 * math.hypot(2.0, length * 0.01))
    assert np.abs(across).min() == pytest.approx(2 * 2.0, rel=0.01)


def test_the_band_is_seen_in_the_picture() -> None:
    x, y = 250, 194  # 5 pixels under the shaft
    blue, green, red = drawn(SEEN)[y + 11, x].astype(int)
    assert blue > green > red > 0
    assert BAND[0] > BAND[1] > BAND[2]


def test_without_a_needle_nothing_is_drawn_but_the_area_and_the_reason() -> None:
    nothing = drawn(None)
    assert whites(nothing) == set()
    assert (nothing[455:] != 60).any()
    assert (nothing[100:300, 100:500] == 60).all()


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (2, 900), (900, 2, 3)])
def test_pictures_of_any_shape_can_be_drawn_on(shape: tuple[int, ...]) -> None:
    pixels = np.zeros(shape, np.uint8)
    looked = LookedAt(NeedleSight(None, "The picture is too small."), AreaNow(None, None), True)
    assert draw_sight(pixels, looked).shape == (*shape[:2], 3)
    assert (pixels == 0).all()


def test_a_picture_is_fitted_whole_and_keeps_its_shape() -> None:
    bright = np.full((100, 200, 3), 200, np.uint8)
    assert (fitted(bright, (200, 100)) == bright).all()
    wide = fitted(bright, (400, 400))
    assert (wide[:100] == 0).all() and (wide[300:] == 0).all()
    assert (wide[101:299] == 200).all()
