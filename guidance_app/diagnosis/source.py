"""One source opened and watched for two seconds: does it deliver, how fast, and is it a picture?"""

from collections.abc import Callable
from dataclasses import dataclass

from drivers.api.address import public_text
from drivers.api.errors import DeviceError, EndOfStream, Timeout
from drivers.api.ports import Clock, SourceInfo, VideoSource
from drivers.api.samples import ImageU8, PictureGeometry, VideoFrame
from guidance_app.diagnosis.findings import Finding, Outcome
from guidance_app.diagnosis.low_rate import low_rate_advice
from guidance_app.diagnosis.network import explain_network
from guidance_app.domain.snapshot import PictureContent
from guidance_app.domain.stated_rate import is_far_too_slow, stated_rate_hz
from guidance_app.processing.change import content_changed, measure, thumbnail
from guidance_app.processing.truth import BLACK_MEAN, is_blank

WATCHED_NS = 2_000_000_000
FEWEST_FRAMES = 3
"""Fewer say nothing of a rate."""
MOST_FRAMES = 2_000
"""A source without a pace of its own must not keep the check."""

Create = Callable[[str], VideoSource]


@dataclass(frozen=True, slots=True)
class Seen:
    """What two seconds of a source showed."""

    count: int
    rate_hz: float | None
    geometry: PictureGeometry
    content: PictureContent
    """Of the newest."""
    changed: bool


class SourceCheck:
    """Opens sources one after another; `interrupt()` from another thread ends the one under way."""

    def __init__(self, create: Create, clock: Clock) -> None:
        """`create` makes an unopened source or raises DeviceError."""
        self._create = create
        self._clock = clock
        self._source: VideoSource | None = None

    def interrupt(self) -> None:
        """Make a blocked read return; any thread."""
        source = self._source
        if source is not None:
            source.interrupt()

    def check(self, address: str) -> list[Finding]:
        """Open, watch, close; what was found, at least one finding. Never raises DeviceError."""
        name = f"source {public_text(address)}"
        try:
            source = self._source = self._create(address)
        except DeviceError as error:
            return [_refused(name, error)]
        try:
            info = source.open()
            seen = self._watch(source)
        except DeviceError as error:
            return [_failed(name, address, error)]
        finally:
            source.close()
            self._source = None
        return _judge(name, info, seen)

    def _watch(self, source: VideoSource) -> Seen:
        """Raises DeviceError when it delivers too little to be judged."""
        until_ns = self._clock.now_ns() + WATCHED_NS
        first = last = source.read()
        before, changed, count = thumbnail(first.pixels), False, 1
        try:
            while self._clock.now_ns() < until_ns and count < MOST_FRAMES:
                last, count = source.read(), count + 1
                now = thumbnail(last.pixels)
                changed |= content_changed(before, now)
                before = now
        except EndOfStream:
            pass  # a short file has been seen whole
        return _seen(first, last, count, before, changed)


def _seen(first: VideoFrame, last: VideoFrame, count: int, newest: ImageU8, changed: bool) -> Seen:
    elapsed_s = (last.stamp.arrival_ns - first.stamp.arrival_ns) / 1e9
    return Seen(
        count=count,
        rate_hz=(count - 1) / elapsed_s if count >= FEWEST_FRAMES and elapsed_s > 0 else None,
        geometry=last.geometry,
        content=measure(None, newest),
        changed=changed,
    )


def _refused(name: str, error: DeviceError) -> Finding:
    return Finding(name, Outcome.FAILED, f"{error.device}: {error.cause}.", error.advice)


def _failed(name: str, address: str, error: DeviceError) -> Finding:
    explained = explain_network(address, isinstance(error, Timeout))
    if explained is not None:
        return Finding(name, Outcome.FAILED, *explained)
    return _refused(name, error)


def _judge(name: str, info: SourceInfo, seen: Seen) -> list[Finding]:
    doubts = [*_drill_doubts(info), *_rate_doubts(info, seen), *_picture_doubts(info, seen)]
    if doubts:
        return [Finding(name, Outcome.WARNING, what, advice) for what, advice in doubts]
    size = f"{seen.geometry.width_px}x{seen.geometry.height_px}"
    rate = f", {seen.rate_hz:.1f} a second" if seen.rate_hz is not None else ""
    return [Finding(name, Outcome.OK, f"{info.name} delivers pictures of {size}{rate}.")]


def _drill_doubts(info: SourceInfo) -> list[tuple[str, str]]:
    if not info.fault_plan:
        return []
    what = f'The fault plan "{info.fault_plan}" puts faults into {info.name}.'
    return [(what, "Leave faults= out of the address to see the source itself.")]


def _rate_doubts(info: SourceInfo, seen: Seen) -> list[tuple[str, str]]:
    stated_hz = stated_rate_hz(info)
    if seen.rate_hz is None or not is_far_too_slow(seen.rate_hz, stated_hz):
        return []
    what = (
        f"{info.name} delivers only {seen.rate_hz:.1f} pictures a second "
        f"of the {stated_hz:g} that it promises."
    )
    return [(what, low_rate_advice(info))]


def explain_blank(name: str, content: PictureContent) -> tuple[str, str]:
    """What a source shows whose pictures are blank, and what to do."""
    if content.mean < BLACK_MEAN:
        return (
            f"{name} delivers pictures, and they are black.",
            "Check that the scanner is on and that its video cable is in both sockets; "
            "take the cap off a camera.",
        )
    return (
        f"{name} delivers pictures of one colour, with nothing on them.",
        "The grabber has no signal: check the cable from the scanner, and that the "
        "scanner's video output is on.",
    )


def _picture_doubts(info: SourceInfo, seen: Seen) -> list[tuple[str, str]]:
    if is_blank(seen.content):
        return [explain_blank(info.name, seen.content)]
    if not seen.changed and seen.count >= FEWEST_FRAMES and not info.still:
        return [
            (
                f"The picture of {info.name} does not change.",
                "If the scanner says FREEZE, release it. Else move the probe and ask again; if it "
                "still does not change, plug the cable out and in.",
            )
        ]
    return []
