"""What a console writes into its pictures beside the ultrasound: filled before it goes anywhere.

A banner may hold a name. Where the ultrasound picture lies in a frame is known from the source, or
was found while the session was recorded; everything outside of it is filled. A person may name
rectangles to be filled besides, or alone where no area is known. Nothing is guessed: a frame for
which nothing is known is filled as a whole.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from drivers.api.ports import SourceInfo
from drivers.api.samples import ImageU8, Origin, PictureGeometry, VideoFrame
from drivers.opencv import cv2
from guidance_app.domain.commands import (
    CommandOutcome,
    LayoutFound,
    LayoutLost,
    PictureMirrored,
    SourceOpened,
)
from guidance_app.domain.picture_area import PictureArea, area_of_region
from guidance_app.domain.snapshot import FrameFacts
from guidance_app.runtime.layout_search import SAMPLE_PERIOD_NS, SAMPLES
from guidance_app.session.reader import SessionReader
from guidance_app.settings import BannerMask

FILLING = (48, 38, 29)
"""BGR of what is filled: a tone of the screens that no picture has for its ground."""
SEARCHED_NS = (SAMPLES - 1) * SAMPLE_PERIOD_NS
"""Before an area is told, all frames that it was searched in showed one layout for so long."""

SIMULATED_WORDS = "The pictures come from a simulator; nothing in them was filled."
UNMASKED_WORDS = "Nothing in the pictures was filled: whoever made this page has asked for that."
AREA_WORDS = (
    "Outside of the ultrasound picture everything is filled, because a console writes names there; "
    "a picture is filled as a whole where it was not known where the ultrasound lies."
)
MASK_WORDS = "Rectangles in which the console may show a name are filled."
UNKNOWN = (
    "a device may write a name into its pictures, and where the ultrasound lies in them is not "
    "known. Name the rectangles to fill with --mask x,y,width,height (they are remembered for this "
    "device), or say --unmasked."
)


class MaskRefused(ValueError):
    """Pictures may bear a name, or a mask does not fit them; `str()` says what to do."""


@dataclass(frozen=True, slots=True)
class AreaSpan:
    """Frames, by number, in which the ultrasound lay in one area."""

    first: int
    end: int | None
    """The first one for which it does not hold any more."""
    area: PictureArea
    geometry: PictureGeometry


class BurnedIn:
    """Fills frames of one session; remembers what it worked out."""

    def __init__(
        self, words: str, spans: Sequence[AreaSpan] | None, mask: BannerMask | None
    ) -> None:
        """`spans` None: what is outside of an area is not filled."""
        self.words = words
        """What was done, for who reads the page."""
        self._spans = spans
        self._mask = mask
        self._kept: dict[tuple[object, ...], ImageU8] = {}

    def filled(self, frame: VideoFrame, facts: FrameFacts) -> VideoFrame:
        """The frame without what may name somebody; its own pixels where there is none."""
        if self._spans is None and self._mask is None:
            return frame
        hidden = self._hidden(facts)
        pixels = frame.pixels.copy()
        pixels[hidden] = FILLING[1] if pixels.ndim == 2 else FILLING
        pixels.flags.writeable = False
        return replace(frame, pixels=pixels)

    def _hidden(self, facts: FrameFacts) -> ImageU8:
        """(height, width) of bool."""
        area = None if self._spans is None else _area_at(self._spans, facts)
        key = (area, facts.regions, facts.geometry)
        if key not in self._kept:
            self._kept = {key: self._work_out(area, facts)}
        return self._kept[key]

    def _work_out(self, area: PictureArea | None, facts: FrameFacts) -> ImageU8:
        hidden = np.zeros((facts.geometry.height_px, facts.geometry.width_px), np.uint8)
        if self._spans is not None:
            hidden[:] = 1
            for seen in [area] if area else map(area_of_region, facts.regions):
                _open(hidden, seen)
        if self._mask is not None:
            _fill(hidden, self._mask)
        return hidden.astype(bool)


def burned_in(reader: SessionReader, mask: BannerMask | None, unmasked: bool) -> BurnedIn:
    """How the frames of this session are filled; raises MaskRefused where that is not known.

    `mask` is what a person named now or before; `unmasked` says that nothing else is to be filled.
    """
    spans = tuple(area_spans(reader))
    known = bool(spans) or any(record.facts.regions for record in reader.frames)
    masked = f" {MASK_WORDS}" if mask else ""
    if unmasked:
        return BurnedIn(MASK_WORDS if mask else UNMASKED_WORDS, None, mask)
    if is_simulated(reader):
        return BurnedIn(MASK_WORDS if mask else SIMULATED_WORDS, None, mask)
    if known:
        return BurnedIn(AREA_WORDS + masked, spans, mask)
    if mask is None:
        raise MaskRefused(UNKNOWN)
    return BurnedIn(MASK_WORDS, None, mask)


def is_simulated(reader: SessionReader) -> bool:
    """Whether every source that was opened is a simulator, or a recording of one."""
    opened = [one.command.info for one in reader.commands if isinstance(one.command, SourceOpened)]
    return all(_simulator_made(info) for info in (reader.manifest.source, *opened))


def _simulator_made(info: SourceInfo) -> bool:
    return info.simulated or info.origin is Origin.SIMULATED


def area_spans(reader: SessionReader) -> Iterable[AreaSpan]:
    """Where the ultrasound lay, as it was found while the session was recorded, in order.

    An area holds from the first frame in which it was searched, and until the console showed
    something else or turned the picture over.
    """
    found: list[AreaSpan] = []
    newest = stale = -1
    for outcome in reader.commands:
        match outcome.command:
            case LayoutFound(number) if number > stale and outcome.refusal is None:
                newest = number
                found = [*_ended(found, outcome.frames_seen), _span(reader, outcome, found)]
            case LayoutLost(number):
                stale, found = max(stale, number), _ended(found, outcome.frames_seen - 1)
            case PictureMirrored():
                stale = max(stale, newest)
                found = _ended(found, outcome.frames_seen - 1)
    return found


def _span(reader: SessionReader, outcome: CommandOutcome, before: Sequence[AreaSpan]) -> AreaSpan:
    command = outcome.command
    if not isinstance(command, LayoutFound):
        raise TypeError(type(command).__name__)
    since_ns = outcome.time_ns - SEARCHED_NS
    searched = (r.facts.number for r in reader.frames if r.facts.stamp.arrival_ns >= since_ns)
    free = outcome.frames_seen if before and before[-1].end is None else 0
    ended = before[-1].end if before else 0
    first = max(next(searched, outcome.frames_seen), free, ended or 0)
    return AreaSpan(first, None, command.area, command.geometry)


def _ended(spans: Sequence[AreaSpan], end: int) -> list[AreaSpan]:
    if not spans or spans[-1].end is not None:
        return list(spans)
    return [*spans[:-1], replace(spans[-1], end=max(end, spans[-1].first))]


def _area_at(spans: Sequence[AreaSpan], facts: FrameFacts) -> PictureArea | None:
    for span in spans:
        holds = span.first <= facts.number and (span.end is None or facts.number < span.end)
        if holds and span.geometry == facts.geometry:
            return span.area
    return None


def _open(hidden: ImageU8, area: PictureArea) -> None:
    outline = np.round(np.array(area.outline_px)).astype(np.int32)
    cv2.fillPoly(hidden, [outline], 0)


def _fill(hidden: ImageU8, mask: BannerMask) -> None:
    """A mask of pictures of another size tells nothing of these."""
    if (hidden.shape[1], hidden.shape[0]) != (mask.width_px, mask.height_px):
        hidden[:] = 1
        return
    for left, top, width, height in mask.boxes_px:
        hidden[top : top + height, left : left + width] = 1
