"""Who stands behind a pseudonym, asked on a thread of its own so that nobody waits for a disk."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from guidance_app.records.patient import Patient

if TYPE_CHECKING:
    from guidance_app.records.patients import PatientKeys

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KnownPatient:
    """A patient and the pseudonym that everything else holds."""

    pseudonym: str
    patient: Patient


class KnownPatients:
    """The patients' file; each future fails with RecordsError, whose sentence names no patient."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, "known patients")

    def find(self, hospital_number: str) -> Future[KnownPatient | None]:
        """The patient with this number; None when there is none yet."""
        return self._ask(lambda keys: _find(keys, hospital_number))

    def name(self, pseudonym: str) -> Future[KnownPatient | None]:
        """For whom a pseudonym stands; None when this computer does not know."""
        if not self._path.exists():
            unknown: Future[KnownPatient | None] = Future()
            unknown.set_result(None)
            return unknown
        return self._ask(lambda keys: _known(keys, pseudonym))

    def add(self, patient: Patient) -> Future[KnownPatient | None]:
        """The patient under a new pseudonym; RecordsRefused for a number that has one."""
        return self._ask(lambda keys: KnownPatient(keys.add(patient), patient))

    def stop(self) -> None:
        """End the thread; what was asked is done first."""
        self._thread.shutdown()

    def _ask(self, question: "Callable[[PatientKeys], T]") -> Future[T]:
        return self._thread.submit(self._answer, question)

    def _answer(self, question: "Callable[[PatientKeys], T]") -> T:
        from guidance_app.records.patients import PatientKeys  # noqa: PLC0415 - SQLAlchemy is slow

        with closing(PatientKeys.open(self._path)) as keys:
            return question(keys)


def _find(keys: "PatientKeys", hospital_number: str) -> KnownPatient | None:
    pseudonym = keys.pseudonym(hospital_number)
    return None if pseudonym is None else _known(keys, pseudonym)


def _known(keys: "PatientKeys", pseudonym: str) -> KnownPatient | None:
    patient = keys.patient(pseudonym)
    return None if patient is None else KnownPatient(pseudonym, patient)
