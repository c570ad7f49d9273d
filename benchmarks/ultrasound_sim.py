"""Simulated pictures a second on one core: a needle in a knee and in a back, at two sizes.

Time is that of the processor in this thread, while OpenCV may use one. The reference is what was
published for a simulator of triangle meshes: 50 pictures a second of 564 x 597 pixels at 3.4 GHz,
without speckle (Bartha and Lasso 2013), on older hardware. Simulators that do model speckle are
not part of this project; what one of them took, measured once and not in this run, stands beside.
Prints one JSON document.
"""

import json
import statistics
import time

from drivers.opencv import cv2
from simulators.pictures import RATE_HZ, Pictures, build_pictures
from simulators.scenario import Scenario

SITES = {"linear": "knee", "curved": "lumbar"}
SIZES_PX = ((640, 480), (1024, 768))
GOALS = {(640, 480): 120, (1024, 768): 60}
PICTURES = 90
REFERENCE = 50.0


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
        "pymust_s": None,
        "pymust": "not measured in this run, as it is not among what this project installs; "
        "version 0.1.9 took 11.7, 24.8 and 107 s for one plane wave on 500, 2000 and 10 000 "
        "scatterers, 128 elements, 38 x 40 mm",
    }
    print(json.dumps(figures))


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
