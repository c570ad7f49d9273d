"""A needle in tissue whose figures are known in closed form, below a flat skin and in a box."""

import math
from pathlib import Path

import numpy as np
import pytest
from motions import about_z, another_reference, helix, motion, rest, stab, swing, turned_back
from surfaces import CORNERS, write_stl

from guidance_app.training.motion import ToolMotion
from guidance_app.training.tissue import BelowSkin, Solid
from guidance_app.training.tissue_files import read_tissue
from guidance_app.training.tissue_metrics import in_tissue, measure_in_tissue


@pytest.fixture(params=["skin", "box"])
def tissue(request: pytest.FixtureRequest, tmp_path: Path) -> Solid:
    if request.param == "skin":
        return BelowSkin((0.0, 0.0, 0.0), (0.0, 0.0, 1.0))
    return read_tissue(write_stl(tmp_path / "box.stl", CORNERS))


def figures(made: ToolMotion, tissue: Solid) -> dict[str, float | None]:
    return {one.name: one.value for one in measure_in_tissue(in_tissue(made, tissue))}


def test_a_straight_stab(tissue: Solid) -> None:
    found = figures(stab(depth_mm=40.0, above_mm=10.0), tissue)
    assert found["path_in_tissue"] == pytest.approx(40.0, abs=50.0 / 120)
    assert found["time_in_tissue"] == pytest.approx(1.6, abs=1.01 / 60)
    assert found["tissue_damage"] == pytest.approx(0.0, abs=1e-6)
    assert (found["punctures"], found["passes"]) == (1.0, 1.0)
    assert found["deepest"] == pytest.approx(40.0)


def test_a_swing_about_the_entry_sweeps_a_sector(tissue: Solid) -> None:
    found = figures(swing(40.0, 0.5), tissue)
    assert found["tissue_damage"] == pytest.approx(0.5 * 40.0**2 * 0.5, rel=1e-3)
    assert found["path_in_tissue"] == pytest.approx(20.0, rel=1e-4)
    assert found["deepest"] == pytest.approx(40.0)


def test_a_helix_sweeps_a_band(tissue: Solid) -> None:
    """The shaft stays upright: at a depth z it sweeps z for each millimetre to the side."""
    found = figures(helix(rise_mm=30.0), tissue)
    length_mm = math.hypot(4.0 * math.pi * 10.0, 30.0)
    assert found["path_in_tissue"] == pytest.approx(length_mm, rel=1e-3)
    assert found["tissue_damage"] == pytest.approx(4.0 * math.pi * 10.0 * 15.0, rel=2e-3)


def test_rest_is_nothing(tissue: Solid) -> None:
    found = figures(rest(), tissue)
    assert found["path_in_tissue"] == found["tissue_damage"] == 0.0
    assert found["time_in_tissue"] == pytest.approx(299 / 60)
    assert found["deepest"] == pytest.approx(3.0)


def test_outside_there_is_nothing(tissue: Solid) -> None:
    found = figures(motion(rest().tips_mm - (0.0, 0.0, 20.0)), tissue)
    assert set(found.values()) == {0.0, 1.0} and found["passes"] == 1.0


def test_a_turn_about_its_own_axis_harms_nothing(tissue: Solid) -> None:
    made = motion(rest(200).tips_mm, about_z(np.linspace(0.0, 6.0, 200)))
    assert figures(made, tissue)["tissue_damage"] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("name", ["path_in_tissue", "tissue_damage", "time_in_tissue", "deepest"])
def test_time_turned_back_changes_nothing(tissue: Solid, name: str) -> None:
    made = swing(40.0, 0.5)
    assert figures(turned_back(made), tissue)[name] == pytest.approx(figures(made, tissue)[name])


def test_another_reference_changes_nothing(tmp_path: Path) -> None:
    other = another_reference()
    moved = CORNERS @ other[:3, :3].T + other[:3, 3]
    here = read_tissue(write_stl(tmp_path / "here.stl", CORNERS))
    there = read_tissue(write_stl(tmp_path / "there.stl", moved))
    for made in (stab(), swing(40.0, 0.5), helix()):
        found = figures(ToolMotion(made.time_ns, other @ made.poses), there)
        for name, value in figures(made, here).items():
            assert found[name] == pytest.approx(value, rel=1e-3, abs=0.5), name


def test_twice_the_rate_changes_nothing(tissue: Solid) -> None:
    slow, quick = figures(helix(), tissue), figures(helix(count=4001, rate_hz=120.0), tissue)
    for name, value in slow.items():
        assert quick[name] == pytest.approx(value, rel=1e-3), name


def test_it_goes_in_twice_only_where_it_came_out_whole(tissue: Solid) -> None:
    z = np.array([-5.0, 5.0, 0.5, 5.0, -0.5, 5.0, -5.0, 5.0])
    assert in_tissue(motion(np.stack([0 * z, 0 * z, z], 1)), tissue).pierced == 2


def test_a_pass_begins_after_it_was_drawn_back(tissue: Solid) -> None:
    z = np.array([-5.0, 30.0, 19.0, 24.0, 40.0, 31.0, 45.0])
    assert figures(motion(np.stack([0 * z, 0 * z, z], 1)), tissue)["passes"] == 2.0


def test_a_shaft_that_ends_in_tissue_sweeps_nothing_known() -> None:
    """No skin within 300 mm behind the tip: where the shaft comes out is not known."""
    deep = BelowSkin((0.0, 0.0, -400.0), (0.0, 0.0, 1.0))
    found = figures(swing(40.0, 0.5), deep)
    assert found["tissue_damage"] == 0.0
    assert found["path_in_tissue"] == pytest.approx(20.0, rel=1e-4)
