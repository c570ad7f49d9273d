"""The picture of a case at any of its times: what a machine shows while the script runs."""

from dataclasses import dataclass

import numpy as np

from drivers.api.samples import ImageU8, ScaledRegion
from drivers.opencv import cv2
from simulators.case import Case, Truth, inverse, tell_truth
from simulators.consoles.console import Console
from simulators.consoles.layouts import CONSOLES
from simulators.imaging.beams import Beams, Line
from simulators.imaging.display import PixelGrid, Point
from simulators.imaging.looks import Mat4, Met, Moment
from simulators.imaging.machine import Machine
from simulators.imaging.march import Floats
from simulators.imaging.needle_echoes import NeedleSurface, needle_shade
from simulators.imaging.points import Echoes
from simulators.imaging.settings import Settings
from simulators.imaging.transducer import TRANSDUCERS
from simulators.needle import Needle
from simulators.scenario import Scenario, cast

RATE_HZ = 30
"""Frames of all cases: frame k shows the time k / RATE_HZ."""


@dataclass(frozen=True, slots=True, eq=False)
class EchoMap:
    """Amplitude along every beam, 1 is full white, and where each sample lies."""

    envelope: Floats
    """(lines, samples)."""
    x_mm: Line
    z_mm: Line


class Pictures:
    """Making one takes about a second, a picture some milliseconds. One thread at a time."""

    def __init__(
        self, case: Case, settings: Settings, size_px: tuple[int, int], console: str = ""
    ) -> None:
        """`console` is the name of the scanner around the picture; it then decides on the size."""
        self.case = case
        self._settings = settings
        self._transducer = TRANSDUCERS[case.view.transducer]
        self._console = Console(CONSOLES[console], self._transducer) if console else None
        width_px, height_px = self._console.picture_px if self._console else size_px
        self._machine = Machine(case.body, self._transducer, settings, width_px, height_px)
        self._surface = NeedleSurface(case.body.seed)

    @property
    def grid(self) -> PixelGrid:
        """Where the picture lies in the image plane."""
        return self._machine.grid

    @property
    def regions(self) -> tuple[ScaledRegion, ...]:
        """The rectangle that beams reach, with its scale; none on a scanner's screen."""
        if self._console is not None:
            return ()
        scale = self.grid.mm_per_px
        return (ScaledRegion(*self._machine.area_px, scale, scale),)

    @property
    def area_px(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom pixel of what beams reach, on what is shown."""
        left, top, right, bottom = self._machine.area_px
        if self._console is None:
            return left, top, right, bottom
        corners = (self._console.on_screen(p) for p in ((left, top), (right, bottom)))
        (left, top), (right, bottom) = ((round(u), round(v)) for u, v in corners)
        return left, top, right, bottom

    @property
    def shape(self) -> tuple[int, int, int]:
        """Rows, columns and channels of an image."""
        if self._console is None:
            return self.grid.height_px, self.grid.width_px, 1
        return self._console.layout.height_px, self._console.layout.width_px, 3

    def to_px(self, point_mm: Point) -> Point:
        """Where (x, z) in mm of probe space is shown."""
        point = self.grid.to_px(point_mm)
        return self._console.on_screen(point) if self._console else point

    def image(self, number: int) -> ImageU8:
        """Frame `number` of the case: grey, or BGR where a scanner's screen is shown."""
        picture = self._picture(number)
        if self._console is None:
            return picture
        return self._console.draw(picture, self.grid, self._settings, number / RATE_HZ)

    def _picture(self, number: int) -> ImageU8:
        now = self._machine.image(self._moment(number))
        stays = self._settings.persistence
        if stays == 0.0 or number == 0:
            return now
        before = self._machine.image(self._moment(number - 1))
        return np.asarray(cv2.addWeighted(now, 1.0 - stays, before, stays, 0.0), np.uint8)

    def echoes(self, number: int) -> EchoMap:
        """The echoes of frame `number` before they are made grey."""
        return EchoMap(self._machine.envelope(self._moment(number)), *self._machine.places_mm())

    def truth(self, number: int) -> Truth:
        """What is where in that frame."""
        fwhm_mm = self._transducer.slice_fwhm_mm
        shown = self._machine.reaches
        return tell_truth(self.case, self.to_px, shown, fwhm_mm, number / RATE_HZ)

    def _moment(self, number: int) -> Moment:
        time_s, case = number / RATE_HZ, self.case
        probe_to_body = case.probe_to_body(time_s)
        to_probe = inverse(probe_to_body)
        needle = case.needle(time_s)
        return Moment(
            probe_to_body,
            number,
            case.moving(time_s, needle),
            lambda points: case.before_breath(points, time_s),
            case.pulse(time_s),
            (self._specks(time_s, to_probe),),
            None if needle is None else self._met(needle, to_probe),
        )

    def _specks(self, time_s: float, to_probe: Mat4) -> Echoes:
        places, light = self.case.specks(time_s)
        x, y, z = to_probe[:3, :3] @ places + to_probe[:3, 3:]
        return Echoes(x, y, z, light.astype(np.complex64))

    def _met(self, needle: Needle, to_probe: Mat4) -> Met:
        return lambda beams: (
            self._surface.echoes(needle, to_probe, beams),
            needle_shade(needle, to_probe, beams),
        )


def build_case(scenario: Scenario) -> tuple[Case, float]:
    """The case of a scenario, and z in mm of its picture's upper border; raises ScenarioRefused."""
    found = cast(scenario)
    beams = Beams(TRANSDUCERS[found.view.transducer], found.settings.depth_mm, samples=1)
    return Case(found.body, found.view, found.hands), beams.top_mm()


def build_pictures(scenario: Scenario) -> Pictures:
    """The pictures of a scenario; raises ScenarioRefused."""
    found = cast(scenario)
    case = Case(found.body, found.view, found.hands)
    size_px = scenario.width_px, scenario.height_px
    return Pictures(case, found.settings, size_px, scenario.console)
