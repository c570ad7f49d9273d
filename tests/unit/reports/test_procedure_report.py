"""The report of a procedure: what it says first, and that nothing typed can break out of it."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from random_checklists import ASSISTANT, OPERATOR, at, signed
from recorded_procedures import TEMPLATE

from guidance_app import PURPOSE
from guidance_app.domain.checklist import (
    Checklist,
    ChecklistEntry,
    Emergency,
    Mark,
    Phase,
    mark_item,
)
from guidance_app.domain.evidence import Evidence, EvidenceField, EvidenceKind
from guidance_app.domain.given_advice import GivenAdvice
from guidance_app.domain.people import Person
from guidance_app.domain.sign_off import add_signatures, sign_phase
from guidance_app.knowledge.wording import describe_trace
from guidance_app.reports.attention import attention
from guidance_app.reports.content import Closing, Moment, Recording, ReportContent, StoredImage
from guidance_app.reports.procedure import render_report

NASTY = "<script>alert('x')</script> & \N{RIGHT-TO-LEFT OVERRIDE}\N{SYRINGE}"
HEBREW = "\N{HEBREW LETTER SHIN}\N{HEBREW LETTER LAMED}"
ISOLATED = "\N{FIRST STRONG ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}"


def entry(
    item: str, mark: Mark, note: str = "", person: Person = OPERATOR, second: int = 5
) -> ChecklistEntry:
    return ChecklistEntry(item, mark, person, at(second), note)


def marked(*entries: ChecklistEntry, working_alone: bool = False) -> Checklist:
    checklist = Checklist(TEMPLATE, working_alone=working_alone, procedure_id="p-1")
    for one in entries:
        checklist = mark_item(checklist, one)
    return checklist


@pytest.fixture
def content() -> ReportContent:
    return ReportContent(
        recording=Recording(
            session="20260102-030405-abc.session",
            source="sim:knee",
            simulated=True,
            duration_s=62.4,
            states_s={"LIVE": 60.0, "LATE": 0.0, "FROZEN": 2.0},
            guidance_shown_s=38.7,
            frames_offered=1800,
            frames_lost=2,
        ),
        started_utc=at(0),
        patient="P-1",
        side="right",
        people=(OPERATOR, ASSISTANT),
        checklist=marked(entry("K-01", Mark.DONE), entry("K-10", Mark.OVERRIDDEN, NASTY)),
        closing=None,
        moments=(Moment(4.2, "injection begins", "OP-01"),),
    )


class Page(HTMLParser):
    """The texts and tags of a page."""

    def __init__(self, content: ReportContent) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.feed(render_report(content, describe_trace))

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] != ["style"]:
            self.texts.append(data)

    @property
    def said(self) -> str:
        """All of it, with single spaces."""
        return " ".join(" ".join(self.texts).split())


def said(content: ReportContent) -> str:
    return Page(content).said


def in_order(text: str, *parts: str) -> bool:
    """Whether the parts stand in the text, each behind the one before."""
    place = 0
    for part in parts:
        place = text.find(part, place) + len(part)
        if place < len(part):
            return False
    return True


def test_what_matters_comes_first_and_everything_is_said(content: ReportContent) -> None:
    words = said(content)
    assert in_order(
        words,
        "Knee injection under ultrasound, right",
        PURPOSE,
        "SIMULATED",
        "This record is not closed.",
        "Gone on without: 1 · Open, required:",
        "K-10 Review request",
        "Procedure Patient P-1",
        "OP-01 (operator), AS-01 (assistant)",
        "What the picture was worth LIVE 60.0 s FROZEN 2.0 s Guidance drawn 38.7 s",
        "1798 of 1800",
        "Advice",
        "Checklist",
        "4.2 s injection begins OP-01",
        "the licensed operator decides",
    )
    assert "LATE 0.0 s" not in words
    assert all(item.text in words for item in TEMPLATE.items)


def test_open_items_are_counted_the_required_ones_before_the_others(content: ReportContent) -> None:
    words = said(content)
    open_items = content.checklist.open_items(*Phase)
    required = sum(item.level.value == "HARD" for item in open_items)
    assert f"Open, required: {required} · Open: {len(open_items) - required} · " in words
    assert in_order(words, "Open, required Before: K-02", "Open Before: K-06", "Procedure Patient")


def test_a_whole_record_says_so_and_who_closed_it(content: ReportContent) -> None:
    checklist = signed(Checklist(TEMPLATE, procedure_id="p-1"))
    words = said(replace(content, checklist=checklist, closing=Closing(OPERATOR, at(300))))
    closed = "Record closed by OP-01 (operator), 2026-11-26 09:05:00 UTC."
    nothing = "Nothing left out, nothing open, every signature counts. Procedure Patient"
    assert in_order(words, closed, nothing)
    assert "not closed" not in words


def test_what_was_typed_stays_text(content: ReportContent) -> None:
    picture = replace(content, guided_view_png=b"\x89PNG")
    page = Page(picture)
    assert "script" not in page.tags and page.tags.count("img") == 1
    assert any(ISOLATED.format(NASTY) in text for text in page.texts)


def test_a_name_from_right_to_left_turns_nothing_around(content: ReportContent) -> None:
    doctor = Person(f'{HEBREW} "A"', OPERATOR.role)
    checklist = marked(entry("K-10", Mark.OVERRIDDEN, "none at hand", doctor))
    words = said(replace(content, checklist=checklist, people=(doctor,)))
    name = ISOLATED.format(doctor.code)
    assert f"none at hand ({name}, 09:00:05)" in words
    assert f"Present {name} (operator)" in words


def test_what_was_left_out_stands_with_its_reason_also_when_it_was_taken_back(
    content: ReportContent,
) -> None:
    entries = (
        entry("K-10", Mark.OVERRIDDEN, "no request"),
        entry("K-10", Mark.REOPENED, "it came", second=6),
        entry("K-10", Mark.DONE, "", second=7),
        entry("K-17", Mark.NOT_APPLICABLE, "74 years old", ASSISTANT, second=8),
    )
    words = said(replace(content, checklist=marked(*entries)))
    assert "no request; taken back later (OP-01, 09:00:05)" in words
    assert in_order(words, "Does not apply", "K-17", "74 years old (AS-01, 09:00:08)", "Procedure")
    earlier = "earlier: gone on without, OP-01 09:00:05: no request"
    assert f"{earlier} earlier: reopened, OP-01 09:00:06: it came done OP-01 09:00:07" in words


def test_evidence_stands_with_its_label_and_unit(content: ReportContent) -> None:
    fields = (
        EvidenceField("volume", "Volume", EvidenceKind.NUMBER, "ml", 0, 50),
        EvidenceField("two", "Checked by two", EvidenceKind.TICK),
    )
    items = tuple(
        replace(item, fields=fields) if item.id == "K-01" else item for item in TEMPLATE.items
    )
    noted = (Evidence("volume", "4.5"), Evidence("two", "yes"))
    done = replace(entry("K-01", Mark.DONE, "in two steps"), evidence=noted)
    checklist = mark_item(Checklist(replace(TEMPLATE, items=items)), done)
    words = said(replace(content, checklist=checklist))
    assert "Volume: 4.5 ml Checked by two in two steps done OP-01 09:00:05" in words


def given(rule: str, followed: bool | None, level: str = "SOFT") -> GivenAdvice:
    return GivenAdvice(rule, level, f"Text of {rule}.", ("PTC-5",), "P", 9.9, followed)


def test_advice_says_whether_it_was_followed(content: ReportContent) -> None:
    advice = (given("M-1", True), given("M-2", False, "ADV"), given("M-3", None, "INFO"))
    told = replace(content, technique="Palpation", reason=f"no device {NASTY}", advice=advice)
    words = said(told)
    reason = ISOLATED.format(f"not followed: no device {NASTY}")
    assert in_order(
        words,
        "Advice not followed: 1",
        "M-2 Text of M-2",
        "Guided by Palpation Reason given",
        "Advice as it was shown",
        "Needs a reason M-1 Text of M-1. PTC-5, origin P, agreement 9.9 of 10 followed",
        f"Consider M-2 Text of M-2. PTC-5, origin P, agreement 9.9 of 10 {reason}",
        "Know M-3 Text of M-3. PTC-5, origin P, agreement 9.9 of 10 prefers nothing",
    )
    assert "script" not in Page(told).tags
    unexplained = said(replace(told, reason=""))
    assert "not followed: no reason given" in unexplained


def test_advice_that_nobody_recorded_is_not_called_followed_or_shown(
    content: ReportContent,
) -> None:
    words = said(replace(content, advice=(given("M-3", None),), as_this_version_advises=True))
    assert "Advice as this version advises; the recording does not hold what was shown" in words
    assert "prefers nothing" not in words


def test_what_was_asked_of_an_arthritis_patient_stands_with_what_was_offered(
    content: ReportContent,
) -> None:
    offered = GivenAdvice("RA-9", "INFO", "Radiographs of the neck.", ("RA-9",), "C")
    words = said(replace(content, questions=("neck", "remission"), recommendations=(offered,)))
    assert "Asked neck, remission Offered RA-9 Radiographs of the neck." in words
    assert "never the needle" in words
    assert "Rheumatoid" not in said(content)


def test_an_emergency_stands_above_everything_else(content: ReportContent) -> None:
    emergency = Emergency(OPERATOR, at(60), f"collapse {NASTY}")
    told = replace(content, checklist=replace(content.checklist, emergency=emergency))
    assert in_order(
        said(told), "EMERGENCY declared by OP-01 (operator) at 09:01:00", "not closed", "K-10"
    )
    assert "script" not in Page(told).tags


@pytest.fixture
def signed_before() -> Checklist:
    """Everything is done, and the operator has signed the part before."""
    checklist = marked(
        *(
            entry(item.id, Mark.DONE, "", OPERATOR if OPERATOR.role in item.sign else ASSISTANT)
            for item in TEMPLATE.items
        )
    )
    return add_signatures(checklist, sign_phase(checklist, Phase.PRE, OPERATOR, at(60)))


def test_signatures_are_told_and_those_that_are_missing(
    content: ReportContent, signed_before: Checklist
) -> None:
    words = said(replace(content, checklist=signed_before))
    (first, *_) = signed_before.signatures
    assert f"K-01 OP-01 (operator) done 09:01:00 {first.content_sha256[:10]} valid" in words
    assert "Signature invalid" not in words
    assert "Not signed Time-out, by the assistant: K-27, K-28" in words


def test_a_signature_on_what_was_changed_is_invalid_until_it_is_signed_again(
    content: ReportContent, signed_before: Checklist
) -> None:
    changed = mark_item(signed_before, entry("K-01", Mark.DONE, "another level", second=70))
    words = said(replace(content, checklist=changed))
    assert "Signature invalid: 2" in words
    assert "K-01 was changed after it was signed (OP-01, 09:01:00)" in words
    assert "signature invalid" in words
    again = add_signatures(changed, sign_phase(changed, Phase.PRE, OPERATOR, at(80)))
    words = said(replace(content, checklist=again))
    assert "Signature invalid" not in words and "signature invalid" not in words
    assert words.count("signed again since") == 2


def test_what_is_missing_of_the_recording_is_said_at_the_top(content: ReportContent) -> None:
    recording = replace(content.recording, missing=("It was broken off.",), procedures=2)
    words = said(replace(content, recording=recording))
    assert in_order(words, "It was broken off.", "Procedure Patient", "it holds 2 procedures")


def test_a_drill_is_called_one(content: ReportContent) -> None:
    drill = replace(content.recording, fault_plan="unplug")
    assert in_order(said(replace(content, recording=drill)), "FAULT DRILL: unplug.", "Procedure")
    assert "DRILL" not in said(content)


def test_stored_images_stand_with_their_captions_unstretched(content: ReportContent) -> None:
    images = (
        StoredImage("image 1, 1.0 s, frame 3", b"jpeg", 640, 480),
        StoredImage("image 2, 2.0 s, frame 9", b"jpeg", 300, 900),
        StoredImage("image 3, 3.0 s, frame 12", None, missing="lost in the recording (full)."),
    )
    told = replace(content, images=images)
    page = render_report(told, describe_trace)
    assert page.count("data:image/jpeg;base64,anBlZw==") == 2
    assert 'width="320"' in page and 'width="80"' in page and "height=" not in page
    assert "image 3, 3.0 s, frame 12: lost in the recording (full)." in said(told)


def test_a_record_of_people_whom_nobody_judged_says_so_first(content: ReportContent) -> None:
    assert attention(content)[0].kind != "Nobody registered"
    nobody = replace(content, judged=False)
    assert attention(nobody)[0].kind == "Nobody registered"
    words = "No competence was judged, and no PIN was asked of whoever signed"
    assert words in said(nobody)
    assert words not in said(replace(content, judged=True))
