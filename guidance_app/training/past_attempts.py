"""What somebody has tried so far: the sessions of a trainee, in order, each with its figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from guidance_app.domain.people import Role
from guidance_app.session.errors import SessionError
from guidance_app.session.info import list_sessions, started_procedure
from guidance_app.session.manifest import read_manifest
from guidance_app.training.metrics import Metric
from guidance_app.training.rating_form import KnownForm, Part
from guidance_app.training.ratings import (
    RatedSession,
    fails_critically,
    judge_ratings,
    read_rated,
    session_figure,
)
from guidance_app.training.scoring import ScoreOptions, ScoreRefused, score_path

UNITS = {Part.CHECKLIST: "%", Part.SCALE: "points"}


class Better(StrEnum):
    """Which figures are the better ones."""

    HIGHER = "higher"
    LOWER = "lower"


BETTER: Mapping[str, Better] = {
    **dict.fromkeys(
        (
            *("tip_visible_share", "in_plane_share", "target_reached"),
            *("needle_seen_share", "tip_seen_share"),
        ),
        Better.HIGHER,
    ),
    **dict.fromkeys(
        (
            *("final_tip_error", "closest_tip_error", "structures_hit", "punctures", "passes"),
            *("advance_unseen", "elapsed", "time_in_tissue", "path_in_tissue", "probe_path"),
            *("fading_share", "unseen_advances", "unseen_advance_time", "passes_seen"),
            *("needle_time", "not_live_time"),
        ),
        Better.LOWER,
    ),
}
"""Of metrics where hardly anybody would say otherwise; ours. Of others it has to be said."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What of an attempt is looked at: a metric by its name, or a part of a rating form."""

    better: Better
    metric: str = ""
    form: KnownForm | None = None
    part: Part = Part.SCALE


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """One session."""

    session: Path
    started_utc: str
    """ISO 8601."""
    operator: str
    """Pseudonym; empty where none was told."""
    rated: RatedSession
    metrics: tuple[Metric, ...] = ()
    unscored: str = ""
    """Why there are no metrics; empty where there are."""


@dataclass(frozen=True, slots=True)
class Value:
    """A figure of an attempt; None where it has none."""

    value: float | None
    unit: str = ""
    critical: bool = False
    """A rater saw a critical item missed."""


def operator_of(session: Path) -> str:
    """Who operated, by pseudonym; empty where no procedure was started. Raises SessionError."""
    started = started_procedure(session)
    people = started.people if started else ()
    return next((one.code for one in people if one.role is Role.OPERATOR), "")


def sessions_of(folder: Path, trainee: str) -> tuple[Path, ...]:
    """The sessions in a folder that this person operated in, oldest first; all of no name.

    What cannot be read is of nobody.
    """
    found = [entry.path for entry in list_sessions(folder) if entry.manifest is not None]
    return tuple(path for path in found if not trainee or _is_by(path, trainee))


def _is_by(session: Path, trainee: str) -> bool:
    try:
        return operator_of(session) == trainee
    except SessionError:
        return False


def read_past(session: Path, *, scored: bool) -> PastAttempt:
    """A session with its ratings, and its metrics where they are wanted; raises SessionError."""
    rated = read_rated(session)
    metrics, unscored = _metrics(session) if scored else ((), "")
    started = read_manifest(session).started.utc
    return PastAttempt(session, started, operator_of(session), rated, metrics, unscored)


def _metrics(session: Path) -> tuple[tuple[Metric, ...], str]:
    try:
        return score_path(session, ScoreOptions()).metrics, ""
    except ScoreRefused as refused:
        return (), str(refused)


def value_of(figure: Figure, attempt: PastAttempt) -> Value:
    """The figure of an attempt; of several raters the mean of what they gave."""
    if figure.form is not None:
        judged = judge_ratings(figure.form, [attempt.rated])
        value = session_figure(judged, attempt.session, figure.part)
        return Value(value, UNITS[figure.part], fails_critically(judged, attempt.session))
    found = next((one for one in attempt.metrics if one.name == figure.metric), None)
    return Value(None) if found is None else Value(found.value, found.unit)


def metric_names(attempts: Sequence[PastAttempt]) -> tuple[str, ...]:
    """Of all that any of them has, in their order."""
    return tuple(dict.fromkeys(one.name for attempt in attempts for one in attempt.metrics))
