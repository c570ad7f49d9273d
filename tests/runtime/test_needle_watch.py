"""The needle of a frame stands on that frame alone, while it is live, and again in a replay."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from scripted_plan import plan
from simulated_run import Shown, SimulatedRun, SteppedClock
from true_needles import TrueSearch

from drivers.api.address import parse_address
from drivers.api.clock import ManualClock
from drivers.api.samples import (
    Origin,
    PictureGeometry,
    PixelFormat,
    ScaledRegion,
    Stamp,
    VideoFrame,
)
from guidance_app.domain.checklist import ChecklistEntry, Mark, Phase
from guidance_app.domain.commands import (
    CommandOutcome,
    GuidanceSwitched,
    ItemMarked,
    NeedleSought,
    PictureHeld,
    PlanChanged,
    ProcedureStarted,
)
from guidance_app.domain.guided_needle import NeedleState
from guidance_app.domain.modality import Modality
from guidance_app.domain.needle import NeedleSight, SeenNeedle
from guidance_app.domain.people import Person, Role
from guidance_app.domain.plan import Plan, place_entry, place_target
from guidance_app.domain.snapshot import FrameFacts, GuidanceMode, GuidanceSnapshot, TruthState
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.templates import build_template
from guidance_app.presentation.view import Text
from guidance_app.processing.needle.search import Looked
from guidance_app.processing.state import PipelineState
from guidance_app.runtime.needle_watch import (
    GETTING_READY,
    NO_AREA,
    REST_NS,
    TOO_LONG_NS,
    TOO_SLOW,
    UNUSABLE,
    NeedleWatch,
    Search,
)
from guidance_app.runtime.recompute import recompute
from simulators.faults import FaultySource
from simulators.pictures import build_pictures
from simulators.scenario import Scenario
from simulators.sources import DRIVER

OPERATOR, ASSISTANT = Person("OP-1", Role.OPERATOR), Person("AS-1", Role.ASSISTANT)
TEMPLATE = build_template(shipped_knowledge(), "knee-injection")
STARTED = ProcedureStarted("knee", "P-1", "right", TEMPLATE, (OPERATOR, ASSISTANT), False)
REGION = ScaledRegion(10, 20, 300, 200, 0.1, 0.1)
NEEDLE = SeenNeedle((100.0, 90.0), (20.0, 30.0), 0.64, 3.0, 1.0, 0.01, 0.95)
SEEN = NeedleSight(NEEDLE)


def ready(search: Search, clock: ManualClock | None = None) -> NeedleWatch:
    """A watch whose search has been made."""
    watch = NeedleWatch(lambda: search, clock or ManualClock(0))
    watch.interrupt()
    watch.run(threading.Event())
    return watch


class Scripted:
    """A search that gives what it is told, or raises it, and may take its time."""

    def __init__(
        self, sight: NeedleSight | Exception, clock: ManualClock, takes_ns: int = 0
    ) -> None:
        self.sight, self.clock, self.takes_ns = sight, clock, takes_ns
        self.looked: list[Looked] = []

    def look(self, looked: Looked) -> NeedleSight:
        self.looked.append(looked)
        if len(self.looked) == 1:  # the rehearsal
            return NeedleSight(None, "nothing")
        self.clock.advance(self.takes_ns)
        if isinstance(self.sight, Exception):
            raise self.sight
        return self.sight


def frame(
    sequence: int = 7,
    origin: Origin = Origin.DEVICE,
    regions: tuple[ScaledRegion, ...] = (REGION,),
) -> VideoFrame:
    pixels = np.zeros((240, 320), np.uint8)
    return VideoFrame(pixels, PixelFormat.GRAY8, Stamp(sequence, 0), origin, regions)


def noticed(
    watch: NeedleWatch, picture: VideoFrame, state: PipelineState, changed: bool = True
) -> list[NeedleSight]:
    facts = FrameFacts(3, picture.stamp, picture.geometry, picture.origin, (), changed)
    commands = watch.notice(picture, facts, state)
    assert {command.sequence for command in commands} <= {picture.stamp.sequence}
    reasons = (NO_AREA, GETTING_READY, TOO_SLOW)
    assert not any(c.searched for c in commands if c.sight.reason.startswith(reasons))
    return [command.sight for command in commands]


def in_procedure(**changes: object) -> PipelineState:
    return replace(PipelineState(procedure=STARTED), **changes)


def test_a_frame_is_searched_with_all_that_is_known_of_it() -> None:
    search = Scripted(SEEN, ManualClock(0))
    geometry = frame().geometry
    placed = place_entry(place_target(Plan(), (200.0, 150.0), geometry), (20.0, 30.0), geometry)
    assert noticed(ready(search), frame(), in_procedure(plan=placed), changed=False) == [SEEN]
    looked = search.looked[-1]
    assert looked.area is not None
    assert (looked.area.left_px, looked.area.bottom_px) == (10, 200)
    assert (looked.number, looked.fresh) == (3, False)
    assert looked.mm_per_px == pytest.approx(0.1)
    assert looked.path_px == ((20.0, 30.0), (200.0, 150.0))


def test_nothing_is_searched_without_a_procedure_in_fluoroscopy_or_in_a_replay() -> None:
    watch = ready(Scripted(SEEN, ManualClock(0)))
    assert noticed(watch, frame(), PipelineState()) == []
    assert noticed(watch, frame(), in_procedure(modality=Modality.FLUOROSCOPY)) == []
    assert noticed(watch, frame(origin=Origin.REPLAY), in_procedure()) == []


def test_where_the_picture_lies_unknown_nothing_is_searched_and_that_is_said() -> None:
    search = Scripted(SEEN, ManualClock(0))
    watch = ready(search)
    assert noticed(watch, frame(regions=()), in_procedure()) == [NeedleSight(None, NO_AREA)]
    assert len(search.looked) == 1


def test_until_the_search_is_ready_it_says_so() -> None:
    watch = NeedleWatch(lambda: Scripted(SEEN, ManualClock(0)), ManualClock(0))
    assert noticed(watch, frame(), in_procedure()) == [NeedleSight(None, GETTING_READY)]


def test_a_search_that_fails_ends_alone_and_is_told() -> None:
    search = Scripted(ZeroDivisionError("no"), ManualClock(0))
    watch = ready(search)
    sights = [noticed(watch, frame(n), in_procedure())[0] for n in range(3)]
    assert {sight.needle for sight in sights} == {None}
    assert all("ZeroDivisionError" in sight.reason for sight in sights)
    assert len(search.looked) == 2


def test_a_search_that_cannot_be_made_is_told() -> None:
    watch = NeedleWatch(lambda: Scripted(SEEN, ManualClock(0)), ManualClock(0))
    watch.give_up("The needle search stopped.")
    assert noticed(watch, frame(), in_procedure()) == [
        NeedleSight(None, "The needle search stopped.")
    ]


def test_a_search_that_holds_the_pictures_up_rests() -> None:
    clock = ManualClock(0)
    search = Scripted(SEEN, clock, TOO_LONG_NS + 1)
    watch = ready(search, clock)
    sights = [noticed(watch, frame(n), in_procedure())[0] for n in range(8)]
    assert sights == [SEEN] * 5 + [NeedleSight(None, TOO_SLOW)] * 3
    assert len(search.looked) == 6
    clock.advance(REST_NS)
    assert noticed(watch, frame(9), in_procedure()) == [SEEN]


@pytest.mark.parametrize(("sight", "looks"), [(SEEN, 4), (NeedleSight(None, "nothing"), 2)])
def test_while_it_finds_nothing_it_rests_for_as_long_as_it_took(
    sight: NeedleSight, looks: int
) -> None:
    clock = ManualClock(0)
    search = Scripted(sight, clock, takes_ns=30_000_000)
    watch = ready(search, clock)
    for _ in range(4):
        assert noticed(watch, frame(), in_procedure()) == [sight]
        clock.advance(10_000_000)
    assert len(search.looked) - 1 == looks


def test_figures_that_are_no_numbers_are_not_taken() -> None:
    broken = NeedleSight(replace(NEEDLE, sigma_angle_rad=float("nan")))
    watch = ready(Scripted(broken, ManualClock(0)))
    assert noticed(watch, frame(), in_procedure()) == [NeedleSight(None, UNUSABLE)]


GEOMETRY = PictureGeometry(640, 480, PixelFormat.GRAY8)
PLACED = place_entry(place_target(Plan(), (363.0, 212.0), GEOMETRY), (10.0, 1.0), GEOMETRY)
FREEZE_MS = 31_000


@pytest.fixture(scope="module")
def guided() -> SimulatedRun:
    """The simulated knee with its needle from 22 s on; the console freezes at 31 s."""
    clock = SteppedClock()
    fault = {"kind": "freeze", "at": FREEZE_MS / 1000, "for": 1.5}
    source = FaultySource(DRIVER.create(parse_address("sim:knee"), clock), plan(fault), clock)
    pictures = build_pictures(Scenario("knee"))
    watch = ready(TrueSearch(pictures))
    made = SimulatedRun(source, clock, notice=watch.notice)
    made.ask(1000, STARTED)
    made.ask(1100, PlanChanged(PLACED))
    for item in TEMPLATE.items:
        if item.phase in (Phase.PRE, Phase.TIME_OUT) and item.id != "K-30":
            person = OPERATOR if Role.OPERATOR in item.sign else ASSISTANT
            entry = ChecklistEntry(item.id, Mark.DONE, person, "2026-01-01T10:00:00+00:00")
            made.ask(1200, ItemMarked(entry))
    made.ask(23_000, GuidanceSwitched(True, OPERATOR))
    made.ask(30_000, PictureHeld(True))
    made.ask(30_300, PictureHeld(False))
    made.play(33)
    return made


def needles(shown: list[Shown]) -> set[NeedleState | None]:
    return {s.snapshot.needle.state if s.snapshot.needle else None for s in shown}


def test_a_needle_stands_in_the_snapshots_while_guidance_is_on(guided: SimulatedRun) -> None:
    assert needles(guided.between(1_000, 23_000)) == {None}
    assert NeedleState.SEEN in needles(guided.between(23_500, 30_000))
    tips = [s.snapshot.measures for s in guided.between(25_000, 29_000)]
    assert all(measures is not None and measures.tip_seen for measures in tips)


def test_each_needle_is_that_of_its_own_frame(guided: SimulatedRun) -> None:
    pictures = build_pictures(Scenario("knee"))
    for shown in guided.between(24_000, 29_000)[::10]:
        snapshot = shown.snapshot
        assert snapshot.frame is not None
        assert snapshot.needle is not None
        assert snapshot.needle.needle is not None
        truth = pictures.truth(snapshot.frame.stamp.sequence)
        assert snapshot.needle.needle.tip_px == truth.tip_px


def test_a_picture_that_is_held_or_not_live_has_no_needle(guided: SimulatedRun) -> None:
    assert needles(guided.between(30_100, 30_290)) == {NeedleState.NONE}
    not_live = [s for s in guided.shown if s.state is not TruthState.LIVE]
    assert not_live
    assert needles(not_live) == {NeedleState.NONE}
    assert {s.view.picture.guide for s in not_live} == {Text("")}
    assert not any(s.overlay for s in not_live)


def test_the_same_inputs_give_the_same_needles_without_a_pixel(guided: SimulatedRun) -> None:
    steps = list(recompute(guided.facts, guided.events))
    assert len(steps) == len(guided.events)
    assert all(step.again == step.recorded for step in steps)
    sought = [e for e in guided.events if isinstance(e, CommandOutcome)]
    assert sum(isinstance(outcome.command, NeedleSought) for outcome in sought) > 900
    snapshots = [e for e in guided.events if isinstance(e, GuidanceSnapshot)]
    assert any(s.needle is not None and s.needle.path is not None for s in snapshots)
    assert any(s.guidance.mode is GuidanceMode.HIDDEN for s in snapshots)
