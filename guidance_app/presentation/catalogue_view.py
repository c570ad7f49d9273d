"""The library of recorded sessions in words: rows, what can be asked for, how far it is read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from guidance_app.catalogue.asking import begin_of, typed_words
from guidance_app.catalogue.indexing import Progress
from guidance_app.catalogue.reading import BEING_RECORDED
from guidance_app.presentation import figures
from guidance_app.presentation.sessions import SIDES, local_time
from guidance_app.presentation.view import NO_TEXT, Text, Tone
from guidance_app.records.catalogue import (
    BEGINNING,
    NOT_READ,
    FoundSession,
    Happening,
    IndexedSession,
    LibraryContents,
    LibraryQuery,
)

COLUMNS = (
    *("When", "Procedure", "Patient", "Operator", "Length"),
    *("What happened", "Record", "Recording"),
)
NONE_YET = "No session recorded yet. Guide a procedure or practise on a simulator first."
NONE_FITS = "No session fits what is asked for. Esc asks for all of them again."
NOT_READ_YET = "not read yet"
GONE = "The folder of this session is not there any more."
NOT_CLOSED = "The recording was not closed: run guidance session recover."
ALL_PROCEDURES, ALL_PEOPLE, ANY_TIME, ANYTHING = (
    *("All procedures", "Everybody", "Any time"),
    "Whatever happened",
)
PERIODS: Mapping[str, int] = {"Today": 1, "Last 7 days": 7, "Last 30 days": 30, "Last year": 365}
"""In days, with today."""
IN_SECONDS = frozenset(
    {
        *(Happening.GUIDANCE, Happening.LOST, Happening.FROZEN, Happening.REPEATED),
        *(Happening.LATE, Happening.NO_IMAGE),
    }
)
FIRST_SAID = (Happening.EMERGENCY, Happening.TIP_UNSEEN, Happening.LOST, Happening.FAULT)
"""What somebody who looks for trouble looks for; the rest follows as it is listed."""


@dataclass(frozen=True, slots=True)
class LibraryEntry:
    """What is asked for on the screen; empty asks nothing."""

    words: str = ""
    procedure: str = ""
    """Id."""
    person: str = ""
    period: str = ""
    """One of PERIODS."""
    happened: str = ""
    """One of Happening."""


@dataclass(frozen=True, slots=True)
class LibraryRow:
    """One session."""

    path: str
    cells: tuple[Text, ...]
    """One for each of COLUMNS."""
    order: tuple[str | float, ...]
    """By which each column is sorted."""
    detail: Text
    """What has no room in the table: what is wrong with it, else all that happened."""
    can_replay: bool
    can_report: bool


@dataclass(frozen=True, slots=True)
class Option:
    """One of several to choose from."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class LibraryView:
    """What the screen shows."""

    rows: tuple[LibraryRow, ...] = ()
    count: Text = NO_TEXT
    """"14 of 1,000 sessions"."""
    hint: Text = NO_TEXT
    """Why there is nothing, and what to do; or what is wrong."""
    procedures: tuple[Option, ...] = (Option("", ALL_PROCEDURES),)
    people: tuple[Option, ...] = (Option("", ALL_PEOPLE),)


PERIOD_OPTIONS = (Option("", ANY_TIME), *(Option(one, one) for one in PERIODS))
HAPPENING_OPTIONS = (
    Option("", ANYTHING),
    *(Option(one.value, one.value.capitalize()) for one in Happening),
)


def query_of(entry: LibraryEntry, today: date) -> LibraryQuery:
    """What is to be searched for."""
    days = PERIODS.get(entry.period)
    first = None if days is None else today - timedelta(days=days - 1)
    happened = frozenset({Happening(entry.happened)} if entry.happened else ())
    words, figures = typed_words(entry.words)
    return LibraryQuery(
        words=words,
        procedure=entry.procedure,
        person=entry.person,
        since=begin_of(first),
        happened=happened,
        figures=figures,
    )


def library_view(
    found: Iterable[FoundSession], contents: LibraryContents, folder: Path, fault: str = ""
) -> LibraryView:
    """What was found, and what there is; `fault` says what is wrong with the records."""
    rows = tuple(library_row(one, folder) for one in found)
    none = "" if rows else NONE_FITS if contents.sessions else NONE_YET
    return LibraryView(
        rows,
        Text(count_words(len(rows), contents.sessions)),
        Text(fault, Tone.CAUTION) if fault else Text(none),
        (Option("", ALL_PROCEDURES), *_titled(contents.procedures)),
        (Option("", ALL_PEOPLE), *(Option(code, code) for code in contents.people)),
    )


def library_row(found: FoundSession, folder: Path) -> LibraryRow:
    """A session in words."""
    session = found.session
    happened, wrong = _happened(session), what_is_wrong(found)
    cells = (
        Text(local_time(session.started_utc) if session.started_utc else ""),
        Text(procedure_words(session)),
        Text(patient_words(session)),
        Text(operator_words(session)),
        Text("" if session.length_s is None else figures.seconds(session.length_s)),
        happened,
        _record(session),
        state_words(found),
    )
    return LibraryRow(
        path=str(folder / session.name),
        cells=cells,
        order=(
            session.started_utc,
            *_order(cells[1:4]),
            session.length_s or 0.0,
            *_order(cells[5:]),
        ),
        detail=Text(wrong, Tone.CAUTION) if wrong else Text(happened.text, Tone.MUTED),
        can_replay=session.read != NOT_READ and not found.gone,
        can_report=session.read != NOT_READ and not found.gone and bool(session.procedure),
    )


def progress_words(progress: Progress) -> Text:
    """How far the library is read; empty when all of it is."""
    if progress.done >= progress.total:
        return NO_TEXT
    return Text(f"{progress.done:,} of {progress.total:,} sessions read", Tone.MUTED)


def procedure_words(session: IndexedSession) -> str:
    """The title of the procedure; of a session without one the name of the source."""
    drill = "FAULT DRILL · " if session.drill else ""
    return f"{drill}{session.title or session.name}"


def patient_words(session: IndexedSession) -> str:
    """ "P-0417 · R"."""
    return " · ".join(filter(None, (session.patient, SIDES.get(session.side, session.side))))


def operator_words(session: IndexedSession) -> str:
    """Code of the operator, and whether it is a trainee."""
    operator = session.people[0] if session.people else ""
    return f"{operator} · trainee" if operator and session.trainee else operator


def happened_words(happened: Mapping[Happening, float]) -> str:
    """ "picture lost 2.4 s · injection"."""
    order = (*FIRST_SAID, *(one for one in Happening if one not in FIRST_SAID))
    return " · ".join(_amount(one, happened[one]) for one in order if one in happened)


def state_words(found: FoundSession) -> Text:
    """Of the recording, short: "sealed", "damaged"."""
    session = found.session
    if found.gone:
        return Text("gone", Tone.CAUTION)
    if session.problem:
        return Text("recording" if session.problem == BEING_RECORDED else "damaged", Tone.CAUTION)
    if not session.sealed:
        return Text("not closed", Tone.CAUTION)
    return Text("recovered") if session.recovered else Text("sealed")


def what_is_wrong(found: FoundSession) -> str:
    """With the recording, in a sentence; empty where nothing is."""
    if found.gone:
        return GONE
    return found.session.problem or ("" if found.session.sealed else NOT_CLOSED)


def _order(cells: Iterable[Text]) -> Iterator[str]:
    return (cell.text.casefold() for cell in cells)


def _happened(session: IndexedSession) -> Text:
    if session.read == BEGINNING:
        return Text(NOT_READ_YET, Tone.MUTED)
    return Text(happened_words(session.happened))


def _amount(what: Happening, amount: float) -> str:
    if what is Happening.NEEDLE_SEEN:
        return f"{what.value} {amount:.0f} %"
    if what in IN_SECONDS:
        return f"{what.value} {amount:.0f} s" if amount >= 10 else f"{what.value} {amount:.1f} s"
    return what.value if amount == 1 else f"{what.value} ×{amount:.0f}"


def _record(session: IndexedSession) -> Text:
    """Of the procedure; empty where none was started."""
    if not session.procedure:
        return NO_TEXT
    if not session.sealed:
        return Text("not known", Tone.CAUTION)
    return Text("closed") if session.record_closed_utc else Text("open", Tone.CAUTION)


def count_words(found: int, all_: int) -> str:
    """ "14 of 1,000 sessions"."""
    noun = "session" if all_ == 1 else "sessions"
    return f"{all_:,} {noun}" if found == all_ else f"{found:,} of {all_:,} {noun}"


def _titled(procedures: Mapping[str, str]) -> list[Option]:
    options = [Option(id_, title or id_) for id_, title in procedures.items()]
    return sorted(options, key=lambda option: option.title.casefold())
