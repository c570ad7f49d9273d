"""What the library keeps of recorded sessions, and what may be asked of it; no database in here.

All of it is an index: it is read from the folders of the sessions and can be made anew from them.
"""

import operator
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

NOT_READ, BEGINNING, WHOLE = 0, 1, 2
"""How far a session has been read: not at all, for it cannot be; its manifest and what was
started; all of its journal."""


class Happening(StrEnum):
    """What may have happened in a session; the value is how it is said and asked for."""

    TIP_UNSEEN = "tip not visible while advancing"
    """How often the needle went on while its tip was not seen."""
    NEEDLE_SEEN = "needle seen"
    """Per cent of the time from the first picture that showed it to the last."""
    GUIDANCE = "guidance used"
    """Seconds in which it was drawn."""
    INJECTION = "injection"
    IMAGE_STORED = "image stored"
    MARKED = "moment marked"
    EMERGENCY = "emergency"
    OVERRIDDEN = "item overridden"
    REFUSED = "something refused"
    """How often what a person asked for was refused."""
    LOST = "picture lost"
    """Seconds without frames; the end of a file or recording is none."""
    FROZEN = "picture frozen"
    """Seconds; the last picture of an exposure, which stays, is none."""
    REPEATED = "picture repeated"
    LATE = "picture late"
    NO_IMAGE = "no image"
    """Seconds in which frames came and were black or of one colour."""
    FAULT = "fault"
    """How often something went wrong with the source or the recording."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a session's score."""

    metric: str
    value: float | None
    """None where it has no meaning."""
    unit: str
    version: int
    """Of its definition."""
    pairing: str
    """How poses were paired in time."""
    app: str
    """Version of the program that computed it."""


@dataclass(frozen=True, slots=True)
class IndexedSession:
    """What is known of one session; people and patients are pseudonyms."""

    name: str
    """Of its folder, in the library's folder."""
    stamp: str = ""
    """Of its files, by which a change is noticed without reading them; empty: look again."""
    content_sha256: str = ""
    """Of the manifest and the length of the journal; empty where there is no manifest."""
    read: int = NOT_READ
    reader: int = 0
    """Version of what reads; what an earlier one has read is read again."""
    id: str = ""
    started_utc: str = ""
    length_s: float | None = None
    procedure: str = ""
    """Id; empty where none was started."""
    title: str = ""
    """Of the procedure, else the name of the source."""
    site: str = ""
    side: str = ""
    patient: str = ""
    people: tuple[str, ...] = ()
    """Codes of who took part, the operator first."""
    trainee: bool = False
    simulated: bool = False
    drill: str = ""
    """Name of the script whose faults were put into it."""
    source: str = ""
    app: str = ""
    sealed: bool = False
    recovered: bool = False
    record_closed_utc: str = ""
    problem: str = ""
    """What is wrong with it, in a sentence."""
    frames_offered: int = 0
    frames_written: int = 0
    commands: int = 0
    snapshots: int = 0
    faults: int = 0
    happened: Mapping[Happening, float] = field(default_factory=dict)
    """How often, how many seconds, or per cent; only what did happen."""


@dataclass(frozen=True, slots=True)
class FoundSession:
    """A session that a search has found."""

    session: IndexedSession
    figures: tuple[Figure, ...] = ()
    """Empty where it was not scored."""
    gone: bool = False
    """Its folder was there and is not any more."""


COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
"""Longer ones first: they begin with a shorter one."""


@dataclass(frozen=True, slots=True)
class FigureBound:
    """A condition on one figure: "tip_seen_share<80"."""

    metric: str
    comparison: str
    """One of COMPARISONS."""
    value: float


@dataclass(frozen=True, slots=True)
class LibraryQuery:
    """Which sessions are wanted; all that is asked must hold, what is empty asks nothing."""

    words: str = ""
    """Each must stand in procedure, site, people, patient or source."""
    procedure: str = ""
    person: str = ""
    """Code of somebody who took part."""
    since: datetime | None = None
    """Begun at this moment or later; with its time zone."""
    until: datetime | None = None
    """Begun before this moment; with its time zone."""
    happened: frozenset[Happening] = frozenset()
    figures: tuple[FigureBound, ...] = ()
    """Of figures by earlier definitions nothing is found."""


@dataclass(frozen=True, slots=True)
class LibraryContents:
    """What there is to ask for."""

    sessions: int = 0
    """How many, with those that are gone."""
    procedures: Mapping[str, str] = field(default_factory=dict)
    """Titles by id."""
    people: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    unscored: int = 0
    """Sessions that are there and have no figures."""


def library_key(folder: Path) -> str:
    """The name of a library in the index: several computers may share one records database."""
    name = f"{platform.node()}:{folder.resolve()}"
    return name.encode("utf-8", "backslashreplace").decode()
