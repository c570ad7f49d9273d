"""What takes the value of one field: large buttons, or a line to type in with buttons beside it."""

from collections.abc import Sequence
from datetime import datetime

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from guidance_app.domain.evidence import TICKED, EvidenceField, EvidenceKind
from guidance_app.presentation.evidence_entry import (
    entered_value,
    field_label,
    stepped_value,
    value_now,
)
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.message_line import EscapableLine
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton

COLUMNS = 4
"""Of choices, so that each is wide enough for its word."""
CHOSEN, NOT_CHOSEN = "radiobox-marked", "radiobox-blank"
TICK, NO_TICK = "checkbox-marked", "checkbox-blank-outline"
NOW_BUTTONS = {
    EvidenceKind.DATE: ("calendar-today", "Today"),
    EvidenceKind.TIME: ("clock-outline", "Now"),
}
LABEL_SHARE = 1.7
"""Height of a label in heights of its capitals."""
GAP_PX = 4


class ChoiceButtons(QWidget):
    """One button for each choice; a press on the chosen one takes it back."""

    changed = pyqtSignal()
    left = pyqtSignal()
    """Never: there is nothing to type."""

    def __init__(self, words: Sequence[str], values: Sequence[str], icons: tuple[str, str]) -> None:
        """`icons` are those of a chosen button and of any other."""
        super().__init__()
        self.value = ""
        self._icons = icons
        self._values = tuple(values)
        self.buttons = [TouchButton(icons[1], word, beside=True) for word in words]
        self.rows = -(-len(self.buttons) // COLUMNS)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP_PX)
        for number, (button, value) in enumerate(zip(self.buttons, values, strict=True)):
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, v=value: self._press(v))
            grid.addWidget(button, number // COLUMNS, number % COLUMNS)

    def set_value(self, value: str) -> None:
        """Show another value, of which nobody is told."""
        self.value = value
        for button, own in zip(self.buttons, self._values, strict=True):
            button.setChecked(own == value)
            button.set_word(button.text(), self._icons[0 if own == value else 1])

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        for button in self.buttons:
            button.set_cap(sizes.hand_cap * 1.1)

    def _press(self, value: str) -> None:
        self.set_value("" if value == self.value else value)
        self.changed.emit()


class TypedValue(QWidget):
    """A line, between buttons for a step down and up, or before one that fills in now."""

    changed = pyqtSignal()
    left = pyqtSignal()
    """Enter or Escape was pressed in the line."""
    rows = 1

    def __init__(self, field: EvidenceField) -> None:
        super().__init__()
        self._field = field
        self.line = EscapableLine()
        self.line.setAccessibleName(field_label(field))
        self.line.textEdited.connect(lambda _: self.changed.emit())
        self.line.returnPressed.connect(self.left)
        self.line.escaped.connect(self._drop)
        self.buttons = self._make_buttons()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP_PX)
        for number, widget in enumerate((self.line, *self.buttons)):
            row.insertWidget(0 if number == 1 and len(self.buttons) > 1 else number, widget, 1)
        row.setStretchFactor(self.line, 2)

    @property
    def value(self) -> str:
        """What was entered, in the form in which it is kept."""
        return entered_value(self._field, self.line.text())

    def set_value(self, value: str) -> None:
        """Show another value, of which nobody is told."""
        self.line.setText(value)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self.line.setFixedHeight(sizes.touch)
        for button in self.buttons:
            button.set_cap(sizes.hand_cap * 1.1)

    def _make_buttons(self) -> tuple[TouchButton, ...]:
        field = self._field
        if field.kind is EvidenceKind.NUMBER:
            buttons = (TouchButton("minus-thick", "Minus"), TouchButton("plus-thick", "Plus"))
            for button, direction in zip(buttons, (-1, 1), strict=True):
                button.clicked.connect(lambda _=False, d=direction: self._step(d))
            return buttons
        if field.kind in NOW_BUTTONS:
            now = TouchButton(*NOW_BUTTONS[field.kind])
            now.clicked.connect(lambda: self._fill(value_now(field, datetime.now())))
            return (now,)
        return ()

    def _step(self, direction: int) -> None:
        self._fill(stepped_value(self._field, self.value, direction))

    def _fill(self, value: str) -> None:
        self.line.setText(value)
        self.changed.emit()

    def _drop(self) -> None:
        self._fill("")
        self.left.emit()


class EvidenceInput(QWidget):
    """A label, which a tick carries on its button, and what takes the value."""

    def __init__(self, field: EvidenceField) -> None:
        super().__init__()
        self.field = field
        self.label = FittedText()
        self.label.say(field_label(field))
        self.entry = _entry(field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.label)
        column.addWidget(self.entry, 1)
        self.label.setVisible(field.kind is not EvidenceKind.TICK)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self.label.setFixedHeight(round(sizes.hand_cap * LABEL_SHARE))
        self.label.set_cap(sizes.hand_cap)
        self.entry.apply(sizes)

    def height_px(self, sizes: Sizes) -> int:
        """With each row of it as high as a touch target."""
        label = 0 if self.field.kind is EvidenceKind.TICK else round(sizes.hand_cap * LABEL_SHARE)
        return label + self.entry.rows * (sizes.touch + GAP_PX) - GAP_PX


def _entry(field: EvidenceField) -> ChoiceButtons | TypedValue:
    if field.kind is EvidenceKind.TICK:
        return ChoiceButtons((field_label(field),), (TICKED,), (TICK, NO_TICK))
    if field.kind is EvidenceKind.CHOICE:
        return ChoiceButtons(field.choices, field.choices, (CHOSEN, NOT_CHOSEN))
    return TypedValue(field)
