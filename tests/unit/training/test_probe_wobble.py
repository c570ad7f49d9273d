"""How unsteadily the probe was held, in recorded sessions of speckle that sways as is known."""

import math
from pathlib import Path

import numpy as np
import pytest

from drivers.api.clock import ManualClock
from drivers.api.ports import SourceInfo
from drivers.api.samples import (
    ImageU8,
    Origin,
    PictureGeometry,
    PixelFormat,
    ScaledRegion,
    Stamp,
    VideoFrame,
)
from drivers.opencv import cv2
from guidance_app.domain.snapshot import FrameFacts
from guidance_app.session.disk import LOCAL_DISK
from guidance_app.session.manifest import utc_now
from guidance_app.session.reader import SessionReader
from guidance_app.session.writer import SessionWriter
from guidance_app.training.probe_wobble import probe_wobble_mm_s

SIZE, MM_PER_PX, STEP_NS, RATE_HZ = (320, 240), 0.2, 40_000_000, 25.0
REGION = ScaledRegion(0, 0, SIZE[0] - 1, SIZE[1] - 1, MM_PER_PX, MM_PER_PX)


def speckle(slid_mm: float) -> ImageU8:
    wide = np.random.default_rng(1).normal(size=(SIZE[1], SIZE[0] + 80)).astype(np.float32)
    wide = cv2.normalize(cv2.GaussianBlur(wide, (0, 0), 2.0), None, 0, 255, cv2.NORM_MINMAX)
    shift = np.array([[1.0, 0.0, -40.0 - slid_mm / MM_PER_PX], [0.0, 1.0, 0.0]])
    return np.asarray(cv2.warpAffine(wide, shift, SIZE), np.uint8)


def recorded(folder: Path, slid_mm: list[float], scaled: bool = True) -> Path:
    clock = ManualClock(1)
    source = SourceInfo("sim:even", "Speckle", "", Origin.SIMULATED, RATE_HZ)
    writer = SessionWriter.create(folder, source, clock, LOCAL_DISK, utc_now)
    regions = (REGION,) if scaled else ()
    for number, slid in enumerate(slid_mm):
        clock.advance(STEP_NS)
        stamp = Stamp(100 + number, clock.now_ns())
        geometry = PictureGeometry(*SIZE, PixelFormat.GRAY8)
        facts = FrameFacts(number, stamp, geometry, Origin.SIMULATED, regions, True)
        pixels = speckle(slid)
        frame = VideoFrame(pixels, PixelFormat.GRAY8, stamp, Origin.SIMULATED, regions)
        writer.write_frame(frame, facts)
    writer.seal()
    return writer.path


def wobble(path: Path, first: int = 0, last: int = 10_000) -> float | None:
    with SessionReader(path) as session:
        return probe_wobble_mm_s(session, first, last)


def sway(size_mm: float, seconds: float = 4.0) -> list[float]:
    times_s = np.arange(0.0, seconds, 1.0 / RATE_HZ)
    return (size_mm * np.sin(2.0 * math.pi * 0.5 * times_s)).tolist()


@pytest.mark.parametrize("size_mm", [0.3, 1.0, 2.0])
def test_it_is_the_root_of_the_mean_squared_speed(tmp_path: Path, size_mm: float) -> None:
    apart_s = 3 / RATE_HZ  # the first pictures at least a tenth of a second apart
    speed = size_mm * math.sqrt(2.0) * math.sin(math.pi * 0.5 * apart_s) / apart_s
    assert wobble(recorded(tmp_path, sway(size_mm))) == pytest.approx(speed, rel=0.05)


def test_a_probe_that_is_still_does_not_wobble(tmp_path: Path) -> None:
    assert wobble(recorded(tmp_path, [0.0] * 50)) == pytest.approx(0.0, abs=0.01)


def test_only_the_time_that_is_asked_for_counts(tmp_path: Path) -> None:
    path = recorded(tmp_path, [0.0] * 50 + sway(1.0))
    assert wobble(path, last=149) == pytest.approx(0.0, abs=0.01)
    assert wobble(path, first=150) == pytest.approx(2.2, rel=0.1)
    assert wobble(path, first=149, last=152) is None


def test_without_a_scale_there_is_none(tmp_path: Path) -> None:
    assert wobble(recorded(tmp_path, sway(1.0), scaled=False)) is None
