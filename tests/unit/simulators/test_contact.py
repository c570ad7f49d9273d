"""Contact of face and skin: lost where a rocked probe hangs in the air, kept by the scripts."""

import numpy as np
import pytest
from numpy.typing import NDArray

from simulators.anatomy.phantom import gel_block
from simulators.anatomy.sites import make_body
from simulators.case import Case
from simulators.hands import SKILLS, Way, make_hands
from simulators.imaging.beams import Beams
from simulators.imaging.contact import touching
from simulators.imaging.looks import Moment
from simulators.imaging.machine import Machine
from simulators.imaging.march import CELL_LINES
from simulators.imaging.settings import usual_settings
from simulators.imaging.transducer import LINEAR, TRANSDUCERS
from simulators.needle import NeedleKind
from simulators.probe import ProbeShift, held

SITES = ("knee", "shoulder", "wrist", "hip", "lumbar", "sacroiliac")
ROCK_DEG = 8.0


def machine(site: str) -> Machine:
    body = make_body(site, 1)
    view = body.views[0]
    transducer = TRANSDUCERS[view.transducer]
    return Machine(body, transducer, usual_settings(transducer, view.depth_mm), 480, 360)


def rocked(one: Machine, site: str, rock_deg: float) -> NDArray[np.float32]:
    hold = make_body(site, 1).views[0].hold
    shift = ProbeShift(rock_rad=np.radians(rock_deg))
    return one.envelope(Moment(held(hold, shift)))


@pytest.mark.parametrize("site", ["hip", "wrist", "lumbar"])
def test_an_end_that_is_rocked_off_the_skin_brings_nothing_but_the_face(site: str) -> None:
    one = machine(site)
    deep = slice(round(2.0 / one.beams.step_mm), round(8.0 / one.beams.step_mm))
    first, last = slice(0, one.beams.lines // 30), slice(-one.beams.lines // 30, None)
    for angle, lost, kept in ((ROCK_DEG, first, last), (-ROCK_DEG, last, first)):
        level, rest = rocked(one, site, angle), rocked(one, site, 0.0)
        assert level[lost, deep].mean() < 0.5 * rest[lost, deep].mean()
        assert level[kept, deep].mean() > 0.6 * rest[kept, deep].mean()
        assert level[lost, :2].max() > 0.6 * rest[kept, :2].max()


def test_contact_is_lost_little_by_little_and_only_where_there_is_a_gap() -> None:
    beams = Beams(LINEAR, 38.4, 360)
    nodes = beams.lines // CELL_LINES + 1
    gap_mm = np.linspace(-3.6, 3.6, nodes).astype(np.float32)
    contact = touching(gap_mm, beams, 20.0)
    assert contact.shape == (beams.lines,)
    assert np.all(contact[: round(0.7 * beams.lines)] == 1.0)
    assert np.all(np.diff(contact) <= 0.0)
    assert contact[-1] < 0.5
    assert touching(np.full(nodes, 9.0, np.float32), beams, 20.0).max() == 0.0


def test_a_test_object_without_skin_is_always_touched() -> None:
    body = gel_block(1)
    one = Machine(body, LINEAR, usual_settings(LINEAR, 38.4), 480, 360)
    level = [
        one.envelope(Moment(held(body.views[0].hold, ProbeShift(rock_rad=np.radians(deg)))))
        for deg in (0.0, ROCK_DEG)
    ]
    assert level[1][:8].mean() == pytest.approx(level[0][:8].mean(), rel=0.3)


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("operator", SKILLS)
def test_scripted_hands_never_lose_contact(site: str, operator: str) -> None:
    for seed in (1, 2, 3):
        body = make_body(site, seed)
        skin = body.structure("skin").shape
        for view in body.views:
            beams = Beams(TRANSDUCERS[view.transducer], view.depth_mm, 8)
            nodes = np.arange(0.0, beams.lines + 1, CELL_LINES)
            x, z = beams.at(nodes, np.zeros(nodes.size))
            face = np.stack([x, np.zeros_like(x), z])
            way = Way(NeedleKind(), view.entry_mm, body.targets[view.target], view.hold)
            hands = make_hands(operator, seed, way)
            case = Case(body, view, hands)
            for time_s in np.linspace(0.0, hands.round_s, 40).tolist():
                pose = case.probe_to_body(time_s)
                place = case.at_rest(pose[:3, :3] @ face + pose[:3, 3:], time_s)
                gap_mm = np.asarray(skin.distance_mm(place), np.float32)
                assert touching(gap_mm, beams, 20.0).min() == 1.0
