"""Who may start what, with whom beside them, and what the set-up page asks for until then."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from guidance_app.domain.checklist import Checklist, mark_item
from guidance_app.domain.competence import (
    RADIATION,
    Certificate,
    CompetencePolicy,
    Course,
    LogCount,
    StaffRecord,
    StaffRole,
)
from guidance_app.domain.people import Role
from guidance_app.domain.sign_off import begin_checklist
from guidance_app.knowledge.cases import Plan
from guidance_app.knowledge.facts import Question
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.site_file import AtSite
from guidance_app.presentation.people_standing import NOT_CHECKED, NOT_KNOWN
from guidance_app.presentation.procedure_start import set_up_entries, started_procedure
from guidance_app.presentation.setup_choices import (
    SetupAnswer,
    SetupEntry,
    answer_set_up,
    procedure_choices,
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
RADIOGRAPHER = StaffRecord(
    "RX-1", frozenset({StaffRole.RADIOGRAPHER}), courses=(Course(RADIATION, date(2025, 1, 1)),)
)
STAFF = {person.code: person for person in (EXPERT, TRAINEE, ASSISTANT, RADIOGRAPHER)}
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


def standing(answer: SetupAnswer, role: Role = Role.OPERATOR) -> str:
    return answer.standing[role].text


def test_a_trainee_alone_at_the_spine_is_stopped_with_reason_and_way_forward() -> None:
    answer = answered(SPINE)
    assert answer.missing == ("a competent supervisor's code",)
    assert answer.trainee
    assert answer.standing[Role.OPERATOR].tone is Tone.CAUTION
    assert standing(answer) == "TR-1: only under named supervision."
    assert standing(answer, Role.SUPERVISOR) == "A competent supervisor has to be present."
    required, reasons, *_ = answer.advice.lines
    assert required.word.text == "Required"
    assert required.source == "PTC-6, agreement 8.9 of 10 (SD 2.9)"
    assert reasons.word.text == "TR-1: only under named supervision"
    assert "EFSUMB level 3" in reasons.text
    assert "Supervised procedures, lumbar spine: 0 of 10." in reasons.text


def test_with_a_competent_supervisor_and_an_assistant_it_goes_through() -> None:
    entry = replace(SPINE, supervisor="SU-1", assistant="AS-1", working_alone=False)
    answer = answered(entry)
    assert answer.missing == ()
    assert standing(answer) == "TR-1: under supervision of SU-1."
    assert standing(answer, Role.SUPERVISOR) == "SU-1: competent."
    assert standing(answer, Role.ASSISTANT) == "AS-1: registered for this."
    assert answer.trainee
    words = [line.word.text for line in answer.advice.lines]
    assert "Required" not in words
    assert not any("supervision" in word for word in words)
    items = template_for(SITE.knowledge, entry.procedure, entry.plan, answer.trainee).items
    assert "K-03" in {item.id for item in items}


@pytest.mark.parametrize(
    ("supervisor", "why"),
    [
        ("TR-1", "TR-1: Nobody supervises himself or herself."),
        ("AS-1", "AS-1 is not registered as a supervisor."),
        ("XX-9", "XX-9: Nobody is registered here under this code."),
    ],
)
def test_not_everybody_may_supervise(supervisor: str, why: str) -> None:
    answer = answered(replace(SPINE, supervisor=supervisor))
    assert answer.missing == ("a competent supervisor's code",)
    assert standing(answer, Role.SUPERVISOR) == why


def test_who_is_competent_starts_without_anybody_else() -> None:
    answer = answered(KNEE)
    assert (answer.missing, answer.trainee) == ((), False)
    assert standing(answer) == "SU-1: competent."
    assert standing(answer, Role.ASSISTANT) == "Working alone: this is recorded."


@pytest.mark.parametrize("operator", ["AS-1", "XX-9"])
def test_who_is_no_operator_cannot_start_at_all(operator: str) -> None:
    answer = answered(replace(KNEE, operator=operator, supervisor="SU-1"))
    assert answer.missing == ("an operator who may do this",)
    assert "regist" in standing(answer)


@pytest.mark.parametrize(
    ("assistant", "why"),
    [
        ("AS-9", "AS-9: Nobody is registered here under this code."),
        ("TR-1", "TR-1 is not registered as an assistant."),
        ("SU-1", "SU-1: Nobody assists himself or herself."),
    ],
)
def test_not_everybody_may_assist(assistant: str, why: str) -> None:
    answer = answered(replace(KNEE, assistant=assistant, working_alone=False))
    assert answer.missing == ("an assistant who may help",)
    assert standing(answer, Role.ASSISTANT) == why


def test_a_radiographer_may_assist_and_who_works_alone_has_no_assistant_to_judge() -> None:
    assert answered(replace(KNEE, assistant="RX-1", working_alone=False)).missing == ()
    assert answered(replace(KNEE, assistant="AS-9")).missing == ()


def test_x_rays_ask_for_a_radiographer_and_for_training_in_radiation() -> None:
    x_rays = replace(KNEE, plan="fluoroscopy")
    assert answered(x_rays).missing == ("the radiographer's code",)
    answer = answered(replace(x_rays, radiographer="RX-1"))
    assert answer.missing == ()
    said = standing(answer, Role.RADIOGRAPHER)
    assert said == "RX-1: registered, radiation training current."
    untrained = {**STAFF, "SU-1": replace(EXPERT, courses=())}
    answer = answered(replace(x_rays, radiographer="RX-1"), untrained)
    assert answer.missing == ("an operator who may do this",)
    assert "Radiation protection" in standing(answer)


def test_a_wrong_radiographer_is_told_every_reason() -> None:
    answer = answered(replace(KNEE, plan="fluoroscopy", radiographer="AS-1"))
    assert answer.missing == ("a radiographer who may do this",)
    assert standing(answer, Role.RADIOGRAPHER) == "AS-1: may not do this."
    (reasons,) = [line for line in answer.advice.lines if line.word.text.startswith("AS-1")]
    assert reasons.text == (
        "AS-1 is not registered as a radiographer. "
        "Radiation protection: no current training on record."
    )


def test_while_nobody_is_registered_competence_is_not_checked_and_that_is_said() -> None:
    answer = answered(replace(KNEE, operator="OP-1"), {})
    assert (answer.missing, answer.standing[Role.OPERATOR]) == ((), NOT_CHECKED)
    assert not answer.judged
    own = replace(KNEE, operator="OP-1", assistant="OP-1", working_alone=False)
    assert answered(own, {}).missing == ("an assistant who may help",)


def test_while_the_records_do_not_answer_a_pin_is_asked_of_whoever_signs() -> None:
    answer = answer_set_up(KNEE, SITE, None, TODAY)
    assert (answer.missing, answer.standing[Role.OPERATOR]) == ((), NOT_KNOWN)
    assert answer.judged and answer.trainee is False
    assert not answered(KNEE, {}).judged


def test_what_is_not_entered_yet_is_asked_for() -> None:
    assert answered(SetupEntry()).missing == (
        "the patient's pseudonym",
        "the procedure",
        "the side",
        "how the needle is guided",
        "the operator's code",
        "the assistant's code or “working alone”",
    )
    assert answered(replace(SPINE, reason="", supervisor="SU-1")).missing == (
        "why it is done like this",
    )


def test_the_advice_is_kept_as_it_was_shown_with_whether_it_was_followed() -> None:
    entry = replace(KNEE, plan="palpation", targeted=True, reason="No scanner.")
    answer = answered(entry)
    template = template_for(SITE.knowledge, entry.procedure, entry.plan)
    started = started_procedure(entry, answer, template, "id-1")
    assert [(one.rule, one.level, one.followed) for one in started.advice] == [
        ("M-1", "SOFT", False),
        ("M-2", "INFO", False),
    ]
    first = started.advice[0]
    assert (first.trace, first.origin, first.agreement) == (("PTC-1",), "P", 9.7)
    assert first.text == answer.advice.lines[0].text
    assert answered(replace(KNEE, targeted=True)).given[0].followed


def test_what_is_asked_in_arthritis_is_kept_and_bears_on_the_target_alone() -> None:
    entry = replace(KNEE, questions=(Question.NECK, Question.REMISSION))
    answer, plain = answered(entry), answered(KNEE)
    assert answer.advice == plain.advice
    assert [line.source for line in answer.recommendations] == [
        "RA-9, evidence level not seen",
        "RA-10, evidence level not seen",
    ]
    assert answer.recommendations[0].word.text == "Strength 9.4 (8.9 to 9.8)"
    assert "MRI if they are abnormal" in answer.recommendations[0].text
    template = template_for(SITE.knowledge, entry.procedure, entry.plan)
    started = started_procedure(entry, answer, template, "id-1")
    assert started.questions == ("neck", "remission")
    kept = {one.rule: one for one in started.advice}
    assert (kept["RA-9"].agreement, kept["RA-9"].followed) == (None, None)
    assert answered(SetupEntry(questions=(Question.NECK,))).recommendations


def test_the_operator_may_call_it_targeted_and_complex_and_cannot_take_complex_back() -> None:
    plain = answered(KNEE)
    assert (plain.targeted, plain.complex, plain.complex_by_kind) == (False, False, False)
    said = answered(replace(KNEE, targeted=True, complex=True))
    assert (said.targeted, said.complex, said.complex_by_kind) == (True, True, False)
    spine = answered(replace(SPINE, complex=False, targeted=False))
    assert (spine.targeted, spine.complex, spine.complex_by_kind) == (False, True, True)
    assert answered(replace(KNEE, plan="fluoroscopy")).complex_by_kind


def test_what_is_called_complex_asks_for_more_of_operator_and_checklist() -> None:
    level_2 = replace(EXPERT, certificates=(Certificate("EFSUMB", 2, "us", date(2024, 1, 1)),))
    staff = {**STAFF, "SU-1": level_2}
    assert not answered(KNEE, staff).trainee
    assert answered(replace(KNEE, complex=True), staff).trainee
    plain, more = (
        {item.id for item in template_for(SITE.knowledge, KNEE.procedure, "us", False, said).items}
        for said in (False, True)
    )
    assert "K-08" in more - plain


def test_where_nothing_is_ranked_the_reason_weighs_five_factors() -> None:
    weigh = answered(SPINE).advice.weigh
    assert weigh == ("side effects", "radiation", "availability", "expertise", "cost")
    assert answered(KNEE).advice.weigh == ()


NOW = datetime(2026, 11, 26, 14, 5, tzinfo=UTC)
ASSISTED = replace(KNEE, assistant="AS-1", working_alone=False)


def begun(entry: SetupEntry, staff: dict[str, StaffRecord] = STAFF) -> Checklist:
    """The checklist as it stands when the procedure begins."""
    answer = answered(entry, staff)
    template = template_for(SITE.knowledge, entry.procedure, entry.plan, answer.trainee)
    started = started_procedure(entry, answer, template, "id-1")
    checklist = begin_checklist(started)
    for mark in set_up_entries(started, answer, NOW):
        checklist = mark_item(checklist, mark)
    return checklist


def noted(entry: SetupEntry, item: str, staff: dict[str, StaffRecord] = STAFF) -> str:
    """Who marked it how, with what; empty while it is open."""
    status = begun(entry, staff).status(item)
    if status is None:
        return ""
    values = ", ".join(evidence.value for evidence in status.evidence)
    return f"{status.person.code} {status.mark}: {values}; {status.note}"


def test_setting_up_notes_target_side_flags_and_technique() -> None:
    entry = replace(KNEE, targeted=True, reason="a child")
    target = "Knee injection under ultrasound, left, targeted, not complex"
    assert noted(entry, "K-05") == f"SU-1 done: {target}; "
    assert noted(entry, "K-06") == "SU-1 done: Ultrasound; a child"
    midline = replace(KNEE, procedure="caudal-epidural-injection", side="midline")
    assert "no side" in noted(midline, "K-05")


def test_the_skill_of_a_competent_operator_is_read_in_the_records() -> None:
    read = "read in the records"
    assert noted(KNEE, "K-01") == f"device done: EFSUMB, 3, 2024-01-01; {read}"
    assert noted(KNEE, "K-02") == f"device done: 20; {read}"
    x_rays = replace(
        KNEE, procedure="sacroiliac-injection", plan="fluoroscopy", radiographer="RX-1"
    )
    spine = {**STAFF, "SU-1": replace(EXPERT, counts=(LogCount("sacroiliac joint", 20, 0),))}
    training = f"device done: radiation protection, 2025-01-01; {read}"
    assert noted(x_rays, "K-04", spine) == training
    assert noted(x_rays, "K-01", spine) == "", "no certificate is registered for X-rays"


def test_nobody_vouches_for_a_trainee_or_for_who_is_not_registered() -> None:
    entry = replace(ASSISTED, operator="TR-1", supervisor="SU-1")
    assert (noted(entry, "K-01"), noted(entry, "K-02")) == ("", "")
    assert noted(entry, "K-03").startswith("SU-1 done: SU-1, ")
    assert (noted(KNEE, "K-01", {}), noted(KNEE, "K-02", {})) == ("", "")


def test_the_second_person_is_noted_and_who_works_alone_has_none() -> None:
    assert noted(ASSISTED, "K-09") == "SU-1 done: AS-1; "
    assert noted(KNEE, "K-09") == "SU-1 skipped: ; working alone"


@pytest.mark.parametrize("plan", [plan.value for plan in Plan if plan is not Plan.UNDECIDED])
def test_no_mark_of_setting_up_is_refused_in_any_procedure(plan: str) -> None:
    for procedure in SITE.knowledge.procedures:
        for entry in (KNEE, ASSISTED):
            chosen = replace(
                entry, procedure=procedure.id, plan=plan, side="", complex=True, reason="x" * 400
            )
            assert begun(chosen).status("K-05") is not None


def test_every_procedure_has_a_spot_and_says_whether_it_is_sided() -> None:
    choices = {choice.id: choice for choice in procedure_choices(SITE.knowledge)}
    assert all(choice.spot for choice in choices.values())
    assert choices["carpal-tunnel-injection"].spot == choices["wrist-injection"].spot
    assert [choice.id for choice in choices.values() if not choice.sided] == [
        "caudal-epidural-injection"
    ]
