"""Slightly bent lines through a picture, and the picture along them."""

import math
from dataclasses import dataclass

import numpy as np

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.domain.calibration import Point
from guidance_app.processing.needle.ridges import Floats, Mask, Real

USUAL_SIDE_PX = 554.0
"""Root of the area of a 640 x 480 picture, in which a unit is a pixel."""
LEAST_UNIT_PX = 0.25
"""In smaller pictures nothing is as thin as a unit."""
STEP = 2
"""Units from one row of a strip to the next; no shorter than half of a speckle is."""


def unit_px(inside: Mask) -> float:
    """Length in which widths are measured: the same share of a picture of any size."""
    return max(math.sqrt(np.count_nonzero(inside)) / USUAL_SIDE_PX, LEAST_UNIT_PX)


@dataclass(frozen=True, slots=True)
class Course:
    """A parabola over a base line. Image space, pixels; beside is to the right of its heading."""

    start: Point
    heading: Point
    """Unit vector of the base line."""
    length_px: float
    bend_px: float
    """How far its ends lie to the right of its middle; beyond them it runs on straight."""

    @property
    def angle_rad(self) -> float:
        """Of the base line, in (-pi, pi]."""
        return math.atan2(self.heading[1], self.heading[0])

    @property
    def reversed(self) -> "Course":
        """The same from its end to its start."""
        (x, y), (c, s), length = self.start, self.heading, self.length_px
        return Course((x + c * length, y + s * length), (-c, -s), length, -self.bend_px)

    def beside(self, along_px: Real) -> Real:
        """How far to the right of the base line it is."""
        x = along_px * (2.0 / self.length_px) - 1.0
        near = np.clip(x, -1.0, 1.0)
        return np.asarray(self.bend_px * (near * near - 1 / 3 + 2.0 * near * (x - near)))

    def point(self, along_px: float, beside_px: float = 0.0) -> Point:
        """So far along the base line, and so far to the right of the course."""
        (x, y), (c, s) = self.start, self.heading
        aside = float(self.beside(np.array(along_px))) + beside_px
        return x + c * along_px - s * aside, y + s * along_px + c * aside

    def angle_at(self, along_px: float) -> float:
        """Its direction there, rad."""
        x = min(max(along_px * (2.0 / self.length_px) - 1.0, -1.0), 1.0)
        return self.angle_rad + math.atan(4.0 * self.bend_px * x / self.length_px)


def through(start: Point, middle: Point, end: Point) -> Course:
    """The course from one point past the middle one to the third."""
    length = math.dist(start, end)
    c, s = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    x, y = (start[0] + end[0]) / 2 - middle[0], (start[1] + end[1]) / 2 - middle[1]
    bend = c * y - s * x
    aside = -2.0 / 3.0 * bend
    return Course((start[0] - s * aside, start[1] + c * aside), (c, s), length, bend)


def straight(start: Point, end: Point) -> Course:
    """Without a bend."""
    length = math.dist(start, end)
    return Course(start, ((end[0] - start[0]) / length, (end[1] - start[1]) / length), length, 0.0)


def strip(grey: ImageU8, inside: Mask, course: Course, along_px: Real, across_px: Real) -> Floats:
    """Grey levels (along, across) beside a course; 0 beside the picture."""
    (x, y), (c, s) = course.start, course.heading
    aside = course.beside(along_px)
    columns = np.add.outer(x + c * along_px - s * aside, -s * across_px).astype(np.float32)
    rows = np.add.outer(y + s * along_px + c * aside, c * across_px).astype(np.float32)
    levels = cv2.remap(grey, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    shown = cv2.remap(inside.view(np.uint8), columns, rows, cv2.INTER_NEAREST)
    return np.asarray(levels * shown, np.float32)


def reach(inside: Mask, start: Point, heading: Point, step_px: float, most: int = 0) -> int:
    """Steps that can be made from a point before the picture ends; `most` are tried, 0: all."""
    count = most or int(math.hypot(*inside.shape) / step_px)
    steps = np.arange(1, count + 1) * step_px
    columns = np.rint(start[0] + heading[0] * steps).astype(np.intp)
    rows = np.rint(start[1] + heading[1] * steps).astype(np.intp)
    height, width = inside.shape
    left = (rows < 0) | (columns < 0) | (rows >= height) | (columns >= width)
    within = int(left.argmax()) if left.any() else count
    shown = inside[rows[:within], columns[:within]]
    return within if shown.all() else int(shown.argmin())
