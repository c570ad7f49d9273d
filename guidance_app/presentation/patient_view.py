"""Finding a patient by hospital number, or giving a new one a pseudonym: wording and checks."""

from dataclasses import dataclass
from datetime import date
from unicodedata import normalize

from guidance_app.presentation.view import Text, Tone
from guidance_app.records.known_patients import KnownPatient
from guidance_app.records.patient import Patient

OLDEST_YEARS = 130
LONGEST = 100
"""Characters of a number or a name."""
NOT_KNOWN = Text(
    "This number is not known here. Type name and birth date, then make a pseudonym.", Tone.NORMAL
)
NOTHING = Text("")
ASKING = Text("Looking …", Tone.MUTED)
EXAMPLE = "as 1950-02-28"


@dataclass(frozen=True, slots=True)
class PatientEntry:
    """What was typed."""

    number: str = ""
    name: str = ""
    birth_date: str = ""


@dataclass(frozen=True, slots=True)
class PatientView:
    """The answer on the page, and what can be done now."""

    answer: Text = NOTHING
    pseudonym: str = ""
    """The one that can be used; empty where there is none."""
    new: bool = False
    """The number is not known, so that a pseudonym can be made for it."""


class EntryRefused(ValueError):
    """What was typed cannot be; `str()` says why and what to do."""


def checked_number(entry: PatientEntry) -> str:
    """The hospital number; raises EntryRefused."""
    number = entry.number.strip()
    if not number:
        raise EntryRefused("Type the hospital number.")
    return _short(number, "The hospital number")


def checked_patient(entry: PatientEntry, today: date) -> Patient:
    """A new patient as typed; raises EntryRefused."""
    number = checked_number(entry)
    name = _short(entry.name.strip(), "The name")
    if not name:
        raise EntryRefused("Type the name.")
    return Patient(number, name, _birth_date(entry.birth_date.strip(), today))


def found_view(found: KnownPatient | None, entry: PatientEntry) -> PatientView:
    """What is said of a number that was looked up; somebody else's name is never taken over."""
    if found is None:
        return PatientView(NOT_KNOWN, new=True)
    if _contradicts(found.patient, entry):
        words = (
            f"This number belongs to {identity(found)}. What was typed is another: "
            "check the number, or empty name and birth date."
        )
        return PatientView(Text(words, Tone.CAUTION))
    return PatientView(
        Text(f"Known: {identity(found)}. Compare with the patient."), found.pseudonym
    )


def made_view(made: KnownPatient) -> PatientView:
    """What is said of a pseudonym that was made."""
    return PatientView(Text(f"New: {identity(made)}."), made.pseudonym)


def refused_view(sentence: str, new: bool = False) -> PatientView:
    """What was wrong; `new` where it can be put right and tried again."""
    return PatientView(Text(sentence, Tone.CAUTION), new=new)


def identity(known: KnownPatient) -> str:
    """ "P-7K3QD, A. Lee, born 1950-02-28"; a name keeps its own direction of writing."""
    return f"{known.pseudonym}, {name_and_birth(known)}"


def name_and_birth(known: KnownPatient) -> str:
    """ "A. Lee, born 1950-02-28"."""
    born = known.patient.birth_date.isoformat()
    return f"\N{FIRST STRONG ISOLATE}{known.patient.name}\N{POP DIRECTIONAL ISOLATE}, born {born}"


def _contradicts(patient: Patient, entry: PatientEntry) -> bool:
    name, birth_date = entry.name.strip(), entry.birth_date.strip()
    other_name = bool(name) and _folded(name) != _folded(patient.name)
    return other_name or (bool(birth_date) and _as_date(birth_date) != patient.birth_date)


def _folded(name: str) -> str:
    """The same for the same letters, however they are put together."""
    return normalize("NFC", name).casefold()


def _short(text: str, what: str) -> str:
    if len(text) > LONGEST:
        raise EntryRefused(f"{what} has more than {LONGEST} characters. Check it.")
    if any(ord(letter) < ord(" ") for letter in text):
        raise EntryRefused(f"{what} holds a character that cannot be seen. Type it again.")
    return text


def _birth_date(text: str, today: date) -> date:
    if not text:
        raise EntryRefused(f"Type the birth date, {EXAMPLE}.")
    born = _as_date(text)
    if born is None:
        raise EntryRefused(f'"{text}" is no date. Type year, month and day {EXAMPLE}.')
    if born > today:
        raise EntryRefused(f"The birth date {text} is in the future. Check it.")
    if today.year - born.year > OLDEST_YEARS:
        raise EntryRefused(
            f"The birth date {text} is more than {OLDEST_YEARS} years ago. Check it."
        )
    return born


def _as_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
