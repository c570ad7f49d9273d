"""The pure core of the pipeline: state and inputs to the next state and a snapshot.

No thread, no clock, no device: times are handed in, so that the same inputs give equal
snapshots, live and in stepped replay.
"""

from dataclasses import replace

from drivers.api.samples import PictureGeometry
from guidance_app.domain.calibration import PixelScale, region_at, scale_from_region
from guidance_app.domain.checklist import ChecklistRefused
from guidance_app.domain.commands import (
    Command,
    DoseReceived,
    EmergencyDeclared,
    GuidanceConfirmed,
    GuidanceSwitched,
    ItemMarked,
    LayoutFound,
    LayoutLost,
    ModalitySet,
    MomentKind,
    MomentMarked,
    NeedleSought,
    OverlayHidden,
    PhaseSigned,
    PictureHeld,
    PictureMirrored,
    PlanChanged,
    ProcedureStarted,
    RecordClosed,
    ScaleSet,
    SourceFailed,
    SourceOpened,
)
from guidance_app.domain.guided_needle import GuidedNeedle
from guidance_app.domain.plan import Plan
from guidance_app.domain.sign_off import (
    ChecklistCommand,
    begin_checklist,
    checklist_after,
    guidance_refusal,
    injection_refusal,
)
from guidance_app.domain.snapshot import (
    FrameFacts,
    Guidance,
    GuidanceMode,
    GuidanceSnapshot,
    Truth,
    TruthState,
)
from guidance_app.domain.stated_rate import stated_rate_hz
from guidance_app.domain.stored_image import stored_image
from guidance_app.domain.trajectory import measure
from guidance_app.processing.area import watch
from guidance_app.processing.needle_guide import NeedleMemory, blanked, guide, remember
from guidance_app.processing.state import CommandRefused, PipelineState
from guidance_app.processing.truth import Arrivals, judge, live_until_ns

OTHER_LAYOUT = "The console shows another depth or layout: scale and plan are gone."
OTHER_SIZE = "The picture has another size: scale and plan are gone."
MIRRORED = "The console shows the picture mirrored"
UPSIDE_DOWN = "The console shows the picture upside down"


def apply_command(
    state: PipelineState, command: Command, arrivals: Arrivals, now_ns: int
) -> PipelineState:
    """The state after a command; raises CommandRefused and changes nothing when it may not be."""
    match command:
        case SourceOpened() | SourceFailed() | DoseReceived():
            return _follow_source(state, command)
        case ProcedureStarted():
            return _start(state, command)
        case PlanChanged(plan, number):
            _require_same_picture(plan.geometry, number, state, arrivals)
            return _change_plan(state, plan, arrivals, now_ns)
        case ScaleSet(scale, _, number):
            _require_same_picture(scale.geometry if scale else None, number, state, arrivals)
            return replace(state, scale=scale, dropped="")
        case PictureMirrored() | NeedleSought() | LayoutFound() | LayoutLost():
            return _follow_picture(state, command, arrivals)
        case ModalitySet(modality):
            return replace(state, modality=modality)
        case OverlayHidden():
            return state
        case PictureHeld(held):
            return _hold(state, held, arrivals, now_ns)
        case GuidanceSwitched(on):
            return _switch(state, on, arrivals, now_ns)
        case GuidanceConfirmed():
            _require_live(state, arrivals, now_ns)
            return replace(state, must_confirm=False)
        case ItemMarked() | PhaseSigned() | EmergencyDeclared() | RecordClosed():
            return _change_checklist(state, command)
        case MomentMarked(_, _, kind):
            return _mark(state, kind, arrivals, now_ns)


def evaluate(
    state: PipelineState, arrivals: Arrivals, index: int, now_ns: int
) -> tuple[PipelineState, GuidanceSnapshot]:
    """The state and the snapshot at host time `now_ns`, after the frames in `arrivals`."""
    state = _fit_to_picture(state, arrivals.last)
    if state.watch is not None:
        state = replace(state, watch=state.watch.after(arrivals.cells_new_ns))
    truth = _judge(state, arrivals, now_ns)
    state = _note_loss(state, truth)
    frame = state.held or arrivals.last
    scale = _scale(state, frame)
    shown, guidance = _plan_shown(state, truth), _guidance(state, truth)
    state, needle = _guide(state, guidance, frame, scale)
    return state, GuidanceSnapshot(
        index=index,
        evaluated_ns=now_ns,
        valid_until_ns=live_until_ns(arrivals, state.modality, state.watch),
        frames_seen=arrivals.count,
        truth=truth,
        guidance=guidance,
        frame=frame,
        held=state.held is not None,
        plan_shown=shown,
        dropped=state.dropped,
        scale=scale,
        plan=state.plan,
        measures=measure(state.plan, scale, now_ns, needle.needle if needle else None)
        if shown and scale
        else None,
        needle=needle,
    )


def _guide(
    state: PipelineState, guidance: Guidance, frame: FrameFacts | None, scale: PixelScale | None
) -> tuple[PipelineState, GuidedNeedle | None]:
    """The needle of the newest frame while guidance is on, and why none is shown while it waits."""
    if guidance.mode is GuidanceMode.OFF or frame is None:
        return state, None
    if guidance.mode is not GuidanceMode.ON:
        return state, blanked(state.needle, guidance.reason)
    memory, needle = guide(state.needle, frame.stamp.sequence, state.plan, scale)
    return replace(state, needle=memory), needle


def _judge(state: PipelineState, arrivals: Arrivals, now_ns: int) -> Truth:
    truth = judge(
        arrivals,
        now_ns,
        still=state.source is not None and state.source.still,
        fault=state.source_fault,
        modality=state.modality,
        watch=state.watch,
        stated_rate_hz=stated_rate_hz(state.source) if state.source else None,
    )
    return replace(truth, ended=True) if state.source_ended else truth


def _note_loss(state: PipelineState, truth: Truth) -> PipelineState:
    still = state.source is not None and state.source.still
    gone = truth.state in (TruthState.FROZEN, TruthState.LOST) and not still
    if gone and not state.must_confirm and (state.plan != Plan() or state.switched_on):
        return replace(state, must_confirm=True)
    return state


def _fit_to_picture(state: PipelineState, newest: FrameFacts | None) -> PipelineState:
    """A change of size or format drops scale, plan, hold and guidance in the same frame."""
    if newest is None:
        return state
    bound_to = (
        state.plan.geometry,
        state.scale.geometry if state.scale else None,
        state.held.geometry if state.held else None,
        state.watch.geometry if state.watch else None,
    )
    if all(geometry in (None, newest.geometry) for geometry in bound_to):
        return state
    return _drop_layout(state, OTHER_SIZE)


def _drop_layout(state: PipelineState, why: str) -> PipelineState:
    """Forget everything that was measured or placed on the picture as it lay before."""
    lost = state.scale is not None or state.plan != Plan()
    return replace(
        state,
        dropped=why if lost else state.dropped,
        plan=Plan(),
        scale=None,
        held=None,
        switched_on=False,
        must_confirm=False,
        area=None,
        watch=None,
        layout_number=state.layout_number + 1,
        proposals=(),
        needle=NeedleMemory(),
    )


def _turn_over(state: PipelineState, words: str) -> PipelineState:
    """A length stays what it is; where everything lies has to be found and placed anew."""
    gone = ": the plan is gone" if state.plan != Plan() else ""
    told = f"{words}{gone}. Check the side."
    return replace(_drop_layout(state, told), scale=state.scale, dropped=told)


def _scale(state: PipelineState, frame: FrameFacts | None) -> PixelScale | None:
    if state.scale is not None or frame is None or not frame.regions:
        return state.scale
    return scale_from_region(region_at(frame.regions, state.plan.target_px), frame.geometry)


def _plan_shown(state: PipelineState, truth: Truth) -> bool:
    if _stays(state):
        return True
    return truth.state is TruthState.LIVE and not state.must_confirm


def _guidance(state: PipelineState, truth: Truth) -> Guidance:
    if state.must_confirm:
        return Guidance(
            GuidanceMode.CONFIRM, "The picture had gone. Does the plan still fit? Then confirm."
        )
    if not state.switched_on:
        return Guidance(GuidanceMode.OFF)
    if state.held is not None:
        return Guidance(GuidanceMode.HIDDEN, "You hold the picture.")
    if truth.state is not TruthState.LIVE:
        return Guidance(GuidanceMode.HIDDEN, truth.reason)
    return Guidance(GuidanceMode.ON)


def _start(state: PipelineState, command: ProcedureStarted) -> PipelineState:
    return PipelineState(
        source=state.source,
        source_fault=state.source_fault,
        source_ended=state.source_ended,
        procedure=command,
        checklist=begin_checklist(command),
        modality=state.modality,
        dose=state.dose if state.procedure is None else None,
        area=state.area,
        watch=state.watch,
        layout_number=state.layout_number,
        proposals=state.proposals,
        dropped=_dropped_at_start(state),
    )


def _dropped_at_start(state: PipelineState) -> str:
    """What stood on the picture belonged to the time before; the operator is told."""
    stood = {"scale": state.scale is not None, "plan": state.plan != Plan()}
    gone = " and ".join(name for name, stands in stood.items() if stands)
    return f"A new procedure began: set {gone} again." if gone else ""


def _follow_source(
    state: PipelineState, command: SourceOpened | SourceFailed | DoseReceived
) -> PipelineState:
    match command:
        case SourceOpened(info):
            state = replace(state, source=info, needle=NeedleMemory())
            return replace(state, source_fault="", source_ended=False)
        case SourceFailed(sentence, ended):
            return replace(state, source_fault=sentence, source_ended=ended)
        case DoseReceived(reading):
            return replace(state, dose=reading)


def _follow_picture(
    state: PipelineState,
    command: PictureMirrored | NeedleSought | LayoutFound | LayoutLost,
    arrivals: Arrivals,
) -> PipelineState:
    """Take what the program noticed in a picture."""
    match command:
        case PictureMirrored(upside_down):
            return _turn_over(state, UPSIDE_DOWN if upside_down else MIRRORED)
        case NeedleSought():
            return replace(state, needle=remember(state.needle, command))
        case LayoutFound() | LayoutLost():
            return _follow_layout(state, command, arrivals)


def _follow_layout(
    state: PipelineState, command: LayoutFound | LayoutLost, arrivals: Arrivals
) -> PipelineState:
    """Take what the program noticed of the layout, unless it concerns one before."""
    if command.number != state.layout_number:
        return state
    if isinstance(command, LayoutLost):
        return _drop_layout(state, OTHER_LAYOUT)
    if arrivals.last is None or command.geometry != arrivals.last.geometry:
        return state
    watching = state.watch
    if watching is None or (state.area, watching.geometry) != (command.area, command.geometry):
        watching = watch(command.area, command.geometry, arrivals.content.intervals_ns)
        watching = watching.after(arrivals.cells_new_ns)
    return replace(state, area=command.area, watch=watching, proposals=command.proposals)


def _change_plan(
    state: PipelineState, plan: Plan, arrivals: Arrivals, now_ns: int
) -> PipelineState:
    """Take a plan that was placed where it can be seen; to clear it is always possible."""
    if plan == Plan():
        return replace(state, plan=plan, must_confirm=False)
    if state.must_confirm:
        raise CommandRefused("The plan waits to be confirmed (G) and is not shown. Confirm first.")
    truth = _judge(state, arrivals, now_ns)
    if truth.state in (TruthState.LOST, TruthState.FROZEN) and not _stays(state):
        raise CommandRefused(f"Place it on a live picture, or on one you hold. {truth.reason}")
    return replace(state, plan=plan, dropped="")


def _stays(state: PipelineState) -> bool:
    """Whether the picture is one to plan on although nothing in it changes."""
    return state.held is not None or (state.source is not None and state.source.still)


def _require_same_picture(
    geometry: PictureGeometry | None, number: int | None, state: PipelineState, arrivals: Arrivals
) -> None:
    newest = arrivals.last.geometry if arrivals.last else None
    if geometry not in (None, newest):
        raise CommandRefused("The picture has changed its size or format. Place it again.")
    if number not in (None, state.layout_number):
        raise CommandRefused("The console's depth or layout has changed. Place it again.")


def _switch(state: PipelineState, on: bool, arrivals: Arrivals, now_ns: int) -> PipelineState:
    if not on:
        return replace(state, switched_on=False, needle=NeedleMemory())
    if state.checklist is None:
        raise CommandRefused("Guidance stays off: start a procedure with its checklist first.")
    refusal = guidance_refusal(state.checklist)
    if refusal is not None:
        raise CommandRefused(refusal)
    if state.plan.target_px is None or state.plan.entry_px is None:
        raise CommandRefused("Guidance stays off: place target and entry first.")
    _require_live(state, arrivals, now_ns)
    return replace(state, switched_on=True, must_confirm=False, held=None)


def _require_live(state: PipelineState, arrivals: Arrivals, now_ns: int) -> None:
    truth = _judge(state, arrivals, now_ns)
    if truth.state is not TruthState.LIVE:
        raise CommandRefused(f"Guidance needs a live picture. {truth.reason}")


def _hold(state: PipelineState, held: bool, arrivals: Arrivals, now_ns: int) -> PipelineState:
    live = _judge(state, arrivals, now_ns).state is TruthState.LIVE
    return replace(state, held=arrivals.last if held else None, held_live=held and live)


def _mark(state: PipelineState, kind: MomentKind, arrivals: Arrivals, now_ns: int) -> PipelineState:
    match kind:
        case MomentKind.MARK:
            return state
        case MomentKind.INJECTION:
            _require_injection(state)
            return replace(state, injected=True)
        case MomentKind.IMAGE:
            return _store_image(state, arrivals, now_ns)


def _store_image(state: PipelineState, arrivals: Arrivals, now_ns: int) -> PipelineState:
    frame, truth = state.held or arrivals.last, _judge(state, arrivals, now_ns)
    why = _why_not_live(state, truth)
    if frame is None or why:
        raise CommandRefused(f"Not stored: only a live picture is. {why}")
    image = stored_image(frame, state.plan.tip if state.switched_on else None, state.injected)
    return replace(state, stored=(*state.stored, image))


def _why_not_live(state: PipelineState, truth: Truth) -> str:
    """Of the picture that is shown; empty for one that is, or was when it was held, or is still."""
    if state.source is not None and state.source.still:
        return ""
    if state.held is not None:
        return "" if state.held_live else "The one that you hold was not."
    return truth.reason


def _require_injection(state: PipelineState) -> None:
    if state.checklist and (refusal := injection_refusal(state.checklist)):
        raise CommandRefused(refusal)


def _change_checklist(state: PipelineState, command: ChecklistCommand) -> PipelineState:
    """A change that closes the gate switches guidance off, and so does closing the record."""
    if state.checklist is None:
        raise CommandRefused("There is no checklist: start a procedure first.")
    try:
        checklist = checklist_after(state.checklist, command)
    except ChecklistRefused as refused:
        raise CommandRefused(str(refused)) from None
    gate_open = guidance_refusal(checklist) is None
    return replace(state, checklist=checklist, switched_on=state.switched_on and gate_open)
