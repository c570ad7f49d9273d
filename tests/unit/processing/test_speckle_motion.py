"""The motion of a whole picture on simulated scans, against how the probe really moved."""

from dataclasses import replace

import numpy as np
import pytest

from guidance_app.domain.picture_area import rectangle
from guidance_app.processing.speckle_motion import picture_motion_px
from simulators.hands import Operator
from simulators.pictures import Pictures, build_pictures
from simulators.probe import ProbeShift
from simulators.scenario import Scenario


class Moved:
    """Hands whose probe is moved as a test wants it, and nothing else."""

    def __init__(self, hands: Operator, shift: ProbeShift) -> None:
        self._hands, self._shift = hands, shift

    def probe(self, time_s: float) -> ProbeShift:
        """At rest up to the tenth second."""
        return self._shift if time_s > 10.0 else ProbeShift()

    def __getattr__(self, name: str) -> object:
        return getattr(self._hands, name)


@pytest.fixture(scope="module")
def knee() -> Pictures:
    return build_pictures(Scenario("knee"))


def moved_mm(knee: Pictures, shift: ProbeShift) -> tuple[float, float]:
    """To the right and down, from the picture before the probe was moved to one after."""
    before = knee.case
    knee.case = replace(before, hands=Moved(before.hands, shift))  # type: ignore[arg-type]
    try:
        pictures = knee.image(290).copy(), knee.image(310).copy()
    finally:
        knee.case = before
    found = picture_motion_px(*pictures, rectangle(*knee.area_px))
    assert found is not None
    return found[0] * knee.grid.mm_per_px, found[1] * knee.grid.mm_per_px


@pytest.mark.parametrize("slide_mm", [0.2, 0.5, -1.0])
def test_a_probe_that_slides_moves_the_picture_the_other_way(
    knee: Pictures, slide_mm: float
) -> None:
    x, y = moved_mm(knee, ProbeShift(slide_mm=slide_mm))
    assert x == pytest.approx(-slide_mm, abs=0.03)
    assert abs(y) < 0.03


def test_a_probe_that_presses_moves_it_up(knee: Pictures) -> None:
    x, y = moved_mm(knee, ProbeShift(press_mm=0.5))
    assert abs(x) < 0.05
    assert -0.5 < y < -0.1


def test_a_probe_that_is_still_moves_nothing(knee: Pictures) -> None:
    assert np.hypot(*moved_mm(knee, ProbeShift())) < 0.03


def test_what_cannot_be_followed_is_not_told() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (2, 240, 320), dtype=np.uint8)
    whole = rectangle(0, 0, 319, 239)
    assert picture_motion_px(noise[0], noise[1], whole) is None
    assert picture_motion_px(noise[0] * 0, noise[0] * 0, whole) is None
    assert picture_motion_px(noise[0], noise[0], whole) == pytest.approx((0.0, 0.0), abs=1e-3)
    assert picture_motion_px(noise[0], noise[0], rectangle(0, 0, 60, 60)) is None
