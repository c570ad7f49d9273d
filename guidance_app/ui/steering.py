"""Keys, wheel and drags on the picture as movements of the hands in a steered source."""

import math
from dataclasses import astuple
from enum import Enum, auto

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QKeyEvent, QWheelEvent

from drivers.api.ports import HandMove

HINT = "↓ in, ↑ out, ← → swing; wheel and drag too. Shift: the probe. Ctrl: entry, tilt."
SCRIPT_HINT = "A script moves the needle. Press Take over to move it yourself."


class Practice(Enum):
    """Whose hands hold needle and probe."""

    NONE = auto()
    """Real ones, or there are none."""
    SCRIPT = auto()
    """A simulator's own, which can be taken over."""
    YOURS = auto()
    """Of the person who looks."""


def practice_hint(practice: Practice, task: str) -> str:
    """What is said while there is nothing else to say; `task` is what the needle is meant for."""
    yours = f"Aim: {task}. {HINT}" if task else HINT
    return {Practice.NONE: "", Practice.SCRIPT: SCRIPT_HINT, Practice.YOURS: yours}[practice]


ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
NEEDLE = Qt.KeyboardModifier.NoModifier
PROBE = Qt.KeyboardModifier.ShiftModifier
ACROSS = Qt.KeyboardModifier.ControlModifier
RIGHT = {
    NEEDLE: HandMove(swing_rad=math.radians(0.5)),
    PROBE: HandMove(slide_mm=0.4),
    ACROSS: HandMove(entry_mm=0.4),
    PROBE | ACROSS: HandMove(rock_rad=math.radians(0.5)),
}
"""What one step to the right does. A key that is held repeats some 30 times a second."""
DOWN = {
    NEEDLE: HandMove(advance_mm=0.4),
    PROBE: HandMove(sweep_mm=0.2),
    ACROSS: HandMove(lift_rad=math.radians(0.3)),
}
"""What one step down does: deeper, or towards the viewer."""
STEP_PX = 4.0
"""Of a drag, on the screen."""
NOTCH_STEPS, NOTCH = 2.5, 120.0
"""Steps for each notch of a wheel; Qt's count for one."""


def key_move(event: QKeyEvent) -> HandMove | None:
    """What an arrow key asks for; None for other keys."""
    arrow = ARROWS.get(Qt.Key(event.key()))
    return None if arrow is None else _move(event.modifiers(), *arrow)


def wheel_move(event: QWheelEvent) -> HandMove:
    """Turned towards the hand it moves the needle inwards, as the arrow down does."""
    return _move(NEEDLE, 0.0, -event.angleDelta().y() / NOTCH * NOTCH_STEPS)


def drag_move(modifiers: Qt.KeyboardModifier, way_px: QPointF) -> HandMove:
    """What a drag by so many pixels of the screen asks for."""
    return _move(modifiers, way_px.x() / STEP_PX, way_px.y() / STEP_PX)


def _move(modifiers: Qt.KeyboardModifier, right: float, down: float) -> HandMove:
    held = modifiers & (PROBE | ACROSS)
    across, along = astuple(RIGHT[held]), astuple(DOWN.get(held, HandMove()))
    return HandMove(*(right * a + down * b for a, b in zip(across, along, strict=True)))
