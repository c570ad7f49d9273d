"""Figures of a needle beside the image plane of a probe, both tracked in one reference.

The image plane goes through the probe's origin, along its own x and y: its own z axis is the
normal. Where the recording says how the image lies in the probe (ImageToProbe), the plane goes
through the image's origin along the image's x and y. What counts as in plane is ours.
"""

from dataclasses import dataclass

import numpy as np

from guidance_app.training.metrics import IN_PLANE_MM, IN_PLANE_RAD, Metric
from guidance_app.training.motion import Numbers, Truths
from guidance_app.training.motion_metrics import along_mm, steps_s
from guidance_app.training.tissue_metrics import NeedleInTissue


@dataclass(frozen=True, slots=True, eq=False)
class ImagePlanes:
    """Where the image plane was at each pose of a needle."""

    origins_mm: Numbers
    """(n, 3): a point of it; not a number where the probe was not followed yet."""
    normals: Numbers
    """(n, 3): unit vectors at right angles to it."""


def image_planes(probe_poses: Numbers, image_to_probe: Numbers) -> ImagePlanes:
    """From poses (n, 4, 4) of a probe, and how the image lies in it (4, 4), scale and all."""
    image = probe_poses @ image_to_probe
    normals = np.cross(image[:, :3, 0], image[:, :3, 1])
    return ImagePlanes(image[:, :3, 3], normals / np.linalg.norm(normals, axis=1)[:, None])


def measure_beside_plane(needle: NeedleInTissue, planes: ImagePlanes) -> tuple[Metric, ...]:
    """All of them, of the needle in tissue."""
    beside_mm, angle_rad = beside_plane_mm(needle, planes), angle_to_plane_rad(needle, planes)
    seconds = steps_s(needle.motion)
    forward_mm = np.maximum(along_mm(needle.motion), 0.0)
    known = needle.within[1:] & ~np.isnan(beside_mm[1:])
    in_plane = (beside_mm <= IN_PLANE_MM) & (angle_rad <= IN_PLANE_RAD)
    return (
        Metric("needle_plane_distance", _mean(beside_mm[1:], seconds, known), "mm"),
        Metric("needle_plane_distance_max", _largest(beside_mm[1:][known]), "mm"),
        Metric("needle_plane_angle", _mean(np.degrees(angle_rad[1:]), seconds, known), "deg"),
        Metric("in_plane_share", _mean(100.0 * in_plane[1:], forward_mm, known), "%"),
    )


def beside_plane_mm(needle: NeedleInTissue, planes: ImagePlanes) -> Numbers:
    """(n,): largest distance of the shaft in tissue from the plane; it is at one of its ends."""
    ends = np.stack([needle.motion.tips_mm, needle.skin_mm])
    return np.asarray(np.abs(((ends - planes.origins_mm) * planes.normals).sum(2)).max(0))


def angle_to_plane_rad(needle: NeedleInTissue, planes: ImagePlanes) -> Numbers:
    """(n,): between the needle and the plane, 0 to pi/2."""
    across = np.abs((needle.motion.axes * planes.normals).sum(1))
    return np.asarray(np.arcsin(np.clip(across, 0.0, 1.0)))


def _mean(values: Numbers, weights: Numbers, known: Truths) -> float | None:
    total = float(weights[known].sum())
    return float((values * weights)[known].sum()) / total if total > 0.0 else None


def _largest(values: Numbers) -> float | None:
    return float(values.max()) if values.size else None
