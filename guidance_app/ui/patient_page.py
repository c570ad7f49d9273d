"""Who the patient is: the pseudonym for a hospital number, known or made anew."""

from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from guidance_app.presentation.patient_view import EXAMPLE, PatientEntry, PatientView
from guidance_app.presentation.view import Tone
from guidance_app.ui.intents import Intents
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.message_line import EscapableLine
from guidance_app.ui.page_sizes import size_page
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton, bind_key

PRIVATE = (
    "Number, name and birth date stay in the patients' file of this computer. "
    "Recordings, records and reports hold the pseudonym alone."
)


class PatientPage(QWidget):
    """Three fields, one answer, and what can be done with it."""

    def __init__(self, intents: Intents) -> None:
        super().__init__()
        self._intents = intents
        self._view = PatientView()
        self.title = FittedText(bold=True)
        self.title.say("Who is the patient?")
        self.private = FittedText(tone=Tone.MUTED)
        self.private.say(PRIVATE)
        self.number, self.name, self.birth_date = EscapableLine(), EscapableLine(), EscapableLine()
        self.answer = FittedText()
        self.back = TouchButton("arrow-left-bold", "Back", "Esc", beside=True)
        self.seek = TouchButton("magnify", "Look up", "Enter", beside=True)
        self.make = TouchButton("account-plus-outline", "Make a pseudonym", beside=True)
        self.use = TouchButton("check-bold", "Use", "Ctrl+Enter", beside=True)
        self._lay_out()
        self._connect()
        self.render_view(self._view)

    def _lay_out(self) -> None:
        self._labels = []
        self._form = QGridLayout()
        words = ("Hospital number", "Name", f"Birth date, {EXAMPLE}")
        for row, (word, line) in enumerate(zip(words, self._lines(), strict=True)):
            label = FittedText(tone=Tone.MUTED)
            label.say(word)
            line.setAccessibleName(word)
            self._labels.append(label)
            self._form.addWidget(label, row, 0)
            self._form.addWidget(line, row, 1)
        self._form.addWidget(self.seek, 0, 2)
        self._form.addWidget(self.make, 2, 2)
        for column, stretch in enumerate((3, 4, 3)):
            self._form.setColumnStretch(column, stretch)
        buttons = QHBoxLayout()
        buttons.addWidget(self.back, 1)
        buttons.addStretch(1)
        buttons.addWidget(self.use, 2)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.title)
        self._column.addWidget(self.private)
        self._column.addLayout(self._form)
        self._column.addWidget(self.answer)
        self._column.addStretch(1)
        self._column.addLayout(buttons)

    def _lines(self) -> tuple[EscapableLine, EscapableLine, EscapableLine]:
        return self.number, self.name, self.birth_date

    def _connect(self) -> None:
        for line in self._lines():
            line.escaped.connect(self.back.click)
        self.number.textChanged.connect(lambda: self.render_view(PatientView()))
        self.name.textChanged.connect(self._forget_found)
        self.birth_date.textChanged.connect(self._forget_found)
        self.number.returnPressed.connect(self.seek.click)
        self.name.returnPressed.connect(self.birth_date.setFocus)
        self.birth_date.returnPressed.connect(self._finish)
        self.seek.clicked.connect(lambda: self._intents.patient_sought.emit(self.entry()))
        self.make.clicked.connect(lambda: self._intents.patient_added.emit(self.entry()))
        self.use.clicked.connect(self._use)
        self.back.clicked.connect(self._leave)
        bind_key("Esc", self.back, self)
        bind_key("Ctrl+Return", self.use, self)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        size_page(self._column, self.title, sizes)
        self._form.setSpacing(2 * sizes.grid)
        for line in self._lines():
            line.setFixedHeight(sizes.touch)
        for button in (self.seek, self.make, self.use, self.back):
            button.setFixedHeight(sizes.touch)
            button.set_cap(sizes.hand_cap * 1.2)
        for text in (*self._labels, self.private):
            text.set_cap(sizes.hand_cap * 1.1)
        self.private.setFixedHeight(round(sizes.hand_cap * 4.5))
        self.answer.set_cap(sizes.hand_cap * 1.6)
        self.answer.setFixedHeight(round(sizes.hand_cap * 14))

    def render_view(self, view: PatientView) -> None:
        """Show the answer and what can be done with it.

        The keyboard is never led to Use: Enter pressed twice would take somebody unread.
        """
        self._view = view
        self.answer.render_text(view.answer)
        self.make.setEnabled(view.new)
        self.use.setEnabled(bool(view.pseudonym))
        self.use.set_word(f"Use {view.pseudonym}" if view.pseudonym else "Use")
        if view.new and not self.name.text():
            self.name.setFocus()

    def entry(self) -> PatientEntry:
        """What is typed now."""
        return PatientEntry(*(line.text() for line in self._lines()))

    def clear(self) -> None:
        """Forget who was looked up."""
        for line in self._lines():
            line.clear()
        self.render_view(PatientView())

    def _forget_found(self) -> None:
        """Another name or date was not compared with whom was found."""
        if not self._view.new:
            self.render_view(PatientView())

    def _finish(self) -> None:
        (self.make if self._view.new else self.seek).click()

    def _use(self) -> None:
        pseudonym = self._view.pseudonym
        self._leave()
        self._intents.patient_chosen.emit(pseudonym)

    def _leave(self) -> None:
        self.clear()
        self._intents.patient_left.emit()
