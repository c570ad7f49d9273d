"""One look at a body: beams of one direction, and what comes back along each of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulators.anatomy.body import Body, Structure
from simulators.anatomy.shapes import Distances, Points, measured
from simulators.imaging.beams import Beams
from simulators.imaging.contact import touching
from simulators.imaging.march import (
    CELL_LINES,
    CELL_SAMPLES,
    Floats,
    Medium,
    Mesh,
    Steps,
    march,
)
from simulators.imaging.points import Echoes, add_echoes
from simulators.imaging.receiver import Receiver
from simulators.imaging.settings import Settings
from simulators.imaging.tiles import Tiles, wide_changes
from simulators.imaging.tissues import make_tissues, upright

Mat4: TypeAlias = NDArray[np.float64]
Origin: TypeAlias = Callable[[Points], Points]
"""Where in the resting body the tissue now at these points came from."""
Met: TypeAlias = Callable[[Beams], tuple[Echoes, Floats]]
"""What such beams meet: its echoes, and the loss in dB (lines, samples) down to each sample."""
WIDE_LOSS_DB_CM_MHZ = 0.11
"""Standard deviation of the attenuation of one tissue from place to place; set by eye."""
SHEETS_APART = 3.0
"""Between the scatterers of one look and those of the next: their speckle has nothing in common."""


def at_rest(points: Points) -> Points:
    """Nothing has moved."""
    return points


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """All that a picture depends on beside body, probe and console."""

    probe_to_body: Mat4
    number: int = 0
    """Picks the electronic noise."""
    origin: Origin = at_rest
    """Of soft tissue."""
    bone_origin: Origin = at_rest
    pulse: float = 0.0
    """0 at rest, 1 at its height."""
    echoes: Sequence[Echoes] = ()
    """Of what is as bright from every direction."""
    needle: Met | None = None
    """What looks different to beams of another direction, and weakens them."""


class Look:
    """The beams of one direction, and the places that they run through. One thread at a time."""

    def __init__(
        self, body: Body, settings: Settings, beams: Beams, tiles: Tiles, number: int
    ) -> None:
        """`number` counts the looks of one picture, the straight one is 0."""
        self.beams, self.receiver = beams, Receiver(beams, settings, body.seed, body.haze)
        self._settings, self._number = settings, number
        self._structures, self._growth = body.structures, body.growth
        self._tiles = tiles
        self._tissues = make_tissues(body, settings, beams.step_mm)
        self._steps = Steps(
            np.float32(1.0 / self.receiver.voxel_mm),
            np.float32(1.0 / beams.transducer.slice_fwhm_mm),
            np.float32(SHEETS_APART * number),
            np.float32(beams.step_mm),
            np.float32(WIDE_LOSS_DB_CM_MHZ * settings.mhz * 2.0 * beams.step_mm / 10.0),
        )
        self._nodes, self._directions = _nodes(beams)
        self._field: Floats = np.empty((beams.lines, beams.samples, 2), np.float32)
        self._loss: Floats = np.empty((beams.lines, beams.samples), np.float32)

    def envelope(self, moment: Moment) -> Floats:
        """Echo amplitude (lines, samples) before compression; 1 is full white at gain 0."""
        mesh = self._mesh(moment)
        medium = Medium(mesh, self._tissues, self._tiles, self._steps)
        march(medium, self._field, self._loss)
        self.receiver.meet_tissue(self._field)
        for echoes in moment.echoes:
            add_echoes(self._field, echoes, self.beams)
        if moment.needle is not None:
            echoes, shade_db = moment.needle(self.beams)
            add_echoes(self._field, echoes, self.beams)
            self._loss += shade_db
        noise = moment.number * self._settings.looks + self._number
        return self.receiver.receive(self._field, self._loss, self._contact(mesh), noise)

    def _contact(self, mesh: Mesh) -> Floats:
        """What contact with the skin leaves of each line's amplitude; all where there is none."""
        skin = [n for n, one in enumerate(self._structures) if one.name == "skin"]
        gap_mm = mesh.distance[skin, :, 0].sum(axis=0)
        return touching(gap_mm, self.beams, self._settings.focus_mm)

    def _mesh(self, moment: Moment) -> Mesh:
        """The body at the nodes as the probe lies now."""
        turn, shift = moment.probe_to_body[:3, :3], moment.probe_to_body[:3, 3]
        points = np.einsum("ab,bls->als", turn, self._nodes) + shift[:, None, None]
        place, bone_place = (
            self._growth.drawn(origin(points).astype(np.float32))
            for origin in (moment.origin, moment.bone_origin)
        )
        directions = (turn @ self._directions).astype(np.float32)
        each = [(s, bone_place if s.material.rigid else place) for s in self._structures]
        both = [_measured(s, at) for s, at in each]
        distance = [
            apart - s.pulse_mm * moment.pulse for (s, _), (apart, _) in zip(each, both, strict=True)
        ]
        deep = [below for _, below in both]
        facing = [
            upright(s, at, below, directions) for (s, at), below in zip(each, deep, strict=True)
        ]
        wide = wide_changes(self._tiles, place)
        return Mesh(
            *(
                np.ascontiguousarray(one, np.float32)
                for one in (place, distance, deep, facing, wide)
            )
        )


def _measured(structure: Structure, place: Points) -> tuple[Distances, Distances]:
    """Distance and depth; what has no texture needs no depth, and any number does."""
    if structure.material.mottle_db or structure.material.strand_db:
        return measured(structure.shape, place)
    distance = structure.shape.distance_mm(place)
    return distance, distance


def _nodes(beams: Beams) -> tuple[Points, NDArray[np.float64]]:
    """Nodes of the mesh in probe space (3, lines, samples), and directions (3, lines)."""
    lines = np.arange(0, beams.lines + 1, CELL_LINES, dtype=float)
    depths = np.arange(0, beams.samples + 1, CELL_SAMPLES) * beams.step_mm
    line, depth = np.meshgrid(lines, depths, indexing="ij")
    x, z = beams.at(line, depth)
    across, down = beams.directions(lines)
    return np.stack([x, np.zeros_like(x), z]), np.stack([across, np.zeros_like(across), down])
