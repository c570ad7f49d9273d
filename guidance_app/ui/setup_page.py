"""Setting up a procedure on one page: what, whom, which side, who is there, what is missing."""

from dataclasses import dataclass, field

from PyQt6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from guidance_app.presentation.view import Text, Tone
from guidance_app.ui.intents import Intents
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.message_line import EscapableLine
from guidance_app.ui.page_sizes import size_page
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton, bind_key

LEFT, RIGHT, MIDLINE = "left", "right", "midline"


@dataclass(frozen=True, slots=True)
class ProcedureChoice:
    """A procedure that can be guided."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class SetupView:
    """What can be chosen, what was chosen last, and an answer to Start."""

    procedures: tuple[ProcedureChoice, ...]
    procedure: str = ""
    """Id of the procedure that is chosen at first."""
    operator: str = ""
    assistant: str = ""
    answer: Text = field(default_factory=lambda: Text(""))


@dataclass(frozen=True, slots=True)
class SetupEntry:
    """What a person entered. Side is "left", "right", "midline" or empty."""

    procedure: str
    patient: str
    """Pseudonym."""
    side: str
    operator: str
    assistant: str
    working_alone: bool


def missing_parts(entry: SetupEntry) -> tuple[str, ...]:
    """What must still be entered before the procedure can start."""
    needed = {
        "the procedure": entry.procedure,
        "the patient's pseudonym": entry.patient,
        "the side": entry.side,
        "the operator's code": entry.operator,
        "the assistant's code or “working alone”": entry.assistant or entry.working_alone,
    }
    return tuple(words for words, given in needed.items() if not given)


class SetupPage(QWidget):
    """One page; Start is open when nothing is missing."""

    def __init__(self, intents: Intents) -> None:
        super().__init__()
        self._intents = intents
        self._choices: tuple[ProcedureChoice, ...] = ()
        self.title = FittedText(bold=True)
        self.title.say("Set up the procedure")
        self.procedure = QComboBox()
        self.patient, self.operator, self.assistant = (EscapableLine() for _ in range(3))
        self.alone = TouchButton("account", "Working alone (this is recorded)", beside=True)
        self.alone.setCheckable(True)
        self.sides = {
            LEFT: TouchButton("alpha-l-circle-outline", "Left", beside=True),
            RIGHT: TouchButton("alpha-r-circle-outline", "Right", beside=True),
            MIDLINE: TouchButton("arrow-expand-vertical", "Midline", beside=True),
        }
        self.missing = FittedText()
        self.start = TouchButton("play", "Start procedure", "Ctrl+Enter", beside=True)
        self.back = TouchButton("arrow-left-bold", "Back", "Esc", beside=True)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        side_row = QHBoxLayout()
        for button in self.sides.values():
            button.setCheckable(True)
            side_row.addWidget(button, 1)
        side_row.setSpacing(16)
        fields: tuple[tuple[str, QWidget | QHBoxLayout], ...] = (
            ("Procedure", self.procedure),
            ("Patient (pseudonym)", self.patient),
            ("Side of the patient", side_row),
            ("Operator (code)", self.operator),
            ("Assistant (code)", self.assistant),
            ("", self.alone),
        )
        self._form = QGridLayout()
        self._labels = [self._add_field(row, *field) for row, field in enumerate(fields)]
        self._form.setColumnStretch(0, 3)
        self._form.setColumnStretch(1, 7)
        buttons = QHBoxLayout()
        buttons.addWidget(self.back, 1)
        buttons.addStretch(1)
        buttons.addWidget(self.start, 2)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.title)
        self._column.addLayout(self._form)
        self._column.addStretch(1)
        self._column.addWidget(self.missing)
        self._column.addLayout(buttons)

    def _add_field(self, row: int, words: str, field: QWidget | QHBoxLayout) -> FittedText:
        label = FittedText(tone=Tone.MUTED)
        label.say(words)
        self._form.addWidget(label, row, 0)
        if isinstance(field, QWidget):
            field.setAccessibleName(words or field.accessibleName())
            self._form.addWidget(field, row, 1)
        else:
            self._form.addLayout(field, row, 1)
        return label

    def _connect(self) -> None:
        for line in (self.patient, self.operator, self.assistant):
            line.textChanged.connect(self._show_missing)
            line.escaped.connect(self.back.click)
        self.procedure.currentIndexChanged.connect(self._show_missing)
        self.alone.toggled.connect(self._show_missing)
        for side, button in self.sides.items():
            button.clicked.connect(lambda _=False, s=side: self._choose_side(s))
        self.start.clicked.connect(lambda: self._intents.procedure_started.emit(self.entry()))
        self.back.clicked.connect(self._intents.back_asked)
        bind_key("Esc", self.back, self)
        bind_key("Ctrl+Return", self.start, self)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        size_page(self._column, self.title, sizes)
        self._column.setSpacing(2 * sizes.grid)
        self._form.setSpacing(2 * sizes.grid)
        for widget in (self.procedure, self.patient, self.operator, self.assistant):
            widget.setFixedHeight(round(sizes.touch * 0.8))
        for button in (*self.sides.values(), self.alone, self.start, self.back):
            button.setFixedHeight(round(sizes.touch * 0.9))
            button.set_cap(sizes.hand_cap * 1.2)
        for text in (*self._labels, self.missing):
            text.set_cap(sizes.hand_cap * 1.2)
        self.missing.setFixedHeight(round(sizes.hand_cap * 4.5))

    def render_view(self, view: SetupView) -> None:
        """Show the record; what was typed stays."""
        if view.procedures != self._choices:
            self._choices = view.procedures
            self.procedure.clear()
            for choice in view.procedures:
                self.procedure.addItem(choice.title, choice.id)
            self.procedure.setCurrentIndex(-1)
        if self.procedure.currentIndex() < 0:
            self.procedure.setCurrentIndex(self.procedure.findData(view.procedure))
        self.operator.setText(self.operator.text() or view.operator)
        self.assistant.setText(self.assistant.text() or view.assistant)
        self._show_missing()
        if view.answer.text:
            self.missing.render_text(view.answer)

    def entry(self) -> SetupEntry:
        """What is entered now."""
        side = next((name for name, button in self.sides.items() if button.isChecked()), "")
        return SetupEntry(
            procedure=self.procedure.currentData() or "",
            patient=self.patient.text().strip(),
            side=side,
            operator=self.operator.text().strip(),
            assistant=self.assistant.text().strip(),
            working_alone=self.alone.isChecked(),
        )

    def clear(self) -> None:
        """Forget patient and side, for the next patient; the people stay."""
        self.patient.clear()
        self._choose_side("")
        self.procedure.setCurrentIndex(-1)

    def _choose_side(self, chosen: str) -> None:
        for side, button in self.sides.items():
            button.setChecked(side == chosen)
        self._show_missing()

    def _show_missing(self) -> None:
        self.assistant.setEnabled(not self.alone.isChecked())
        missing = missing_parts(self.entry())
        self.start.setEnabled(not missing)
        sentence = f"Still missing: {', '.join(missing)}." if missing else "Nothing is missing."
        self.missing.say(sentence)
