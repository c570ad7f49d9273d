"""The figures of the needle beside the picture: how far it is, and how it points."""

import math

from guidance_app.domain.guided_needle import GuidedNeedle, NeedleState
from guidance_app.domain.snapshot import GuidanceSnapshot
from guidance_app.domain.trajectory import Violation
from guidance_app.presentation import figures
from guidance_app.presentation.view import ReadOut, Text, Tone

TIP_TONES = (Violation.PAST_TARGET, Violation.TIP_OUTSIDE_CORRIDOR, Violation.TIP_IN_NO_GO)
SEEN, MARKED = "Tip seen, to target", "Tip marked, to target"


def needle_rows(snapshot: GuidanceSnapshot, now_ns: int) -> tuple[ReadOut, ...]:
    """While guidance is on, on a picture with a scale."""
    rows = (_to_target(snapshot, now_ns),)
    needle = snapshot.needle
    if needle is None or needle.needle is None or needle.to_plan_rad is None:
        return rows
    return (*rows, _to_plan(needle, needle.to_plan_rad, needle.needle.sigma_angle_rad))


def _to_target(snapshot: GuidanceSnapshot, now_ns: int) -> ReadOut:
    measures, tip = snapshot.measures, snapshot.plan.tip
    words = figures.to_target(measures) if measures else ""
    if measures is None or measures.to_target is None or not words:
        return ReadOut("To target", Text(_why_none(snapshot.needle), Tone.MUTED))
    label = SEEN if measures.tip_seen or tip is None else _marked(snapshot, now_ns - tip.marked_ns)
    alarming = any(violation in TIP_TONES for violation in measures.violations)
    tone = Tone.ALARM if alarming else Tone.NORMAL
    return ReadOut(label, Text(words, tone), figures.uncertainty(measures.to_target))


def _marked(snapshot: GuidanceSnapshot, age_ns: int) -> str:
    """Of a tip marked by hand; where a needle is looked for, that is told apart."""
    age_s = age_ns // 1_000_000_000
    if snapshot.needle is not None:
        return MARKED if age_s < 1 else f"Tip marked {age_s} s ago"
    return "To target" if age_s < 1 else f"To target, {age_s} s ago"


def _why_none(needle: GuidedNeedle | None) -> str:
    if needle is None:
        return "no tip marked"
    return "tip not visible" if needle.state is NeedleState.TIP_NOT_VISIBLE else "no tip seen"


def _to_plan(needle: GuidedNeedle, to_plan_rad: float, sigma_rad: float) -> ReadOut:
    """Nearest, and never below what its own uncertainty can tell."""
    doubt = f"± {max(1, math.ceil(math.degrees(2.0 * sigma_rad)))}°"
    tone = Tone.MUTED if needle.needle is not None and needle.needle.coasted else Tone.NORMAL
    return ReadOut("Needle to plan", Text(figures.degrees(abs(to_plan_rad)), tone), doubt)
