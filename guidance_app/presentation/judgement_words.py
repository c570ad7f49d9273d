"""Agreement, pass lines and figures of attempts in words."""

from guidance_app.presentation.rating_view import figure_words
from guidance_app.presentation.score_view import SEEN_WORDS
from guidance_app.training.agreement import Agreement, Model
from guidance_app.training.past_attempts import Figure
from guidance_app.training.rating_form import Part
from guidance_app.training.ratings import Agreed

MODELS = {
    Model.ONE_WAY: "one rating, whoever gave it",
    Model.TWO_WAY_RANDOM: "one rating, raters like these, absolute agreement",
    Model.TWO_WAY_FIXED: "one rating, these raters alone, consistency",
    Model.ONE_WAY_MEAN: "mean of all, whoever gave them",
    Model.TWO_WAY_RANDOM_MEAN: "mean of all, raters like these, absolute agreement",
    Model.TWO_WAY_FIXED_MEAN: "mean of all, these raters alone, consistency",
}
TRUTH_WORDS = {
    "final_tip_error": "Tip to target at the end",
    "closest_tip_error": "Nearest to the target on the way",
    "target_reached": "Target reached (1) or not (0)",
    "structures_hit": "Structures to be spared that were met",
    "punctures": "Times through the skin",
    "passes": "Passes",
    "tip_visible_share": "Advance with the tip in view",
    "advance_unseen": "Advance with the tip unseen",
    "in_plane_share": "Advance in the image plane",
    "elapsed": "Time",
    "time_in_tissue": "Time in tissue",
    "path_in_tissue": "Path of the tip in tissue",
    "probe_path": "Path of the probe",
}


def agreement_head(part: Part, agreed: Agreed) -> str:
    """How many sessions and raters agreement is told of."""
    who = ", ".join(agreed.raters) or f"{agreed.ratings_each} ratings each, by different raters"
    raters = f"{len(agreed.raters)} raters ({who})" if agreed.raters else who
    left = f"; {agreed.left_out} sessions not rated by all are left out" if agreed.left_out else ""
    return f"Agreement about the {part}: {agreed.sessions} sessions, {raters}{left}"


def agreement_line(found: Agreement) -> str:
    """A correlation with its model and its interval; never without."""
    value, low, high = map(_correlation, (found.value, found.low, found.high))
    return f"{found.model} {value}, 95 % interval {low} to {high}: {MODELS[found.model]}"


def _correlation(value: float) -> str:
    """Below nothing there is no less agreement."""
    return f"{value:.3f}" if value >= 0 else "below 0"


def figure_title(figure: Figure) -> str:
    """What a figure is called."""
    if figure.form is not None:
        return figure_words(figure.form, figure.part)
    return metric_title(figure.metric)


def metric_title(name: str) -> str:
    """A metric in words; by its name where there are none."""
    return TRUTH_WORDS.get(name) or SEEN_WORDS.get(name) or name
