"""How a person differs from the drawing of a site: lying, brightness, haze, and what they leave."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from simulators.anatomy.body import Body
from simulators.anatomy.growth import make_growth
from simulators.anatomy.knee import make_knee
from simulators.anatomy.phantom import cyst_block, even_block
from simulators.anatomy.sites import make_body
from simulators.imaging.display import compress
from simulators.imaging.looks import Moment
from simulators.imaging.machine import Machine
from simulators.imaging.points import Echoes
from simulators.imaging.settings import usual_settings
from simulators.imaging.transducer import LINEAR, TRANSDUCERS

PERSONS = ("knee", "shoulder", "wrist", "hip", "lumbar", "sacroiliac")


@pytest.mark.parametrize("seed", range(20))
def test_the_way_into_the_body_is_the_way_back_from_it(seed: int) -> None:
    growth = make_growth(np.random.default_rng(seed))
    points = np.random.default_rng(seed + 1).uniform((-40, -40, 0), (40, 40, 60), (50, 3))
    for x, y, z in points.tolist():
        there = np.array(growth.grown((x, y, z)))
        assert growth.drawn(there[:, None])[:, 0] == pytest.approx((x, y, z), abs=1e-4)


def test_tissue_never_folds_over_itself_and_the_skin_stays_where_it_is() -> None:
    for seed in range(50):
        growth = make_growth(np.random.default_rng(seed))
        x, z = np.meshgrid(np.linspace(-30, 30, 121), np.linspace(0, 50, 501), indexing="ij")
        drawn = growth.drawn(np.stack([x, np.zeros_like(x), z]))
        assert np.diff(drawn[2], axis=1).min() > 0.0
        assert np.all(drawn[2, :, 0] == 0.0)
        assert np.abs(drawn[2] - z).max() > 0.2


@pytest.mark.parametrize("seed", range(1, 9))
def test_a_target_grows_with_the_tissue_around_it(seed: int) -> None:
    drawing, body = make_knee(seed), make_body("knee", seed)
    (target,) = body.targets.values()
    at = np.array(target)[:, None]
    assert [one.name for one in body.uppermost(at, at)] == ["suprapatellar recess"]
    assert 0.01 < np.linalg.norm(np.subtract(target, drawing.targets["suprapatellar recess"])) < 3.0


@pytest.mark.parametrize("site", PERSONS)
def test_persons_differ_in_how_bright_they_are(site: str) -> None:
    levels = [
        [one.material.level_db for one in make_body(site, seed).structures] for seed in (1, 2)
    ]
    assert levels[0] != levels[1]


def test_haze_fills_what_is_black_below_bright_layers_and_leaves_a_shadow_a_shadow() -> None:
    knee = make_body("knee", 1)
    clear, hazy = (depths(replace(knee, haze=haze)) for haze in (0.0, 1.0))
    bone = int(np.argmax(hazy))
    below, tissue = slice(bone + 20, bone + 80), slice(bone - 60, bone - 20)
    assert clear[below].mean() < 0.25 * hazy[below].mean()
    assert hazy[below].mean() < 0.3 * hazy[tissue].mean()


def test_what_lies_in_the_tissue_casts_no_haze() -> None:
    body = replace(even_block(1), haze=1.0)
    one = Machine(body, LINEAR, usual_settings(LINEAR, 38.4), 640, 480)
    mirror = Echoes(np.zeros(40), np.zeros(40), np.full(40, 8.0), np.full(40, 0.05, np.complex64))
    plain, mirrored = (one.envelope(Moment(np.eye(4), echoes=echoes)) for echoes in ((), (mirror,)))
    below = slice(round(17.0 / one.beams.step_mm), round(30.0 / one.beams.step_mm))
    middle = slice(one.beams.lines // 2 - 5, one.beams.lines // 2 + 5)
    assert mirrored[middle, below].mean() == pytest.approx(plain[middle, below].mean(), rel=0.02)


def depths(body: Body) -> NDArray[np.float32]:
    """Mean envelope of the middle lines at each depth."""
    view = body.views[0]
    transducer = TRANSDUCERS[view.transducer]
    one = Machine(body, transducer, usual_settings(transducer, view.depth_mm), 640, 480)
    return np.asarray(one.envelope(Moment(np.eye(4)))[90:120].mean(axis=0))


def test_a_test_object_has_no_haze() -> None:
    assert cyst_block(1).haze == even_block(1).haze == 0.0


def test_a_console_calms_speckle_and_keeps_what_stands_out() -> None:
    settings = usual_settings(LINEAR, 38.4)
    rng = np.random.default_rng(1)
    speckle = 0.006 * np.abs(rng.normal(size=(200, 300)) + 1j * rng.normal(size=(200, 300)))
    envelope = speckle.astype(np.float32)
    envelope[:, 150] = 0.2
    grey = compress(envelope, settings).astype(float)
    raw_db = 20.0 * np.log10(envelope[:, :130])
    assert grey[:, :130].std() < 0.6 * raw_db.std() * 255.0 / settings.range_db
    assert grey[:, 150].mean() > grey[:, :130].mean() + 80.0
