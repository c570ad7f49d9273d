"""How the ranking does on real pictures with a needle, and without one. Nothing is fitted to them.

Of each with a needle: at which place it is among all that was found, 0 for the first, and the
evidence for it and for the best of the others.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from needle_figures import Figures
from needle_frames import Bools
from needle_real import SCREEN_DEG, SCREEN_PX, read_picture, read_video
from needle_scenes import Floats
from ranking_fit import UNDECIDED

from drivers.api.samples import ImageU8
from guidance_app.processing.needle.candidates import Scan
from guidance_app.processing.needle.features import NAMES
from guidance_app.processing.needle.following import ALONE
from guidance_app.processing.needle.place import place_of
from guidance_app.processing.needle.ranking import Ranking
from guidance_app.processing.needle.segments import Segment
from guidance_app.processing.sector import find_area


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What was found in one picture."""

    name: str
    told: Floats
    is_needle: Bools
    needle: bool
    """Whether there is one in the picture."""


def found_in_real(data: Path) -> list[Found]:
    """In all of them."""
    needle = data / "needle"
    screens, video = (
        json.loads((needle / name / "needle.json").read_text("utf-8"))
        for name in ("janwolzenburg", "paulokwija")
    )
    found = []
    for one in screens["frames"]:
        name = Path(one["file"]).name
        picture = read_picture(needle / "janwolzenburg" / name)
        found.append(_found(f"screen {name}", picture, one["shaft_eye"]))
    lines = {one["frame"]: one["shaft_eye"] for one in video["frames"]}
    frames = read_video(needle / "paulokwija" / "ph_dev_first3s.mp4")
    read = ((n, frame) for n, frame in enumerate(frames) if n in lines)
    found += [_found(f"video {n}", frame, lines[n]) for n, frame in read]
    free = sorted((data / "noneedle" / "usgra-seg" / "images").iterdir())
    return found + [_found(f"free {path.name}", read_picture(path), None) for path in free]


def _found(name: str, picture: ImageU8, line: list[list[float]] | None) -> Found:
    area = find_area(picture)
    if area is None:
        return Found(name, np.zeros((0, len(NAMES))), np.zeros(0, np.bool_), line is not None)
    place = place_of(area, picture.shape)
    found = Scan(place.cut(picture), place.inside, UNDECIDED).everywhere()
    told = np.array([one.told for one in found], float).reshape(-1, len(NAMES))
    if line is None:
        return Found(name, told, np.zeros(len(found), np.bool_), False)
    line_px = np.array(line, float) - (place.columns.start, place.rows.start)
    return Found(name, told, np.array([_is_on(c.segment, line_px) for c in found]), True)


def _is_on(segment: Segment, line_px: Floats) -> bool:
    radians = math.radians(segment.angle_deg)
    across = np.array([-math.sin(radians), math.cos(radians)])
    way = line_px[1] - line_px[0]
    turned_deg = segment.angle_deg - math.degrees(math.atan2(way[1], way[0]))
    if abs((turned_deg + 90.0) % 180.0 - 90.0) > SCREEN_DEG:
        return False
    return bool(np.abs((line_px - segment.start) @ across).max() <= SCREEN_PX)


def places(found: list[Found], ranking: Ranking) -> Figures:
    """Where the needle comes, and how strongly pictures without one look as if they had one."""
    free = [ranking.evidence(one.told).max(initial=-9.0) for one in found if not one.needle]
    needles = dict(_places(found, ranking))
    return {
        "needles": needles,
        "first": sum(one["place"] == 0 for one in needles.values()),
        "of": len(needles),
        "free": len(free),
        "free_reach_alone": sum(bool(one >= ALONE) for one in free),
        "free_most": round(float(max(free)), 2),
    }


def _places(found: list[Found], ranking: Ranking) -> Iterator[tuple[str, Figures]]:
    for one in found:
        if one.needle:
            evidence, right = ranking.evidence(one.told), one.is_needle
            needle = float(evidence[right].max(initial=-9.0))
            other = float(evidence[~right].max(initial=-9.0))
            place = int((evidence > needle).sum()) if right.any() else None
            rest = {"evidence": round(needle, 2), "best_other": round(other, 2)}
            yield one.name, {"place": place} | rest
