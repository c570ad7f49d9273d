"""How it went: figures with their definitions, and what raters gave."""

from collections.abc import Iterator, Mapping

from guidance_app.debriefing.content import Figure, RatingTable
from guidance_app.debriefing.words import Words
from guidance_app.presentation.score_view import SEEN_WORDS, in_words, score_note
from guidance_app.session.errors import SessionError
from guidance_app.session.reader import SessionReader
from guidance_app.session.review import Rating, Review
from guidance_app.training.form_files import shipped_forms
from guidance_app.training.metrics import Metric
from guidance_app.training.motion import Pairing
from guidance_app.training.scoring import ScoreRefused, score_session

PICTURES_ALONE = "none: pictures alone"
ATTEMPT_WORDS = {
    "final_tip_error": "Tip to target at the end",
    "closest_tip_error": "Tip to target at its nearest",
    "target_reached": "Target reached, within 3 mm (1 is yes)",
    "structures_hit": "What must be spared and was gone through",
    "punctures": "Times through the skin",
    "passes": "Passes (a new one after 10 mm back)",
    "tip_visible_share": "Advance with the tip in view",
    "advance_unseen": "Advance with the tip unseen",
    "in_plane_share": "Advance in the image plane (1 mm, 5°)",
    "elapsed": "Time",
    "time_in_tissue": "Time in tissue",
    "path_in_tissue": "Path of the tip in tissue",
    "probe_path": "Path of the probe",
}


def figures(session: SessionReader) -> tuple[tuple[Figure, ...], str]:
    """What was measured, and what is to be said about it; empty where nothing could be."""
    try:
        document = score_session(session)
    except (ScoreRefused, SessionError):
        return (), ""
    return tuple(map(_figure, document.metrics)), score_note(document)


def rating_tables(review: Review, words: Words) -> tuple[RatingTable, ...]:
    """What raters gave, raters and forms numbered."""
    raters = list(dict.fromkeys(one.rater for one in review.ratings))
    forms = list(dict.fromkeys(one.form for one in review.ratings))
    return tuple(_table(one, raters, forms, words) for one in review.ratings)


def _table(one: Rating, raters: list[str], forms: list[str], words: Words) -> RatingTable:
    blinded = ", blinded" if one.blinded else ""
    known = next((kept.form for kept in shipped_forms() if kept.digest == one.form_digest), None)
    number = f"form {forms.index(one.form) + 1}"
    return RatingTable(
        known.title if known else words.shipped(one.form, number),
        f"rater {raters.index(one.rater) + 1}{blinded}",
        tuple(_given(one, {item.id: item.text for item in known.items} if known else {}, words)),
        words.typed(one.remark),
    )


def _given(one: Rating, texts: Mapping[str, str], words: Words) -> Iterator[tuple[str, int]]:
    """`texts` of the items, where this version ships the form that was filled."""
    for number, (item, points) in enumerate(one.given.items(), 1):
        yield texts.get(item) or words.shipped(item, f"item {number}"), points


def _figure(metric: Metric) -> Figure:
    seen = metric.name in SEEN_WORDS
    words = SEEN_WORDS[metric.name] if seen else ATTEMPT_WORDS[metric.name]
    unit = "" if metric.unit == "1" else metric.unit
    value = in_words(metric).removesuffix(f" {unit}") if unit else in_words(metric)
    return Figure(words, value, unit, metric.version, PICTURES_ALONE if seen else Pairing.RAW)
