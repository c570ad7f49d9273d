"""Figures of how a needle went through tissue.

The definitions are those of Perk Tutor, in own words; passes are ours. A step goes from one pose to
the next, and is in tissue where its end is.
"""

from dataclasses import dataclass

import numpy as np

from guidance_app.training.metrics import Metric, passes
from guidance_app.training.motion import Numbers, ToolMotion, Truths
from guidance_app.training.motion_metrics import steps_mm, steps_s
from guidance_app.training.tissue import Solid

BESIDE_TIP_MM = 1.0
"""Along the axis to both sides of the tip: all within is a puncture, all without ends it."""
SHAFT_MM = 300.0
"""Back along the axis from the tip: so far the skin is looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class NeedleInTissue:
    """A needle's motion, and where it was in tissue."""

    motion: ToolMotion
    within: Truths
    """(n,): whether the tip was."""
    depth_mm: Numbers
    """(n,): from the tip back along the shaft to the skin; 0 while the tip is not in tissue, not a
    number where no skin lies behind it."""
    pierced: int
    """How often the needle went in."""

    @property
    def skin_mm(self) -> Numbers:
        """(n, 3): where the shaft comes out; has a meaning in tissue only."""
        return self.motion.tips_mm - self.depth_mm[:, None] * self.motion.axes


def in_tissue(motion: ToolMotion, tissue: Solid) -> NeedleInTissue:
    """Find out where it was in tissue; the costly part, done once."""
    along = BESIDE_TIP_MM * motion.axes
    points = np.stack([motion.tips_mm, motion.tips_mm - along, motion.tips_mm + along])
    held = tissue.holds(points.reshape(-1, 3)).reshape(3, -1)
    depth_mm = np.zeros(len(motion.poses))
    tips, back = motion.tips_mm[held[0]], -motion.axes[held[0]]
    out_mm = tissue.leaves_at(tips, back)
    depth_mm[held[0]] = np.where(out_mm <= SHAFT_MM, out_mm, np.nan)
    whole, none = np.logical_and.reduce(held), ~np.logical_or.reduce(held)
    return NeedleInTissue(motion, held[0], depth_mm, _counted(whole, none))


def measure_in_tissue(needle: NeedleInTissue) -> tuple[Metric, ...]:
    """All of them."""
    return (
        Metric("path_in_tissue", path_in_tissue_mm(needle), "mm"),
        Metric("time_in_tissue", time_in_tissue_s(needle), "s"),
        Metric("tissue_damage", tissue_damage_mm2(needle), "mm^2"),
        Metric("punctures", float(needle.pierced), "1"),
        Metric("passes", float(passes(needle.depth_mm[~np.isnan(needle.depth_mm)])), "1"),
        Metric("deepest", _deepest_mm(needle), "mm"),
    )


def path_in_tissue_mm(needle: NeedleInTissue) -> float:
    """Of the steps in tissue, whole: none is cut at the skin."""
    return float(steps_mm(needle.motion)[needle.within[1:]].sum())


def time_in_tissue_s(needle: NeedleInTissue) -> float:
    """Of the steps in tissue."""
    return float(steps_s(needle.motion)[needle.within[1:]].sum())


def tissue_damage_mm2(needle: NeedleInTissue) -> float:
    """Area that the shaft sweeps sideways in tissue: potential tissue damage.

    Of each step with both ends in tissue, two triangles between the tips and where the shaft comes
    out of the skin.
    """
    tips, skin = needle.motion.tips_mm, needle.skin_mm
    known = needle.within & ~np.isnan(needle.depth_mm)
    both = known[1:] & known[:-1]
    now, before, out_now = tips[1:][both], tips[:-1][both], skin[1:][both]
    swept = _areas(now, out_now, before) + _areas(before, out_now, skin[:-1][both])
    return float(swept.sum())


def _deepest_mm(needle: NeedleInTissue) -> float:
    return float(np.nan_to_num(needle.depth_mm).max())


def _areas(one: Numbers, other: Numbers, third: Numbers) -> Numbers:
    return np.asarray(np.linalg.norm(np.cross(other - one, third - one), axis=1) / 2.0)


def _counted(begins: Truths, ends: Truths) -> int:
    """How often something begins that did not go on already."""
    marks = begins.astype(np.int8) - ends.astype(np.int8)
    turns = np.concatenate([[-1], marks[marks != 0]])
    return int(((turns[1:] == 1) & (turns[:-1] == -1)).sum())
