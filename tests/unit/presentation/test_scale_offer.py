"""What is asked about a scale that was found, and when nothing is asked."""

from dataclasses import replace

import pytest
from rectangles import rectangle

from drivers.api.samples import PictureGeometry, PixelFormat
from guidance_app.domain.scale_proposal import ScaleProposal, confirmed_scale
from guidance_app.presentation.primitives import Line
from guidance_app.presentation.scale_offer import scale_offer
from guidance_app.processing.state import PipelineState

AREA = rectangle(100, 50, 499, 649)
READING = ScaleProposal(0.05, 0.1, "ruler found")
DOUBLE = replace(READING, mm_per_px=0.1)


def state(*proposals: ScaleProposal) -> PipelineState:
    return PipelineState(area=AREA, proposals=proposals)


def test_a_reading_is_worded_by_the_depth_that_the_console_shows_too() -> None:
    offer = scale_offer(state(READING))
    assert offer is not None
    assert offer.question == "Ruler found. Compare the depth with the console:"
    assert offer.answers == ("30 mm deep",)


def test_three_readings_are_offered_the_likeliest_first_and_no_fourth() -> None:
    more = [replace(READING, mm_per_px=mm_per_px) for mm_per_px in (0.2, 0.25)]
    offer = scale_offer(state(READING, DOUBLE, *more))
    assert offer is not None
    assert offer.answers == ("30 mm deep", "60 mm deep", "120 mm deep")


def test_what_was_found_is_drawn_around_the_picture() -> None:
    offer = scale_offer(state(READING))
    assert offer is not None
    (outline,) = offer.sketch
    assert isinstance(outline, Line)
    assert outline.closed
    assert outline.points == ((100, 50), (499, 50), (499, 649), (100, 649))


SCALE = confirmed_scale(READING, AREA, PictureGeometry(800, 700, PixelFormat.GRAY8))


@pytest.mark.parametrize(
    "nothing",
    [state(), replace(state(READING), area=None), replace(state(READING), scale=SCALE)],
    ids=["no ruler", "no area", "a scale holds"],
)
def test_without_a_finding_or_with_a_scale_nothing_is_offered(nothing: PipelineState) -> None:
    assert scale_offer(nothing) is None
