"""An attempt in figures as the page and the command line word it; nothing is called good."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from guidance_app.presentation.primitives import (
    Cross,
    Ink,
    Label,
    Line,
    Primitive,
    Ring,
    Stroke,
)
from guidance_app.presentation.view import Text, Tone
from guidance_app.training.attempt import Attempt, last_place
from guidance_app.training.expert_set import Standing
from guidance_app.training.metrics import HIT_WITHIN_MM, Metric, measure, structures_hit
from guidance_app.training.scoring import Scored, ScoreDocument

NO_STANDARD = (
    "No study says what is good enough on this simulator: compare your attempts with each other."
)
MOTION_WORDS = {
    "elapsed": "Time",
    "path": "Path of the tip",
    "path_inefficiency": "By which it is longer than the straight way",
    "depth_motion": "Of it along the tool, to and fro",
    "lateral_motion": "Of it across the tool",
    "rotation": "Turned, all steps added",
    "translational_actions": "Movements (faster than 50 mm/s for 0.2 s)",
    "rotational_actions": "Turns (faster than 50 deg/s for 0.2 s)",
    "mean_speed": "Path over time",
    "idle_time": "Time at rest (below 5 mm/s and 5 deg/s)",
    "spread": "Spread of the tip about its mean place",
    "jerk": "Jerk (at 30 Hz, below 6 Hz)",
    "path_in_tissue": "Path of the tip in tissue",
    "time_in_tissue": "Time with the tip in tissue",
    "tissue_damage": "Area that the shaft swept in tissue (potential damage)",
    "punctures": "Times through the skin",
    "passes": "Passes (a new one after 10 mm back)",
    "deepest": "Longest way of the shaft in tissue",
    "final_tip_error": "Tip to target at the end",
    "line_miss": "Of it beside the line of the needle",
    "depth_error": "Of it along the needle (below 0: past the target)",
    "closest_tip_error": "Nearest to the target on the way",
    "targets_hit": f"Targets hit (within {HIT_WITHIN_MM:g} mm)",
    "probe_path": "Path of the probe",
    "probe_rotation": "Turned of the probe, all steps added",
    "needle_plane_distance": "Shaft in tissue to the image plane, mean over time",
    "needle_plane_distance_max": "The same at its largest",
    "needle_plane_angle": "Needle to the image plane, mean over time",
    "in_plane_share": "Advance in the image plane (1 mm, 5°)",
}
SEEN_WORDS = {
    "needle_seen_share": "Needle seen in the pictures, of the time from its first to its last",
    "tip_seen_share": "Tip seen, of the time with a needle in the picture",
    "fading_share": "Shaft fading (it may have left the plane), of the same time",
    "time_in_plane": "Time with the shaft in the image plane, by the pictures",
    "unseen_advances": "Times it went on while its tip was not seen",
    "unseen_advance_time": "Time in which that was said",
    "passes_seen": "Passes, by the pictures (a new one after 10 mm back)",
    "probe_wobble": "Picture moving as a whole (an unsteady probe), with the needle in it",
    "needle_time": "Time from its first picture to its last",
    "guided_time": "Time with guidance on the screen",
    "not_live_time": "Time in which the picture was not live",
    "phase_pre_time": "Preparation, until it was signed",
    "phase_to_time": "Time-out, until it was signed",
    "phase_intra_time": "Procedure, until it was signed",
    "phase_post_time": "Sign-out, until it was signed",
}
SEEN_NOTE = (
    "These figures are of what the search saw: a needle that it does not find counts as not seen. "
    "Compare those of one console with each other."
)
TENTHS = ("mm", "deg", "mm/s")
"""Units of which tenths are shown."""
CUT_OFF = "The file of this attempt is cut off: these figures are of what is left of it."


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One line: what was measured, and what came out."""

    words: str
    value: Text


@dataclass(frozen=True, slots=True)
class ScoreView:
    """What the page shows."""

    rows: tuple[ScoreRow, ...]
    note: str = NO_STANDARD
    title: str = "How it went"
    watermark: str = ""
    """Of the picture."""
    marks: tuple[Primitive, ...] = ()
    """What lay where, over the last picture."""
    address: str = ""
    """Of the simulator, for another attempt on the same person."""
    other_address: str = ""
    """The same for a different person."""


def score_view(attempt: Attempt) -> ScoreView:
    """An attempt that was read from its file."""
    rows = _attempt_rows(measure(attempt), structures_hit(attempt), last_place(attempt))
    return ScoreView(rows, CUT_OFF if attempt.cut_off else NO_STANDARD)


def score_rows(document: ScoreDocument) -> tuple[ScoreRow, ...]:
    """All figures of a session or a recording."""
    truth = (
        _attempt_rows(document.metrics, document.structures, document.last_place)
        if document.last_place
        else ()
    )
    words = MOTION_WORDS if document.scored is Scored.RECORDING else SEEN_WORDS
    plain = [one for one in document.metrics if one.name in words]
    return (*truth, *(ScoreRow(words[one.name], Text(in_words(one))) for one in plain))


def score_note(document: ScoreDocument) -> str:
    """What is to be said of these figures; empty where nothing is."""
    if document.cut_off:
        return CUT_OFF
    if document.scored is Scored.RECORDING:
        return ""
    return NO_STANDARD if document.last_place else SEEN_NOTE


def standing_row(metric: Metric, standing: Standing) -> ScoreRow:
    """Where a figure lies among those of experts."""
    z = "-" if standing.z is None else f"z {standing.z:+.1f}"
    words = (
        f"{metric.name}, of {standing.count} experts: {standing.percentile:.0f} % are lower, "
        f"mean {standing.mean:.3g}, deviation {standing.deviation:.3g} {metric.unit}"
    )
    return ScoreRow(words, Text(z))


def picture_age_words(attempt: Attempt, number: int | None) -> str:
    """How long before the end the picture of this number was; empty for the last."""
    if number not in attempt.frames:
        return ""
    before_s = attempt.t_s[-1] - attempt.t_s[attempt.frames.index(number)]
    return f"The picture is from {before_s:.0f} s before the end." if before_s >= 1.0 else ""


def truth_marks(attempt: Attempt, number: int | None) -> tuple[Primitive, ...]:
    """Target and needle as they really lay in the picture of this number; none for another."""
    if number not in attempt.frames:
        return ()
    last = attempt.frames.index(number)
    target, shaft = attempt.target_px[last], attempt.shaft_px[last]
    marks: list[Primitive] = [
        Cross(target, 3.0, 12.0, Ink.PLAN),
        Label(target, "target", Ink.PLAN, (14.0, 14.0)),
    ]
    if shaft:
        marks += [Line(shaft, Ink.NEEDLE, Stroke.DOTTED), Ring(shaft[0], 8.0, Ink.NEEDLE)]
    return tuple(marks)


def in_words(metric: Metric) -> str:
    """A figure with its unit: "1.4 mm", "87 %", "3"; "-" where it has no meaning."""
    if metric.value is None:
        return "-"
    if metric.unit == "1":
        return f"{metric.value:.0f}"
    return f"{metric.value:.{1 if metric.unit in TENTHS else 0}f} {metric.unit}"


def _attempt_rows(
    metrics: Iterable[Metric], structures: tuple[str, ...], at_end: str
) -> tuple[ScoreRow, ...]:
    """Figures by the simulator's truth."""
    found = {metric.name: metric for metric in metrics}
    nearest = f"Nearest to the target on the way (reached: within {HIT_WITHIN_MM:g} mm)"
    return (
        ScoreRow("Tip to target at the end", _plain(found, "final_tip_error")),
        ScoreRow("Where the tip lay at the end", Text(at_end)),
        ScoreRow(nearest, _plain(found, "closest_tip_error")),
        _spared_row(structures),
        ScoreRow("Times through the skin", _plain(found, "punctures")),
        ScoreRow("Passes (a new one after 10 mm back)", _plain(found, "passes")),
        ScoreRow("Advance with the tip in view, and unseen", _in_view(found)),
        ScoreRow("Advance in the image plane (1 mm, 5°)", _plain(found, "in_plane_share")),
        ScoreRow("Time, of which in tissue", _times(found)),
        ScoreRow("Path of the tip in tissue", _plain(found, "path_in_tissue")),
        ScoreRow("Path of the probe", _plain(found, "probe_path")),
    )


def _plain(found: Mapping[str, Metric], name: str) -> Text:
    return Text(in_words(found[name]))


def _in_view(found: Mapping[str, Metric]) -> Text:
    return Text(f"{in_words(found['tip_visible_share'])}, {in_words(found['advance_unseen'])}")


def _spared_row(names: tuple[str, ...]) -> ScoreRow:
    words = "Went through what must be spared"
    if not names:
        return ScoreRow(words, Text("nothing"))
    return ScoreRow(f"{words}: {', '.join(names)}", Text(f"{len(names)}", Tone.ALARM))


def _times(found: Mapping[str, Metric]) -> Text:
    return Text(f"{in_words(found['elapsed'])}, {in_words(found['time_in_tissue'])}")
