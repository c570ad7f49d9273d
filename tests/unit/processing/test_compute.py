"""The pure core: gates, hiding, confirmation, loss of scale."""

from dataclasses import replace

import pytest
from rectangles import rectangle

from drivers.api.ports import SourceInfo, VideoFormat
from drivers.api.samples import (
    DoseReading,
    Origin,
    PictureGeometry,
    PixelFormat,
    ScaledRegion,
    Stamp,
)
from guidance_app.domain.calibration import scale_from_two_points
from guidance_app.domain.checklist import (
    ChecklistEntry,
    ChecklistItem,
    ChecklistTemplate,
    Emergency,
    Level,
    Mark,
    Phase,
)
from guidance_app.domain.commands import (
    Command,
    DoseReceived,
    EmergencyDeclared,
    GuidanceConfirmed,
    GuidanceSwitched,
    ItemMarked,
    LayoutFound,
    LayoutLost,
    ModalitySet,
    MomentKind,
    MomentMarked,
    PhaseSigned,
    PictureHeld,
    PictureMirrored,
    PlanChanged,
    ProcedureStarted,
    ScaleSet,
    SourceFailed,
    SourceOpened,
)
from guidance_app.domain.modality import Modality
from guidance_app.domain.people import Person, Role
from guidance_app.domain.plan import Plan, mark_tip, place_entry, place_target
from guidance_app.domain.scale_proposal import ScaleProposal, confirmed_scale
from guidance_app.domain.sign_off import sign_phase
from guidance_app.domain.snapshot import FrameFacts, GuidanceMode, GuidanceSnapshot, TruthState
from guidance_app.domain.stored_image import StoredImage
from guidance_app.processing.compute import apply_command, evaluate
from guidance_app.processing.state import CommandRefused, PipelineState
from guidance_app.processing.truth import Arrivals, observe

MS = 1_000_000
GEOMETRY = PictureGeometry(640, 480, PixelFormat.GRAY8)
SMALLER = PictureGeometry(320, 240, PixelFormat.GRAY8)
OPERATOR = Person("OP-1", Role.OPERATOR)
ITEM = ChecklistItem(
    "K-01", Phase.PRE, "competent", "P", ("PTC-6",), Level.HARD, "", (Role.OPERATOR,)
)
SOFT = replace(ITEM, id="K-30", phase=Phase.TIME_OUT, level=Level.SOFT)
TEMPLATE = ChecklistTemplate("knee", "Knee", "1", "0" * 64, (ITEM, SOFT))
PLAN = place_entry(place_target(Plan(), (300, 300), GEOMETRY), (100, 100), GEOMETRY)
SCALE = scale_from_two_points((0, 0), (0, 100), 10, GEOMETRY)


class Bench:
    """State and arrivals together, with time in milliseconds."""

    def __init__(self) -> None:
        self.state, self.arrivals, self.now_ms, self.index = PipelineState(), Arrivals(), 0, 0

    def frames(
        self, count: int = 20, geometry: PictureGeometry = GEOMETRY, **facts: object
    ) -> None:
        for _ in range(count):
            self.now_ms += 33
            stamp = Stamp(self.arrivals.count, self.now_ms * MS)
            fact = FrameFacts(self.arrivals.count, stamp, geometry, Origin.DEVICE, (), True)
            self.arrivals = observe(self.arrivals, replace(fact, **facts))

    def do(self, command: Command) -> None:
        self.state = apply_command(self.state, command, self.arrivals, self.now_ms * MS)

    def see(self, after_ms: int = 0) -> GuidanceSnapshot:
        self.now_ms += after_ms
        self.index += 1
        self.state, snapshot = evaluate(self.state, self.arrivals, self.index, self.now_ms * MS)
        return snapshot

    def tick(self, item: str, mark: Mark = Mark.DONE, note: str = "") -> None:
        entry = ChecklistEntry(item, mark, OPERATOR, "2026-01-01T10:00:00+00:00", note)
        self.do(ItemMarked(entry))


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.frames()
    bench.do(ProcedureStarted("knee", "P-1", "right", TEMPLATE, (OPERATOR,), True))
    return bench


@pytest.fixture
def guided(bench: Bench) -> Bench:
    bench.tick("K-01")
    bench.tick("K-30", Mark.OVERRIDDEN, "seen before")
    bench.do(PlanChanged(PLAN))
    bench.do(ScaleSet(SCALE, OPERATOR))
    bench.do(GuidanceSwitched(True, OPERATOR))
    return bench


def test_guidance_is_refused_until_every_gating_item_is_dealt_with(bench: Bench) -> None:
    bench.do(PlanChanged(PLAN))
    with pytest.raises(CommandRefused, match="K-01"):
        bench.do(GuidanceSwitched(True, OPERATOR))
    bench.tick("K-01")
    with pytest.raises(CommandRefused, match="K-30"):
        bench.do(GuidanceSwitched(True, OPERATOR))
    bench.tick("K-30", Mark.OVERRIDDEN, "no time: emergency")
    bench.do(GuidanceSwitched(True, OPERATOR))
    assert bench.see().guidance.mode is GuidanceMode.ON


def test_guidance_needs_a_procedure_a_plan_and_a_live_picture(bench: Bench) -> None:
    fresh = Bench()
    fresh.frames()
    with pytest.raises(CommandRefused, match="procedure"):
        fresh.do(GuidanceSwitched(True, OPERATOR))
    bench.tick("K-01")
    bench.tick("K-30")
    with pytest.raises(CommandRefused, match="target and entry"):
        bench.do(GuidanceSwitched(True, OPERATOR))
    bench.do(PlanChanged(PLAN))
    bench.now_ms += 1_000
    with pytest.raises(CommandRefused, match="live picture"):
        bench.do(GuidanceSwitched(True, OPERATOR))


def test_reopening_a_required_item_stops_guidance(guided: Bench) -> None:
    guided.tick("K-01", Mark.REOPENED)
    assert guided.see().guidance.mode is GuidanceMode.OFF


def test_guidance_off_and_a_mark_change_nothing_else(guided: Bench) -> None:
    before = guided.state
    guided.do(MomentMarked("image", OPERATOR))
    assert guided.state is before
    guided.do(GuidanceSwitched(False, OPERATOR))
    assert guided.see().guidance.mode is GuidanceMode.OFF
    assert guided.see().plan_shown


def test_a_late_picture_hides_guidance_and_brings_it_back_by_itself(guided: Bench) -> None:
    late = guided.see(after_ms=150)
    assert late.truth.state is TruthState.LATE
    assert (late.guidance.mode, late.plan_shown, late.measures) == (
        GuidanceMode.HIDDEN,
        False,
        None,
    )
    guided.frames(3)
    assert guided.see().guidance.mode is GuidanceMode.ON


def test_after_a_loss_the_plan_returns_only_when_confirmed(guided: Bench) -> None:
    assert guided.see(after_ms=400).truth.state is TruthState.LOST
    with pytest.raises(CommandRefused):
        guided.do(GuidanceConfirmed(OPERATOR))
    guided.frames(5)
    back = guided.see()
    assert back.truth.state is TruthState.LIVE
    assert (back.guidance.mode, back.plan_shown) == (GuidanceMode.CONFIRM, False)
    guided.do(GuidanceConfirmed(OPERATOR))
    assert guided.see().guidance.mode is GuidanceMode.ON


def test_a_loss_before_any_plan_needs_no_confirmation(bench: Bench) -> None:
    bench.see(after_ms=400)
    bench.frames(5)
    assert bench.see().guidance.mode is GuidanceMode.OFF


def test_clearing_the_plan_answers_the_question(guided: Bench) -> None:
    guided.see(after_ms=400)
    guided.do(PlanChanged(Plan()))
    guided.frames(5)
    assert guided.see().guidance.mode is not GuidanceMode.CONFIRM


def test_another_picture_size_drops_scale_plan_and_guidance_in_the_same_frame(
    guided: Bench,
) -> None:
    assert guided.see().scale == SCALE
    guided.frames(1, SMALLER)
    changed = guided.see()
    assert (changed.scale, changed.measures, changed.plan) == (None, None, Plan())
    assert changed.guidance.mode is GuidanceMode.OFF
    guided.frames(1, GEOMETRY)
    assert guided.see().scale is None


def test_a_plan_or_scale_for_another_picture_is_refused(bench: Bench) -> None:
    other = place_target(Plan(), (100, 100), SMALLER)
    with pytest.raises(CommandRefused, match="size"):
        bench.do(PlanChanged(other))
    with pytest.raises(CommandRefused, match="size"):
        bench.do(ScaleSet(replace(SCALE, geometry=SMALLER), OPERATOR))


PROPOSAL = ScaleProposal(0.05, 0.1, "longer marks each 10")
AREA = rectangle(100, 100, 500, 400)


def test_an_area_is_watched_until_it_is_dropped_or_the_picture_changes(bench: Bench) -> None:
    bench.do(LayoutFound(0, AREA, GEOMETRY))
    assert bench.see().truth.unique_period_ns == 33 * MS
    assert bench.state.area == AREA
    watched = bench.state.watch
    assert watched is not None
    assert watched.content.intervals_ns == bench.arrivals.content.intervals_ns
    bench.do(LayoutFound(0, AREA, GEOMETRY))  # found again: what was learned of it stays
    assert bench.state.watch is watched
    bench.do(LayoutLost(0))
    assert (bench.state.area, bench.state.watch) == (None, None)
    for late in (LayoutFound(1, AREA, SMALLER), LayoutFound(0, AREA, GEOMETRY)):
        bench.do(late)
        assert bench.state.area is None
    bench.do(LayoutFound(1, AREA, GEOMETRY))
    bench.frames(1, SMALLER)
    bench.see()
    assert (bench.state.area, bench.state.watch) == (None, None)


def test_another_depth_drops_scale_plan_and_guidance_in_the_same_frame(bench: Bench) -> None:
    bench.do(LayoutFound(0, AREA, GEOMETRY, (PROPOSAL,)))
    assert bench.state.proposals == (PROPOSAL,)
    assert bench.see().scale is None  # nobody has confirmed it
    bench.do(ScaleSet(confirmed_scale(PROPOSAL, AREA, GEOMETRY), OPERATOR, 0))
    bench.do(PlanChanged(place_target(Plan(), (200, 200), GEOMETRY), 0))
    assert bench.see().scale is not None
    bench.do(LayoutLost(3))  # of another layout than the one shown
    assert bench.see().scale is not None
    bench.do(LayoutLost(0))
    snapshot = bench.see()
    assert (snapshot.scale, snapshot.plan) == (None, Plan())
    assert not bench.state.switched_on
    assert bench.state.proposals == ()


def test_a_plan_is_not_changed_where_it_cannot_be_seen(bench: Bench) -> None:
    placed = place_target(Plan(), (200, 200), GEOMETRY)
    bench.do(PlanChanged(placed))
    assert bench.see(after_ms=3_000).truth.state is TruthState.LOST
    moved = place_target(Plan(), (300, 200), GEOMETRY)
    with pytest.raises(CommandRefused, match="Confirm first"):
        bench.do(PlanChanged(moved))
    bench.do(PlanChanged(Plan()))
    with pytest.raises(CommandRefused, match="live picture"):
        bench.do(PlanChanged(moved))
    bench.frames(20)
    bench.do(PlanChanged(moved))
    assert bench.state.plan == moved


@pytest.mark.parametrize(
    ("command", "words"),
    [(PictureMirrored(), "mirrored"), (PictureMirrored(upside_down=True), "upside down")],
)
def test_a_mirrored_picture_drops_plan_and_guidance_and_keeps_the_scale(
    guided: Bench, command: Command, words: str
) -> None:
    area = rectangle(20, 20, 600, 460)
    guided.do(LayoutFound(0, area, GEOMETRY))
    guided.do(command)
    seen = guided.see()
    assert (seen.plan, seen.scale) == (Plan(), SCALE)
    assert seen.guidance.mode is GuidanceMode.OFF
    told = f"The console shows the picture {words}: the plan is gone. Check the side."
    assert seen.dropped == told
    assert (guided.state.area, guided.state.watch) == (None, None)  # found anew where it is now
    with pytest.raises(CommandRefused, match="layout has changed"):
        guided.do(PlanChanged(PLAN, layout_number=0))
    guided.do(PlanChanged(PLAN, layout_number=1))
    assert guided.see().dropped == ""


def test_a_mirrored_picture_without_a_plan_is_told_all_the_same(bench: Bench) -> None:
    bench.do(PictureMirrored())
    assert bench.see().dropped == "The console shows the picture mirrored. Check the side."


def test_a_held_picture_is_let_go_when_the_live_one_is_mirrored(bench: Bench) -> None:
    bench.do(PictureHeld(True))
    bench.do(PlanChanged(PLAN))
    bench.do(PictureMirrored())
    assert not bench.see().held


STORE = MomentMarked("image stored", OPERATOR, MomentKind.IMAGE)


def test_a_stored_picture_is_remembered_by_its_frame_and_whether_the_needle_was_there(
    guided: Bench,
) -> None:
    guided.do(STORE)
    marked = mark_tip(guided.state.plan, (200, 200), GEOMETRY, guided.now_ms * MS)
    guided.do(PlanChanged(marked))
    guided.frames(2)
    guided.do(STORE)
    guided.frames(200)  # the mark is older than it is shown
    guided.do(STORE)
    assert guided.state.stored == (
        StoredImage(19, False),
        StoredImage(21, True),
        StoredImage(221, False),
    )


def test_a_tip_that_is_not_shown_is_no_needle(guided: Bench) -> None:
    guided.do(GuidanceSwitched(False, OPERATOR))
    marked = mark_tip(guided.state.plan, (200, 200), GEOMETRY, guided.now_ms * MS)
    guided.do(PlanChanged(marked))
    guided.do(STORE)
    assert guided.state.stored == (StoredImage(19, False),)


def test_after_the_injection_a_stored_picture_shows_its_spread(guided: Bench) -> None:
    guided.do(MomentMarked("injection", OPERATOR, MomentKind.INJECTION))
    guided.do(STORE)
    assert guided.state.stored == (StoredImage(19, True),)


def test_only_a_picture_that_is_live_or_was_when_it_was_held_is_stored(bench: Bench) -> None:
    bench.do(PictureHeld(True))
    bench.frames(3)
    bench.now_ms += 5_000  # lost, and a live one is held
    bench.do(STORE)
    assert bench.state.stored == (StoredImage(19, False),)
    bench.do(PictureHeld(False))
    with pytest.raises(CommandRefused, match=r"only a live picture is\. No picture comes"):
        bench.do(STORE)
    bench.do(PictureHeld(True))
    with pytest.raises(CommandRefused, match="The one that you hold was not"):
        bench.do(STORE)
    assert len(bench.state.stored) == 1


def test_a_still_picture_is_stored(bench: Bench) -> None:
    still = SourceInfo("file:a.png", "a.png", None, Origin.FILE, still=True)
    bench.do(SourceOpened(still))
    bench.now_ms += 5_000
    bench.do(STORE)
    assert bench.state.stored == (StoredImage(19, False),)


def test_no_picture_is_stored_before_there_is_one() -> None:
    with pytest.raises(CommandRefused, match="Not stored"):
        Bench().do(STORE)


def test_the_next_procedure_begins_without_pictures_and_without_a_dose(guided: Bench) -> None:
    reading = DoseReading(Stamp(0, 0), "a file", 1.5)
    guided.do(DoseReceived(reading))
    guided.do(MomentMarked("injection", OPERATOR, MomentKind.INJECTION))
    guided.do(STORE)
    assert guided.state.dose == reading
    guided.do(ProcedureStarted("knee", "P-2", "left", TEMPLATE, (OPERATOR,), True))
    assert (guided.state.stored, guided.state.injected, guided.state.dose) == ((), False, None)


def test_a_dose_that_came_with_the_source_is_there_when_a_procedure_begins() -> None:
    bench, reading = Bench(), DoseReading(Stamp(0, 0), "a file", 1.5)
    bench.do(DoseReceived(reading))
    bench.do(ProcedureStarted("knee", "P-1", "right", TEMPLATE, (OPERATOR,), True))
    assert bench.state.dose == reading


def test_why_scale_and_plan_are_gone_stands_until_one_is_set_again(bench: Bench) -> None:
    bench.do(LayoutLost(0))
    assert bench.see().dropped == ""  # nothing was lost
    bench.do(ScaleSet(SCALE, OPERATOR, 1))
    bench.do(LayoutLost(1))
    assert "depth or layout" in bench.see().dropped
    bench.do(ScaleSet(SCALE, OPERATOR, 2))
    assert bench.see().dropped == ""


def test_what_was_placed_on_the_layout_before_is_refused(bench: Bench) -> None:
    bench.do(LayoutLost(0))
    for late in (ScaleSet(SCALE, OPERATOR, 0), PlanChanged(Plan(), 0)):
        with pytest.raises(CommandRefused, match="depth or layout"):
            bench.do(late)
    bench.do(ScaleSet(SCALE, OPERATOR, 1))
    assert bench.state.scale == SCALE


def test_area_and_modality_stay_when_a_procedure_begins(bench: Bench) -> None:
    bench.do(LayoutFound(0, AREA, GEOMETRY))
    bench.do(ModalitySet(Modality.FLUOROSCOPY))
    bench.do(ProcedureStarted("knee", "P-2", "left", TEMPLATE, (OPERATOR,), True))
    assert bench.state.area == AREA
    assert bench.state.watch is not None
    assert bench.state.modality is Modality.FLUOROSCOPY


def test_what_a_source_states_of_its_rate_is_held_against_it(bench: Bench) -> None:
    info = SourceInfo("v4l2:0", "grabber", "1", Origin.DEVICE)
    formats = (VideoFormat("MJPG", 640, 480, (25.0, 240.0)), VideoFormat("MJPG", 640, 480))
    for opened, caution in (
        (info, ""),
        (replace(info, nominal_rate_hz=200.0), "30/s, not 200"),
        (replace(info, format=formats[0]), "30/s, not 240"),
        (replace(info, format=formats[1]), ""),
    ):
        bench.do(SourceOpened(opened))
        assert bench.see().truth.caution == caution


def test_a_held_picture_is_for_planning_only(guided: Bench) -> None:
    guided.do(PictureHeld(True))
    held = guided.see().frame
    guided.frames(10)
    snapshot = guided.see()
    assert (snapshot.frame, snapshot.held, snapshot.plan_shown) == (held, True, True)
    assert snapshot.guidance.mode is GuidanceMode.HIDDEN
    guided.do(PictureHeld(False))
    assert guided.see().frame == guided.arrivals.last
    assert guided.see().guidance.mode is GuidanceMode.ON


def test_a_still_picture_shows_the_plan_and_refuses_guidance(bench: Bench) -> None:
    bench.do(SourceOpened(SourceInfo("file:a.png", "a.png", None, Origin.FILE, still=True)))
    bench.do(PlanChanged(PLAN))
    bench.tick("K-01")
    bench.tick("K-30")
    assert bench.see().plan_shown
    with pytest.raises(CommandRefused, match="still picture"):
        bench.do(GuidanceSwitched(True, OPERATOR))


def test_a_failed_source_is_lost_with_its_sentence_until_it_opens_again(guided: Bench) -> None:
    guided.do(SourceFailed("No picture from the grabber. Check its cable."))
    lost = guided.see()
    assert (lost.truth.state, lost.truth.reason) == (
        TruthState.LOST,
        "No picture from the grabber. Check its cable.",
    )
    guided.do(SourceOpened(SourceInfo("x:y", "grabber", None, Origin.DEVICE)))
    guided.frames(3)
    assert guided.see().truth.state is TruthState.LIVE


def test_scale_of_the_source_is_that_of_the_region_with_the_target(bench: Bench) -> None:
    left = ScaledRegion(0, 0, 319, 479, 0.1, 0.1)
    right = ScaledRegion(320, 0, 639, 479, 0.2, 0.2)
    bench.frames(1, regions=(right, left))
    bench.do(PlanChanged(place_target(Plan(), (100, 100), GEOMETRY)))
    scale = bench.see().scale
    assert scale is not None
    assert scale.mm_per_px_x == 0.1
    bench.do(PlanChanged(Plan()))
    bench.frames(1, regions=(left, replace(right, left_px=200)))
    scale = bench.see().scale
    assert scale is not None
    assert scale.mm_per_px_x == 0.2


def test_a_tip_is_forgotten_after_its_age_limit(guided: Bench) -> None:
    guided.do(PlanChanged(mark_tip(PLAN, (200, 200), GEOMETRY, guided.now_ms * MS)))
    measures = guided.see().measures
    assert measures is not None
    assert measures.remaining is not None
    assert measures.remaining.mm == pytest.approx(2**0.5 * 10)
    guided.frames(170)
    measures = guided.see().measures
    assert measures is not None
    assert measures.remaining is None


def test_a_procedure_that_begins_says_what_has_to_be_set_again(bench: Bench) -> None:
    start = ProcedureStarted("knee", "P-2", "left", TEMPLATE, (OPERATOR,), True)
    assert bench.see().dropped == ""
    bench.do(ScaleSet(SCALE, OPERATOR))
    bench.do(start)
    assert bench.see().dropped == "A new procedure began: set scale again."
    bench.do(ScaleSet(SCALE, OPERATOR))
    assert bench.see().dropped == ""
    bench.do(PlanChanged(PLAN))
    bench.do(start)
    assert bench.see().dropped == "A new procedure began: set scale and plan again."


def test_ticking_without_a_procedure_or_an_unknown_item_is_refused(bench: Bench) -> None:
    with pytest.raises(CommandRefused, match="K-99"):
        bench.tick("K-99")
    fresh = Bench()
    with pytest.raises(CommandRefused, match="procedure"):
        fresh.tick("K-01")


TIP = replace(ITEM, id="K-39", phase=Phase.INTRA, level=Level.SOFT, before_injection=True)
SIGNED = ProcedureStarted(
    "knee",
    "P-1",
    "right",
    replace(TEMPLATE, items=(ITEM, SOFT, TIP)),
    (OPERATOR,),
    True,
    procedure_id="p-1",
)
INJECTION = MomentMarked("injection begins", OPERATOR, MomentKind.INJECTION)


def sign(bench: Bench, *phases: Phase) -> None:
    for phase in phases:
        assert bench.state.checklist is not None
        signatures = sign_phase(bench.state.checklist, phase, OPERATOR, "2026-01-01T10:00:00+00:00")
        bench.do(PhaseSigned(signatures))


def test_guidance_waits_for_the_signatures_and_stops_when_one_is_worth_nothing_any_more(
    bench: Bench,
) -> None:
    bench.do(SIGNED)
    bench.tick("K-01")
    bench.tick("K-30")
    bench.do(PlanChanged(PLAN))
    with pytest.raises(CommandRefused, match="not signed by the operator"):
        bench.do(GuidanceSwitched(True, OPERATOR))
    sign(bench, Phase.PRE, Phase.TIME_OUT)
    bench.do(GuidanceSwitched(True, OPERATOR))
    assert bench.see().guidance.mode is GuidanceMode.ON
    bench.tick("K-30", note="marked once more")
    assert bench.see().guidance.mode is GuidanceMode.OFF


def test_an_injection_is_marked_only_when_what_comes_before_it_is_settled(bench: Bench) -> None:
    bench.do(SIGNED)
    with pytest.raises(CommandRefused, match="Not before K-39"):
        bench.do(INJECTION)
    bench.tick("K-39")
    with pytest.raises(CommandRefused, match="Guidance stays off: 2 items open"):
        bench.do(INJECTION)
    bench.tick("K-01")
    bench.tick("K-30")
    sign(bench, Phase.PRE, Phase.TIME_OUT)
    bench.do(INJECTION)
    bench.do(MomentMarked("later", OPERATOR))


def test_an_emergency_opens_the_gates_with_a_reason(bench: Bench) -> None:
    bench.do(SIGNED)
    bench.do(PlanChanged(PLAN))
    with pytest.raises(CommandRefused, match="needs a typed reason"):
        bench.do(EmergencyDeclared(Emergency(OPERATOR, "2026-01-01T10:00:00+00:00", " ")))
    reason = Emergency(OPERATOR, "2026-01-01T10:00:00+00:00", "joint on fire")
    bench.do(EmergencyDeclared(reason))
    bench.do(GuidanceSwitched(True, OPERATOR))
    bench.do(INJECTION)
    assert bench.see().guidance.mode is GuidanceMode.ON
    assert bench.state.checklist is not None
    assert bench.state.checklist.emergency == reason
