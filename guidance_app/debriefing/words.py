"""Which words of a session may leave it.

Nobody can tell whether a text names somebody. So none is taken from a session but what this program
itself says in the same words: its knowledge, its sentences, the words of its records. What people
typed is left out, or kept where it is asked for by name; people are told by their roles.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import msgspec

from guidance_app.domain.evidence import EvidenceField
from guidance_app.domain.given_advice import GivenAdvice
from guidance_app.domain.people import Person, Role
from guidance_app.domain.snapshot import GuidanceSnapshot, TruthState
from guidance_app.knowledge.content import Knowledge
from guidance_app.processing import compute
from guidance_app.processing.needle.search import NOT_FOUND
from guidance_app.processing.needle_guide import LOST
from guidance_app.runtime import needle_watch

LEFT_OUT = "(text left out)"
AS_NOW_WORDED = "as this version words it"
SITES_OWN = "an item of the site's own"
NUMBERED = re.compile(r"The picture is -?\d{1,6} ms behind\.")
SIDES = frozenset({"left", "right", "midline", "no side"})
SENTENCES = frozenset(
    {
        "No picture has come yet.",
        "No picture comes any more.",
        "A still picture: for planning only.",
        "Last image hold.",
        "The next picture is late.",
        "The times of the pictures cannot be right.",
        "Old pictures are catching up.",
        "The picture repeats.",
        "The picture is black. Is the scanner on?",
        "The picture is one even colour. Is the scanner on?",
        "The console is frozen (its clock still runs).",
        "Nothing in the picture changes. Is the console frozen? Else check its cable.",
        "The picture does not change.",
        "You hold the picture.",
        "The picture had gone. Does the plan still fit? Then confirm.",
        "A new procedure began: set scale again.",
        "A new procedure began: set plan again.",
        "A new procedure began: set scale and plan again.",
        compute.OTHER_LAYOUT,
        compute.OTHER_SIZE,
        *(
            f"{turned}{gone}. Check the side."
            for turned in (compute.MIRRORED, compute.UPSIDE_DOWN)
            for gone in ("", ": the plan is gone")
        ),
        needle_watch.NO_AREA,
        needle_watch.GETTING_READY,
        needle_watch.TOO_SLOW,
        needle_watch.UNUSABLE,
        NOT_FOUND,
        LOST,
    }
)
"""What the program says on a picture. A sentence that is not here is not shown: those of drivers
may hold a path, an address or a serial number."""
SOURCE_FAILED = "The source has failed."


class Words:
    """Decides on each text of one session; keeps count of those that were left out."""

    def __init__(self, knowledge: Knowledge, with_notes: bool) -> None:
        """`knowledge` is what the program ships; `with_notes` keeps what people typed."""
        self.with_notes = with_notes
        self._left_out: set[str] = set()
        self._shipped = frozenset(_texts(msgspec.to_builtins(knowledge)))
        self._items = {item.id: item for item in knowledge.items}
        self._advice = {one.id: one.text for one in knowledge.rules}
        self._advice |= {one.id: one.paraphrase for one in knowledge.recommendations}
        self._people: dict[Person, str] = {}

    @property
    def left_out(self) -> int:
        """How many different texts that people typed were not kept."""
        return len(self._left_out)

    def shipped(self, text: str, otherwise: str) -> str:
        """A text that the program itself gave, if these are its words still."""
        return text if not text or text in self._shipped or self.with_notes else otherwise

    def typed(self, text: str) -> str:
        """A text that a person typed, or that it was left out; empty where there was none."""
        if not text or self.with_notes:
            return text
        self._left_out.add(text)
        return LEFT_OUT

    def label(self, text: str, usual: str) -> str:
        """What a moment was called, or what such a moment usually is."""
        kept = self.shipped(text, "")
        if not kept:
            self._left_out.add(text)
        return kept or usual

    def item(self, item_id: str) -> str:
        """The id of an item of a checklist, where the program ships it."""
        return item_id if item_id in self._items or self.with_notes else SITES_OWN

    def advice(self, given: GivenAdvice) -> str:
        """As it was shown, or as this version words the same rule."""
        today = self._advice.get(given.rule)
        return self.shipped(given.text, f"{today} ({AS_NOW_WORDED})" if today else LEFT_OUT)

    def fields(self, item_id: str) -> dict[str, EvidenceField]:
        """What is noted with an item, by the program's own definition; empty for another's."""
        item = self._items.get(item_id)
        return {field.id: field for field in item.fields} if item else {}

    def person(self, person: Person) -> str:
        """ "operator", and "operator 2" for the next one in the same role."""
        if person.role is Role.DEVICE:
            return "device"
        if person not in self._people:
            role = person.role.name.lower()
            number = sum(one.role is person.role for one in self._people) + 1
            self._people[person] = role if number == 1 else f"{role} {number}"
        return self._people[person]


def side(text: str) -> str:
    """A side of the body; empty for any other text."""
    return text if text in SIDES else ""


def without_names(snapshot: GuidanceSnapshot) -> GuidanceSnapshot:
    """The same, with no other text on its picture than the program's own."""
    truth, needle = snapshot.truth, snapshot.needle
    failed = SOURCE_FAILED if truth.state is TruthState.LOST else ""
    return replace(
        snapshot,
        truth=replace(truth, reason=_own(truth.reason, failed), caution=""),
        needle=replace(needle, reason=_own(needle.reason, "")) if needle else None,
        dropped=_own(snapshot.dropped, ""),
    )


def _own(text: str, otherwise: str) -> str:
    known = not text or text in SENTENCES or NUMBERED.fullmatch(text)
    return text if known else otherwise


def _texts(value: object) -> Iterator[str]:
    """Every text in a record, however deep."""
    match value:
        case str():
            yield value
        case dict():
            yield from _texts([*value.keys(), *value.values()])
        case list() | tuple():
            for one in value:
                yield from _texts(one)
