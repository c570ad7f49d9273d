"""The picture of a case at any of its times: what a machine shows while the script runs."""

from dataclasses import dataclass

import numpy as np

from drivers.api.samples import ImageU8, ScaledRegion
from drivers.opencv import cv2
from simulators.case import Case, Truth, inverse, tell_truth
from simulators.imaging.beams import Line
from simulators.imaging.display import PixelGrid
from simulators.imaging.machine import Machine, Moment
from simulators.imaging.march import Floats
from simulators.imaging.needle_echoes import NeedleSurface, needle_shade
from simulators.imaging.points import Echoes
from simulators.imaging.settings import Settings
from simulators.imaging.transducer import TRANSDUCERS
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

    def __init__(self, case: Case, settings: Settings, width_px: int, height_px: int) -> None:
        self.case = case
        self._settings = settings
        self._transducer = TRANSDUCERS[case.view.transducer]
        self._machine = Machine(case.body, self._transducer, settings, width_px, height_px)
        self._surface = NeedleSurface(case.body.seed)

    @property
    def grid(self) -> PixelGrid:
        """Where the picture lies in the image plane."""
        return self._machine.grid

    @property
    def region(self) -> ScaledRegion:
        """The rectangle of the picture that beams reach, with its scale."""
        left, top, right, bottom = self._machine.area_px
        return ScaledRegion(left, top, right, bottom, self.grid.mm_per_px, self.grid.mm_per_px)

    def image(self, number: int) -> ImageU8:
        """Frame `number` of the case."""
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
        return tell_truth(self.case, self.grid, fwhm_mm, number / RATE_HZ)

    def _moment(self, number: int) -> Moment:
        time_s, case = number / RATE_HZ, self.case
        probe_to_body = case.probe_to_body(time_s)
        to_probe = inverse(probe_to_body)
        needle = case.needle(time_s)
        echoes: list[Echoes] = []
        shade = None
        if needle is not None:
            echoes.append(self._surface.echoes(needle, to_probe, self._machine.beams))
            shade = needle_shade(needle, to_probe, self._machine.beams)
        return Moment(
            probe_to_body,
            number,
            lambda points: case.at_rest(points, time_s),
            lambda points: case.before_breath(points, time_s),
            case.pulse(time_s),
            echoes,
            shade,
        )


def build_pictures(scenario: Scenario) -> Pictures:
    """The pictures of a scenario; raises ScenarioRefused."""
    found = cast(scenario)
    case = Case(found.body, found.view, found.hands, found.needle)
    return Pictures(case, found.settings, scenario.width_px, scenario.height_px)
