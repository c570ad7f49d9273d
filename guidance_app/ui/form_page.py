"""A page to fill in, made from its record."""

from PyQt6.QtCore import pyqtBoundSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from guidance_app.presentation.forms import FormEntry, FormView
from guidance_app.presentation.view import Text, Tone
from guidance_app.ui.form_fields import Field, TextField, make_field
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.page_sizes import size_page
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton, bind_key


class FormPage(QWidget):
    """Shows one form at a time; the button gives what was entered, Esc leaves it."""

    def __init__(self, saved: pyqtBoundSignal, left: pyqtBoundSignal) -> None:
        """`saved` takes a FormEntry, `left` nothing."""
        super().__init__()
        self._form = ""
        self._sizes: Sizes | None = None
        self._labels: list[FittedText] = []
        self.fields: dict[str, Field] = {}
        self.title = FittedText(bold=True)
        self.message = FittedText()
        self.save = TouchButton("content-save", "Save", "Ctrl+Enter", beside=True)
        self.leave = TouchButton("arrow-left-bold", "Back", "Esc", beside=True)
        self._grid = QGridLayout()
        self._lay_out()
        self.save.clicked.connect(lambda: saved.emit(self.entry()))
        self.leave.clicked.connect(left)
        bind_key("Ctrl+Return", self.save, self)
        bind_key("Esc", self.leave, self)

    def _lay_out(self) -> None:
        self._grid.setColumnStretch(0, 3)
        self._grid.setColumnStretch(1, 7)
        buttons = QHBoxLayout()
        buttons.addWidget(self.leave, 1)
        buttons.addStretch(1)
        buttons.addWidget(self.save, 2)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.title)
        self._column.addLayout(self._grid)
        self._column.addWidget(self.message)
        self._column.addStretch(1)
        self._column.addLayout(buttons)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self._sizes = sizes
        size_page(self._column, self.title, sizes)
        self._grid.setSpacing(2 * sizes.grid)
        self.message.setFixedHeight(round(sizes.hand_cap * 6))
        for text in (self.message, *self._labels):
            text.set_cap(sizes.hand_cap * 1.2)
        for button in (self.save, self.leave):
            button.setFixedHeight(sizes.touch)
            button.set_cap(sizes.hand_cap * 1.2)
        for field in self.fields.values():
            field.apply(sizes)

    def render_view(self, view: FormView) -> None:
        """Show a form; nothing of the one before is left."""
        self.clear()
        self._form = view.form
        self.title.say(view.title)
        self.save.set_word(view.save)
        self.message.render_text(view.message)
        for row, field in enumerate(view.fields):
            label = FittedText(tone=Tone.MUTED)
            label.say(field.label)
            self._labels.append(label)
            self._add(row, label, field.id, make_field(field))
        if self._sizes is not None:
            self.apply(self._sizes)

    def take_keyboard(self) -> None:
        """Let what is typed go into the first field."""
        next(iter(self.fields.values())).setFocus()

    def refuse(self, why: Text) -> None:
        """Say why what was entered cannot be; it stays to be put right, secrets do not."""
        self.message.render_text(why)
        for field in self.fields.values():
            field.forget_secret()

    def clear(self) -> None:
        """Forget what was entered."""
        for widget in (*self._labels, *self.fields.values()):
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._labels, self.fields = [], {}

    def entry(self) -> FormEntry:
        """What is entered now."""
        return FormEntry(self._form, {id_: field.value() for id_, field in self.fields.items()})

    def _add(self, row: int, label: FittedText, id_: str, field: Field) -> None:
        self.fields[id_] = field
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(field, row, 1)
        if isinstance(field, TextField):
            field.escaped.connect(self.leave.click)
            field.returnPressed.connect(self.focusNextChild)
