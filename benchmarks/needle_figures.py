"""Figures of what was judged: recall, errors, calibration, and what happens over time."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from needle_judging import Columns, hits, lines_right
from needle_scenes import TILTS_DEG
from numpy.typing import NDArray

Figures = dict[str, Any]
Picked = NDArray[np.bool_]

FALSE_SHARE = 0.01
REFOUND_FRAMES = 5
STATED = (0.85, 0.95)
STRATA = ("all", "<25", "25-40", ">40")


def share(of: Picked) -> float | None:
    """Mean of truths, to four digits; None of nothing."""
    return round(float(of.mean()), 4) if of.size else None


def quantile(values: NDArray[np.float64], at: float) -> float | None:
    """A quantile, to three digits; None of nothing."""
    return round(float(np.quantile(values, at)), 3) if values.size else None


def single_frames(said: Columns, loose: Columns) -> Figures:
    """Recall, false findings, errors and precision; `loose` is the same at any confidence."""
    counts, free = said["counts"].astype(bool), said["free"].astype(bool)
    hit, found = hits(said), said["found"].astype(bool)
    judged = found & (counts | free)
    return {
        "needle_frames": int(said["needle"].sum()),
        "counted": int(counts.sum()),
        "left_out_tip_not_visible": int((said["needle"] & ~said["tip_shown"]).sum()),
        "left_out_shaft_too_short": int((said["needle"] & said["tip_shown"] & ~counts).sum()),
        "free_frames": int(free.sum()),
        "false_share": share(found[free]),
        "precision": share(hit[judged & said["tip_stated"]]),
        "line_precision": share(lines_right(said)[judged]),
        "confidence_of_1_percent_false": confidence_of_false_share(loose),
        "strata": dict(_strata(said, loose)),
        "sites": dict(_sites(said)),
        "errors_of_hits": errors(said, hit & counts),
        "uncertainty": uncertainty(said),
    }


def confidence_of_false_share(loose: Columns, most: float = FALSE_SHARE) -> float:
    """The least confidence above which no more than that share of free frames has a needle."""
    free = loose["free"].astype(bool)
    stated = np.sort(np.where(loose["found"], loose["confidence"], -1.0)[free])[::-1]
    allowed = int(most * stated.size)
    return float(max(stated[allowed], 0.0)) if allowed < stated.size else 0.0


def _strata(said: Columns, loose: Columns) -> Iterator[tuple[str, Figures]]:
    above = loose["confidence"] > confidence_of_false_share(loose)
    hit, at_one_percent, line = hits(said), hits(loose) & above, lines_right(said)
    for hard in (False, True):
        for name in STRATA:
            picked = said["counts"] & (said["hard"] == hard) & _tilted(said["tilt_deg"], name)
            yield (
                f"{'hard' if hard else 'standard'} {name}",
                {
                    "frames": int(picked.sum()),
                    "recall": share(hit[picked]),
                    "recall_at_1_percent_false": share(at_one_percent[picked]),
                    "line_recall": share(line[picked]),
                    "tip_withheld": share((line & ~said["tip_stated"])[picked]),
                },
            )


def _sites(said: Columns) -> Iterator[tuple[str, Figures]]:
    """By the first word of what a scene is called."""
    sites = np.array([scene.split()[0] for scene in said["scene"].tolist()])
    found, hit, line = said["found"].astype(bool), hits(said), lines_right(said)
    for site in dict.fromkeys(sites.tolist()):
        counts, free = said["counts"] & (sites == site), said["free"] & (sites == site)
        recalls = {"recall": share(hit[counts]), "line_recall": share(line[counts])}
        yield site, {"frames": int(counts.sum()), **recalls, "false_share": share(found[free])}


def _tilted(tilt_deg: NDArray[np.float64], stratum: str) -> Picked:
    if stratum == "all":
        return np.ones(tilt_deg.shape, bool)
    index = (tilt_deg[:, None] >= np.array(TILTS_DEG)).sum(axis=1)
    return np.asarray(index == STRATA.index(stratum) - 1)


def errors(said: Columns, picked: Picked) -> Figures:
    """Of the findings picked."""
    tip_mm, angle_deg = said["tip_mm"][picked], said["angle_deg"][picked]
    return {
        "findings": int(picked.sum()),
        "tip_median_mm": quantile(tip_mm, 0.5),
        "tip_95th_mm": quantile(tip_mm, 0.95),
        "angle_median_deg": quantile(angle_deg, 0.5),
        "angle_95th_deg": quantile(angle_deg, 0.95),
    }


def uncertainty(said: Columns) -> Figures:
    """Share of truths within one and two stated sigmas, where the line is right, the tip stated.

    Each axis by itself: 68 and 95 % are perfect. In both at once, as an ellipse in the picture's
    plane, 39 and 86 % are; it is shown beside and not judged.
    """
    picked = lines_right(said) & said["counts"] & said["tip_stated"]
    along, across, angle = (
        np.abs(said[f"{name}_sigmas"][picked]) for name in ("along", "across", "angle")
    )
    ellipse = np.hypot(along, across)
    axes = {"along": along, "across": across, "angle": angle, "ellipse": ellipse}
    shares = {
        name: {"within_1": share(off <= 1.0), "within_2": share(off <= 2.0)}
        for name, off in axes.items()
    }
    return {"findings": int(picked.sum()), **shares}


def over_time(insertions: list[Columns]) -> Figures:
    """What happens in insertions at 30 frames a second, of which one stands in each element."""
    free_frames = false_frames = false_locks = 0
    to_first, never, refound = [], 0, []
    for said in insertions:
        false = (said["found"] & said["free"]).astype(bool)
        free_frames += int(said["free"].sum())
        false_frames += int(false.sum())
        false_locks += len(_runs(false))
        begins = first_find(said)
        never += begins is None and bool(said["counts"].any())
        to_first += [] if begins is None else [begins]
        refound += found_again(said)
    everything = {name: np.concatenate([one[name] for one in insertions]) for name in insertions[0]}
    counts = everything["counts"].astype(bool)
    return {
        "insertions": len(insertions),
        "frames": int(counts.size),
        "counted": int(counts.sum()),
        "free_frames": free_frames,
        "false_frames": false_frames,
        "false_locks": false_locks,
        "recall": share(hits(everything)[counts]),
        "line_recall": share(lines_right(everything)[counts]),
        "reported": share(everything["found"][counts].astype(bool)),
        "never_found": never,
        "frames_to_first_find": {"median": quantile(np.array(to_first, float), 0.5)}
        | {"95th": quantile(np.array(to_first, float), 0.95)},
        "losses": len(refound),
        "found_again_within_5": share(np.array(refound, bool)),
        "errors_of_hits": errors(everything, hits(everything) & counts),
        "uncertainty": uncertainty(everything),
        "calibration": calibration(everything),
    }


def first_find(said: Columns) -> int | None:
    """Counted frames until the line is right for the first time; None if it never is."""
    right = lines_right(said)[said["counts"].astype(bool)]
    return int(right.argmax()) + 1 if right.any() else None


def found_again(said: Columns) -> list[bool]:
    """For each loss after the first find whether the line is right again in time.

    A loss begins with the first counted frame without the right line, or with the first that counts
    again after some that did not; it is left out where the needle goes before it could be judged.
    """
    counts, right = said["counts"].astype(bool), lines_right(said)
    seen = np.flatnonzero(counts & right)
    if not seen.size:
        return []
    outcomes = []
    for first, last in _runs(counts):
        begun = max(first, int(seen[0]))
        lost = _runs(~right[begun : last + 1])
        for start, end in lost:
            again, long = end + begun < last, end - start + 1 >= REFOUND_FRAMES
            outcomes += [not long] if again or long else []
        if first > seen[0] and right[first] and not right[first - 1]:
            outcomes.append(True)
    return outcomes


def _runs(flags: Picked) -> list[tuple[int, int]]:
    """First and last index of each stretch of truths."""
    edges = np.diff(np.concatenate([[False], flags, [False]]).astype(int))
    starts, ends = np.flatnonzero(edges > 0), np.flatnonzero(edges < 0) - 1
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def calibration(said: Columns) -> Figures:
    """How many tips are within 2 mm for each stated confidence, false findings among them.

    Only stated tips, and no frames that are judged neither way.
    """
    stated = (said["found"] & said["tip_stated"] & (said["counts"] | said["free"])).astype(bool)
    confidence, hit = said["confidence"], hits(said)
    about = stated & (confidence >= STATED[0]) & (confidence <= STATED[1])
    table = []
    for low in np.arange(10) / 10.0:
        high = low + 0.1
        top = confidence <= 1.0 if low == 0.9 else confidence < high - 1e-9
        picked = stated & (confidence >= low - 1e-9) & top
        table.append(
            {"from": float(low), "findings": int(picked.sum()), "hits": share(hit[picked])}
        )
    return {
        "findings_stated_85_to_95": int(about.sum()),
        "hits_stated_85_to_95": share(hit[about]),
        "table": table,
    }
