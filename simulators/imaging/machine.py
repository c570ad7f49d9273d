"""An ultrasound machine on a body: for a pose of its probe the picture that it shows.

Tissue is complex Gaussian noise fixed to the resting body, weighted by what scatters, with surfaces
and strands that reflect. For each picture it is walked along the beams as they lie now, weakened by
what lies above, blurred to the sharpness of the probe and compressed to grey. So speckle is fully
developed, follows the tissue, and changes when the slice moves. One thread at a time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from drivers.api.samples import ImageU8
from simulators.anatomy.body import Body, Structure
from simulators.anatomy.shapes import Distances, Points, measured
from simulators.imaging.beams import Beams, Line
from simulators.imaging.display import Display, PixelGrid, fit_grid
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
from simulators.imaging.settings import Settings, check_settings
from simulators.imaging.tiles import make_tiles
from simulators.imaging.tissues import along_fibres, make_tissues, upright
from simulators.imaging.transducer import Transducer

Mat4: TypeAlias = NDArray[np.float64]
Origin: TypeAlias = Callable[[Points], Points]
"""Where in the resting body the tissue now at these points came from."""


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
    shade_db: Floats | None = None
    """(lines, samples): loss down to each sample by what is no tissue, such as a needle."""
    contact: Floats | None = field(default=None)
    """(lines,): share of each line's aperture that touches the skin; all of it where None."""


class Machine:
    """Making one takes about a second, a picture some milliseconds."""

    def __init__(
        self, body: Body, transducer: Transducer, settings: Settings, width_px: int, height_px: int
    ) -> None:
        """Raises SettingsRefused."""
        check_settings(settings, transducer)
        self.settings = settings
        samples = CELL_SAMPLES * round(height_px / CELL_SAMPLES)
        self.beams = Beams(transducer, settings.depth_mm, samples)
        self.grid: PixelGrid = fit_grid(self.beams, width_px, height_px)
        self.receiver = Receiver(self.beams, settings, body.seed)
        self._body = body
        self._display = Display(self.beams, settings, self.grid)
        self._tiles = make_tiles(body.seed)
        self._tissues = make_tissues(body, settings, self.beams.step_mm)
        self._steps = _steps(self.beams, self.receiver)
        self._nodes, self._directions = _nodes(self.beams)
        self._field: Floats = np.empty((self.beams.lines, samples, 2), np.float32)
        self._loss: Floats = np.empty((self.beams.lines, samples), np.float32)

    def places_mm(self) -> tuple[Line, Line]:
        """x and z in probe space of every sample of every line."""
        lines = np.arange(self.beams.lines, dtype=float)
        line, depth = np.meshgrid(lines, self.receiver.depth_mm, indexing="ij")
        return self.beams.at(line, depth)

    @property
    def area_px(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom pixel of what beams reach, all of them inside."""
        rows, columns = (np.flatnonzero(self._display.inside.any(axis=axis)) for axis in (1, 0))
        return int(columns[0]), int(rows[0]), int(columns[-1]), int(rows[-1])

    def image(self, moment: Moment) -> ImageU8:
        """The grey picture."""
        return self._display.draw(self.envelope(moment))

    def envelope(self, moment: Moment) -> Floats:
        """Echo amplitude (lines, samples) before compression; 1 is full white at gain 0."""
        medium = Medium(self._mesh(moment), self._tissues, self._tiles, self._steps)
        march(medium, self._field, self._loss)
        for echoes in moment.echoes:
            add_echoes(self._field, echoes, self.beams)
        if moment.shade_db is not None:
            self._loss += moment.shade_db
        contact = (
            np.ones(self.beams.lines, np.float32) if moment.contact is None else moment.contact
        )
        return self.receiver.receive(self._field, self._loss, contact, moment.number)

    def _mesh(self, moment: Moment) -> Mesh:
        """The body at the nodes as the probe lies now."""
        turn, shift = moment.probe_to_body[:3, :3], moment.probe_to_body[:3, 3]
        points = np.einsum("ab,bls->als", turn, self._nodes) + shift[:, None, None]
        place, bone_place = (
            origin(points).astype(np.float32) for origin in (moment.origin, moment.bone_origin)
        )
        directions = (turn @ self._directions).astype(np.float32)
        structures = self._body.structures
        lies = [bone_place if s.material.rigid else place for s in structures]
        each = list(zip(structures, lies, strict=True))
        both = [_measured(s, at) for s, at in each]
        distance = [
            apart - s.pulse_mm * moment.pulse
            for s, (apart, _) in zip(structures, both, strict=True)
        ]
        deep = [below for _, below in both]
        facing = [
            upright(s, along_fibres(s, at, below, directions))
            for (s, at), below in zip(each, deep, strict=True)
        ]
        return Mesh(
            *(np.ascontiguousarray(one, np.float32) for one in (place, distance, deep, facing))
        )


def _measured(structure: Structure, place: Points) -> tuple[Distances, Distances]:
    """Distance and depth; what has no texture needs no depth, and any number does."""
    if structure.material.mottle_db or structure.material.strand_db:
        return measured(structure.shape, place)
    distance = structure.shape.distance_mm(place)
    return distance, distance


def _steps(beams: Beams, receiver: Receiver) -> Steps:
    """Sheets of scatterers lie a slice's thickness apart."""
    return Steps(
        np.float32(1.0 / receiver.voxel_mm),
        np.float32(1.0 / beams.transducer.slice_fwhm_mm),
        np.float32(beams.step_mm),
    )


def _nodes(beams: Beams) -> tuple[Points, NDArray[np.float64]]:
    """Nodes of the mesh in probe space (3, lines, samples), and directions (3, lines)."""
    lines = np.arange(0, beams.lines + 1, CELL_LINES, dtype=float)
    depths = np.arange(0, beams.samples + 1, CELL_SAMPLES) * beams.step_mm
    line, depth = np.meshgrid(lines, depths, indexing="ij")
    x, z = beams.at(line, depth)
    across, down = beams.directions(lines)
    return np.stack([x, np.zeros_like(x), z]), np.stack([across, np.zeros_like(across), down])
