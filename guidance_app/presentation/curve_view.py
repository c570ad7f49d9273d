"""A trainee's attempts as the page shows them: four charts, what counts, and what it rests on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from guidance_app.presentation.forms import EntryRefused, Option
from guidance_app.presentation.judgement_words import figure_title, metric_title
from guidance_app.presentation.rating_view import figure_words
from guidance_app.presentation.view import Text, Tone
from guidance_app.training.form_files import Forms
from guidance_app.training.learning_curve import Cusum
from guidance_app.training.past_attempts import BETTER, Better, Figure, PastAttempt, metric_names
from guidance_app.training.rating_form import Part
from guidance_app.training.ratings import form_ids
from guidance_app.training.standard import Group
from guidance_app.training.trainee_curve import CurvePoint, Judgement, TraineeCurve

FEEDBACK = (
    "Feedback, not certification: what these curves say turns with the rates and the line that "
    "were chosen."
)
FEEDBACK_FIGURES = (
    "With some rates four of six trainees passed, with others five. LC-CUSUM for plexus blocks "
    "was right about 85 % of the competent and 67 % of the others."
)
SHAPES = "Circles are successes, crosses failures."
NO_LINE = "Give a pass line: without one no attempt is a success or a failure."
MOST_TICKS, MOST_DAYS = 6, 4
SECONDS_A_DAY = 86_400.0
METRIC, FORM = "metric", "form"


@dataclass(frozen=True, slots=True)
class Level:
    """A line across a chart."""

    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Band:
    """Where most experts lie."""

    low: float
    high: float
    words: str


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One attempt in a chart."""

    x: float
    y: float
    success: bool | None
    words: str
    """What a pointer on it tells."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Points in order, lines across, and where the axis below is marked."""

    title: str
    points: tuple[ChartPoint, ...] = ()
    levels: tuple[Level, ...] = ()
    band: Band | None = None
    ticks: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CurveEntry:
    """What is asked for on the page, as it was chosen and typed."""

    figure: str
    pass_line: str
    better: str


@dataclass(frozen=True, slots=True)
class CurveView:
    """The whole page."""

    title: str
    success: Text
    """What counts as a success."""
    figure: Chart
    dates: Chart
    cusum: Chart
    learning: Chart
    parameters: tuple[Text, ...]
    entry: CurveEntry
    figures: tuple[Option, ...] = ()
    better_known: bool = False
    """Of a form more is better."""
    warning: str = FEEDBACK
    message: Text = field(default=Text(""))


def curve_view(
    trainee: str,
    curve: TraineeCurve,
    figures: tuple[Option, ...],
    experts: Group | None = None,
) -> CurveView:
    """The page; `experts` is of the same figure."""
    judgement = curve.judgement
    whose = trainee or "All sessions of the folder"
    return CurveView(
        title=f"{whose}: {len(curve.points)} attempts",
        success=_success(curve),
        figure=_figure_chart(curve, experts),
        dates=_date_chart(curve.points, curve.unit),
        cusum=_cusum_chart(curve, judgement),
        learning=_learning_chart(curve, judgement),
        parameters=tuple(_parameters(curve, experts)),
        entry=entry_of(curve),
        figures=figures,
        better_known=curve.figure.form is not None,
    )


def entry_of(curve: TraineeCurve) -> CurveEntry:
    """What would have to be entered to see this curve."""
    line = "" if curve.pass_line is None else f"{curve.pass_line:g}"
    return CurveEntry(figure_id(curve.figure), line, curve.figure.better.value)


def figure_id(figure: Figure) -> str:
    """Names a figure among the options."""
    if figure.form is None:
        return f"{METRIC} {figure.metric}"
    return f"{FORM} {figure.form.form.id} {figure.part.value}"


def figure_options(attempts: Sequence[PastAttempt], forms: Forms) -> tuple[Option, ...]:
    """All figures that any attempt has."""
    metrics = tuple(
        Option(f"{METRIC} {name}", metric_title(name)) for name in metric_names(attempts)
    )
    rated = [forms.find(id_) for id_ in form_ids(one.rated for one in attempts)]
    parts = tuple(
        Option(f"{FORM} {known.form.id} {part.value}", figure_words(known, part))
        for known in rated
        if known is not None
        for part in Part
        if (known.form.checklist if part is Part.CHECKLIST else known.form.scale)
    )
    return (*parts, *metrics)


def chosen(entry: CurveEntry, forms: Forms) -> tuple[Figure, float | None]:
    """The figure and the pass line that were entered; raises EntryRefused."""
    line = _line(entry.pass_line)
    kind, _, rest = entry.figure.partition(" ")
    if kind == FORM:
        id_, _, part = rest.partition(" ")
        known = forms.find(id_)
        if known is None:
            raise EntryRefused(f"There is no form {id_} any more.")
        return Figure(Better.HIGHER, form=known, part=Part(part)), line
    return Figure(Better(entry.better), metric=rest), line


def of_other_figure(entry: CurveEntry) -> CurveEntry:
    """What was entered, for a figure that was not shown so far: its line is not known yet."""
    better = BETTER.get(entry.figure.partition(" ")[2], entry.better)
    return replace(entry, pass_line="", better=str(better))


def _line(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        line = float(text.strip().replace(",", "."))
    except ValueError:
        raise EntryRefused(f"“{text.strip()}” is no number (pass line).") from None
    if not abs(line) < 1e9:
        raise EntryRefused("The pass line is too far away.")
    return line


def _success(curve: TraineeCurve) -> Text:
    if curve.pass_line is None:
        return Text(NO_LINE, Tone.MUTED)
    higher = curve.figure.better is Better.HIGHER
    unit = f" {curve.unit}" if curve.unit not in ("", "1") else ""
    than = "or more" if higher else "or less"
    critical = "; a critical item missed is a failure" if curve.figure.form else ""
    title = figure_title(curve.figure)
    return Text(f"Success: {title}, {curve.pass_line:g}{unit} {than}{critical}. {SHAPES}")


def _figure_chart(curve: TraineeCurve, experts: Group | None) -> Chart:
    unit = f", {curve.unit}" if curve.unit not in ("", "1") else ""
    heights = [point.value for point in curve.points]
    line = curve.pass_line
    levels = () if line is None else (Level(line, f"pass line {line:g}"),)
    return Chart(
        f"{figure_title(curve.figure)}{unit}",
        _points(curve, heights),
        levels,
        _band(experts),
        _counted(len(heights)),
    )


def _band(experts: Group | None) -> Band | None:
    if experts is None:
        return None
    low, high = experts.mean - experts.deviation, experts.mean + experts.deviation
    return Band(low, high, f"{experts.count} experts, mean ± SD")


def _cusum_chart(curve: TraineeCurve, judgement: Judgement | None) -> Chart:
    if judgement is None:
        return Chart("CUSUM: needs a pass line")
    cusum = judgement.cusum
    levels = (
        Level(-cusum.acceptable_below, f"acceptable, -h0 = {-cusum.acceptable_below:.2f}"),
        Level(cusum.unacceptable_above, f"unacceptable, h1 = {cusum.unacceptable_above:.2f}"),
    )
    heights = judgement.heights
    return Chart("CUSUM", _points(curve, heights), levels, ticks=_counted(len(heights)))


def _learning_chart(curve: TraineeCurve, judgement: Judgement | None) -> Chart:
    if judgement is None:
        return Chart("LC-CUSUM: needs a pass line")
    limit = judgement.learning.limit
    heights = judgement.learned
    return Chart(
        "LC-CUSUM",
        _points(curve, heights),
        (Level(limit, f"h = {limit:.2f}"),),
        ticks=_counted(len(heights)),
    )


def _points(curve: TraineeCurve, heights: Sequence[float]) -> tuple[ChartPoint, ...]:
    return tuple(
        ChartPoint(float(count), height, point.success, _point_words(count, point, curve.unit))
        for count, (point, height) in enumerate(zip(curve.points, heights, strict=True), 1)
    )


def _point_words(count: int, point: CurvePoint, unit: str) -> str:
    how = {True: "success", False: "failure", None: "not judged"}[point.success]
    critical = ", critical item missed" if point.critical else ""
    shown = "" if unit == "1" else f" {unit}"
    return f"Attempt {count}, {_day(_moment(point))}: {point.value:.3g}{shown}, {how}{critical}"


def _date_chart(points: Sequence[CurvePoint], unit: str) -> Chart:
    """How many attempts there were until each moment."""
    days = [_moment(point).timestamp() / SECONDS_A_DAY for point in points]
    marks = tuple(
        ChartPoint(day, float(count), point.success, _point_words(count, point, unit))
        for count, (day, point) in enumerate(zip(days, points, strict=True), 1)
    )
    years = dict.fromkeys(f"{_moment(point).astimezone():%Y}" for point in points)
    return Chart(f"Attempts by date ({', '.join(years)})", marks, ticks=_dated(points, days))


def _dated(points: Sequence[CurvePoint], days: Sequence[float]) -> tuple[tuple[float, str], ...]:
    """Days in equal steps from the first attempt to the last; each once."""
    if not points:
        return ()
    first, length = min(days), max(days) - min(days)
    steps = max(1, min(MOST_DAYS - 1, int(length)))
    places = [first + length * step / steps for step in range(steps + 1)]
    moments = {place: datetime.fromtimestamp(place * SECONDS_A_DAY, UTC) for place in places}
    words = {moment.astimezone().strftime("%d %b"): place for place, moment in moments.items()}
    return tuple((place, day) for day, place in words.items())


def _counted(attempts: int) -> tuple[tuple[float, str], ...]:
    step = max(1, -(-attempts // MOST_TICKS))
    return tuple((float(count), str(count)) for count in range(step, attempts + 1, step))


def _moment(point: CurvePoint) -> datetime:
    return datetime.fromisoformat(point.attempt.started_utc)


def _day(moment: datetime) -> str:
    return moment.astimezone().strftime("%d %b %Y")


def _parameters(curve: TraineeCurve, experts: Group | None) -> Iterable[Text]:
    if curve.left_out:
        yield Text(f"{len(curve.left_out)} attempts have no such figure and are left out.")
    if experts is not None:
        spread = f"{experts.mean:.3g} ± {experts.deviation:.2g} (mean ± SD)"
        yield Text(f"Experts: {experts.count}, {spread}.")
    if curve.judgement is None:
        yield Text(NO_LINE, Tone.MUTED)
        return
    passed = sum(bool(point.success) for point in curve.points)
    yield Text(f"Successes: {passed} of {len(curve.points)}.")
    yield from _cusum_words(curve.judgement)
    yield from _learning_words(curve, curve.judgement)
    yield Text(FEEDBACK_FIGURES, Tone.MUTED)


def _cusum_words(judgement: Judgement) -> Iterable[Text]:
    cusum = judgement.cusum
    yield Text(f"CUSUM: {_cusum_verdict(cusum, judgement.heights)}")
    yield Text(
        f"p0 {cusum.acceptable:.0%}, p1 {cusum.unacceptable:.0%} (acceptable and unacceptable "
        f"rate of failure), alpha {cusum.alpha:g}, beta {cusum.beta:g}: a success lowers it by "
        f"{cusum.step:.4f}, a failure raises it by {1 - cusum.step:.4f}; "
        f"h0 {cusum.acceptable_below:.4f}, h1 {cusum.unacceptable_above:.4f}; "
        f"{cusum.shortest} successes in a row reach -h0.",
        Tone.MUTED,
    )


def _cusum_verdict(cusum: Cusum, heights: Sequence[float]) -> str:
    last = f"{heights[-1]:+.2f} after {len(heights)} attempts"
    if heights[-1] <= -cusum.acceptable_below:
        return f"{last}: by these rates the failures are acceptable."
    if heights[-1] >= cusum.unacceptable_above:
        return f"{last}: by these rates the failures are not acceptable."
    return f"{last}, between both lines: nothing can be told yet."


def _learning_words(curve: TraineeCurve, judgement: Judgement) -> Iterable[Text]:
    learning, rates = judgement.learning, curve.rates
    after = judgement.competent_after
    reached = f"h was first reached with attempt {after}." if after else "h was not reached."
    yield Text(f"LC-CUSUM: {judgement.learned[-1]:.2f}; {reached}")
    yield Text(
        f"pa {learning.adequate:.0%}, pu {learning.inadequate:.0%} (adequate and inadequate rate "
        f"of failure); h {learning.limit:.2f} was found by simulation: whoever fails at pu reaches "
        f"it within {rates.within} attempts with a risk of {rates.wrongly:.0%} (20,000 runs, "
        "fixed seed).",
        Tone.MUTED,
    )
