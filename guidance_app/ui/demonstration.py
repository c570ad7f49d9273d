"""A scripted operator who works the real screens: the same commands, the same gates."""

from dataclasses import dataclass
from datetime import UTC, datetime

from PyQt6.QtCore import QObject, QTimer, pyqtSignal
from PyQt6.QtGui import QImage

from drivers.api.ports import Clock
from drivers.api.samples import VideoFrame
from guidance_app.domain.checklist import (
    ChecklistEntry,
    ChecklistItem,
    Mark,
    Phase,
)
from guidance_app.domain.commands import CommandOutcome, GuidanceSwitched, ItemMarked
from guidance_app.domain.evidence import Evidence
from guidance_app.domain.people import Person, Role
from guidance_app.domain.sign_off import guidance_refusal
from guidance_app.domain.snapshot import GuidanceMode, TruthState
from guidance_app.presentation.setup_choices import SetupEntry
from guidance_app.presentation.view import LiveView
from guidance_app.training.scenario import Scenario, Step
from guidance_app.ui.application import Application
from guidance_app.ui.controller import LiveController
from guidance_app.ui.intents import Intents
from guidance_app.ui.painter import render_image

TICK_MS = 20
LOOK_S = 0.7
"""How long the scripted operator looks before confirming."""
PICTURE_SIZE = (1600, 1200)


@dataclass(frozen=True, slots=True)
class Tick:
    """One item that the script ticks, and when."""

    at_s: float
    item: ChecklistItem


class Demonstration(QObject):
    """Plays a scenario on an application whose source is opening; GUI thread."""

    finished = pyqtSignal()

    def __init__(self, application: Application, scenario: Scenario, clock: Clock) -> None:
        super().__init__()
        self.picture: QImage | None = None
        """The guided view at the decisive moment; None until it came."""
        self.complete = False
        """The scenario ran to its end, and its record was closed."""
        self._application = application
        self._scenario = scenario
        self._clock = clock
        self._intents: Intents = application.window.intents
        self._waiting = list(scenario.steps)
        self._ticks: list[Tick] = []
        self._shown: tuple[LiveView, VideoFrame | None] | None = None
        self._began_ns = 0
        self._asked_s = 0.0
        self._picture_due_s: float | None = None
        self._press_again = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._play)
        application.source_ready.connect(self._set_up)
        application.live_started.connect(self._begin)
        application.record_closed.connect(self._complete)

    def _set_up(self) -> None:
        scenario = self._scenario
        self._intents.procedure_started.emit(
            SetupEntry(
                scenario.procedure,
                scenario.patient,
                scenario.side,
                scenario.operator,
                scenario.assistant,
                working_alone=False,
                plan=scenario.plan,
            )
        )

    def _begin(self, controller: LiveController) -> None:
        controller.rendered.connect(self._remember)
        controller.answered.connect(self._hear)
        self._began_ns = self._clock.now_ns()
        self._timer.start(TICK_MS)

    def _remember(self, view: LiveView, frame: VideoFrame | None) -> None:
        self._shown = (view, frame)

    def _hear(self, outcome: CommandOutcome) -> None:
        """A press that came just as the picture was late is not lost: a person presses again."""
        if isinstance(outcome.command, GuidanceSwitched) and outcome.command.on:
            self._press_again = outcome.refusal is not None and self._only_picture_was_missing()

    def _only_picture_was_missing(self) -> bool:
        published = self._controller().published
        if published is None or published.state.checklist is None:
            return False
        plan = published.state.plan
        placed = plan.target_px is not None and plan.entry_px is not None
        return placed and guidance_refusal(published.state.checklist) is None

    def _play(self) -> None:
        now_s = (self._clock.now_ns() - self._began_ns) / 1e9
        if self._application.controller is not None:
            self._act(now_s)
        if now_s >= self._scenario.seconds:
            self._end()

    def _complete(self) -> None:
        self.complete = not self._waiting
        self._end()

    def _end(self) -> None:
        self._timer.stop()
        self.finished.emit()

    def _act(self, now_s: float) -> None:
        self._confirm_if_asked(now_s)
        if self._press_again and self._is_live():
            self._press_again = False
            self._intents.guidance_pressed.emit()
        while self._waiting and self._waiting[0].at_s <= now_s and self._may(self._waiting[0]):
            self._do(self._waiting.pop(0))
        if self._picture_due_s is not None and now_s >= self._picture_due_s:
            self._keep_picture()
        while self._ticks and self._ticks[0].at_s <= now_s:
            self._tick(self._ticks.pop(0).item)

    def _may(self, step: Step) -> bool:
        """What is placed, and guidance, waits until the picture is live, as a person would."""
        return self._is_live() or not step.needs_picture

    def _is_live(self) -> bool:
        published = self._controller().published
        return published is not None and published.snapshot.truth.state is TruthState.LIVE

    def _do(self, step: Step) -> None:
        intents = self._intents
        if step.tick_phase:
            phase = Phase(step.tick_phase)
            self._plan_ticks([i for i in self._items() if i.phase is phase], step.at_s)
        self._plan_ticks([self._item(item_id) for item_id in step.tick], step.at_s)
        if step.sign:
            self._sign(Phase(step.sign))
        if step.override:
            self._mark(self._item(step.override), Mark.OVERRIDDEN, step.note)
        if step.target is not None:
            intents.target_placed.emit(step.target)
        if step.entry is not None:
            intents.entry_placed.emit(step.entry)
        if step.corridor_steps:
            intents.corridor_stepped.emit(step.corridor_steps)
        if step.no_go:
            intents.no_go_drawn.emit(step.no_go)
        if step.tip is not None:
            intents.tip_marked.emit(step.tip)
        self._press(step)
        if step.picture:
            self._picture_due_s = step.at_s

    def _press(self, step: Step) -> None:
        intents = self._intents
        if step.hold is not None:
            intents.hold_asked.emit(step.hold)
        if step.guidance:
            intents.guidance_pressed.emit()
        if step.injection:
            intents.injection_pressed.emit()
        if step.close:
            self._controller().hand.close_record()
        if step.store_image:
            intents.image_stored.emit()
        if step.moment:
            intents.moment_marked.emit(step.moment)

    def _plan_ticks(self, items: list[ChecklistItem], at_s: float) -> None:
        every_s = self._scenario.tick_every_s
        self._ticks += [Tick(at_s + n * every_s, item) for n, item in enumerate(items)]

    def _tick(self, item: ChecklistItem) -> None:
        published = self._controller().published
        if published and published.state.checklist and published.state.checklist.status(item.id):
            return
        self._controller().show_phase(item.phase)
        self._mark(item, Mark.DONE, "")

    def _mark(self, item: ChecklistItem, mark: Mark, note: str) -> None:
        time_utc = datetime.now(UTC).isoformat(timespec="milliseconds")
        evidence = self._evidence(item) if mark is Mark.DONE else ()
        entry = ChecklistEntry(item.id, mark, self._person_for(item), time_utc, note, evidence)
        self._controller().submit(ItemMarked(entry))

    def _evidence(self, item: ChecklistItem) -> tuple[Evidence, ...]:
        noted = self._scenario.evidence.get(item.id, {})
        asked = {field.id for field in item.fields}
        return tuple(Evidence(field, value) for field, value in noted.items() if field in asked)

    def _sign(self, phase: Phase) -> None:
        for person in self._people():
            self._controller().sign(phase, person)

    def _people(self) -> tuple[Person, Person]:
        operator = Person(self._scenario.operator, Role.OPERATOR)
        return operator, Person(self._scenario.assistant, Role.ASSISTANT)

    def _person_for(self, item: ChecklistItem) -> Person:
        operator, assistant = self._people()
        return operator if Role.OPERATOR in item.sign else assistant

    def _item(self, item_id: str) -> ChecklistItem:
        return next(item for item in self._items() if item.id == item_id)

    def _items(self) -> tuple[ChecklistItem, ...]:
        return self._application.template(self._scenario.procedure, self._scenario.plan).items

    def _controller(self) -> LiveController:
        controller = self._application.controller
        if controller is None:
            raise RuntimeError("the demonstration goes on without a run")
        return controller

    def _confirm_if_asked(self, now_s: float) -> None:
        """After a loss of the picture the operator looks for a moment, then confirms."""
        if self._mode() is not GuidanceMode.CONFIRM:
            self._asked_s = now_s
        elif now_s - self._asked_s > LOOK_S:
            self._asked_s = now_s
            self._intents.guidance_pressed.emit()

    def _keep_picture(self) -> None:
        """The first picture from now on that carries guidance."""
        if self._shown is None or not self._shown[0].picture.primitives:
            return
        if self._mode() is GuidanceMode.ON:
            view, frame = self._shown
            self.picture = render_image(frame, view.picture, *PICTURE_SIZE)
            self._picture_due_s = None

    def _mode(self) -> GuidanceMode:
        published = self._controller().published
        return published.snapshot.guidance.mode if published else GuidanceMode.OFF
