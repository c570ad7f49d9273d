"""Millimetres from pixels: round trips, bounds, and what is refused."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from drivers.api.samples import PictureGeometry, PixelFormat, ScaledRegion
from guidance_app.domain.calibration import (
    PixelScale,
    ScaleRefused,
    scale_from_region,
    scale_from_two_points,
)

PICTURE = PictureGeometry(640, 480, PixelFormat.GRAY8)
REGION = ScaledRegion(100, 50, 500, 400, 0.08, 0.1)

points = st.tuples(st.floats(0, 640), st.floats(0, 480))
spacings = st.floats(0.005, 1.0)
scales = st.builds(PixelScale, spacings, spacings, st.floats(0, 10), st.just(PICTURE), st.just(""))


def test_two_clicks_give_the_spacing_and_its_uncertainty() -> None:
    scale = scale_from_two_points((100.0, 40.0), (100.0, 440.0), 40.0, PICTURE)
    assert scale.mm_per_px_x == scale.mm_per_px_y == pytest.approx(0.1)
    assert scale.distance_mm((0.0, 0.0), (30.0, 40.0)) == pytest.approx(5.0)
    assert scale.sigma_percent == pytest.approx(100 * math.sqrt(2) / 400)
    assert (scale.geometry, scale.how, scale.region) == (PICTURE, "two clicks", None)


def test_points_too_close_are_refused_with_what_is_enough() -> None:
    with pytest.raises(ScaleRefused, match=r"only 19 px apart\. .* at least 20 px"):
        scale_from_two_points((0.0, 0.0), (19.0, 0.0), 10.0, PICTURE)
    scale_from_two_points((0.0, 0.0), (20.0, 0.0), 10.0, PICTURE)


@pytest.mark.parametrize("distance_mm", [0.0, -1.0, math.nan, math.inf])
def test_a_distance_that_is_none_is_refused(distance_mm: float) -> None:
    with pytest.raises(ScaleRefused, match="above zero"):
        scale_from_two_points((0.0, 0.0), (100.0, 0.0), distance_mm, PICTURE)


@pytest.mark.parametrize("distance_mm", [0.49, 100.1])
def test_an_implausible_scale_is_refused(distance_mm: float) -> None:
    with pytest.raises(ScaleRefused, match="one pixel"):
        scale_from_two_points((0.0, 0.0), (100.0, 0.0), distance_mm, PICTURE)


def test_a_click_that_is_no_number_gives_no_scale() -> None:
    with pytest.raises(ScaleRefused):
        scale_from_two_points((math.nan, 0.0), (100.0, 0.0), 10.0, PICTURE)


def test_a_stated_scale_keeps_its_two_spacings_and_its_rectangle() -> None:
    scale = scale_from_region(REGION, PICTURE)
    assert scale.distance_mm((0.0, 0.0), (100.0, 0.0)) == pytest.approx(8.0)
    assert scale.distance_mm((0.0, 0.0), (0.0, 100.0)) == pytest.approx(10.0)
    assert (scale.region, scale.sigma_percent, scale.how) == (REGION, 0.0, "source")


@pytest.mark.parametrize(
    ("point", "holds"),
    [
        ((100.0, 50.0), True),
        ((500.0, 400.0), True),
        ((99.9, 50.0), False),
        ((500.1, 400.0), False),
        ((300.0, 49.9), False),
        ((300.0, 400.1), False),
    ],
)
def test_a_stated_scale_holds_in_its_rectangle_only(
    point: tuple[float, float], holds: bool
) -> None:
    assert scale_from_region(REGION, PICTURE).holds_at(point) is holds


def test_a_scale_without_rectangle_holds_everywhere() -> None:
    assert PixelScale(0.1, 0.1, 0.0, PICTURE, "").holds_at((-1e6, 1e6))


def test_uncertainty_of_a_length_comes_from_scale_and_pointing() -> None:
    scale = PixelScale(0.1, 0.2, 3.0, PICTURE, "")
    pointing_mm = math.sqrt(2) * 0.2
    assert scale.sigma_mm(0.0) == pytest.approx(pointing_mm)
    assert scale.sigma_mm(100.0) == pytest.approx(math.hypot(3.0, pointing_mm))


@given(scales, points)
def test_there_and_back_is_the_same_point(scale: PixelScale, point: tuple[float, float]) -> None:
    assert scale.to_px(scale.to_mm(point)) == pytest.approx(point, abs=1e-9)


@given(scales, points, points)
def test_distance_is_symmetric_and_that_of_the_points_in_millimetres(
    scale: PixelScale, a: tuple[float, float], b: tuple[float, float]
) -> None:
    assert scale.distance_mm(a, b) == scale.distance_mm(b, a)
    assert scale.distance_mm(a, b) == pytest.approx(math.dist(scale.to_mm(a), scale.to_mm(b)))


@given(points, points, st.floats(1.0, 200.0))
def test_the_ruler_measures_what_was_typed(
    a: tuple[float, float], b: tuple[float, float], distance_mm: float
) -> None:
    length_px = math.dist(a, b)
    assume(length_px >= 21 and 11 < PICTURE.height_px * distance_mm / length_px < 470)
    scale = scale_from_two_points(a, b, distance_mm, PICTURE)
    assert scale.distance_mm(a, b) == pytest.approx(distance_mm)


def test_centimetres_typed_as_millimetres_are_refused_in_words_a_person_can_check() -> None:
    picture = PictureGeometry(1280, 960, PixelFormat.GRAY8)
    with pytest.raises(ScaleRefused, match="whole picture 6 mm high"):
        scale_from_two_points((1072, 281), (1072, 620), 2.0, picture)
    scale = scale_from_two_points((1072, 281), (1072, 620), 20.0, picture)
    assert scale.height_mm == pytest.approx(56.6, abs=0.1)
