"""Pictures made of several looks: where tilted beams run, and what averaging them does."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulators.anatomy.body import Body, Structure
from simulators.anatomy.materials import BONE, CORTEX
from simulators.anatomy.phantom import even_block
from simulators.anatomy.shapes import Ellipsoid
from simulators.imaging.beams import Beams
from simulators.imaging.looks import Moment
from simulators.imaging.machine import Machine
from simulators.imaging.needle_echoes import NeedleSurface, needle_shade
from simulators.imaging.settings import LOOKS_DEG, SettingsRefused, usual_settings
from simulators.imaging.transducer import CURVED, LINEAR, SMALL
from simulators.needle import NeedleKind, aim
from simulators.scenario import Scenario, ScenarioRefused, cast

EGG = Ellipsoid((0.0, 0.0, 12.0), (6.0, 30.0, 3.0))
SIZE_PX = (480, 360)

BEAMS = st.builds(
    lambda transducer, share, steer: Beams(transducer, share * 100.0, 400, steer),
    st.sampled_from([LINEAR, SMALL, CURVED]),
    st.floats(0.3, 1.5),
    st.floats(-0.3, 0.3),
)


@given(BEAMS, st.floats(-0.5, 159.5), st.floats(0.0, 399.0))
@settings(deadline=None, derandomize=True)
def test_a_place_on_a_tilted_beam_is_found_again(beams: Beams, line: float, sample: float) -> None:
    depth = np.array([(sample + 0.5) * beams.step_mm])
    found_line, found_sample = beams.locate(*beams.at(np.array([line]), depth))
    assert found_line[0] == pytest.approx(line, abs=1e-6)
    assert found_sample[0] == pytest.approx(sample, abs=1e-6)


@given(BEAMS, st.floats(-0.5, 159.5), st.floats(0.0, 100.0), st.floats(1.0, 9.0))
@settings(deadline=None, derandomize=True)
def test_beams_run_straight_along_their_directions(
    beams: Beams, line: float, depth_mm: float, further_mm: float
) -> None:
    here, there = (
        np.stack(beams.at(np.array([line]), np.array([mm])))
        for mm in (depth_mm, depth_mm + further_mm)
    )
    along = np.stack(beams.directions(np.array([line])))
    assert (there - here) / further_mm == pytest.approx(along, abs=1e-9)
    beside = np.stack(beams.at(np.array([line + 1e-4]), np.array([depth_mm]))) - here
    across_mm = abs(beside[0, 0] * along[1, 0] - beside[1, 0] * along[0, 0]) / 1e-4
    assert across_mm == pytest.approx(beams.pitch_mm(np.array([depth_mm]))[0], rel=1e-3)


def with_egg() -> Body:
    structures = (*even_block(1).structures, Structure("egg", BONE, EGG, CORTEX))
    return replace(even_block(1), structures=structures)


@cache
def picture(body: str, looks: int, y_mm: float = 0.0) -> NDArray[np.float64]:
    one = machine({"even": even_block(1), "egg": with_egg()}[body], looks)
    pose = np.eye(4)
    pose[1, 3] = y_mm
    return one.image(Moment(pose)).astype(float)


def machine(body: Body, looks: int) -> Machine:
    console = replace(usual_settings(LINEAR, 38.4), looks=looks)
    return Machine(body, LINEAR, console, *SIZE_PX)


@pytest.mark.parametrize("looks", [3, 5])
def test_speckle_falls_as_the_root_of_the_number_of_looks(looks: int) -> None:
    """In the middle, where all of them overlap; grey is a logarithm, so its mean stays."""
    part = np.s_[90:230, 160:320]
    once, often = (
        np.stack([picture("even", number, 6.0 * n)[part] for n in range(3)])
        for number in (1, looks)
    )
    speckle = [one - one.mean(axis=(0, 2), keepdims=True) for one in (once, often)]
    assert speckle[1].std() / speckle[0].std() == pytest.approx(1.0 / math.sqrt(looks), rel=0.1)
    assert often.mean() == pytest.approx(once.mean(), abs=3.0)


def test_the_sides_of_a_shadow_grow_soft_and_its_middle_reaches_less_deep() -> None:
    """Behind an egg of bone 12 mm wide, 20 mm below it: beams of 10° pass by 3.5 mm further in."""
    below = np.s_[300:330]
    once, often = (
        np.mean([picture("egg", looks, 4.0 * n)[below].mean(axis=0) for n in range(3)], axis=0)
        for looks in (1, 3)
    )
    lit, dark = often[20:80].mean(), often[230:250].mean()
    assert dark < 0.25 * lit
    half_lit = [np.mean((row > 0.25 * lit) & (row < 0.8 * lit)) for row in (once, often)]
    assert half_lit[1] > 3.0 * half_lit[0]


def test_a_steep_needle_is_seen_better() -> None:
    needle = aim(NeedleKind(), (-14.0, 0.0, 0.0), (6.0, 0.0, 22.0), (0.0, 0.0, -1.0), 1.0)
    surface, here = NeedleSurface(1), np.eye(4)
    met = Moment(
        here,
        needle=lambda beams: (
            surface.echoes(needle, here, beams),
            needle_shade(needle, here, beams),
        ),
    )
    levels = []
    for looks in (1, 5):
        one = machine(even_block(1), looks)
        image = one.image(met).astype(float)
        at = [one.grid.to_px((x, z)) for x, _, z in needle.shaft()[:, 40:-40:20].T.tolist()]
        shaft = np.mean([image[round(v), round(u)] for u, v in at])
        levels.append(shaft - picture("even", looks)[90:230, 160:320].mean())
    assert levels[1] > levels[0]


def test_every_look_draws_a_needle_in_the_same_place() -> None:
    needle = aim(NeedleKind(), (-20.0, 0.0, 4.0), (0.0, 0.0, 16.0), (0.0, 0.0, -1.0), 1.0)
    here = np.eye(4)
    for angle in LOOKS_DEG[5]:
        beams = Beams(LINEAR, 40.0, 480, math.radians(angle))
        echoes = NeedleSurface(1).echoes(needle, here, beams)
        points = needle.shaft().shape[1]
        assert np.array_equal(echoes.x_mm[:points], needle.shaft()[0])
        first, second = (
            np.stack([echoes.x_mm, echoes.z_mm])[:, n : n + points] for n in (0, points)
        )
        along = np.stack(beams.directions(np.zeros(1)))
        assert second - first == pytest.approx(np.broadcast_to(1.05 * 0.718 * along, first.shape))


@pytest.mark.parametrize("looks", [0, 2, 4, 7])
def test_looks_that_there_are_not_are_refused(looks: int) -> None:
    with pytest.raises(SettingsRefused, match=f"looks is {looks}: 1, 3 or 5"):
        machine(even_block(1), looks)
    with pytest.raises(ScenarioRefused, match="1, 3 or 5"):
        cast(Scenario("knee", looks=looks))


def test_a_scenario_says_how_many_looks() -> None:
    assert cast(Scenario("knee")).settings.looks == 1
    assert cast(Scenario("knee", looks=3)).settings.looks == 3
