"""What a ranking comes to on pictures that it was not fitted to."""

import numpy as np
from needle_figures import FALSE_SHARE, Figures, share
from needle_frames import Bools
from needle_scenes import Floats
from ranking_pictures import PAINTED, RECORDED, SIMULATED, WARPED
from ranking_rows import Rows

STRATA = {
    "standard": (SIMULATED, False),
    "hard": (SIMULATED, True),
    "warped standard": (WARPED, False),
    "warped hard": (WARPED, True),
    "painted": (PAINTED, False),
}
"""Source, and whether hard."""


def least_evidence(rows: Rows, evidence: Floats) -> float:
    """What no more than FALSE_SHARE of the simulated pictures without a needle exceed."""
    free = (rows.source == SIMULATED) & ~rows.needle
    return float(np.quantile(rows.best(evidence)[0][free], 1.0 - FALSE_SHARE))


def figures(rows: Rows, evidence: Floats) -> Figures:
    """Recall at `least_evidence`, and false findings on other pictures."""
    least = least_evidence(rows, evidence)
    best, right = rows.best(evidence)
    found = best > least
    needles = {
        name: _recall((rows.source == source) & (rows.hard == hard), rows, right, found)
        for name, (source, hard) in STRATA.items()
    }
    false = {
        source: share(found[(rows.source == source) & ~rows.needle])
        for source in (SIMULATED, WARPED, RECORDED)
    }
    named = dict(_by_recording(rows, right, found))
    return {"needles": needles, "false_share": false, "recordings": named}


def _recall(of: Bools, rows: Rows, right: Bools, found: Bools) -> Figures:
    """Of pictures whose needle one could ask for."""
    of = of & rows.needle & rows.counts
    held = np.zeros(rows.half.size, np.bool_)
    held[rows.picture[rows.is_needle]] = True
    return {
        "pictures": int(of.sum()),
        "among_the_stretches": share(held[of]),
        "first": share(right[of]),
        "recall": share((right & found)[of]),
    }


def _by_recording(rows: Rows, right: Bools, found: Bools) -> list[tuple[str, Figures]]:
    recorded = np.isin(rows.source, [RECORDED, PAINTED])
    named = []
    for name in np.unique(rows.name[recorded]).tolist():
        of = recorded & (rows.name == name)
        told = {"false_share": share(found[of & ~rows.needle])}
        named.append((name, told | {"painted": _recall(of, rows, right, found)}))
    return named
