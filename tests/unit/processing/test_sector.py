"""The ultrasound picture in a console's whole screen: where it is, and that it is none."""

from pathlib import Path

import numpy as np
import pytest
from consoles import compressed, console, speckle, write
from real_screens import SCREENS, read_screen, read_sequence, read_video

from drivers.api.clock import ManualClock
from drivers.api.samples import ImageU8, VideoFrame
from drivers.opencv import cv2
from drivers.registry import Registry, load_drivers
from guidance_app.domain.picture_area import AreaShape, PictureArea
from guidance_app.processing.sector import area_mask, find_area

CLOSE_PX = 8
Box = tuple[int, int, int, int]


def box_of(area: PictureArea | None) -> Box:
    assert area is not None
    return area.left_px, area.top_px, area.right_px, area.bottom_px


def farthest_off(area: PictureArea | None, box: Box) -> float:
    return max(abs(a - b) for a, b in zip(box_of(area), box, strict=True))


@pytest.mark.parametrize(
    ("name", "box"),
    [
        ("30", (366, 110, 1016, 704)),
        ("45", (366, 110, 1016, 704)),
        ("69", (366, 110, 1016, 704)),
        ("34_main", (463, 110, 916, 704)),  # right end: of the probe's face line, read by eye
    ],
)
def test_the_picture_on_a_real_screen(shared_data: Path, name: str, box: Box) -> None:
    area = find_area(read_screen(shared_data, f"{SCREENS}/{name}.png"))
    assert farthest_off(area, box) <= CLOSE_PX
    assert area is not None
    assert area.shape is AreaShape.LINEAR


def test_a_grab_of_the_picture_alone_is_all_picture(shared_data: Path) -> None:
    for frame in read_video(shared_data)[::30]:
        assert farthest_off(find_area(frame), (0, 0, 1079, 859)) <= CLOSE_PX


@pytest.mark.parametrize(
    ("name", "box", "shape"),  # read by eye
    [
        ("BoneUltrasound_L14", (176, 2, 642, 614), AreaShape.LINEAR),
        ("SpinePhantomFreehand", (187, 12, 631, 601), AreaShape.LINEAR),
        ("UltrasonixCurvilinearScanConvertedData", (0, 39, 819, 565), AreaShape.CURVED),
    ],
)
def test_sequences_give_their_area(
    shared_data: Path, name: str, box: Box, shape: AreaShape
) -> None:
    for frame in read_sequence(shared_data, name)[::2]:
        area = find_area(frame)
        assert farthest_off(area, box) <= CLOSE_PX
        assert area is not None
        assert area.shape is shape


def test_single_echoes_in_a_dark_picture_give_the_area_beside_their_ruler(
    shared_data: Path,
) -> None:
    frames = read_sequence(shared_data, "USTC_FrameGrabber_ProbeTranslationData")
    read_by_eye = 52, 88, 515, 347
    off_px = [farthest_off(find_area(frame), read_by_eye) for frame in frames[::10]]
    assert sum(off <= CLOSE_PX for off in off_px) >= 0.8 * len(off_px)
    assert farthest_off(find_area(frames[60], list(frames[:60:5])), read_by_eye) <= CLOSE_PX


def test_the_mask_of_a_curved_picture_is_a_fan(shared_data: Path) -> None:
    frame = read_sequence(shared_data, "UltrasonixCurvilinearScanConvertedData")[0]
    area = find_area(frame)
    assert area is not None
    mask = area_mask(area, frame.shape) > 0
    lit = frame > 0
    assert (mask & lit).sum() > 0.99 * lit.sum()
    assert (lit & mask).sum() > 0.97 * mask.sum()


def test_dicom_regions_hold_the_area(shared_data: Path) -> None:
    fan = dicom_frame(shared_data, "OBXXXX1A_rle_2frame")
    area = find_area(fan.pixels)
    region = fan.regions[0]
    box = region.left_px, region.top_px, region.right_px, region.bottom_px
    assert farthest_off(area, box) <= 12  # it is drawn a little larger than what is in it
    assert area is not None
    assert area.shape is AreaShape.CURVED
    dual = dicom_frame(shared_data, "gdcm-US-ALOKA-16")
    assert farthest_off(find_area(dual.pixels), (32, 24, 639, 415)) <= CLOSE_PX


def dicom_frame(shared_data: Path, name: str) -> VideoFrame:
    address = f"dicom:{shared_data}/dicom/{name}.dcm?pace=stepped"
    source = Registry(load_drivers()).create(address, ManualClock())
    source.open()
    frame = source.read()
    source.close()
    return frame


def test_cropped_pictures_lose_no_speckle(shared_data: Path) -> None:
    for path in sorted((shared_data / "noneedle/usgra-seg/images").glob("*.png")):
        pixels = read_screen(shared_data, str(path))
        area = find_area(pixels)
        assert area is not None, path.name
        lit = pixels.max(axis=2) > 40
        assert lit[area_mask(area, pixels.shape) > 0].sum() > 0.98 * lit.sum(), path.name


def test_made_up_consoles() -> None:
    off_px = [farthest_off(find_area(c.pixels), c.box) for c in map(console, range(40))]
    assert sum(off <= CLOSE_PX for off in off_px) >= 0.95 * len(off_px)


@pytest.mark.parametrize("seed", range(3))
def test_dark_depth_and_dark_rims_are_inside(seed: int) -> None:
    rng = np.random.default_rng(seed)
    fading = np.clip(1.6 - np.linspace(0, 1.7, 600), 0.02, 1)
    for shade in (fading[:, None], fading[::-1][:500][None]):
        part = speckle(rng, 600, 500) * shade + rng.uniform(1, 4, (600, 500))
        pixels = np.zeros((960, 1280), np.uint8)
        pixels[150:750, 400:900] = np.clip(part, 0, 255)
        assert farthest_off(find_area(pixels), (400, 150, 899, 749)) <= CLOSE_PX


def test_menus_and_thumbnails_close_to_the_picture_are_outside() -> None:
    pixels = np.full((960, 1280, 3), 0, np.uint8)
    pixels[:117] = (70, 60, 50)
    pixels[:, :180] = 60
    part = speckle(np.random.default_rng(8), 600, 500)[:, :, None]
    pixels[120:720, 400:900] = part
    for left in (420, 560, 700):
        pixels[760:860, left : left + 120] = cv2.resize(part, (120, 100))[:, :, None]
    assert farthest_off(find_area(pixels), (400, 120, 899, 719)) <= CLOSE_PX


def test_a_ruler_tells_of_a_depth_that_is_black() -> None:
    pixels = np.zeros((960, 1280), np.uint8)
    part = speckle(np.random.default_rng(4), 600, 500)
    ragged = np.arange(600)[:, None] < 250 + 60 * np.sin(np.arange(500) / 40)
    pixels[150:750, 400:900] = np.where(ragged, part, 0)
    for y in range(150, 751, 50):
        pixels[y - 1 : y + 1, 940:952] = 230
    assert farthest_off(find_area(pixels), (400, 150, 899, 750)) <= CLOSE_PX


def test_what_earlier_frames_lit_up_belongs_to_the_area() -> None:
    rng = np.random.default_rng(5)
    frames = [np.zeros((720, 960), np.uint8) for _ in range(2)]
    frames[0][100:600, 250:700] = speckle(rng, 500, 450)
    frames[1][100:600, 250:450] = speckle(rng, 500, 200)
    assert farthest_off(find_area(frames[1], frames[:1]), (250, 100, 699, 599)) <= CLOSE_PX
    assert farthest_off(find_area(frames[1]), (250, 100, 449, 599)) <= CLOSE_PX


def test_noise_that_adds_up_over_frames_does_not_hide_the_area(shared_data: Path) -> None:
    screen = cv2.imread(str(shared_data / "needle/janwolzenburg/34_main.png"))
    rng = np.random.default_rng(6)
    frames = []
    for _ in range(6):
        noisy = screen.copy()
        noisy[110:705, 461:917] += rng.integers(0, 9, (595, 456, 1), np.uint8)  # far from 255
        frames.append(noisy)
    assert farthest_off(find_area(frames[-1], frames[:-1]), (461, 110, 916, 704)) <= CLOSE_PX


def text_screen(background: int, step: int) -> ImageU8:
    rng = np.random.default_rng(step)
    pixels = np.full((960, 1280, 3), background, np.uint8)
    for y in range(40, 940, step):
        for x in range(20, 1000, 320):
            write(pixels, "".join(rng.choice(list("ABCabc 0123:-"), 14)), x, y, 0.7)
    return pixels


def desktop() -> ImageU8:
    pixels = np.full((1080, 1920, 3), (120, 80, 20), np.uint8)
    pixels[1040:] = 40
    for n in range(6):
        pixels[40 + 120 * n : 100 + 120 * n, 30:90] = (40 * n, 200, 90)
        write(pixels, f"file {n}", 30, 118 + 120 * n, 0.5)
    return pixels


def photograph() -> ImageU8:
    rng = np.random.default_rng(6)
    coarse = rng.normal(0, 1, (20, 36, 3)).astype(np.float32)
    smooth = cv2.resize(coarse, (1280, 720), interpolation=cv2.INTER_CUBIC)
    return np.clip(120 + 70 * smooth + 10 * rng.normal(0, 1, smooth.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((1080, 1920, 3), np.uint8),
        np.full((1080, 1920, 3), 60, np.uint8),
        text_screen(0, 30),
        text_screen(40, 20),
        compressed(text_screen(0, 30), 40),
        desktop(),
        photograph(),
    ],
    ids=["black", "grey", "text", "dense text", "compressed text", "desktop", "photograph"],
)
def test_a_screen_without_a_picture_has_none(pixels: ImageU8) -> None:
    assert find_area(pixels) is None


def test_a_real_screen_whose_picture_is_taken_out_has_none(shared_data: Path) -> None:
    pixels = read_screen(shared_data, f"{SCREENS}/30.png")
    pixels[100:715, 355:1025] = 0
    assert find_area(pixels) is None
