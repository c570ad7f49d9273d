"""Forms by which a trainer rates an attempt, and what a filled one comes to.

A form has up to three parts: a checklist whose items were done or not, some of them critical; a
scale from 1 to 5 whose ends are described; and behaviours that lower the quality. The parts are
never added up into one figure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from guidance_app.knowledge.facts import Certainty, Source

YES, NO, NOT_SEEN = 1, 0, -1
"""Of an item of a checklist, and of a behaviour; the last also where a scale cannot be judged."""
POINTS = (1, 2, 3, 4, 5)
"""Of the scale; more is better."""
YES_OR_NO = frozenset({YES, NO, NOT_SEEN})
ON_SCALE = frozenset({*POINTS, NOT_SEEN})


class Part(StrEnum):
    """A part of a form that comes to a figure of which more is better."""

    CHECKLIST = "checklist"
    """Done, in per cent of the items that could be judged."""
    SCALE = "scale"
    """Mean of the points that were given, 1 to 5."""


class RatingRefused(ValueError):
    """What was given does not fit the form; `str()` says why."""


@dataclass(frozen=True, slots=True)
class CheckItem:
    """Something that was done or not."""

    id: str
    text: str
    trace: tuple[str, ...]
    """What it follows from: ids of the knowledge files, or keys of the form's own sources."""
    certainty: Certainty
    critical: bool = False
    """An attempt that misses it fails, whatever else it comes to."""


@dataclass(frozen=True, slots=True)
class ScaleItem:
    """Something that was done well or badly."""

    id: str
    text: str
    trace: tuple[str, ...]
    certainty: Certainty
    anchors: Mapping[int, str]
    """What some of the points stand for; 1 and 5 among them."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Something that lowers the quality where it is seen."""

    id: str
    text: str
    trace: tuple[str, ...]
    certainty: Certainty


Item = CheckItem | ScaleItem | Behaviour


@dataclass(frozen=True, slots=True)
class RatingForm:
    """A form, as its file has it."""

    id: str
    title: str
    version: str
    standing: str
    """What is known of how well it measures: "ours, not validated"."""
    procedures: tuple[str, ...] = ()
    """Ids of those it is for; all where there is none."""
    techniques: tuple[str, ...] = ()
    """Ids of the ways of guiding it is for; all where there is none."""
    sources: tuple[Source, ...] = ()
    """Its own, beside those of the knowledge files."""
    checklist: tuple[CheckItem, ...] = ()
    scale: tuple[ScaleItem, ...] = ()
    lowering: tuple[Behaviour, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """All that is asked, in order."""
        return (*self.checklist, *self.scale, *self.lowering)

    @property
    def is_general(self) -> bool:
        """Whether it is for everything."""
        return not (self.procedures or self.techniques)

    def suits(self, procedure: str, technique: str) -> bool:
        """Whether it is for this procedure, guided like this."""
        return not (
            (self.procedures and procedure not in self.procedures)
            or (self.techniques and technique not in self.techniques)
        )


@dataclass(frozen=True, slots=True)
class KnownForm:
    """A form that was read from its file."""

    form: RatingForm
    digest: str
    """SHA-256 of the file: what a rating was given on."""
    own: bool = False
    """Of the site, not of this project."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a filled form comes to."""

    done: int
    judged: int
    """Items of the checklist that were done, and that could be judged."""
    scale: float | None
    """Mean of the points given; None where none were."""
    lowering: int
    """Behaviours seen."""
    critical_missed: tuple[str, ...]
    critical_not_seen: tuple[str, ...]
    """Ids of critical items that were not done, and that could not be judged."""
    not_seen: int = 0
    """Items of all parts that could not be judged."""
    missing: tuple[str, ...] = field(default=())
    """Ids of items that nothing was given for."""

    @property
    def percent(self) -> float | None:
        """Of the checklist; None where nothing of it could be judged."""
        return 100.0 * self.done / self.judged if self.judged else None

    def of(self, part: Part) -> float | None:
        """The figure of a part."""
        return self.percent if part is Part.CHECKLIST else self.scale


def allowed(item: Item) -> frozenset[int]:
    """What may be given for an item."""
    return ON_SCALE if isinstance(item, ScaleItem) else YES_OR_NO


def tally(form: RatingForm, given: Mapping[str, int]) -> Tally:
    """What was given so far comes to; raises RatingRefused for what the form does not ask."""
    for cause in _causes(form, given):
        raise RatingRefused(cause)
    checks = [(item, given[item.id]) for item in form.checklist if item.id in given]
    judged = [(item, value) for item, value in checks if value != NOT_SEEN]
    points = [given[item.id] for item in form.scale if given.get(item.id, NOT_SEEN) in POINTS]
    return Tally(
        done=sum(value == YES for _, value in judged),
        judged=len(judged),
        scale=sum(points) / len(points) if points else None,
        lowering=sum(given.get(one.id) == YES for one in form.lowering),
        critical_missed=tuple(i.id for i, value in checks if i.critical and value == NO),
        critical_not_seen=tuple(i.id for i, value in checks if i.critical and value == NOT_SEEN),
        not_seen=sum(value == NOT_SEEN for value in given.values()),
        missing=tuple(item.id for item in form.items if item.id not in given),
    )


def _causes(form: RatingForm, given: Mapping[str, int]) -> Iterator[str]:
    items = {item.id: item for item in form.items}
    for id_, value in given.items():
        if id_ not in items:
            yield f"The form {form.id} has no item {id_}."
        elif value not in allowed(items[id_]):
            yield f"{value} cannot be given for {id_}."
