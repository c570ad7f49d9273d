"""How a trainee's attempts follow each other, and what both kinds of CUSUM make of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from guidance_app.training.learning_curve import Cusum, LearningCusum, limit_of
from guidance_app.training.past_attempts import Better, Figure, PastAttempt, Value, value_of
from guidance_app.training.standard import Group


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of failure and the risks that both curves are made with; all of them are ours."""

    acceptable: float = 0.10
    unacceptable: float = 0.20
    """p0 and p1 of CUSUM; the same are the adequate and inadequate rate of LC-CUSUM."""
    alpha: float = 0.1
    beta: float = 0.1
    within: int = 50
    """Attempts within which who is inadequate reaches the limit of LC-CUSUM …"""
    wrongly: float = 0.1
    """… with this risk."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One attempt that has the figure."""

    attempt: PastAttempt
    value: float
    critical: bool
    success: bool | None
    """None while there is no pass line."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What both curves say of the attempts, each height after the attempt of its place."""

    cusum: Cusum
    heights: tuple[float, ...]
    learning: LearningCusum
    learned: tuple[float, ...]
    competent_after: int | None
    """Attempts until the limit of LC-CUSUM was reached first."""


@dataclass(frozen=True, slots=True)
class TraineeCurve:
    """The attempts of one trainee in a figure."""

    figure: Figure
    unit: str
    pass_line: float | None
    rates: Rates
    points: tuple[CurvePoint, ...]
    """In order of time."""
    left_out: tuple[PastAttempt, ...]
    """Attempts without the figure."""
    judgement: Judgement | None
    """None without a pass line, or without points."""


def trainee_curve(
    attempts: Sequence[PastAttempt], figure: Figure, pass_line: float | None, rates: Rates
) -> TraineeCurve:
    """Raises RatesRefused for rates that are none."""
    ordered = sorted(attempts, key=_moment)
    values = [(one, value_of(figure, one)) for one in ordered]
    points = tuple(
        CurvePoint(one, found.value, found.critical, _success(found, pass_line, figure.better))
        for one, found in values
        if found.value is not None
    )
    left_out = tuple(one for one, found in values if found.value is None)
    unit = next((found.unit for _, found in values if found.value is not None), "")
    judgement = judge_attempts([point.success for point in points], rates)
    return TraineeCurve(figure, unit, pass_line, rates, points, left_out, judgement)


def expert_group(experts: Sequence[PastAttempt], figure: Figure) -> Group | None:
    """Mean and spread of those experts that have the figure; None of fewer than two."""
    values = [found for one in experts if (found := value_of(figure, one).value) is not None]
    return Group.of(values) if len(values) > 1 else None


def judge_attempts(succeeded: Sequence[bool | None], rates: Rates) -> Judgement | None:
    """Both curves; None where there is nothing to judge. Raises RatesRefused."""
    known = [one for one in succeeded if one is not None]
    cusum = Cusum(rates.acceptable, rates.unacceptable, rates.alpha, rates.beta)
    limit = limit_of(rates.acceptable, rates.unacceptable, rates.within, rates.wrongly)
    learning = LearningCusum(rates.acceptable, rates.unacceptable, limit)
    if not known or len(known) < len(succeeded):
        return None
    return Judgement(
        cusum,
        cusum.curve(known),
        learning,
        learning.curve(known),
        learning.competent_after(known),
    )


def _moment(attempt: PastAttempt) -> float:
    return datetime.fromisoformat(attempt.started_utc).timestamp()


def _success(found: Value, pass_line: float | None, better: Better) -> bool | None:
    """At the line is enough; a critical item that was missed is a failure whatever it came to."""
    if pass_line is None or found.value is None:
        return None
    enough = found.value >= pass_line if better is Better.HIGHER else found.value <= pass_line
    return enough and not found.critical
