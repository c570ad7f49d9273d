"""How an attempt went, in figures whose definitions are stated.

The definitions are those of Perk Tutor's metrics and of the papers named beside them; where the
literature gives no number the threshold is ours and says so. Poses are paired frame by frame, as
the simulator wrote them: "raw". Ways are measured on positions that are averaged over a third of a
second, so that tremor, which nobody can help, makes none.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from guidance_app.training.attempt import Attempt, Numbers

HIT_WITHIN_MM = 3.0
"""A target counts as reached within this (Perk Tutor)."""
IN_PLANE_MM, IN_PLANE_RAD = 1.0, np.radians(5.0)
"""The shaft lies in the image plane within these; ours."""
WITHDRAWN_MM, ADVANCED_MM = 10.0, 5.0
"""A new pass begins when the needle was drawn back and brought forward again so far; ours."""

CALM_FRAMES = 5
"""To either side of one, over which its position is averaged; ours."""

Share: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure."""

    name: str
    value: float | None
    """None where it has no meaning, as a share of nothing."""
    unit: str
    version: int = 1
    """Of its definition."""


def measure(attempt: Attempt) -> tuple[Metric, ...]:
    """All figures of an attempt."""
    final_mm, closest_mm = _from_target_mm(attempt)
    advance_mm = _advance_mm(attempt)
    in_plane = (attempt.beside_mm <= IN_PLANE_MM) & (attempt.angle_rad <= IN_PLANE_RAD)
    return (
        Metric("final_tip_error", final_mm, "mm"),
        Metric("closest_tip_error", closest_mm, "mm"),
        Metric("target_reached", float(closest_mm < HIT_WITHIN_MM), "1"),
        Metric("structures_hit", float(len(structures_hit(attempt))), "1"),
        Metric("punctures", float(_punctures(attempt)), "1"),
        Metric("passes", float(passes(attempt.depth_mm)), "1"),
        Metric("tip_visible_share", _share(advance_mm, attempt.visible), "%"),
        Metric("advance_unseen", float(advance_mm[~attempt.visible].sum()), "mm"),
        Metric("in_plane_share", _share(advance_mm, in_plane), "%"),
        Metric("elapsed", float(attempt.t_s[-1] - attempt.t_s[0]), "s"),
        Metric("time_in_tissue", _time_in_tissue_s(attempt), "s"),
        Metric("path_in_tissue", float(_steps_mm(_calmed(attempt.tip_mm)).sum()), "mm"),
        Metric("probe_path", float(_steps_mm(_calmed(attempt.probe_mm)).sum()), "mm"),
    )


def structures_hit(attempt: Attempt) -> tuple[str, ...]:
    """Names of what had to be spared and was met, in the order in which it was."""
    return tuple(dict.fromkeys(name for names in attempt.hit for name in names))


def _from_target_mm(attempt: Attempt) -> tuple[float, float]:
    """Of the tip: where the needle was last, and at its nearest (final tip error)."""
    away_mm = np.linalg.norm(attempt.tip_mm - attempt.target_mm, axis=1)
    known = away_mm[attempt.inside]
    return float(known[-1]), float(known.min())


def _steps_mm(points: Numbers) -> Numbers:
    """Length of each step of which both ends are known."""
    return np.asarray(np.nan_to_num(np.linalg.norm(np.diff(points, axis=0), axis=1)))


def _time_in_tissue_s(attempt: Attempt) -> float:
    """Of the steps whose end is in tissue."""
    return float(np.diff(attempt.t_s)[attempt.inside[1:]].sum())


def _advance_mm(attempt: Attempt) -> Numbers:
    """How far the needle came forward on the way to each frame; 0 where it did not."""
    depth_mm = np.where(attempt.inside, attempt.depth_mm, np.nan)[:, None]
    calm_mm = np.nan_to_num(_calmed(depth_mm))[:, 0]
    forward = np.diff(calm_mm, prepend=calm_mm[:1])
    return np.asarray(np.maximum(forward, 0.0))


def _calmed(points: Numbers) -> Numbers:
    """Points (n, k) averaged over their neighbours; at the ends of what is known over fewer."""
    known = ~np.isnan(points[:, 0])
    borders = np.flatnonzero(np.diff(known.astype(int), prepend=0, append=0))
    calm = np.full_like(points, np.nan)
    for first, end in borders.reshape(-1, 2).tolist():
        calm[first:end] = _averaged(points[first:end])
    return calm


def _averaged(run: Numbers) -> Numbers:
    place = np.arange(len(run))
    reach = np.minimum(CALM_FRAMES, np.minimum(place, place[::-1]))
    sums = np.vstack([np.zeros((1, run.shape[1])), np.cumsum(run, axis=0)])
    return np.asarray((sums[place + reach + 1] - sums[place - reach]) / (2 * reach + 1)[:, None])


def _share(of_mm: Numbers, where: Share) -> float | None:
    """Per cent of an advance."""
    total = float(of_mm.sum())
    return None if total == 0.0 else 100.0 * float(of_mm[where].sum()) / total


def _punctures(attempt: Attempt) -> int:
    """How often the skin was gone through."""
    inside = attempt.inside
    return int(inside[0]) + int((inside[1:] & ~inside[:-1]).sum())


def passes(depth_mm: Numbers) -> int:
    """How often the needle was brought forward; drawing it back a little begins no new pass."""
    begun, deepest_mm, back_at_mm = 1, 0.0, 0.0
    for depth in depth_mm.tolist():
        if deepest_mm - back_at_mm >= WITHDRAWN_MM and depth - back_at_mm >= ADVANCED_MM:
            begun, deepest_mm, back_at_mm = begun + 1, depth, depth
        elif depth > deepest_mm:
            deepest_mm, back_at_mm = depth, depth
        else:
            back_at_mm = min(back_at_mm, depth)
    return begun
