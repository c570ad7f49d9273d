"""Which of the formats that a device offers is taken, and the words when none fits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from drivers.api.ports import VideoFormat
from drivers.api.samples import PictureGeometry, PixelFormat
from drivers.attached.buffer_layout import READABLE
from drivers.isolation.memory import fits
from drivers.isolation.reader import ReadFailure

FLUENT_HZ = 25.0
"""A size that comes at this rate is preferred to a larger one that does not."""
FASTEST_HZ = 60.0
"""More pictures a second than any console draws are not asked for."""
COMFORTABLE_PX = (1920, 1080)
_LISTED = 3


@dataclass(frozen=True, slots=True)
class FormatWish:
    """What the address asks of the device; None where it leaves the choice."""

    size_px: tuple[int, int] | None = None
    rate_hz: float | None = None
    code: str | None = None

    def allows(self, offered: VideoFormat) -> bool:
        """Whether this format is as wished."""
        return (
            self.size_px in (None, (offered.width_px, offered.height_px))
            and self.code in (None, offered.code)
            and (self.rate_hz is None or _has_rate(offered, self.rate_hz))
        )

    def __str__(self) -> str:
        size = "" if self.size_px is None else "{}x{}".format(*self.size_px)
        rate = "" if self.rate_hz is None else f"at {self.rate_hz:g} a second"
        return " ".join(part for part in (self.code, size, rate) if part)


@dataclass(frozen=True, slots=True)
class FormatChoice:
    """A format and the rate to ask for; None where the device states no rates."""

    format: VideoFormat
    rate_hz: float | None


def choose_format(offered: Sequence[VideoFormat], wish: FormatWish) -> FormatChoice:
    """The best of what the wish allows; ReadFailure with what is offered when nothing is left.

    The largest size up to 1920x1080 that comes at 25 a second or more; then the higher rate, up
    to 60; then uncompressed colour before MJPG before gray. When no size comes at 25 a second,
    the fastest is taken.
    """
    readable = _readable(offered)
    allowed = [one for one in readable if wish.allows(one)]
    if not allowed:
        raise _refusal(readable, wish)
    if wish.size_px is None:
        allowed = [one for one in allowed if _is_comfortable(one)] or allowed
    best = max(allowed, key=lambda one: _merit(one, wish))
    return FormatChoice(best, _rate(best, wish))


def describe_offer(offered: Iterable[VideoFormat], wish: FormatWish) -> str:
    """What comes near the wish, in short words: "MJPG 1920x1080 at 60, 30; YUYV 640x480 at 30".

    Each size that can be read once, with the format that would be taken.
    """
    readable = _readable(offered)
    wished = [one for one in readable if wish.code in (None, one.code)] or readable
    by_size: dict[tuple[int, int], VideoFormat] = {}
    for one in sorted(wished, key=lambda one: _merit(one, wish), reverse=True):
        by_size.setdefault((one.width_px, one.height_px), one)
    ordered = sorted(by_size.values(), key=lambda one: _distance(one, wish))
    words = [_in_words(one) for one in ordered[:_LISTED]]
    return "; ".join(words + ["and others"] * (len(ordered) > _LISTED))


def _distance(one: VideoFormat, wish: FormatWish) -> int:
    """How far its size is from the wished one; without such a wish the largest is nearest."""
    area_px = one.width_px * one.height_px
    return -area_px if wish.size_px is None else abs(area_px - wish.size_px[0] * wish.size_px[1])


def _in_words(one: VideoFormat) -> str:
    rates = ", ".join(f"{rate:g}" for rate in one.rates_hz[:4])
    return f"{one.code} {one.width_px}x{one.height_px}" + (f" at {rates}" if rates else "")


def _refusal(readable: Sequence[VideoFormat], wish: FormatWish) -> ReadFailure:
    if not readable:
        return ReadFailure(
            "ProtocolViolation", "it offers no picture format that is known", "Choose another."
        )
    return ReadFailure(
        "ProtocolViolation",
        f"it does not offer {wish}",
        f"It offers {describe_offer(readable, wish)}.",
    )


def _readable(offered: Iterable[VideoFormat]) -> list[VideoFormat]:
    return [one for one in offered if one.code in READABLE and fits(_in_colour(one))]


def _in_colour(one: VideoFormat) -> PictureGeometry:
    return PictureGeometry(one.width_px, one.height_px, PixelFormat.BGR24)


def _is_comfortable(one: VideoFormat) -> bool:
    return one.width_px <= COMFORTABLE_PX[0] and one.height_px <= COMFORTABLE_PX[1]


def _has_rate(one: VideoFormat, rate_hz: float) -> bool:
    return not one.rates_hz or any(abs(rate - rate_hz) <= 0.01 * rate for rate in one.rates_hz)


def _rate(one: VideoFormat, wish: FormatWish) -> float | None:
    if not one.rates_hz:
        return wish.rate_hz
    if wish.rate_hz is not None:
        wished_hz = wish.rate_hz
        return min(one.rates_hz, key=lambda rate: abs(rate - wished_hz))
    useful = [rate for rate in one.rates_hz if rate <= FASTEST_HZ * 1.01]
    return max(useful, default=min(one.rates_hz))


def _merit(one: VideoFormat, wish: FormatWish) -> tuple[float, float, float, int]:
    rate_hz = _rate(one, wish) or FLUENT_HZ
    fluent_hz = min(rate_hz, FLUENT_HZ) if wish.rate_hz is None else 0.0
    return (fluent_hz, one.width_px * one.height_px, rate_hz, -READABLE.index(one.code))
