"""Practice on a simulator: hands that are taken over, an attempt that is scored at its end."""

from dataclasses import replace
from pathlib import Path

from drivers.api.address import parse_address, with_option, without_options
from drivers.api.ports import SourceInfo
from drivers.api.samples import Origin
from guidance_app.presentation.live import DRILL, ORIGIN_WORDS
from guidance_app.presentation.score_view import (
    ScoreView,
    picture_age_words,
    score_view,
    truth_marks,
)
from guidance_app.runtime.engine import Published
from guidance_app.runtime.pipeline import Pipeline
from guidance_app.training.attempt import TRUTH_NAME, AttemptRefused, read_attempt
from guidance_app.ui.steering import Practice

HANDS, YOURS, PERSON = "operator", "you", "seed"


def whose_hands(pipeline: Pipeline, info: SourceInfo) -> Practice:
    """Who holds the needle of a source that is open."""
    if pipeline.is_steered:
        return Practice.YOURS
    return Practice.SCRIPT if info.origin is Origin.SIMULATED else Practice.NONE


def with_your_hands(address: str) -> str:
    """The same simulator, steered."""
    return with_option(without_options(parse_address(address), (HANDS,)).text, HANDS, YOURS)


def with_other_person(address: str) -> str:
    """The same simulator with the next person on it."""
    parsed = parse_address(address)
    seed = int(parsed.options.get(PERSON, "1")) + 1
    return with_option(without_options(parsed, (PERSON,)).text, PERSON, str(seed))


def keep_truth(pipeline: Pipeline, session: Path) -> str:
    """Let the simulator write what is where beside the recording; what is wrong, or nothing."""
    try:
        pipeline.keep_truth(session / TRUTH_NAME)
    except OSError as error:
        return f"This attempt cannot be scored: its file cannot be written ({error.strerror})."
    return ""


def scored(session: Path, address: str, last: Published | None) -> ScoreView:
    """How the attempt in a session went; `last` is what was published last."""
    frame = last.frame if last else None
    try:
        view = attempt_view(session, None if frame is None else frame.stamp.sequence)
    except AttemptRefused as refused:
        view = ScoreView((), note=str(refused))
    source = last.state.source if last else None
    return replace(
        view,
        title=f"How it went · {source.name}" if source else view.title,
        watermark=watermark(bool(source and source.fault_plan)),
        address=address,
        other_address=with_other_person(address),
    )


def attempt_view(session: Path, number: int | None) -> ScoreView:
    """The figures of a session, and what lies where in the picture of this number."""
    attempt = read_attempt(session)
    view = score_view(attempt)
    note = f"{picture_age_words(attempt, number)} {view.note}".strip()
    return replace(view, note=note, marks=truth_marks(attempt, number))


def watermark(drill: bool) -> str:
    """Along the border of a picture of an attempt."""
    words = ORIGIN_WORDS[Origin.SIMULATED]
    return f"{words} · {DRILL}" if drill else words
