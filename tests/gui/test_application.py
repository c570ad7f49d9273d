"""The whole application on real sources: what stands on the screen, what is in the recording."""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from desk import IMAGE_SIZE, PIN, PROCEDURE, Desk, is_orange, sample_evidence
from mjpeg_server import MjpegServer
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QLineEdit

from drivers.api.ports import SourceInfo
from drivers.api.samples import ImageU8, Origin, VideoFrame
from guidance_app.domain.chain_delay import ChainDelay
from guidance_app.domain.checklist import Mark, Phase
from guidance_app.domain.commands import (
    EmergencyDeclared,
    GuidanceSwitched,
    ItemMarked,
    ProcedureStarted,
)
from guidance_app.domain.competence import (
    Certificate,
    Course,
    LogCount,
    StaffRecord,
    StaffRole,
)
from guidance_app.domain.sign_off import unsigned
from guidance_app.domain.snapshot import GuidanceMode, GuidanceSnapshot, TruthState
from guidance_app.knowledge.facts import Question
from guidance_app.presentation.live import picture_view
from guidance_app.records.database import Records
from guidance_app.records.staff import StaffMember
from guidance_app.runtime.engine import Published
from guidance_app.runtime.pipeline import Pipeline, Recording
from guidance_app.runtime.recompute import recompute
from guidance_app.session.format import Topic, decode_paint
from guidance_app.session.info import info
from guidance_app.session.journal import read_journal
from guidance_app.session.reader import SessionReader
from guidance_app.session.verify import verify
from guidance_app.ui.actions import Action
from guidance_app.ui.painter import render_image

BIG_DOTS = ((1028.0, 285.5), (1028.0, 568.15), (1028.0, 850.53))
"""The 10 mm dots of the real recording's ruler, as read by its annotator."""


SKILLED = (
    (Certificate("EFSUMB", 2, "us", date(2024, 1, 1)),),
    (Course("us", date(2025, 1, 1)),),
    (LogCount("knee", 10, 0),),
)
"""What a competent operator holds: certificates, courses, counts."""


def register(desk: Desk) -> None:
    """OP-1, who is competent at the knee."""
    desk.staff = {"OP-1": StaffRecord("OP-1", frozenset({StaffRole.OPERATOR}), *SKILLED)}
    records = Records.open(desk.folder / "records.sqlite")
    records.add_person(StaffMember("OP-1", "Ada"))
    records.set_roles("OP-1", [StaffRole.OPERATOR])
    records.close()


def noise(number: int) -> ImageU8:
    """A picture that changes all over, 320x240."""
    return np.random.default_rng(number).integers(60, 200, (240, 320), dtype=np.uint8)


def test_a_stopped_stream_is_dimmed_without_overlay_and_returns_after_confirmation(
    desk: Desk,
) -> None:
    with MjpegServer(noise, rate_hz=30) as camera:
        desk.open(camera.url)
        desk.wait(lambda: desk.snapshot.truth.state is TruthState.LIVE)
        desk.start_procedure()
        desk.tick(Phase.PRE, Phase.TIME_OUT)
        desk.place((200.0, 150.0), (40.0, 30.0))
        desk.guide()
        live = desk.picture()
        assert is_orange(live).any()

        camera.go_silent()
        desk.wait(lambda: desk.snapshot.truth.state is TruthState.LOST)
        lost = desk.picture()
        assert not is_orange(lost).any()
        middle = (slice(40, 120), slice(40, 240))
        assert lost[middle].mean() < 0.5 * live[middle].mean()

        camera.resume()
        desk.wait(lambda: desk.snapshot.truth.state is TruthState.LIVE)
        desk.wait_mode(GuidanceMode.CONFIRM)
        assert not is_orange(desk.picture()).any()
        desk.guide()
        assert is_orange(desk.picture()).any()
        desk.close()
    check_when_the_overlay_went(desk)


def check_when_the_overlay_went(desk: Desk) -> None:
    """No snapshot later than the bound after the last frame still showed anything."""
    assert desk.application.session is not None
    with SessionReader(desk.application.session) as reader:
        for snapshot in reader.snapshots():
            frame_age_ns = snapshot.truth.frame_age_ns
            if snapshot.plan_shown and frame_age_ns is not None:
                assert frame_age_ns <= 250_000_000
                assert snapshot.valid_until_ns - snapshot.evaluated_ns <= 250_000_000


def test_each_picture_on_the_screen_is_in_the_journal_once_with_its_delay(desk: Desk) -> None:
    desk.chain = ChainDelay(84.0, 101.0, 16.7, 200, "2026-11-26")
    desk.open("sim:knee")
    delay = desk.window.strip.fields["age"]
    desk.wait(lambda: delay.text.endswith(" ms") and delay.text[0].isdigit())
    desk.wait(lambda: "whole chain 84 ms" in delay.toolTip())
    session = desk.application.session
    desk.close()
    assert session is not None
    with (session / "journal.mcap").open("rb") as file:
        entries = [e for e in read_journal(file) if e.topic is Topic.PAINT]
    paints = [decode_paint(entry.payload) for entry in entries]
    with SessionReader(session) as reader:
        arrivals_ns = [record.facts.stamp.arrival_ns for record in reader.frames]
        assert list(reader.latencies_ns) == [paint.latency_ns for paint in paints]
    painted_ns = [paint.arrival_ns for paint in paints]
    assert painted_ns and set(painted_ns) <= set(arrivals_ns)
    assert painted_ns == sorted(set(painted_ns))
    assert info(session)["latency_ms"]["n"] == len(paints)
    assert verify(session)["ok"]


def test_nothing_is_called_live_once_its_source_is_closed(desk: Desk) -> None:
    desk.open("sim:knee")
    desk.wait(lambda: desk.window.strip.state.text == "LIVE")
    desk.application.open_source("file:absent.mp4", False)
    desk.wait(lambda: desk.refusals)
    assert desk.window.strip.state.text == ""
    assert desk.window.strip.fields["age"].text == ""
    assert desk.window.live.image.placement() is None


def test_guidance_is_refused_then_allowed_and_both_are_in_journal_and_database(
    desk: Desk, tmp_path: Path
) -> None:
    desk.open("sim:knee")
    desk.start_procedure()
    desk.place((371.0, 213.0), (12.0, 9.0))
    desk.intents.guidance_pressed.emit()
    desk.wait(lambda: "items open" in desk.window.line.message.text)
    desk.tick(Phase.PRE)
    desk.intents.item_overridden.emit("K-35", "no gel on a simulator")
    desk.tick(Phase.TIME_OUT)
    desk.guide()
    session = desk.application.session
    desk.close()
    assert session is not None
    with SessionReader(session) as reader:
        switched = [o for o in reader.commands if isinstance(o.command, GuidanceSwitched)]
        marks = [o.command.entry for o in reader.commands if isinstance(o.command, ItemMarked)]
    *refused, granted = (o.refusal for o in switched)
    assert granted is None
    assert refused and None not in refused
    assert {o.command.person.code for o in switched} == {"OP-1"}
    assert all(entry.time_utc.endswith("+00:00") for entry in marks)
    assert [e.note for e in marks if e.mark is Mark.OVERRIDDEN] == ["no gel on a simulator"]
    assert desk.failures == []
    with sqlite3.connect(tmp_path / "records.sqlite") as database:
        (stored,) = database.execute("select count(*) from checklist_entries").fetchone()
    database.close()
    assert stored == len(marks)


def test_a_real_recording_plays_live_and_its_ruler_gives_its_millimetres(
    desk: Desk, shared_data: Path
) -> None:
    desk.open(f"file:{shared_data / 'needle/paulokwija/ph_dev_first3s.mp4'}")
    desk.intents.ruler_measured.emit(BIG_DOTS[0], BIG_DOTS[2], 20.0)
    desk.place(BIG_DOTS[1], BIG_DOTS[0])
    desk.wait(lambda: desk.snapshot.measures is not None and desk.snapshot.measures.length)
    assert desk.snapshot.measures is not None
    assert desk.snapshot.measures.length is not None
    assert desk.snapshot.measures.length.mm == pytest.approx(10.0, rel=0.01)
    assert desk.snapshot.scale is not None
    assert desk.snapshot.scale.mm_per_px_x == pytest.approx(0.0354, rel=0.01)


def test_a_still_screen_shows_the_plan_and_no_guidance(desk: Desk, shared_data: Path) -> None:
    desk.open(f"file:{shared_data / 'needle/janwolzenburg/30.png'}")
    desk.intents.ruler_measured.emit((1072.0, 111.0), (1072.0, 620.0), 30.0)
    desk.place((1072.0, 450.0), (1072.0, 281.0))
    desk.wait(lambda: desk.snapshot.measures is not None and desk.snapshot.measures.length)
    assert desk.snapshot.measures is not None
    assert desk.snapshot.measures.length is not None
    assert desk.snapshot.measures.length.mm == pytest.approx(10.0, rel=0.01)
    assert desk.snapshot.truth.state is TruthState.FROZEN
    assert is_orange(desk.picture()).any()


def test_a_dicom_file_brings_its_scale(desk: Desk, shared_data: Path) -> None:
    desk.open(f"dicom:{shared_data / 'dicom/JPGLosslessP14SV1_1s_1f_8b.dcm'}")
    desk.place((500.0, 400.0), (500.0, 300.0))
    desk.wait(lambda: desk.snapshot.measures is not None and desk.snapshot.measures.length)
    assert desk.snapshot.measures is not None
    assert desk.snapshot.measures.length is not None
    assert desk.snapshot.measures.length.mm == pytest.approx(25.4767, rel=1e-4)


def test_a_source_that_cannot_be_opened_leaves_the_window_usable(desk: Desk) -> None:
    desk.application.open_source("file:nowhere.mp4", True)
    desk.wait(lambda: desk.refusals)
    assert desk.refusals == ['"nowhere.mp4": there is no such file. Check its name and folder.']
    desk.open("sim:knee")
    assert desk.snapshot.frame is not None


class OpensLater(Pipeline):
    """A run whose source opens when the test says so."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(lambda: desk.registry.create("sim:knee", desk.clock), desk.clock)
        self.opening: Future[SourceInfo] = Future()
        self.begun = False

    def open(self) -> Future[SourceInfo]:
        return self.opening

    def begin(self, recording: Recording, publish: Callable[[Published], None]) -> None:
        self.begun = True
        super().begin(recording, publish)

    def succeed(self) -> None:
        """On another thread, as a source does."""
        info = SourceInfo("sim:knee", "Knee", None, Origin.SIMULATED, 25.0)
        other = threading.Thread(target=self.opening.set_result, args=(info,))
        other.start()
        other.join()


def test_a_source_that_opens_after_another_was_chosen_begins_nothing(desk: Desk) -> None:
    given_up, chosen = OpensLater(desk), OpensLater(desk)
    desk.next_pipelines = [given_up, chosen]
    desk.application.open_source("sim:knee", False)
    given_up.succeed()
    desk.application.open_source("sim:hip", False)
    QApplication.processEvents()
    assert not given_up.begun and not chosen.begun
    chosen.succeed()
    desk.wait(lambda: chosen.begun)
    assert not given_up.begun


def test_stepped_replay_gives_equal_snapshots_and_equal_pixels(desk: Desk) -> None:
    desk.open("sim:knee")
    desk.start_procedure()
    desk.place((371.0, 213.0), (12.0, 9.0))
    desk.tick(Phase.PRE, Phase.TIME_OUT)
    desk.guide()
    desk.intents.tip_marked.emit((200.0, 110.0))
    desk.wait(lambda: desk.snapshot.measures and desk.snapshot.measures.remaining)
    shown = desk.show_for(10)
    session = desk.application.session
    desk.close()
    assert session is not None
    with SessionReader(session) as reader:
        steps = list(recompute((r.facts for r in reader.frames), reader.engine_events()))
        assert len(steps) == reader.counts.commands + reader.counts.snapshots
        assert all(step.again == step.recorded for step in steps)
        again = {step.again.index: step.again for step in steps}
        for index, image in shown.items():
            snapshot = again[index]
            assert isinstance(snapshot, GuidanceSnapshot)
            assert image == rendered(reader, snapshot)


def rendered(reader: SessionReader, snapshot: GuidanceSnapshot) -> QImage:
    """What a recomputed snapshot and its recorded picture look like."""
    facts = snapshot.frame
    assert facts is not None
    pixels = reader.picture(reader.frame(facts.number))
    frame = VideoFrame(pixels, facts.geometry.pixel_format, facts.stamp, facts.origin)
    return render_image(frame, picture_view(snapshot, snapshot.evaluated_ns), *IMAGE_SIZE)


def test_a_replay_plays_in_the_same_window_with_its_plan_and_cannot_be_changed(
    desk: Desk,
) -> None:
    desk.open("sim:knee")
    desk.place((371.0, 213.0), (12.0, 9.0))
    desk.wait(lambda: desk.snapshot.frame and desk.snapshot.frame.number >= 15)
    session = desk.application.session
    desk.application.stop_run()
    desk.open(f"replay:{session}")
    desk.wait(lambda: desk.snapshot.plan.entry_px == (12.0, 9.0))
    assert desk.snapshot.frame is not None
    assert desk.snapshot.frame.origin is Origin.REPLAY
    assert desk.snapshot.truth.state is TruthState.LIVE
    assert is_orange(desk.picture()).any()
    desk.intents.target_placed.emit((100.0, 100.0))
    desk.wait(lambda: "recording is playing" in desk.window.line.message.text)
    desk.wait(lambda: "ends here" in desk.snapshot.truth.reason)
    assert desk.snapshot.frame.number >= 15
    assert desk.snapshot.plan.target_px == (371.0, 213.0)


def test_target_and_corridor_can_be_moved_afterwards(desk: Desk) -> None:
    desk.open("sim:knee")
    desk.place((371.0, 213.0), (71.0, 213.0))
    handles: list[dict[str, tuple[float, float]]] = []
    assert desk.application.controller is not None
    desk.application.controller.handles_changed.connect(lambda named: handles.append(dict(named)))
    desk.wait(lambda: handles)
    assert abs(handles[-1]["corridor"][1] - 213.0) * 0.08 == pytest.approx(2.0)
    desk.intents.handle_moved.emit("corridor", (200.0, 213.0 + 4.1 / 0.08))
    desk.wait(lambda: desk.snapshot.plan.corridor_mm == 4.0)
    desk.intents.corridor_stepped.emit(-1)
    desk.wait(lambda: desk.snapshot.plan.corridor_mm == 3.5)
    desk.intents.handle_moved.emit("target", (371.0, 250.0))
    desk.wait(lambda: desk.snapshot.plan.target_px == (371.0, 250.0))
    assert desk.snapshot.plan.corridor_mm == 3.5


def test_guidance_without_a_procedure_leads_to_the_set_up_page_and_back(desk: Desk) -> None:
    desk.open("sim:knee")
    desk.wait(desk.window.live.guidance.button.isEnabled)
    desk.intents.guidance_pressed.emit()
    desk.wait(desk.window.setup.isVisible)
    desk.intents.back_asked.emit()
    desk.wait(desk.window.live.isVisible)
    desk.start_procedure()
    assert desk.checklist is not None


def test_the_next_patient_finds_nothing_of_the_one_before(desk: Desk) -> None:
    desk.application.open_source("sim:knee", True, PROCEDURE)
    desk.wait(desk.window.setup.isVisible)
    setup = desk.window.setup
    assert (setup.entry().procedure, setup.entry().plan) == (PROCEDURE, "us")
    setup.patient.setText("P-17")
    setup.body.spots["knee", "left"].click()
    setup.operator.setText("OP-1")
    setup.alone.click()
    setup.start.click()
    desk.wait(lambda: desk.checklist is not None)
    assert (setup.entry().patient, setup.entry().side) == ("", "")


def test_the_set_up_page_tells_the_advice_for_what_is_chosen(desk: Desk) -> None:
    desk.application.open_source("sim:knee", True, "sacroiliac-injection")
    setup = desk.window.setup
    desk.wait(setup.isVisible)
    setup.plans["palpation"].click()
    first, second, *_ = setup.advice.pieces
    assert (first.word.text, second.word.text) == ("Needs a reason", "Know")
    assert "should be used rather than palpation" in first.words.text
    assert "PTC-5, agreement 9.9 of 10 (SD 0.3)" in first.source.text
    assert "why it is done like this" in setup.missing.text
    setup.reason.setText("The image is not needed here.")
    setup.patient.setText("P-17")
    setup.body.spots["sacroiliac", "left"].click()
    setup.operator.setText("OP-1")
    setup.alone.click()
    setup.start.click()
    desk.wait(lambda: desk.checklist is not None)
    procedure = desk.published.state.procedure if desk.published else None
    assert procedure is not None
    assert (procedure.technique, procedure.reason) == ("palpation", "The image is not needed here.")
    assert [(one.rule, one.followed) for one in procedure.advice] == [
        ("M-11", False),
        ("M-12", None),
    ]


def test_items_that_the_picture_proves_fill_themselves_and_reopen_when_it_does_not(
    desk: Desk,
) -> None:
    desk.open("sim:knee")
    desk.start_procedure()
    desk.wait(lambda: desk.marked_by("K-05") == desk.marked_by("K-06") == "OP-1")
    assert desk.marked_by("K-30") == ""
    desk.place((371.0, 213.0), (12.0, 9.0))
    desk.wait(lambda: desk.marked_by("K-30") == "device")
    desk.tick(Phase.PRE, Phase.TIME_OUT)
    desk.guide()
    desk.intents.tip_marked.emit((300.0, 170.0))
    desk.wait(lambda: desk.marked_by("K-39") == "device")
    desk.intents.plan_cleared.emit()
    desk.wait(lambda: desk.marked_by("K-30") == "")
    desk.wait_mode(GuidanceMode.OFF)


def test_what_the_operator_calls_complex_is_in_the_checklist_and_in_the_note(desk: Desk) -> None:
    desk.application.open_source("sim:knee", True, PROCEDURE)
    desk.wait(desk.window.setup.isVisible)
    setup = desk.window.setup
    setup.patient.setText("P-17")
    setup.body.spots["knee", "left"].click()
    setup.operator.setText("OP-1")
    for button in (setup.complex, setup.targeted, setup.alone):
        button.click()
    setup.advice.arthritis.click()
    setup.arthritis.questions[Question.NECK].click()
    setup.start.click()
    desk.wait(lambda: desk.checklist and desk.checklist.status("K-05"))
    assert desk.checklist is not None and desk.published is not None
    assert "K-08" in {item.id for item in desk.checklist.template.items}
    entry = desk.checklist.status("K-05")
    assert entry is not None
    noted = [evidence.value for evidence in entry.evidence]
    assert noted == ["Knee injection under ultrasound", "left", "targeted", "complex"]
    session = desk.application.session
    desk.close()
    assert session is not None
    with SessionReader(session) as reader:
        (started,) = [c.command for c in reader.commands if isinstance(c.command, ProcedureStarted)]
    assert started.questions == ("neck",)
    kept = {one.rule: one.followed for one in started.advice}
    assert kept == {"M-2": True, "RA-9": None}


def test_an_emergency_opens_the_gate_and_is_in_the_recording(desk: Desk) -> None:
    desk.open("sim:knee")
    desk.start_procedure()
    desk.place((371.0, 213.0), (12.0, 9.0))
    live = desk.window.live
    desk.wait(live.guidance.emergency.isEnabled)
    live.checklist.note.setText("collapse")
    live.guidance.emergency.click()
    desk.wait(lambda: desk.checklist and desk.checklist.emergency)
    desk.wait(lambda: not live.guidance.emergency.isEnabled())
    desk.guide()
    session = desk.application.session
    desk.close()
    assert session is not None
    with SessionReader(session) as reader:
        declared = [o.command for o in reader.commands if isinstance(o.command, EmergencyDeclared)]
    assert [d.emergency.reason for d in declared] == ["collapse"]
    assert verify(session)["ok"]


def test_signatures_of_registered_people_are_in_the_records_too(desk: Desk) -> None:
    register(desk)
    records = Records.open(desk.folder / "records.sqlite")
    desk.open("sim:knee")
    desk.start_procedure()
    desk.tick(Phase.PRE, Phase.TIME_OUT)
    procedure = desk.published.state.procedure if desk.published else None
    assert procedure is not None and desk.checklist is not None
    signed = {s.subject.part for s in desk.checklist.signatures}
    desk.wait(lambda: len(records.signatures(procedure.procedure_id)) == len(signed))
    stored = records.signatures(procedure.procedure_id)
    assert tuple(s.signature for s in stored) == desk.checklist.signatures
    assert records.verify_audit().problem is None
    desk.close()
    (found,) = records.procedures()
    assert (found.technique, found.site_family, found.complex) == ("us", "knee", False)
    assert found.ended_utc is not None
    assert records.log_book("OP-1") == (), "the record was not closed"
    records.close()
    assert desk.failures == []


def test_while_the_records_do_not_say_who_is_registered_nobody_signs(desk: Desk) -> None:
    desk.records.stop()
    (desk.folder / "records.sqlite").write_bytes(b"no database" * 100)
    desk.staff = None
    desk.open("sim:knee")
    desk.start_procedure()
    assert desk.checklist is not None
    for item in desk.checklist.items(Phase.PRE):
        desk.intents.item_done.emit(item.id, "", sample_evidence(item.fields))
    desk.wait(lambda: desk.checklist and not desk.checklist.open_items(Phase.PRE))
    desk.intents.phase_signed.emit()
    line = desk.window.line
    QTest.keyClicks(line.field, PIN)
    QTest.keyClick(line.field, Qt.Key.Key_Return)
    desk.wait(lambda: "is damaged" in line.message.text)
    assert desk.checklist.signatures == ()


def test_a_registered_person_signs_with_the_pin_alone(desk: Desk) -> None:
    register(desk)
    desk.open("sim:knee")
    desk.start_procedure()
    checklist = desk.checklist
    assert checklist is not None
    for item in checklist.items(Phase.PRE):
        desk.intents.item_done.emit(item.id, "", ())
    desk.wait(lambda: desk.checklist and not desk.checklist.open_items(Phase.PRE))
    line = desk.window.line
    desk.intents.phase_signed.emit()
    for pin, words, asks in (("1357", "not the right PIN", True), (PIN, "OP-1 has signed", False)):
        assert line.field.isVisible()
        assert line.field.echoMode() is QLineEdit.EchoMode.Password
        QTest.keyClicks(line.field, pin)
        QTest.keyClick(line.field, Qt.Key.Key_Return)
        desk.wait(lambda expected=words: expected in line.message.text)
        assert (line.field.text(), line.field.isVisible()) == ("", asks)
    desk.wait(lambda: desk.checklist and not unsigned(desk.checklist, Phase.PRE))


def test_a_pin_that_is_not_wanted_any_more_is_not_taken_for_one(desk: Desk) -> None:
    register(desk)
    given: list[str] = []
    desk.intents.pin_given.connect(given.append)
    desk.open("sim:knee")
    desk.start_procedure()
    desk.window.live.ask_pin("OP-1")
    QTest.keyClick(desk.window.line.field, Qt.Key.Key_Escape)
    desk.window.line.answered.emit("2468", "Sign")
    desk.window.live.ask_pin("OP-1")
    desk.window.live.desk.choose(Action.TARGET)
    desk.window.line.answered.emit("20 mm", "Set")
    assert given == []
