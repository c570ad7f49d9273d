"""How a scale that was read off the console's screen is offered to the person who confirms it."""

from drivers.api.samples import Origin
from guidance_app.domain.picture_area import PictureArea
from guidance_app.domain.scale_proposal import ScaleProposal
from guidance_app.presentation.primitives import Ink, Line, Stroke
from guidance_app.presentation.view import ScaleOffer
from guidance_app.processing.state import PipelineState

MOST_READINGS = 3
"""More cannot be told apart at a glance; who sees none of them right sets the scale by hand."""


def scale_offer(state: PipelineState) -> ScaleOffer | None:
    """None where nothing was found, where a scale holds already, and in a replay."""
    replayed = state.source is not None and state.source.origin is Origin.REPLAY
    if replayed or state.area is None or not state.proposals or state.scale is not None:
        return None
    readings = state.proposals[:MOST_READINGS]
    return ScaleOffer(
        _question(readings),
        tuple(_depth(reading, state.area) for reading in readings),
        (Line(state.area.outline_px, Ink.PREDICTION, Stroke.DOTTED, closed=True),),
    )


def _question(readings: tuple[ScaleProposal, ...]) -> str:
    how = readings[0].how
    return f"{how[0].upper()}{how[1:]}. Compare the depth with the console:"


def _depth(reading: ScaleProposal, area: PictureArea) -> str:
    return f"{reading.depth_mm(area):.0f} mm deep"
