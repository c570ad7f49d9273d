"""Setting up a procedure on one page: what, whom, which side, who is there, what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from PyQt6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from guidance_app.presentation.setup_choices import Choice, SetupAnswer, SetupEntry
from guidance_app.presentation.view import Text, Tone
from guidance_app.ui.advice_panel import AdvicePanel
from guidance_app.ui.intents import Intents
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.message_line import EscapableLine
from guidance_app.ui.page_sizes import size_page
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton, bind_key

LEFT, RIGHT, MIDLINE = "left", "right", "midline"
PLANS = {
    "us": ("waveform", "Ultrasound"),
    "fluoroscopy": ("radioactive", "Fluoroscopy"),
    "palpation": ("hand-back-right", "Palpation"),
    "ct": ("circle-double", "CT"),
    "mri": ("magnet", "MRI"),
    "fusion": ("layers", "Fusion"),
}
"""Icon and word of each technique."""
PLANS_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class SetupView:
    """What can be chosen, what was chosen last, and an answer to Start."""

    procedures: tuple[Choice, ...]
    procedure: str = ""
    """Id of the procedure that is chosen at first."""
    plan: str = ""
    """Id of the technique that is chosen at first."""
    operator: str = ""
    assistant: str = ""
    answer: Text = field(default_factory=lambda: Text(""))


class SetupPage(QWidget):
    """One page; Start is open when nothing is missing."""

    def __init__(self, intents: Intents) -> None:
        super().__init__()
        self._intents = intents
        self._choices: tuple[Choice, ...] = ()
        self.title = FittedText(bold=True)
        self.title.say("Set up the procedure")
        self.procedure = QComboBox()
        self.plans = {id_: TouchButton(*look, beside=True) for id_, look in PLANS.items()}
        self.patient, self.reason = EscapableLine(), EscapableLine()
        self.operator, self.supervisor = EscapableLine(), EscapableLine()
        self.assistant, self.radiographer = EscapableLine(), EscapableLine()
        self.standing = FittedText()
        self.advice = AdvicePanel()
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
        fields: tuple[tuple[str, QWidget | QLayout], ...] = (
            ("Procedure", self.procedure),
            ("Needle guided by", self._plan_grid()),
            ("Side of the patient", self._side_row()),
            ("Patient (pseudonym)", self.patient),
            ("Operator · supervisor", _beside(self.operator, self.supervisor)),
            ("Assistant · radiographer", _beside(self.assistant, self.radiographer)),
            ("", self.alone),
        )
        for line, name in self._codes().items():
            line.setAccessibleName(name)
            line.setPlaceholderText(name)
        self._form = QGridLayout()
        self._labels = [self._add_field(row, *field) for row, field in enumerate(fields)]
        self._form.setColumnStretch(0, 3)
        self._form.setColumnStretch(1, 7)
        self._halves = QHBoxLayout()
        self._halves.addLayout(self._form, 11)
        self._halves.addLayout(self._advice_column(), 9)
        buttons = QHBoxLayout()
        buttons.addWidget(self.back, 1)
        buttons.addStretch(1)
        buttons.addWidget(self.start, 2)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.title)
        self._column.addLayout(self._halves, 1)
        self._column.addWidget(self.missing)
        self._column.addLayout(buttons)

    def _codes(self) -> dict[EscapableLine, str]:
        return {
            self.operator: "code",
            self.supervisor: "if one is needed",
            self.assistant: "code",
            self.radiographer: "with X-rays",
        }

    def _side_row(self) -> QLayout:
        row = QHBoxLayout()
        for button in self.sides.values():
            button.setCheckable(True)
            row.addWidget(button, 1)
        row.setSpacing(16)
        return row

    def _plan_grid(self) -> QLayout:
        grid = QGridLayout()
        for place, button in enumerate(self.plans.values()):
            button.setCheckable(True)
            grid.addWidget(button, *divmod(place, PLANS_IN_A_ROW))
        grid.setSpacing(8)
        return grid

    def _advice_column(self) -> QLayout:
        column = QVBoxLayout()
        column.addWidget(self.advice, 1)
        column.addWidget(self.standing)
        self.reason_label = FittedText(tone=Tone.MUTED)
        self.reason_label.say("Why it is done like this")
        self.reason.setAccessibleName("Why it is done like this")
        column.addWidget(self.reason_label)
        column.addWidget(self.reason)
        return column

    def _add_field(self, row: int, words: str, field: QWidget | QLayout) -> FittedText:
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
        for line in (self.patient, self.reason, *self._codes()):
            line.textChanged.connect(self._tell_choice)
            line.escaped.connect(self.back.click)
        self.procedure.currentIndexChanged.connect(self._tell_choice)
        self.alone.toggled.connect(self._tell_choice)
        for side, button in self.sides.items():
            button.clicked.connect(lambda _=False, s=side: self._choose(self.sides, s))
        for plan, button in self.plans.items():
            button.clicked.connect(lambda _=False, p=plan: self._choose(self.plans, p))
        self.start.clicked.connect(lambda: self._intents.procedure_started.emit(self.entry()))
        self.back.clicked.connect(self._intents.back_asked)
        bind_key("Esc", self.back, self)
        bind_key("Ctrl+Return", self.start, self)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        size_page(self._column, self.title, sizes)
        side = sizes.panel_width // 4
        self._column.setContentsMargins(side, 2 * sizes.grid, side, 2 * sizes.grid)
        self._column.setSpacing(2 * sizes.grid)
        self._form.setSpacing(2 * sizes.grid)
        self._halves.setSpacing(4 * sizes.grid)
        self.advice.apply(sizes)
        fields = (self.procedure, self.patient, self.reason, *self._codes())
        for widget in fields:
            widget.setFixedHeight(round(sizes.touch * 0.8))
        buttons = (*self.sides.values(), *self.plans.values(), self.alone, self.start, self.back)
        for button in buttons:
            button.setFixedHeight(round(sizes.touch * 0.9))
            button.set_cap(sizes.hand_cap * 1.2)
        for text in (*self._labels, self.missing, self.reason_label, self.standing):
            text.set_cap(sizes.hand_cap * 1.2)
        self.standing.setFixedHeight(round(sizes.hand_cap * 7))
        self.reason_label.setFixedHeight(round(sizes.hand_cap * 2.5))
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
        if not self.entry().plan:
            self._choose(self.plans, view.plan)
        self.operator.setText(self.operator.text() or view.operator)
        self.assistant.setText(self.assistant.text() or view.assistant)
        self._tell_choice()
        if view.answer.text:
            self.missing.render_text(view.answer)

    def entry(self) -> SetupEntry:
        """What is entered now."""
        return SetupEntry(
            procedure=self.procedure.currentData() or "",
            patient=self.patient.text().strip(),
            side=_chosen(self.sides),
            operator=self.operator.text().strip(),
            assistant=self.assistant.text().strip(),
            working_alone=self.alone.isChecked(),
            plan=_chosen(self.plans),
            reason=self.reason.text().strip(),
            supervisor=self.supervisor.text().strip(),
            radiographer=self.radiographer.text().strip(),
        )

    def clear(self) -> None:
        """Forget all that is of this patient, for the next; the people stay."""
        self.patient.clear()
        self.reason.clear()
        self._choose(self.sides, "")
        self._choose(self.plans, "")
        self.procedure.setCurrentIndex(-1)

    def render_answer(self, answer: SetupAnswer) -> None:
        """Show what follows from what is entered."""
        self.advice.render_view(answer.advice)
        self.standing.render_text(answer.standing)
        self.start.setEnabled(not answer.missing)
        missing = ", ".join(answer.missing)
        self.missing.say(f"Still missing: {missing}." if missing else "Nothing is missing.")

    def _choose(self, buttons: Mapping[str, TouchButton], chosen: str) -> None:
        for id_, button in buttons.items():
            button.setChecked(id_ == chosen)
        self._tell_choice()

    def _tell_choice(self) -> None:
        self.assistant.setEnabled(not self.alone.isChecked())
        self._intents.choice_changed.emit(self.entry())


def _beside(*lines: QWidget) -> QLayout:
    row = QHBoxLayout()
    for line in lines:
        row.addWidget(line, 1)
    row.setSpacing(8)
    return row


def _chosen(buttons: Mapping[str, TouchButton]) -> str:
    return next((id_ for id_, button in buttons.items() if button.isChecked()), "")
