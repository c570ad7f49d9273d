"""What swirls in an injected pocket, and the flash of a tip that moves."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from simulators.case import inverse
from simulators.imaging.beams import Beams
from simulators.imaging.needle_echoes import NeedleSurface
from simulators.imaging.points import slice_weight
from simulators.imaging.transducer import LINEAR
from simulators.injectate import WALL, make_injectate
from simulators.motion import Pocket
from simulators.needle import NeedleKind, aim
from simulators.pictures import RATE_HZ, Pictures, build_pictures
from simulators.scenario import Scenario

POCKET = Pocket((1.0, 2.0, 12.0), 2.5, (1.0, 0.9, 0.3))
LASTS_S = 10.0


def test_specks_come_with_the_injection_stay_inside_and_are_gone_after_it() -> None:
    injectate = make_injectate(3)
    for since_s in (-5.0, 0.0, LASTS_S + 25.0):
        assert injectate.at(POCKET, since_s, LASTS_S)[1].size == 0
    amounts = []
    for since_s in (1.0, 5.0, 10.0, 20.0):
        places, light = injectate.at(POCKET, since_s, LASTS_S)
        away = (places - np.array(POCKET.centre_mm)[:, None]).T / np.array(POCKET.flat)
        assert np.linalg.norm(away, axis=1).max() <= WALL * POCKET.radius_mm + 1e-9
        assert np.all(light > 0.0)
        amounts.append(light.sum())
    assert amounts[0] < amounts[1] < amounts[2] > 3.0 * amounts[3]


def test_they_start_at_the_tip_and_move_without_a_jump() -> None:
    one = replace(make_injectate(3), born=np.zeros(700))
    times = np.arange(0.1, 6.0, 1.0 / RATE_HZ)
    courses = [one.at(POCKET, float(t), LASTS_S)[0] for t in times]
    early, late = (
        np.linalg.norm(course - np.array(POCKET.centre_mm)[:, None], axis=0).mean()
        for course in (courses[0], courses[-1])
    )
    assert early < 0.2 * late
    steps = [np.linalg.norm(b - a, axis=0) for a, b in pairwise(courses)]
    assert max(step.max() for step in steps) < 1.0
    assert min(np.median(step) for step in steps[:60]) > 0.02


def test_one_seed_has_one_injection() -> None:
    first, again, other = (make_injectate(n).at(POCKET, 5.0, LASTS_S)[0] for n in (4, 4, 5))
    assert np.array_equal(first, again)
    assert first.shape != other.shape or not np.array_equal(first, other)


@pytest.mark.parametrize("looks", [1, 3])
def test_the_picture_shows_them_in_the_recess(looks: int) -> None:
    pictures = build_pictures(Scenario("knee", looks=looks))
    begins_s, ends_s = pictures.case.hands.injection_s
    number = round(ends_s * RATE_HZ)
    image = pictures.image(number).astype(float)
    places, light = pictures.case.specks(number / RATE_HZ)
    to_probe = inverse(pictures.case.probe_to_body(number / RATE_HZ))
    x, y, z = to_probe[:3, :3] @ places + to_probe[:3, 3:]
    bright = light * slice_weight(LINEAR, y, z) > 0.07
    assert bright.sum() > 15
    at = [pictures.grid.to_px(point) for point in zip(x[bright], z[bright], strict=True)]
    grey = np.array([image[round(v), round(u)] for u, v in at])
    assert np.median(grey) > 90.0
    assert fluid_level(pictures, number) > fluid_level(pictures, round((begins_s + 40) * RATE_HZ))


def fluid_level(pictures: Pictures, number: int) -> float:
    """Mean grey 4 mm to the right of the target, where no needle lies."""
    u, v = pictures.truth(number).target_px
    reach = round(4.0 / pictures.grid.mm_per_px)
    row, column = round(v), round(u) + reach
    part = pictures.image(number)[row - 15 : row + 15, column - 40 : column + 40]
    return float(part.mean())


def test_where_nothing_swells_nothing_swirls() -> None:
    case = build_pictures(Scenario("gel")).case
    middle_s = sum(case.hands.injection_s) / 2.0
    places, light = case.specks(middle_s)
    assert (places.shape, light.size) == ((3, 0), 0)


def test_a_tip_flashes_while_it_moves_and_only_the_tip() -> None:
    beams, here = Beams(LINEAR, 40.0, 480), np.eye(4)
    surface = NeedleSurface(1)
    ratios = []
    for share in np.linspace(0.5, 1.0, 40):
        rest = aim(NeedleKind(), (-24.0, 0.0, 0.0), (6.0, 0.0, 17.0), (0.0, 0.0, -1.0), share)
        moves = replace(rest, speed_mm_s=5.0)
        still, moving = (np.abs(surface.echoes(n, here, beams).amplitude) for n in (rest, moves))
        points = rest.shaft().shape[1]
        assert np.array_equal(still[20:points], moving[20:points])
        ratios.append(moving[0] / still[0])
    assert min(ratios) > 1.0
    assert max(ratios) > 1.5 > min(ratios), "for moments"
