"""What a recorded session would have shown with today's search, or with another calibration.

Recorded inputs through the core again, with the needle sought anew in the recorded pictures, or
with every scale multiplied.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from drivers.api.samples import ScaledRegion, VideoFrame
from guidance_app.domain.calibration import PixelScale
from guidance_app.domain.commands import Command, NeedleSought, ScaleSet
from guidance_app.domain.snapshot import FrameFacts, GuidanceSnapshot
from guidance_app.processing.state import PipelineState, known_area
from guidance_app.runtime.needle_watch import Search, looked_at
from guidance_app.runtime.recompute import recompute
from guidance_app.session.errors import SessionError
from guidance_app.session.reader import SessionReader

Scaled = TypeVar("Scaled", PixelScale, ScaledRegion)


def look_again(
    session: SessionReader, create_search: Callable[[], Search] | None, scale_factor: float = 1.0
) -> Iterator[GuidanceSnapshot]:
    """A snapshot for each recorded one, by index; ends early where frames are missing.

    Without a search the needle is taken where it was seen when this was recorded. Millimetres a
    pixel are multiplied by `scale_factor`. Where a picture is missing the recorded sight stays.
    """
    search = create_search() if create_search else None

    def substitute(command: Command, state: PipelineState, facts: FrameFacts | None) -> Command:
        match command:
            case ScaleSet(scale) if scale is not None:
                return replace(command, scale=_scaled(scale, scale_factor))
            case NeedleSought(searched=True) if search is not None and facts is not None:
                return _sought(session, search, command, state, facts)
        return command

    frames = (_rescaled(record.facts, scale_factor) for record in session.frames)
    for step in recompute(frames, session.engine_events(), substitute):
        if isinstance(step.again, GuidanceSnapshot):
            yield step.again


def _sought(
    session: SessionReader,
    search: Search,
    recorded: NeedleSought,
    state: PipelineState,
    facts: FrameFacts,
) -> NeedleSought:
    try:
        pixels = session.picture(session.frame(facts.number))
    except SessionError:
        return recorded
    pixel_format = facts.geometry.pixel_format
    frame = VideoFrame(pixels, pixel_format, facts.stamp, facts.origin, facts.regions)
    if known_area(state, frame) is None:
        return recorded
    return replace(recorded, sight=search.look(looked_at(frame, facts, state)))


def _rescaled(facts: FrameFacts, factor: float) -> FrameFacts:
    regions = tuple(_scaled(region, factor) for region in facts.regions)
    return replace(facts, regions=regions)


def _scaled(scale: Scaled, factor: float) -> Scaled:
    across, down = scale.mm_per_px_x * factor, scale.mm_per_px_y * factor
    return replace(scale, mm_per_px_x=across, mm_per_px_y=down)
