"""From the set-up page to the patient page and back, and what the patients' file answers."""

from collections.abc import Callable
from concurrent.futures import Future
from datetime import date
from typing import Protocol

from PyQt6.QtCore import QObject, pyqtSignal

from guidance_app.presentation.patient_view import (
    ASKING,
    EntryRefused,
    PatientEntry,
    PatientView,
    checked_number,
    checked_patient,
    found_view,
    made_view,
    name_and_birth,
    refused_view,
)
from guidance_app.presentation.view import Text, Tone
from guidance_app.records.known_patients import KnownPatient
from guidance_app.records.patient import Patient
from guidance_app.ui.main_window import MainWindow

Answer = Future[KnownPatient | None]
SHORTEST = len("P-7K3QD")
"""Characters of a pseudonym that the patients' file has made; shorter ones are not asked about."""
UNREADABLE = Text("The patients' file cannot be read now; Patient… tells why.", Tone.CAUTION)


class Patients(Protocol):
    """Who stands behind pseudonyms; never blocks, and each answer may fail with RecordsError."""

    def find(self, hospital_number: str) -> Answer:
        """The patient with this number."""
        ...

    def name(self, pseudonym: str) -> Answer:
        """For whom a pseudonym stands."""
        ...

    def add(self, patient: Patient) -> Answer:
        """The patient under a new pseudonym."""
        ...


class PatientWay(QObject):
    """Asks on another thread; an answer that nobody waits for any more is dropped. GUI thread."""

    _answered = pyqtSignal(object, object)
    """What to do with an answer, and the answer."""

    def __init__(
        self, window: MainWindow, patients: Patients, today: Callable[[], date] = date.today
    ) -> None:
        super().__init__()
        self._window = window
        self._patients = patients
        self._today = today
        self._entry = PatientEntry()
        self._pseudonym = ""
        self._answered.connect(lambda take, answer: take(answer))
        intents = window.intents
        intents.patient_asked.connect(window.show_patient)
        intents.patient_left.connect(window.return_to_setup)
        intents.patient_chosen.connect(window.setup.take_patient)
        intents.patient_sought.connect(self._find)
        intents.patient_added.connect(self._add)
        intents.pseudonym_entered.connect(self._name)

    def _find(self, entry: PatientEntry) -> None:
        self._ask(entry, lambda: self._patients.find(checked_number(entry)), self._take_found)

    def _add(self, entry: PatientEntry) -> None:
        def add() -> Answer:
            return self._patients.add(checked_patient(entry, self._today()))

        self._ask(entry, add, self._take_made, new=True)

    def _ask(
        self,
        entry: PatientEntry,
        question: Callable[[], Answer],
        take: Callable[[Answer], None],
        new: bool = False,
    ) -> None:
        self._entry = entry
        try:
            answer = question()
        except EntryRefused as refused:
            self._window.patient.render_view(refused_view(str(refused), new))
            return
        self._window.patient.render_view(PatientView(ASKING))
        answer.add_done_callback(lambda done: self._answered.emit(take, done))

    def _take_found(self, answer: Answer) -> None:
        self._show(answer, lambda found: found_view(found, self._entry))

    def _take_made(self, answer: Answer) -> None:
        self._show(answer, lambda made: made_view(made) if made else PatientView())

    def _show(self, answer: Answer, view: Callable[[KnownPatient | None], PatientView]) -> None:
        page = self._window.patient
        if page.entry() != self._entry:
            return
        error = answer.exception()
        page.render_view(refused_view(str(error)) if error else view(answer.result()))

    def _name(self, pseudonym: str) -> None:
        self._pseudonym = pseudonym
        self._window.setup.render_who(Text(""))
        if len(pseudonym) >= SHORTEST:
            answer = self._patients.name(pseudonym)
            answer.add_done_callback(
                lambda done: self._answered.emit(lambda one: self._take_name(one, pseudonym), done)
            )

    def _take_name(self, answer: Answer, pseudonym: str) -> None:
        if pseudonym != self._pseudonym:
            return
        if answer.exception() is not None:
            self._window.setup.render_who(UNREADABLE)
            return
        known = answer.result()
        self._window.setup.render_who(Text(name_and_birth(known) if known else ""))
