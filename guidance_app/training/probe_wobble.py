"""How unsteadily the probe was held, by the pictures of a session alone. The definition is ours."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

import numpy as np

from drivers.api.samples import PictureGeometry, ScaledRegion
from guidance_app.domain.calibration import PixelScale, largest_region, scale_from_region
from guidance_app.domain.commands import CommandOutcome, LayoutFound, LayoutLost, ScaleSet
from guidance_app.domain.picture_area import PictureArea, area_of_region
from guidance_app.processing.speckle_motion import picture_motion_px
from guidance_app.session.errors import SessionError
from guidance_app.session.format import FrameRecord
from guidance_app.session.reader import SessionReader

APART_NS, MOST_APART_NS = 100_000_000, 300_000_000
"""Between the two pictures of a pair."""
MOST_PAIRS, FEWEST_PAIRS = 120, 5
"""Spread evenly over the time; a figure of 120 is within 7 % of one of all."""

Pair = tuple[FrameRecord, FrameRecord]


def probe_wobble_mm_s(session: SessionReader, first: int, last: int) -> float | None:
    """Root of the mean squared speed of the picture as a whole, within itself.

    Of pictures with new content whose sequence lies from `first` to `last`. None where no scale is
    known, or too few pictures can be compared.
    """
    frames = [
        record
        for record in session.frames
        if record.place and record.facts.changed and first <= record.facts.stamp.sequence <= last
    ]
    settings = [one for one in session.commands if isinstance(one.command, SETTINGS)]
    speeds = [_speed_mm_s(session, pair, settings) for pair in _pairs(frames)]
    known = [speed for speed in speeds if speed is not None]
    if len(known) < FEWEST_PAIRS:
        return None
    return float(np.sqrt(np.mean(np.square(known))))


SETTINGS = (LayoutFound, LayoutLost, ScaleSet)


def _pairs(frames: Sequence[FrameRecord]) -> Iterable[Pair]:
    times_ns = [record.facts.stamp.arrival_ns for record in frames]
    chosen = np.unique(np.linspace(0, max(len(frames) - 1, 0), MOST_PAIRS).astype(int))
    for begins in chosen[: len(frames)].tolist():
        ends = bisect_left(times_ns, times_ns[begins] + APART_NS, begins)
        if ends < len(frames) and times_ns[ends] - times_ns[begins] <= MOST_APART_NS:
            yield frames[begins], frames[ends]


def _speed_mm_s(
    session: SessionReader, pair: Pair, settings: Sequence[CommandOutcome]
) -> float | None:
    before, after = pair
    known = _area_and_scale(before, settings)
    if known is None or before.facts.geometry != after.facts.geometry:
        return None
    try:
        moved = picture_motion_px(session.picture(before), session.picture(after), known[0])
    except SessionError:  # one picture that is not intact
        return None
    if moved is None:
        return None
    seconds = (after.facts.stamp.arrival_ns - before.facts.stamp.arrival_ns) / 1e9
    return float(np.hypot(*known[1].to_mm(moved))) / seconds


def _area_and_scale(
    record: FrameRecord, settings: Sequence[CommandOutcome]
) -> tuple[PictureArea, PixelScale] | None:
    """As the source states them, or as they were found and set until this frame."""
    geometry, regions = record.facts.geometry, record.facts.regions
    if regions:
        region: ScaledRegion = largest_region(regions)
        return area_of_region(region), scale_from_region(region, geometry)
    area, scale = None, None
    for outcome in settings:
        if outcome.frames_seen > record.facts.number + 1:
            break
        area, scale = _changed(outcome, geometry, area, scale)
    return (area, scale) if area and scale else None


def _changed(
    outcome: CommandOutcome,
    geometry: PictureGeometry,
    area: PictureArea | None,
    scale: PixelScale | None,
) -> tuple[PictureArea | None, PixelScale | None]:
    command = outcome.command
    if outcome.refusal is not None:
        return area, scale
    if isinstance(command, LayoutFound) and command.geometry == geometry:
        return command.area, scale
    if isinstance(command, LayoutLost):
        return None, None
    if isinstance(command, ScaleSet):
        return area, command.scale
    return area, scale
