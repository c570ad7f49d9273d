"""The buttons that the checklist keeps shut, and what they say of it."""

from dataclasses import replace

from drivers.api.samples import Origin, PictureGeometry, PixelFormat, Stamp
from guidance_app.domain.checklist import (
    Checklist,
    ChecklistEntry,
    ChecklistItem,
    ChecklistTemplate,
    Emergency,
    Level,
    Mark,
    Phase,
    mark_item,
)
from guidance_app.domain.people import Person, Role
from guidance_app.domain.plan import Plan
from guidance_app.domain.snapshot import (
    FrameFacts,
    Guidance,
    GuidanceMode,
    GuidanceSnapshot,
    Truth,
    TruthState,
)
from guidance_app.presentation.gate_buttons import guidance_button, injection_button
from guidance_app.presentation.view import GuidanceButton
from guidance_app.processing.state import PipelineState

GEOMETRY = PictureGeometry(640, 480, PixelFormat.GRAY8)
OPERATOR = Person("OP-01", Role.OPERATOR)
NOW = "2026-11-26T09:14:00+00:00"
ITEMS = (
    ChecklistItem("side", Phase.PRE, "Side", "O", (), Level.HARD, "", (Role.OPERATOR,)),
    ChecklistItem("tip", Phase.INTRA, "See tip", "O", (), Level.SOFT, "", (Role.OPERATOR,), True),
)
SHUT = Checklist(ChecklistTemplate("knee", "Knee injection", "1", "0" * 64, ITEMS))


def settled(checklist: Checklist, *ids: str) -> Checklist:
    for id_ in ids:
        checklist = mark_item(checklist, ChecklistEntry(id_, Mark.DONE, OPERATOR, NOW))
    return checklist


OPEN = settled(SHUT, "side")
READY = settled(OPEN, "tip")


def snapshot(mode: GuidanceMode, origin: Origin = Origin.DEVICE) -> GuidanceSnapshot:
    return GuidanceSnapshot(
        index=0,
        evaluated_ns=10,
        valid_until_ns=100,
        frames_seen=1,
        truth=Truth(TruthState.LIVE, ""),
        guidance=Guidance(mode),
        frame=FrameFacts(0, Stamp(0, 2), GEOMETRY, origin, (), True),
        plan_shown=True,
        scale=None,
        plan=Plan(),
        measures=None,
    )


def injection(
    checklist: Checklist | None,
    mode: GuidanceMode = GuidanceMode.ON,
    origin: Origin = Origin.DEVICE,
) -> GuidanceButton | None:
    return injection_button(snapshot(mode, origin), PipelineState(checklist=checklist))


def test_without_a_checklist_there_is_no_mark_of_an_injection() -> None:
    assert injection(None) is None


def test_behind_a_shut_gate_the_switch_says_why_for_both() -> None:
    assert injection(SHUT, GuidanceMode.OFF) == GuidanceButton("Injection", False, "")
    switch = guidance_button(snapshot(GuidanceMode.OFF), PipelineState(checklist=SHUT))
    assert switch.reason == "Guidance stays off: 1 item open before it, next side “Side”."
    assert switch.emergency


def test_the_injection_waits_for_what_must_come_before_it_and_says_for_what() -> None:
    reason = "Injection: not before tip “See tip” is settled."
    assert injection(OPEN) == GuidanceButton("Injection", False, reason)
    assert injection(READY) == GuidanceButton("Injection", True, "")


def test_an_emergency_opens_it() -> None:
    declared = replace(SHUT, emergency=Emergency(OPERATOR, NOW, "bleeding"))
    assert injection(declared) == GuidanceButton("Injection", True, "")


def test_nothing_is_marked_in_a_recording_or_a_closed_record() -> None:
    assert injection(READY, origin=Origin.REPLAY) == GuidanceButton("Injection", False, "")
    closed = replace(READY, closed=True)
    assert injection(closed, GuidanceMode.OFF) == GuidanceButton("Injection", False, "")
    switch = guidance_button(snapshot(GuidanceMode.OFF), PipelineState(checklist=closed))
    assert switch == GuidanceButton(
        "Start guidance", False, "The record is closed. Start the next procedure."
    )
