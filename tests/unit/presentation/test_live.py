"""The live screen in words: what it says of the picture, and what it hides."""

from dataclasses import replace

import pytest

from drivers.api.ports import SourceInfo, VideoFormat
from drivers.api.samples import Origin, PictureGeometry, PixelFormat, Stamp
from guidance_app.domain.calibration import PixelScale
from guidance_app.domain.chain_delay import ChainDelay
from guidance_app.domain.checklist import (
    Checklist,
)
from guidance_app.domain.commands import ProcedureStarted
from guidance_app.domain.people import Person, Role
from guidance_app.domain.plan import Plan, TipMark
from guidance_app.domain.snapshot import (
    Cause,
    FrameFacts,
    Guidance,
    GuidanceMode,
    GuidanceSnapshot,
    Truth,
    TruthState,
)
from guidance_app.domain.trajectory import measure
from guidance_app.knowledge.templates import checklist_template
from guidance_app.presentation.live import Situation, late_view, live_view, picture_view
from guidance_app.presentation.primitives import Label
from guidance_app.presentation.source_words import rate_words
from guidance_app.presentation.view import Text, Tone
from guidance_app.processing.state import PipelineState
from guidance_app.runtime.latency import Latency
from guidance_app.runtime.recorder import RecordingStatus

MS = 1_000_000
GEOMETRY = PictureGeometry(640, 480, PixelFormat.GRAY8)
SCALE = PixelScale(0.1, 0.1, 0.5, GEOMETRY, "two clicks")
PLAN = Plan(GEOMETRY, (400.0, 300.0), (100.0, 100.0), tip=TipMark((250.0, 200.0), 0))
RECORDING = RecordingStatus(True, 192.0, 5760, 5758, 2, 214.4, "")
NOT_LIVE = (TruthState.LATE, TruthState.REPEATED, TruthState.FROZEN, TruthState.LOST)


def snapshot(
    state: TruthState = TruthState.LIVE,
    mode: GuidanceMode = GuidanceMode.ON,
    origin: Origin = Origin.DEVICE,
) -> GuidanceSnapshot:
    live = state is TruthState.LIVE
    return GuidanceSnapshot(
        index=0,
        evaluated_ns=10 * MS,
        valid_until_ns=100 * MS,
        frames_seen=1,
        truth=Truth(state, "" if live else "The cable is out.", 4_000 * MS, 4_000 * MS),
        guidance=Guidance(mode),
        frame=FrameFacts(0, Stamp(0, 2 * MS), GEOMETRY, origin, (), True),
        plan_shown=live,
        scale=SCALE,
        plan=PLAN,
        measures=measure(PLAN, SCALE, 10 * MS) if live else None,
    )


def situation(snapshot: GuidanceSnapshot, now_ms: int = 10, **changes: object) -> Situation:
    made = Situation(snapshot, PipelineState(), now_ms * MS, RECORDING)
    return replace(made, **changes)


def test_a_live_picture_says_its_delay_what_is_recorded_and_what_was_lost() -> None:
    measured = Latency(8 * MS, 12 * MS)
    strip = live_view(situation(snapshot(), skipped=14, latency=measured), None).strip
    assert (strip.state.text, strip.state.tone) == ("LIVE", Tone.GOOD)
    assert strip.age.text == "8 ms"
    assert strip.recording.text == "REC 03:12 · 214 min"
    assert strip.losses.text == "lost 2 · skipped 14"
    assert strip.origin.text == ""


def test_a_delay_that_was_not_measured_is_not_made_up() -> None:
    assert live_view(situation(snapshot()), None).strip.age.text == "-- ms"


def test_a_rate_far_too_low_is_explained_behind_the_strip() -> None:
    made = situation(slow := snapshot())
    slow = replace(slow, truth=replace(slow.truth, rate_hz=5.0))
    info = SourceInfo("v4l2:x", "Grabber", "x", Origin.DEVICE, 30.0)
    made = replace(made, snapshot=slow, state=replace(made.state, source=info))
    details = live_view(made, None).strip.details
    assert "only 5.0/s of 30/s" in details
    assert "more light" in details


@pytest.mark.parametrize("state", NOT_LIVE)
def test_a_picture_that_is_not_live_says_its_age_and_never_a_delay(state: TruthState) -> None:
    measured = Latency(8 * MS, 12 * MS)
    strip = live_view(situation(snapshot(state), 4_010, latency=measured), None).strip
    repeats = state in (TruthState.REPEATED, TruthState.FROZEN)
    assert strip.age.text == ("age 8.0 s" if repeats else "age 4.0 s")


def test_a_live_picture_past_its_time_says_its_age() -> None:
    strip = live_view(situation(snapshot(), 25_000, latency=Latency(8 * MS, 9 * MS)), None).strip
    assert strip.age.text == "age 25 s"


def test_the_details_say_what_the_device_delivers_and_how_late_it_is() -> None:
    found = VideoFormat("YUYV", 1280, 720)
    info = SourceInfo("v4l2:/dev/video0", "USB3 capture", "A1", Origin.DEVICE, 30.0, format=found)
    chain = ChainDelay(84.2, 101.0, 16.7, 200, "2026-11-26")
    live = snapshot()
    live = replace(live, truth=replace(live.truth, rate_hz=29.8))
    made = situation(live, latency=Latency(8 * MS, 12 * MS), chain=chain)
    made = replace(made, state=replace(made.state, source=info))
    assert live_view(made, None).strip.details == (
        "USB3 capture · YUYV 1280x720 · 29.8/s · "
        "whole chain 84 ms ± 17 ms, measured 2026-11-26\n"
        "From arrival to the screen: half of the pictures within 8 ms, 95 % within 12 ms."
    )


@pytest.mark.parametrize(
    ("rate_hz", "words"),
    [(None, ""), (7.5, "7.5/s"), (7.4, "only 7.4/s of 30/s")],
)
def test_a_rate_under_a_quarter_of_the_promise_says_so(rate_hz: float | None, words: str) -> None:
    assert rate_words(rate_hz, 30.0) == words


@pytest.mark.parametrize("state", NOT_LIVE)
def test_a_picture_that_is_not_live_is_dim_without_overlay_and_says_why(state: TruthState) -> None:
    view = live_view(situation(snapshot(state)), None)
    assert view.picture.brightness < 0.5
    assert view.picture.primitives == ()
    assert view.read_outs == ()
    assert "The cable is out." in view.picture.banner.text
    assert view.strip.state.text == f"NOT LIVE · {state}"
    assert view.strip.state.tone in (Tone.CAUTION, Tone.ALARM)


def test_how_often_pictures_come_stands_before_the_losses() -> None:
    live = snapshot()
    counted = replace(live, truth=replace(live.truth, rate_hz=59.94, unique_rate_hz=20.2))
    assert live_view(situation(counted, skipped=14), None).strip.losses.text == (
        "60/s, 20 new · lost 2 · skipped 14"
    )
    still = replace(live, truth=replace(live.truth, rate_hz=30.1))
    assert live_view(situation(still), None).strip.losses.text == "30/s · lost 2"
    gone = snapshot(TruthState.LOST)
    gone = replace(gone, truth=replace(gone.truth, rate_hz=30.1))
    assert live_view(situation(gone), None).strip.losses.text == "lost 2"


def test_a_live_picture_that_is_slow_says_so_and_keeps_its_overlay() -> None:
    live = snapshot()
    slow = replace(live, truth=replace(live.truth, caution="5/s, not 30"))
    view = live_view(situation(slow), None)
    assert (view.strip.state.text, view.strip.state.tone) == ("LIVE · 5/s, not 30", Tone.CAUTION)
    assert view.picture.banner.text == ""
    assert view.picture.primitives


def test_a_black_picture_is_no_image_and_an_alarm() -> None:
    black = snapshot(TruthState.LOST)
    reason = "The picture is black. Is the scanner on?"
    black = replace(black, truth=replace(black.truth, cause=Cause.NO_IMAGE, reason=reason))
    view = live_view(situation(black), None)
    assert (view.strip.state.text, view.strip.state.tone) == ("NOT LIVE · NO IMAGE", Tone.ALARM)
    assert view.picture.banner.text == f"NO IMAGE. {reason}"
    assert view.picture.primitives == ()


def test_the_last_image_of_an_exposure_is_labelled_and_no_alarm() -> None:
    held = snapshot(TruthState.FROZEN)
    held = replace(
        held,
        truth=replace(held.truth, cause=Cause.LAST_IMAGE_HOLD, reason="Last image hold."),
    )
    view = live_view(situation(held), None)
    assert (view.strip.state.text, view.strip.state.tone) == ("LAST IMAGE HOLD", Tone.CAUTION)
    assert view.picture.banner == Text("LAST IMAGE HOLD for 4.0 s.", Tone.CAUTION)
    assert view.picture.primitives == ()


def test_a_live_snapshot_looked_at_too_late_is_not_live() -> None:
    assert live_view(situation(snapshot(), 100), None).picture.primitives
    late = live_view(situation(snapshot(), 101), None)
    assert late.picture.primitives == ()
    assert late.read_outs == ()
    assert late.strip.state.text.startswith("NOT LIVE")
    in_time = picture_view(snapshot(), 10 * MS)
    assert in_time.live_until_ns == 100 * MS
    assert (late_view(in_time).primitives, late_view(in_time).brightness) == ((), 0.4)


def test_a_held_picture_keeps_its_plan_and_never_says_live() -> None:
    held = replace(snapshot(TruthState.LOST, GuidanceMode.HIDDEN), held=True, plan_shown=True)
    view = live_view(situation(held, 5_000), None)
    assert view.picture.primitives
    assert view.picture.brightness == 1.0
    assert view.strip.state.text == "HELD · source LOST"
    assert view.picture.banner.text == ""  # a banner would move the picture


@pytest.mark.parametrize(
    ("origin", "word", "watermark"),
    [
        (Origin.SIMULATED, "SIMULATED", "SIMULATED"),
        (Origin.REPLAY, "REPLAY", "REPLAY"),
        (Origin.FILE, "FILE", ""),
        (Origin.DEVICE, "", ""),
    ],
)
def test_what_is_no_patient_says_so(origin: Origin, word: str, watermark: str) -> None:
    view = live_view(situation(snapshot(origin=origin)), None)
    assert view.strip.origin.text == word
    assert view.picture.watermark == watermark


@pytest.mark.parametrize(
    ("origin", "words", "watermark"),
    [
        (Origin.DEVICE, "FAULT DRILL", "FAULT DRILL"),
        (Origin.SIMULATED, "SIMULATED · FAULT DRILL", "SIMULATED · FAULT DRILL"),
        (Origin.FILE, "FILE · FAULT DRILL", "FILE · FAULT DRILL"),
        (Origin.REPLAY, "REPLAY · SIMULATED · FAULT DRILL", "REPLAY · SIMULATED · FAULT DRILL"),
    ],
)
def test_a_drill_is_never_taken_for_the_devices_own_doing(
    origin: Origin, words: str, watermark: str
) -> None:
    info = SourceInfo("x:y", "X", None, origin, simulated=True, fault_plan="unplug")
    for state in TruthState:
        drill = situation(snapshot(state, origin=origin), state=PipelineState(source=info))
        view = live_view(drill, None)
        assert view.strip.origin.text == words
        assert view.picture.watermark == watermark


def test_procedure_side_and_pseudonym_stand_in_the_strip() -> None:
    template = checklist_template("knee-injection")
    people = (Person("OP-1", Role.OPERATOR),)
    started = ProcedureStarted(template.procedure, "P-0417", "right", template, people, True)
    state = PipelineState(procedure=started, checklist=Checklist(template))
    view = live_view(situation(snapshot(mode=GuidanceMode.OFF), state=state), None)
    assert template.title in view.strip.procedure.text
    assert "R · P-0417" in view.strip.procedure.text
    assert not view.guidance.enabled
    assert "26 items open" in view.guidance.reason


def test_figures_beside_the_picture_carry_their_uncertainty() -> None:
    rows = {row.label: row for row in live_view(situation(snapshot()), None).read_outs}
    assert rows["Target below entry"].value.text == "20 mm"
    assert rows["Target below entry"].uncertainty == "± 0.5 mm"
    assert rows["To target"].value.text == "18 mm"
    assert rows["Angle to level"].value.text == "34°"
    assert rows["Screen height"].value.text == "48 mm"


def test_a_tip_off_the_path_gets_no_reassuring_number() -> None:
    beside = replace(PLAN, tip=TipMark((400.0, 230.0), 0))
    lost = replace(snapshot(), plan=beside, measures=measure(beside, SCALE, 10 * MS))
    view = live_view(situation(lost, 95), None)
    rows = [(row.label, row.value.text) for row in view.read_outs[:2]]
    assert rows == [("To target", "OFF PATH"), ("Warning", "tip outside the corridor")]
    labels = [shape.text for shape in view.picture.primitives if isinstance(shape, Label)]
    assert "OFF PATH" in labels
    assert not any("mm" in text for text in labels)


def test_a_still_picture_says_so_and_asks_for_no_confirmation() -> None:
    still = replace(snapshot(TruthState.FROZEN, GuidanceMode.OFF), plan_shown=True)
    view = live_view(situation(still), None)
    assert view.strip.state.text == "STILL PICTURE"
    assert view.picture.brightness == 1.0
    assert view.guidance.text == "Set up procedure"


def test_a_replay_never_says_live_and_tells_when_a_simulator_made_it() -> None:
    replay = snapshot(origin=Origin.REPLAY)
    info = SourceInfo("replay:x", "Replay", None, Origin.REPLAY, simulated=True)
    view = live_view(situation(replay, state=PipelineState(source=info)), None)
    assert view.strip.state.text == "REPLAY"
    assert view.strip.origin.text == "REPLAY · SIMULATED"
    assert view.picture.watermark == "REPLAY · SIMULATED"


def test_without_a_scale_no_millimetre_is_said() -> None:
    bare = replace(snapshot(), scale=None, measures=None)
    (row,) = live_view(situation(bare), None).read_outs
    assert (row.label, row.value.text) == ("Scale", "none: no mm")


def test_the_last_ten_minutes_of_the_disk_are_a_caution() -> None:
    shown = [
        live_view(situation(snapshot(), recording=replace(RECORDING, free_minutes=left)), None)
        for left in (10.0, 9.9, 0.4)
    ]
    assert [view.strip.recording for view in shown] == [
        Text("REC 03:12 · 10 min"),
        Text("REC 03:12 · 9 min left", Tone.CAUTION),
        Text("REC 03:12 · 0 min left", Tone.CAUTION),
    ]


def test_a_recording_that_fails_is_an_alarm_and_none_is_said() -> None:
    broken = replace(RECORDING, fault="The disk is full.")
    strip = live_view(situation(snapshot(), recording=broken), None).strip
    assert (strip.recording.tone, "disk is full" in strip.recording.text) == (Tone.ALARM, True)
    assert live_view(situation(snapshot(), recording=None), None).strip.recording.text == (
        "Not recorded"
    )


@pytest.mark.parametrize(
    ("mode", "verb"),
    [
        (GuidanceMode.OFF, "Start guidance"),
        (GuidanceMode.ON, "Stop guidance"),
        (GuidanceMode.HIDDEN, "Stop guidance"),
        (GuidanceMode.CONFIRM, "Confirm plan"),
    ],
)
def test_the_switch_says_what_pressing_it_does(mode: GuidanceMode, verb: str) -> None:
    state = PipelineState(checklist=Checklist(checklist_template("knee-injection")))
    assert live_view(situation(snapshot(mode=mode), state=state), None).guidance.text == verb


def test_without_a_procedure_the_switch_leads_to_its_set_up_and_a_replay_to_nothing() -> None:
    button = live_view(situation(snapshot(mode=GuidanceMode.OFF)), None).guidance
    assert (button.text, button.enabled) == ("Set up procedure", True)
    replay = snapshot(mode=GuidanceMode.OFF, origin=Origin.REPLAY)
    assert not live_view(situation(replay), None).guidance.enabled


def test_the_operator_can_hide_the_overlay() -> None:
    assert live_view(situation(snapshot(), overlay_hidden=True), None).picture.primitives == ()


def test_the_end_of_a_recording_is_no_alarm_and_shows_no_overlay() -> None:
    over = snapshot(TruthState.LOST, GuidanceMode.OFF)
    over = replace(over, truth=replace(over.truth, reason="The recording ends here.", ended=True))
    view = live_view(situation(over, 5_000), None)
    assert (view.strip.state.text, view.strip.state.tone) == ("ENDED", Tone.CAUTION)
    assert view.picture.banner.text == "The recording ends here."
    assert view.picture.banner.tone is not Tone.ALARM
    assert view.picture.primitives == ()


def test_a_live_picture_says_quietly_why_its_plan_is_missed() -> None:
    waits = snapshot(mode=GuidanceMode.CONFIRM)
    banner = picture_view(waits, 20 * MS).banner
    assert banner == Text("The picture had gone. Place the plan anew, or confirm it (G).")
    dropped = replace(snapshot(mode=GuidanceMode.OFF), dropped="Scale and plan are gone.")
    assert picture_view(dropped, 20 * MS).banner == Text("Scale and plan are gone.")
    assert picture_view(snapshot(), 20 * MS).banner == Text("")


@pytest.mark.parametrize("truth", [TruthState.LIVE, TruthState.LOST])
def test_a_plan_can_be_confirmed_on_a_live_picture_only(truth: TruthState) -> None:
    state = PipelineState(checklist=Checklist(checklist_template("knee-injection")))
    waits = situation(snapshot(truth, GuidanceMode.CONFIRM), state=state)
    assert live_view(waits, None).guidance.enabled is (truth is TruthState.LIVE)
