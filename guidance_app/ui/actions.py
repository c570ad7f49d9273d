"""What the tool row offers: words, keys and icons, and what each tool wants to be told next."""

from dataclasses import dataclass
from enum import StrEnum

from guidance_app.domain.calibration import Point
from guidance_app.presentation.primitives import Ink, Line, Primitive, Ring, Stroke


class Action(StrEnum):
    """One button of the tool row."""

    TARGET = "target"
    ENTRY = "entry"
    NO_GO = "no_go"
    SKIN = "skin"
    TIP = "tip"
    RULER = "ruler"
    GUIDE = "guide"
    CLEAR = "clear"
    HOLD = "hold"
    MARK = "mark"
    STORE = "store"
    HIDE = "hide"
    SOURCE = "source"
    WHY = "why"
    TAKE = "take"
    SCORE = "score"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """How an action is shown; `key` is a Qt key sequence and is shown as it stands."""

    word: str
    key: str
    icon: str
    hint: str


ACTIONS: dict[Action, ActionSpec] = {
    Action.TARGET: ActionSpec("Target", "T", "target", "Place the target"),
    Action.ENTRY: ActionSpec("Entry", "E", "ray-start-arrow", "Place where the needle enters"),
    Action.NO_GO: ActionSpec("No-go", "N", "vector-polygon", "Outline a structure to avoid"),
    Action.SKIN: ActionSpec("Skin line", "L", "vector-line", "Place two points of the skin line"),
    Action.TIP: ActionSpec("Tip", "P", "record-circle-outline", "Mark where the needle tip is"),
    Action.RULER: ActionSpec("Ruler", "R", "ruler", "Set the scale from two ruler marks"),
    Action.GUIDE: ActionSpec("Needle guide", "B", "angle-acute", "Place the bracket's lines"),
    Action.CLEAR: ActionSpec("Clear plan", "C", "eraser", "Remove the whole plan"),
    Action.HOLD: ActionSpec("Freeze", "F", "snowflake", "Hold this picture, or follow again"),
    Action.MARK: ActionSpec("Mark", "M", "bookmark-outline", "Mark this moment in the recording"),
    Action.STORE: ActionSpec("Store image", "I", "image-plus-outline", "Store this picture"),
    Action.HIDE: ActionSpec("Hide overlay", "H", "eye-off-outline", "Hide the overlay while held"),
    Action.SOURCE: ActionSpec("Source…", "O", "video-outline", "Choose another source"),
    Action.WHY: ActionSpec("No picture?", "D", "stethoscope", "Find out why there is no picture"),
    Action.TAKE: ActionSpec("Take over", "Y", "hand-back-right", "Move the needle yourself"),
    Action.SCORE: ActionSpec("Score", "K", "school-outline", "End, and see how it went"),
    Action.QUIT: ActionSpec("Quit", "Ctrl+Q", "exit-to-app", "End the session"),
}

FOLLOW_WORD, FOLLOW_ICON = "Follow", "play"
"""The Freeze button's word and icon while a picture is held."""

POINTS_NEEDED = {
    Action.TARGET: 1,
    Action.ENTRY: 1,
    Action.TIP: 1,
    Action.SKIN: 2,
    Action.RULER: 2,
    Action.GUIDE: 1,
}
"""Tools that end by themselves; an outline ends when its tool is pressed again."""

CLOSE_OUTLINE_FROM = 3

_HINTS = {
    Action.TARGET: ("Click the target.",),
    Action.ENTRY: ("Click where the needle enters the skin.",),
    Action.TIP: ("Click the needle tip.",),
    Action.SKIN: ("Click the skin line near the left edge.", "Click the skin line near the right."),
    Action.RULER: ("Click the first ruler mark.", "Click the second ruler mark."),
    Action.GUIDE: ("Click where the bracket's channels cross the skin line.",),
    Action.NO_GO: (
        "Click the first corner of the structure to avoid.",
        "Click the next corner.",
        "Click the next corner.",
        "Click the next corner, or press No-go again to close the outline.",
    ),
    Action.CLEAR: ("Press Clear plan again to remove the plan. Escape keeps it.",),
    Action.SCORE: ("Press Score again to end the attempt and see how it went. Escape: keep on.",),
    Action.QUIT: ("Press Quit again to end the session. Escape stays.",),
}
TOOLS = frozenset(_HINTS)
"""Actions that go on after the button was pressed; the others are done at once."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool in hand and the points placed with it so far."""

    action: Action
    points: tuple[Point, ...] = ()
    found: tuple[Primitive, ...] = ()
    """What the program found and offers, as shapes over the picture."""
    by_itself: bool = False
    """Nobody took it: a handle under the finger comes first, and a press beside the picture is
    no mistake."""

    @property
    def hint(self) -> str:
        """What to do next."""
        hints = _HINTS[self.action]
        return hints[min(len(self.points), len(hints) - 1)]

    @property
    def takes_points(self) -> bool:
        """Whether the next click on the picture belongs to this tool."""
        placing = self.action is Action.NO_GO or self.action in POINTS_NEEDED
        return placing and not self.complete and not self.found

    @property
    def complete(self) -> bool:
        """Whether all points are there, for tools that know how many they need."""
        return len(self.points) == POINTS_NEEDED.get(self.action)

    @property
    def closable(self) -> bool:
        """Whether an outline has corners enough."""
        return self.action is Action.NO_GO and len(self.points) >= CLOSE_OUTLINE_FROM

    def with_point(self, point: Point) -> "Tool":
        """The tool after one more click."""
        return Tool(self.action, (*self.points, point))

    def sketch(self) -> tuple[Primitive, ...]:
        """What has been placed so far, as shapes over the picture."""
        rings = tuple(Ring(point, 6.0, Ink.PREDICTION) for point in self.points)
        if len(self.points) < 2:
            return (*self.found, *rings)
        return (Line(self.points, Ink.PREDICTION, Stroke.DOTTED), *rings)
