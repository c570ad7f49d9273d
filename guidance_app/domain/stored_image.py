"""A picture that a person stored: not a copy, but the frame of the recording that it is."""

from dataclasses import dataclass

from guidance_app.domain.plan import TipMark
from guidance_app.domain.snapshot import FrameFacts
from guidance_app.domain.trajectory import TIP_AGE_LIMIT_NS


@dataclass(frozen=True, slots=True)
class StoredImage:
    """One stored picture."""

    frame: int
    """Its number in the recording. It is stored once the recorder has written that frame."""
    with_needle: bool
    """It shows the needle, or what was injected."""


def stored_image(frame: FrameFacts, tip: TipMark | None, injected: bool) -> StoredImage:
    """What a stored frame shows: the needle when its tip, as it is shown, was marked lately."""
    seen = tip is not None and frame.stamp.arrival_ns - tip.marked_ns <= TIP_AGE_LIMIT_NS
    return StoredImage(frame.number, injected or seen)
