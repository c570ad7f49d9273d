"""Demonstrations that ship: their checklist is settled, and their points are those of the truth."""

from dataclasses import dataclass
from functools import cache
from math import dist

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.api.address import parse_address
from drivers.api.samples import PictureGeometry, PixelFormat
from guidance_app.domain.calibration import PixelScale, Point
from guidance_app.domain.checklist import ChecklistItem, Phase
from guidance_app.domain.plan import (
    DEFAULT_CORRIDOR_MM,
    Plan,
    add_no_go,
    mark_tip,
    place_entry,
    place_target,
    set_corridor,
)
from guidance_app.domain.trajectory import Violation, measure, off_path_mm
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.presentation.setup_choices import template_for
from guidance_app.training.scenario import Scenario, Step, load_scenario, scenarios
from guidance_app.ui.controller import CORRIDOR_STEP_MM
from simulators.case import Truth
from simulators.pictures import RATE_HZ, Pictures, build_pictures
from simulators.scenario import Scenario as Scene

TRUE_MM = 1.0
"""How far a mark may lie beside the truth of its time."""
ON_EDGE_MM = 0.25
"""How far the corner of an outline may lie outside its structure: whole pixels, and drift."""
OVERSHOOT_MM = 0.5
"""How far a resting tip may seem past the target, by drift of the probe and tremor."""
MARKS_S = 0.5
"""Between two marks of the tip while it goes in."""
IDS = scenarios()


@dataclass(frozen=True, eq=False)
class Demonstrated:
    """A scenario beside what it is played on."""

    scenario: Scenario
    pictures: Pictures
    scale: PixelScale
    plan: Plan
    """As it stands when the needle goes in."""

    def truth(self, at_s: float) -> Truth:
        return self.pictures.truth(round(at_s * RATE_HZ))

    def steps(self, name: str) -> list[Step]:
        """Those that do this."""
        return [step for step in self.scenario.steps if getattr(step, name) not in (None, (), 0)]

    def tips(self) -> list[tuple[float, Point]]:
        return [(step.at_s, step.tip) for step in self.steps("tip") if step.tip is not None]

    def apart_mm(self, marked: Point | None, true: Point | None) -> float:
        assert marked is not None
        assert true is not None
        return self.scale.distance_mm(marked, true)


@cache
def demonstrated(scenario_id: str) -> Demonstrated:
    scenario = load_scenario(scenario_id)
    address = parse_address(scenario.address)
    seed = int(address.options.get("seed", 1))
    pictures = build_pictures(Scene(address.target, seed=seed))
    height_px, width_px, _ = pictures.shape
    geometry = PictureGeometry(width_px, height_px, PixelFormat.GRAY8)
    (region,) = pictures.regions
    scale = PixelScale(region.mm_per_px_x, region.mm_per_px_y, 0.0, geometry, "source", region)
    return Demonstrated(scenario, pictures, scale, planned(scenario, geometry))


def planned(scenario: Scenario, geometry: PictureGeometry) -> Plan:
    """By the rules of the application, which refuse what lies outside the picture."""
    plan, corridor_mm = Plan(), DEFAULT_CORRIDOR_MM
    for step in scenario.steps:
        plan = place_target(plan, step.target, geometry) if step.target else plan
        plan = place_entry(plan, step.entry, geometry) if step.entry else plan
        plan = add_no_go(plan, step.no_go, geometry) if step.no_go else plan
        corridor_mm += step.corridor_steps * CORRIDOR_STEP_MM
    return set_corridor(plan, corridor_mm, geometry)


@cache
def items(scenario_id: str) -> tuple[ChecklistItem, ...]:
    scenario = load_scenario(scenario_id)
    return template_for(shipped_knowledge(), scenario.procedure, scenario.plan).items


def test_knee_shoulder_carpal_tunnel_and_hip_are_demonstrated() -> None:
    assert set(IDS) >= {"knee", "shoulder", "carpal-tunnel", "hip"}


@pytest.mark.parametrize("scenario_id", IDS)
def test_steps_follow_each_other_and_the_last_closes_the_record(scenario_id: str) -> None:
    scenario = load_scenario(scenario_id)
    times_s = [step.at_s for step in scenario.steps]
    assert scenario.id == scenario_id
    assert times_s == sorted(times_s)
    assert scenario.steps[-1].close
    assert times_s[-1] < scenario.seconds
    assert [step.sign for step in scenario.steps if step.sign] == [phase.value for phase in Phase]


@pytest.mark.parametrize("scenario_id", IDS)
def test_every_item_of_the_checklist_is_settled_and_no_other(scenario_id: str) -> None:
    settled = set[str]()
    for step in load_scenario(scenario_id).steps:
        settled |= {*step.tick, *([step.override] if step.override else [])}
        settled |= {i.id for i in items(scenario_id) if i.phase.value == step.tick_phase}
    assert settled == {item.id for item in items(scenario_id)}


@pytest.mark.parametrize("scenario_id", IDS)
def test_what_is_noted_has_a_field_and_nothing_required_is_left_out(scenario_id: str) -> None:
    noted = demonstrated(scenario_id).scenario.evidence
    fields = {item.id: {f.id: f for f in item.fields} for item in items(scenario_id)}
    for item_id, values in noted.items():
        assert set(values) <= set(fields[item_id])
    for item_id, known in fields.items():
        due = {f.id for f in known.values() if f.required and not f.instead}
        assert due <= set(noted.get(item_id, ()))


@pytest.mark.parametrize("scenario_id", IDS)
def test_one_injection_is_marked_as_it_begins_with_its_true_volume(scenario_id: str) -> None:
    shown = demonstrated(scenario_id)
    (injection,) = shown.steps("injection")
    assert shown.truth(injection.at_s).injecting
    assert not shown.truth(injection.at_s - 2.0).injecting
    noted = [v["volume"] for v in shown.scenario.evidence.values() if "volume" in v]
    assert [float(volume) for volume in noted] == [shown.pictures.case.view.swells_ml]


@pytest.mark.parametrize("scenario_id", IDS)
def test_images_are_stored_before_the_needle_and_with_it(scenario_id: str) -> None:
    shown = demonstrated(scenario_id)
    before, during = (shown.truth(step.at_s) for step in shown.steps("store_image"))
    assert before.tip_px is None
    assert during.tip_px is not None


@pytest.mark.parametrize("scenario_id", IDS)
def test_all_points_lie_where_the_picture_has_a_scale(scenario_id: str) -> None:
    shown = demonstrated(scenario_id)
    plan = shown.plan
    assert plan.no_go
    corners = [corner for outline in plan.no_go for corner in outline]
    for point in (plan.target_px, plan.entry_px, *corners, *(tip for _, tip in shown.tips())):
        assert point is not None
        assert shown.scale.holds_at(point)


@pytest.mark.parametrize("scenario_id", IDS)
def test_target_and_entry_are_true(scenario_id: str) -> None:
    shown = demonstrated(scenario_id)
    (target,), (entry,) = shown.steps("target"), shown.steps("entry")
    assert shown.apart_mm(target.target, shown.truth(target.at_s).target_px) < TRUE_MM
    truth = shown.truth(entry.at_s)
    straight = Plan(entry_px=truth.entry_px, target_px=truth.target_px)
    assert entry.entry is not None
    beside_mm = off_path_mm(straight, shown.scale, entry.entry)
    assert beside_mm is not None
    assert beside_mm < TRUE_MM


@pytest.mark.parametrize("scenario_id", IDS)
def test_tips_are_those_of_the_truth_at_their_time(scenario_id: str) -> None:
    shown = demonstrated(scenario_id)
    for at_s, tip in shown.tips():
        assert shown.apart_mm(tip, shown.truth(at_s).tip_px) < TRUE_MM


@pytest.mark.parametrize("scenario_id", IDS)
def test_the_tip_is_marked_twice_a_second_until_the_injection(scenario_id: str) -> None:
    shown = demonstrated(scenario_id)
    (injection,) = shown.steps("injection")
    times_s = np.array([at_s for at_s, _ in shown.tips() if at_s < injection.at_s])
    first = shown.tips()[0][1]
    assert times_s.size > 20
    assert np.diff(times_s).max() <= MARKS_S
    assert shown.plan.entry_px is not None
    assert dist(first, shown.plan.entry_px) * shown.scale.mm_per_px_x < 2.0


@pytest.mark.parametrize("scenario_id", IDS)
def test_outlines_surround_what_a_needle_must_spare(scenario_id: str) -> None:
    shown = demonstrated(scenario_id)
    for step in shown.steps("no_go"):
        assert outside_mm(shown, step).max() < ON_EDGE_MM


def outside_mm(shown: Demonstrated, step: Step) -> NDArray[np.float64]:
    """How far each corner lies outside the nearest structure that must be spared, 0 inside."""
    case, grid = shown.pictures.case, shown.pictures.grid
    left_px, top_px = grid.to_px((0.0, 0.0))
    x, z = ((np.array(step.no_go) - (left_px, top_px)) * grid.mm_per_px).T
    probe = case.probe_to_body(step.at_s)
    there = probe[:3, :3] @ np.array([x, 0.0 * x, z]) + probe[:3, 3:]
    spared = [case.body.structure(name).shape for name in case.body.no_go]
    lies = case.at_rest(there, step.at_s)
    apart_mm = np.min([shape.distance_mm(lies) for shape in spared], axis=0)
    return np.asarray(np.maximum(apart_mm, 0.0), np.float64)


@pytest.mark.parametrize("scenario_id", IDS)
def test_neither_tip_nor_corridor_touches_what_must_be_spared(scenario_id: str) -> None:
    shown = demonstrated(scenario_id)
    assert shown.plan.geometry is not None
    for at_s, tip in shown.tips():
        plan = mark_tip(shown.plan, tip, shown.plan.geometry, 0)
        found = measure(plan, shown.scale, 0)
        assert set(found.violations) <= {Violation.PAST_TARGET}, at_s
        assert found.remaining is not None
        assert found.remaining.mm > -OVERSHOOT_MM


@pytest.mark.parametrize("scenario_id", IDS)
def test_the_decisive_picture_shows_the_tip_just_before_its_target(scenario_id: str) -> None:
    shown = demonstrated(scenario_id)
    (picture,) = shown.steps("picture")
    tip = [tip for at_s, tip in shown.tips() if at_s <= picture.at_s][-1]
    assert shown.plan.geometry is not None
    found = measure(mark_tip(shown.plan, tip, shown.plan.geometry, 0), shown.scale, 0)
    assert found.violations == ()
    assert found.to_target is not None
    assert found.to_target.mm < TRUE_MM
