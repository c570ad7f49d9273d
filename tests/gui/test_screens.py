from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from gui_records import (
    FIELDS,
    OVERLAY,
    STRIP,
    checklist,
    frame_of,
    item_row,
    live_view,
    noting_row,
)
from page_records import (
    SHIPPED,
    WRONG,
    nobody,
    people_without_records,
    settings,
    six_people,
)
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from drivers.api.ports import DeviceInfo
from drivers.api.samples import VideoFrame
from guidance_app import PURPOSE
from guidance_app.diagnosis.findings import Finding, Outcome
from guidance_app.domain.competence import CompetencePolicy, StaffRecord, StaffRole
from guidance_app.domain.evidence import Evidence
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.site_file import AtSite
from guidance_app.presentation.catalogue_view import library_view
from guidance_app.presentation.patient_view import PatientEntry, found_view
from guidance_app.presentation.people_forms import ADD, CERTIFICATE, COURSE, PIN, person_form
from guidance_app.presentation.setup_choices import (
    QUESTIONS,
    Choice,
    SetupAnswer,
    SetupEntry,
    answer_set_up,
    procedure_choices,
)
from guidance_app.presentation.site_settings import LEVEL, THRESHOLDS, site_form
from guidance_app.presentation.view import GuidanceButton, Signing, Text
from guidance_app.records.catalogue import (
    WHOLE,
    FoundSession,
    Happening,
    IndexedSession,
    LibraryContents,
)
from guidance_app.records.known_patients import KnownPatient
from guidance_app.records.patient import Patient
from guidance_app.ui.actions import ACTIONS, Action
from guidance_app.ui.checklist_row import ChecklistRowButton
from guidance_app.ui.diagnosis_page import DiagnosisView
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.main_window import MainWindow
from guidance_app.ui.setup_page import SetupView
from guidance_app.ui.source_page import SourceView
from guidance_app.ui.start_screen import StartView
from guidance_app.ui.state_strip import StateSign
from guidance_app.ui.touch_button import PressButton, TouchButton

ERROR = "“v4l2:/dev/video9” cannot be opened: there is no such device. Check the cable."
DEVICES = (
    DeviceInfo("v4l2:/dev/video0", "USB3 capture", "A1", "capture", False, True, ""),
    DeviceInfo("v4l2:/dev/video2", "Webcam", None, "capture", False, False, "It is in use."),
)
LAST = "Last: Sacroiliac joint injection under fluoroscopy R, 26 Nov 2026, 09:14, record open"
OPEN_NOW = (
    "USB3 capture · YUYV 1280x720 · only 5.1/s of 30/s · "
    "whole chain 84 ms ± 17 ms, measured 2026-11-26"
)
FINDINGS = (
    Finding("devices", Outcome.OK, "USB3 capture is attached (v4l2:/dev/video0)."),
    Finding("disk", Outcome.WARNING, "The disk has room for 12 minutes.", "Free some space."),
    Finding("source", Outcome.FAILED, "It is black.", "Check that the scanner is on."),
)
PROCEDURES = (
    Choice("lumbar-transforaminal-injection", "Lumbar transforaminal injection", "lumbar spine"),
)
KNEE = IndexedSession(
    "1.session",
    read=WHOLE,
    started_utc="2024-05-01T09:14:00.000+00:00",
    length_s=720.0,
    procedure="knee-injection",
    title="Knee injection under ultrasound",
    side="right",
    patient="P-0417",
    people=("OP-01",),
    sealed=True,
    happened={Happening.EMERGENCY: 1.0, Happening.LOST: 2.4},
)
SESSIONS = library_view(
    (
        FoundSession(KNEE),
        FoundSession(replace(KNEE, name="2.session", people=(), happened={}, recovered=True)),
        FoundSession(IndexedSession("3.session", problem="3.session has no manifest.json.")),
    ),
    LibraryContents(3, {"knee-injection": KNEE.title}, ("OP-01",)),
    Path("/s"),
)

SITE = AtSite(shipped_knowledge(), CompetencePolicy())
MUCH_ADVICE = SetupEntry(procedure="knee-injection", plan="ct", operator="OP-01")
"""As many pieces as any entry has, and all that keeps an operator from it."""


def answer(entry: SetupEntry) -> SetupAnswer:
    staff = {"OP-01": StaffRecord("OP-01", frozenset({StaffRole.OPERATOR}))}
    return answer_set_up(entry, SITE, staff, date(2026, 11, 26))


def show_advice(window: MainWindow) -> None:
    window.show_setup(SetupView(procedure_choices(SITE.knowledge), operator="OP-01"))
    window.setup.choice.narrow_to("shoulder")
    window.setup.render_answer(answer(MUCH_ADVICE))


def show_trainee(window: MainWindow) -> None:
    window.show_setup(SetupView(PROCEDURES, operator="OP-01"))
    wrong = replace(MUCH_ADVICE, plan="us", supervisor="AS-1", assistant="AS-9", radiographer="X")
    window.setup.render_answer(answer(wrong))


def show_arthritis(window: MainWindow) -> None:
    window.show_setup(SetupView(procedure_choices(SITE.knowledge), operator="OP-01"))
    window.setup.advice.arthritis.click()
    for button in window.setup.arthritis.questions.values():
        button.click()
    window.setup.render_answer(answer(replace(MUCH_ADVICE, questions=QUESTIONS)))


def show_patient(window: MainWindow) -> None:
    window.show_patient()
    window.patient.number.setText("4711")
    known = KnownPatient("P-7K3QD", Patient("4711", "Ada Lee", date(1950, 2, 28)))
    window.patient.render_view(found_view(known, PatientEntry("4711", "Bo Lee")))


def show_panel(window: MainWindow, button: str, **changes: object) -> None:
    """The live screen with another checklist beside it, and one of its sheets."""
    window.show_live()
    row = replace(noting_row(3, *FIELDS), noted=(Evidence("dap", "12.5"),))
    done = replace(item_row(1, mark="done"), note="12.5 Gy cm²\nOP-01 09:14")
    shown = checklist(done, item_row(2, "reason to skip", "not applicable"), row)
    record = replace(live_view(OVERLAY), checklist=replace(shown, **changes))
    window.render_view(record, frame_of(np.zeros((480, 640), np.uint8)))
    if button:
        getattr(window.live.checklist, button).click()


def show_guiding(window: MainWindow) -> None:
    window.show_live()
    guiding = GuidanceButton("Stop guidance", True, "Guidance is on.", on=True)
    shut = GuidanceButton("Injection", False, INJECTION_SHUT)
    record = replace(live_view(OVERLAY), guidance=guiding, injection=shut, open_record=STILL_OPEN)
    window.render_view(record, frame_of(np.zeros((480, 640), np.uint8)))
    window.live.tools.buttons[Action.QUIT].click()


def show_refused_evidence(window: MainWindow) -> None:
    show_panel(window, "noting")
    entry = window.live.checklist.evidence.inputs[0].entry
    entry.set_value("9000")
    entry.changed.emit()


def show_closing(window: MainWindow, *, closed: bool) -> None:
    done = (item_row(1, mark="done"), item_row(2, mark="done"))
    shown = replace(checklist(*done), phase="AFTER", signing=Signing.CLOSING, closed=closed)
    window.show_live()
    record = replace(live_view(), checklist=replace(shown, emergency="OP-01: collapse"))
    window.render_view(record, frame_of(np.zeros((480, 640), np.uint8)))


INJECTION_SHUT = "Injection: not before K-39 “See tip, or substitute, before injecting” is settled."
STILL_OPEN = (
    "The record stays open: 12 items open, next K-44 "
    "“Record procedure, side, drug, volume, passes”."
)


def show_person_form(window: MainWindow, form: str) -> None:
    window.show_person_form(person_form(form, "OP-1", ("operator",), SHIPPED.knowledge))
    window.person_form.refuse(Text(ERROR))


def show_site_form(window: MainWindow, form: str) -> None:
    window.show_site_form(site_form(form, SHIPPED))
    window.site_form.refuse(Text(WRONG))


SCREENS: dict[str, Callable[[MainWindow], None]] = {
    "start": lambda w: w.show_start(StartView(Text("Grabber: live"), LAST, "/s/1")),
    "setup": lambda w: w.show_setup(SetupView(PROCEDURES, operator="OP-01")),
    "advice": show_advice,
    "trainee": show_trainee,
    "arthritis": show_arthritis,
    "patient": show_patient,
    "source": lambda w: w.show_source(
        SourceView(DEVICES, ("sim:knee", "file:a.mp4"), "", ERROR, OPEN_NOW)
    ),
    "diagnosis": lambda w: w.show_diagnosis(DiagnosisView(FINDINGS)),
    "sessions": lambda w: w.show_sessions(SESSIONS),
    "nobody": lambda w: w.show_people(nobody()),
    "people": lambda w: w.show_people(six_people()),
    "people without records": lambda w: w.show_people(people_without_records()),
    "add": partial(show_person_form, form=ADD),
    "certificate": partial(show_person_form, form=CERTIFICATE),
    "course": partial(show_person_form, form=COURSE),
    "pin": partial(show_person_form, form=PIN),
    "settings": lambda w: w.show_settings(settings(SHIPPED)),
    "settings without records": lambda w: w.show_settings(settings(SHIPPED, away=True)),
    "wrong site file": lambda w: w.show_settings(settings(None, WRONG)),
    "thresholds": partial(show_site_form, form=THRESHOLDS),
    "level": partial(show_site_form, form=LEVEL),
    "live": MainWindow.show_live,
    "values": lambda w: show_panel(w, ""),
    "evidence": lambda w: show_panel(w, "noting"),
    "refused evidence": show_refused_evidence,
    "source sheet": lambda w: show_panel(w, "source"),
    "closing": lambda w: show_closing(w, closed=False),
    "closed": lambda w: show_closing(w, closed=True),
    "injection shut": show_guiding,
}


@pytest.fixture(params=SCREENS)
def screen(request: pytest.FixtureRequest, window: MainWindow, speckle: VideoFrame) -> MainWindow:
    window.render_view(live_view(OVERLAY), speckle)
    SCREENS[request.param](window)
    QTest.qWait(0)
    return window


def leaves(widget: QWidget) -> Iterator[QWidget]:
    """The visible widgets that show something themselves."""
    for child in widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if not child.isVisible():
            continue
        own = isinstance(child, FittedText | PressButton | StateSign) or not child.layout()
        if own and not child.findChildren(FittedText):
            yield child
        else:
            yield from leaves(child)


def place_of(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())


def test_no_text_is_shortened(screen: MainWindow) -> None:
    shown = [
        part
        for kind in (FittedText, TouchButton, StateSign, ChecklistRowButton)
        for part in screen.findChildren(kind)
        if part.isVisible()
    ]
    assert len(shown) > 8
    assert [part.accessibleName() for part in shown if not part.is_whole()] == []


def test_the_strip_holds_the_longest_word_of_where_a_picture_comes_from(
    window: MainWindow, speckle: VideoFrame
) -> None:
    window.show_live()
    origin = Text("REPLAY · SIMULATED · FAULT DRILL")
    window.render_view(replace(live_view(), strip=replace(STRIP, origin=origin)), speckle)
    QTest.qWait(0)
    assert window.strip.fields["origin"].is_whole()


def test_nothing_overlaps_and_nothing_vanishes(screen: MainWindow) -> None:
    parts = [part for part in leaves(screen) if part.size().width() and part.size().height()]
    assert len(parts) > 10
    for a, b in combinations(parts, 2):
        assert not place_of(a).intersects(place_of(b)), (a, b, a.accessibleName())
    for button in screen.findChildren(TouchButton):
        assert not button.isVisible() or min(button.width(), button.height()) >= 20


def test_purpose_and_state_are_at_the_same_place_on_every_screen(screen: MainWindow) -> None:
    assert screen.line.purpose.isVisible()
    assert screen.line.purpose.text == PURPOSE
    assert PURPOSE in screen.windowTitle()
    assert screen.strip.isVisible()
    assert place_of(screen.strip).topLeft() == QPoint(0, 0)
    assert place_of(screen.strip).width() == screen.width()
    assert screen.strip.state.text == STRIP.state.text


def test_what_can_be_pressed_has_a_name_and_says_its_key(screen: MainWindow) -> None:
    for button in screen.findChildren(TouchButton):
        if button.isVisible():
            assert button.accessibleName()
            assert button.toolTip()
    for action, button in screen.live.tools.buttons.items():
        assert f"({ACTIONS[action].key})" in button.toolTip()


def test_the_strip_never_moves(window: MainWindow, speckle: VideoFrame) -> None:
    places = []
    for show in SCREENS.values():
        show(window)
        window.render_view(live_view(), speckle)
        places.append([place_of(window.strip.state), *map(place_of, window.strip.fields.values())])
    assert all(place == places[0] for place in places)


def test_the_picture_has_most_of_the_window(window: MainWindow, speckle: VideoFrame) -> None:
    window.show_live()
    window.render_view(live_view(), speckle)
    image = window.live.image
    assert image.width() * image.height() >= 0.6 * window.width() * window.height()


def test_panels_stay_where_they_are_whatever_they_show(
    window: MainWindow, speckle: VideoFrame
) -> None:
    window.show_live()
    window.render_view(live_view(), speckle)
    before = [place_of(part) for part in (window.live.image, window.live.guidance.button)]
    empty = replace(live_view(), read_outs=(), checklist=None, message=Text(""))
    window.render_view(empty, None)
    QTest.qWait(0)
    assert [place_of(p) for p in (window.live.image, window.live.guidance.button)] == before


def test_set_up_tells_what_is_entered_and_shows_the_answer(
    large_window: MainWindow, qtbot: QtBot
) -> None:
    page, intents = large_window.setup, large_window.intents
    entered: list[SetupEntry] = []
    intents.choice_changed.connect(entered.append)
    large_window.show_setup(SetupView(PROCEDURES, operator="OP-01", plan="fluoroscopy"))
    page.procedure.setCurrentIndex(0)
    page.patient.setText("P-0417")
    page.body.spots["lumbar spine", "left"].click()
    page.body.spots["lumbar spine", "right"].click()
    page.plans["us"].click()
    page.alone.click()
    page.reason.setText("It is what we have.")
    page.supervisor.setText(" SU-01 ")
    page.radiographer.setText("RX-01")
    expected = SetupEntry(
        procedure=PROCEDURES[0].id,
        patient="P-0417",
        side="right",
        operator="OP-01",
        working_alone=True,
        plan="us",
        reason="It is what we have.",
        supervisor="SU-01",
        radiographer="RX-01",
    )
    assert entered[-1] == expected
    page.render_answer(SetupAnswer(missing=("the side", "why it is done like this")))
    assert page.missing.text == "Still missing: the side, why it is done like this."
    assert not page.start.isEnabled()
    page.render_answer(SetupAnswer())
    with qtbot.waitSignal(intents.procedure_started) as started:
        page.start.click()
    assert started.args == [expected]
    page.clear()
    kept = page.entry()
    assert (kept.patient, kept.side, kept.plan, kept.reason) == ("", "", "", "")


def test_a_source_is_chosen_from_the_list_or_typed(large_window: MainWindow, qtbot: QtBot) -> None:
    SCREENS["source"](large_window)
    page = large_window.source
    page.devices.setCurrentRow(0)
    with qtbot.waitSignal(large_window.intents.source_chosen) as chosen:
        page.open.click()
    assert chosen.args == ["v4l2:/dev/video0"]
    page.address.setText(" sim:knee ")
    with qtbot.waitSignal(large_window.intents.source_chosen) as chosen:
        QTest.keyClick(page.address, Qt.Key.Key_Return)
    assert chosen.args == ["sim:knee"]


def test_an_address_stays_in_its_field_when_the_list_gets_the_keyboard(
    large_window: MainWindow,
) -> None:
    large_window.show_source(SourceView(DEVICES, (), "http://host/video", ERROR))
    page = large_window.source
    page.address.setFocus()
    page.devices.setFocus(Qt.FocusReason.TabFocusReason)
    assert page.devices.currentRow() == 0
    assert page.address.text() == "http://host/video"


def test_a_session_is_replayed(large_window: MainWindow, qtbot: QtBot) -> None:
    large_window.show_sessions(SESSIONS)
    assert not large_window.sessions.replay.isEnabled()
    large_window.sessions.table.selectRow(0)
    with qtbot.waitSignal(large_window.intents.replay_chosen) as chosen:
        large_window.sessions.replay.click()
    assert chosen.args == ["/s/1.session"]
