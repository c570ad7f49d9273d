"""Recordings of a real ultrasound video, killed at random moments: what each of them lost.

A process records at full size until it is sent SIGKILL, each third time while it closes the
session. Every session is then repaired, verified, and compared picture by picture and event by
event with what had been acknowledged. Prints one JSON document; ends with 1 when anything
acknowledged is missing.

Usage: kills.py [KILLS [SEED]]
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[1]
sys.path += [str(ROOT / "tests"), str(ROOT / "tests" / "session")]

DATA = ROOT.parent / "shared" / "data"
PICTURES = 60


def main() -> int:
    """Kill, check, and report."""
    from killed_recordings import FOOTAGE, check, kill_one, real_pictures, recordings_of

    kills, seed = (int(text) for text in (*sys.argv[1:], "100", "1")[:2])
    pictures = real_pictures(DATA / FOOTAGE, PICTURES, 860, 1080)
    random, losses, events, frames = Random(seed), [], 0, 0
    with tempfile.TemporaryDirectory() as folder, recordings_of(pictures, Path(folder)) as parent:
        for _ in range(kills):
            killed = kill_one(parent, random)
            events, frames = events + len(killed.events), frames + killed.frames
            losses.append(check(killed, pictures))
            shutil.rmtree(killed.path)
        assert parent.stdin is not None
        parent.stdin.close()
    figures = {
        "benchmark": "kills",
        "kills": kills,
        "seed": seed,
        "size": pictures.shape[2:0:-1],
        "events_acknowledged": events,
        "events_lost": sum(loss.events for loss in losses),
        "frames_acknowledged": frames,
        "frames_lost": sum(loss.frames for loss in losses),
        "frames_only_in_video_most": max(loss.unknown_frames for loss in losses),
        "repaired_and_verified": len(losses),
        "killed_within_a_record": sum(loss.cut_off for loss in losses),
        "killed_when_sealed": sum(loss.sealed for loss in losses),
    }
    print(json.dumps(figures))
    return int(figures["events_lost"] > 0 or figures["frames_lost"] > 0)


if __name__ == "__main__":
    sys.exit(main())
