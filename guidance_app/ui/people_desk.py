"""What is asked for on the people page: read, shown, changed, and told when it cannot be."""

from collections.abc import Callable
from concurrent.futures import Future
from datetime import date
from typing import Protocol

from PyQt6.QtCore import QObject, pyqtSignal

from guidance_app.knowledge.site_file import AtSite
from guidance_app.presentation.forms import EntryRefused, FormEntry
from guidance_app.presentation.people import PeopleView, people_view
from guidance_app.presentation.people_forms import activity_change, change_of, person_form
from guidance_app.presentation.view import NO_TEXT, Text, Tone
from guidance_app.records.errors import RecordsError, without_journal
from guidance_app.records.registered import Change, StaffOnFile
from guidance_app.ui.main_window import MainWindow

READING = Text("The records are read …", Tone.MUTED)


class People(Protocol):
    """Who reads and changes what the records know of people; never blocks."""

    def read(self, code: str = "") -> Future[StaffOnFile]:
        """Everybody, and the log book of one of them; fails with RecordsError."""
        ...

    def change(self, change: Change, code: str) -> Future[StaffOnFile]:
        """Make a change and read as above; fails with RecordsError."""
        ...


class PeopleDesk(QObject):
    """Connects the people page and its forms with the records; GUI thread."""

    _answered = pyqtSignal(object)
    """The Future of what was asked of the records, from their thread."""

    def __init__(self, window: MainWindow, people: People, at_site: Callable[[], AtSite]) -> None:
        super().__init__()
        self._window = window
        self._people = people
        self._at_site = at_site
        self._staff = StaffOnFile()
        self._code = ""
        self._asked: Future[StaffOnFile] | None = None
        """What the page waits for; an older answer is nobody's."""
        self._said = ""
        """What to say when that has come."""
        self._filling_in = False
        self._answered.connect(self._take)
        intents = window.intents
        intents.people_asked.connect(self.show)
        intents.person_chosen.connect(self.choose)
        intents.person_activity_asked.connect(self._set_active)
        intents.person_form_asked.connect(self._show_form)
        intents.person_form_saved.connect(self._save)
        intents.person_form_left.connect(self._leave_form)

    def show(self) -> None:
        """Bring the page to the front, with what the records hold now."""
        self._code, self._filling_in = "", False
        self._window.show_people(PeopleView(message=READING, reading=True))
        self._ask(self._people.read())

    def choose(self, code: str) -> None:
        """Show this person."""
        self._code = code
        self._ask(self._people.read(code))

    def _set_active(self, active: bool) -> None:
        change, done = activity_change(self._code, active)
        self._ask(self._people.change(change, self._code), done)

    def _show_form(self, form: str) -> None:
        held = self._staff.by_code.get(self._code)
        roles = tuple(held.roles) if held else ()
        self._filling_in = True
        self._window.show_person_form(
            person_form(form, self._code, roles, self._at_site().knowledge)
        )

    def _save(self, entry: FormEntry) -> None:
        if self._asked is not None:
            return  # pressed twice
        try:
            change, code, done = change_of(entry, self._code)
        except EntryRefused as refused:
            self._window.person_form.refuse(Text(str(refused), Tone.CAUTION))
            return
        self._code = code
        self._ask(self._people.change(change, code), done)

    def _leave_form(self) -> None:
        self._filling_in = False
        self._window.person_form.clear()
        self._window.show_people(self._view(NO_TEXT))

    def _ask(self, asked: Future[StaffOnFile], said: str = "") -> None:
        self._asked, self._said = asked, said
        asked.add_done_callback(self._answered.emit)

    def _take(self, answer: Future[StaffOnFile]) -> None:
        if answer is not self._asked:
            return
        self._asked = None
        try:
            self._staff = answer.result()
        except RecordsError as error:
            self._tell(Text(without_journal(error), Tone.ALARM))
            return
        if self._filling_in:
            self._leave_form()
        self._window.people.render_view(self._view(Text(self._said)))

    def _tell(self, why: Text) -> None:
        """Where it was asked for."""
        if self._filling_in:
            self._window.person_form.refuse(why)
        else:
            self._window.people.render_view(self._view(why))

    def _view(self, message: Text) -> PeopleView:
        return people_view(self._staff, self._code, self._at_site(), date.today(), message)
