"""The goals of needle detection, and how a run of the workbench compares with them."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from needle_figures import Figures


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    data: str
    goal: str
    figure: str
    """What was measured, or why nothing was."""
    met: bool | None
    """None where nothing was measured."""


def rows(run: Figures) -> list[Figures]:
    """All goals with the figures of this run, for JSON."""
    return [asdict(row) for row in _rows(run)]


def _rows(run: Figures) -> Iterator[Row]:
    yield from _of_frames(run["frames"])
    yield from _of_insertions(run["insertions"])
    yield from _of_real(run["real"])
    yield from _of_speed(run["speed"])


def _of_frames(frames: Figures) -> Iterator[Row]:
    false = frames["false_share"]
    few = _at_most(false, 0.01)
    for kind, least in (("standard", 0.92), ("hard", 0.6)):
        one = frames["strata"][f"{kind} all"]
        yield Row(
            f"simulator, {kind} contrast, {one['frames']} frames",
            f"recall >= {least:.0%} at <= 1 % false",
            f"{_percent(one['recall'])} at {_percent(false)} false; "
            f"{_percent(one['recall_at_1_percent_false'])} at 1 %; "
            f"line {_percent(one['line_recall'])}",
            _both(_at_least(one["recall"], least), few),
        )
    hit = frames["errors_of_hits"]
    for name, key, most, unit in (
        ("tip, median", "tip_median_mm", 0.3, "mm"),
        ("tip, 95th", "tip_95th_mm", 1.5, "mm"),
        ("angle, median", "angle_median_deg", 0.25, "degrees"),
    ):
        figure = _number(hit[key], unit)
        yield Row(f"hits: {name}", f"<= {most} {unit}", figure, _at_most(hit[key], most))
    free = f"simulator, {frames['free_frames']} frames without a needle"
    yield Row(free, "a needle in <= 1 %", _percent(false), few)
    along = frames["uncertainty"]["along"]
    one, two = along["within_1"], along["within_2"]
    yield Row(
        f"uncertainty along the shaft, {frames['uncertainty']['findings']} findings",
        "truth within 1 sigma 58-78 %, 2 sigma >= 92 %",
        f"{_percent(one)}, {_percent(two)}",
        _both(_within(one, 0.58, 0.78), _at_least(two, 0.92)),
    )


def _of_insertions(found: Figures) -> Iterator[Row]:
    yield Row(
        f"{found['insertions']} insertions, {found['free_frames']} frames without a needle",
        "0 false locks",
        f"{found['false_locks']} locks in {found['false_frames']} frames",
        found["false_locks"] == 0 if found["free_frames"] else None,
    )
    stated = found["calibration"]
    yield Row(
        f"{stated['findings_stated_85_to_95']} tips stated with 85 to 95 %",
        "within 2 mm in 87-93 %",
        _percent(stated["hits_stated_85_to_95"]),
        _within(stated["hits_stated_85_to_95"], 0.87, 0.93),
    )
    yield Row(
        f"{found['losses']} losses of a visible needle",
        "found again within 5 frames",
        _percent(found["found_again_within_5"]),
        _at_least(found["found_again_within_5"], 1.0),
    )


def _of_real(real: Figures) -> Iterator[Row]:
    video = real["needle/paulokwija"]
    if "skipped" not in video:
        right, of = video["annotated_right"], len(video["annotated"])
        name = "needle/paulokwija"
        yield Row(name, "shaft within 3 degrees, 10 px", f"{right} of {of}", right == of)
        decoy = video["decoy_frames"]
        yield Row(name, "the decoy never", f"{decoy} of {video['frames']}", decoy == 0)
    screens = real["needle/janwolzenburg"]
    if "skipped" not in screens:
        right, of = screens["right"], screens["of"]
        goal = "shaft within 4 degrees, 15 px, inside"
        yield Row("needle/janwolzenburg", goal, f"{right} of {of}", right == of)
    free = real["noneedle/usgra-seg"]
    if "skipped" not in free:
        false = free["false_images"]
        figure = f"{false} of {free['images']}"
        yield Row("noneedle/usgra-seg", "a needle in <= 2 images", figure, false <= 2)
    for name, one in real.items():
        if "skipped" in one:
            yield Row(name, "", f"not run: {one['skipped']}", None)


def _of_speed(speed: Figures) -> Iterator[Row]:
    for name, most_ms in (
        ("acquiring_640x480", 16.0),
        ("tracking_640x480", 5.0),
        ("acquiring_1080x860", 25.0),
    ):
        one = speed[name]
        ratios = ", ".join(f"{k} {v}" for k, v in one.get("ratio_to", {}).items())
        figure = f"{_number(one['median_ms'], 'ms')}, 95th {_number(one['95th_ms'], 'ms')}"
        yield Row(
            f"speed: {name.replace('_', ' ')}",
            f"<= {most_ms:.0f} ms",
            f"{figure}; ratio to {ratios}" if ratios else figure,
            _at_most(one["median_ms"], most_ms),
        )


def as_text(table: list[Figures]) -> str:
    """The table for people."""
    verdicts = {True: "met", False: "short", None: "-"}
    lines = [("data", "goal", "figure", "")]
    lines += [(r["data"], r["goal"], r["figure"], verdicts[r["met"]]) for r in table]
    widths = [max(len(line[n]) for line in lines) for n in range(4)]
    padded = ("  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(line.rstrip() for line in padded)


def strata_as_text(name: str, frames: Figures) -> str:
    """Recall by contrast and tilt."""
    lines = [f"{name}: recall / at 1 % false / line / line right but no tip stated"]
    for stratum, one in frames["strata"].items():
        keys = ("recall", "recall_at_1_percent_false", "line_recall", "tip_withheld")
        figures = " / ".join(_percent(one[key]) for key in keys)
        lines.append(f"  {stratum:16} {one['frames']:5} frames  {figures}")
    lines.append(
        f"  left out: tip not visible {frames['left_out_tip_not_visible']}, "
        f"less than 8 mm of shaft {frames['left_out_shaft_too_short']}; "
        f"false {_percent(frames['false_share'])}, "
        f"precision of tips {_percent(frames['precision'])}, "
        f"of lines {_percent(frames['line_precision'])}"
    )
    for site, one in frames["sites"].items():
        lines.append(
            f"  {site:16} {one['frames']:5} frames  recall {_percent(one['recall'])}, "
            f"line {_percent(one['line_recall'])}, false {_percent(one['false_share'])}"
        )
    return "\n".join(lines)


def insertions_as_text(found: Figures) -> str:
    """What happens over time."""
    first = found["frames_to_first_find"]
    return (
        f"insertions: recall {_percent(found['recall'])}, line {_percent(found['line_recall'])}, "
        f"any needle {_percent(found['reported'])} of {found['counted']} frames; found after "
        f"{_number(first['median'], 'frames')} (95th {_number(first['95th'], 'frames')}), "
        f"never in {found['never_found']} of {found['insertions']}"
    )


def calibration_as_text(calibration: Figures) -> str:
    """Stated and true share of tips within 2 mm."""
    lines = ["stated confidence: tips within 2 mm"]
    for one in calibration["table"]:
        low = one["from"]
        share = f"{_percent(one['hits']):>7} of {one['findings']}"
        lines.append(f"  {low:.1f}-{low + 0.1:.1f} {share}")
    return "\n".join(lines)


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{100 * share:.1f} %"


def _number(value: float | None, unit: str) -> str:
    return "none" if value is None else f"{value:.3g} {unit}"


def _at_most(value: float | None, most: float) -> bool | None:
    return None if value is None else value <= most


def _at_least(value: float | None, least: float) -> bool | None:
    return None if value is None else value >= least


def _within(value: float | None, least: float, most: float) -> bool | None:
    return _both(_at_least(value, least), _at_most(value, most))


def _both(one: bool | None, other: bool | None) -> bool | None:
    return None if one is None or other is None else one and other
