"""An ultrasound machine on a body: for a pose of its probe the picture that it shows.

Tissue is complex Gaussian noise fixed to the resting body, weighted by what scatters, with surfaces
and strands that reflect. For each picture it is walked along the beams as they lie now, weakened by
what lies above, blurred to the sharpness of the probe and compressed to grey. So speckle is fully
developed, follows the tissue, and changes when the slice moves.

A picture of several looks is their mean on the display, where they overlap: each is formed on its
own by beams that are tilted. Their speckle is taken to have nothing in common, which is so for
directions as far apart as the aperture is wide, and somewhat too good for nearer ones. One thread
at a time.
"""

import math

import numpy as np

from drivers.api.samples import ImageU8
from simulators.anatomy.body import Body
from simulators.imaging.beams import Beams, Line
from simulators.imaging.display import Display, PixelGrid, Point, average, fit_grid, shares
from simulators.imaging.looks import Look, Moment
from simulators.imaging.march import CELL_SAMPLES, Floats
from simulators.imaging.settings import LOOKS_DEG, Settings, check_settings
from simulators.imaging.tiles import make_tiles
from simulators.imaging.transducer import Transducer


class Machine:
    """Making one takes about a second, a picture some milliseconds a look."""

    def __init__(
        self, body: Body, transducer: Transducer, settings: Settings, width_px: int, height_px: int
    ) -> None:
        """Raises SettingsRefused."""
        check_settings(settings, transducer)
        self.settings = settings
        samples = CELL_SAMPLES * round(height_px / CELL_SAMPLES)
        tiles = make_tiles(body.seed)
        self._looks = [
            Look(body, settings, _beams(transducer, settings, samples, angle), tiles, number)
            for number, angle in enumerate(LOOKS_DEG[settings.looks])
        ]
        self.beams, self.receiver = self._looks[0].beams, self._looks[0].receiver
        """Of the look straight ahead."""
        self.grid: PixelGrid = fit_grid(self.beams, width_px, height_px)
        self._displays = [Display(look.beams, settings, self.grid) for look in self._looks]
        self._shares = shares(self._displays)

    def places_mm(self) -> tuple[Line, Line]:
        """x and z in probe space of every sample of every line."""
        lines = np.arange(self.beams.lines, dtype=float)
        line, depth = np.meshgrid(lines, self.receiver.depth_mm, indexing="ij")
        return self.beams.at(line, depth)

    def reaches(self, point_mm: Point) -> bool:
        """Whether a beam of the look straight ahead comes to (x, z) of probe space."""
        x_mm, z_mm = (np.array([value]) for value in point_mm)
        return bool(self.beams.holds(*self.beams.locate(x_mm, z_mm)).item())

    @property
    def area_px(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom pixel of what beams reach, all of them inside."""
        inside = self._displays[0].inside
        rows, columns = (np.flatnonzero(inside.any(axis=axis)) for axis in (1, 0))
        return int(columns[0]), int(rows[0]), int(columns[-1]), int(rows[-1])

    def image(self, moment: Moment) -> ImageU8:
        """The grey picture."""
        pictures = [
            display.draw(look.envelope(moment), moment.number)
            for look, display in zip(self._looks, self._displays, strict=True)
        ]
        return average(pictures, self._shares)

    def envelope(self, moment: Moment) -> Floats:
        """Echo amplitude (lines, samples) of the look straight ahead, before compression; 1 is
        full white at gain 0."""
        return self._looks[0].envelope(moment)


def _beams(transducer: Transducer, settings: Settings, samples: int, angle_deg: float) -> Beams:
    """Beams of a look: tilted ones are as much longer as it takes to the lower border."""
    angle = math.radians(angle_deg)
    return Beams(transducer, settings.depth_mm / math.cos(angle), samples, angle)
