"""Fits the ranking of the needle detector anew and writes its file; prints figures as JSON.

Simulated pictures are made from development seeds, and kept in the folder `--cache`; recordings
without a needle are taken from `--data`. Half of the scenes and half of the recordings judge what
was fitted to the other half, and what is written was fitted to all. The real pictures with a
needle, and the views of nerves without one, are only looked at.
"""

import os

for _threads in ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_threads] = "1"  # before what reads them is imported

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
from needle_frames import HELD_OUT, ROOT, in_processes, needle_frames
from needle_scenes import FRAMES_A_SCENE, Floats
from ranking_figures import figures, least_evidence
from ranking_fit import Fitted, fit
from ranking_pictures import PAINTED, RECORDED, RECORDINGS
from ranking_real import found_in_real, places
from ranking_rows import Rows, joined, rows_of_recording, rows_of_scene

from drivers.opencv import cv2
from guidance_app.processing.needle.following import ALONE

FIRST_SEED = 100_000
SCENES = 480
RECORDED_WEIGHT = 0.1
"""Of the recordings, with painted needles and without, among all that is fitted to."""
NEEDED = (
    *(f"plus/{name}.igs.mha" for name in RECORDINGS),
    "needle/janwolzenburg/needle.json",
    "needle/paulokwija/needle.json",
    "noneedle/usgra-seg/images",
)
OUT = ROOT / "guidance_app" / "processing" / "needle" / "ranking.json"


def main() -> None:
    """Fit, write, and print one JSON document."""
    asked = _asked()
    cv2.setNumThreads(1)
    real = found_in_real(asked.data)
    rows = _rows(asked)
    evidence = _held_out_evidence(rows)
    fitted = _fitted(rows).shifted(ALONE - least_evidence(rows, evidence))
    fitted.write(asked.out)
    document = {"benchmark": "fit_needle_ranking", "scenes": asked.seeds}
    document |= {"pictures": int(rows.half.size), "stretches": len(rows.told)}
    document |= {"stretches_on_needles": int(rows.is_needle.sum())}
    document |= {"held_out": figures(rows, evidence), "real": places(real, fitted.ranking())}
    print(json.dumps(document))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    kept = Path(tempfile.gettempdir()) / "needle-frames"
    parser.add_argument("--seeds", type=int, default=SCENES, help="how many scenes")
    parser.add_argument("--cache", type=Path, default=kept, help="folder for simulated pictures")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--out", type=Path, default=OUT)
    asked = parser.parse_args()
    if not 2 <= asked.seeds <= HELD_OUT - FIRST_SEED:
        parser.error(f"--seeds: take 2 to {HELD_OUT - FIRST_SEED}.")
    if not asked.out.parent.is_dir():
        parser.error(f"--out: there is no folder {asked.out.parent}. Make it first.")
    missing = [path for path in (asked.data / name for name in NEEDED) if not path.exists()]
    if missing:
        parser.error(f"--data: {missing[0]} is not there. Name the folder that holds it all.")
    return asked


def _rows(asked: argparse.Namespace) -> Rows:
    scenes = needle_frames(asked.cache, FIRST_SEED, FRAMES_A_SCENE * asked.seeds)
    recordings = [(asked.data, name) for name in RECORDINGS]
    parts = in_processes("searching recordings", rows_of_recording, recordings)
    return joined([*in_processes("searching frames", rows_of_scene, scenes), *parts])


def _held_out_evidence(rows: Rows) -> Floats:
    """Of each stretch, by what was fitted to the other half."""
    evidence, half = np.zeros(len(rows.told)), rows.half[rows.picture]
    for judged in (0, 1):
        ranking = _fitted(rows.picked(rows.half != judged)).ranking()
        evidence[half == judged] = ranking.evidence(rows.told[half == judged])
    return evidence


def _fitted(rows: Rows) -> Fitted:
    return fit(rows.told, rows.is_needle, _weight(rows))


def _weight(rows: Rows) -> Floats:
    """(n), 1 on average."""
    recorded = np.isin(rows.source, [RECORDED, PAINTED])[rows.picture]
    weights = RECORDED_WEIGHT / recorded.mean(), (1.0 - RECORDED_WEIGHT) / (~recorded).mean()
    return np.asarray(np.where(recorded, *weights))


if __name__ == "__main__":
    main()
