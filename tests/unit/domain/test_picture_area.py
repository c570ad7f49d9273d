"""Areas and proposed scales that no picture has are refused, also in a record read from a file."""

import math

import pytest

from guidance_app.domain.picture_area import AreaShape, PictureArea
from guidance_app.domain.scale_proposal import ScaleProposal

BOX = (10, 20, 300, 200)
OUTLINE = ((10.0, 20.0), (300.0, 20.0), (155.0, 200.0))


@pytest.mark.parametrize(
    "box", [(300, 20, 10, 200), (10, 200, 300, 20), (-1, 20, 300, 200), (10, 20, 10**30, 200)]
)
def test_an_area_lies_in_a_picture(box: tuple[int, int, int, int]) -> None:
    assert PictureArea(*BOX, AreaShape.CURVED, OUTLINE).outline_px == OUTLINE
    with pytest.raises(ValueError, match="out of range"):
        PictureArea(*box, AreaShape.CURVED, OUTLINE)


@pytest.mark.parametrize("corner", [(math.nan, 0.0), (1e30, 0.0), (0.0, -math.inf)])
def test_an_outline_is_finite_and_encloses_something(corner: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="out of range"):
        PictureArea(*BOX, AreaShape.CURVED, (corner, *OUTLINE))
    with pytest.raises(ValueError, match="out of range"):
        PictureArea(*BOX, AreaShape.CURVED, OUTLINE * 1000)
    with pytest.raises(ValueError, match="out of range"):
        PictureArea(*BOX, AreaShape.CURVED, OUTLINE[:2])


@pytest.mark.parametrize(
    ("mm_per_px", "sigma_percent", "how"),
    [
        (-0.05, 0.1, "ruler"),
        (math.nan, 0.1, "ruler"),
        (5.0, 0.1, "ruler"),
        (0.05, -1.0, "ruler"),
        (0.05, 0.1, ""),
    ],
)
def test_a_proposed_scale_is_plausible_and_says_what_it_rests_on(
    mm_per_px: float, sigma_percent: float, how: str
) -> None:
    with pytest.raises(ValueError, match="out of range"):
        ScaleProposal(mm_per_px, sigma_percent, how)
