"""What is done: a list for the keyboard, and a button for each procedure of the site tapped."""

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QComboBox, QGridLayout, QVBoxLayout, QWidget

from guidance_app.presentation.setup_choices import Choice
from guidance_app.presentation.view import Tone
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton

IN_A_ROW = 2
MOST_AT_A_SPOT = 6
"""Procedures of one spot; a test counts them."""
NO_SPOT = "Tap the site on the picture, or choose from the list."
ICON = "needle"


class ProcedureChoice(QWidget):
    """List and buttons always say the same."""

    changed = pyqtSignal()
    """Another procedure is chosen, or none."""

    def __init__(self) -> None:
        super().__init__()
        self.choices: tuple[Choice, ...] = ()
        self.list = QComboBox()
        self.list.setAccessibleName("Procedure")
        self.list.setPlaceholderText("All procedures …")
        self.hint = FittedText(tone=Tone.MUTED)
        self.buttons = [TouchButton(ICON, "", beside=True) for _ in range(MOST_AT_A_SPOT)]
        self._shown: tuple[Choice, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._grid = QGridLayout()
        self._lay_out()
        self.list.currentIndexChanged.connect(self._note_choice)

    def _lay_out(self) -> None:
        for place, button in enumerate(self.buttons):
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, n=place: self.choose(self._shown[n].id))
            keeps_its_place = button.sizePolicy()
            keeps_its_place.setRetainSizeWhenHidden(True)
            button.setSizePolicy(keeps_its_place)
            self._grid.addWidget(button, *divmod(place, IN_A_ROW))
        for column in range(IN_A_ROW):
            self._grid.setColumnStretch(column, 1)
        self._column.addWidget(self.list)
        self._column.addWidget(self.hint)
        self._column.addLayout(self._grid)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self._column.setSpacing(sizes.grid)
        self._grid.setSpacing(sizes.grid)
        self.list.setFixedHeight(round(sizes.touch * 0.8))
        self.hint.set_cap(sizes.hand_cap * 1.1)
        self.hint.setFixedHeight(round(sizes.hand_cap * 2.4))
        for button in self.buttons:
            button.setFixedHeight(round(sizes.touch * 0.9))
            button.set_cap(sizes.hand_cap * 1.1)

    def offer(self, choices: tuple[Choice, ...]) -> None:
        """Put these into the list; what was chosen of others is forgotten."""
        if choices == self.choices:
            return
        self.choices = choices
        self.list.clear()
        for choice in choices:
            self.list.addItem(choice.title, choice.id)
        self.list.setCurrentIndex(-1)

    def chosen(self) -> Choice | None:
        """What is chosen."""
        index = self.list.currentIndex()
        return self.choices[index] if index >= 0 else None

    def choose(self, procedure: str) -> None:
        """Choose by id; empty chooses none."""
        self.list.setCurrentIndex(self.list.findData(procedure) if procedure else -1)
        self._note_choice()

    def narrow_to(self, spot: str) -> None:
        """Offer what is done at this spot, and choose where that is one thing alone."""
        here = tuple(choice for choice in self.choices if choice.spot == spot)
        self._shown = here[:MOST_AT_A_SPOT]
        self.hint.say(f"{len(here)} procedures here:" if len(here) > 1 else "")
        chosen = self.chosen()
        if chosen not in here:
            self.choose(here[0].id if len(here) == 1 else "")
        self.render_shown()

    def widen(self) -> None:
        """No spot is chosen."""
        self._shown = ()
        self.hint.say(NO_SPOT)
        self.render_shown()

    def render_shown(self) -> None:
        """Let the buttons say what the list says."""
        chosen = self.chosen()
        for place, button in enumerate(self.buttons):
            button.setVisible(place < len(self._shown))
            if place < len(self._shown):
                button.set_word(self._shown[place].title)
                button.setChecked(self._shown[place] == chosen)

    def _note_choice(self) -> None:
        self.render_shown()
        self.changed.emit()
