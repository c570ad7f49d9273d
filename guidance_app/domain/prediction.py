"""Where a needle goes if it is pushed on as it lies, and how surely."""

import math
from dataclasses import dataclass

from guidance_app.domain.calibration import PixelScale, Point
from guidance_app.domain.needle import SeenNeedle

SIGMA_CURVATURE_PER_MM = 2e-3
"""Of a needle's way in the picture, 1 sigma; ours. A 22G Quincke tip was measured to bend by 2.8e-3
in gel (Rand 2016); its bevel may be turned any way, which leaves 2.8e-3 / sqrt(2) in the plane."""

END_CORRELATION = math.sqrt(3.0) / 2.0
"""Between the offset and the slope of a straight line fitted to evenly spread points, at its end:
their variances are 4 and 12, their covariance 6, in units of the points' own."""

RADIUS_95 = 1.96
"""Half width of the region that holds 95 % of a normal distribution, in its sigmas."""

BAND_STEPS = 8
"""Into which the band is cut; between two of them it is drawn straight."""


@dataclass(frozen=True, slots=True)
class PredictedPath:
    """Straight on from the tip until level with the target."""

    end_px: Point
    """Where it comes nearest to the target; Image space."""
    length_mm: float | None = None
    """None without a scale."""
    radii_mm: tuple[float, ...] = ()
    """Half width that holds the true way in 95 %, at BAND_STEPS + 1 even places; empty without
    a scale."""


def direction(needle: SeenNeedle, x_size: float = 1.0, y_size: float = 1.0) -> Point:
    """Unit vector in which the needle is pushed on, for pixels of this size."""
    x, y = math.cos(needle.angle_rad) * x_size, math.sin(needle.angle_rad) * y_size
    far_x, far_y = needle.tip_px[0] - needle.far_px[0], needle.tip_px[1] - needle.far_px[1]
    along = x * far_x * x_size + y * far_y * y_size
    length = math.copysign(math.hypot(x, y), along)
    return x / length, y / length


def sigma_across_mm(
    ahead_mm: float, sigma_tip_mm: float, sigma_angle_rad: float, sigma_percent: float = 0.0
) -> float:
    """1 sigma across a needle's way, `ahead_mm` before its tip.

    sigma(L)^2 = sigma_tip^2 + (L sigma_theta)^2 + (L^2 sigma_kappa / 2)^2 + 2 L cov(tip, theta):
    the variance of offset + L slope + L^2 curvature / 2, with the covariance of a straight fit at
    its end. A scale that is uncertain by `sigma_percent` stretches all of it as much.
    """
    turned_mm = ahead_mm * sigma_angle_rad
    bent_mm = ahead_mm**2 * SIGMA_CURVATURE_PER_MM / 2.0
    shared = 2.0 * END_CORRELATION * sigma_tip_mm * turned_mm
    spread_mm = math.sqrt(sigma_tip_mm**2 + turned_mm**2 + bent_mm**2 + shared)
    return spread_mm * (1.0 + sigma_percent / 100.0)


def tip_sigmas_mm(needle: SeenNeedle, scale: PixelScale) -> tuple[float, float]:
    """1 sigma of the tip along and across the shaft, never below what its pixels say."""
    size_mm = max(scale.mm_per_px_x, scale.mm_per_px_y)
    return needle.sigma_along_px * size_mm, needle.sigma_across_px * size_mm


def predict(needle: SeenNeedle, target_px: Point, scale: PixelScale | None) -> PredictedPath | None:
    """The way ahead; None where the target lies beside or behind the tip."""
    sizes = (scale.mm_per_px_x, scale.mm_per_px_y) if scale else (1.0, 1.0)
    (ux, uy), tip = direction(needle, *sizes), needle.tip_px
    ahead = (target_px[0] - tip[0]) * sizes[0] * ux + (target_px[1] - tip[1]) * sizes[1] * uy
    if ahead <= 0.0:
        return None
    end = (tip[0] + ahead * ux / sizes[0], tip[1] + ahead * uy / sizes[1])
    if scale is None:
        return PredictedPath(end)
    sigma_tip_mm = tip_sigmas_mm(needle, scale)[1]
    radii = (
        RADIUS_95
        * sigma_across_mm(
            ahead * step / BAND_STEPS, sigma_tip_mm, needle.sigma_angle_rad, scale.sigma_percent
        )
        for step in range(BAND_STEPS + 1)
    )
    return PredictedPath(end, ahead, tuple(radii))
