"""A person at one site: structures in painting order, targets, and what a needle must spare."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import radians

import numpy as np

from simulators.anatomy.growth import AS_DRAWN, Growth
from simulators.anatomy.materials import NO_EDGE, Edge, Material
from simulators.anatomy.shapes import Point3, Points, Shape


@dataclass(frozen=True, slots=True)
class Structure:
    """One thing in the body; of two that overlap the later one in the body's list is there."""

    name: str
    material: Material
    shape: Shape
    edge: Edge = NO_EDGE
    fibres: Point3 = (1.0, 0.0, 0.0)
    """Unit vector along which its texture runs."""
    pulse_mm: float = 0.0
    """How far its surface moves outwards with the pulse."""
    bends: bool = False
    """Whether its fibres follow the layers of its shape; else they run straight."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Where a probe is held on the resting skin, and how."""

    x_mm: float = 0.0
    y_mm: float = 0.0
    turn_deg: float = 0.0
    """About the depth axis: positive turns the right end of the picture towards +y."""
    rock_deg: float = 0.0
    """In the image plane."""
    tilt_deg: float = 0.0
    """Out of the image plane."""

    @property
    def angles_rad(self) -> Point3:
        """Turn, rock and tilt."""
        return radians(self.turn_deg), radians(self.rock_deg), radians(self.tilt_deg)


@dataclass(frozen=True, slots=True)
class View:
    """A standard view of a site: what a textbook calls it, and how it is got."""

    name: str
    transducer: str
    hold: Hold
    depth_mm: float
    target: str
    """Name of the target that is meant here."""
    entry_mm: Point3
    """Where the needle goes through the skin for it."""
    swells: str = ""
    """Name of the structure that an injection at the target fills; empty where none does."""
    swells_ml: float = 2.5
    """How much goes in."""
    spreads: Point3 = (1.0, 0.9, 0.3)
    """How far that reaches along x, y and z of the body, in proportion to the furthest."""


@dataclass(frozen=True, slots=True)
class Motion:
    """What moves by itself, mm."""

    breathing_mm: Point3 = (0.0, 0.0, 0.0)
    """Greatest shift of all tissue with a breath."""
    breath_s: float = 4.2
    pulse_s: float = 0.85


@dataclass(frozen=True, slots=True)
class Body:
    """All of it; the same site and seed give the same body."""

    site: str
    seed: int
    structures: tuple[Structure, ...]
    """Painting order: the first fills everything, each later one covers. As drawn."""
    targets: Mapping[str, Point3]
    """Points that needles are meant for, mm; as grown."""
    no_go: tuple[str, ...]
    """Names of structures that a needle must spare."""
    views: tuple[View, ...]
    motion: Motion = field(default_factory=Motion)
    growth: Growth = AS_DRAWN
    """How this person's tissue lies beside the drawing."""
    haze: float = 0.0
    """How much of the echoes of the upper layers lies over what is deeper: 1 in most people, none
    in a test object."""

    def structure(self, name: str) -> Structure:
        """The structure with this name; raises KeyError."""
        for structure in self.structures:
            if structure.name == name:
                return structure
        raise KeyError(name)

    def uppermost(self, soft: Points, bone: Points) -> list[Structure]:
        """What is at each of some points (3, n), told where soft tissue and bone that are there
        now lie at rest."""
        soft, bone = self.growth.drawn(soft), self.growth.drawn(bone)
        lies = [bone if one.material.rigid else soft for one in self.structures]
        inside = np.stack(
            [s.shape.distance_mm(at) < 0.0 for s, at in zip(self.structures, lies, strict=True)]
        )
        last = len(self.structures) - 1 - np.argmax(inside[::-1], axis=0)
        return [self.structures[k] for k in last]
