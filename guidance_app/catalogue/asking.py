"""What is asked of the library, from words as they are typed; refused with what there is."""

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from guidance_app.records.catalogue import (
    COMPARISONS,
    FigureBound,
    Happening,
    LibraryContents,
)

EXAMPLE = "Write it like tip_seen_share<80."


class QueryRefused(ValueError):
    """What is asked for does not exist; `str()` says what does."""


def known_happenings(words: Iterable[str]) -> frozenset[Happening]:
    """By the words for them, in capitals or not; raises QueryRefused."""
    return frozenset(_happening(one) for one in words)


def figure_bounds(words: Iterable[str], contents: LibraryContents) -> tuple[FigureBound, ...]:
    """Of figures that some session has; raises QueryRefused."""
    return tuple(_bound(one, contents.metrics) for one in words)


def typed_words(typed: str) -> tuple[str, tuple[FigureBound, ...]]:
    """What stands in a search line: words, and figures that are compared, like tip_seen_share<80.

    A comparison that is still being typed asks nothing; a figure that nobody has finds nothing.
    """
    parts = typed.split()
    compared = [part for part in parts if any(sign in part for sign in COMPARISONS)]
    words = " ".join(part for part in parts if part not in compared)
    return words, tuple(filter(None, map(_typed_bound, compared)))


def _typed_bound(part: str) -> FigureBound | None:
    sign = next(sign for sign in COMPARISONS if sign in part)
    metric, _, number = part.partition(sign)
    try:
        return FigureBound(metric, sign, _number(part, number)) if metric else None
    except QueryRefused:
        return None


def check_known(what: str, asked: str, there: Sequence[str]) -> None:
    """Raises QueryRefused where something is asked for that no session here has."""
    if asked and asked not in there:
        raise QueryRefused(f'No session here has the {what} "{asked}". {_there_is(there)}')


def begin_of(day: date | None) -> datetime | None:
    """When a day begins where this computer stands."""
    return None if day is None else datetime.combine(day, time()).astimezone()


def end_of(day: date | None) -> datetime | None:
    """When it ends: when the next one begins. QueryRefused for the last day there can be."""
    try:
        return None if day is None else begin_of(day + timedelta(days=1))
    except OverflowError:
        raise QueryRefused(f"{day} is too late a day.") from None


def _happening(words: str) -> Happening:
    for happening in Happening:
        if happening.value == " ".join(words.casefold().split()):
            return happening
    raise QueryRefused(f'Nothing is known as "{words}". {_there_is(list(Happening))}')


def _bound(words: str, metrics: Sequence[str]) -> FigureBound:
    for sign in COMPARISONS:
        metric, found, number = words.partition(sign)
        if found:
            check_known("figure", metric.strip(), metrics)
            return FigureBound(metric.strip(), sign, _number(words, number))
    raise QueryRefused(f'"{words}" compares nothing. {EXAMPLE} {_there_is(metrics)}')


def _number(words: str, number: str) -> float:
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise QueryRefused(f'"{words}" names no number to compare with. {EXAMPLE}')
    return value


def _there_is(there: Sequence[str]) -> str:
    return f"There is: {', '.join(there)}." if there else "There is none yet."
