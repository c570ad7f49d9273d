"""All figures of how one tool moved."""

from guidance_app.training.metrics import Metric
from guidance_app.training.motion import ToolMotion
from guidance_app.training.motion_metrics import (
    depth_motion_mm,
    elapsed_s,
    idle_s,
    inefficiency_percent,
    jerk,
    lateral_motion_mm,
    mean_speed_mm_s,
    path_mm,
    rotation_deg,
    rotational_actions,
    spread_mm,
    translational_actions,
)


def measure_motion(motion: ToolMotion) -> tuple[Metric, ...]:
    """Those that need nothing but the motion."""
    return (
        Metric("elapsed", elapsed_s(motion), "s"),
        Metric("path", path_mm(motion), "mm"),
        Metric("path_inefficiency", inefficiency_percent(motion), "%"),
        Metric("depth_motion", depth_motion_mm(motion), "mm"),
        Metric("lateral_motion", lateral_motion_mm(motion), "mm"),
        Metric("rotation", rotation_deg(motion), "deg"),
        Metric("translational_actions", float(translational_actions(motion)), "1"),
        Metric("rotational_actions", float(rotational_actions(motion)), "1"),
        Metric("mean_speed", mean_speed_mm_s(motion), "mm/s"),
        Metric("idle_time", idle_s(motion), "s"),
        Metric("spread", spread_mm(motion), "mm"),
        Metric("jerk", jerk(motion), "mm/s^2.5"),
    )


def measure_probe(probe: ToolMotion) -> tuple[Metric, ...]:
    """Those of a probe beside a needle."""
    return (
        Metric("probe_path", path_mm(probe), "mm"),
        Metric("probe_rotation", rotation_deg(probe), "deg"),
    )
