"""The buttons that the checklist keeps shut: guidance, and the mark of an injection."""

from dataclasses import replace

from drivers.api.samples import Origin
from guidance_app.domain.checklist import Checklist
from guidance_app.domain.plan import Plan
from guidance_app.domain.sign_off import guidance_refusal, injection_refusal
from guidance_app.domain.snapshot import GuidanceMode, GuidanceSnapshot, TruthState
from guidance_app.presentation.view import GuidanceButton
from guidance_app.processing.state import PipelineState

INJECTION = "Injection"


def guidance_button(snapshot: GuidanceSnapshot, state: PipelineState) -> GuidanceButton:
    """The guidance switch, and whether an emergency may be declared beside it."""
    if is_replay(snapshot):
        return GuidanceButton("Guidance as recorded", False, "A recording is playing.")
    if state.checklist is None:
        return GuidanceButton("Set up procedure", True, "Guidance needs one, with its checklist.")
    declarable = state.checklist.emergency is None and not state.checklist.closed
    return replace(_switch(snapshot, state.checklist, state.plan), emergency=declarable)


def _switch(snapshot: GuidanceSnapshot, checklist: Checklist, plan: Plan) -> GuidanceButton:
    mode = snapshot.guidance.mode
    if mode is GuidanceMode.CONFIRM:
        live = snapshot.truth.state is TruthState.LIVE
        reason = snapshot.guidance.reason if live else "Possible when it is live again."
        return GuidanceButton("Confirm plan", live, reason)
    if mode is not GuidanceMode.OFF:
        reason = snapshot.guidance.reason or "Guidance is on."
        return GuidanceButton("Stop guidance", True, reason, on=True)
    refusal = guidance_refusal(checklist) or _not_placed(plan)
    return GuidanceButton("Start guidance", not refusal, refusal)


def injection_button(snapshot: GuidanceSnapshot, state: PipelineState) -> GuidanceButton | None:
    """Marks that an injection begins; its reason is empty where that of the switch says it all."""
    checklist = state.checklist
    if checklist is None:
        return None
    refusal = injection_refusal(checklist)
    if is_replay(snapshot) or guidance_refusal(checklist) is not None:
        return GuidanceButton(INJECTION, False, "")
    reason = f"Injection: {refusal[0].lower()}{refusal[1:]}" if refusal else ""
    return GuidanceButton(INJECTION, refusal is None, reason)


def is_replay(snapshot: GuidanceSnapshot) -> bool:
    """Whether the picture comes from a recording, in which nothing can be changed."""
    return snapshot.frame is not None and snapshot.frame.origin is Origin.REPLAY


def _not_placed(plan: Plan) -> str:
    placed = plan.target_px is not None and plan.entry_px is not None
    return "" if placed else "Place target and entry first."
