"""Who is registered, and of the person who is chosen what they hold, have done and may do."""

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from guidance_app.presentation.people import PeopleView, PersonRow, PersonView
from guidance_app.presentation.people_forms import ADD, CERTIFICATE, COURSE, PIN, ROLES
from guidance_app.presentation.view import Text
from guidance_app.ui import theme
from guidance_app.ui.intents import Intents
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.line_list import LineList, scroll_by_hand
from guidance_app.ui.page_sizes import size_page
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton, bind_key

CODE_ROLE = Qt.ItemDataRole.UserRole
CHOOSE = "Choose somebody from the list."
HOLDS, LOG_BOOK, MAY_DO = "holds", "log book", "may do"
"""The three parts of what is shown of a person."""


class PeoplePage(QWidget):
    """A list on the left; on the right one of three parts, and what can be changed."""

    def __init__(self, intents: Intents) -> None:
        super().__init__()
        self._intents = intents
        self._view = PeopleView()
        self.title = FittedText(bold=True)
        self.title.say("People")
        self.people = QListWidget()
        self.people.setAccessibleName("Who is registered")
        self.people.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll_by_hand(self.people)
        self.name, self.roles = FittedText(bold=True), FittedText()
        self.lines = LineList("What is known of the person")
        self.parts = {
            HOLDS: TouchButton("certificate-outline", "Certificates, courses", "1", beside=True),
            LOG_BOOK: TouchButton("notebook-outline", "Log book", "2", beside=True),
            MAY_DO: TouchButton("account-check-outline", "May do", "3", beside=True),
        }
        self.changes = {
            ROLES: TouchButton("account-group", "Roles…", "Ctrl+R", beside=True),
            CERTIFICATE: TouchButton("certificate", "Certificate…", "Ctrl+E", beside=True),
            COURSE: TouchButton("school", "Course…", "Ctrl+U", beside=True),
            PIN: TouchButton("form-textbox-password", "PIN…", "Ctrl+P", beside=True),
        }
        self.activity = TouchButton("account-off", "Deactivate", beside=True)
        self.add = TouchButton("account-plus", "Add somebody…", "Ctrl+N", beside=True)
        self.back = TouchButton("arrow-left-bold", "Back", "Esc", beside=True)
        self.message = FittedText()
        self._lay_out()
        self._connect()
        self._show_part(HOLDS)

    def _lay_out(self) -> None:
        halves = QHBoxLayout()
        halves.addWidget(self.people, 3)
        halves.addLayout(self._person_column(), 7)
        self._halves = halves
        buttons = QHBoxLayout()
        buttons.addWidget(self.back, 2)
        buttons.addWidget(self.message, 5)
        buttons.addWidget(self.add, 3)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.title)
        self._column.addLayout(halves, 1)
        self._column.addLayout(buttons)

    def _person_column(self) -> QVBoxLayout:
        parts, changes = QHBoxLayout(), QHBoxLayout()
        for button in self.parts.values():
            button.setCheckable(True)
            parts.addWidget(button, 1)
        for button in (*self.changes.values(), self.activity):
            changes.addWidget(button, 1)
        column = QVBoxLayout()
        column.addWidget(self.name)
        column.addWidget(self.roles)
        column.addLayout(parts)
        column.addWidget(self.lines, 1)
        column.addLayout(changes)
        self._rows = (parts, changes, column)
        return column

    def _connect(self) -> None:
        intents = self._intents
        self.people.itemSelectionChanged.connect(self._choose)
        for part, button in self.parts.items():
            button.clicked.connect(lambda _=False, p=part: self._show_part(p))
        for form, button in (*self.changes.items(), (ADD, self.add)):
            button.clicked.connect(lambda _=False, f=form: intents.person_form_asked.emit(f))
        self.activity.clicked.connect(self._ask_activity)
        self.back.clicked.connect(intents.back_asked)
        bind_key("Esc", self.back, self)
        bind_key("Ctrl+N", self.add, self)
        for key, button in zip("123", self.parts.values(), strict=True):
            bind_key(key, button, self)
        for letter, button in zip("REUP", self.changes.values(), strict=True):
            bind_key(f"Ctrl+{letter}", button, self)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        size_page(self._column, self.title, sizes)
        side = sizes.panel_width // 6
        self._column.setContentsMargins(side, 2 * sizes.grid, side, 2 * sizes.grid)
        for row in (self._halves, *self._rows):
            row.setSpacing(sizes.grid)
        self._halves.setSpacing(2 * sizes.grid)
        self.name.setFixedHeight(round(sizes.hand_cap * 3.2))
        self.name.set_cap(sizes.hand_cap * 1.6)
        self.roles.setFixedHeight(round(sizes.hand_cap * 2.6))
        self.lines.apply(sizes)
        for text in (self.roles, self.message):
            text.set_cap(sizes.hand_cap * 1.2)
        buttons = (*self.parts.values(), *self.changes.values(), self.activity)
        for button in (*buttons, self.add, self.back):
            button.setFixedHeight(sizes.touch)
            button.set_cap(sizes.hand_cap * 1.1)
        self._row_height = round(sizes.touch * 1.1)
        self._list(self._view.rows)

    def render_view(self, view: PeopleView) -> None:
        """Show the record."""
        before, self._view = self._view, view
        if view.rows != before.rows:
            self._list(view.rows)
        self._mark(view.person)
        self.message.render_text(view.message)
        person = view.person
        self.name.say(person.title if person else CHOOSE if view.rows else "")
        self.roles.render_text(person.roles if person else Text(""))
        self._show_lines()
        self._enable(view)

    def _list(self, rows: tuple[PersonRow, ...]) -> None:
        self.people.blockSignals(True)
        self.people.clear()
        for row in rows:
            item = QListWidgetItem(row.text.text)
            item.setData(CODE_ROLE, row.code)
            item.setToolTip(row.text.text)
            item.setForeground(QColor(theme.TONE_COLOURS[row.text.tone]))
            item.setSizeHint(QSize(0, self._row_height))
            self.people.addItem(item)
        self.people.blockSignals(False)
        self._mark(self._view.person)

    def _mark(self, person: PersonView | None) -> None:
        """Show in the list who is chosen, without choosing anew."""
        self.people.blockSignals(True)
        self.people.clearSelection()
        for index, row in enumerate(self._view.rows):
            if person is not None and row.code == person.code:
                self.people.setCurrentRow(index)
        self.people.blockSignals(False)

    def _enable(self, view: PeopleView) -> None:
        person = view.person
        for button in self.changes.values():
            button.setEnabled(person is not None and not view.reading)
        self.add.setEnabled(not view.reading)
        self.activity.setEnabled(person is not None and not view.reading)
        active = person is None or person.active
        self.activity.set_word(
            *("Deactivate", "account-off") if active else ("Activate", "account")
        )

    def _show_part(self, part: str) -> None:
        for id_, button in self.parts.items():
            button.setChecked(id_ == part)
        self._part = part
        self._show_lines()

    def _show_lines(self) -> None:
        person = self._view.person
        if person is None:
            self.lines.render_lines(())
            return
        lines = {HOLDS: person.held, LOG_BOOK: person.log_book, MAY_DO: person.standing}
        self.lines.render_lines(lines[self._part])

    def _choose(self) -> None:
        for item in self.people.selectedItems():
            self._intents.person_chosen.emit(item.data(CODE_ROLE))

    def _ask_activity(self) -> None:
        if self._view.person is not None:
            self._intents.person_activity_asked.emit(not self._view.person.active)
