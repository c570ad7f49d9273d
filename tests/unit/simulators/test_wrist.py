"""The wrist: a free way to both targets, nerve, tendons and a beating artery in the picture."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from resting_views import (
    SEEDS,
    Picture,
    clearances_mm,
    in_probe_space,
    machine_for,
    moment_of,
    name_at,
    sweep,
)

from simulators.anatomy.body import Body, View
from simulators.anatomy.wrist import make_wrist
from simulators.imaging.machine import Machine
from simulators.imaging.transducer import TRANSDUCERS
from simulators.motion import Pocket, before_pocket

PALM, BACK = make_wrist(0).views
SLICES_MM = (-1.2, 0.0, 1.2)
WALL = 10.0 ** (-32.0 / 20.0)
"""Amplitude between that of blood and that of the wall."""
VIEWS = pytest.mark.parametrize("view", [PALM, BACK], ids=lambda view: view.target)


@cache
def body() -> Body:
    return make_wrist(5)


@cache
def machine(view: View) -> Machine:
    return machine_for(body(), view)


@cache
def seen(view: View) -> Picture:
    return sweep(machine(view), view, SLICES_MM)


def apart_mm(name: str, view: View) -> NDArray[np.float64]:
    return np.asarray(body().structure(name).shape.distance_mm(seen(view).place))


def test_the_same_seed_is_the_same_person() -> None:
    assert make_wrist(7) == make_wrist(7)
    assert make_wrist(7).targets != make_wrist(8).targets


@VIEWS
@pytest.mark.parametrize("seed", SEEDS)
def test_the_straight_way_is_free(seed: int, view: View) -> None:
    room = clearances_mm(make_wrist(seed), view)
    assert {name: mm for name, mm in room.items() if mm < 0.1} == {}


@VIEWS
@pytest.mark.parametrize("seed", SEEDS)
def test_the_target_lies_in_what_swells(seed: int, view: View) -> None:
    one = make_wrist(seed)
    assert name_at(one, one.targets[view.target]) == view.swells


@pytest.mark.parametrize("seed", SEEDS)
def test_the_target_lies_close_beside_the_nerve(seed: int) -> None:
    one = make_wrist(seed)
    x, _, z = one.targets[PALM.target]
    aside = np.linspace(0.0, 1.0, 21)
    row = np.stack([x - aside, np.zeros_like(aside), np.full_like(aside, z)])
    nerve = one.structure("median nerve").shape.distance_mm(row)
    assert nerve[0] > 0.0 > nerve[-1]


@VIEWS
def test_the_needle_enters_at_an_end_of_the_probe(view: View) -> None:
    x, y, z = in_probe_space(view, view.entry_mm)
    half_mm = 0.5 * TRANSDUCERS[view.transducer].width_mm
    assert 0.9 * half_mm < abs(x) < half_mm
    assert (y, z) == pytest.approx((0.0, 0.0), abs=1e-9)


def test_what_must_be_spared_exists() -> None:
    assert set(body().no_go) <= {structure.name for structure in body().structures}


def test_fascicles_are_darker_than_the_nerve_around_them() -> None:
    picture = seen(PALM)
    fascicles, nerve = apart_mm("median nerve fascicles", PALM), apart_mm("median nerve", PALM)
    within, between = fascicles < -0.2, (nerve < -0.1) & (fascicles > 0.12)
    assert picture.level_db(within) < picture.level_db(between) - 6.0


def test_tendons_across_are_brighter_than_what_is_between_them() -> None:
    picture, at = seen(PALM), seen(PALM).place
    tendons = apart_mm("flexor tendons", PALM)
    shallow = (apart_mm("carpal tunnel", PALM) < -0.5) & (at[2] < 14.0)
    nerve, bones = apart_mm("hydrodissection plane", PALM), apart_mm("carpal bones", PALM)
    inner, around = (tendons < -0.4), (tendons > 0.4) & (nerve > 0.3) & (bones > 1.0)
    assert picture.level_db(inner & shallow) > picture.level_db(around & shallow) + 3.0


def test_tendons_across_darken_when_the_probe_is_tilted() -> None:
    levels = []
    for tilt_deg in (0.0, 10.0):
        view = replace(PALM, hold=replace(PALM.hold, tilt_deg=tilt_deg))
        picture = sweep(machine(PALM), view, SLICES_MM)
        tendons = body().structure("flexor tendons").shape.distance_mm(picture.place) < -0.4
        levels.append(picture.level_db(tendons & (picture.place[2] < 11.0)))
    assert levels[1] < levels[0] - 4.0


def test_the_lumen_of_the_artery_is_black_between_bright_walls() -> None:
    picture = seen(PALM)
    artery = apart_mm("ulnar artery", PALM)
    assert picture.level_db(artery < -0.5) < picture.level_db(np.abs(artery) < 0.15) - 12.0


def test_the_pulse_moves_the_wall_of_the_artery_in_the_picture() -> None:
    pulse_mm = body().structure("ulnar artery").pulse_mm
    rest, beat = (wall_mm(pulse) for pulse in (0.0, 1.0))
    assert beat - rest == pytest.approx(2.0 * pulse_mm, abs=0.05)


def wall_mm(pulse: float) -> float:
    """Height of what is dark in the picture around the middle of the artery."""
    picture = sweep(machine(PALM), PALM, SLICES_MM, pulse)
    apart, envelope = apart_mm("ulnar artery", PALM), picture.envelope
    line, sample = np.unravel_index(np.argmin(apart), apart.shape)
    column = envelope[line - 1 : line + 2].mean(axis=0)
    bright = np.flatnonzero(column > WALL)
    above, below = bright[bright < sample].max(), bright[bright > sample].min()
    return float(
        (crossing(column, below - 1) - crossing(column, above)) * machine(PALM).beams.step_mm
    )


def crossing(column: NDArray[np.float32], sample: int) -> float:
    """Where between this sample and the next the wall's level is met."""
    here, there = column[sample], column[sample + 1]
    return float(sample + (WALL - here) / (there - here))


def test_the_recess_is_dark_between_bright_bones() -> None:
    picture, at = seen(BACK), seen(BACK).place
    bones = np.minimum(apart_mm("carpal bones", BACK), apart_mm("radius", BACK))
    recess = (apart_mm("dorsal recess", BACK) < -0.4) & (bones > 0.9)
    surface = (np.abs(bones) < 0.2) & (at[2] < 12.0) & (np.abs(at[1]) < 18.0)
    assert recess.any()
    assert picture.level_db(recess) < picture.level_db(surface) - 20.0


def test_what_is_injected_fills_the_recess_and_moves_no_bone() -> None:
    pocket = Pocket(body().targets[BACK.target], BACK.swells_ml, BACK.spreads)
    filled = replace(moment_of(BACK), origin=lambda points: before_pocket(points, pocket))
    at = seen(BACK).place
    before, after = (Picture(machine(BACK).envelope(one), at) for one in (moment_of(BACK), filled))
    bones = np.minimum(apart_mm("carpal bones", BACK), apart_mm("radius", BACK))
    close = np.abs(at[1] - pocket.centre_mm[1]) < 4.0
    above = close & (bones > 1.0) & (at[2] > pocket.centre_mm[2] - 1.5)
    assert after.level_db(above) < before.level_db(above) - 6.0
    crest = (at[1, :, 0] > 3.0) & (at[1, :, 0] < 7.0)
    near = np.where(np.abs(bones) < 0.6, 1.0, 0.0)[crest]
    rows = [np.argmax(near * one.envelope[crest], axis=1) for one in (before, after)]
    assert np.abs(rows[1] - rows[0]).max() <= 2


def test_the_extensor_tendon_is_seen_over_the_radius_only() -> None:
    at = seen(BACK).place
    proximal = at[1][apart_mm("extensor tendon", BACK) < 0.0]
    assert proximal.size > 0
    assert proximal.max() < -4.0
