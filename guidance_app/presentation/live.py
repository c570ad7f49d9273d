"""From what the engine published to what the live screen shows: wording and hiding rules."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from drivers.api.ports import SourceInfo
from drivers.api.samples import Origin, PictureGeometry
from guidance_app.domain.calibration import PixelScale
from guidance_app.domain.chain_delay import ChainDelay
from guidance_app.domain.snapshot import (
    Cause,
    FrameFacts,
    GuidanceMode,
    GuidanceSnapshot,
    Truth,
    TruthState,
)
from guidance_app.domain.trajectory import DepthFrom, Measured, PlanMeasures, Violation
from guidance_app.presentation import figures
from guidance_app.presentation.checklist_rows import awaited_point, open_record
from guidance_app.presentation.gate_buttons import guidance_button, injection_button, is_replay
from guidance_app.presentation.needle_rows import needle_rows
from guidance_app.presentation.needle_words import guide_line
from guidance_app.presentation.overlay import overlay
from guidance_app.presentation.scale_offer import scale_offer
from guidance_app.presentation.source_words import current_rate_hz, latency_words, source_words
from guidance_app.presentation.view import (
    NO_TEXT,
    ChecklistView,
    LiveView,
    PictureView,
    ReadOut,
    StateStrip,
    Text,
    Tone,
)
from guidance_app.processing.state import PipelineState
from guidance_app.runtime.latency import Latency
from guidance_app.runtime.recorder import RecordingStatus

FULL_BRIGHTNESS = 1.0
DIMMED = 0.4
"""A picture that may not be believed is greyed to 40 %."""

SHORTEST_TOLD_S = 0.05

DISPLAY_LATE = Text("DISPLAY LATE. Overlay hidden.", Tone.CAUTION)

MOST_READ_OUTS = 6

LAST_MINUTES = 10
"""Time enough to free space, or to end what is begun, before video stops."""

ORIGIN_WORDS = {
    Origin.DEVICE: "",
    Origin.SIMULATED: "SIMULATED",
    Origin.FILE: "FILE",
    Origin.REPLAY: "REPLAY",
}
DRILL = "FAULT DRILL"
"""Faults are put into this source on purpose; nothing of them is the device's own doing."""
SIDES = {"left": "L", "right": "R"}


@dataclass(frozen=True, slots=True)
class Situation:
    """What the live screen is made from, apart from the picture."""

    snapshot: GuidanceSnapshot
    state: PipelineState
    now_ns: int
    recording: RecordingStatus | None
    """None when this run records nothing, as a replay."""
    skipped: int = 0
    """Frames that a newer one replaced before they were shown."""
    overlay_hidden: bool = False
    """The operator keeps the overlay away for the moment."""
    latency: Latency | None = None
    """Of the pictures painted in the last second; None when none was."""
    chain: ChainDelay | None = None
    """The device's own delay, if it was ever measured."""
    message: Text = field(default_factory=lambda: Text(""))
    depth_watched: bool = True
    """A change of the console's depth would be noticed."""


def live_view(situation: Situation, checklist: ChecklistView | None) -> LiveView:
    """The whole live screen."""
    snapshot, offer = situation.snapshot, scale_offer(situation.state)
    recorded, state = is_replay(snapshot), situation.state
    return LiveView(
        strip=_strip(situation),
        picture=picture_view(snapshot, situation.now_ns, situation.overlay_hidden, state.source),
        read_outs=_read_outs(situation, offer is not None),
        guidance=guidance_button(snapshot, state),
        checklist=checklist,
        injection=injection_button(snapshot, state),
        open_record="" if recorded else open_record(state.checklist),
        message=situation.message,
        held=snapshot.held,
        layout=(state.layout_number, _geometry(snapshot)),
        scale_offer=offer,
        awaited=None if recorded else awaited_point(checklist, state.plan),
    )


def picture_view(
    snapshot: GuidanceSnapshot,
    now_ns: int,
    overlay_hidden: bool = False,
    source: SourceInfo | None = None,
) -> PictureView:
    """How the snapshot's frame is to be painted at host time `now_ns`.

    `source` knows what stands behind a replay, and whether faults are put into it.
    """
    origin = _origin(snapshot, source)
    banner = _banner(snapshot, now_ns)
    expired = _expired(snapshot, now_ns)
    believed = snapshot.truth.state is TruthState.LIVE or snapshot.plan_shown
    primitives = () if expired or overlay_hidden else overlay(snapshot)
    guide = guide_line(snapshot.needle, believed and not expired)
    return PictureView(
        brightness=FULL_BRIGHTNESS if believed and not expired else DIMMED,
        banner=banner,
        watermark="" if origin == ORIGIN_WORDS[Origin.FILE] else origin,
        primitives=primitives,
        guide=guide,
        live_until_ns=_live_until_ns(snapshot),
    )


def _geometry(snapshot: GuidanceSnapshot) -> PictureGeometry | None:
    return snapshot.frame.geometry if snapshot.frame else None


def _live_until_ns(snapshot: GuidanceSnapshot) -> int | None:
    """Until when the view may be painted; None for a picture that does not claim to be live."""
    held = snapshot.held or snapshot.truth.state is not TruthState.LIVE
    return None if held else snapshot.valid_until_ns


def late_view(view: PictureView) -> PictureView:
    """The view when it comes to be painted after its time: dimmed, without the overlay."""
    guide = NO_TEXT if view.guide is not None else None
    return replace(view, brightness=DIMMED, banner=DISPLAY_LATE, primitives=(), guide=guide)


def _expired(snapshot: GuidanceSnapshot, now_ns: int) -> bool:
    """A snapshot made as LIVE that is older now than its truth allows."""
    until_ns = _live_until_ns(snapshot)
    return until_ns is not None and now_ns > until_ns


def _origin(snapshot: GuidanceSnapshot, source: SourceInfo | None) -> str:
    word = ORIGIN_WORDS[snapshot.frame.origin] if snapshot.frame else ""
    simulated = source is not None and source.simulated
    words = [
        word,
        ORIGIN_WORDS[Origin.SIMULATED] if word == ORIGIN_WORDS[Origin.REPLAY] and simulated else "",
        DRILL if source is not None and source.fault_plan else "",
    ]
    return " · ".join(filter(None, words))


def _banner(snapshot: GuidanceSnapshot, now_ns: int) -> Text:
    if snapshot.plan_shown and snapshot.truth.state is not TruthState.LIVE:
        return Text("")  # held, or a still: the strip says so, and the picture must not move
    if _expired(snapshot, now_ns):
        return DISPLAY_LATE
    if snapshot.truth.state is TruthState.LIVE or snapshot.held:
        return _notice(snapshot)
    if snapshot.truth.ended:
        return Text(snapshot.truth.reason, Tone.CAUTION)
    word = snapshot.truth.cause or snapshot.truth.state
    words = f"{word}{_age_words(snapshot, now_ns)}."
    if snapshot.truth.cause is not Cause.LAST_IMAGE_HOLD:  # which says it all
        words = f"{words} {snapshot.truth.reason}"
    return Text(words, _tone(snapshot.truth))


def _notice(snapshot: GuidanceSnapshot) -> Text:
    """Below a live picture, which it does not cover: why something that stood on it is missed."""
    if snapshot.guidance.mode is GuidanceMode.CONFIRM:
        return Text("The picture had gone. Place the plan anew, or confirm it (G).")
    return Text(snapshot.dropped)


def _tone(truth: Truth) -> Tone:
    return Tone.ALARM if truth.state is TruthState.LOST else Tone.CAUTION


def _age_words(snapshot: GuidanceSnapshot, now_ns: int) -> str:
    truth = snapshot.truth
    age_ns = truth.frame_age_ns if truth.state is TruthState.LOST else truth.content_age_ns
    if age_ns is None or truth.cause is Cause.NO_IMAGE:
        return ""  # the age of a black picture is not how long it has been black
    age_s = (age_ns + now_ns - snapshot.evaluated_ns) / 1e9
    if age_s < SHORTEST_TOLD_S:
        return ""
    return f" for {age_s:.1f} s" if age_s < 10 else f" for {age_s:.0f} s"


def _shown_since_ns(snapshot: GuidanceSnapshot, frame: FrameFacts) -> int:
    """When the frame came, or what is new in it where later ones only repeat it."""
    truth = snapshot.truth
    repeats = truth.state in (TruthState.REPEATED, TruthState.FROZEN) and not snapshot.held
    if repeats and truth.content_age_ns is not None:
        return snapshot.evaluated_ns - truth.content_age_ns
    return frame.stamp.arrival_ns


def _strip(situation: Situation) -> StateStrip:
    snapshot = situation.snapshot
    return StateStrip(
        state=_state(snapshot, situation.now_ns),
        age=_age(situation),
        origin=Text(_origin(snapshot, situation.state.source), Tone.CAUTION),
        procedure=Text(_procedure(situation.state)),
        recording=_recording(situation.recording),
        losses=_losses(situation),
        details=_details(situation),
    )


def _state(snapshot: GuidanceSnapshot, now_ns: int) -> Text:
    if snapshot.held:
        return Text(f"HELD · source {snapshot.truth.state}", Tone.NORMAL)
    if snapshot.plan_shown and snapshot.truth.state is TruthState.FROZEN:
        return Text("STILL PICTURE", Tone.CAUTION)
    if _expired(snapshot, now_ns):
        return Text("NOT LIVE · LATE", Tone.CAUTION)
    if snapshot.truth.state is TruthState.LIVE:
        return _live(snapshot)
    if snapshot.truth.ended:
        return Text("ENDED", Tone.CAUTION)
    if snapshot.truth.cause is Cause.LAST_IMAGE_HOLD:
        return Text(snapshot.truth.cause, Tone.CAUTION)
    word = snapshot.truth.cause or snapshot.truth.state
    return Text(f"NOT LIVE · {word}", _tone(snapshot.truth))


def _live(snapshot: GuidanceSnapshot) -> Text:
    replaying = snapshot.frame is not None and snapshot.frame.origin is Origin.REPLAY
    word, tone = ("REPLAY", Tone.NORMAL) if replaying else ("LIVE", Tone.GOOD)
    caution = snapshot.truth.caution
    return Text(f"{word} · {caution}", Tone.CAUTION) if caution else Text(word, tone)


def _age(situation: Situation) -> Text:
    """The delay of a live picture; the age of any other, which is what matters of it."""
    snapshot, latency = situation.snapshot, situation.latency
    if snapshot.frame is None:
        return Text("-- ms", Tone.MUTED)
    if _is_live(snapshot, situation.now_ns):
        return Text(f"{latency.median_ns / 1e6:.0f} ms") if latency else Text("-- ms", Tone.MUTED)
    age_s = (situation.now_ns - _shown_since_ns(snapshot, snapshot.frame)) / 1e9
    return Text(f"age {age_s:.1f} s" if age_s < 10 else f"age {age_s:.0f} s")


def _is_live(snapshot: GuidanceSnapshot, now_ns: int) -> bool:
    live = snapshot.truth.state is TruthState.LIVE and not snapshot.held
    return live and not _expired(snapshot, now_ns)


def _details(situation: Situation) -> str:
    source, latency = situation.state.source, situation.latency
    truth = situation.snapshot.truth
    lines = [source_words(source, truth, situation.chain)] if source else []
    return "\n".join([*lines, latency_words(latency)] if latency else lines)


def _procedure(state: PipelineState) -> str:
    if state.procedure is None:
        return "No procedure"
    side = SIDES.get(state.procedure.side, "")
    title = state.procedure.template.title
    return f"{title} {side} · {state.procedure.patient}"


def _recording(status: RecordingStatus | None) -> Text:
    if status is None:
        return Text("Not recorded", Tone.MUTED)
    if status.fault:
        return Text(f"REC FAULT · {status.fault}", Tone.ALARM)
    if not status.recording:
        return Text("REC stopped", Tone.ALARM)
    running = f"REC {figures.seconds(status.elapsed_s)}"
    if status.free_minutes is None:
        return Text(running)
    if status.free_minutes < LAST_MINUTES:
        return Text(f"{running} · {int(status.free_minutes)} min left", Tone.CAUTION)
    return Text(f"{running} · {status.free_minutes:.0f} min")


def _losses(situation: Situation) -> Text:
    lost = situation.recording.frames_lost if situation.recording else 0
    parts = _rates(situation.snapshot.truth)
    if lost:
        parts.append(f"lost {lost}")
    if situation.skipped:
        parts.append(f"skipped {situation.skipped}")
    return Text(" · ".join(parts), Tone.CAUTION if lost else Tone.MUTED)


def _rates(truth: Truth) -> list[str]:
    """Frames a second, and those with new content."""
    rate_hz = current_rate_hz(truth)
    if rate_hz is None:
        return []
    if truth.unique_rate_hz is None:
        return [f"{rate_hz:.0f}/s"]
    return [f"{rate_hz:.0f}/s, {truth.unique_rate_hz:.0f} new"]


def _read_outs(situation: Situation, scale_offered: bool) -> tuple[ReadOut, ...]:
    snapshot, now_ns = situation.snapshot, situation.now_ns
    if not snapshot.plan_shown or _expired(snapshot, now_ns):
        return ()
    if snapshot.scale is None:
        words = "found: press R" if scale_offered else "none: no mm"
        return (ReadOut("Scale", Text(words, Tone.CAUTION)),)
    if snapshot.measures is None:
        return ()
    guiding = snapshot.guidance.mode is GuidanceMode.ON
    rows = [
        *(needle_rows(snapshot, now_ns) if guiding else ()),
        *_warnings(snapshot.measures, guiding),
        *_doubts(situation, snapshot.scale),
        *_distances(snapshot.measures),
        _height(snapshot.scale),
    ]
    return tuple(rows[:MOST_READ_OUTS])


def _doubts(situation: Situation, scale: PixelScale) -> tuple[ReadOut, ...]:
    """A scale of a person's holds for one depth; the source's own comes with each frame."""
    if scale.how == "source" or situation.depth_watched:
        return ()
    return (ReadOut("Change of depth", Text("not watched", Tone.CAUTION)),)


def _height(scale: PixelScale) -> ReadOut:
    label = "Screen height" if scale.region is None else "Picture depth"
    return ReadOut(label, Text(f"{scale.height_mm:.0f} mm", Tone.MUTED))


def _distances(measures: PlanMeasures) -> tuple[ReadOut, ...]:
    rows: list[ReadOut] = []
    below_entry = measures.depth_from is DepthFrom.ENTRY
    depth_label = "Target below entry" if below_entry else "Target depth"
    _add(rows, depth_label, measures.depth, figures.nearest)
    _add(rows, "Needle length", measures.length, figures.at_least)
    if measures.angle_rad is not None:
        on_skin = measures.depth_from is DepthFrom.SKIN_LINE
        angle_label = "Angle to skin" if on_skin else "Angle to level"
        rows.append(ReadOut(angle_label, Text(figures.degrees(measures.angle_rad))))
    _add(rows, "Path to no-go", measures.no_go_distance, figures.at_most)
    return tuple(rows)


def _add(
    rows: list[ReadOut], label: str, measured: Measured | None, word: Callable[[Measured], str]
) -> None:
    if measured is not None:
        rows.append(ReadOut(label, Text(word(measured)), figures.uncertainty(measured)))


def _warnings(measures: PlanMeasures, guiding: bool) -> tuple[ReadOut, ...]:
    shown = [
        violation
        for violation in measures.violations
        if guiding or violation in (Violation.PATH_CROSSES_NO_GO, Violation.CORRIDOR_TOUCHES_NO_GO)
    ]
    return tuple(ReadOut("Warning", Text(violation.value, Tone.ALARM)) for violation in shown[:2])
