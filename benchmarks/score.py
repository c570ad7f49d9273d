"""Figures of ten minutes: a recording with 60 poses a second of two tools, and a session.

The recording is a tracked sequence with a needle and a probe, scored in a sphere of 20,480
triangles, beside the image plane and by a target. The reference reads the same file with plain
Python and goes through the poses one by one, as Perk Tutor does, for seven of its figures: path,
rotation, path and time in tissue, swept area, both kinds of actions; its tissue is the sphere in
closed form, which costs next to nothing. The session is written by the recorder: 30 small pictures
a second of speckle that sways, each searched. Prints one JSON document, in processor time.
"""

import json
import math
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from guidance_app.session.writer import SessionWriter

T = TypeVar("T")

RATE_HZ, SECONDS, GOAL_S = 60, 600, 1.0
SESSION_HZ, SIZE_PX, MM_PER_PX, SWAY_MM = 30, (320, 240), 0.2, 1.0
RADIUS_MM, SHAFT_MM = 60.0, 300.0


def main() -> None:
    """Measure, and print one JSON document."""
    from guidance_app.training.scoring import ScoreOptions, score_path

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        recording, tissue = _recording(folder / "ten.igs.mha"), _sphere(folder / "body.stl")
        options = ScoreOptions(
            tool="NeedleToReference",
            probe="ProbeToReference",
            tissue=tissue,
            targets_mm=((0.0, 0.0, 10.0),),
        )
        score_path(recording, options)
        recording_s, document = _timed(lambda: score_path(recording, options))
        alone_s, _ = _timed(lambda: score_path(recording, ScoreOptions("NeedleToReference")))
        reference_s, path_mm = _timed(lambda: _reference_path_mm(recording))
        session = _session(folder)
        session_s, _ = _timed(lambda: score_path(session, ScoreOptions()))
    found_mm = next(one.value for one in document.metrics if one.name == "path")
    if not math.isclose(found_mm or 0.0, path_mm, rel_tol=1e-9):
        sys.exit("The figures differ from those of the reference.")
    figures = {
        "benchmark": "score",
        "poses": RATE_HZ * SECONDS,
        "tools": 2,
        "goal_s": GOAL_S,
        "recording_s": round(alone_s, 2),
        "recording_with_tissue_and_probe_s": round(recording_s, 2),
        "reference": "plain reading, and a loop over the poses for seven of the figures",
        "reference_s": round(reference_s, 2),
        "ratio": round(recording_s / reference_s, 2),
        "session_frames": SESSION_HZ * SECONDS,
        "session_s": round(session_s, 2),
    }
    print(json.dumps(figures))


def _timed(what: Callable[[], T]) -> tuple[float, T]:
    """Processor time: what else the machine does at the moment does not count."""
    began_s = time.process_time()
    found = what()
    return time.process_time() - began_s, found


def _recording(path: Path) -> Path:
    """A needle to and fro that swings, and a probe that sways, as PLUS writes them."""
    with path.open("w") as file:
        file.write("ObjectType = Image\nNDims = 3\n")
        for number in range(RATE_HZ * SECONDS):
            second = number / RATE_HZ
            swing, depth_mm = 0.3 * math.sin(0.7 * second), 30.0 * math.sin(0.4 * second)
            needle = _pose(swing, (5.0 * math.sin(0.9 * second), 0.0, depth_mm - RADIUS_MM))
            probe = _pose(0.05 * math.sin(0.3 * second), (0.0, math.sin(second), -RADIUS_MM))
            begin = f"Seq_Frame{number:04d}_"
            for tool, pose in (("Needle", needle), ("Probe", probe)):
                file.write(f"{begin}{tool}ToReferenceTransform = {pose}\n")
                file.write(f"{begin}{tool}ToReferenceTransformStatus = OK\n")
            file.write(f"{begin}Timestamp = {100.0 + second:.6f}\n{begin}ImageStatus = OK\n")
        file.write("ElementDataFile = LOCAL\n")
    return path


def _pose(angle: float, tip_mm: tuple[float, float, float]) -> str:
    cos, sin = math.cos(angle), math.sin(angle)
    x, y, z = tip_mm
    rows = ((cos, 0, sin, x), (0, 1, 0, y), (-sin, 0, cos, z), (0, 0, 0, 1))
    return " ".join(f"{value:.9g}" for row in rows for value in row)


def _sphere(path: Path) -> Path:
    import trimesh

    trimesh.creation.icosphere(subdivisions=5, radius=RADIUS_MM).export(path)
    return path


def _reference_path_mm(path: Path) -> float:
    """All seven figures are computed; one is returned, to see that the same was read."""
    totals = dict.fromkeys(
        ("path", "rotation", "in_tissue", "time_in", "area", "moves", "turns"), 0.0
    )
    before = None
    for now in _poses(path):
        if before is not None:
            _add_step(totals, before, now)
        before = now
    return totals["path"]


def _poses(path: Path) -> Iterator[tuple[float, np.ndarray]]:
    pose = None
    for line in path.open():
        field, _, value = line.partition(" = ")
        if field.endswith("_NeedleToReferenceTransform"):
            pose = np.array([float(word) for word in value.split()]).reshape(4, 4)
        elif field.endswith("_Timestamp") and pose is not None:
            yield float(value), pose


def _add_step(
    totals: dict[str, float], before: tuple[float, np.ndarray], now: tuple[float, np.ndarray]
) -> None:
    seconds = now[0] - before[0]
    tip, tip_before = now[1][:3, 3], before[1][:3, 3]
    step_mm = float(np.linalg.norm(tip - tip_before))
    cosine = (np.trace(now[1][:3, :3] @ before[1][:3, :3].T) - 1.0) / 2.0
    turned_deg = math.degrees(math.acos(min(1.0, max(-1.0, cosine))))
    totals["path"] += step_mm
    totals["rotation"] += turned_deg
    totals["moves"] += step_mm / seconds > 50.0
    totals["turns"] += turned_deg / seconds > 50.0
    if np.linalg.norm(tip) < RADIUS_MM:
        totals["in_tissue"] += step_mm
        totals["time_in"] += seconds
        if np.linalg.norm(tip_before) < RADIUS_MM:
            out, out_before = (_out(one) for one in (now[1], before[1]))
            first = np.cross(out - tip, tip_before - tip)
            second = np.cross(out - tip_before, out_before - tip_before)
            totals["area"] += (np.linalg.norm(first) + np.linalg.norm(second)) / 2.0


def _out(pose: np.ndarray) -> np.ndarray:
    """Where the shaft comes out of the sphere."""
    tip, back = pose[:3, 3], -pose[:3, 2]
    along = float(tip @ back)
    return tip + back * (-along + math.sqrt(along**2 - float(tip @ tip) + RADIUS_MM**2))


def _session(folder: Path) -> Path:
    from drivers.api.clock import ManualClock
    from drivers.api.ports import SourceInfo
    from drivers.api.samples import Origin
    from guidance_app.session.disk import LOCAL_DISK
    from guidance_app.session.manifest import utc_now
    from guidance_app.session.writer import SessionWriter

    clock = ManualClock(1)
    source = SourceInfo("sim:even", "Speckle", "", Origin.SIMULATED, float(SESSION_HZ))
    writer = SessionWriter.create(folder, source, clock, LOCAL_DISK, utc_now)
    pictures = _speckle()
    for number in range(SESSION_HZ * SECONDS):
        clock.advance(round(1e9 / SESSION_HZ))
        _write_frame(writer, clock.now_ns(), number, pictures)
    writer.seal()
    return writer.path


def _speckle() -> list[np.ndarray]:
    """Pictures of one second of a slide to and fro."""
    from drivers.opencv import cv2

    wide = np.random.default_rng(1).normal(size=(SIZE_PX[1], SIZE_PX[0] + 40)).astype(np.float32)
    wide = cv2.normalize(cv2.GaussianBlur(wide, (0, 0), 2.0), None, 0, 255, cv2.NORM_MINMAX)
    slid_px = [
        SWAY_MM / MM_PER_PX * (1.0 + math.sin(2.0 * math.pi * number / SESSION_HZ))
        for number in range(SESSION_HZ)
    ]
    shifts = (np.float32([[1, 0, -x], [0, 1, 0]]) for x in slid_px)
    return [cv2.warpAffine(wide, shift, SIZE_PX).astype(np.uint8) for shift in shifts]


def _write_frame(
    writer: "SessionWriter", now_ns: int, number: int, pictures: list[np.ndarray]
) -> None:
    from drivers.api.samples import (
        Origin,
        PictureGeometry,
        PixelFormat,
        ScaledRegion,
        Stamp,
        VideoFrame,
    )
    from guidance_app.domain.commands import CommandOutcome, NeedleSought
    from guidance_app.domain.needle import NeedleSight, SeenNeedle
    from guidance_app.domain.snapshot import (
        FrameFacts,
        Guidance,
        GuidanceMode,
        GuidanceSnapshot,
        Truth,
        TruthState,
    )

    stamp, regions = Stamp(number, now_ns), (ScaledRegion(0, 0, 319, 239, MM_PER_PX, MM_PER_PX),)
    geometry = PictureGeometry(*SIZE_PX, PixelFormat.GRAY8)
    pixels = pictures[number % len(pictures)]
    facts = FrameFacts(number, stamp, geometry, Origin.SIMULATED, regions, True)
    frame = VideoFrame(pixels, PixelFormat.GRAY8, stamp, Origin.SIMULATED, regions)
    writer.write_frame(frame, facts)
    needle = SeenNeedle((150.0, 120.0), (20.0, 30.0), 0.6, 1.0, 1.0, 0.01, 0.99)
    sought = NeedleSought(number, NeedleSight(needle))
    writer.write_command(CommandOutcome(2 * number, now_ns, number + 1, sought))
    truth, guidance = Truth(TruthState.LIVE, ""), Guidance(GuidanceMode.ON)
    writer.write_snapshot(
        GuidanceSnapshot(2 * number + 1, now_ns, now_ns + 10**8, number + 1, truth, guidance, facts)
    )


if __name__ == "__main__":
    main()
