"""From a session to everything that its debrief says."""

import re
from dataclasses import dataclass
from math import ceil
from statistics import median

from guidance_app.debriefing.burned_in import BurnedIn
from guidance_app.debriefing.content import Debrief
from guidance_app.debriefing.events import Event, Kind, session_events
from guidance_app.debriefing.judged import figures, rating_tables
from guidance_app.debriefing.key_pictures import key_pictures
from guidance_app.debriefing.lanes import lanes
from guidance_app.debriefing.procedure import procedure_record
from guidance_app.debriefing.recorded_clip import Paint
from guidance_app.debriefing.shown import PublicScreen
from guidance_app.debriefing.words import Words
from guidance_app.domain.calibration import PixelScale
from guidance_app.domain.commands import NeedleSought
from guidance_app.knowledge.content import Knowledge
from guidance_app.session.info import SessionDocument, describe_session
from guidance_app.session.reader import SessionReader
from guidance_app.session.review import read_review

RANDOM_ID = re.compile(r"[0-9a-f]{8}")
IN_THE_CHECKLIST = (Kind.DONE, Kind.WITHOUT, Kind.REOPENED, Kind.TRAINER)
"""These have tables of their own."""
TWO_SIGMA = 2.0
STILL_RECORDED = "It is still being recorded: what comes later is not in it."
NOT_SEALED = "The recording was broken off: what came last may be missing."
PEOPLE_WORDS = (
    "People stand here by their roles. Names, pseudonyms, dates, times of the day, addresses and "
    "serial numbers are left out."
)
WITH_NOTES_WORDS = (
    "What people typed is in it, because whoever made this page has asked for that: it may name "
    "somebody. Read it before you give it away."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for."""

    knowledge: Knowledge
    """As the program ships it."""
    with_notes: bool
    burned_in: BurnedIn


def debrief(reader: SessionReader, screen: PublicScreen, paint: Paint, asked: Asked) -> Debrief:
    """Everything but the clip; raises SessionError. Reads every snapshot some times."""
    review, words = read_review(reader.path), Words(asked.knowledge, asked.with_notes)
    procedure = procedure_record(reader, asked.knowledge, words)
    tables = rating_tables(review, words)
    events = session_events(reader, review, words)
    document = describe_session(reader)
    found, note = figures(reader)
    rows = lanes(reader, events)
    return Debrief(
        code=session_code(reader),
        simulated=document["simulated"],
        drill=bool(reader.manifest.source.fault_plan),
        length_s=document["duration_s"],
        facts=_facts(document),
        certainty=_certainty(reader),
        procedure=procedure,
        lanes=rows,
        events=tuple(one for one in events if one.kind not in IN_THE_CHECKLIST),
        trainer=tuple(one for one in events if one.kind is Kind.TRAINER),
        figures=found,
        figures_note=note,
        ratings=tables,
        pictures=key_pictures(reader, screen, events, rows, paint),
        missing=tuple(_missing(document, len(review.problems))),
        privacy=(asked.burned_in.words, PEOPLE_WORDS, _typed_words(words)),
    )


def session_code(reader: SessionReader) -> str:
    """Its own number, where that is the random one that the recorder gave."""
    id_ = reader.manifest.id
    return id_ if RANDOM_ID.fullmatch(id_) else ""


def _facts(document: SessionDocument) -> tuple[tuple[str, str], ...]:
    (source,) = document["sources"]
    offered, written = source["frames_offered"], source["frames_written"]
    latency = document["latency_ms"]
    rows = [
        ("Length", f"{document['duration_s']:.1f} s"),
        *((name, f"{t:.1f} s") for name, t in document["states_s"].items() if t >= 0.05),
        ("Guidance drawn", f"{document['guidance_shown_s']:.1f} s"),
        ("Frames recorded", f"{written} of {offered}"),
    ]
    if source["frames_missed"]:
        rows.append(("Not delivered", f"{source['frames_missed']} by the source"))
    if latency["p50"] is not None and latency["p95"] is not None:
        told = f"half within {latency['p50']:.0f} ms, 95 % within {latency['p95']:.0f} ms"
        rows.append(("From arrival to screen", told))
    return tuple(rows)


def _certainty(reader: SessionReader) -> tuple[tuple[str, str], ...]:
    """Of the scale that held last, and of the tip as the search saw it."""
    scale = None
    for snapshot in reader.snapshots():
        scale = snapshot.scale or scale
    if scale is None:
        return (("Scale", "none: no millimetres were shown"),)
    size = f"{scale.mm_per_px_y:.4f} mm a pixel, {_error(scale)}"
    tips = [
        (needle.sigma_along_px, needle.sigma_across_px)
        for one in reader.commands
        if isinstance(one.command, NeedleSought)
        and (needle := one.command.sight.needle) is not None
        and needle.tip_visible
    ]
    if not tips:
        return (("Scale", size),)
    along, across = (
        TWO_SIGMA * scale.mm_per_px_y * median(one[axis] for one in tips) for axis in (0, 1)
    )
    told = f"± {_up(along)} mm along the shaft, ± {_up(across)} mm across it (2 sigma, median)"
    return ("Scale", size), ("Tip, as the search saw it", told)


def _error(scale: PixelScale) -> str:
    if not scale.sigma_percent:
        return "as the source states it, without an error"
    return f"± {TWO_SIGMA * scale.sigma_percent:.1f} % (2 sigma)"


def _up(millimetres: float) -> str:
    """To a tenth, never to less than it is."""
    return f"{ceil(10 * millimetres) / 10:.1f}"


def _missing(document: SessionDocument, unread: int) -> list[str]:
    found = []
    if document["being_recorded"]:
        found.append(STILL_RECORDED)
    elif not document["sealed"]:
        found.append(NOT_SEALED)
    if document["problems"]:
        number = len(document["problems"])
        found.append(f"Not whole in {number} places; guidance session verify names them.")
    lost = document["sources"][0]["frames_lost"]
    if lost:
        offered = document["sources"][0]["frames_offered"]
        found.append(f"{lost} of {offered} pictures are not in the recording.")
    if unread:
        found.append(f"{unread} lines of the review cannot be read.")
    return found


def _typed_words(words: Words) -> str:
    if words.with_notes:
        return WITH_NOTES_WORDS
    if not words.left_out:
        return "Nobody typed anything that is left out."
    return (
        f"What people typed may name somebody and is left out: {words.left_out} texts. "
        "--with-notes keeps it."
    )


def headline(found: Debrief) -> str:
    """What a page is recognised by: no name, no day."""
    record = found.procedure
    title = f"{record.title}, {record.side}".rstrip(", ") if record else "A recording"
    return f"{title}, session {found.code}" if found.code else title


def trainer_span(event: Event) -> str:
    """As in "12.4 to 15.0 s"."""
    if event.until_s is None:
        return f"{event.at_s:.1f} s"
    return f"{event.at_s:.1f} to {event.until_s:.1f} s"
