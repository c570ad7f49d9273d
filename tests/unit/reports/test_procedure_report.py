"""The one-page report: what it says first, and that nothing typed can break out of it."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from guidance_app import PURPOSE
from guidance_app.domain.checklist import (
    Checklist,
    ChecklistEntry,
    Emergency,
    Mark,
    Phase,
    mark_item,
)
from guidance_app.domain.people import Person, Role
from guidance_app.domain.sign_off import add_signatures, sign_phase
from guidance_app.knowledge.advice import advise
from guidance_app.knowledge.cases import Plan
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.planning import procedure_case
from guidance_app.knowledge.templates import checklist_template
from guidance_app.knowledge.wording import describe_trace
from guidance_app.reports.procedure import PAGE, PRINT, Moment, ReportContent, render_report

OPERATOR = Person("OP-1", Role.OPERATOR)
NASTY = "<script>alert('x')</script> & \N{RIGHT-TO-LEFT OVERRIDE}\N{SYRINGE}"


def entry(item: str, mark: Mark, note: str = "") -> ChecklistEntry:
    return ChecklistEntry(item, mark, OPERATOR, "2026-01-02T03:04:05.000+00:00", note)


@pytest.fixture
def content() -> ReportContent:
    template = checklist_template("knee-injection")
    entries = (entry("K-01", Mark.DONE), entry("K-35", Mark.OVERRIDDEN, NASTY))
    return ReportContent(
        session="20260102-030405-abc.session",
        started_utc="2026-01-02T03:04:05+00:00",
        duration_s=62.4,
        source="sim:knee",
        simulated=True,
        patient="P-1",
        side="right",
        people=(OPERATOR,),
        checklist=Checklist(template, entries, working_alone=True),
        moments=(Moment(4.2, "injection begins", "OP-1"),),
        states_s={"LIVE": 60.0, "LATE": 0.0, "FROZEN": 2.0},
        guidance_shown_s=38.7,
        frames_offered=1800,
        frames_lost=2,
        picture_png=b"\x89PNG",
    )


class Texts(HTMLParser):
    """The texts and tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


@pytest.mark.parametrize("template", [PAGE, PRINT])
def test_overrides_and_open_items_come_first_and_everything_is_said(
    content: ReportContent, template: str
) -> None:
    page = render_report(content, describe_trace, template)
    said = " ".join(" ".join(Texts(page).texts).split())
    first = said.index("To be looked at first")
    assert first < said.index("K-35") < said.index("Procedure Patient") < said.index("Checklist")
    for words in (PURPOSE, "SIMULATED", "P-1", "OP-1", "working alone", "1798 of 1800", "60.0 s"):
        assert words in said
    assert "LATE" not in Texts(page).texts
    assert all(item.text in said for item in content.checklist.template.items)
    assert said.count("open (") == len(content.checklist.open_items(*Phase))


@pytest.mark.parametrize("template", [PAGE, PRINT])
def test_what_was_typed_stays_text(content: ReportContent, template: str) -> None:
    page = Texts(render_report(content, describe_trace, template))
    assert "script" not in page.tags
    assert any(NASTY in text for text in page.texts)
    assert page.tags.count("img") == 1


@pytest.mark.parametrize("template", [PAGE, PRINT])
def test_the_reason_stands_beside_what_was_advised(content: ReportContent, template: str) -> None:
    knowledge = shipped_knowledge()
    case = procedure_case(knowledge, "sacroiliac-injection", Plan.PALPATION)
    advice = advise(knowledge, case).pieces
    told = replace(content, technique="Palpation", reason=f"no device {NASTY}", advice=advice)
    page = Texts(render_report(told, describe_trace, template))
    said = " ".join(" ".join(page.texts).split())
    assert "Chosen Palpation Reason given no device <script>" in said
    assert f"Needs a reason {advice[0].text} PTC-5, agreement 9.9 of 10" in said
    assert "script" not in page.tags
    untold = " ".join(Texts(render_report(content, describe_trace, template)).texts)
    assert "not recorded" in untold


@pytest.mark.parametrize("template", [PAGE, PRINT])
def test_an_emergency_stands_above_everything_else(content: ReportContent, template: str) -> None:
    emergency = Emergency(OPERATOR, "2026-01-02T03:05:00+00:00", f"collapse {NASTY}")
    checklist = replace(content.checklist, emergency=emergency)
    page = Texts(render_report(replace(content, checklist=checklist), describe_trace, template))
    said = " ".join(page.texts)
    assert said.index("EMERGENCY declared by OP-1 at 03:05:00") < said.index("To be looked at")
    assert "script" not in page.tags


def words(content: ReportContent) -> str:
    return " ".join(Texts(render_report(content, describe_trace)).texts)


def test_signatures_are_told_with_those_that_do_not_count_any_more(content: ReportContent) -> None:
    checklist = replace(content.checklist, procedure_id="p-1", entries=())
    for item in checklist.template.items:
        checklist = mark_item(checklist, entry(item.id, Mark.DONE))
    later = "2026-01-02T04:00:00+00:00"
    checklist = add_signatures(checklist, sign_phase(checklist, Phase.PRE, OPERATOR, later))
    said = words(replace(content, checklist=checklist))
    assert "signature invalid" not in said
    assert "not signed: the time-out: K-27 by the operator" in said
    assert f"K-01 {OPERATOR.code} (operator) done" in said
    changed = mark_item(checklist, entry("K-01", Mark.DONE, "another level"))
    said = words(replace(content, checklist=changed))
    assert "K-01 signature invalid what OP-1 signed at 04:00:00 UTC was changed" in said
