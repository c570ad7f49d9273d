"""The set-up page: place and side by one tap, both ways to choose in step, all advice shown."""

from collections import Counter
from datetime import date
from itertools import combinations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from guidance_app.domain.competence import CompetencePolicy
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.site_file import AtSite
from guidance_app.presentation.setup_choices import (
    QUESTIONS,
    SetupEntry,
    answer_set_up,
    procedure_choices,
)
from guidance_app.ui.body_places import PLACES
from guidance_app.ui.main_window import MainWindow
from guidance_app.ui.paged_advice import fill_pages
from guidance_app.ui.procedure_choice import MOST_AT_A_SPOT
from guidance_app.ui.setup_page import SetupPage, SetupView
from guidance_app.ui.theme import MM_PER_INCH, UNKNOWN_SCREEN_DPI

SMALLEST_TARGET_MM = 12.0
SITE = AtSite(shipped_knowledge(), CompetencePolicy())
CHOICES = procedure_choices(SITE.knowledge)


def shown(window: MainWindow) -> SetupPage:
    """The page with everything that can be chosen, and with the answers to it."""
    page = window.setup

    def answer(entry: SetupEntry) -> None:
        page.render_answer(answer_set_up(entry, SITE, {}, date(2026, 11, 26)))

    window.intents.choice_changed.connect(answer)
    window.show_setup(SetupView(CHOICES, plan="us"))
    QTest.qWait(0)
    return page


def test_every_site_has_a_spot_on_the_drawing_with_room_for_its_procedures() -> None:
    assert {site.spot for site in SITE.knowledge.sites} == set(PLACES)
    assert max(Counter(choice.spot for choice in CHOICES).values()) <= MOST_AT_A_SPOT


def test_spots_are_large_enough_for_a_glove_and_apart(window: MainWindow) -> None:
    page = shown(window)
    page.body.offer((spot, spot != "caudal") for spot in PLACES)
    smallest = SMALLEST_TARGET_MM * UNKNOWN_SCREEN_DPI / MM_PER_INCH
    boxes = {key: spot.geometry() for key, spot in page.body.spots.items()}
    assert len(boxes) == 2 * len(PLACES) - 1
    assert min(min(box.width(), box.height()) for box in boxes.values()) >= smallest
    assert [(a, b) for a, b in combinations(boxes, 2) if boxes[a].intersects(boxes[b])] == []
    assert all(page.body.rect().contains(box) for box in boxes.values())


def test_the_word_of_every_spot_is_whole_also_when_it_is_chosen(window: MainWindow) -> None:
    page = shown(window)
    page.body.offer((spot, spot != "caudal") for spot in PLACES)
    for spot, side in page.body.spots:
        page.body.mark(spot, side)
        assert [s.word() for s in page.body.spots.values() if not s.is_whole()] == []


def test_the_patients_right_is_at_the_left_of_the_picture(large_window: MainWindow) -> None:
    spots = shown(large_window).body.spots
    assert spots["knee", "right"].x() < spots["knee", "left"].x()
    assert spots["caudal", "midline"].x() < spots["hip", "left"].x()


def test_a_tap_says_the_side_and_offers_what_is_done_there(large_window: MainWindow) -> None:
    page = shown(large_window)
    page.body.spots["knee", "right"].click()
    assert (page.entry().side, page.entry().procedure) == ("right", "")
    offered = [button for button in page.choice.buttons if button.isVisible()]
    assert [one.text() for one in offered] == [
        "Knee injection",
        "Knee aspiration",
        "Knee synovial biopsy",
    ]
    offered[1].click()
    assert page.entry().procedure == page.procedure.currentData() == "knee-aspiration"
    assert [one.isChecked() for one in offered] == [False, True, False]
    page.body.spots["knee", "left"].click()
    assert (page.entry().procedure, page.entry().side) == ("knee-aspiration", "left")
    assert page.body.spots["knee", "left"].word() == "Knee L"
    assert page.body.spots["knee", "right"].word() == "Knee"


def test_where_one_thing_is_done_a_tap_chooses_it(large_window: MainWindow) -> None:
    page = shown(large_window)
    page.body.spots["knee", "right"].click()
    page.choice.buttons[0].click()
    page.body.spots["sacroiliac", "left"].click()
    entry = page.entry()
    assert (entry.procedure, entry.side) == ("sacroiliac-injection", "left")
    page.body.spots["shoulder", "left"].click()
    assert (page.entry().procedure, page.entry().side) == ("", "left")


def test_the_list_leads_to_the_spot_and_asks_for_the_side(large_window: MainWindow) -> None:
    page = shown(large_window)
    page.body.spots["knee", "right"].click()
    page.procedure.setCurrentIndex(page.procedure.findData("hip-injection"))
    assert page.entry().side == ""
    assert "the side" in page.missing.text
    assert page.choice.buttons[0].text() == "Hip injection"
    assert not any(spot.isChecked() for spot in page.body.spots.values())
    page.body.spots["hip", "left"].click()
    assert (page.entry().procedure, page.entry().side) == ("hip-injection", "left")
    page.procedure.setCurrentIndex(page.procedure.findData("caudal-epidural-injection"))
    assert page.entry().side == "midline"
    assert page.body.spots["caudal", "midline"].isChecked()
    page.procedure.setCurrentIndex(page.procedure.findData("hip-aspiration"))
    assert page.entry().side == ""


def test_the_picture_is_one_stop_for_the_keyboard_with_arrows_inside(
    large_window: MainWindow,
) -> None:
    page = shown(large_window)
    page.procedure.setCurrentIndex(page.procedure.findData("knee-injection"))
    stops = [
        key for key, spot in page.body.spots.items() if spot.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert stops == [("knee", "right")]
    page.body.spots["knee", "right"].setFocus()
    QTest.keyClick(page.body.spots["knee", "right"], Qt.Key.Key_Right)
    assert page.body.spots["knee", "left"].hasFocus()
    QTest.keyClick(page.body.spots["knee", "left"], Qt.Key.Key_Down)
    assert page.body.spots["ankle", "left"].hasFocus()
    QTest.keyClick(page.body.spots["ankle", "left"], Qt.Key.Key_Down)
    assert page.body.spots["ankle", "left"].hasFocus()
    QTest.keyClick(page.body.spots["ankle", "left"], Qt.Key.Key_Up)
    QTest.keyClick(page.body.spots["knee", "left"], Qt.Key.Key_Return)
    assert (page.entry().procedure, page.entry().side) == ("knee-injection", "left")
    names = {spot.accessibleName() for spot in page.body.spots.values()}
    assert {"Wrist and hand, right", "Caudal, midline"} <= names


def test_tab_goes_through_the_page_as_it_is_read(large_window: MainWindow) -> None:
    page = shown(large_window)
    page.body.spots["knee", "right"].click()
    page.choice.buttons[0].click()
    page.patient.setFocus()
    reached: list[str] = []
    while not reached or QApplication.focusWidget() is not page.patient:
        focused = QApplication.focusWidget()
        assert focused is not None
        reached.append(focused.accessibleName())
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert reached == [
        *("Patient (pseudonym)", "Patient…", "Knee, right", "Procedure"),
        *("Knee injection", "Knee aspiration", "Knee synovial biopsy"),
        *("Ultrasound", "Fluoroscopy", "Palpation", "CT", "MRI", "Fusion"),
        *("Why it is done like this", "Targeted: needs precision", "Complex"),
        *("Rheumatoid arthritis…", "Working alone (this is recorded)"),
        *("Operator, code", "Assistant, code", "Supervisor, code", "Radiographer, code", "Back"),
    ]


def test_targeted_and_complex_are_said_of_one_procedure_alone(large_window: MainWindow) -> None:
    page = shown(large_window)
    assert not page.targeted.isEnabled()
    page.choice.choose("knee-injection")
    assert (page.targeted.isChecked(), page.complex.isChecked()) == (False, False)
    page.targeted.click()
    page.complex.click()
    assert (page.entry().targeted, page.entry().complex) == (True, True)
    assert page.complex.isChecked()
    page.plans["palpation"].click()
    assert "M-1" not in page.missing.text
    assert page.advice.pieces[0].word.text == "Needs a reason"
    page.choice.choose("hip-injection")
    assert (page.entry().targeted, page.entry().complex) == (None, False)
    page.choice.choose("sacroiliac-injection")
    assert page.targeted.isChecked() and page.complex.isChecked()
    assert not page.complex.isEnabled()
    page.targeted.click()
    assert (page.entry().targeted, page.entry().complex) == (False, False)
    assert page.complex.isChecked()


def test_where_nothing_is_ranked_the_page_says_what_to_weigh(window: MainWindow) -> None:
    page = shown(window)
    page.choice.choose("sacroiliac-injection")
    words = "Why it is done like this: weigh side effects, radiation, availability, expertise, cost"
    assert page.why.text == words
    assert page.why.is_whole()
    page.choice.choose("knee-injection")
    assert page.why.text == "Why it is done like this"


def test_all_ten_recommendations_are_shown_whole_on_their_pages(window: MainWindow) -> None:
    page = shown(window)
    page.advice.arthritis.click()
    for button in page.arthritis.questions.values():
        button.click()
    assert page.entry().questions == QUESTIONS
    QTest.qWait(0)
    seen: list[str] = []
    while not seen or page.arthritis.lines.pieces[0].source.text != seen[0]:
        for piece in page.arthritis.lines.pieces:
            seen.append(piece.source.text)
            texts = (piece.word, piece.words, piece.source)
            assert all(text.is_whole() for text in texts), piece.source.text
            assert page.arthritis.lines.rect().contains(piece.geometry())
        page.arthritis.turner.click()
        QTest.qWait(0)
    assert [source.partition(",")[0] for source in seen] == [f"RA-{n}" for n in range(1, 11)]
    assert "None of them says how the needle is guided" in page.arthritis.target_only.text
    page.arthritis.back.click()
    assert page.advice.isVisible()
    assert page.advice.arthritis.text() == "Rheumatoid arthritis… (7)"


def test_the_next_patient_is_asked_nothing_of_the_one_before(large_window: MainWindow) -> None:
    page = shown(large_window)
    page.body.spots["knee", "right"].click()
    page.choice.buttons[0].click()
    page.targeted.click()
    page.advice.arthritis.click()
    page.arthritis.questions[QUESTIONS[0]].click()
    page.clear()
    assert page.entry() == SetupEntry()
    assert page.advice.isVisible()
    assert not any(spot.isChecked() for spot in page.body.spots.values())
    assert not any(button.isVisible() for button in page.choice.buttons)


@pytest.mark.parametrize(
    ("heights", "expected"),
    [
        ([], [range(0)]),
        ([40, 50], [range(2)]),
        ([40, 51], [range(1), range(1, 2)]),
        ([300, 20, 20], [range(1), range(1, 3)]),
        ([20, 300], [range(1), range(1, 2)]),
    ],
)
def test_pieces_fill_pages_in_order_and_none_is_left_out(
    heights: list[int], expected: list[range]
) -> None:
    assert fill_pages(heights, 100, 10) == expected
