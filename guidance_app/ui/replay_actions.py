"""What can be done in the trainer's workspace, and the key for each."""

from enum import StrEnum

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent


class ReplayAction(StrEnum):
    """The value says it in words, for a tooltip."""

    PLAY = "Play or pause"
    STEP_BACK = "The picture before"
    STEP_ON = "The next picture"
    SNAPSHOT_BACK = "The snapshot before"
    SNAPSHOT_ON = "The next snapshot"
    SECOND_BACK = "A second back"
    SECOND_ON = "A second on"
    EVENT_BACK = "To what happened before"
    EVENT_ON = "To what happens next"
    BEGIN = "To the beginning"
    END = "To the end"
    SLOWER = "Slower"
    FASTER = "Faster"
    LOOP_FROM = "The loop begins here"
    LOOP_TO = "The loop ends here"
    LOOP_OFF = "No loop"
    MARK = "Note something about this moment, or about the loop"
    WITHDRAW = "Withdraw the note that is chosen"
    CURVE = "Another curve"
    FIGURES = "The figures of the session"
    NOTES = "The notes about it"
    RATE = "Rate it, or end rating"
    AGAIN = "What today's software would have shown, beside it"
    RESCALE = "What another scale would have shown, beside it"
    COMPARE = "Another session beside it"
    ALIGN = "Put both sessions together at another event"
    LEAVE = "Back to the sessions"


PLAIN, SHIFT, CONTROL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
KEYS: dict[tuple[Qt.Key, Qt.KeyboardModifier], ReplayAction] = {
    (Qt.Key.Key_Space, PLAIN): ReplayAction.PLAY,
    (Qt.Key.Key_Left, PLAIN): ReplayAction.STEP_BACK,
    (Qt.Key.Key_Right, PLAIN): ReplayAction.STEP_ON,
    (Qt.Key.Key_Left, CONTROL): ReplayAction.SNAPSHOT_BACK,
    (Qt.Key.Key_Right, CONTROL): ReplayAction.SNAPSHOT_ON,
    (Qt.Key.Key_Left, SHIFT): ReplayAction.SECOND_BACK,
    (Qt.Key.Key_Right, SHIFT): ReplayAction.SECOND_ON,
    (Qt.Key.Key_Up, PLAIN): ReplayAction.EVENT_BACK,
    (Qt.Key.Key_Down, PLAIN): ReplayAction.EVENT_ON,
    (Qt.Key.Key_Home, PLAIN): ReplayAction.BEGIN,
    (Qt.Key.Key_End, PLAIN): ReplayAction.END,
    (Qt.Key.Key_Delete, PLAIN): ReplayAction.WITHDRAW,
    (Qt.Key.Key_Escape, PLAIN): ReplayAction.LEAVE,
}
LETTERS: dict[str, ReplayAction] = {
    "-": ReplayAction.SLOWER,
    "+": ReplayAction.FASTER,
    "[": ReplayAction.LOOP_FROM,
    "]": ReplayAction.LOOP_TO,
    "l": ReplayAction.LOOP_OFF,
    "m": ReplayAction.MARK,
    "v": ReplayAction.CURVE,
    "f": ReplayAction.FIGURES,
    "n": ReplayAction.NOTES,
    "r": ReplayAction.RATE,
    "t": ReplayAction.AGAIN,
    "x": ReplayAction.RESCALE,
    "c": ReplayAction.COMPARE,
    "a": ReplayAction.ALIGN,
}
"""By what is typed, so that they are where the keyboard's own layout has them."""


def action_of(event: QKeyEvent) -> ReplayAction | None:
    """What a key asks for; None for one that is not used."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    by_key = KEYS.get((Qt.Key(event.key()), modifiers))
    return by_key or LETTERS.get(event.text().lower())
