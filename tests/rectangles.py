"""Areas as a linear probe leaves them."""

from guidance_app.domain.picture_area import AreaShape, PictureArea


def rectangle(left_px: int, top_px: int, right_px: int, bottom_px: int) -> PictureArea:
    """The upright rectangle between these edges."""
    left, top, right, bottom = map(float, (left_px, top_px, right_px, bottom_px))
    outline = ((left, top), (right, top), (right, bottom), (left, bottom))
    return PictureArea(left_px, top_px, right_px, bottom_px, AreaShape.LINEAR, outline)
