"""Bodies as signed distances: what lies where, to a fraction of a millimetre, at any pose.

Points are (3, ...) arrays of mm fixed to the body: x along the resting probe's face, y across the
resting image plane, z depth below the resting skin. A shape says how far each point is from its
surface, negative inside; near the surface that is a distance to a few percent, further away it only
keeps its sign and grows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulators.curves import make_wave

Points: TypeAlias = NDArray[np.floating]
Distances: TypeAlias = NDArray[np.floating]
Point3: TypeAlias = tuple[float, float, float]


class Shape(Protocol):
    """Anything with an inside."""

    def distance_mm(self, points: Points) -> Distances:
        """Signed distance of each point, negative inside."""
        ...

    def deep_mm(self, points: Points) -> Distances:
        """Depth below the upper surface, along z: what runs along the shape lies at one value."""
        ...


@dataclass(frozen=True, slots=True)
class Ripple:
    """A smooth random unevenness over x and y."""

    along: tuple[tuple[float, float, float, float], ...] = ()
    """(height_mm, rad a mm in x, rad a mm in y, phase_rad) of each wave."""

    def __call__(self, points: Points) -> Distances:
        """Its height in mm over points."""
        height = np.zeros_like(points[0])
        for size, kx, ky, phase in self.along:
            wave = kx * points[0]
            wave += ky * points[1]
            wave += phase
            height += size * np.sin(wave, out=wave)
        return np.asarray(height)


FLAT = Ripple()


def make_ripple(rng: np.random.Generator, rms_mm: float, shortest_mm: float = 9.0) -> Ripple:
    """A ripple of about this height, of waves 1 to 4 times `shortest_mm` long in any direction."""
    turns = rng.uniform(-0.9, 0.9, 3).tolist()
    waves = []
    for (size, length, phase), turn in zip(
        make_wave(rng, rms_mm, shortest_mm).terms, turns, strict=True
    ):
        k = 2.0 * np.pi / length
        waves.append((size, float(k * np.cos(turn)), float(k * np.sin(turn)), phase))
    return Ripple(tuple(waves))


@dataclass(frozen=True, slots=True)
class Surface:
    """A depth over x and y: a bent, tilted, uneven sheet."""

    depth_mm: float
    """At x = y = 0, before the ripple."""
    slope: tuple[float, float] = (0.0, 0.0)
    """Fall in mm a mm of x and of y."""
    bow: tuple[float, float] = (0.0, 0.0)
    """Fall in mm a mm² of x² and of y²: positive sinks to the sides."""
    ripple: Ripple = FLAT

    def at(self, points: Points) -> Distances:
        """Depth z of the sheet over points, mm."""
        x, y = points[0], points[1]
        level = self.depth_mm + self.slope[0] * x + self.slope[1] * y
        return np.asarray(level + self.bow[0] * x * x + self.bow[1] * y * y + self.ripple(points))


@dataclass(frozen=True, slots=True)
class Below:
    """Everything deeper than a surface."""

    surface: Surface

    def distance_mm(self, points: Points) -> Distances:
        """Signed distance, along z."""
        return np.asarray(self.surface.at(points) - points[2])

    def deep_mm(self, points: Points) -> Distances:
        """Depth below the surface."""
        return np.asarray(points[2] - self.surface.at(points))


@dataclass(frozen=True, slots=True)
class Between:
    """A layer: deeper than one surface and not as deep as another."""

    upper: Surface
    lower: Surface

    def distance_mm(self, points: Points) -> Distances:
        """Signed distance, along z."""
        z = points[2]
        return np.asarray(np.maximum(self.upper.at(points) - z, z - self.lower.at(points)))

    def deep_mm(self, points: Points) -> Distances:
        """Depth below the upper surface."""
        return np.asarray(points[2] - self.upper.at(points))


@dataclass(frozen=True, slots=True)
class Tube:
    """A round or flattened cord along a path of straight pieces."""

    path: tuple[Point3, ...]
    """Two points or more, mm."""
    radii_mm: tuple[float, ...]
    """One for each point of the path, across."""
    flat: float = 1.0
    """Height divided by width: 0.5 is half as high as wide."""
    ripple: Ripple = FLAT

    def distance_mm(self, points: Points) -> Distances:
        """Signed distance; exact for a round, straight tube."""
        from simulators.anatomy.solids import cord_mm  # noqa: PLC0415 - compiles

        apart = cord_mm(in_a_row(points), self._pieces(), self.flat)
        return np.asarray(apart.reshape(points.shape[1:]) + self.ripple(points))

    def deep_mm(self, points: Points) -> Distances:
        """Depth below the path's highest point."""
        return np.asarray(points[2] - min(z for _, _, z in self.path))

    def _pieces(self) -> NDArray[np.float64]:
        """Ends and radii of each piece, (pieces, 8), as if the tube were round."""
        ends = [(x, y, z / self.flat) for x, y, z in self.path]
        radii = pairwise(self.radii_mm)
        return np.array([(*a, *b, *r) for (a, b), r in zip(pairwise(ends), radii, strict=True)])


@dataclass(frozen=True, slots=True)
class Cords:
    """Round or flattened cords side by side, all of them straight along y and without an end."""

    cords: tuple[tuple[float, float, float, float], ...]
    """x, z and half the width of each in mm, and its height divided by its width."""

    def distance_mm(self, points: Points) -> Distances:
        """Signed distance; exact for round ones."""
        shape = (4, -1, *(1,) * (points.ndim - 1))
        x, z, half, flat = np.array(self.cords, points.dtype).T.reshape(shape)
        across, down = points[0] - x, (points[2] - z) / flat
        apart = np.sqrt(across * across + down * down) - half
        return np.asarray((apart * np.minimum(flat, 1.0)).min(axis=0))

    def deep_mm(self, points: Points) -> Distances:
        """Depth below the middle of the highest."""
        return np.asarray(points[2] - min(z for _, z, _, _ in self.cords))


@dataclass(frozen=True, slots=True)
class Ellipsoid:
    """An egg, turned about z if it is."""

    centre: Point3
    radii_mm: Point3
    turn_rad: float = 0.0
    """About z: positive turns x towards y."""
    tip_rad: float = 0.0
    """About y, before that: positive turns x towards z."""
    ripple: Ripple = FLAT

    def distance_mm(self, points: Points) -> Distances:
        """Signed distance; exact at the surface."""
        from simulators.anatomy.solids import egg_mm, turns  # noqa: PLC0415 - compiles

        turn = turns(self.turn_rad, self.tip_rad)
        apart = egg_mm(in_a_row(points), self.centre, self.radii_mm, turn)
        return np.asarray(apart.reshape(points.shape[1:]) + self.ripple(points))

    def deep_mm(self, points: Points) -> Distances:
        """Depth below the top of the egg."""
        return np.asarray(points[2] - (self.centre[2] - self.radii_mm[2]))


@dataclass(frozen=True, slots=True)
class Box:
    """A block with rounded edges, turned about z if it is."""

    centre: Point3
    half_mm: Point3
    round_mm: float = 1.0
    turn_rad: float = 0.0
    tip_rad: float = 0.0
    ripple: Ripple = FLAT

    def distance_mm(self, points: Points) -> Distances:
        """Signed distance."""
        from simulators.anatomy.solids import block_mm, turns  # noqa: PLC0415 - compiles

        turn, row = turns(self.turn_rad, self.tip_rad), in_a_row(points)
        apart = block_mm(row, self.centre, self.half_mm, self.round_mm, turn)
        return np.asarray(apart.reshape(points.shape[1:]) + self.ripple(points))

    def deep_mm(self, points: Points) -> Distances:
        """Depth below the upper face."""
        return np.asarray(points[2] - (self.centre[2] - self.half_mm[2]))


def in_a_row(points: Points) -> Points:
    """The same points as (3, n)."""
    return points.reshape(3, -1)


@dataclass(frozen=True, slots=True)
class Union:
    """Whatever lies in any of several shapes."""

    shapes: Sequence[Shape]
    blend_mm: float = 0.0
    """How far from each other surfaces still flow together."""

    def distance_mm(self, points: Points) -> Distances:
        """Signed distance."""
        nearest = self.shapes[0].distance_mm(points)
        for shape in self.shapes[1:]:
            nearest = _blended(nearest, shape.distance_mm(points), self.blend_mm)
        return nearest

    def deep_mm(self, points: Points) -> Distances:
        """Depth below the first of them."""
        return self.shapes[0].deep_mm(points)


def _blended(a: Distances, b: Distances, reach_mm: float) -> Distances:
    if reach_mm == 0.0:
        return np.minimum(a, b)
    near = np.clip(0.5 + 0.5 * (b - a) / reach_mm, 0.0, 1.0)
    return np.asarray(b + near * (a - b) - reach_mm * near * (1.0 - near))


@dataclass(frozen=True, slots=True)
class Inside:
    """What lies in all of several shapes, and outside of others."""

    shapes: Sequence[Shape]
    without: Sequence[Shape] = field(default=())

    def distance_mm(self, points: Points) -> Distances:
        """Signed distance."""
        kept = [shape.distance_mm(points) for shape in self.shapes]
        cut = [-shape.distance_mm(points) for shape in self.without]
        return np.asarray(np.maximum.reduce([*kept, *cut]))

    def deep_mm(self, points: Points) -> Distances:
        """Depth below the first of them."""
        return self.shapes[0].deep_mm(points)


@dataclass(frozen=True, slots=True)
class Layered:
    """A shape whose layers follow its own surface, as a tendon does over a bone."""

    shape: Shape

    def distance_mm(self, points: Points) -> Distances:
        """As of the shape itself."""
        return self.shape.distance_mm(points)

    def deep_mm(self, points: Points) -> Distances:
        """Depth below the surface, whichever way that faces."""
        return np.asarray(-self.shape.distance_mm(points))


@dataclass(frozen=True, slots=True)
class Grown:
    """A shape with a skin of its own: larger all round, or smaller."""

    shape: Shape
    by_mm: float

    def distance_mm(self, points: Points) -> Distances:
        """Signed distance."""
        return np.asarray(self.shape.distance_mm(points) - self.by_mm)

    def deep_mm(self, points: Points) -> Distances:
        """As of the shape itself."""
        return self.shape.deep_mm(points)


@dataclass(frozen=True, slots=True)
class Uneven:
    """A shape whose whole surface is rough."""

    shape: Shape
    ripple: Ripple

    def distance_mm(self, points: Points) -> Distances:
        """Signed distance."""
        return np.asarray(self.shape.distance_mm(points) + self.ripple(points))

    def deep_mm(self, points: Points) -> Distances:
        """As of the shape itself."""
        return self.shape.deep_mm(points)


def measured(shape: Shape, points: Points) -> tuple[Distances, Distances]:
    """Distance and depth of each point, worked out once where one is the other turned round."""
    distance = shape.distance_mm(points)
    if isinstance(shape, Below | Layered):
        return distance, -distance
    return distance, shape.deep_mm(points)
