"""From some frames of a console's screen to its layout and the scales it may mean. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drivers.api.samples import ImageU8
from guidance_app.domain.picture_area import PictureArea
from guidance_app.domain.scale_proposal import ScaleProposal
from guidance_app.processing.layout import Layout, recognise, remember
from guidance_app.processing.ruler import Ruler, find_ruler
from guidance_app.processing.sector import find_area

RULER_FOUND = "ruler found"
SAME_SCALE = 0.02
"""A remembered scale that the ruler contradicts by more is not offered again."""


@dataclass(frozen=True, slots=True)
class RememberedScale:
    """A scale that somebody confirmed on this layout of a console."""

    layout: Layout
    mm_per_px: float
    sigma_percent: float
    confirmed_utc: str
    person: str
    """Code, no name."""


@dataclass(frozen=True, slots=True)
class FoundLayout:
    """A layout, and what its ruler may mean, the likeliest first."""

    layout: Layout
    area: PictureArea
    proposals: tuple[ScaleProposal, ...]


def find_layout(
    frames: Sequence[ImageU8], remembered: Callable[[], Sequence[RememberedScale]]
) -> FoundLayout | None:
    """The layout shown in the newest frame; None where there is no ultrasound picture.

    `frames` are of one size and format, oldest first, best over two seconds. `remembered` is
    asked only where there is one.
    """
    newest = frames[-1]
    area = find_area(newest, frames[:-1])
    if area is None:
        return None
    ruler = find_ruler(newest, area)
    layout = remember(frames, area, ruler)
    known = _recognised(remembered(), newest)
    if known is not None and _agrees(known, ruler):
        return FoundLayout(layout, area, (_again(known),))
    return FoundLayout(layout, area, () if ruler is None else _readings(ruler))


def _recognised(remembered: Sequence[RememberedScale], newest: ImageU8) -> RememberedScale | None:
    found = recognise([known.layout for known in remembered], newest)
    return next((known for known in remembered if known.layout is found), None)


def _agrees(known: RememberedScale, ruler: Ruler | None) -> bool:
    if ruler is None:
        return True
    readings = ruler.candidates_mm_per_px
    return any(abs(known.mm_per_px / reading - 1) <= SAME_SCALE for reading in readings)


def _again(known: RememberedScale) -> ScaleProposal:
    how = f"confirmed on {known.confirmed_utc[:10]} by {known.person}"
    return ScaleProposal(known.mm_per_px, known.sigma_percent, how)


def _readings(ruler: Ruler) -> tuple[ScaleProposal, ...]:
    readings = ruler.readings_mm_per_px
    return tuple(ScaleProposal(mm, ruler.sigma_percent, RULER_FOUND) for mm in readings)
