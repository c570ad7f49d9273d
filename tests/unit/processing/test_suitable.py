"""Which pictures may be searched for a needle, and what is said of those that may not."""

from pathlib import Path

import numpy as np
import pydicom
import pytest
from consoles import console
from metaimage import read_metaimage
from numpy.typing import NDArray

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.domain.picture_area import PictureArea
from guidance_app.processing.needle.frame_by_frame import box_area
from guidance_app.processing.needle.suitable import (
    BLANK,
    COLOURED,
    DUAL,
    NO_AREA,
    NO_SPECKLE,
    TOO_SMALL,
    why_no_area,
    why_unsuitable,
)
from guidance_app.processing.sector import find_area


def area_of(pixels: ImageU8) -> PictureArea:
    area = find_area(pixels)
    assert area is not None
    return area


def whole(pixels: ImageU8) -> PictureArea:
    return box_area((0, 0, pixels.shape[1], pixels.shape[0]))


def nerve_blocks(shared_data: Path) -> list[ImageU8]:
    paths = sorted((shared_data / "noneedle/usgra-seg/images").iterdir())
    return [np.asarray(cv2.imread(str(path), cv2.IMREAD_ANYCOLOR), np.uint8) for path in paths]


def fluoroscopy(seed: int, quanta: int, blur_px: float, logarithmic: bool) -> ImageU8:
    """Bones and a needle in a water bath, as a detector counts the X-rays that come through."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:512, :512].astype(float)
    thickness = np.full((512, 512), 1.2)
    for _ in range(6):
        thickness += _bone(rng, x, y)
    needle = np.abs((x - 250) * np.sin(0.6) - (y - 250) * np.cos(0.6))
    thickness += 3.0 * ((needle < 2) & (x < 300))
    through = quanta * np.exp(-cv2.GaussianBlur(thickness, (0, 0), 1.2))
    counted = rng.poisson(through).astype(float)
    counted = np.asarray(cv2.GaussianBlur(counted, (0, 0), blur_px))
    counted = np.log(counted + 1) if logarithmic else counted
    low, high = np.percentile(counted, [1, 99.5])
    shown = np.clip((counted - low) / (high - low), 0, 1) * 235 + 10
    if seed % 2:
        shown[np.hypot(x - 256, y - 256) > 250] = 0
    return shown.astype(np.uint8)


def _bone(
    rng: np.random.Generator, x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.float64]:
    angle, (across, down), width = (
        rng.uniform(0, np.pi),
        rng.uniform(80, 430, 2),
        rng.uniform(25, 60),
    )
    aside = np.abs((x - across) * np.sin(angle) - (y - down) * np.cos(angle))
    along = np.abs((x - across) * np.cos(angle) + (y - down) * np.sin(angle))
    inside = 0.9 * np.sqrt(np.clip(1 - (aside / width) ** 2, 0, 1))
    cortex = 0.5 * ((aside < width) & (aside > 0.8 * width))
    return np.asarray((along < rng.uniform(100, 250)) * (inside + cortex))


def test_real_pictures_of_nerve_blocks_are_suitable(shared_data: Path) -> None:
    told = [why_unsuitable(pixels, area_of(pixels)) for pixels in nerve_blocks(shared_data)]
    assert told == [""] * 40


def test_real_pictures_of_needles_are_suitable_also_turned_by_a_right_angle(
    shared_data: Path,
) -> None:
    for name in ("janwolzenburg/30.png", "janwolzenburg/45.png", "jordandanny/img0.jpg"):
        pixels = np.asarray(cv2.imread(str(shared_data / "needle" / name), cv2.IMREAD_ANYCOLOR))
        assert why_unsuitable(pixels, area_of(pixels)) == ""


@pytest.mark.parametrize(
    "name", ["BoneUltrasound_L14", "SpinePhantomFreehand", "UltrasonixCurvilinearScanConvertedData"]
)
def test_real_tracked_scans_are_suitable(shared_data: Path, name: str) -> None:
    for pixels in read_metaimage(shared_data / f"plus/{name}.igs.mha")[::10]:
        assert why_unsuitable(pixels, area_of(pixels)) == ""


@pytest.mark.parametrize("seed", range(6))
def test_speckle_on_made_up_consoles_is_suitable(seed: int) -> None:
    pixels = console(seed).pixels
    assert why_unsuitable(pixels, area_of(pixels)) == ""


@pytest.mark.parametrize("quanta", [300, 3_000, 100_000])
@pytest.mark.parametrize("blur_px", [0.01, 0.7, 1.2])
@pytest.mark.parametrize("logarithmic", [False, True])
@pytest.mark.parametrize("seed", [1, 2])
def test_an_x_ray_picture_is_told_by_its_grain(
    quanta: int, blur_px: float, logarithmic: bool, seed: int
) -> None:
    pixels = fluoroscopy(seed, quanta, blur_px, logarithmic)
    assert why_unsuitable(pixels, whole(pixels)) == NO_SPECKLE


@pytest.mark.parametrize("grain_px", [0.01, 1.0, 2.0])
def test_noise_is_no_ultrasound(grain_px: float) -> None:
    noise = np.random.default_rng(1).normal(0, 1, (480, 640))
    smooth = np.asarray(cv2.GaussianBlur(noise, (0, 0), grain_px))
    pixels = np.clip(70 + 30 * smooth / smooth.std(), 0, 255).astype(np.uint8)
    assert why_unsuitable(pixels, whole(pixels)) == NO_SPECKLE


def test_real_power_doppler_is_told_by_its_colour(shared_data: Path) -> None:
    stored = pydicom.dcmread(shared_data / "dicom/US1_J2KR.dcm").pixel_array
    pixels = np.asarray(cv2.cvtColor(stored, cv2.COLOR_RGB2BGR), np.uint8)
    assert why_unsuitable(pixels, area_of(pixels)) == COLOURED


def test_two_real_pictures_side_by_side_are_told_by_their_seam(shared_data: Path) -> None:
    stored = pydicom.dcmread(shared_data / "dicom/US1_J2KR.dcm").pixel_array
    grey = np.asarray(cv2.cvtColor(stored, cv2.COLOR_RGB2GRAY), np.uint8)
    assert why_unsuitable(grey, area_of(grey)) == DUAL


def test_a_small_vessel_in_colour_is_told_and_a_coloured_line_or_tint_is_not(
    shared_data: Path,
) -> None:
    grey = nerve_blocks(shared_data)[0]
    plain = np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)
    vessel, line = plain.copy(), plain.copy()
    cv2.ellipse(vessel, (250, 200), (22, 14), 0, 0, 360, (30, 20, 200), -1)
    cv2.line(line, (20, 100), (490, 380), (0, 230, 230), 2, cv2.LINE_AA)
    tinted = (plain * np.array([0.7, 0.85, 1.0])).astype(np.uint8)
    area = area_of(grey)
    assert why_unsuitable(vessel, area) == COLOURED
    assert why_unsuitable(line, area) == ""
    assert why_unsuitable(tinted, area) == ""


def test_what_shows_nothing_or_too_little_is_said() -> None:
    assert why_no_area(np.zeros((480, 640), np.uint8)) == BLANK
    assert why_no_area(np.zeros((8, 8), np.uint8)) == TOO_SMALL
    assert why_no_area(console(1).pixels) == NO_AREA
    even = np.full((300, 300), 90, np.uint8)
    assert why_unsuitable(even, whole(even)) == BLANK
    assert why_unsuitable(even, box_area((10, 10, 280, 63))) == TOO_SMALL


@pytest.mark.parametrize("size", [(7680, 4320), (64, 64)])
def test_pictures_of_any_size_are_judged(size: tuple[int, int], shared_data: Path) -> None:
    pixels = np.asarray(cv2.resize(nerve_blocks(shared_data)[4], size), np.uint8)
    assert why_unsuitable(pixels, whole(pixels)) == ""
