"""How near a tool came to targets, in the space of its reference."""

import numpy as np

from guidance_app.training.metrics import HIT_WITHIN_MM, Metric
from guidance_app.training.motion import Numbers, ToolMotion


def measure_targets(motion: ToolMotion, targets_mm: Numbers, last: int) -> tuple[Metric, ...]:
    """How many of the targets (n, 3) were hit; of a single one, by how much it was missed.

    `last` is the number of the pose that counts as the end.
    """
    hits = Metric("targets_hit", float(targets_hit(motion, targets_mm)), "1")
    if len(targets_mm) > 1:
        return (hits,)
    to_target = targets_mm[0] - motion.tips_mm[last]
    ahead_mm = float(to_target @ motion.axes[last])
    aside_mm = float(np.linalg.norm(to_target - ahead_mm * motion.axes[last]))
    return (
        Metric("final_tip_error", float(np.linalg.norm(to_target)), "mm"),
        Metric("line_miss", aside_mm, "mm"),
        Metric("depth_error", ahead_mm, "mm"),
        Metric("closest_tip_error", float(_away_mm(motion, targets_mm).min()), "mm"),
        hits,
    )


def targets_hit(motion: ToolMotion, targets_mm: Numbers, within_mm: float = HIT_WITHIN_MM) -> int:
    """To how many of these points (n, 3) the tip came nearer than that (Perk Tutor)."""
    return int((_away_mm(motion, targets_mm).min(0) < within_mm).sum())


def _away_mm(motion: ToolMotion, targets_mm: Numbers) -> Numbers:
    """(poses, targets)."""
    return np.asarray(np.linalg.norm(motion.tips_mm[:, None] - targets_mm, axis=2))
