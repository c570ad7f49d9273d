"""Who is present, who of them acts now, and what that person marks and signs."""

from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime

from PyQt6.QtCore import QMetaObject, QObject, pyqtSignal

from drivers.api.ports import Clock
from guidance_app.domain.checklist import (
    Checklist,
    ChecklistEntry,
    ChecklistRefused,
    Emergency,
    Mark,
    Phase,
    mark_item,
)
from guidance_app.domain.commands import (
    Command,
    EmergencyDeclared,
    ItemMarked,
    MomentKind,
    MomentMarked,
    PhaseSigned,
    RecordClosed,
)
from guidance_app.domain.evidence import Evidence
from guidance_app.domain.people import Person, Role
from guidance_app.domain.sign_off import closing_refusal, sign_phase
from guidance_app.presentation.view import Tone
from guidance_app.ui.intents import Intents
from guidance_app.ui.second_press import SecondPress

NOBODY = Person("", Role.OPERATOR)
INJECTION_BEGINS = "injection begins"
CLOSE_AGAIN = "Press Close record again: then nothing in it changes any more, and recording ends."

DoneItem = tuple[str, tuple[Evidence, ...]]
"""The id of an item, and what was noted in its fields."""
CheckPin = Callable[[str, str], Future[bool]]
"""Whether a PIN is that of a code; RecordsError says why it cannot be checked."""


class ChecklistHand(QObject):
    """Turns what the person who acts does into commands; GUI thread."""

    pin_wanted = pyqtSignal(str, bool)
    """The person with this code has to type the PIN, to be handed to `give_pin`; again or not."""
    _checked = pyqtSignal(object)
    """The answer to a PIN, from the thread that looked it up."""

    def __init__(
        self, submit: Callable[[Command], None], say: Callable[[str, Tone], None], clock: Clock
    ) -> None:
        """`submit` asks the engine, `say` answers the person."""
        super().__init__()
        self._closing = SecondPress(clock)
        self._submit = submit
        self._say = say
        self.check_pin: CheckPin | None = None
        """None while nobody is registered: then no PIN is asked for."""
        self._pending: PhaseSigned | None = None
        self._checked.connect(self._take_answer)
        self.people: tuple[Person, ...] = (NOBODY,)
        """All who are present; the first of them acts."""

    def connect_intents(self, intents: Intents) -> list[QMetaObject.Connection]:
        """Listen to marks on single items and to the hand-over."""
        return [
            intents.item_done.connect(lambda i, note, e: self.mark(i, Mark.DONE, note, e)),
            intents.item_overridden.connect(lambda i, why: self.mark(i, Mark.OVERRIDDEN, why)),
            intents.item_left_out.connect(lambda i, why: self.mark(i, Mark.NOT_APPLICABLE, why)),
            intents.item_skipped.connect(lambda item: self.mark(item, Mark.SKIPPED)),
            intents.item_reopened.connect(lambda item: self.mark(item, Mark.REOPENED)),
            intents.emergency_declared.connect(self.declare_emergency),
            intents.pin_given.connect(self.give_pin),
            intents.person_switched.connect(self.switch),
            intents.injection_pressed.connect(self.mark_injection),
        ]

    @property
    def person(self) -> Person:
        """Who acts now."""
        return self.people[0]

    def switch(self) -> None:
        """The next person present acts from now on."""
        self.people = (*self.people[1:], self.people[0])
        self._say(f"{self.person.code} acts now.", Tone.NORMAL)

    def mark(
        self, item: str, mark: Mark, note: str = "", evidence: tuple[Evidence, ...] = ()
    ) -> None:
        """Mark an item as the person who acts now, with what was noted in its fields."""
        entry = ChecklistEntry(item, mark, self.person, _now_utc(), note, evidence)
        self._submit(ItemMarked(entry))

    def mark_injection(self) -> None:
        """An injection begins; one that is marked again is another one."""
        self._submit(MomentMarked(INJECTION_BEGINS, self.person, MomentKind.INJECTION))

    def ask_to_close(self, checklist: Checklist) -> None:
        """Close the record at the second press; what is missing is told at the first."""
        if closing_refusal(checklist) is None and not self._closing.is_one():
            self._say(CLOSE_AGAIN, Tone.NORMAL)
        else:
            self.close_record()

    def close_record(self) -> None:
        """Close the record, on the word of the person who acts now."""
        self._submit(RecordClosed(self.person, _now_utc()))

    def declare_emergency(self, reason: str) -> None:
        """Open the gates, on the word of the person who acts now."""
        self._submit(EmergencyDeclared(Emergency(self.person, _now_utc(), reason)))
        self._say("EMERGENCY: the checklist keeps nothing shut any more.", Tone.ALARM)

    def finish_page(
        self, checklist: Checklist, items: tuple[DoneItem, ...], phase: Phase | None
    ) -> None:
        """Mark these items as done, and sign the phase with them unless it is None."""
        for item, evidence in items:
            entry = ChecklistEntry(item, Mark.DONE, self.person, _now_utc(), evidence=evidence)
            try:
                checklist = mark_item(checklist, entry)
            except ChecklistRefused as refused:
                self._say(str(refused), Tone.CAUTION)
                return
            self._submit(ItemMarked(entry))
        if phase is not None:
            self.sign(checklist, phase, self.person)

    def sign(self, checklist: Checklist, phase: Phase, person: Person) -> None:
        """Sign a phase, and the required items in it, as this person, once the PIN is right."""
        try:
            signatures = sign_phase(checklist, phase, person, _now_utc())
        except ChecklistRefused as refused:
            self._say(str(refused), Tone.CAUTION)
            return
        self._pending = PhaseSigned(signatures)
        if self.check_pin is None:
            self._finish_signing()
        else:
            self.pin_wanted.emit(person.code, False)

    def give_pin(self, pin: str) -> None:
        """What was typed; the signature is given when it is right."""
        if self._pending is not None and self.check_pin is not None:
            code = self._pending.signatures[0].person.code
            self.check_pin(code, pin).add_done_callback(self._checked.emit)

    def _take_answer(self, answer: Future[bool]) -> None:
        error = answer.exception()
        if error is not None:
            self._drop_signing(str(error))
        elif not answer.result():
            self._ask_again()
        else:
            self._finish_signing()

    def _ask_again(self) -> None:
        if self._pending is not None:
            self.pin_wanted.emit(self._pending.signatures[0].person.code, True)

    def _drop_signing(self, why: str) -> None:
        self._pending = None
        self._say(why, Tone.CAUTION)

    def _finish_signing(self) -> None:
        signed, self._pending = self._pending, None
        if signed is not None:
            self._say(f"{signed.signatures[0].person.code} has signed.", Tone.NORMAL)
            self._submit(signed)


def _now_utc() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
