"""Two plain detectors that others may be compared with. Neither knows when there is no needle."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.domain.needle import NeedleSight, SeenNeedle
from guidance_app.domain.picture_area import PictureArea
from guidance_app.processing.needle.search import Looked
from guidance_app.processing.sector import area_mask

Floats = NDArray[np.float32]

NOTHING = NeedleSight(None, "No line is found.")
SIGMA_PX, SIGMA_RAD = 3.0, math.radians(1.0)
"""These detectors know no uncertainty: a guess."""
EDGE_PX = 7
"""Width of the picture's border in which the border itself is seen."""

SLOPES_DEG = (12.0, 75.0)
"""Of lines that are taken for needles, against the horizontal: fascia and skin lie flat."""
ORIENTATIONS = 12
KERNEL_PX, WAVELENGTH_PX, SIGMA_GABOR_PX = 21, 8.0, 3.0
STRONG_SHARE = 0.02
"""Of the pixels of the half-size picture are kept."""
TRIALS, NEAR_PX = 200, 1.5

CANNY = (60, 150)
VOTES, SHORTEST_PX, GAP_PX = 40, 40, 10


@dataclass(frozen=True, slots=True)
class _Part:
    """The ultrasound picture, grey, and where it may be looked at."""

    grey: ImageU8
    mask: ImageU8
    left_px: int
    top_px: int


def _part(pixels: ImageU8, area: PictureArea) -> _Part:
    grey = pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY))
    kernel = np.ones((2 * EDGE_PX + 1, 2 * EDGE_PX + 1), np.uint8)
    whole = cv2.copyMakeBorder(area_mask(area, grey.shape), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    mask = np.asarray(cv2.erode(whole, kernel), np.uint8)[1:-1, 1:-1]
    box = slice(area.top_px, area.bottom_px + 1), slice(area.left_px, area.right_px + 1)
    return _Part(np.ascontiguousarray(grey[box]), mask[box], area.left_px, area.top_px)


def _seen(part: _Part, ends: NDArray[np.float64], confidence: float) -> NeedleSight:
    """A needle between two ends, of which the deeper one is the tip."""
    high, low = sorted(
        (ends + np.array([part.left_px, part.top_px])).tolist(), key=lambda end: end[1]
    )
    across, down = low[0] - high[0], low[1] - high[1]
    angle_rad = math.atan2(down, across)
    if angle_rad > math.pi / 2:
        angle_rad -= math.pi
    sigmas = SIGMA_PX, SIGMA_PX, SIGMA_RAD
    return NeedleSight(SeenNeedle(tuple(low), tuple(high), angle_rad, *sigmas, confidence))


class GaborRansac:
    """A bank of Gabor filters, and the line that most of the strong responses lie on.

    After the description of the method of Kaya and others; its parameters are ours.
    """

    def look(self, looked: Looked) -> NeedleSight:
        """The line with most strong responses; its confidence is their share."""
        if looked.area is None:
            return NOTHING
        part = _part(looked.pixels, looked.area)
        points = _strong(part)
        if len(points) < 20:
            return NOTHING
        on = _most_on_a_line(points, np.random.default_rng(looked.number))
        ends, share = _ends(points[on]), float(on.mean())
        return _seen(part, 2.0 * ends, share)


def _strong(part: _Part) -> Floats:
    """Points (n, 2) of the half-size picture where some filter answers most."""
    half = cv2.resize(part.grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    mask = cv2.resize(part.mask, (half.shape[1], half.shape[0]), interpolation=cv2.INTER_NEAREST)
    answers = np.max([cv2.filter2D(half, cv2.CV_32F, kernel) for kernel in BANK], axis=0)
    answers[mask == 0] = -1.0
    kept = max(1, round(STRONG_SHARE * np.count_nonzero(mask)))
    least = np.partition(answers.ravel(), -kept)[-kept]
    return np.argwhere(answers >= max(least, 1.0))[:, ::-1].astype(np.float32)


def _kernel(slope_deg: float) -> Floats:
    """Answers to bright lines of this slope; the filter's own angle is that of its waves."""
    theta, size = math.radians(slope_deg + 90.0), (KERNEL_PX, KERNEL_PX)
    kernel = cv2.getGaborKernel(size, SIGMA_GABOR_PX, theta, WAVELENGTH_PX, 0.3, 0.0, cv2.CV_32F)
    return np.asarray(kernel - kernel.mean(), np.float32)


BANK = [
    _kernel(side * slope)
    for slope in np.linspace(*SLOPES_DEG, ORIENTATIONS // 2)
    for side in (-1, 1)
]


def _most_on_a_line(points: Floats, rng: np.random.Generator) -> NDArray[np.bool_]:
    pairs = points[rng.integers(0, len(points), (TRIALS, 2))]
    ways = pairs[:, 1] - pairs[:, 0]
    lengths = np.maximum(np.hypot(*ways.T), 1e-6)
    normals = np.stack([-ways[:, 1], ways[:, 0]], 1) / lengths[:, None]
    offsets = (normals * pairs[:, 0]).sum(1)
    near = np.abs(normals @ points.T - offsets[:, None]) < NEAR_PX
    slopes_deg = np.degrees(np.arctan2(np.abs(ways[:, 1]), np.abs(ways[:, 0])))
    allowed = (slopes_deg >= SLOPES_DEG[0]) & (slopes_deg <= SLOPES_DEG[1]) & (lengths > 5.0)
    return np.asarray(near[int(np.where(allowed, near.sum(1), 0).argmax())])


def _ends(points: Floats) -> NDArray[np.float64]:
    """Of the straight line through points: its two ends."""
    across, down, x, y = np.ravel(cv2.fitLine(points, cv2.DIST_L2, 0, 0.01, 0.01)).tolist()
    along = (points - (x, y)) @ np.array([across, down])
    reach = np.percentile(along, [1.0, 99.0])
    return np.asarray(np.array([[x, y]]) + reach[:, None] * np.array([[across, down]]))


class LongestHough:
    """Canny's edges, and the longest line of the probabilistic Hough transform."""

    def look(self, looked: Looked) -> NeedleSight:
        """The longest line; its confidence is its length as a share of the picture's diagonal."""
        if looked.area is None:
            return NOTHING
        part = _part(looked.pixels, looked.area)
        edges = np.asarray(cv2.Canny(cv2.GaussianBlur(part.grey, (5, 5), 0), *CANNY))
        edges[part.mask == 0] = 0
        lines = cv2.HoughLinesP(
            edges, 1, math.pi / 180, VOTES, minLineLength=SHORTEST_PX, maxLineGap=GAP_PX
        )
        if lines is None:
            return NOTHING
        ends = np.asarray(lines, float).reshape(-1, 2, 2)
        lengths = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
        longest = int(lengths.argmax())
        share = float(lengths[longest]) / math.hypot(*part.grey.shape)
        return _seen(part, ends[longest], min(1.0, share))
