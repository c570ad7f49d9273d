"""Mirrored pictures are told from everything else, on real pictures and on the simulated knee."""

from collections.abc import Iterator
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import pytest
from real_screens import read_screen, read_sequence, read_video
from rectangles import rectangle

from drivers.api.address import parse_address
from drivers.api.clock import ManualClock
from drivers.api.samples import ImageU8, PictureGeometry, PixelFormat
from guidance_app.domain.picture_area import AreaShape, PictureArea
from guidance_app.processing.mirroring import Place, Turn, place_of, sampled, turn_between
from guidance_app.processing.sector import area_mask, find_area
from simulators.sources import DRIVER

TISSUE = (
    "BoneUltrasound_L14",
    "SpinePhantomFreehand",
    "UltrasonixCurvilinearScanConvertedData",
    "video",
)
NEARLY_EMPTY = (
    "USTC_FrameGrabber_ProbeTranslationData",
    "WaterTankBottomTranslationVideoBuffer",
    "fCal_Test_Calibration_3NWires",
    "fCal_Test_Validation_3NWires",
)
"""Wires and a tank floor in water: there is too little to tell by, and plenty to mistake."""
GAPS = (1, 2, 3, 10)
"""Frames between the two that are compared: some are left out while the computer is busy."""


def frames_of(shared_data: Path, name: str) -> list[ImageU8]:
    if name == "video":
        return read_video(shared_data)
    return list(read_sequence(shared_data, name))


def area_of(frames: list[ImageU8]) -> PictureArea | None:
    return find_area(frames[-1], frames[:: max(1, len(frames) // 6)][:5])


def place(area: PictureArea, frame: ImageU8) -> Place:
    height, width = frame.shape[:2]
    return place_of(area, PictureGeometry(width, height, PixelFormat.GRAY8))


def turned(frame: ImageU8, area: PictureArea, turn: Turn) -> ImageU8:
    """The frame with the picture in it turned over, and the rest of the screen as it was."""
    axis = {Turn.LEFT_RIGHT: 1, Turn.UPSIDE_DOWN: 0, Turn.HALF_CIRCLE: (0, 1)}[turn]
    box = slice(area.top_px, area.bottom_px + 1), slice(area.left_px, area.right_px + 1)
    inside = area_mask(area, frame.shape)[box] > 0
    inside &= np.flip(inside, axis)
    shown = frame.copy()
    shown[box][inside] = np.flip(frame[box], axis)[inside]
    return shown


def simulated(seed: int, operator: str, count: int) -> Iterator[ImageU8]:
    source = DRIVER.create(parse_address(f"sim:knee?seed={seed}&operator={operator}"), Steps())
    source.open()
    for _ in range(count):
        yield source.read().pixels


class Steps(ManualClock):
    """Whoever waits finds the time has come."""

    def wait_until(self, deadline_ns: int, interrupted: object) -> bool:
        self.advance(max(0, deadline_ns - self.now_ns()))
        return True


@pytest.mark.parametrize("name", [*TISSUE, *NEARLY_EMPTY])
def test_no_two_frames_of_a_real_scan_are_taken_for_mirrored(shared_data: Path, name: str) -> None:
    frames = frames_of(shared_data, name)
    area = area_of(frames)
    places = [None, place(area, frames[0])] if area else [None]
    samples = [sampled(frame) for frame in frames]
    found = [
        (gap, number)
        for where in places
        for gap in GAPS
        for number in range(len(samples) - gap)
        if turn_between(samples[number], samples[number + gap], where)
    ]
    assert found == []


@pytest.mark.parametrize("name", TISSUE)
@pytest.mark.parametrize("turn", Turn)
def test_every_real_scan_that_is_mirrored_is_noticed(
    shared_data: Path, name: str, turn: Turn
) -> None:
    frames = frames_of(shared_data, name)
    area = area_of(frames)
    assert area is not None
    where = place(area, frames[0])
    for before, now in list(pairwise(frames))[::3]:
        assert turn_between(sampled(before), sampled(turned(now, area, turn)), where) is turn


@pytest.mark.parametrize("name", ["30.png", "45.png", "69.png", "34_main.png"])
def test_on_a_whole_screen_the_picture_is_found_by_what_changes(
    shared_data: Path, name: str
) -> None:
    screen = read_screen(shared_data, f"needle/janwolzenburg/{name}")
    area = find_area(screen, [])
    assert area is not None
    mirrored = turned(screen, area, Turn.LEFT_RIGHT)
    assert turn_between(sampled(screen), sampled(mirrored), None) is Turn.LEFT_RIGHT


def test_a_jump_to_another_picture_is_no_mirroring(shared_data: Path) -> None:
    names = sorted(shared_data.glob("noneedle/*/images/*.png"))
    names += sorted(shared_data.glob("needle/janwolzenburg/*.png"))
    screens = [read_screen(shared_data, str(name.relative_to(shared_data))) for name in names]
    samples = [sampled(screen) for screen in screens]
    everywhere = place(rectangle(0, 0, 1279, 959), screens[-1])
    found = [
        (a, b)
        for (a, before), (b, now) in permutations(zip(names, samples, strict=True), 2)
        if turn_between(before, now, None) or turn_between(before, now, everywhere)
    ]
    assert found == []


@pytest.mark.parametrize(("seed", "operator"), [(1, "expert"), (2, "novice")])
def test_the_simulated_knee_is_mirrored_only_when_it_is(seed: int, operator: str) -> None:
    frames = list(simulated(seed, operator, 150))
    samples = [sampled(frame) for frame in frames]
    height, width = frames[0].shape
    whole = rectangle(0, 0, width - 1, height - 1)
    where = place(whole, frames[0])
    for before, now in pairwise(samples):
        assert turn_between(before, now, where) is None
        assert turn_between(before, now, None) is None
    for before, now in list(pairwise(frames))[::10]:
        for turn in Turn:
            assert turn_between(sampled(before), sampled(turned(now, whole, turn)), where) is turn


def half(seed: int) -> ImageU8:
    """Blobs on one side only."""
    generator = np.random.default_rng(seed)
    pixels = np.zeros((480, 640), np.uint8)
    pixels[100:400, 60:300] = np.kron(generator.integers(0, 200, (10, 8)), np.ones((30, 30)))
    return pixels


def test_a_symmetrical_picture_says_nothing() -> None:
    pixels = half(1)
    both = np.maximum(pixels, pixels[:, ::-1])
    assert turn_between(sampled(both), sampled(both[:, ::-1].copy()), None) is None


@pytest.mark.parametrize("turn", Turn)
def test_a_fan_is_compared_inside_its_outline_alone(turn: Turn) -> None:
    outline = ((280.0, 40.0), (360.0, 40.0), (600.0, 440.0), (40.0, 440.0))
    fan = PictureArea(40, 40, 600, 440, AreaShape.CURVED, outline)
    pixels = np.kron(np.random.default_rng(3).integers(0, 200, (12, 16)), np.ones((40, 40)))
    pixels = pixels.astype(np.uint8)
    inside = area_mask(fan, pixels.shape) > 0
    pixels[~inside] = 0
    pixels[:60, :200] = 230  # a maker's mark beside the fan, which stays where it is
    shown = turned(pixels, fan, turn)
    assert turn_between(sampled(pixels), sampled(shown), place(fan, pixels)) is turn


def test_what_changes_in_a_corner_is_no_picture() -> None:
    pixels = np.full((480, 640), 90, np.uint8)
    pixels[20:80, 20:60] = 200
    moved = np.full((480, 640), 90, np.uint8)
    moved[20:80, 60:100] = 200
    assert turn_between(sampled(pixels), sampled(moved), None) is None
