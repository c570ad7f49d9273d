"""From what the searches of the pictures gave to the needle that guidance shows on one frame."""

import math
from dataclasses import dataclass, replace

from guidance_app.domain.calibration import PixelScale
from guidance_app.domain.commands import NeedleSought
from guidance_app.domain.correction import Correction, correct
from guidance_app.domain.guided_needle import GuidedNeedle, NeedleSource, NeedleState, PlaneState
from guidance_app.domain.needle import MOST_COASTED, NeedleSight, SeenNeedle
from guidance_app.domain.plan import Plan
from guidance_app.domain.prediction import direction, predict, tip_sigmas_mm
from guidance_app.domain.unseen_advance import UnseenAdvance, after

NOT_SEARCHED = "This picture was not searched."
LOST = "The needle was lost."

KEPT = 2
"""A replay says what is in a frame before it comes; the frame before is shown until then."""


@dataclass(frozen=True, slots=True)
class _Sought:
    sequence: int
    sight: NeedleSight
    advance: UnseenAdvance


@dataclass(frozen=True, slots=True)
class NeedleMemory:
    """What is remembered from one picture to the next."""

    sought: tuple[_Sought, ...] = ()
    """The newest last."""
    said: Correction | None = None
    """What was asked of the operator last."""


def remember(memory: NeedleMemory, command: NeedleSought) -> NeedleMemory:
    """The memory after one more picture was searched."""
    known = memory.sought[-1].advance if memory.sought else UnseenAdvance()
    known = after(known, command.sight) if command.searched else UnseenAdvance()
    newest = _Sought(command.sequence, command.sight, known)
    return replace(memory, sought=(*memory.sought[1 - KEPT :], newest))


def guide(
    memory: NeedleMemory, sequence: int, plan: Plan, scale: PixelScale | None
) -> tuple[NeedleMemory, GuidedNeedle | None]:
    """The needle in the frame of this number, and what is remembered then.

    None where no picture was ever searched. What another frame showed is not shown on this one.
    """
    if not memory.sought:
        return memory, None
    sought = next((one for one in memory.sought if one.sequence == sequence), None)
    if sought is None:
        unseen = memory.sought[-1].advance.is_so
        return memory, GuidedNeedle(
            NeedleSource.PICTURE, NeedleState.NONE, NOT_SEARCHED, advances_unseen=unseen
        )
    guided = _guided(sought, plan, scale, memory.said)
    return replace(memory, said=guided.correction), guided


def blanked(memory: NeedleMemory, reason: str) -> GuidedNeedle | None:
    """None is shown while guidance waits; None where no picture was ever searched."""
    if not memory.sought:
        return None
    return GuidedNeedle(NeedleSource.PICTURE, NeedleState.NONE, reason)


def _guided(
    sought: _Sought, plan: Plan, scale: PixelScale | None, said: Correction | None
) -> GuidedNeedle:
    needle, unseen = sought.sight.needle, sought.advance.is_so
    if needle is None or needle.coasted > MOST_COASTED:
        reason = sought.sight.reason or LOST
        return GuidedNeedle(NeedleSource.PICTURE, NeedleState.NONE, reason, advances_unseen=unseen)
    state = _state(needle)
    shown = GuidedNeedle(
        NeedleSource.PICTURE,
        state,
        needle=needle,
        plane=_plane(needle),
        to_plan_rad=_to_plan_rad(needle, plan, scale),
        advances_unseen=unseen,
    )
    if scale is not None:
        along_mm, across_mm = tip_sigmas_mm(needle, scale)
        shown = replace(shown, sigma_along_mm=along_mm, sigma_across_mm=across_mm)
    if not shown.has_tip or plan.target_px is None:
        return shown
    return replace(
        shown,
        path=predict(needle, plan.target_px, scale),
        correction=correct(needle, plan, scale, said),
    )


def _state(needle: SeenNeedle) -> NeedleState:
    if not needle.tip_visible:
        return NeedleState.TIP_NOT_VISIBLE
    return NeedleState.CARRIED_ON if needle.coasted else NeedleState.SEEN


def _plane(needle: SeenNeedle) -> PlaneState:
    if needle.fading:
        return PlaneState.FADING
    return PlaneState.UNKNOWN if needle.coasted else PlaneState.NEAR


def _to_plan_rad(needle: SeenNeedle, plan: Plan, scale: PixelScale | None) -> float | None:
    if plan.entry_px is None or plan.target_px is None:
        return None
    sizes = (scale.mm_per_px_x, scale.mm_per_px_y) if scale else (1.0, 1.0)
    x, y = direction(needle, *sizes)
    px = (plan.target_px[0] - plan.entry_px[0]) * sizes[0]
    py = (plan.target_px[1] - plan.entry_px[1]) * sizes[1]
    return math.atan2(px * y - py * x, px * x + py * y)
