"""What frame truth adds to every 1920x1080 frame: measuring on the capture thread, and judging.

Measuring is the thumbnail, its comparison with the frame before, and what is remembered of it;
judging is one evaluation of the pure core with an area watched. The reference is OpenCV's
absolute difference of the same two whole pictures, which alone would tell whether something
has changed. Prints one JSON document: milliseconds, medians; goal 1 ms in all.
"""

import json
import time
from collections.abc import Callable

import numpy as np

from drivers.api.samples import ImageU8, Origin, PictureGeometry, PixelFormat, Stamp
from drivers.opencv import cv2
from guidance_app.domain.commands import LayoutFound
from guidance_app.domain.picture_area import AreaShape, PictureArea
from guidance_app.domain.snapshot import FrameFacts
from guidance_app.processing.change import content_changed, measure, thumbnail
from guidance_app.processing.compute import apply_command, evaluate
from guidance_app.processing.state import PipelineState
from guidance_app.processing.truth import Arrivals, observe

SIZE = (1080, 1920)
FRAMES = 400
PERIOD_NS = 16_666_667
AREA = PictureArea(
    480, 100, 1500, 1000, AreaShape.LINEAR, ((480, 100), (1500, 100), (1500, 1000), (480, 1000))
)


def main() -> None:
    """Measure gray and colour, and print the figures."""
    generator = np.random.default_rng(1)
    gray = [generator.integers(0, 200, SIZE, dtype=np.uint8) for _ in range(4)]
    colour = [generator.integers(0, 200, (*SIZE, 3), dtype=np.uint8) for _ in range(4)]
    figures = {"gray": _figures(gray), "colour": _figures(colour)}
    print(json.dumps({"benchmark": "truth", "size": SIZE, "goal_ms": 1.0} | figures))


def _figures(pictures: list[ImageU8]) -> dict[str, float | str]:
    measuring_ms, judging_ms = _ours(pictures)
    reference_ms = _median_ms(lambda n: cv2.absdiff(pictures[n % 4], pictures[(n + 1) % 4]))
    ours_ms = measuring_ms + judging_ms
    return {
        "measuring_ms": round(measuring_ms, 3),
        "judging_ms": round(judging_ms, 3),
        "ours_ms": round(ours_ms, 3),
        "reference": "cv2.absdiff of the whole pictures",
        "reference_ms": round(reference_ms, 3),
        "ratio": round(ours_ms / reference_ms, 2),
    }


def _ours(pictures: list[ImageU8]) -> tuple[float, float]:
    """Milliseconds for one frame: what the capture thread does, what the core does."""
    pixel_format = PixelFormat.GRAY8 if pictures[0].ndim == 2 else PixelFormat.BGR24
    geometry = PictureGeometry(SIZE[1], SIZE[0], pixel_format)
    arrivals, before = Arrivals(), thumbnail(pictures[0])

    def capture(number: int) -> None:
        nonlocal arrivals, before
        now = thumbnail(pictures[number % 4])
        changed, content = content_changed(before, now), measure(before, now)
        at_ns = number * PERIOD_NS
        stamp = Stamp(number, at_ns, at_ns)
        facts = FrameFacts(number, stamp, geometry, Origin.DEVICE, (), changed, content)
        arrivals, before = observe(arrivals, facts), now

    measuring_ms = _median_ms(capture)
    state = apply_command(PipelineState(), LayoutFound(0, AREA, geometry), arrivals, 0)
    now_ns = FRAMES * PERIOD_NS
    judging_ms = _median_ms(lambda number: evaluate(state, arrivals, number, now_ns))
    return measuring_ms, judging_ms


def _median_ms(work: Callable[[int], object]) -> float:
    times_ms = []
    for number in range(FRAMES):
        began_s = time.perf_counter()
        work(number)
        times_ms.append((time.perf_counter() - began_s) * 1e3)
    return float(np.median(times_ms))


if __name__ == "__main__":
    main()
