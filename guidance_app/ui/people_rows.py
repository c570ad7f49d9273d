"""Who is there: a code for each role, and beside it what that person may do."""

from collections.abc import Mapping

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from guidance_app.domain.people import Role
from guidance_app.presentation.view import Text, Tone
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.message_line import EscapableLine
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton

WORDS = {
    Role.OPERATOR: ("Operator", "code"),
    Role.ASSISTANT: ("Assistant", "code"),
    Role.SUPERVISOR: ("Supervisor", "if needed"),
    Role.RADIOGRAPHER: ("Radiographer", "X-rays"),
}
"""The word of each role, and what its empty field says."""


class PeopleRows(QWidget):
    """One row for each role."""

    changed = pyqtSignal()
    """Somebody else is entered."""

    def __init__(self) -> None:
        super().__init__()
        self.title = FittedText(bold=True)
        self.title.say("Who is there")
        self.alone = TouchButton("account", "Working alone (this is recorded)", beside=True)
        self.alone.setCheckable(True)
        self.codes = {role: EscapableLine() for role in WORDS}
        self.standings = {role: FittedText() for role in WORDS}
        self._labels = {role: FittedText(tone=Tone.MUTED) for role in WORDS}
        self._lay_out()
        self.alone.toggled.connect(self._note_alone)
        for line in self.codes.values():
            line.textChanged.connect(self.changed)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 5)
        head.addWidget(self.alone, 7)
        self._grid = QGridLayout()
        for row, (role, (word, empty)) in enumerate(WORDS.items()):
            self._labels[role].say(word)
            self.codes[role].setAccessibleName(f"{word}, code")
            self.codes[role].setPlaceholderText(empty)
            self._grid.addWidget(self._labels[role], row, 0)
            self._grid.addWidget(self.codes[role], row, 1)
            self._grid.addWidget(self.standings[role], row, 2)
        for column, stretch in enumerate((5, 6, 13)):
            self._grid.setColumnStretch(column, stretch)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(head)
        self._column.addLayout(self._grid)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self._column.setSpacing(sizes.grid)
        self._grid.setSpacing(sizes.grid)
        for text in (*self._labels.values(), *self.standings.values()):
            text.set_cap(sizes.hand_cap * 1.1)
        self.title.set_cap(sizes.hand_cap * 1.2)
        for line in self.codes.values():
            line.setFixedHeight(round(sizes.touch * 0.8))
        self.alone.setFixedHeight(round(sizes.touch * 0.9))
        self.alone.set_cap(sizes.hand_cap * 1.1)

    def render_standing(self, standing: Mapping[Role, Text]) -> None:
        """Show what each person may do."""
        for role, text in self.standings.items():
            text.render_text(standing.get(role, Text("")))

    def code(self, role: Role) -> str:
        """Who was entered for a role."""
        return self.codes[role].text().strip()

    def forget_helpers(self) -> None:
        """Who supervises or works the X-rays, and working alone, is said each time."""
        self.codes[Role.SUPERVISOR].clear()
        self.codes[Role.RADIOGRAPHER].clear()
        self.alone.setChecked(False)

    def _note_alone(self, alone: bool) -> None:
        self.codes[Role.ASSISTANT].setEnabled(not alone)
        self.changed.emit()
