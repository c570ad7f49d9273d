"""What the recommendations advise for one planned procedure. Pure; decides nothing."""

from collections.abc import Iterable
from dataclasses import dataclass

from guidance_app.knowledge.cases import Case, Plan
from guidance_app.knowledge.content import Knowledge
from guidance_app.knowledge.facts import Certainty, Question, Recommendation, Statement
from guidance_app.knowledge.rules import (
    AdviceLevel,
    BleedingClass,
    Factor,
    PublishedDose,
    Rule,
)

_FROM_STRICT_TO_MILD = tuple(AdviceLevel)


@dataclass(frozen=True, slots=True)
class PieceOfAdvice:
    """One rule that holds for the case."""

    rule: str
    level: AdviceLevel
    text: str
    origin: str
    trace: tuple[str, ...]
    agreement: float | None
    """Mean agreement of the experts, 0 to 10, on the first statement it rests on."""
    agreement_sd: float | None
    certainty: Certainty | None
    note: str
    followed: bool | None = None
    """Whether what is planned is what it prefers; None where it prefers nothing."""


@dataclass(frozen=True, slots=True)
class Advice:
    """All that is advised for one case."""

    pieces: tuple[PieceOfAdvice, ...]
    """The strictest first."""
    ranked: tuple[Plan, ...] | None
    """Of the techniques that can be had, those that the source prefers, in its order; None where
    it ranks none."""
    preferred: tuple[Plan, ...]
    """All that the source prefers, whether they can be had or not."""
    factors: tuple[Factor, ...]
    """What the operator weighs, and writes down, where nothing is ranked."""
    bleeding: BleedingClass | None
    """None where no source that was read names such a procedure."""
    doses: tuple[PublishedDose, ...]
    """Published for this site."""
    recommendations: tuple[Recommendation, ...]
    """They justify the target in rheumatoid arthritis, never the needle."""

    @property
    def lacking(self) -> tuple[Plan, ...]:
        """Of those that the source prefers, the ones that cannot be had."""
        return tuple(plan for plan in self.preferred if plan not in (self.ranked or ()))


def advise(knowledge: Knowledge, case: Case, questions: Iterable[Question] = ()) -> Advice:
    """Every rule that holds for the case; `questions` are those asked of an arthritis patient."""
    rules = [one.as_said(case) for one in knowledge.rules if any(w.holds(case) for w in one.when)]
    return Advice(
        pieces=_pieces(knowledge, rules, case),
        ranked=_ranked(rules, case),
        preferred=_preferred(rules),
        factors=next((rule.factors for rule in rules if rule.factors), ()),
        bleeding=next((one for one in knowledge.bleeding if one.holds(case)), None),
        doses=tuple(dose for dose in knowledge.doses if case.site.id in dose.sites),
        recommendations=fitting_recommendations(knowledge, questions),
    )


def fitting_recommendations(
    knowledge: Knowledge, questions: Iterable[Question]
) -> tuple[Recommendation, ...]:
    """Those on rheumatoid arthritis that may help with one of the questions."""
    asked = set(questions)
    return tuple(one for one in knowledge.recommendations if not asked.isdisjoint(one.fits))


def _ranked(rules: list[Rule], case: Case) -> tuple[Plan, ...] | None:
    preferred = _preferred(rules)
    if not preferred:
        return None
    return tuple(plan for plan in preferred if plan not in case.unavailable)


def _preferred(rules: list[Rule]) -> tuple[Plan, ...]:
    return next((rule.ranks for rule in rules if rule.ranks), ())


def _pieces(knowledge: Knowledge, rules: list[Rule], case: Case) -> tuple[PieceOfAdvice, ...]:
    pieces = [_piece(knowledge, rule, case) for rule in rules]
    return tuple(sorted(pieces, key=lambda piece: _FROM_STRICT_TO_MILD.index(piece.level)))


def _piece(knowledge: Knowledge, rule: Rule, case: Case) -> PieceOfAdvice:
    statement = _first_statement(knowledge, rule.trace)
    return PieceOfAdvice(
        rule=rule.id,
        level=rule.level_for(case.plan),
        text=rule.text,
        origin=rule.origin,
        trace=rule.trace,
        agreement=statement.loa_mean if statement else None,
        agreement_sd=statement.loa_sd if statement else None,
        certainty=rule.certainty,
        note=rule.note,
        followed=rule.followed(case),
    )


def _first_statement(knowledge: Knowledge, trace: tuple[str, ...]) -> Statement | None:
    statements = {statement.id: statement for statement in knowledge.statements}
    return next((statements[id_] for id_ in trace if id_ in statements), None)
