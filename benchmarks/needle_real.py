"""A detector on real pictures made by others: a video, whole screens, and views without a needle.

The picture's area is found as in the program. Nothing of what was read by eye is told to the
detector but the scale, which stands on the screens' rulers.
"""

import json
import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from needle_figures import Figures
from needle_judging import Detector, between
from needle_scenes import Floats

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.domain.needle import SeenNeedle
from guidance_app.domain.picture_area import PictureArea
from guidance_app.processing.change import content_changed, thumbnail
from guidance_app.processing.needle.search import Looked
from guidance_app.processing.sector import find_area

VIDEO_DEG, VIDEO_PX = 3.0, 10.0
SCREEN_DEG, SCREEN_PX = 4.0, 15.0
DECOY_DEG, DECOY_PX = 6.0, 20.0
OUTSIDE_PX = 3.0
"""An end may lie so far beside the image area as it was read by eye."""
FRAMES_FOR_AREA = 5
Factory = Callable[[], Detector]


def on_video(folder: Path, factory: Factory) -> Figures:
    """`needle/paulokwija`: one run, its repeated frames told as such."""
    truth = json.loads((folder / "needle.json").read_text("utf-8"))
    read = {one["frame"]: np.array(one["shaft_eye"], float) for one in truth["frames"]}
    decoys = [np.array(line, float) for line in truth["decoy_lines"]]
    frames = list(_video(folder / "ph_dev_first3s.mp4"))
    area = find_area(frames[FRAMES_FOR_AREA], frames[:FRAMES_FOR_AREA])
    seen = _looked_through(frames, area, truth["scale"]["mm_per_px"], factory())
    annotated = [_compared(str(n), seen[n], read[n], VIDEO_DEG, VIDEO_PX) for n in sorted(read)]
    on_decoy = [n for n, one in enumerate(seen) if one is not None and _on_any(one, decoys)]
    return {
        "frames": len(frames),
        "area_found": area is not None,
        "annotated": annotated,
        "annotated_right": sum(bool(one["right"]) for one in annotated),
        "reported": sum(one is not None for one in seen),
        "decoy_frames": len(on_decoy),
        "elsewhere_frames": sum(
            one is not None and n not in on_decoy and not _near_any(one, list(read.values()))
            for n, one in enumerate(seen)
        ),
    }


def on_screens(folder: Path, factory: Factory) -> Figures:
    """`needle/janwolzenburg`: whole screens, each looked at by a new detector."""
    truth = json.loads((folder / "needle.json").read_text("utf-8"))
    mm_per_px, compared = truth["scale"]["mm_per_px"], []
    for one in truth["frames"]:
        name = Path(one["file"]).name
        seen = _single(_picture(folder / name), factory(), mm_per_px)
        shaft = np.array(one["shaft_eye"], float)
        result = _compared(name, seen, shaft, SCREEN_DEG, SCREEN_PX)
        inside = seen is not None and _inside(seen, truth["roi_px"])
        compared.append(result | {"inside": inside, "right": bool(result["right"]) and inside})
    other = _single(_picture(folder / "34_main.png"), factory(), None)
    right = sum(bool(one["right"]) for one in compared)
    return {"screens": compared, "right": right, "of": len(compared), "34_main": _told(other)}


def on_needle_free(folder: Path, factory: Factory) -> Figures:
    """`noneedle/usgra-seg`: whatever is found is false."""
    paths = sorted((folder / "images").iterdir())
    seen = {path.name: _single(_picture(path), factory(), None) for path in paths}
    false = {name: _told(one) for name, one in seen.items() if one is not None}
    return {"images": len(paths), "false_images": len(false), "false": false}


def on_phantom(folder: Path, factory: Factory) -> Figures:
    """`needle/jordandanny`: no truth; what is found is shown."""
    paths = sorted(folder.glob("*.jpg"))
    return {path.name: _told(_single(_picture(path), factory(), None)) for path in paths}


ON_REAL: dict[str, Callable[[Path, Factory], Figures]] = {
    "needle/paulokwija": on_video,
    "needle/janwolzenburg": on_screens,
    "noneedle/usgra-seg": on_needle_free,
    "needle/jordandanny": on_phantom,
}


def on_real(data: Path, factory: Factory) -> dict[str, Figures]:
    """All of it; of a folder that is not there, why nothing is said."""
    return {
        name: look(data / name, factory)
        if (data / name).is_dir()
        else {"skipped": f"{data / name} is not there"}
        for name, look in ON_REAL.items()
    }


def _picture(path: Path) -> ImageU8:
    picture = cv2.imread(str(path))
    if picture is None:
        raise SystemExit(f"{path} cannot be read as a picture. Take a whole copy of the data.")
    return np.asarray(picture, np.uint8)


def _video(path: Path) -> Iterator[ImageU8]:
    video = cv2.VideoCapture(str(path))
    while True:
        there, picture = video.read()
        if not there:
            return
        yield np.asarray(picture, np.uint8)


def _looked_through(
    frames: list[ImageU8], area: PictureArea | None, mm_per_px: float, detector: Detector
) -> list[SeenNeedle | None]:
    small = [None, *(thumbnail(frame) for frame in frames)]
    fresh = [content_changed(before, now) for before, now in pairwise(small) if now is not None]
    return [
        detector.look(Looked(frame, area, n, fresh[n], mm_per_px=mm_per_px)).needle
        for n, frame in enumerate(frames)
    ]


def _single(picture: ImageU8, detector: Detector, mm_per_px: float | None) -> SeenNeedle | None:
    looked = Looked(picture, find_area(picture), 0, alone=True, mm_per_px=mm_per_px)
    return detector.look(looked).needle


def _compared(
    name: str, seen: SeenNeedle | None, shaft_px: Floats, most_deg: float, most_px: float
) -> Figures:
    """How far the ends read by eye are from the found line, and by how much it is turned."""
    if seen is None:
        return {"name": name, "found": False, "right": False}
    turned_deg, off_px = _turned_deg(seen, shaft_px), _off_px(seen, shaft_px)
    return {
        "name": name,
        "found": True,
        "right": turned_deg <= most_deg and off_px <= most_px,
        "turned_deg": round(turned_deg, 2),
        "off_px": round(off_px, 1),
    } | _told_of(seen)


def _told(seen: SeenNeedle | None) -> Figures | None:
    return None if seen is None else _told_of(seen)


def _told_of(seen: SeenNeedle) -> Figures:
    return {
        "tip_px": [round(value, 1) for value in seen.tip_px],
        "far_px": [round(value, 1) for value in seen.far_px],
        "angle_deg": round(math.degrees(seen.angle_rad), 1),
        "confidence": round(seen.confidence, 3),
        "tip_stated": seen.tip_visible,
    }


def _way(seen: SeenNeedle) -> Floats:
    """Unit vector along the found line."""
    way = np.subtract(seen.tip_px, seen.far_px)
    return np.asarray(way / max(float(np.linalg.norm(way)), 1e-9))


def _turned_deg(seen: SeenNeedle, line_px: Floats) -> float:
    across, down = _way(seen).tolist()
    x, y = (line_px[1] - line_px[0]).tolist()
    return math.degrees(abs(between(math.atan2(down, across), math.atan2(y, x))))


def _off_px(seen: SeenNeedle, points_px: Floats) -> float:
    across, down = _way(seen).tolist()
    return float(np.abs((points_px - seen.tip_px) @ np.array([-down, across])).max())


def _on_any(seen: SeenNeedle, decoys: list[Floats]) -> bool:
    """Whether the found stretch lies on one of these lines."""
    return any(_lies_on(seen, line, DECOY_DEG, DECOY_PX) for line in decoys)


def _near_any(seen: SeenNeedle, shafts: list[Floats]) -> bool:
    return any(_lies_on(seen, line, VIDEO_DEG, VIDEO_PX) for line in shafts)


def _lies_on(seen: SeenNeedle, line_px: Floats, most_deg: float, most_px: float) -> bool:
    way = (line_px[1] - line_px[0]) / np.linalg.norm(line_px[1] - line_px[0])
    ends = np.array([seen.tip_px, seen.far_px]) - line_px[0]
    off = np.abs(ends @ np.array([-way[1], way[0]])).max()
    return _turned_deg(seen, line_px) <= most_deg and bool(off <= most_px)


def _inside(seen: SeenNeedle, roi_px: list[float]) -> bool:
    left, top, right, bottom = roi_px
    return all(
        left - OUTSIDE_PX <= x <= right + OUTSIDE_PX
        and top - OUTSIDE_PX <= y <= bottom + OUTSIDE_PX
        for x, y in (seen.tip_px, seen.far_px)
    )
