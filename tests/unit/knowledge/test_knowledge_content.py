"""The shipped knowledge says what the sources say, and no more."""

from guidance_app.domain.checklist import (
    Level,
    Phase,
)
from guidance_app.domain.people import Role
from guidance_app.knowledge.facts import Certainty, Item, Seen, Verb
from guidance_app.knowledge.load import (
    load_recommendations,
    load_sources,
    load_statements,
    shipped_knowledge,
)

AGREEMENT = {
    "OP-A": (10.0, 0.2, "n.a."),
    "OP-B": (10.0, 0.2, "n.a."),
    "OP-C": (9.5, 1.7, "n.a."),
    "PTC-1": (9.7, 0.5, "3"),
    "PTC-2": (9.1, 2.1, "3"),
    "PTC-3": (9.9, 0.3, "3"),
    "PTC-4": (9.9, 0.3, "5"),
    "PTC-5": (9.9, 0.3, "3"),
    "PTC-6": (8.9, 2.9, "5"),
}
"""Statement: mean and standard deviation of the agreement, level of evidence."""

STRENGTH = {
    "RA-1": (9.1, 8.6, 9.6, "III"),
    "RA-2": (7.9, 6.7, 9.0, "III"),
    "RA-3": (8.7, 7.8, 9.7, "III"),
    "RA-4": (9.0, 8.4, 9.6, "IV"),
    "RA-5": (8.4, 7.7, 9.2, "III"),
    "RA-6": (7.8, 6.7, 8.8, "III-IV"),
    "RA-7": (8.3, 7.4, 9.1, "III"),
    "RA-8": (7.8, 6.8, 8.9, "III"),
    "RA-9": (9.4, 8.9, 9.8, None),
    "RA-10": (8.8, 8.0, 9.6, None),
}
"""Recommendation: strength, its 95 % interval, level of evidence."""


def item(id_: str) -> Item:
    return next(item for item in shipped_knowledge().items if item.id == id_)


def test_the_nine_statements_carry_their_agreement_and_evidence() -> None:
    found = {s.id: (s.loa_mean, s.loa_sd, s.loe) for s in load_statements()}
    assert found == AGREEMENT


def test_only_skill_is_a_must_and_only_fluoroscopy_a_may() -> None:
    verbs = {statement.id: statement.verbs for statement in load_statements()}
    assert verbs.pop("PTC-6") == (Verb.MUST,)
    assert verbs.pop("PTC-2") == (Verb.SHOULD, Verb.MAY)
    assert set(verbs.values()) == {(Verb.SHOULD,)}


def test_what_was_not_seen_of_the_statements_is_unknown() -> None:
    for statement in load_statements():
        assert statement.pct_ge8 is None
        assert "pct_ge8" in statement.unknown
        assert (statement.loe_note == "dagger, footnote not seen") == (statement.loe == "3")


def test_the_ten_recommendations_carry_their_strength_and_evidence() -> None:
    found = {
        r.id: (r.strength, r.strength_low, r.strength_high, r.loe) for r in load_recommendations()
    }
    assert found == STRENGTH


def test_the_two_recommendations_of_cut_rows_are_marked_as_second_hand() -> None:
    for recommendation in load_recommendations():
        cut = recommendation.id in {"RA-9", "RA-10"}
        assert recommendation.certainty is (Certainty.SECONDARY if cut else Certainty.READ)
        assert recommendation.unknown == (("loe",) if cut else ())


def test_hedges_of_the_recommendations_are_kept() -> None:
    words = {r.id: r.paraphrase for r in load_recommendations()}
    for id_ in ("RA-1", "RA-2", "RA-10"):
        assert " can " in words[id_]
    for id_ in ("RA-4", "RA-6", "RA-7"):
        assert " may " in words[id_]
    for id_ in ("RA-3", "RA-4", "RA-5", "RA-8"):
        assert "considered" in words[id_]


def test_no_text_claims_to_know_box_1() -> None:
    knowledge = shipped_knowledge()
    texts = [f"{i.id} {i.text} {i.detail} {i.evidence} {i.note}" for i in knowledge.items]
    assert [text for text in texts if "box 1" in text.lower()] == []


def test_every_source_says_what_was_seen_of_it() -> None:
    knowledge = shipped_knowledge()
    points = (*knowledge.statements, *knowledge.recommendations, *knowledge.companions)
    published = (*points, *knowledge.bleeding, *knowledge.doses)
    used = {one.source for one in published}
    used |= {id_ for one in (*knowledge.items, *knowledge.rules) for id_ in one.trace}
    sources = {source.key: source for source in load_sources()}
    assert {key for key, source in sources.items() if not source.seen} == {"OURS", "EFP"}
    assert Seen.FULL not in {seen for source in sources.values() for seen in source.seen}
    assert set(sources) - used == {"SUR"}


def test_all_items_are_there_in_order() -> None:
    items = shipped_knowledge().items
    assert [i.id for i in items] == [f"K-{n:02d}" for n in range(1, 55)]
    phases = [i.phase for i in items]
    assert [phases.count(phase) for phase in Phase] == [25, 13, 5, 11]
    assert phases == sorted(phases, key=list(Phase).index)


def test_only_these_items_come_from_the_points_to_consider() -> None:
    from_source = {i.id for i in shipped_knowledge().items if "P" in i.origin}
    assert from_source == {"K-01", "K-02", "K-05", "K-06", "K-07", "K-08", "K-30", "K-31"}


def test_required_items_are_these() -> None:
    hard = [i.id for i in shipped_knowledge().items if i.level is Level.HARD]
    assert hard == [
        f"K-{n:02d}" for n in (1, 2, 3, 4, 5, 12, 13, 15, 27, 28, 32, 34, 37, 44, 46, 54)
    ]
    raised = {i.id: dict(i.level_when) for i in shipped_knowledge().items if i.level_when}
    assert raised == {
        "K-17": {"ionising": Level.HARD},
        "K-36": {"epidural": Level.HARD},
        "K-48": {"specimen": Level.HARD},
    }


def test_advisory_items_are_these() -> None:
    advisory = [i.id for i in shipped_knowledge().items if i.level is Level.ADVISORY]
    assert advisory == [f"K-{n:02d}" for n in (9, 18, 19, 24, 36, 38, 41, 42, 51, 53)]


def test_signers_of_some_items() -> None:
    assert item("K-12").sign == (Role.PATIENT, Role.OPERATOR)
    assert item("K-03").sign == (Role.SUPERVISOR,)
    assert item("K-27").sign == (Role.OPERATOR, Role.ASSISTANT)
    assert item("K-34").sign == (Role.ASSISTANT,)


def test_an_item_is_as_uncertain_as_its_least_certain_source() -> None:
    assert item("K-01").certainty is Certainty.READ
    assert item("K-50").certainty is Certainty.SECONDARY
    assert item("K-39").certainty is Certainty.OURS
    assert item("K-19").certainty is Certainty.NOT_FOUND
    assert item("K-37").certainty is None
