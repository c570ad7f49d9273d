"""Who may do what: competent, only under supervision, or not; and every reason is told."""

from dataclasses import replace
from datetime import date

import pytest

from guidance_app.domain.competence import (
    RADIATION,
    Asked,
    Certificate,
    CompetencePolicy,
    Course,
    Demand,
    LogCount,
    StaffRecord,
    StaffRole,
    Standing,
    judge,
    judge_assistant,
    judge_radiographer,
    judge_supervisor,
    skill_on_record,
)

TODAY = date(2026, 11, 26)
POLICY = CompetencePolicy()
KNEE = Demand(
    "us", "Ultrasound", frozenset({Asked.CERTIFICATE, Asked.COURSE}), "knee", complex=False
)
SPINE = replace(KNEE, family="lumbar spine", complex=True)
SPINE_FL = Demand(
    "fluoroscopy", "Fluoroscopy", frozenset({Asked.RADIATION_TRAINING}), "lumbar spine", True
)
LEVEL_2 = Certificate("EFSUMB", 2, "us", date(2024, 5, 1), date(2028, 5, 1))
COURSE = Course("us", date(2024, 4, 1))
SKILLED = StaffRecord(
    "OP-1",
    frozenset({StaffRole.OPERATOR}),
    (LEVEL_2,),
    (COURSE, Course(RADIATION, date(2025, 1, 1), date(2030, 1, 1))),
    (LogCount("knee", 10, 50), LogCount("lumbar spine", 10, 0)),
)


def test_somebody_with_certificate_course_and_practice_is_competent() -> None:
    verdict = judge(SKILLED, KNEE, POLICY, TODAY)
    assert (verdict.standing, verdict.reasons) == (Standing.COMPETENT, ())


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (
            {"certificates": ()},
            "Ultrasound certificate: EFSUMB level 2 or EULAR level 1 needed, none on record.",
        ),
        (
            {"certificates": (replace(LEVEL_2, expires=date(2026, 11, 25)),)},
            "Ultrasound certificate: EFSUMB level 2 or EULAR level 1 needed, "
            "EFSUMB level 2, expired on 2026-11-25 on record.",
        ),
        (
            {"certificates": (replace(LEVEL_2, issued=date(2026, 11, 27)),)},
            "Ultrasound certificate: EFSUMB level 2 or EULAR level 1 needed, "
            "EFSUMB level 2, issued only on 2026-11-27 on record.",
        ),
        (
            {"courses": (Course("us", date(2021, 11, 1)),)},
            "Ultrasound course: none of the last 5 years on record.",
        ),
        (
            {"counts": (LogCount("knee", 9, 400),)},
            "Supervised procedures, knee: 9 of 10.",
        ),
        (
            {"counts": (LogCount("hip", 99, 99),)},
            "Supervised procedures, knee: 0 of 10.",
        ),
    ],
)
def test_each_gap_alone_asks_for_supervision(changed: dict[str, object], reason: str) -> None:
    person = replace(SKILLED, **changed)  # type: ignore[arg-type]
    verdict = judge(person, KNEE, POLICY, TODAY)
    assert (verdict.standing, verdict.reasons) == (Standing.SUPERVISED, (reason,))


def test_the_last_day_of_a_certificate_counts() -> None:
    last = replace(SKILLED, certificates=(replace(LEVEL_2, expires=TODAY),))
    assert judge(last, KNEE, POLICY, TODAY).standing is Standing.COMPETENT


def test_complex_procedures_ask_for_a_higher_level() -> None:
    assert judge(SKILLED, SPINE, POLICY, TODAY).standing is Standing.SUPERVISED
    level_3 = replace(SKILLED, certificates=(replace(LEVEL_2, level=3),))
    assert judge(level_3, SPINE, POLICY, TODAY).standing is Standing.COMPETENT


def test_levels_of_different_schemes_are_never_compared() -> None:
    other = replace(SKILLED, certificates=(Certificate("DEGUM", 3, "us", date(2024, 1, 1)),))
    assert judge(other, KNEE, POLICY, TODAY).standing is Standing.SUPERVISED
    eular_2 = replace(SKILLED, certificates=(Certificate("EULAR", 2, "us", date(2024, 1, 1)),))
    assert judge(eular_2, KNEE, POLICY, TODAY).standing is Standing.COMPETENT
    assert judge(eular_2, SPINE, POLICY, TODAY).standing is Standing.SUPERVISED


def test_a_certificate_is_for_its_technique_alone() -> None:
    mri = replace(SKILLED, certificates=(replace(LEVEL_2, technique="mri"),))
    assert judge(mri, KNEE, POLICY, TODAY).standing is Standing.SUPERVISED


@pytest.mark.parametrize("courses", [(), (Course(RADIATION, date(2020, 1, 1), date(2025, 1, 1)),)])
def test_no_supervision_makes_good_for_radiation_training(courses: tuple[Course, ...]) -> None:
    assert judge(SKILLED, SPINE_FL, POLICY, TODAY).standing is Standing.COMPETENT
    verdict = judge(replace(SKILLED, courses=courses), SPINE_FL, POLICY, TODAY)
    assert verdict.standing is Standing.NOT
    assert "Radiation protection" in verdict.reasons[0]


def test_skill_is_shown_by_what_holds_today_and_is_enough() -> None:
    older = replace(LEVEL_2, scheme="EULAR", issued=date(2020, 1, 1), expires=None)
    useless = (
        replace(LEVEL_2, issued=date(2026, 11, 27)),
        replace(LEVEL_2, issued=date(2025, 1, 1), expires=date(2026, 11, 25)),
        replace(LEVEL_2, issued=date(2026, 1, 1), level=1),
        replace(LEVEL_2, issued=date(2026, 1, 1), technique="mri"),
    )
    held = replace(SKILLED, certificates=(older, LEVEL_2, *useless))
    skill = skill_on_record(held, KNEE, POLICY, TODAY)
    assert (skill.certificate, skill.supervised) == (LEVEL_2, 10)
    assert skill.radiation == SKILLED.courses[1]
    nothing = skill_on_record(replace(held, courses=()), SPINE, POLICY, TODAY)
    assert (nothing.certificate, nothing.radiation) == (None, None)


def test_who_is_no_operator_or_is_unknown_may_not() -> None:
    assistant = replace(SKILLED, roles=frozenset({StaffRole.ASSISTANT}))
    assert judge(assistant, KNEE, POLICY, TODAY).standing is Standing.NOT
    assert judge(None, KNEE, POLICY, TODAY).standing is Standing.NOT


def test_a_supervisor_is_registered_as_one_and_competent() -> None:
    assert judge_supervisor(SKILLED, KNEE, POLICY, TODAY).standing is Standing.NOT
    both = frozenset({StaffRole.OPERATOR, StaffRole.SUPERVISOR})
    supervisor = replace(SKILLED, roles=both)
    assert judge_supervisor(supervisor, KNEE, POLICY, TODAY).standing is Standing.COMPETENT
    assert judge_supervisor(supervisor, SPINE, POLICY, TODAY).standing is Standing.SUPERVISED


def test_the_site_sets_its_own_thresholds() -> None:
    strict = replace(POLICY, supervised_per_family=11, levels_simple={"DEGUM": 1})
    assert len(judge(SKILLED, KNEE, strict, TODAY).reasons) == 2
    lenient = replace(POLICY, supervised_per_family=0, course_years=10)
    late = replace(SKILLED, courses=(Course("us", date(2017, 1, 1)),), counts=())
    assert judge(late, KNEE, lenient, TODAY).standing is Standing.COMPETENT


def staff(*roles: StaffRole, courses: tuple[Course, ...] = ()) -> StaffRecord:
    return StaffRecord("AS-1", frozenset(roles), courses=courses)


@pytest.mark.parametrize("role", [StaffRole.ASSISTANT, StaffRole.RADIOGRAPHER])
def test_assistants_and_radiographers_may_assist(role: StaffRole) -> None:
    assert judge_assistant(staff(role)).standing is Standing.COMPETENT


@pytest.mark.parametrize("role", [StaffRole.OPERATOR, StaffRole.ENGINEER, StaffRole.TRAINER])
def test_nobody_else_may_assist(role: StaffRole) -> None:
    verdict = judge_assistant(staff(role))
    assert verdict.standing is Standing.NOT
    assert verdict.reasons == ("AS-1 is not registered as an assistant.",)


def test_who_is_unknown_neither_assists_nor_works_the_x_rays() -> None:
    expected = ("Nobody is registered here under this code.",)
    assert judge_assistant(None).reasons == judge_radiographer(None, TODAY).reasons == expected


@pytest.mark.parametrize(
    ("courses", "reasons"),
    [
        ((Course(RADIATION, date(2026, 11, 26)),), ()),
        ((Course(RADIATION, date(2020, 1, 1), date(2026, 11, 25)),), ("no current",)),
        ((Course(RADIATION, date(2026, 11, 27)),), ("no current",)),
        ((Course("fluoroscopy", date(2026, 1, 1)),), ("no current",)),
    ],
)
def test_a_radiographer_has_current_training(
    courses: tuple[Course, ...], reasons: tuple[str, ...]
) -> None:
    verdict = judge_radiographer(staff(StaffRole.RADIOGRAPHER, courses=courses), TODAY)
    assert len(verdict.reasons) == len(reasons)
    assert all(words in told for words, told in zip(reasons, verdict.reasons, strict=True))


def test_an_assistant_without_training_is_told_both_reasons() -> None:
    verdict = judge_radiographer(staff(StaffRole.ASSISTANT), TODAY)
    assert verdict.standing is Standing.NOT
    assert verdict.reasons == (
        "AS-1 is not registered as a radiographer.",
        "Radiation protection: no current training on record.",
    )
