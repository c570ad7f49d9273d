"""One session, read for the index: first its manifest and what was started, then its journal.

Nothing here raises for what is wrong with a session: its row says it.
"""

import hashlib
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from guidance_app.catalogue.happened import what_happened
from guidance_app.domain.commands import ProcedureStarted
from guidance_app.domain.people import Role
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.records.catalogue import BEGINNING, WHOLE, Happening, IndexedSession
from guidance_app.session.disk import is_being_recorded
from guidance_app.session.errors import SessionError
from guidance_app.session.format import JOURNAL_NAME, LARGEST_NUMBER, MANIFEST_NAME
from guidance_app.session.info import changed_file, problems_of, started_procedure
from guidance_app.session.manifest import Counts, Manifest, read_manifest, read_manifest_bytes
from guidance_app.session.reader import SessionReader

READER = 1
"""Raised when more is read of a session, or what is read means something else."""
LONGEST = 500
"""Characters of any text; more is a hostile one."""
FIRST_YEAR, LAST_YEAR = 1971, 9999
"""Outside of these not every time can be shown as it is where the computer stands."""
BEING_RECORDED = "It is still being recorded."
NO_TEXT = "The name of its folder is no text. Rename the folder."


def stamp_of(path: Path) -> str:
    """By which a change of a session is noticed without reading it; empty where nothing is."""
    parts = []
    for name in (MANIFEST_NAME, JOURNAL_NAME):
        with suppress(OSError):
            found = (path / name).stat()
            parts.append(f"{name[0]}{found.st_size}@{found.st_mtime_ns}")
    return " ".join(parts)


def read_beginning(path: Path) -> IndexedSession:
    """What the manifest and the start of the journal say; milliseconds."""
    name, stamp = plain(path.name), stamp_of(path)
    try:
        manifest, digest = read_manifest(path), content_sha256(path)
    except SessionError as error:
        return IndexedSession(name, stamp, reader=READER, problem=plain(str(error)))
    session = _of_manifest(name, stamp, digest, manifest)
    if name != path.name:
        return replace(session, read=WHOLE, problem=NO_TEXT)
    if not session.sealed and (path / JOURNAL_NAME).exists() and is_being_recorded(_journal(path)):
        return replace(session, stamp="", read=WHOLE, problem=BEING_RECORDED)
    try:
        started = started_procedure(path)
    except SessionError as error:
        return replace(session, problem=plain(str(error)))
    return _with_procedure(session, started) if started else session


def read_whole(path: Path) -> IndexedSession:
    """Everything, with what happened; seconds for a long one."""
    session = read_beginning(path)
    if session.read != BEGINNING:
        return session
    try:
        with SessionReader(path) as reader:
            return _with_journal(session, reader, what_happened(reader))
    except SessionError as error:
        return replace(session, read=WHOLE, problem=plain(str(error)))


def content_sha256(path: Path) -> str:
    """Of the manifest as it stands, and how long the journal is; raises SessionError."""
    content = read_manifest_bytes(path) + f"|{journal_bytes(path)}".encode()
    return hashlib.sha256(content).hexdigest()


def journal_bytes(path: Path) -> int:
    """How long the journal is; 0 where there is none."""
    with suppress(OSError):
        return _journal(path).stat().st_size
    return 0


def plain(text: str) -> str:
    """A text that every database takes and every screen shows on one line."""
    if text.isprintable() and len(text) <= LONGEST:
        return text
    short = text.encode("utf-8", "backslashreplace").decode()[:LONGEST]
    return "".join(sign if sign.isprintable() else " " for sign in short)


def _journal(path: Path) -> Path:
    return path / JOURNAL_NAME


def _of_manifest(name: str, stamp: str, digest: str, manifest: Manifest) -> IndexedSession:
    seal = manifest.sealed
    session = IndexedSession(
        name=name,
        stamp=stamp,
        content_sha256=digest,
        read=BEGINNING,
        reader=READER,
        id=plain(manifest.id),
        started_utc=_utc(manifest.started.utc),
        title=plain(manifest.source.name),
        simulated=manifest.simulated,
        drill=plain(manifest.source.fault_plan),
        source=plain(manifest.source.address),
        app=plain(manifest.app),
        sealed=seal is not None,
        recovered=manifest.recovered,
        record_closed_utc=plain(manifest.record_closed_utc),
    )
    if seal is None:
        return session
    with suppress(ValueError, TypeError):  # what stands in a file need be no time
        ended, began = map(datetime.fromisoformat, (seal.ended_utc, manifest.started.utc))
        session = replace(session, length_s=(ended - began).total_seconds())
    return _with_counts(session, seal.counts)


def _with_procedure(session: IndexedSession, started: ProcedureStarted) -> IndexedSession:
    first = sorted(started.people, key=lambda who: who.role is not Role.OPERATOR)
    return replace(
        session,
        procedure=plain(started.procedure),
        title=plain(started.template.title),
        site=_sites().get(started.procedure, ""),
        side=plain(started.side),
        patient=plain(started.patient),
        people=tuple(dict.fromkeys(plain(who.code) for who in first)),
        trainee=started.trainee,
    )


def _with_journal(
    session: IndexedSession, reader: SessionReader, happened: dict[Happening, float]
) -> IndexedSession:
    problems = problems_of(reader)
    more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
    told = f"{problems[0]['where']}: {problems[0]['what']}{more}" if problems else ""
    first = told or changed_file(reader.path, reader.manifest)
    length_s = (reader.ended_ns - reader.manifest.started.perf_counter_ns) / 1e9
    return replace(
        _with_counts(session, reader.counts),
        read=WHOLE,
        length_s=session.length_s if session.sealed else length_s,
        problem=plain(first),
        happened=happened,
    )


def _with_counts(session: IndexedSession, counts: Counts) -> IndexedSession:
    numbers = {
        name: max(0, min(getattr(counts, name), LARGEST_NUMBER))
        for name in Counts.__dataclass_fields__
    }
    return replace(session, **numbers)


def _utc(text: str) -> str:
    """As times stand in the database; empty for one that no recording can have."""
    moment = datetime.fromisoformat(text)  # checked when the manifest was read
    if not FIRST_YEAR <= moment.year < LAST_YEAR:
        return ""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


@cache
def _sites() -> dict[str, str]:
    """The site of each shipped procedure, by its id."""
    knowledge = shipped_knowledge()
    titles = {site.id: site.title for site in knowledge.sites}
    return {one.id: titles.get(one.site, one.site) for one in knowledge.procedures}
