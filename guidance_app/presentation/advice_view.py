"""Advice as it stands beside the choices that it is about: a word, a sentence, where it is from."""

from collections.abc import Callable
from dataclasses import dataclass

from guidance_app.knowledge.advice import Advice, PieceOfAdvice
from guidance_app.knowledge.rules import AdviceLevel
from guidance_app.presentation.view import Text, Tone

WORDS = {
    AdviceLevel.HARD: Text("Required", Tone.ALARM),
    AdviceLevel.SOFT: Text("Needs a reason", Tone.CAUTION),
    AdviceLevel.ADVISORY: Text("Consider", Tone.NORMAL),
    AdviceLevel.INFO: Text("Know", Tone.MUTED),
}


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


def advice_view(advice: Advice, describe: Callable[[tuple[str, ...]], str]) -> AdviceView:
    """`describe` tells where a trace comes from, a line each."""
    lines = tuple(_line(piece, describe) for piece in advice.pieces)
    levels = {piece.level for piece in advice.pieces}
    return AdviceView(lines, AdviceLevel.SOFT in levels or bool(advice.factors))


def _line(piece: PieceOfAdvice, describe: Callable[[tuple[str, ...]], str]) -> AdviceLine:
    return AdviceLine(WORDS[piece.level], piece.text, _source(piece), describe(piece.trace))


def _source(piece: PieceOfAdvice) -> str:
    if piece.agreement is None:
        return piece.trace[0]
    agreement = f"agreement {piece.agreement:.1f} of 10 (SD {piece.agreement_sd:.1f})"
    return f"{piece.trace[0]}, {agreement}"
