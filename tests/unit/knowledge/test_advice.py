"""What is advised, at which level, from which statement, and what is left to the operator."""

import re
from itertools import product

import pytest

from guidance_app.knowledge.advice import Advice, PieceOfAdvice, advise
from guidance_app.knowledge.cases import Case, Plan
from guidance_app.knowledge.facts import KnowledgeError, Question, Target
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.planning import plan_case
from guidance_app.knowledge.rules import AdviceLevel, Factor

HARD, SOFT, ADV, INFO = AdviceLevel
KNOWLEDGE = shipped_knowledge()
SITES = {site.id: site for site in KNOWLEDGE.sites}
IMAGING = [plan for plan in Plan if plan not in (Plan.UNDECIDED, Plan.PALPATION)]


def case(
    site: str, plan: str = "undecided", intervention: str = "injection", **more: object
) -> Case:
    return plan_case(KNOWLEDGE, site, intervention, Plan(plan), **more)  # type: ignore[arg-type]


def levels(advice: Advice) -> dict[str, AdviceLevel]:
    return {piece.rule: piece.level for piece in advice.pieces}


def advised(site: str, plan: str = "undecided", **more: object) -> dict[str, AdviceLevel]:
    return levels(advise(KNOWLEDGE, case(site, plan, **more)))  # type: ignore[arg-type]


def test_there_are_sixteen_rules() -> None:
    assert [rule.id for rule in KNOWLEDGE.rules] == [f"M-{n}" for n in range(1, 17)]


@pytest.mark.parametrize(
    ("site", "plan", "more", "expected"),
    [
        ("knee-joint", "palpation", {"targeted": True}, {"M-1": SOFT, "M-2": INFO}),
        ("knee-joint", "palpation", {}, {"M-14": INFO}),
        ("finger-joint", "us", {}, {"M-2": INFO}),
        ("knee-joint", "fluoroscopy", {"targeted": True}, {"M-2": INFO, "M-3": ADV}),
        ("wrist-joint", "ct", {}, {"M-2": INFO, "M-3": SOFT}),
        ("wrist-joint", "mri", {}, {"M-2": INFO, "M-3": SOFT}),
        ("bursa", "palpation", {}, {"M-4": SOFT, "M-5": ADV}),
        ("bursa", "us", {}, {"M-5": ADV}),
        ("carpal-tunnel", "us", {}, {"M-6": INFO}),
        ("carpal-tunnel", "palpation", {}, {"M-6": SOFT}),
        ("carpal-tunnel", "fluoroscopy", {}, {"M-6": SOFT}),
        ("lumbar-nerve-root", "palpation", {}, {"M-7": SOFT, "M-8": INFO}),
        ("lumbar-facet-joint", "us", {}, {"M-8": INFO, "M-9": ADV}),
        ("lumbar-facet-joint", "fluoroscopy", {}, {"M-8": INFO}),
        ("cervical-nerve-root", "us", {}, {"M-8": INFO, "M-10": ADV}),
        ("sacroiliac-joint", "palpation", {}, {"M-11": SOFT, "M-12": INFO}),
        ("sacroiliac-joint", "fusion", {}, {"M-12": INFO, "M-13": ADV}),
        ("lumbar-facet-joint", "ct", {}, {"M-8": INFO, "M-16": ADV}),
        ("sacroiliac-joint", "ct", {}, {"M-12": INFO, "M-16": ADV}),
        ("finger-joint", "us", {"competent": False}, {"M-2": INFO, "M-15": HARD}),
        ("finger-joint", "us", {"competent": False, "supervised": True}, {"M-2": INFO}),
        ("finger-joint", "us", {"competent": True}, {"M-2": INFO}),
    ],
)
def test_the_rules_that_hold(
    site: str, plan: str, more: dict[str, object], expected: dict[str, AdviceLevel]
) -> None:
    assert advised(site, plan, **more) == expected


@pytest.mark.parametrize(("site", "plan"), list(product(SITES, Plan)))
def test_nothing_is_ranked_but_at_peripheral_joints_and_nerves(site: str, plan: Plan) -> None:
    advice = advise(KNOWLEDGE, case(site, plan, targeted=True))
    expected = {
        Target.PERIPHERAL_JOINT: (Plan.ULTRASOUND, Plan.FLUOROSCOPY),
        Target.PERIPHERAL_NERVE: (Plan.ULTRASOUND,),
    }.get(SITES[site].region)
    assert advice.ranked == expected
    individual = SITES[site].region in (Target.SPINE, Target.SACROILIAC)
    assert advice.factors == (tuple(Factor) if individual else ())


@pytest.mark.parametrize(("site", "plan"), list(product(SITES, IMAGING)))
def test_no_imaging_is_ever_forbidden(site: str, plan: Plan) -> None:
    assert HARD not in advised(site, plan).values()


def test_what_cannot_be_had_is_not_ranked() -> None:
    advice = advise(KNOWLEDGE, case("finger-joint", unavailable=[Plan.ULTRASOUND]))
    assert advice.ranked == (Plan.FLUOROSCOPY,)


def test_the_strictest_stands_first_with_its_agreement() -> None:
    advice = advise(KNOWLEDGE, case("sacroiliac-joint", "palpation", competent=False))
    assert [piece.rule for piece in advice.pieces] == ["M-15", "M-11", "M-12"]
    assert [(p.agreement, p.agreement_sd) for p in advice.pieces[:2]] == [(8.9, 2.9), (9.9, 0.3)]


def said(rule: str, site: str, plan: str = "undecided", **more: object) -> PieceOfAdvice:
    advice = advise(KNOWLEDGE, case(site, plan, **more))  # type: ignore[arg-type]
    (piece,) = [piece for piece in advice.pieces if piece.rule == rule]
    return piece


@pytest.mark.parametrize("site", SITES)
def test_adults_peripheral_joints_alone_are_told_that_imaging_may_improve_accuracy(
    site: str,
) -> None:
    piece = said("M-14", site, "palpation", targeted=False)
    at_joint = SITES[site].region is Target.PERIPHERAL_JOINT
    assert ("IAT-3" in piece.trace, "accuracy" in piece.text) == (at_joint, at_joint)
    assert ("adults' peripheral joints" in piece.text, piece.origin) == (
        (True, "CO") if at_joint else (False, "O")
    )


@pytest.mark.parametrize(("plan", "by_law"), [("fluoroscopy", True), ("ct", True), ("mri", False)])
def test_radiation_law_is_cited_where_there_is_radiation(plan: str, by_law: bool) -> None:
    piece = said("M-3", "knee-joint", plan)
    assert ("BSS-55" in piece.trace, piece.origin) == ((True, "PC") if by_law else (False, "P"))


@pytest.mark.parametrize(("site", "plan"), list(product(SITES, Plan)))
def test_a_reason_is_spoken_of_only_where_one_is_asked_for(site: str, plan: Plan) -> None:
    for targeted in (True, False):
        advice = advise(KNOWLEDGE, case(site, plan, targeted=targeted))
        for piece in advice.pieces:
            if "reason is asked for" in piece.text:
                assert piece.level is SOFT or advice.factors


@pytest.mark.parametrize("plan", IMAGING)
def test_a_reason_is_asked_for_at_a_nerve_where_it_is_not_ultrasound(plan: Plan) -> None:
    asked = "another way" in said("M-6", "carpal-tunnel", plan).text
    assert asked is (plan is not Plan.ULTRASOUND)


ORDERS = re.compile(
    r"(^|[.;:,] |\band )(stop|say|record|save|write|weigh|use|work|add|note|check)\b|\bmust\b", re.I
)


def test_only_what_the_source_says_must_be_is_worded_as_an_order() -> None:
    texts = [
        (rule.id, text)
        for rule in KNOWLEDGE.rules
        for text in (rule.text, *(one.text for one in rule.additions))
    ]
    assert {id_ for id_, text in texts if ORDERS.search(text)} == {"M-15"}


@pytest.mark.parametrize(
    ("site", "plan", "intervention", "complex_"),
    [
        ("knee-joint", "us", "injection", False),
        ("knee-joint", "us", "biopsy", True),
        ("knee-joint", "fluoroscopy", "injection", True),
        ("rotator-cuff-calcification", "us", "barbotage", True),
        ("sacroiliac-joint", "us", "injection", True),
        ("lumbar-facet-joint", "undecided", "injection", True),
        ("knee-joint", "fusion", "aspiration", True),
    ],
)
def test_what_is_complex(site: str, plan: str, intervention: str, complex_: bool) -> None:
    assert case(site, plan, intervention).complex is complex_
    assert case(site, plan, intervention, complex_=True).complex


def test_a_biopsy_is_targeted_also_at_a_knee() -> None:
    assert not case("knee-joint").targeted
    assert case("knee-joint", intervention="biopsy").targeted
    assert not case("knee-joint", intervention="biopsy", targeted=False).targeted


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (Question.DOUBTFUL_DIAGNOSIS, ["RA-1", "RA-2"]),
        (Question.EARLY_DISEASE, ["RA-4", "RA-5"]),
        (Question.REMISSION, ["RA-10"]),
        (Question.NECK, ["RA-9"]),
    ],
)
def test_arthritis_recommendations_that_fit_justify_the_target(
    question: Question, expected: list[str]
) -> None:
    advice = advise(KNOWLEDGE, case("wrist-joint"), [question])
    assert [one.id for one in advice.recommendations] == expected
    assert levels(advice) == advised("wrist-joint")


def test_every_recommendation_fits_some_question() -> None:
    advice = advise(KNOWLEDGE, case("wrist-joint"), Question)
    assert len(advice.recommendations) == 10
    assert not advise(KNOWLEDGE, case("wrist-joint")).recommendations


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ("knee-joint", "SIR-LOW"),
        ("sacroiliac-joint", "ASI-LOW"),
        ("lumbar-facet-joint", "ASI-LOW"),
        ("caudal-epidural-space", "ASI-INTERMEDIATE"),
        ("cervical-nerve-root", "ASI-INTERMEDIATE"),
    ],
)
def test_the_class_of_bleeding_risk(site: str, expected: str) -> None:
    bleeding = advise(KNOWLEDGE, case(site)).bleeding
    assert bleeding is not None
    assert bleeding.id == expected


@pytest.mark.parametrize(
    ("site", "intervention"),
    [
        ("knee-joint", "biopsy"),
        ("rotator-cuff-calcification", "barbotage"),
        ("carpal-tunnel", "injection"),
        ("bursa", "injection"),
        ("tendon-sheath", "aspiration"),
        ("sacroiliac-joint", "biopsy"),
    ],
)
def test_no_class_of_bleeding_risk_is_lent_to_what_its_source_does_not_name(
    site: str, intervention: str
) -> None:
    assert advise(KNOWLEDGE, case(site, intervention=intervention)).bleeding is None


def test_published_doses_are_those_of_the_site() -> None:
    assert [d.id for d in advise(KNOWLEDGE, case("sacroiliac-joint")).doses] == ["DOSE-SIJ"]
    assert not advise(KNOWLEDGE, case("knee-joint")).doses


def test_an_unknown_site_is_refused_with_those_that_exist() -> None:
    with pytest.raises(KnowledgeError, match=r'no site called "knee".*knee-joint, gleno'):
        case("knee")


HOLDS = [
    *[("M-1", "knee-joint", "palpation", {"targeted": True}, False)],
    *[("M-2", "knee-joint", "us", {}, True), ("M-2", "knee-joint", "fluoroscopy", {}, True)],
    *[("M-2", "wrist-joint", plan, {}, False) for plan in ("ct", "mri", "palpation")],
    ("M-2", "wrist-joint", "fusion", {}, True),
    *[("M-3", "knee-joint", plan, {}, None) for plan in ("fluoroscopy", "ct", "mri")],
    ("M-4", "bursa", "palpation", {}, False),
    *[("M-5", "bursa", "us", {}, True), ("M-5", "bursa", "palpation", {}, False)],
    ("M-6", "carpal-tunnel", "us", {}, True),
    *[("M-6", "carpal-tunnel", plan, {}, False) for plan in ("palpation", "fluoroscopy", "fusion")],
    ("M-7", "lumbar-nerve-root", "palpation", {}, False),
    *[("M-8", "lumbar-nerve-root", plan, {}, None) for plan in ("us", "fluoroscopy", "palpation")],
    ("M-9", "lumbar-facet-joint", "us", {}, None),
    ("M-10", "cervical-nerve-root", "us", {}, None),
    ("M-11", "sacroiliac-joint", "palpation", {}, False),
    *[("M-12", "sacroiliac-joint", plan, {}, None) for plan in ("us", "ct", "palpation")],
    ("M-13", "sacroiliac-joint", "fusion", {}, None),
    ("M-14", "knee-joint", "us", {}, None),
    ("M-15", "finger-joint", "us", {"competent": False}, False),
    ("M-16", "sacroiliac-joint", "ct", {}, None),
]


@pytest.mark.parametrize(("rule", "site", "plan", "more", "followed"), HOLDS)
def test_whether_advice_is_followed(
    rule: str, site: str, plan: str, more: dict[str, object], followed: bool | None
) -> None:
    advice = advise(KNOWLEDGE, case(site, plan, **more))  # type: ignore[arg-type]
    (piece,) = [piece for piece in advice.pieces if piece.rule == rule]
    assert piece.followed is followed


def test_every_rule_is_tried_for_whether_it_is_followed() -> None:
    assert {rule for rule, *_ in HOLDS} == {rule.id for rule in KNOWLEDGE.rules}


@pytest.mark.parametrize("site", SITES)
def test_nothing_is_followed_before_a_technique_is_chosen(site: str) -> None:
    advice = advise(KNOWLEDGE, case(site, targeted=True, competent=False))
    assert {piece.followed for piece in advice.pieces} == {None}


@pytest.mark.parametrize(("rule", "plan"), list(product(("M-1", "M-4", "M-7", "M-11"), IMAGING)))
def test_any_imaging_follows_the_advice_to_use_imaging(rule: str, plan: Plan) -> None:
    (advised_rule,) = [one for one in KNOWLEDGE.rules if one.id == rule]
    assert advised_rule.followed(case("knee-joint", plan))


def test_a_supervisor_follows_the_advice_to_be_skilled_or_supervised() -> None:
    (rule,) = [one for one in KNOWLEDGE.rules if one.id == "M-15"]
    assert rule.followed(case("knee-joint", "us", competent=False, supervised=True))
    assert rule.followed(case("knee-joint", "us", competent=True))
