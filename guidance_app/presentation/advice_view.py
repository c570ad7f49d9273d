"""Advice as it stands beside the choices that it is about: a word, a sentence, where it is from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from guidance_app.domain.given_advice import GivenAdvice
from guidance_app.knowledge.advice import Advice, PieceOfAdvice
from guidance_app.knowledge.facts import Recommendation
from guidance_app.knowledge.rules import AdviceLevel
from guidance_app.presentation.view import Text, Tone

WORDS = {
    AdviceLevel.HARD: Text("Required", Tone.ALARM),
    AdviceLevel.SOFT: Text("Needs a reason", Tone.CAUTION),
    AdviceLevel.ADVISORY: Text("Consider", Tone.NORMAL),
    AdviceLevel.INFO: Text("Know", Tone.MUTED),
}
COMPANION = "C"
"""The origin of whatever is not in the points to consider and not ours."""

Describe = Callable[[tuple[str, ...]], str]
"""Tells where a trace comes from, a line each."""


@dataclass(frozen=True, slots=True)
class AdviceLine:
    """One piece of advice."""

    word: Text
    """What it asks."""
    text: str
    source: str
    """What it rests on first, with the agreement: "PTC-5, agreement 9.9 of 10 (SD 0.3)"."""
    details: str
    """All that it rests on, a line each."""


@dataclass(frozen=True, slots=True)
class AdviceView:
    """What is advised for the present choices."""

    lines: tuple[AdviceLine, ...] = ()
    asks_reason: bool = False
    """Going on takes a typed reason."""
    weigh: tuple[str, ...] = ()
    """What the reason weighs, where no technique is ranked."""


def advice_view(
    advice: Advice, describe: Describe, reasons: tuple[AdviceLine, ...] = ()
) -> AdviceView:
    """The strictest first; `reasons`, why somebody may not, stand behind what is required."""
    required = [_line(one, describe) for one in advice.pieces if one.level is AdviceLevel.HARD]
    others = [_line(one, describe) for one in advice.pieces if one.level is not AdviceLevel.HARD]
    levels = {piece.level for piece in advice.pieces}
    asks_reason = AdviceLevel.SOFT in levels or bool(advice.factors)
    return AdviceView((*required, *reasons, *others), asks_reason, tuple(advice.factors))


def recommendation_lines(
    recommendations: Iterable[Recommendation], describe: Describe
) -> tuple[AdviceLine, ...]:
    """Recommendations on rheumatoid arthritis, with strength, its interval, and evidence."""
    return tuple(_recommendation(one, describe) for one in recommendations)


def given_advice(
    pieces: Iterable[PieceOfAdvice], recommendations: Iterable[Recommendation]
) -> tuple[GivenAdvice, ...]:
    """What was shown, to be kept with the procedure."""
    return (*map(_given_piece, pieces), *map(_given_recommendation, recommendations))


def _line(piece: PieceOfAdvice, describe: Describe) -> AdviceLine:
    return AdviceLine(WORDS[piece.level], piece.text, _source(piece), describe(piece.trace))


def _source(piece: PieceOfAdvice) -> str:
    if piece.agreement is None:
        return piece.trace[0]
    agreement = f"agreement {piece.agreement:.1f} of 10 (SD {piece.agreement_sd:.1f})"
    return f"{piece.trace[0]}, {agreement}"


def _recommendation(one: Recommendation, describe: Describe) -> AdviceLine:
    strength = f"Strength {one.strength:.1f} ({one.strength_low:.1f} to {one.strength_high:.1f})"
    evidence = f"evidence level {one.loe}" if one.loe else "evidence level not seen"
    details = "\n".join(filter(None, (describe((one.id,)), one.note)))
    return AdviceLine(Text(strength), one.paraphrase, f"{one.id}, {evidence}", details)


def _given_piece(piece: PieceOfAdvice) -> GivenAdvice:
    return GivenAdvice(
        piece.rule,
        piece.level,
        piece.text,
        piece.trace,
        piece.origin,
        piece.agreement,
        piece.followed,
    )


def _given_recommendation(one: Recommendation) -> GivenAdvice:
    """It justifies the target and never the needle, so that nothing chosen could follow it."""
    return GivenAdvice(one.id, AdviceLevel.INFO, one.paraphrase, (one.id,), COMPANION)
