"""The tools at work: clicks and typed figures become intents, sentences say what comes next."""

import math
from dataclasses import replace

from PyQt6.QtCore import QElapsedTimer, QObject, pyqtSignal

from guidance_app.domain.calibration import Point
from guidance_app.presentation.view import PlanPoint, ScaleOffer, Text, Tone
from guidance_app.ui.actions import TOOLS, Action, Tool
from guidance_app.ui.intents import Intents
from guidance_app.ui.message_line import Answer, MessageLine

RULER_ANSWERS = (Answer("Set scale", "check-bold"),)
BY_HAND = Answer("Set by hand", "ruler")
GUIDE_ANSWERS = (Answer("From left", "arrow-right-bold"), Answer("From right", "arrow-left-bold"))
SIDES = {"From left": "left", "From right": "right"}
QUIT_OPEN = "Press Quit again to leave it open, Escape to stay."
NOT_BEFORE_MS = 500
"""A second press that comes sooner is one of the first's double click."""
DISTANCE_EXAMPLE, ANGLES_EXAMPLE = "20 mm", "30 45"


class ToolDesk(QObject):
    """Which tool is in hand; a tool is used once and then put back."""

    changed = pyqtSignal(object)
    """The `Tool` in hand, or None."""
    usable = pyqtSignal(object)
    """The `Tool` that the next press on the picture uses, in hand or not, or None."""

    def __init__(self, intents: Intents, line: MessageLine) -> None:
        super().__init__()
        self._intents = intents
        self._line = line
        self.tool: Tool | None = None
        self.awaited: Tool | None = None
        """What a press on the picture places while no tool is in hand."""
        self.open_record = ""
        """What a person who quits is told first: why the record is not closed."""
        self.idle_hint = ""
        """What is said while there is nothing else to say."""
        self._offer: ScaleOffer | None = None
        self._taken = QElapsedTimer()
        line.answered.connect(self._take_answer)
        line.escaped.connect(self.put_back)

    def choose(self, action: Action) -> None:
        """Take a tool; pressing the one in hand ends it."""
        if self.tool is not None and self.tool.action is action:
            self._press_again(self.tool)
        elif action in TOOLS:
            self._line.close_question()
            if action is Action.RULER and self._offer is not None:
                self._ask_about(self._offer)
            else:
                self._hold(Tool(action))

    def take_offer(self, offer: ScaleOffer | None) -> None:
        """What the ruler tool offers first from now on; an offer that has gone is not asked."""
        if offer == self._offer:
            return
        self._offer = offer
        if self.tool is not None and self.tool.found:
            self.put_back()

    def wait_for(self, point: PlanPoint | None) -> None:
        """What the checklist waits for from now on."""
        awaited = None if point is None else Tool(Action(point), by_itself=True)
        if awaited != self.awaited:
            self.awaited = awaited
            self.usable.emit(self.tool or awaited)

    def in_words(self, message: Text) -> Text:
        """A sentence for the line while no tool is in hand, with what is waited for behind it."""
        idle_hint = "" if message.text else self.idle_hint
        hint = self.awaited.hint if self.awaited else idle_hint
        return replace(message, text=f"{message.text} {hint}".strip())

    def place(self, point: Point) -> None:
        """A point was clicked on the picture."""
        if self.tool is None and self.awaited is not None:
            self._emit_points(self.awaited.with_point(point))
        elif self.tool is not None and self.tool.takes_points:
            self._hold(self.tool.with_point(point))
            if self.tool.complete:
                self._finish(self.tool)

    def put_back(self) -> None:
        """No tool any more; no point is emitted."""
        self.tool = None
        self._line.close_question()
        self._line.say(Text(""))
        self._tell()

    def _ask_about(self, offer: ScaleOffer) -> None:
        self._hold(Tool(Action.RULER, found=offer.sketch))
        found = (Answer(word, "check-bold") for word in offer.answers)
        self._line.choose(offer.question, (*found, BY_HAND))

    def _hold(self, tool: Tool) -> None:
        self.tool = tool
        self._taken.start()
        quits_open = tool.action is Action.QUIT and self.open_record
        self._line.say(Text(f"{self.open_record} {QUIT_OPEN}" if quits_open else tool.hint))
        self._tell()

    def _tell(self) -> None:
        self.changed.emit(self.tool)
        self.usable.emit(self.tool or self.awaited)

    def _press_again(self, tool: Tool) -> None:
        if tool.action is Action.SCORE and self._taken.elapsed() < NOT_BEFORE_MS:
            return
        self.put_back()
        if tool.action is Action.CLEAR:
            self._intents.plan_cleared.emit()
        elif tool.action is Action.QUIT:
            self._intents.quit_asked.emit()
        elif tool.action is Action.SCORE:
            self._intents.score_asked.emit()
        elif tool.closable:
            self._intents.no_go_drawn.emit(tool.points)

    def _finish(self, tool: Tool) -> None:
        if tool.action is Action.RULER:
            question = "Distance between the two marks, in millimetres:"
            self._line.ask(question, DISTANCE_EXAMPLE, RULER_ANSWERS)
        elif tool.action is Action.GUIDE:
            question = "Angles to the skin line, in degrees, and where the needle comes from:"
            self._line.ask(question, ANGLES_EXAMPLE, GUIDE_ANSWERS)
        else:
            self.put_back()
            self._emit_points(tool)

    def _emit_points(self, tool: Tool) -> None:
        signals = {
            Action.TARGET: self._intents.target_placed,
            Action.ENTRY: self._intents.entry_placed,
            Action.TIP: self._intents.tip_marked,
            Action.SKIN: self._intents.skin_placed,
        }
        signals[tool.action].emit(*tool.points)

    def _take_answer(self, typed: str, word: str) -> None:
        tool = self.tool
        if tool is None:
            return
        if tool.found:
            self._settle_offer(word)
            return
        try:
            if tool.action is Action.RULER:
                distance_mm = parse_distance(typed)
                self.put_back()
                self._intents.ruler_measured.emit(*tool.points, distance_mm)
            else:
                angles_deg = parse_angles(typed)
                self.put_back()
                self._intents.guide_placed.emit(tool.points[0], angles_deg, SIDES[word])
        except ValueError as error:
            self._line.say(Text(str(error), Tone.NORMAL))

    def _settle_offer(self, word: str) -> None:
        offer = self._offer
        self.put_back()
        if offer is not None and word in offer.answers:
            self._intents.scale_confirmed.emit(offer.answers.index(word))
        else:
            self._hold(Tool(Action.RULER))


def parse_distance(typed: str) -> float:
    """Millimetres from "20", "20,5", "20 mm" or "2 cm"; raises ValueError with a sentence."""
    text = typed.strip().replace(",", ".")
    sentence = "Type the distance in millimetres, for example 20, or 2 cm."
    if text.endswith("cm"):
        return 10.0 * _number(text.removesuffix("cm").strip(), sentence)
    return _number(text.removesuffix("mm").strip(), sentence)


def parse_angles(typed: str) -> tuple[float, ...]:
    """Degrees from "45" or "30 45 60"; raises ValueError with a sentence."""
    sentence = "Type the angles in degrees with spaces between them, for example 30 45 60."
    words = [word.rstrip(",").removesuffix("°") for word in typed.split()]
    if not words:
        raise ValueError(sentence)
    return tuple(_number(word, sentence) for word in words)


def _number(text: str, sentence: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(sentence) from None
    if not (math.isfinite(value) and value > 0):
        raise ValueError(sentence)
    return value
