"""Who may start what, with whom beside them, and what the set-up page asks for until then."""

from dataclasses import replace
from datetime import date

import pytest

from guidance_app.domain.competence import (
    RADIATION,
    Certificate,
    CompetencePolicy,
    Course,
    LogCount,
    StaffRecord,
    StaffRole,
)
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.site_file import AtSite
from guidance_app.presentation.setup_choices import (
    NOT_CHECKED,
    SetupAnswer,
    SetupEntry,
    answer_set_up,
    template_for,
)
from guidance_app.presentation.view import Tone

TODAY = date(2026, 11, 26)
SITE = AtSite(shipped_knowledge(), CompetencePolicy())
OPERATOR = StaffRole.OPERATOR
EXPERT = StaffRecord(
    "SU-1",
    frozenset({OPERATOR, StaffRole.SUPERVISOR}),
    (Certificate("EFSUMB", 3, "us", date(2024, 1, 1)),),
    (Course("us", date(2025, 1, 1)), Course(RADIATION, date(2025, 1, 1))),
    (LogCount("lumbar spine", 20, 80), LogCount("knee", 20, 80)),
)
TRAINEE = StaffRecord("TR-1", frozenset({OPERATOR}), courses=(Course("us", date(2026, 1, 1)),))
ASSISTANT = StaffRecord("AS-1", frozenset({StaffRole.ASSISTANT}))
STAFF = {person.code: person for person in (EXPERT, TRAINEE, ASSISTANT)}
SPINE = SetupEntry(
    procedure="lumbar-transforaminal-injection",
    patient="P-1",
    side="left",
    operator="TR-1",
    working_alone=True,
    plan="us",
    reason="no radiation in pregnancy",
)
KNEE = replace(SPINE, procedure="knee-injection", operator="SU-1", reason="")


def answered(entry: SetupEntry, staff: dict[str, StaffRecord] = STAFF) -> SetupAnswer:
    return answer_set_up(entry, SITE, staff, TODAY)


def test_a_trainee_alone_at_the_spine_is_stopped_with_reason_and_way_forward() -> None:
    answer = answered(SPINE)
    assert answer.missing == ("a competent supervisor's code",)
    assert answer.trainee
    assert answer.standing.tone is Tone.CAUTION
    for words in (
        "TR-1: only under named supervision",
        "EFSUMB level 3",
        "Supervised procedures, lumbar spine: 0 of 10.",
        "A competent supervisor has to be present.",
    ):
        assert words in answer.standing.text
    first = answer.advice.lines[0]
    assert first.word.text == "Required"
    assert first.source == "PTC-6, agreement 8.9 of 10 (SD 2.9)"


def test_with_a_competent_supervisor_and_an_assistant_it_goes_through() -> None:
    entry = replace(SPINE, supervisor="SU-1", assistant="AS-1", working_alone=False)
    answer = answered(entry)
    assert answer.missing == ()
    assert answer.standing.text == "TR-1 under supervision of SU-1."
    assert answer.trainee
    assert "Required" not in {line.word.text for line in answer.advice.lines}
    items = template_for(SITE.knowledge, entry.procedure, entry.plan, answer.trainee).items
    assert "K-03" in {item.id for item in items}


@pytest.mark.parametrize(
    ("supervisor", "why"),
    [
        ("TR-1", "Nobody supervises himself"),
        ("AS-1", "AS-1 is not registered as a supervisor"),
        ("XX-9", "Nobody is registered here under this code"),
    ],
)
def test_not_everybody_may_supervise(supervisor: str, why: str) -> None:
    answer = answered(replace(SPINE, supervisor=supervisor))
    assert answer.missing == ("a competent supervisor's code",)
    assert why in answer.standing.text


def test_who_is_competent_starts_without_anybody_else() -> None:
    answer = answered(KNEE)
    assert (answer.missing, answer.trainee) == ((), False)
    assert answer.standing.text == "SU-1: competent."


@pytest.mark.parametrize("operator", ["AS-1", "XX-9"])
def test_who_is_no_operator_cannot_start_at_all(operator: str) -> None:
    answer = answered(replace(KNEE, operator=operator, supervisor="SU-1"))
    assert answer.missing == ("an operator who may do this",)
    assert answer.standing.tone is Tone.ALARM


def test_x_rays_ask_for_a_radiographer_and_for_training_in_radiation() -> None:
    answer = answered(replace(KNEE, plan="fluoroscopy"))
    assert answer.missing == ("the radiographer's code",)
    untrained = {"SU-1": replace(EXPERT, courses=())}
    answer = answered(replace(KNEE, plan="fluoroscopy", radiographer="RX-1"), untrained)
    assert answer.missing == ("an operator who may do this",)
    assert "Radiation protection" in answer.standing.text


def test_while_nobody_is_registered_competence_is_not_checked_and_that_is_said() -> None:
    answer = answered(replace(KNEE, operator="OP-1"), {})
    assert (answer.missing, answer.standing) == ((), NOT_CHECKED)


def test_what_is_not_entered_yet_is_asked_for() -> None:
    assert answered(SetupEntry()).missing == (
        "the procedure",
        "how the needle is guided",
        "the patient's pseudonym",
        "the side",
        "the operator's code",
        "the assistant's code or “working alone”",
    )
    assert answered(replace(SPINE, reason="", supervisor="SU-1")).missing == (
        "the reason for that",
    )
