"""The rate that a source promises, and whether its pictures come far slower. Pure."""

from drivers.api.ports import SourceInfo

FAR_TOO_SLOW_SHARE = 0.25
"""Of the stated rate; half of it is what a camera does in dim light by itself. Our own proposal."""
HIGHEST_STATED_HZ = 240.0
"""A stream that states more speaks of its time base, not of pictures."""


def stated_rate_hz(source: SourceInfo) -> float | None:
    """Its nominal rate, else the highest of its format; None where it states none."""
    if source.nominal_rate_hz is not None or source.format is None:
        return source.nominal_rate_hz
    return max(source.format.rates_hz, default=None)


def is_far_too_slow(measured_hz: float, stated_hz: float | None) -> bool:
    """Whether under a quarter of the stated rate comes; False where no rate can be believed."""
    if stated_hz is None or stated_hz > HIGHEST_STATED_HZ:
        return False
    return measured_hz < FAR_TOO_SLOW_SHARE * stated_hz
