"""Setting up a procedure on one page: whom, what and where, how, who is there, what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from guidance_app.domain.people import Role
from guidance_app.presentation.setup_choices import Choice, SetupAnswer, SetupEntry
from guidance_app.presentation.view import Text, Tone
from guidance_app.ui.advice_panel import AdvicePanel
from guidance_app.ui.arthritis_panel import ArthritisPanel
from guidance_app.ui.body_picture import MIDLINE, BodyPicture
from guidance_app.ui.intents import Intents
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.message_line import EscapableLine
from guidance_app.ui.people_rows import PeopleRows
from guidance_app.ui.procedure_choice import ProcedureChoice
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton, bind_key

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
COMPLEX, COMPLEX_BY_KIND = "Complex", "Complex (by its kind)"
GUIDED_BY, WHY = "Guided by", "Why it is done like this"


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
        self._spot, self._side = "", ""
        self._set_up = ""
        """The procedure that the two flags below were said of."""
        self._targeted: bool | None = None
        self._complex = False
        self.title = FittedText(bold=True)
        self.title.say("Set up the procedure")
        self.patient, self.reason = EscapableLine(), EscapableLine()
        self.find_patient = TouchButton("card-account-details-outline", "Patient…", beside=True)
        self.who = FittedText()
        self.body = BodyPicture()
        self.choice = ProcedureChoice()
        self.procedure = self.choice.list
        self.plans = {id_: TouchButton(*look, beside=True) for id_, look in PLANS.items()}
        self.targeted = TouchButton("crosshairs-gps", "Targeted: needs precision", beside=True)
        self.complex = TouchButton("puzzle-outline", COMPLEX, beside=True)
        self.advice, self.people = AdvicePanel(), PeopleRows()
        self.arthritis = ArthritisPanel()
        self.alone, codes = self.people.alone, self.people.codes
        self.operator, self.supervisor = codes[Role.OPERATOR], codes[Role.SUPERVISOR]
        self.assistant, self.radiographer = codes[Role.ASSISTANT], codes[Role.RADIOGRAPHER]
        self.missing = FittedText()
        self.start = TouchButton("play", "Start procedure", "Ctrl+Enter", beside=True)
        self.back = TouchButton("arrow-left-bold", "Back", "Esc", beside=True)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.why = FittedText(tone=Tone.MUTED)
        self.why.say(WHY)
        self._labels = {name: FittedText(tone=Tone.MUTED) for name in ("Patient", GUIDED_BY)}
        for name, label in self._labels.items():
            label.say(name)
        self._columns = QHBoxLayout()
        self._columns.addWidget(self.body, 31)
        self._columns.addLayout(self._middle(), 31)
        self._columns.addWidget(self._right(), 38)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._head())
        self._column.addLayout(self._columns, 1)
        self._column.addLayout(self._foot())

    def _head(self) -> QHBoxLayout:
        self.patient.setAccessibleName("Patient (pseudonym)")
        self.patient.setPlaceholderText("pseudonym")
        row = QHBoxLayout()
        row.addWidget(self.title, 29)
        row.addWidget(self._labels["Patient"], 6)
        row.addWidget(self.patient, 14)
        row.addWidget(self.find_patient, 12)
        row.addWidget(self.who, 39)
        return row

    def _middle(self) -> QVBoxLayout:
        for button in (*self.plans.values(), self.targeted, self.complex):
            button.setCheckable(True)
        self._plan_grid = QGridLayout()
        for place, button in enumerate(self.plans.values()):
            self._plan_grid.addWidget(button, *divmod(place, PLANS_IN_A_ROW))
        self._flags = QHBoxLayout()
        self._flags.addWidget(self.targeted, 1)
        self._flags.addWidget(self.complex, 1)
        self.reason.setAccessibleName(WHY)
        self._how = QVBoxLayout()
        self._how.addWidget(self.choice)
        self._how.addStretch(1)
        self._how.addWidget(self._labels[GUIDED_BY])
        self._how.addLayout(self._plan_grid)
        self._how.addWidget(self.why)
        self._how.addWidget(self.reason)
        self._how.addStretch(1)
        self._how.addLayout(self._flags)
        return self._how

    def _right(self) -> QStackedWidget:
        usual = QWidget()
        self._usual = QVBoxLayout(usual)
        self._usual.setContentsMargins(0, 0, 0, 0)
        self._usual.addWidget(self.advice, 1)
        self._usual.addWidget(self.people)
        self._sides = QStackedWidget()
        self._sides.addWidget(usual)
        self._sides.addWidget(self.arthritis)
        return self._sides

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self.back, 14)
        row.addWidget(self.missing, 48)
        row.addWidget(self.start, 38)
        return row

    def _order_for_keyboard(self) -> None:
        """Tab goes from left to right and from top to bottom, as the page is read."""
        order = (
            *(self.patient, self.find_patient, *self.body.spots.values()),
            *(self.procedure, *self.choice.buttons, *self.plans.values(), self.reason),
            *(self.targeted, self.complex, self.advice.turner, self.advice.arthritis),
            *(self.arthritis.turner, self.arthritis.back, *self.arthritis.questions.values()),
            *(self.alone, *self.people.codes.values(), self.back, self.start),
        )
        for one, next_one in pairwise(order):
            self.setTabOrder(one, next_one)

    def _connect(self) -> None:
        for line in (self.patient, self.reason, *self.people.codes.values()):
            line.escaped.connect(self.back.click)
        self.patient.textChanged.connect(self._ask_name)
        self.reason.textChanged.connect(self._tell_choice)
        for changed in (self.people.changed, self.arthritis.changed):
            changed.connect(self._tell_choice)
        self.body.tapped.connect(self._take_spot)
        self.choice.changed.connect(self._take_procedure)
        for plan, button in self.plans.items():
            button.clicked.connect(lambda _=False, p=plan: self._choose_plan(p))
        self.targeted.clicked.connect(self._take_flags)
        self.complex.clicked.connect(self._take_flags)
        self.advice.arthritis.clicked.connect(lambda: self._sides.setCurrentWidget(self.arthritis))
        self.arthritis.back.clicked.connect(lambda: self._sides.setCurrentIndex(0))
        self.find_patient.clicked.connect(self._intents.patient_asked)
        self.start.clicked.connect(lambda: self._intents.procedure_started.emit(self.entry()))
        self.back.clicked.connect(self._intents.back_asked)
        bind_key("Esc", self.back, self)
        bind_key("Ctrl+Return", self.start, self)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        grid = sizes.grid
        self._column.setContentsMargins(2 * grid, grid, 2 * grid, grid)
        self._column.setSpacing(grid)
        self._columns.setSpacing(3 * grid)
        self._usual.setSpacing(2 * grid)
        for layout in (self._how, self._plan_grid, self._flags):
            layout.setSpacing(grid)
        for part in (self.body, self.choice, self.advice, self.arthritis, self.people):
            part.apply(sizes)
        self.reason.setFixedHeight(round(sizes.touch * 0.8))
        self.patient.setFixedHeight(round(sizes.touch * 0.8))
        buttons = (*self.plans.values(), self.targeted, self.complex, self.find_patient)
        for button in (*buttons, self.start, self.back):
            button.setFixedHeight(sizes.touch)
            button.set_cap(sizes.hand_cap * 1.1)
        for text in (*self._labels.values(), self.why, self.missing):
            text.set_cap(sizes.hand_cap * 1.1)
        self._labels[GUIDED_BY].setFixedHeight(round(sizes.hand_cap * 2.4))
        self.why.setFixedHeight(round(sizes.hand_cap * 4))
        for text in (self.title, self.who):
            text.set_cap(sizes.hand_cap * 1.6)

    def render_view(self, view: SetupView) -> None:
        """Show the record; what was typed stays."""
        self.choice.offer(view.procedures)
        self.body.offer((one.spot, one.sided) for one in view.procedures if one.spot)
        self._order_for_keyboard()
        if self.choice.chosen() is None:
            self.choice.choose(view.procedure)
        if not self.entry().plan:
            self._choose_plan(view.plan)
        self.operator.setText(self.operator.text() or view.operator)
        self.assistant.setText(self.assistant.text() or view.assistant)
        self._show_place()
        self._tell_choice()
        if view.answer.text:
            self.missing.render_text(view.answer)

    def entry(self) -> SetupEntry:
        """What is entered now."""
        chosen = self.choice.chosen()
        return SetupEntry(
            procedure=chosen.id if chosen else "",
            patient=self.patient.text().strip(),
            side=self._side,
            operator=self.people.code(Role.OPERATOR),
            assistant=self.people.code(Role.ASSISTANT),
            working_alone=self.alone.isChecked(),
            plan=_chosen(self.plans),
            reason=self.reason.text().strip(),
            supervisor=self.people.code(Role.SUPERVISOR),
            radiographer=self.people.code(Role.RADIOGRAPHER),
            targeted=self._targeted,
            complex=self._complex,
            questions=self.arthritis.asked(),
        )

    def clear(self) -> None:
        """Forget all that is of this patient, for the next; operator and assistant stay."""
        self.patient.clear()
        self.people.forget_helpers()
        self.reason.clear()
        self.arthritis.clear()
        self._sides.setCurrentIndex(0)
        self._choose_plan("")
        self._spot, self._side = "", ""
        self.choice.choose("")
        self._show_place()

    def render_answer(self, answer: SetupAnswer) -> None:
        """Show what follows from what is entered."""
        self.advice.render_view(answer.advice)
        weigh = ", ".join(answer.advice.weigh)
        self.why.say(f"{WHY}: weigh {weigh}" if weigh else WHY)
        self.advice.render_questions(len(self.arthritis.asked()))
        self.arthritis.render_lines(answer.recommendations)
        self.people.render_standing(answer.standing)
        self.targeted.setChecked(answer.targeted)
        self.complex.setChecked(answer.complex)
        self.complex.set_word(COMPLEX_BY_KIND if answer.complex_by_kind else COMPLEX)
        chosen = self.choice.chosen() is not None
        self.targeted.setEnabled(chosen)
        self.complex.setEnabled(chosen and not answer.complex_by_kind)
        self.start.setEnabled(not answer.missing)
        missing = ", ".join(answer.missing)
        self.missing.say(f"Still missing: {missing}." if missing else "Nothing is missing.")

    def render_who(self, who: Text) -> None:
        """Say who stands behind the pseudonym, where this computer knows."""
        self.who.render_text(who)

    def take_patient(self, pseudonym: str) -> None:
        """Put a pseudonym into its field."""
        self.patient.setText(pseudonym)

    def _take_spot(self, spot: str, side: str) -> None:
        self._spot, self._side = spot, side
        self.choice.narrow_to(spot)
        self._show_place()
        self._tell_choice()

    def _take_procedure(self) -> None:
        chosen = self.choice.chosen()
        if chosen is not None and chosen.spot != self._spot:
            self._spot, self._side = chosen.spot, ""
            self.choice.narrow_to(chosen.spot)
        if chosen is not None and chosen.sided == (self._side == MIDLINE):
            self._side = "" if chosen.sided else MIDLINE
        self._forget_flags(chosen.id if chosen else "")
        self._show_place()
        self._tell_choice()

    def _forget_flags(self, procedure: str) -> None:
        """What was said of one procedure is not said of another."""
        if procedure != self._set_up:
            self._set_up, self._targeted, self._complex = procedure, None, False

    def _show_place(self) -> None:
        self.body.mark(self._spot, self._side)
        if not self._spot:
            self.choice.widen()

    def _take_flags(self) -> None:
        self._targeted = self.targeted.isChecked()
        self._complex = self.complex.isEnabled() and self.complex.isChecked()
        self._tell_choice()

    def _choose_plan(self, chosen: str) -> None:
        for id_, button in self.plans.items():
            button.setChecked(id_ == chosen)
        self._tell_choice()

    def _ask_name(self) -> None:
        self._intents.pseudonym_entered.emit(self.patient.text().strip())
        self._tell_choice()

    def _tell_choice(self) -> None:
        self._intents.choice_changed.emit(self.entry())


def _chosen(buttons: Mapping[str, TouchButton]) -> str:
    return next((id_ for id_, button in buttons.items() if button.isChecked()), "")
