"""Needles: how thick, how bent, where they meet their target, and what shows of them."""

from dataclasses import replace

import numpy as np
import pytest

from simulators.imaging.beams import Beams
from simulators.imaging.needle_echoes import NeedleSurface, needle_shade
from simulators.imaging.transducer import LINEAR
from simulators.needle import OUTER_MM, Needle, NeedleKind, aim

ENTRY, TARGET, UP = (-24.0, 0.0, 0.0), (6.0, 0.0, 17.0), (0.0, 0.0, -1.0)
BEAMS = Beams(LINEAR, 40.0, 480)
HERE = np.eye(4)


@pytest.mark.parametrize("gauge", sorted(OUTER_MM))
@pytest.mark.parametrize("tip", ["quincke", "whitacre"])
def test_a_bent_needle_still_meets_what_it_is_aimed_at(gauge: int, tip: str) -> None:
    needle = aim(NeedleKind(gauge, tip), ENTRY, TARGET, UP, 1.0)
    assert needle.tip_mm() == pytest.approx(TARGET, abs=0.01)
    assert needle.at(np.zeros(1))[:, 0] == pytest.approx(ENTRY)


def test_the_bend_is_that_of_the_measured_needle() -> None:
    """Rand 2016: 8.9 mm aside after 80 mm, a 22G Quincke tip in gel."""
    straight = Needle(NeedleKind(), (0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0), 80.0)
    assert straight.tip_mm()[2] == pytest.approx(8.9, abs=0.2)
    thin = replace(straight, kind=NeedleKind(25))
    pencil = replace(straight, kind=NeedleKind(22, "whitacre"))
    assert thin.tip_mm()[2] > straight.tip_mm()[2] > 10.0 * pencil.tip_mm()[2]


def test_the_shaft_follows_the_path_of_its_tip() -> None:
    deep = aim(NeedleKind(), ENTRY, TARGET, UP, 1.0)
    half = aim(NeedleKind(), ENTRY, TARGET, UP, 0.5)
    nearest = np.linalg.norm(deep.shaft() - np.array(half.tip_mm())[:, None], axis=0).min()
    assert nearest < 0.05
    assert np.linalg.norm(np.diff(deep.shaft(), axis=1), axis=0) == pytest.approx(0.08, abs=1e-3)


def test_entry_and_target_on_one_point_are_refused() -> None:
    with pytest.raises(ValueError, match="one point"):
        aim(NeedleKind(), ENTRY, ENTRY, UP, 1.0)


def strength(needle: Needle) -> float:
    echoes = NeedleSurface(1).echoes(needle, HERE, BEAMS)
    return float(np.mean(np.abs(echoes.amplitude)))


def test_the_echo_falls_with_the_tilt_and_an_echogenic_tip_keeps_it() -> None:
    by_tilt = [
        strength(aim(NeedleKind(), ENTRY, (0.0, 0.0, depth), UP, 1.0)) for depth in (3, 9, 17, 30)
    ]
    assert by_tilt == sorted(by_tilt, reverse=True)
    steep = aim(NeedleKind(), (-10.0, 0.0, 0.0), (0.0, 0.0, 12.0), UP, 1.0)
    dimpled = replace(steep, kind=NeedleKind(echogenic=True))
    assert strength(dimpled) > 1.5 * strength(steep)


def test_a_thicker_needle_is_brighter_and_its_copies_lie_further_apart() -> None:
    thin, thick = (aim(NeedleKind(gauge), ENTRY, TARGET, UP, 1.0) for gauge in (27, 18))
    assert strength(thick) > strength(thin)
    spans = [
        float(np.ptp(NeedleSurface(1).echoes(needle, HERE, BEAMS).z_mm)) for needle in (thin, thick)
    ]
    assert spans[1] - spans[0] == pytest.approx(4 * 1.05 * (1.27 - 0.413), abs=0.1)


def test_its_shadow_lies_below_it_and_only_in_the_slice() -> None:
    needle = aim(NeedleKind(), ENTRY, TARGET, UP, 1.0)
    shade = needle_shade(needle, HERE, BEAMS)
    middle = round(float(BEAMS.locate(np.array([-9.0]), np.array([8.5]))[0][0]))
    crossed = int(np.argmax(shade[middle] > 0))
    assert crossed * BEAMS.step_mm == pytest.approx(8.9, abs=1.0)
    assert shade[middle, -1] == pytest.approx(3.0, abs=0.5)
    assert shade[-20:].max() == 0.0
    beside = np.eye(4)
    beside[1, 3] = 4.0
    assert needle_shade(needle, beside, BEAMS).max() < 0.2
