"""What the live state proves is marked once, what it contradicts is reopened, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from drivers.api.samples import (
    DoseReading,
    Origin,
    PictureGeometry,
    PixelFormat,
    Stamp,
    VideoFrame,
)
from guidance_app.domain.calibration import scale_from_two_points
from guidance_app.domain.checklist import (
    Checklist,
    ChecklistEntry,
    ChecklistItem,
    ChecklistRefused,
    ChecklistTemplate,
    Contradiction,
    Level,
    Mark,
    Phase,
    Proof,
    mark_item,
)
from guidance_app.domain.commands import Command, CommandOutcome, ItemMarked, PictureMirrored
from guidance_app.domain.evidence import Evidence, EvidenceField, EvidenceKind
from guidance_app.domain.people import DEVICE, Person, Role
from guidance_app.domain.plan import Plan, mark_tip, place_entry, place_target
from guidance_app.domain.snapshot import (
    FrameFacts,
    Guidance,
    GuidanceMode,
    GuidanceSnapshot,
    Truth,
    TruthState,
)
from guidance_app.domain.stored_image import StoredImage
from guidance_app.domain.trajectory import TIP_AGE_LIMIT_NS, measure
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.processing.state import PipelineState
from guidance_app.runtime.engine import Published
from guidance_app.runtime.item_proofs import ItemProofs

GEOMETRY = PictureGeometry(640, 480, PixelFormat.GRAY8)
PLAN = place_entry(place_target(Plan(), (300, 300), GEOMETRY), (100, 100), GEOMETRY)
SCALE = scale_from_two_points((0, 0), (0, 100), 10, GEOMETRY)
RECORDED = FrameFacts(123, Stamp(0, 0), GEOMETRY, Origin.DEVICE, (), True)
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
    contradicted_by=Contradiction.PLAN_GONE,
)
OTHER = replace(PATH, id="other", proven_by=None, contradicted_by=None)
SIDE = replace(OTHER, id="side", contradicted_by=Contradiction.PICTURE_MIRRORED)
TIP = replace(OTHER, id="tip", proven_by=Proof.TIP_SEEN)
IMAGES = replace(OTHER, id="images", proven_by=Proof.IMAGES_STORED)
NUMBER = EvidenceKind.NUMBER
DOSE = replace(
    OTHER,
    id="dose",
    proven_by=Proof.DOSE_RECEIVED,
    fields=(
        EvidenceField("dap", "Dose-area product", NUMBER, "Gy cm²", 0, 5000, required=True),
        EvidenceField("reference_dose", "Reference-point dose", NUMBER, "mGy", 0, 50_000),
    ),
)
ITEMS = (PATH, OTHER, SIDE, TIP, IMAGES, DOSE)
CHECKLIST = Checklist(ChecklistTemplate("knee", "Knee", "1", "0" * 64, ITEMS), procedure_id="p-1")
OPERATOR = Person("OP-1", Role.OPERATOR)
MARKED_UTC = "2026-01-01T10:00:00+00:00"
SEEN = GuidanceSnapshot(
    0,
    0,
    0,
    1,
    Truth(TruthState.LIVE, ""),
    Guidance(GuidanceMode.OFF),
    frame=RECORDED,
    plan_shown=True,
    scale=SCALE,
    plan=PLAN,
)


class Bench:
    """Proofs over a checklist that takes what they tell, and a recording that is quick."""

    def __init__(self) -> None:
        self.checklist = CHECKLIST
        self.told: list[tuple[str, Mark]] = []
        self.lost: set[int] = set()
        self.waiting: set[int] = set()
        self._proofs = ItemProofs(self._take, self._kept)

    def _kept(self, frame: int) -> bool | None:
        return None if frame in self.waiting else frame not in self.lost

    def _take(self, command: Command) -> None:
        assert isinstance(command, ItemMarked)
        assert command.entry.person == DEVICE
        self.told.append((command.entry.item, command.entry.mark))
        self.checklist = mark_item(self.checklist, command.entry)

    def see(
        self,
        snapshot: GuidanceSnapshot,
        origin: Origin = Origin.DEVICE,
        command: Command | None = None,
        **state: object,
    ) -> None:
        pixels = np.zeros((480, 640), np.uint8)
        frame = VideoFrame(pixels, PixelFormat.GRAY8, Stamp(0, 0), origin)
        stands = replace(PipelineState(checklist=self.checklist), **state)
        outcomes = (CommandOutcome(0, 0, 1, command),) if command else ()
        self._proofs.look_at(Published(frame, snapshot, stands, outcomes))

    def mark(self, item: str, mark: Mark = Mark.DONE) -> None:
        """Somebody does."""
        entry = ChecklistEntry(item, mark, OPERATOR, MARKED_UTC)
        self.checklist = mark_item(self.checklist, entry)

    def entry(self, item: str) -> ChecklistEntry:
        """The mark that counts."""
        entry = self.checklist.status(item)
        assert entry is not None
        return entry


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
    bench.mark("path")
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


# The picture that shows it is in the recording


def on_frame(number: int, snapshot: GuidanceSnapshot = SEEN) -> GuidanceSnapshot:
    return replace(snapshot, frame=replace(RECORDED, number=number))


def test_what_a_picture_shows_is_marked_once_that_picture_is_recorded(bench: Bench) -> None:
    bench.waiting = {5, 6, 7}
    for number in (5, 6, 7):
        bench.see(on_frame(number))
    assert bench.told == []
    bench.waiting = {6, 7}
    bench.see(on_frame(7))
    assert bench.told == [("path", Mark.DONE)]
    note = "target, entry and scale stand on the live picture, frame 5 of the recording"
    assert bench.entry("path").note == note


def test_a_picture_that_the_recording_lost_proves_nothing_and_the_next_one_does(
    bench: Bench,
) -> None:
    bench.lost = {5, 6}
    for number in (5, 6, 7):
        bench.see(on_frame(number))
    assert bench.told == []
    bench.see(on_frame(7))
    assert "frame 7 of" in bench.entry("path").note


def test_what_was_contradicted_before_it_was_recorded_is_not_marked(bench: Bench) -> None:
    bench.waiting = {5}
    bench.see(on_frame(5))
    bench.see(on_frame(5, replace(SEEN, plan=Plan())))
    bench.waiting = set()
    bench.see(on_frame(6, replace(SEEN, plan=Plan())))
    assert bench.told == []


def test_the_frame_with_the_tip_is_noted(bench: Bench) -> None:
    tip = replace(TIP, fields=(EvidenceField("frame", "Frame with the tip", EvidenceKind.TEXT),))
    template = replace(CHECKLIST.template, items=(tip,))
    bench.checklist = replace(CHECKLIST, template=template)
    bench.see(with_tip((200, 200), age_ns=0))
    assert bench.entry("tip").evidence == (Evidence("frame", "123"),)
    assert bench.entry("tip").note == "tip marked on the live picture, frame 123 of the recording"


def with_tip(point: tuple[float, float], age_ns: int) -> GuidanceSnapshot:
    """Guidance on, with a tip that was marked so long ago."""
    plan = mark_tip(PLAN, point, GEOMETRY, 0)
    measures = measure(plan, SCALE, age_ns)
    on = Guidance(GuidanceMode.ON)
    return replace(SEEN, plan=plan, measures=measures, guidance=on)


@pytest.mark.parametrize(
    "snapshot",
    [
        with_tip((200, 200), age_ns=TIP_AGE_LIMIT_NS + 1),
        with_tip((400, 100), age_ns=0),
        replace(with_tip((200, 200), age_ns=0), guidance=Guidance(GuidanceMode.OFF)),
    ],
    ids=["marked long ago", "off the path", "guidance off"],
)
def test_a_tip_that_guidance_does_not_show_proves_nothing(
    bench: Bench, snapshot: GuidanceSnapshot
) -> None:
    bench.checklist = replace(CHECKLIST, template=replace(CHECKLIST.template, items=(TIP,)))
    bench.see(snapshot)
    assert bench.checklist.status("tip") is None


# Mirroring


def test_a_mirrored_picture_reopens_what_people_said_of_its_side(bench: Bench) -> None:
    bench.mark("side")
    bench.mark("other")
    bench.see(SEEN)
    bench.see(replace(SEEN, plan=Plan()), command=PictureMirrored())
    assert bench.told[-1] == ("side", Mark.REOPENED)
    assert bench.checklist.entries[-1].note == (
        "the console has mirrored the picture or turned it over"
    )
    assert ("other", Mark.REOPENED) not in bench.told
    bench.mark("side")
    bench.see(SEEN)
    assert bench.checklist.status("side")  # it was said of the picture as it is now


def test_a_mirrored_picture_reopens_nothing_that_is_open(bench: Bench) -> None:
    bench.see(replace(SEEN, plan=Plan()), command=PictureMirrored())
    assert bench.told == []


def test_a_picture_that_is_not_live_says_nothing_of_its_side(bench: Bench) -> None:
    bench.mark("side")
    for state in TruthState:
        bench.see(replace(SEEN, truth=Truth(state, "why")))
    assert ("side", Mark.REOPENED) not in bench.told


def test_the_device_cannot_do_what_it_can_only_contradict() -> None:
    entry = ChecklistEntry("side", Mark.DONE, DEVICE, MARKED_UTC)
    with pytest.raises(ChecklistRefused, match="done by people"):
        mark_item(CHECKLIST, entry)
    with pytest.raises(ChecklistRefused, match="ticked by the operator"):
        mark_item(CHECKLIST, replace(entry, item="other", mark=Mark.REOPENED))


def test_a_closed_record_is_left_alone(bench: Bench) -> None:
    bench.mark("side")
    bench.checklist = replace(bench.checklist, closed=True)
    bench.see(SEEN, command=PictureMirrored())
    assert bench.told == []


# Stored pictures

BEFORE, WITH = StoredImage(10, with_needle=False), StoredImage(40, with_needle=True)


@pytest.mark.parametrize("stored", [(), (BEFORE,), (WITH,), (BEFORE, BEFORE)])
def test_one_sort_of_picture_is_not_enough(bench: Bench, stored: tuple[StoredImage, ...]) -> None:
    bench.see(replace(SEEN, scale=None), stored=stored)
    assert bench.told == []


def test_a_picture_before_and_one_with_the_needle_are_enough(bench: Bench) -> None:
    bench.see(replace(SEEN, scale=None), stored=(BEFORE, WITH))
    assert bench.told == [("images", Mark.DONE)]
    assert bench.entry("images").note == (
        "stored: frame 10 before, frame 40 with the needle, in the recording"
    )


def test_a_stored_picture_counts_once_the_recording_has_it(bench: Bench) -> None:
    bench.lost, bench.waiting = {10}, {40}
    later = StoredImage(12, with_needle=False)
    bench.see(replace(SEEN, scale=None), stored=(BEFORE, WITH))
    bench.see(replace(SEEN, scale=None), stored=(BEFORE, later, WITH))
    assert bench.told == []
    bench.waiting = set()
    bench.see(replace(SEEN, scale=None), stored=(BEFORE, later, WITH))
    assert "frame 12 before, frame 40 with" in bench.entry("images").note


# Dose


def reading(area: float | None, reference_gy: float | None = None) -> DoseReading:
    return DoseReading(Stamp(0, 0), '"run.dcm"', area, reference_gy, 7.25)


def test_a_dose_is_noted_with_its_figures_and_who_states_it(bench: Bench) -> None:
    bench.see(replace(SEEN, scale=None), dose=reading(0.1 + 0.2, 0.0125))
    assert bench.entry("dose").note == 'stated by "run.dcm"'
    assert bench.entry("dose").evidence == (
        Evidence("dap", "0.3"),
        Evidence("reference_dose", "12.5"),  # mGy; the item has no field for the time
    )


def test_a_dose_without_what_the_item_asks_for_is_left_to_people(bench: Bench) -> None:
    bench.see(replace(SEEN, scale=None), dose=reading(None, 0.0125))
    assert bench.told == []


def test_what_is_noted_has_its_field_in_the_shipped_items() -> None:
    given = {
        "K-30": {"frame"},
        "K-39": {"frame"},
        "K-45": {"before", "with"},
        "K-46": {"dap", "reference_dose", "time"},
    }
    items = {item.id: item for item in shipped_knowledge().items}
    for id_, fields in given.items():
        shipped = {field.id for field in items[id_].fields}
        assert not shipped or fields <= shipped, id_
