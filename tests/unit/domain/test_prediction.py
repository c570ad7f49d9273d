"""The band ahead of a needle holds the way that it really takes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.samples import PictureGeometry, PixelFormat
from guidance_app.domain.calibration import PixelScale, Point
from guidance_app.domain.needle import SeenNeedle
from guidance_app.domain.prediction import (
    END_CORRELATION,
    RADIUS_95,
    SIGMA_CURVATURE_PER_MM,
    direction,
    predict,
    sigma_across_mm,
)
from simulators.needle import TIP_CURVATURES, Needle, NeedleKind

GEOMETRY = PictureGeometry(640, 480, PixelFormat.GRAY8)
SCALE = PixelScale(0.1, 0.1, 0.0, GEOMETRY, "two clicks")
TRIALS = 4000


def needle(tip: Point = (200.0, 150.0), far: Point = (50.0, 50.0)) -> SeenNeedle:
    slope = math.atan2(tip[1] - far[1], tip[0] - far[0])
    angle = (slope + math.pi / 2) % math.pi - math.pi / 2
    return SeenNeedle(tip, far, angle, 4.0, 1.5, 0.01, 0.95)


@pytest.mark.parametrize("ahead_mm", [0.0, 5.0, 20.0, 60.0])
def test_the_band_holds_the_true_way_as_often_as_it_says(ahead_mm: float) -> None:
    sigma_tip, sigma_angle = 0.2, 0.01
    draw = np.random.default_rng(4)
    shared = END_CORRELATION * sigma_tip * sigma_angle
    covariance = [[sigma_tip**2, shared], [shared, sigma_angle**2]]
    offset, angle = draw.multivariate_normal([0.0, 0.0], covariance, TRIALS).T
    bend = draw.normal(0.0, SIGMA_CURVATURE_PER_MM, TRIALS)
    across = offset + ahead_mm * angle + ahead_mm**2 / 2 * bend
    radius = RADIUS_95 * sigma_across_mm(ahead_mm, sigma_tip, sigma_angle)
    assert 0.93 < np.mean(np.abs(across) < radius) < 0.97


def test_the_correlation_is_that_of_a_straight_fit_at_its_end() -> None:
    places = np.linspace(-1.0, 0.0, 2001)
    design = np.stack([np.ones_like(places), places], axis=1)
    covariance = np.linalg.inv(design.T @ design)
    found = covariance[0, 1] / math.sqrt(covariance[0, 0] * covariance[1, 1])
    assert found == pytest.approx(END_CORRELATION, abs=1e-3)


def test_the_way_ends_level_with_the_target() -> None:
    made = needle((200.0, 100.0), (100.0, 100.0))
    path = predict(made, (300.0, 140.0), SCALE)
    assert path is not None
    assert path.end_px == pytest.approx((300.0, 100.0))
    assert path.length_mm == pytest.approx(10.0)
    assert path.radii_mm[0] == pytest.approx(RADIUS_95 * 0.15)
    assert list(path.radii_mm) == sorted(path.radii_mm)


def test_an_unsure_scale_makes_the_band_wider() -> None:
    unsure = PixelScale(0.1, 0.1, 5.0, GEOMETRY, "two clicks")
    sure, doubted = (predict(needle(), (400.0, 280.0), scale) for scale in (SCALE, unsure))
    assert sure is not None
    assert doubted is not None
    assert all(wide > narrow for wide, narrow in zip(doubted.radii_mm, sure.radii_mm, strict=True))


def test_without_a_scale_there_is_a_way_and_no_millimetre() -> None:
    path = predict(needle(), (400.0, 280.0), None)
    assert path is not None
    assert (path.length_mm, path.radii_mm) == (None, ())


def test_nothing_is_predicted_towards_a_target_behind_the_tip() -> None:
    assert predict(needle(), (60.0, 55.0), SCALE) is None


@given(st.floats(-1.5, 1.5), st.floats(20.0, 300.0), st.booleans())
def test_a_needle_points_from_its_far_end_to_its_tip(
    slope: float, length: float, backwards: bool
) -> None:
    sign = -1.0 if backwards else 1.0
    x, y = sign * math.cos(slope), sign * math.sin(slope)
    made = needle((300.0 + length * x, 300.0 + length * y), (300.0, 300.0))
    assert direction(made) == pytest.approx((x, y), abs=1e-9)


def test_pixels_that_are_not_square_turn_the_direction() -> None:
    made = needle((200.0, 200.0), (100.0, 100.0))
    assert direction(made, 0.1, 0.2) == pytest.approx((1 / math.sqrt(5), 2 / math.sqrt(5)))


@pytest.mark.parametrize("tip", list(TIP_CURVATURES))
def test_the_band_holds_simulated_needles_of_every_gauge_and_bevel(tip: str) -> None:
    draw, held = np.random.default_rng(1), []
    for _ in range(2000):
        inside_mm, ahead_mm = draw.uniform(5.0, 40.0, 2)
        bevel = draw.uniform(0.0, 2.0 * math.pi)
        aside = (0.0, math.sin(bevel), math.cos(bevel))
        kind = NeedleKind(int(draw.integers(18, 28)), tip)
        made = Needle(kind, (0.0, 0.0, 0.0), (1.0, 0.0, 0.0), aside, inside_mm)
        now, later = made.at(np.array([inside_mm, inside_mm + ahead_mm]))[[0, 2]].T
        heading = np.array(made.heading())[[0, 2]]
        across = float(np.linalg.det([heading / np.linalg.norm(heading), later - now]))
        held.append(abs(across) <= RADIUS_95 * sigma_across_mm(ahead_mm, 0.1, 0.002))
    assert np.mean(held) > 0.92
