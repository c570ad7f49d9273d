"""The live screen: the picture, the panel beside it, the tools below; it never opens a dialog."""

from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from drivers.api.ports import Clock, HandMove
from drivers.api.samples import PictureGeometry, VideoFrame
from guidance_app.domain.calibration import Point
from guidance_app.presentation.view import LiveView, Text, Tone
from guidance_app.ui.actions import Action, Tool
from guidance_app.ui.checklist_panel import ChecklistPanel
from guidance_app.ui.guidance_switch import GuidanceSwitch
from guidance_app.ui.image_view import ImageView
from guidance_app.ui.intents import Intents
from guidance_app.ui.message_line import Answer, MessageLine
from guidance_app.ui.read_outs import ReadOuts
from guidance_app.ui.steering import Practice, practice_hint
from guidance_app.ui.theme import Sizes
from guidance_app.ui.tool_bar import ToolBar
from guidance_app.ui.tools import ToolDesk

MARK_LABEL = "mark"
PIN_QUESTION = "{}, type your PIN to sign:"
PIN_AGAIN = "That is not the right PIN, {}. Nothing is signed: type it again, or Escape:"
BESIDE = Text("That is beside the picture. Click on the picture.", Tone.CAUTION)
HELD = "You hold this picture: the needle stays. Press Follow to go on."
CORRIDOR_KEYS = {"+": 1, "-": -1}


class LiveScreen(QWidget):
    """Renders a `LiveView` with its frame; strip and message line belong to the main window."""

    def __init__(self, intents: Intents, line: MessageLine, clock: Clock) -> None:
        super().__init__()
        self._intents = intents
        self._line = line
        self._held = False
        self._hiding = False
        self._practice, self._task = Practice.NONE, ""
        self._asking_pin = False
        self._layout: tuple[int, PictureGeometry | None] = (0, None)
        self.image = ImageView(clock)
        self.read_outs = ReadOuts()
        self.checklist = ChecklistPanel(intents)
        self.guidance = GuidanceSwitch(intents)
        self.tools = ToolBar()
        self.desk = ToolDesk(intents, line)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._panel = QWidget()
        self._panel_column = QVBoxLayout(self._panel)
        self._panel_column.addWidget(self.read_outs)
        self._panel_column.addWidget(self.checklist, 1)
        self._panel_column.addWidget(self.guidance)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.image, 1)
        middle.addWidget(self._panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(middle, 1)
        column.addWidget(self.tools)

    def _connect(self) -> None:
        self.tools.chosen.connect(self._act)
        self._line.answered.connect(self._take_pin)
        self._line.escaped.connect(self._end_pin)
        self.guidance.emergency.clicked.connect(self.checklist.declare_emergency)
        self.tools.hide_held.connect(self._hide)
        self.desk.changed.connect(self._take_tool)
        self.desk.usable.connect(self.tools.show_tool)
        self.desk.usable.connect(self.image.show_tool)
        self.image.point_placed.connect(self.desk.place)
        self.image.missed.connect(lambda: self._line.say(BESIDE))
        self.image.handle_moved.connect(self._intents.handle_moved)
        self.image.hands_moved.connect(self._move_hands)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        grid = sizes.grid
        self._panel.setFixedWidth(sizes.panel_width)
        self._panel_column.setContentsMargins(grid, grid // 2, grid, 0)
        self._panel_column.setSpacing(grid)
        for part in (self.read_outs, self.checklist, self.guidance, self.tools):
            part.apply(sizes)

    def render_view(self, view: LiveView, frame: VideoFrame | None) -> None:
        """Show the record and the frame it was made for."""
        if view.layout != self._layout:
            self._layout = view.layout
            self._let_go()
        self.image.show_frame(frame, view.picture)
        self.read_outs.render_view(view.read_outs)
        self.checklist.render_view(view.checklist)
        self.guidance.render_view(view.guidance, view.injection)
        self.tools.show_held(view.held)
        self._held = view.held
        self._offer_hands(view.checklist is not None)
        self.desk.take_offer(view.scale_offer)
        self.desk.wait_for(view.awaited)
        self.desk.open_record = view.open_record
        if self.desk.tool is None and not self._line.is_asking:
            in_front = self.isVisible()  # elsewhere nothing can be done on the picture
            self._line.say(self.desk.in_words(view.message) if in_front else view.message)

    def _let_go(self) -> None:
        """What was begun on a picture that lay otherwise is not carried over to this one."""
        tool = self.desk.tool
        if tool is not None and (tool.points or tool.found):
            self.desk.put_back()

    def ask_pin(self, code: str, again: bool = False) -> None:
        """Let the person with this code type the PIN, once more or not; Escape leaves it."""
        self.desk.put_back()
        self._asking_pin = True
        question = PIN_AGAIN if again else PIN_QUESTION
        self._line.ask_secret(question.format(code), Answer("Sign", "draw"))

    def _take_pin(self, pin: str) -> None:
        if self._asking_pin:
            self._end_pin()
            self._intents.pin_given.emit(pin)

    def _end_pin(self) -> None:
        if self._asking_pin:
            self._asking_pin = False
            self._line.close_question()
            self.image.setFocus()

    def show_handles(self, handles: tuple[tuple[str, Point], ...]) -> None:
        """Points of the plan that can be dragged, by name."""
        self.image.show_handles(handles)

    def show_practice(self, practice: Practice, task: str = "") -> None:
        """Whose hands hold needle and probe, how they are moved if from here, and where to."""
        self.image.show_steered(practice is Practice.YOURS)
        self._practice, self._task = practice, task
        self._offer_hands(has_procedure=False)

    def _offer_hands(self, has_procedure: bool) -> None:
        """Taking over ends the run, and so is not offered beside the tools of a procedure."""
        scripted = self._practice is Practice.SCRIPT
        offered = Practice.NONE if has_procedure and scripted else self._practice
        hint = practice_hint(offered, self._task)
        self.tools.show_practice(offered)
        self.desk.idle_hint = HELD if self._held and hint else hint

    def _move_hands(self, move: HandMove) -> None:
        """Nobody moves a needle in a picture that stands."""
        if not self._held:
            self._intents.hands_moved.emit(move)

    def _act(self, action: Action) -> None:
        if action is Action.HOLD:
            self._intents.hold_asked.emit(not self._held)
        elif action is Action.MARK:
            self._intents.moment_marked.emit(MARK_LABEL)
        elif action is Action.STORE:
            self._intents.image_stored.emit()
        elif action is Action.SOURCE:
            self._intents.source_asked.emit()
        elif action is Action.TAKE:
            self._intents.hands_taken.emit()
        elif action is Action.WHY:
            self._intents.diagnosis_asked.emit()
        else:
            self.desk.choose(action)

    def _take_tool(self, tool: Tool | None) -> None:
        self._asking_pin = self._asking_pin and tool is None
        self.image.setFocus()

    def _hide(self, hidden: bool) -> None:
        if hidden is not self._hiding:
            self._hiding = hidden
            self.image.hide_overlay(hidden)
            self._intents.hide_changed.emit(hidden)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """H hides the overlay while it is down; + and - widen and narrow the corridor."""
        if event is None:
            return
        if event.key() == Qt.Key.Key_H:
            self._hide(True)
        elif event.text() in CORRIDOR_KEYS:
            self._intents.corridor_stepped.emit(CORRIDOR_KEYS[event.text()])
        elif event.key() == Qt.Key.Key_Escape and self.desk.tool is not None:
            self.desk.put_back()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """The overlay comes back when H is let go; a held key repeats and is not let go."""
        if event is not None and event.key() == Qt.Key.Key_H and not event.isAutoRepeat():
            self._hide(False)

    def event(self, event: QEvent | None) -> bool:
        """The overlay also comes back when the window loses the keyboard while H is down."""
        if event is not None and event.type() == QEvent.Type.WindowDeactivate:
            self._hide(False)
        return super().event(event)
