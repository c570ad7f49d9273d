"""The columns of a snapshot: what was known of picture, plan and needle, with its sigmas.

Points are in Image space: pixels, origin at the centre of the top-left pixel, x right, y down.
Angles are in degrees; sigmas are 1 sigma.
"""

import math
from collections.abc import Callable, Iterator
from typing import TypeAlias

from guidance_app.domain.calibration import PixelScale, Point
from guidance_app.domain.correction import Correction
from guidance_app.domain.guided_needle import GuidedNeedle
from guidance_app.domain.needle import SeenNeedle
from guidance_app.domain.snapshot import GuidanceSnapshot
from guidance_app.domain.trajectory import Measured, PlanMeasures
from guidance_app.exporting.table_columns import Column, number, text, whole, yes_no

Shot: TypeAlias = GuidanceSnapshot
Part: TypeAlias = Callable[[Shot], Point | None]


def _of_scale(name: str, read: Callable[[PixelScale], float]) -> Column[Shot]:
    return number(name, lambda shot: read(shot.scale) if shot.scale else None)


def _point(name: str, read: Part) -> Iterator[Column[Shot]]:
    for axis, letter in enumerate("xy"):
        yield number(f"{name}_{letter}_px", _axis(read, axis))


def _axis(read: Part, axis: int) -> Callable[[Shot], float | None]:
    def coordinate(shot: Shot) -> float | None:
        point = read(shot)
        return None if point is None else point[axis]

    return coordinate


def _seen(shot: Shot) -> SeenNeedle | None:
    return shot.needle.needle if shot.needle else None


def _of_seen(name: str, read: Callable[[SeenNeedle], float]) -> Column[Shot]:
    return number(name, lambda shot: read(seen) if (seen := _seen(shot)) else None)


def _of_needle(name: str, read: Callable[[GuidedNeedle], float | None]) -> Column[Shot]:
    return number(name, lambda shot: read(shot.needle) if shot.needle else None)


def _distance(name: str, read: Callable[[PlanMeasures], Measured | None]) -> Iterator[Column[Shot]]:
    def measured(shot: Shot) -> Measured | None:
        return read(shot.measures) if shot.measures else None

    yield number(f"{name}_mm", lambda shot: found.mm if (found := measured(shot)) else None)
    yield number(
        f"{name}_sigma_mm", lambda shot: found.sigma_mm if (found := measured(shot)) else None
    )


def _correction(shot: Shot) -> Correction | None:
    return shot.needle.correction if shot.needle else None


def _degrees(angle_rad: float | None) -> float | None:
    return None if angle_rad is None else math.degrees(angle_rad)


def _predicted_mm(needle: GuidedNeedle) -> float | None:
    return needle.path.length_mm if needle.path else None


def _depth_from(shot: Shot) -> str | None:
    return shot.measures.depth_from if shot.measures else None


PICTURE: tuple[Column[Shot], ...] = (
    whole("index", lambda shot: shot.index),
    whole("evaluated_ns", lambda shot: shot.evaluated_ns),
    whole("valid_until_ns", lambda shot: shot.valid_until_ns),
    whole("frames_seen", lambda shot: shot.frames_seen),
    whole("frame", lambda shot: shot.frame.number if shot.frame else None),
    text("truth_state", lambda shot: shot.truth.state),
    text("truth_cause", lambda shot: shot.truth.cause),
    yes_no("ended", lambda shot: shot.truth.ended),
    whole("frame_age_ns", lambda shot: shot.truth.frame_age_ns),
    whole("content_age_ns", lambda shot: shot.truth.content_age_ns),
    number("rate_hz", lambda shot: shot.truth.rate_hz),
    number("unique_rate_hz", lambda shot: shot.truth.unique_rate_hz),
    text("guidance_mode", lambda shot: shot.guidance.mode),
    yes_no("held", lambda shot: shot.held),
    yes_no("plan_shown", lambda shot: shot.plan_shown),
)

PLAN: tuple[Column[Shot], ...] = (
    _of_scale("mm_per_px_x", lambda scale: scale.mm_per_px_x),
    _of_scale("mm_per_px_y", lambda scale: scale.mm_per_px_y),
    _of_scale("scale_sigma_percent", lambda scale: scale.sigma_percent),
    *_point("target", lambda shot: shot.plan.target_px),
    *_point("entry", lambda shot: shot.plan.entry_px),
    *_point("marked_tip", lambda shot: shot.plan.tip.point_px if shot.plan.tip else None),
    number("corridor_mm", lambda shot: shot.plan.corridor_mm),
    *_distance("depth", lambda measures: measures.depth),
    text("depth_from", _depth_from),
    *_distance("length", lambda measures: measures.length),
    number("angle_deg", lambda shot: _degrees(shot.measures.angle_rad) if shot.measures else None),
    *_distance("to_target", lambda measures: measures.to_target),
    *_distance("remaining", lambda measures: measures.remaining),
    *_distance("lateral", lambda measures: measures.lateral),
    *_distance("no_go", lambda measures: measures.no_go_distance),
    yes_no("tip_seen", lambda shot: shot.measures.tip_seen if shot.measures else None),
    text("violations", lambda shot: "; ".join(shot.measures.violations) if shot.measures else None),
)

NEEDLE: tuple[Column[Shot], ...] = (
    text("needle_source", lambda shot: shot.needle.source if shot.needle else None),
    text("needle_state", lambda shot: shot.needle.state if shot.needle else None),
    text("needle_plane", lambda shot: shot.needle.plane if shot.needle else None),
    *_point("needle_tip", lambda shot: seen.tip_px if (seen := _seen(shot)) else None),
    *_point("needle_far", lambda shot: seen.far_px if (seen := _seen(shot)) else None),
    _of_seen("needle_angle_deg", lambda seen: math.degrees(seen.angle_rad)),
    _of_seen("needle_sigma_angle_deg", lambda seen: math.degrees(seen.sigma_angle_rad)),
    _of_seen("needle_sigma_along_px", lambda seen: seen.sigma_along_px),
    _of_seen("needle_sigma_across_px", lambda seen: seen.sigma_across_px),
    _of_needle("needle_sigma_along_mm", lambda needle: needle.sigma_along_mm),
    _of_needle("needle_sigma_across_mm", lambda needle: needle.sigma_across_mm),
    _of_seen("needle_confidence", lambda seen: seen.confidence),
    yes_no("needle_tip_visible", lambda shot: s.tip_visible if (s := _seen(shot)) else None),
    whole("needle_carried_on_frames", lambda shot: s.coasted if (s := _seen(shot)) else None),
    yes_no("needle_fading", lambda shot: s.fading if (s := _seen(shot)) else None),
    yes_no("advances_unseen", lambda shot: shot.needle.advances_unseen if shot.needle else None),
    _of_needle("needle_to_plan_deg", lambda needle: _degrees(needle.to_plan_rad)),
    _of_needle("predicted_length_mm", _predicted_mm),
    text("task", lambda shot: asked.task if (asked := _correction(shot)) else None),
    number("task_along_mm", lambda shot: asked.along_mm if (asked := _correction(shot)) else None),
    number("task_turn_deg", lambda shot: asked.turn_deg if (asked := _correction(shot)) else None),
    text("task_turn", lambda shot: asked.turn if (asked := _correction(shot)) else None),
    number("off_path_mm", lambda shot: asked.off_path_mm if (asked := _correction(shot)) else None),
    text("off_path_side", lambda shot: asked.side if (asked := _correction(shot)) else None),
)

SNAPSHOT_COLUMNS = (*PICTURE, *PLAN, *NEEDLE)
