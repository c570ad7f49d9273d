"""What a person asks for becomes a command; what the engine answers becomes a live view."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from PyQt6.QtCore import QMetaObject, QObject, QTimer, pyqtSignal

from drivers.api.ports import Clock
from drivers.api.samples import PictureGeometry
from guidance_app.domain.calibration import Point, ScaleRefused, scale_from_two_points
from guidance_app.domain.chain_delay import ChainDelay
from guidance_app.domain.checklist import Checklist, Phase
from guidance_app.domain.commands import (
    Command,
    CommandOutcome,
    GuidanceConfirmed,
    GuidanceSwitched,
    MomentKind,
    MomentMarked,
    OverlayHidden,
    PhaseSigned,
    PictureHeld,
    PlanChanged,
    ProcedureStarted,
    ScaleSet,
)
from guidance_app.domain.people import Person
from guidance_app.domain.plan import (
    CORRIDOR_LIMITS_MM,
    NeedleGuide,
    Plan,
    PlanRefused,
    add_no_go,
    mark_tip,
    place_entry,
    place_guide,
    place_skin,
    place_target,
    set_corridor,
)
from guidance_app.domain.scale_proposal import confirmed_scale, inside_area
from guidance_app.domain.sign_off import guidance_refusal, unsigned
from guidance_app.domain.snapshot import GuidanceMode
from guidance_app.domain.trajectory import beside, off_path_mm
from guidance_app.presentation.checklist_rows import Describe, checklist_view, first_unfinished
from guidance_app.presentation.live import Situation, live_view
from guidance_app.presentation.source_words import source_words
from guidance_app.presentation.view import ChecklistView, LiveView, Text, Tone
from guidance_app.runtime.engine import Published
from guidance_app.runtime.pipeline import Pipeline
from guidance_app.ui.bridge import Bridge
from guidance_app.ui.calm_strip import CalmStrip
from guidance_app.ui.checklist_hand import ChecklistHand, DoneItem
from guidance_app.ui.intents import Intents
from guidance_app.ui.paint_watch import PaintWatch

HEARTBEAT_MS = 100
"""The screen looks at the clock this often even when the engine is silent."""
MESSAGE_NS = 8_000_000_000
CORRIDOR_STEP_MM = 0.5

T = TypeVar("T")

STORED = "image stored"
ONLY_LOOKING = "A recording is playing: it can be looked at, not changed."


class LiveController(QObject):
    """Drives one live screen from one pipeline; GUI thread."""

    rendered = pyqtSignal(object, object)
    """A LiveView and the VideoFrame it belongs to, or None."""
    handles_changed = pyqtSignal(tuple)
    """Points of the plan that can be dragged: (name, point) pairs."""
    procedure_wanted = pyqtSignal()
    """Guidance was asked for, and there is no procedure yet."""
    answered = pyqtSignal(object)
    """Each CommandOutcome, in order."""

    def __init__(
        self,
        pipeline: Pipeline,
        bridge: Bridge,
        clock: Clock,
        describe: Describe,
        read_only: bool,
        chain: ChainDelay | None = None,
    ) -> None:
        """`describe` words an item and its sources; `read_only` is for recordings.

        `chain` is the device's own delay, if it was ever measured.
        """
        super().__init__()
        self._pipeline = pipeline
        self._bridge = bridge
        self._clock = clock
        self._describe = describe
        self.hand = ChecklistHand(self.submit, self.say, clock)
        self._connections: list[QMetaObject.Connection] = []
        self._read_only = read_only
        self._chain = chain
        self.paints = PaintWatch(clock, pipeline.record_paint)
        self._published: Published | None = None
        self._plan = Plan()
        self._plans_under_way = 0
        self._chosen_phase: Phase | None = None
        self._shown_checklist: tuple[object, ChecklistView] | None = None
        self._signed = False
        """Somebody has signed since the newest state was taken."""
        self._overlay_hidden = False
        self._message, self._message_until_ns = Text(""), 0
        self._strip = CalmStrip()
        bridge.arrived.connect(self._take)
        self._heartbeat = QTimer(self)
        self._heartbeat.timeout.connect(self._render)
        self._heartbeat.start(HEARTBEAT_MS)

    @property
    def published(self) -> Published | None:
        """The newest snapshot, frame and state; None until the first came."""
        return self._published

    def describe_source(self) -> str:
        """What the source delivers, in words; empty until it does."""
        published = self._published
        if published is None or published.state.source is None:
            return ""
        return source_words(published.state.source, published.snapshot.truth, self._chain)

    def connect_intents(self, intents: Intents) -> None:
        """Listen to everything a person may ask of a live screen, until stop()."""
        self._connections = [
            intents.target_placed.connect(lambda p: self._place(place_target, p, "Target placed.")),
            intents.entry_placed.connect(lambda p: self._place(place_entry, p, "Entry placed.")),
            intents.tip_marked.connect(self.mark_tip),
            intents.skin_placed.connect(self._place_skin),
            intents.no_go_drawn.connect(lambda o: self._place(add_no_go, o, "Outline added.")),
            intents.ruler_measured.connect(self._measure_ruler),
            intents.scale_confirmed.connect(self._confirm_scale),
            intents.guide_placed.connect(self._place_guide),
            intents.plan_cleared.connect(lambda: self._submit_plan(Plan(), "Plan cleared.")),
            intents.handle_moved.connect(self._move_handle),
            intents.corridor_stepped.connect(
                lambda steps: self._widen_corridor(
                    self._plan.corridor_mm + steps * CORRIDOR_STEP_MM
                )
            ),
            intents.hold_asked.connect(lambda held: self.submit(PictureHeld(held))),
            intents.moment_marked.connect(self.mark_moment),
            intents.image_stored.connect(lambda: self.mark_moment(STORED, MomentKind.IMAGE)),
            intents.guidance_pressed.connect(self.press_guidance),
            intents.hide_changed.connect(self._hide),
            intents.page_done.connect(self._finish_page),
            intents.phase_signed.connect(lambda: self.sign(self._phase(), self.hand.person)),
            intents.phase_stepped.connect(self._step_phase),
            intents.closing_asked.connect(self._close_record),
            *self.hand.connect_intents(intents),
        ]

    def stop(self) -> None:
        """Look and listen no more; the pipeline is stopped by its owner."""
        self._heartbeat.stop()
        self.paints.stop()
        self._bridge.arrived.disconnect(self._take)
        for connection in self._connections:
            QObject.disconnect(connection)

    def submit(self, command: Command) -> None:
        """Hand a command to the engine, unless a recording is playing."""
        if self._read_only:
            self.say(ONLY_LOOKING, Tone.CAUTION)
        else:
            self._pipeline.submit(command)

    def _finish_page(self, items: tuple[DoneItem, ...], signs: bool) -> None:
        checklist = self._checklist()
        if checklist is not None:
            self.hand.finish_page(checklist, items, self._phase() if signs else None)

    def sign(self, phase: Phase, person: Person) -> None:
        """Sign a phase of the checklist as this person."""
        checklist = self._checklist()
        if checklist is not None:
            self.hand.sign(checklist, phase, person)

    def _close_record(self) -> None:
        checklist = self._checklist()
        if checklist is not None:
            self.hand.ask_to_close(checklist)

    def mark_moment(self, label: str, kind: MomentKind = MomentKind.MARK) -> None:
        """Remember this moment under a label."""
        self.submit(MomentMarked(label, self.hand.person, kind))

    def mark_tip(self, point: Point) -> None:
        """The needle tip is seen at this point now."""
        now_ns = self._clock.now_ns()
        published = self._published
        guiding = published is not None and published.state.switched_on
        done = "Tip marked." if guiding else "Tip marked. It is shown while guidance is on."
        self._place(lambda plan, p, picture: mark_tip(plan, p, picture, now_ns), point, done)

    def press_guidance(self) -> None:
        """Whatever the guidance switch says now."""
        person = self.hand.person
        if self._checklist() is None and not self._read_only:
            self.procedure_wanted.emit()
            return
        mode = self._published.snapshot.guidance.mode if self._published else GuidanceMode.OFF
        if mode is GuidanceMode.CONFIRM:
            self.submit(GuidanceConfirmed(person))
        else:
            self.submit(GuidanceSwitched(mode is GuidanceMode.OFF, person))

    def show_phase(self, phase: Phase) -> None:
        """Show this phase of the checklist; nothing goes on to the next one by itself."""
        self._chosen_phase = phase
        self._render()

    def _place(self, place: Callable[[Plan, T, PictureGeometry], Plan], what: T, done: str) -> None:
        frame = self._published.snapshot.frame if self._published else None
        if frame is None:
            self.say("There is no picture to place it on yet.", Tone.CAUTION)
            return
        try:
            self._submit_plan(place(self._plan, what, frame.geometry), done)
        except PlanRefused as refused:
            self.say(str(refused), Tone.CAUTION)

    def _submit_plan(self, plan: Plan, done: str) -> None:
        if not self._read_only:
            self._plan = plan
            self._plans_under_way += 1
            self.say(done, Tone.NORMAL)
        self.submit(PlanChanged(plan, self._layout_number()))

    def _place_skin(self, a: Point, b: Point) -> None:
        self._place(lambda plan, ab, picture: place_skin(plan, *ab, picture), (a, b), "Skin set.")

    def _place_guide(self, origin: Point, angles_deg: tuple[float, ...], side: str) -> None:
        guide = NeedleGuide(origin, angles_deg, side)
        self._place(place_guide, guide, "Needle-guide lines placed.")

    def _move_handle(self, name: str, point: Point) -> None:
        if name == "corridor":
            self._drag_corridor(point)
            return
        places = {"target": place_target, "entry": place_entry}
        self._place(places[name], point, f"{name.capitalize()} moved.")

    def _drag_corridor(self, point: Point) -> None:
        scale = self._published.snapshot.scale if self._published else None
        corridor_mm = off_path_mm(self._plan, scale, point) if scale else None
        if corridor_mm is not None:
            self._widen_corridor(corridor_mm)

    def _widen_corridor(self, corridor_mm: float) -> None:
        steps = round(corridor_mm / CORRIDOR_STEP_MM)
        narrowest, widest = CORRIDOR_LIMITS_MM
        wanted_mm = min(max(steps * CORRIDOR_STEP_MM, narrowest), widest)
        self._place(set_corridor, wanted_mm, f"Corridor {wanted_mm:g} mm to each side.")

    def _measure_ruler(self, a: Point, b: Point, distance_mm: float) -> None:
        frame = self._published.snapshot.frame if self._published else None
        if frame is None:
            return
        try:
            scale = scale_from_two_points(a, b, distance_mm, frame.geometry)
        except ScaleRefused as refused:
            self.say(str(refused), Tone.CAUTION)
            return
        area = self._published.state.area if self._published else None
        scale = scale if area is None else inside_area(scale, area)
        what = "whole screen" if area is None else "ultrasound picture"
        words = f"Scale set: the {what} is {scale.height_mm:.0f} mm high. Is that right?"
        self.say(words, Tone.NORMAL)
        self.submit(ScaleSet(scale, self.hand.person, self._layout_number()))

    def _confirm_scale(self, number: int) -> None:
        state = self._published.state if self._published else None
        if state is None or state.area is None or state.watch is None:
            return
        scale = confirmed_scale(state.proposals[number], state.area, state.watch.geometry)
        self.say("Scale confirmed.", Tone.NORMAL)
        self.submit(ScaleSet(scale, self.hand.person, state.layout_number))

    def _layout_number(self) -> int | None:
        return self._published.state.layout_number if self._published else None

    def _hide(self, hidden: bool) -> None:
        self._overlay_hidden = hidden
        self._pipeline.submit(OverlayHidden(hidden))
        self._render()

    def _step_phase(self, step: int) -> None:
        phases = list(Phase)
        position = phases.index(self._phase()) + step
        self.show_phase(phases[min(max(position, 0), len(phases) - 1)])

    def _phase(self) -> Phase:
        checklist = self._checklist()
        if self._chosen_phase is not None or checklist is None:
            return self._chosen_phase or Phase.PRE
        return first_unfinished(checklist)

    def _checklist(self) -> Checklist | None:
        return self._published.state.checklist if self._published else None

    def _take(self) -> None:
        published, outcomes = self._bridge.take()
        for outcome in outcomes:
            self._note(outcome)
        if published is not None:
            self._go_on_when_signed(published.state.checklist)
            self._tell_guidance_off(published, outcomes)
            other_layout = published.state.layout_number != self._layout_number()
            self._published = published
            if self._plans_under_way == 0 or other_layout:
                self._plan = published.state.plan
        self._render()

    def _tell_guidance_off(self, now: Published, outcomes: Sequence[CommandOutcome]) -> None:
        """Guidance that goes off without being switched is told with the reason."""
        was_on = self._published is not None and self._published.state.switched_on
        pressed = any(isinstance(outcome.command, GuidanceSwitched) for outcome in outcomes)
        if was_on and not now.state.switched_on and not pressed and now.state.checklist:
            why = guidance_refusal(now.state.checklist) or now.snapshot.dropped
            self.say(f"GUIDANCE IS OFF. {why}".strip(), Tone.ALARM)

    def _go_on_when_signed(self, checklist: Checklist | None) -> None:
        """Once the last who has to sign a phase has done so, the next one is shown."""
        signed, self._signed = self._signed, False
        if signed and checklist is not None and not unsigned(checklist, self._phase()):
            self._step_phase(1)

    def _note(self, outcome: CommandOutcome) -> None:
        if isinstance(outcome.command, PlanChanged) and not self._read_only:
            self._plans_under_way -= 1
        if isinstance(outcome.command, ProcedureStarted):
            self.hand.people = outcome.command.people or self.hand.people
            self._chosen_phase = None if self._read_only else Phase.PRE
        if isinstance(outcome.command, PhaseSigned) and not self._read_only:
            self._signed = True
        if outcome.refusal is not None:
            self.say(outcome.refusal, Tone.CAUTION)
        elif isinstance(outcome.command, MomentMarked):
            self.say(f"Marked: {outcome.command.label}.", Tone.NORMAL)
        self.answered.emit(outcome)

    def say(self, sentence: str, tone: Tone) -> None:
        """A sentence in the last line, for some seconds."""
        self._message = Text(sentence, tone)
        self._message_until_ns = self._clock.now_ns() + MESSAGE_NS

    def _render(self) -> None:
        published = self._published
        if published is None:
            return
        now_ns = self._clock.now_ns()
        self._message = Text("") if now_ns > self._message_until_ns else self._message
        situation = Situation(
            published.snapshot,
            published.state,
            now_ns,
            self._pipeline.recording_status(),
            self._pipeline.skipped + self._bridge.overwritten,
            self._overlay_hidden,
            self.paints.recent(now_ns),
            self._chain,
            self._message,
            self._read_only or self._pipeline.watches_layout(published.state),
        )
        self.handles_changed.emit(self._handles(published))
        self.rendered.emit(self._view(situation), published.frame)

    def _handles(self, published: Published) -> tuple[tuple[str, Point], ...]:
        if self._read_only or not published.snapshot.plan_shown:
            return ()
        plan, scale = self._plan, published.snapshot.scale
        named = [("target", plan.target_px), ("entry", plan.entry_px)]
        if plan.target_px and plan.entry_px and scale:
            (ax, ay), (bx, by) = plan.entry_px, plan.target_px
            middle = ((ax + bx) / 2, (ay + by) / 2)
            border = beside(plan.entry_px, plan.target_px, middle, plan.corridor_mm, scale)
            named.append(("corridor", border))
        return tuple((name, point) for name, point in named if point is not None)

    def _view(self, situation: Situation) -> LiveView:
        view = live_view(situation, self._checklist_view(situation.state.checklist))
        return replace(view, strip=self._strip.show(view.strip, situation.now_ns))

    def _checklist_view(self, checklist: Checklist | None) -> ChecklistView | None:
        if checklist is None:
            return None
        key = (checklist, self._phase(), self.hand.people)
        if self._shown_checklist is None or self._shown_checklist[0] != key:
            view = checklist_view(checklist, self._phase(), self.hand.people, self._describe)
            self._shown_checklist = (key, view)
        return self._shown_checklist[1]
