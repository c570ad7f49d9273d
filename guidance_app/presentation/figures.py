"""How numbers are worded: whole millimetres above 10, half below, never finer than accurate."""

import math

from guidance_app.domain.trajectory import Measured, PlanMeasures, Violation, is_past

STEPS_MM = (0.5, 1.0, 2.0, 5.0, 10.0)
FINEST_ABOVE_10_MM = 1.0


def step_mm(measured: Measured) -> float:
    """The step a length is shown in: at least its 1 sigma, at least 1 mm above 10 mm."""
    finest = FINEST_ABOVE_10_MM if abs(measured.mm) >= 10 else STEPS_MM[0]
    return next((s for s in STEPS_MM if s >= max(finest, measured.sigma_mm)), STEPS_MM[-1])


def nearest(measured: Measured) -> str:
    """A length to the nearest step: "18 mm", "7.5 mm"."""
    step = step_mm(measured)
    return _worded(round(measured.mm / step) * step, step)


def at_most(measured: Measured) -> str:
    """A distance that must not be overstated, rounded down; below one step "< 0.5 mm"."""
    step = step_mm(measured)
    steps = math.floor(measured.mm / step + 1e-9)
    return _worded(steps * step, step) if steps > 0 else f"< {step:g} mm"


def at_least(measured: Measured) -> str:
    """A distance that must not be understated, rounded up."""
    step = step_mm(measured)
    return _worded(math.ceil(measured.mm / step - 1e-9) * step, step)


def to_target(measures: PlanMeasures) -> str:
    """Tip to target: straight and rounded down, "AT TARGET" just behind it, "-3 mm PAST" further
    behind it, "OFF PATH" beside it.

    Empty without a tip.
    """
    straight, along = measures.to_target, measures.remaining
    if straight is None or along is None:
        return ""
    if Violation.TIP_OUTSIDE_CORRIDOR in measures.violations:
        return "OFF PATH"
    if is_past(along, straight):
        return f"-{at_least(straight)} PAST"
    return at_most(straight) if along.mm >= 0 else "AT TARGET"


def length(mm: float) -> str:
    """A length that was brought to its step already: "14 mm", "2.5 mm"."""
    return _worded(mm, STEPS_MM[0] if mm < 10 else FINEST_ABOVE_10_MM)


def uncertainty(measured: Measured) -> str:
    """Two sigma, rounded up to half a millimetre: "± 1 mm"."""
    return f"± {max(1, math.ceil(measured.sigma_mm * 2 / 0.5)) * 0.5:g} mm"


def degrees(angle_rad: float) -> str:
    """Whole degrees."""
    return f"{round(math.degrees(angle_rad))}°"


def seconds(duration_s: float) -> str:
    """Minutes and seconds: "03:12"."""
    minutes, rest = divmod(int(duration_s), 60)
    return f"{minutes:02d}:{rest:02d}"


def _worded(mm: float, step: float) -> str:
    return f"{mm:.1f} mm" if step < 1 else f"{mm:.0f} mm"
