"""Ratings of several sessions by several raters: what each comes to, and how far they agree."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from guidance_app.session.manifest import read_manifest
from guidance_app.session.review import Rating, read_review
from guidance_app.training.agreement import Agreement, Model, RatingsRefused, agreement
from guidance_app.training.rating_form import KnownForm, Part, RatingRefused, Tally, tally

ONE_WAY = (Model.ONE_WAY, Model.ONE_WAY_MEAN)
FEWEST = 2
"""Sessions, and raters, from which agreement is told."""


@dataclass(frozen=True, slots=True)
class RatedSession:
    """What raters gave one session."""

    session: Path
    ratings: tuple[Rating, ...]
    problems: tuple[str, ...] = ()
    """Of its review file."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A rating by a known form, and what it comes to."""

    session: Path
    rating: Rating
    tally: Tally | None
    """None where it does not count; `problem` says why."""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Agreed:
    """How far raters agree about a part of a form."""

    sessions: int
    raters: tuple[str, ...]
    """Who rated all of them; empty where others rated each."""
    ratings_each: int
    found: tuple[Agreement, ...]
    left_out: int
    """Sessions with ratings that were not rated by all."""


def read_rated(session: Path) -> RatedSession:
    """The ratings of a session; raises SessionError for what is none."""
    read_manifest(session)
    review = read_review(session)
    return RatedSession(session, tuple(review.ratings), tuple(review.problems))


def form_ids(rated: Iterable[RatedSession]) -> tuple[str, ...]:
    """Of the forms that these were rated by."""
    return tuple(sorted({rating.form for one in rated for rating in one.ratings}))


def judge_ratings(known: KnownForm, rated: Iterable[RatedSession]) -> tuple[Judged, ...]:
    """All ratings by this form, in the order of sessions and raters."""
    return tuple(
        _judge(known, one.session, rating)
        for one in rated
        for rating in sorted(one.ratings, key=lambda rating: rating.rater)
        if rating.form == known.form.id
    )


def _judge(known: KnownForm, session: Path, rating: Rating) -> Judged:
    if rating.form_digest != known.digest:
        return Judged(session, rating, None, "It was given on another version of this form.")
    try:
        found = tally(known.form, rating.given)
    except RatingRefused as refused:
        return Judged(session, rating, None, str(refused))
    if found.missing:
        return Judged(session, rating, None, f"Nothing was given for {found.missing[0]}.")
    return Judged(session, rating, found)


def session_figure(judged: Iterable[Judged], session: Path, part: Part) -> float | None:
    """The mean of what all raters gave a session; None where nobody gave anything that counts."""
    given = [one.tally.of(part) for one in judged if one.session == session and one.tally]
    known = [value for value in given if value is not None]
    return mean(known) if known else None


def fails_critically(judged: Iterable[Judged], session: Path) -> bool:
    """Whether any rater saw a critical item missed."""
    return any(
        bool(one.tally.critical_missed) for one in judged if one.session == session and one.tally
    )


def agreement_of(judged: Sequence[Judged], part: Part, raters: Collection[str] = ()) -> Agreed:
    """By all models that fit, of the raters that are named, else of all; RatingsRefused.

    Two-way models where two raters or more rated the same two sessions or more. Else one-way,
    where each session has as many ratings, by whomever.
    """
    table = _table(judged, part, raters)
    everybody = tuple(sorted({rater for row in table.values() for rater in row}))
    if len(everybody) < FEWEST:
        raise RatingsRefused(f"Agreement needs two raters or more; there is {len(everybody)}.")
    whole = [row for row in table.values() if len(row) == len(everybody)]
    if len(whole) >= FEWEST:
        values = [[row[rater] for rater in everybody] for row in whole]
        found = tuple(agreement(values, model) for model in Model)
        left_out = len(table) - len(whole)
        return Agreed(len(whole), everybody, len(everybody), found, left_out)
    return _one_way([list(row.values()) for row in table.values()])


def _table(
    judged: Sequence[Judged], part: Part, raters: Collection[str]
) -> dict[Path, dict[str, float]]:
    """Figures by session and rater."""
    table: dict[Path, dict[str, float]] = {}
    for one in judged:
        value = one.tally.of(part) if one.tally else None
        if value is not None and (not raters or one.rating.rater in raters):
            table.setdefault(one.session, {})[one.rating.rater] = value
    return table


def _one_way(rows: list[list[float]]) -> Agreed:
    each = {len(row) for row in rows}
    if len(rows) < FEWEST or len(each) > 1 or min(each) < FEWEST:
        raise RatingsRefused(
            "Fewer than two sessions were rated by the same raters, and they have not as many "
            "ratings each. Let all raters rate all, or name those to compare with --rater."
        )
    found = tuple(agreement(rows, model) for model in ONE_WAY)
    return Agreed(len(rows), (), each.pop(), found, 0)
