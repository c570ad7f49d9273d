"""Finding picture and ruler on a 1080p screen, and checking each frame for another layout.

The screen is made up: speckle in a fan, a ruler and text beside it. The reference blurs the same
frame once (`cv2.GaussianBlur`, 5 x 5). Prints one JSON document: median milliseconds and ratios.
"""

import json
import statistics
import time
from collections.abc import Callable

import numpy as np
from sources import speckle

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.processing.layout import layout_changed, remember
from guidance_app.processing.ruler import find_ruler
from guidance_app.processing.sector import find_area

SIZE = (1920, 1080)
FINDS, CHECKS = 15, 200
WHITE = (230, 230, 230)


def main() -> None:
    """Measure, and print one JSON document."""
    screen = _screen()
    area = find_area(screen)
    if area is None:
        raise SystemExit("The made-up screen has no picture: nothing to measure.")
    ruler = find_ruler(screen, area)
    layout = remember([screen], area, ruler)
    times_ms = {
        "find_area": _median_ms(lambda: find_area(screen), FINDS),
        "find_ruler": _median_ms(lambda: find_ruler(screen, area), FINDS),
        "remember": _median_ms(lambda: remember([screen], area, ruler), FINDS),
        "layout_changed": _median_ms(lambda: layout_changed(layout, screen), CHECKS),
    }
    reference_ms = _median_ms(lambda: cv2.GaussianBlur(screen, (5, 5), 0), CHECKS)
    figures = {
        "benchmark": "sector_scale",
        "size": SIZE,
        "ours_ms": {name: round(ms, 2) for name, ms in times_ms.items()},
        "reference": "one 5 x 5 blur of the frame",
        "reference_ms": round(reference_ms, 2),
        "ratio": {name: round(ms / reference_ms, 2) for name, ms in times_ms.items()},
        "marks_found": len(ruler.ticks_px) if ruler else 0,
    }
    print(json.dumps(figures))


def _median_ms(work: Callable[[], object], runs: int) -> float:
    times_s = []
    for _ in range(runs + 1):
        began_s = time.perf_counter()
        work()
        times_s.append(time.perf_counter() - began_s)
    return 1000 * statistics.median(times_s[1:])


def _screen() -> ImageU8:
    width, height = SIZE
    picture = speckle(1000, 800)[0]
    screen = np.zeros((height, width, 3), np.uint8)
    screen[140:940, 460:1460] = picture[:, :, None]
    for n in range(17):
        y, length = 140 + n * 50, 24 if n % 5 == 0 else 12
        cv2.line(screen, (1500, y), (1500 + length, y), WHITE, 2)
    for n, text in enumerate(("Frq 10.0 MHz", "Gain 62", "Depth 8.0 cm", "DR 66", "FR 23 Hz") * 4):
        cv2.putText(screen, text, (1620, 120 + 36 * n), 0, 0.8, WHITE, 2, cv2.LINE_AA)
    return screen


if __name__ == "__main__":
    main()
