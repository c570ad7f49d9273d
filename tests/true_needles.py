"""A search that knows from a simulator what is where, in the place of one that looks."""

import math

from guidance_app.domain.needle import NeedleSight, SeenNeedle
from guidance_app.processing.needle.search import NOT_FOUND, Looked
from simulators.case import Truth
from simulators.pictures import Pictures


class TrueSearch:
    """Gives the true needle of each frame of a source that is read without a gap."""

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self.looked: list[Looked] = []

    def look(self, looked: Looked) -> NeedleSight:
        """The needle as it lies, its tip unseen where the simulator says that it is."""
        self.looked.append(looked)
        return true_sight(self._pictures.truth(looked.number))


def true_sight(truth: Truth) -> NeedleSight:
    """The needle of a frame's truth."""
    if truth.tip_px is None:
        return NeedleSight(None, NOT_FOUND)
    (x, y), (behind_x, behind_y) = truth.shaft_px[:2]
    angle = math.atan2(y - behind_y, x - behind_x)
    within = math.pi / 2 - (math.pi / 2 - angle) % math.pi
    far = truth.shaft_px[-1]
    needle = SeenNeedle(truth.tip_px, far, within, 2.0, 1.0, 0.005, 0.95)
    if truth.hidden:
        return NeedleSight(SeenNeedle(needle.tip_px, far, within, 9.0, 1.0, 0.005, 0.95, False))
    return NeedleSight(needle)
