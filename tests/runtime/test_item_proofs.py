"""What the live state proves is marked once, what it contradicts is reopened, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from drivers.api.samples import Origin, PictureGeometry, PixelFormat, Stamp, VideoFrame
from guidance_app.domain.calibration import scale_from_two_points
from guidance_app.domain.checklist import (
    Checklist,
    ChecklistEntry,
    ChecklistItem,
    ChecklistTemplate,
    Level,
    Mark,
    Phase,
    Proof,
    mark_item,
)
from guidance_app.domain.commands import Command, ItemMarked
from guidance_app.domain.people import DEVICE, Person, Role
from guidance_app.domain.plan import Plan, place_entry, place_target
from guidance_app.domain.snapshot import (
    Guidance,
    GuidanceMode,
    GuidanceSnapshot,
    Truth,
    TruthState,
)
from guidance_app.processing.compute import PipelineState
from guidance_app.runtime.engine import Published
from guidance_app.runtime.item_proofs import ItemProofs

GEOMETRY = PictureGeometry(640, 480, PixelFormat.GRAY8)
PLAN = place_entry(place_target(Plan(), (300, 300), GEOMETRY), (100, 100), GEOMETRY)
SCALE = scale_from_two_points((0, 0), (0, 100), 10, GEOMETRY)
PATH = ChecklistItem(
    "path",
    Phase.TIME_OUT,
    "See the path",
    "O",
    ("OURS",),
    Level.SOFT,
    "",
    (Role.OPERATOR,),
    proven_by=Proof.PLAN_ON_LIVE_PICTURE,
)
OTHER = replace(PATH, id="other", proven_by=None)
CHECKLIST = Checklist(
    ChecklistTemplate("knee", "Knee", "1", "0" * 64, (PATH, OTHER)), procedure_id="p-1"
)
SEEN = GuidanceSnapshot(
    0,
    0,
    0,
    1,
    Truth(TruthState.LIVE, ""),
    Guidance(GuidanceMode.OFF),
    plan_shown=True,
    scale=SCALE,
    plan=PLAN,
)


class Bench:
    """Proofs over a checklist that takes what they tell."""

    def __init__(self) -> None:
        self.checklist = CHECKLIST
        self.told: list[tuple[str, Mark]] = []
        self._proofs = ItemProofs(self._take)

    def _take(self, command: Command) -> None:
        assert isinstance(command, ItemMarked)
        assert command.entry.person == DEVICE
        self.told.append((command.entry.item, command.entry.mark))
        self.checklist = mark_item(self.checklist, command.entry)

    def see(self, snapshot: GuidanceSnapshot, origin: Origin = Origin.DEVICE) -> None:
        pixels = np.zeros((480, 640), np.uint8)
        frame = VideoFrame(pixels, PixelFormat.GRAY8, Stamp(0, 0), origin)
        state = PipelineState(checklist=self.checklist)
        self._proofs.look_at(Published(frame, snapshot, state, ()))


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_what_is_seen_is_marked_once(bench: Bench) -> None:
    for _ in range(3):
        bench.see(SEEN)
    assert bench.told == [("path", Mark.DONE)]


@pytest.mark.parametrize(
    "unseen",
    [
        replace(SEEN, scale=None),
        replace(SEEN, plan=Plan()),
        replace(SEEN, plan_shown=False),
        replace(SEEN, held=True),
        replace(SEEN, truth=Truth(TruthState.REPEATED, "The picture repeats.")),
    ],
    ids=["no scale", "no plan", "not shown", "held", "not live"],
)
def test_what_is_not_seen_live_proves_nothing(bench: Bench, unseen: GuidanceSnapshot) -> None:
    bench.see(unseen)
    assert bench.told == []


def test_a_lost_picture_contradicts_nothing_and_a_lost_scale_does(bench: Bench) -> None:
    bench.see(SEEN)
    bench.see(replace(SEEN, truth=Truth(TruthState.LOST, "gone"), plan_shown=False))
    assert bench.told == [("path", Mark.DONE)]
    bench.see(replace(SEEN, scale=None))
    bench.see(replace(SEEN, scale=None))
    assert bench.told == [("path", Mark.DONE), ("path", Mark.REOPENED)]
    bench.see(SEEN)
    assert bench.told[-1] == ("path", Mark.DONE)


def test_what_a_person_marked_is_reopened_as_well(bench: Bench) -> None:
    person = Person("OP-1", Role.OPERATOR)
    by_hand = ChecklistEntry("path", Mark.DONE, person, "2026-01-01T10:00:00+00:00")
    bench.checklist = mark_item(bench.checklist, by_hand)
    bench.see(SEEN)
    assert bench.told == []
    bench.see(replace(SEEN, plan=Plan()))
    assert bench.told == [("path", Mark.REOPENED)]


def test_a_replay_is_left_as_it_was_recorded(bench: Bench) -> None:
    bench.see(SEEN, Origin.REPLAY)
    assert bench.told == []


def test_the_next_procedure_begins_without_what_was_proven_before(bench: Bench) -> None:
    bench.see(SEEN)
    bench.checklist = replace(CHECKLIST, procedure_id="p-2")
    bench.see(SEEN)
    assert bench.told == [("path", Mark.DONE)] * 2
