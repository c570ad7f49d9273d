"""The pictures that were stored for the report, taken from a session's video."""

from collections.abc import Iterable, Iterator

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.domain.commands import CommandOutcome, MomentKind, MomentMarked
from guidance_app.domain.snapshot import FrameFacts, GuidanceMode, GuidanceSnapshot
from guidance_app.domain.trajectory import TIP_AGE_LIMIT_NS
from guidance_app.reports.content import StoredImage
from guidance_app.session.errors import SessionError
from guidance_app.session.reader import SessionReader

WIDEST_PX = 640
"""A wider picture is made smaller, as high as it is wide in proportion."""
MOST_IMAGES = 12
"""What more was stored is named; together they stay within a few MB."""
JPEG_QUALITY = 90
TOO_MANY = f"not shown here, the first {MOST_IMAGES} are; it is in the recording."
NOTHING_SHOWN = "the recording holds no picture of it."


def stored_images(
    reader: SessionReader, outcomes: Iterable[CommandOutcome]
) -> tuple[StoredImage, ...]:
    """A picture, or why there is none, for each moment at which one was stored."""
    return tuple(
        _image(reader, outcome, number, injected)
        for number, (outcome, injected) in enumerate(_stored(outcomes), 1)
    )


def _stored(outcomes: Iterable[CommandOutcome]) -> Iterator[tuple[CommandOutcome, bool]]:
    """Each moment at which a picture was stored, and whether an injection had begun by then."""
    injected = False
    for outcome in outcomes:
        if outcome.refusal is None and isinstance(outcome.command, MomentMarked):
            injected |= outcome.command.kind is MomentKind.INJECTION
            if outcome.command.kind is MomentKind.IMAGE:
                yield outcome, injected


def _image(
    reader: SessionReader, outcome: CommandOutcome, number: int, injected: bool
) -> StoredImage:
    at_s = (outcome.time_ns - reader.manifest.started.perf_counter_ns) / 1e9
    caption, shown = f"image {number}, {at_s:.1f} s", reader.snapshot_after(outcome)
    if shown is None or shown.frame is None:
        return StoredImage(caption, None, missing=NOTHING_SHOWN)
    needle = ", with needle" if injected or _shows_needle(shown, shown.frame) else ""
    caption = f"{caption}, frame {shown.frame.number}{needle}"
    if number > MOST_IMAGES:
        return StoredImage(caption, None, missing=TOO_MANY)
    record = reader.frame(shown.frame.number)
    if record.place is None:
        return StoredImage(caption, None, missing=f"lost in the recording ({record.why_lost}).")
    try:
        return _shown(caption, reader.picture(record))
    except SessionError as error:
        return StoredImage(caption, None, missing=error.cause)


def _shows_needle(shown: GuidanceSnapshot, frame: FrameFacts) -> bool:
    """Its tip was marked lately, as it is shown."""
    tip = shown.plan.tip if shown.guidance.mode is not GuidanceMode.OFF else None
    return tip is not None and frame.stamp.arrival_ns - tip.marked_ns <= TIP_AGE_LIMIT_NS


def _shown(caption: str, pixels: ImageU8) -> StoredImage:
    height_px, width_px = pixels.shape[:2]
    scale = min(1.0, WIDEST_PX / width_px)
    size = (round(width_px * scale), max(1, round(height_px * scale)))
    smaller = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    _, encoded = cv2.imencode(".jpg", smaller, (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY))
    return StoredImage(caption, encoded.tobytes(), *size)
