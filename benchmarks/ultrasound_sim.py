"""Simulated pictures a second on one core: a needle in a knee and in a back, at two sizes.

Time is that of the processor in this thread, while OpenCV may use one. The reference is what was
published for a simulator of triangle meshes: 50 pictures a second of 564 x 597 pixels at 3.4 GHz,
without speckle (Bartha and Lasso 2013), on older hardware. Beside it stands PyMUST, which models
speckle from the waves of single scatterers, on a block as large, in the same run where it is
installed (`make bench` does that); it takes all processors. Prints one JSON document.
"""

import json
import statistics
import time

import numpy as np

from drivers.opencv import cv2
from simulators.pictures import RATE_HZ, Pictures, build_pictures
from simulators.scenario import Scenario

SITES = {"linear": "knee", "curved": "lumbar"}
SIZES_PX = ((640, 480), (1024, 768))
GOALS = {(640, 480): 120, (1024, 768): 60}
PICTURES = 90
REFERENCE = 50.0
SCATTERERS = 2000
"""In 38 x 40 mm, a tenth of what fully developed speckle takes."""


def main() -> None:
    """Measure, and print one JSON document."""
    cv2.setNumThreads(1)
    rates = {
        f"{probe} {size[0]}x{size[1]}": round(_rate(site, size), 1)
        for probe, site in SITES.items()
        for size in SIZES_PX
    }
    goals = {f"{probe} {s[0]}x{s[1]}": GOALS[s] for probe in SITES for s in SIZES_PX}
    figures = {
        "benchmark": "ultrasound_sim",
        "pictures_a_second_of_one_core": rates,
        "goal": goals,
        "reference": "a simulator of triangle meshes without speckle, as published in 2013",
        "reference_pictures_a_second": REFERENCE,
        "ratio": {name: round(rate / REFERENCE, 1) for name, rate in rates.items()},
        **_against_pymust(),
    }
    print(json.dumps(figures))


def _against_pymust() -> dict[str, object]:
    """One plane wave of theirs on a block of scatterers, beside a whole picture of ours."""
    block = build_pictures(Scenario("even"))
    block.image(0)
    ours_s = statistics.median(_time_s(block, n) for n in range(1, PICTURES))
    wave_s = _plane_wave_s()
    return {
        "even_block_s": round(ours_s, 5),
        "pymust_plane_wave_s": None if wave_s is None else round(wave_s, 2),
        "pymust_scatterers": SCATTERERS,
        "pymust_ratio": None if wave_s is None else round(wave_s / ours_s),
        "pymust_goal": 1000,
    }


def _plane_wave_s() -> float | None:
    """By the clock; None where PyMUST is not installed."""
    try:
        import pymust
    except ImportError:
        return None
    rng = np.random.default_rng(1)
    x_m, z_m = rng.uniform((-0.019, 0.001), (0.019, 0.041), (SCATTERERS, 2)).T
    param = pymust.getparam("L11-5v")
    delays = pymust.txdelayPlane(param, 0.0)
    began_s = time.perf_counter()
    pymust.simus(x_m, z_m, rng.rayleigh(size=SCATTERERS), delays, param)
    return time.perf_counter() - began_s


def _rate(site: str, size_px: tuple[int, int]) -> float:
    """Pictures a second while the needle rests in the target and fluid goes in."""
    width_px, height_px = size_px
    pictures = build_pictures(Scenario(site, width_px=width_px, height_px=height_px))
    begins_s, _ = pictures.case.hands.injection_s
    first = round((begins_s + 1.0) * RATE_HZ)
    pictures.image(first)
    times_s = [_time_s(pictures, first + n) for n in range(PICTURES)]
    return 1.0 / statistics.median(times_s)


def _time_s(pictures: Pictures, number: int) -> float:
    began_s = time.thread_time()
    pictures.image(number)
    return time.thread_time() - began_s


if __name__ == "__main__":
    main()
