"""Depth and layout: remembered, recognised, and every change noticed in the very frame."""

from pathlib import Path

import msgspec
import numpy as np
import pytest
from consoles import compressed, console, write
from hypothesis import given
from hypothesis import strategies as st
from real_screens import SCREENS, read_screen, read_sequence, read_video

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.domain.picture_area import PictureArea
from guidance_app.processing.layout import Layout, layout_changed, recognise, remember
from guidance_app.processing.ruler import find_ruler
from guidance_app.processing.sector import find_area

NAMES = ("30", "45", "69", "34_main")


def layout_of(*frames: ImageU8) -> Layout:
    area = find_area(frames[0])
    assert area is not None
    return remember(frames, area, find_ruler(frames[0], area))


@pytest.fixture
def screens(shared_data: Path) -> dict[str, ImageU8]:
    return {name: read_screen(shared_data, f"{SCREENS}/{name}.png") for name in NAMES}


def test_another_depth_is_a_change_and_another_picture_is_none(
    screens: dict[str, ImageU8],
) -> None:
    for name, pixels in screens.items():
        layout = layout_of(pixels)
        for other, shown in screens.items():
            same_depth = (name == "34_main") == (other == "34_main")
            assert layout_changed(layout, shown) != same_depth, (name, other)


def test_a_layout_is_recognised_again(screens: dict[str, ImageU8]) -> None:
    shallow, deep = layout_of(screens["30"]), layout_of(screens["34_main"])
    assert recognise([deep, shallow], screens["69"]) is shallow
    assert recognise([shallow, deep], screens["34_main"]) is deep
    assert recognise([deep], screens["30"]) is None
    assert recognise([shallow], console(3).pixels) is None
    assert recognise([shallow], np.zeros((960, 1280, 3), np.uint8)) is None


def test_a_layout_outlives_the_process(screens: dict[str, ImageU8]) -> None:
    layout = layout_of(screens["30"])
    again = msgspec.json.decode(msgspec.json.encode(layout), type=Layout)
    assert again == layout
    assert not layout_changed(again, screens["45"])
    assert layout_changed(again, screens["34_main"])


def test_the_scan_of_a_video_never_is_a_change(shared_data: Path) -> None:
    frames = read_video(shared_data)
    assert len(frames) == 180
    for layout in (layout_of(frames[0]), layout_of(*frames[:90:10])):
        assert [n for n, frame in enumerate(frames) if layout_changed(layout, frame)] == []


@pytest.mark.parametrize(
    "name",
    [
        "USTC_FrameGrabber_ProbeTranslationData",
        "UltrasonixCurvilinearScanConvertedData",
        "BoneUltrasound_L14",
        "SpinePhantomFreehand",
    ],
)
def test_moving_tissue_and_a_running_clock_are_no_change(shared_data: Path, name: str) -> None:
    frames = read_sequence(shared_data, name)
    for layout in (layout_of(frames[0]), layout_of(*frames[:100:4])):
        assert [n for n, frame in enumerate(frames) if layout_changed(layout, frame)] == []


def zoomed(pixels: ImageU8, area: PictureArea, factor: float) -> ImageU8:
    """The picture drawn larger or smaller about the middle of its top; the rest as it was."""
    drawn = pixels.copy()
    rows = slice(area.top_px, area.bottom_px + 1)
    part = pixels[rows, area.left_px : area.right_px + 1]
    size = round(part.shape[1] * factor), round(part.shape[0] * factor)
    drawn[rows, area.left_px : area.right_px + 1] = 0
    left = (area.left_px + area.right_px - size[0]) // 2
    larger = cv2.resize(part, size)[: len(pixels) - area.top_px]
    drawn[area.top_px : area.top_px + len(larger), left : left + size[0]] = larger
    return drawn


@pytest.mark.parametrize("factor", [0.9, 1.1])
def test_a_zoomed_picture_is_a_change(screens: dict[str, ImageU8], factor: float) -> None:
    layout, area = layout_of(screens["30"]), find_area(screens["45"])
    assert layout_changed(layout, zoomed(screens["45"], area, factor))


@pytest.mark.parametrize("factor", [0.5, 0.9, 1.1, 2.0])
def test_a_rescaled_ruler_is_a_change(screens: dict[str, ImageU8], factor: float) -> None:
    shown = screens["30"].copy()
    ruler = cv2.resize(shown[100:715, 1040:1090], None, fx=1, fy=factor)[:615]
    shown[100:715, 1040:1090] = 0
    shown[100 : 100 + len(ruler), 1040:1090] = ruler
    assert layout_changed(layout_of(screens["30"]), shown)


def test_other_numbers_on_the_same_marks_are_a_change(screens: dict[str, ImageU8]) -> None:
    shown = screens["30"].copy()
    for number, y in (("2", 281), ("4", 450), ("6", 620)):
        shown[y - 12 : y + 12, 1048:1063] = 0
        write(shown, number, 1050, y + 7, 0.6)
    assert layout_changed(layout_of(screens["30"]), shown)


def test_the_ruler_of_the_video_rescaled_is_a_change(shared_data: Path) -> None:
    frame = read_video(shared_data)[0]
    larger = cv2.resize(frame, None, fx=1.1, fy=1.1)[:860, :1080]
    assert layout_changed(layout_of(frame), larger)


def test_another_size_is_a_change(screens: dict[str, ImageU8]) -> None:
    assert layout_changed(layout_of(screens["30"]), screens["30"][:-2])


def test_texts_that_stood_still_are_watched_and_a_clock_is_not() -> None:
    plain = console(7).pixels
    size = plain.shape[0] / 1080

    def at(second: int, depth: str = "4.0", rate: str = "23") -> ImageU8:
        shown = plain.copy()
        write(shown, f"13:37:{second:02d}", 40 * size, 40 * size, size)
        write(shown, f"Depth {depth}", 40 * size, 800 * size, size)
        write(shown, f"Rate {rate}", 40 * size, 900 * size, size)
        return shown

    layout = layout_of(*[at(second) for second in range(20, 24)])
    assert not layout_changed(layout, at(59))
    assert layout_changed(layout, at(25, "7.5", "16"))


@pytest.mark.parametrize(
    "place", [(1060, 300), (1060, 500), (700, 690), (1150, 190), (400, 100), (350, 400)]
)
def test_a_mouse_pointer_is_no_change(screens: dict[str, ImageU8], place: tuple[int, int]) -> None:
    x, y = place
    shown = screens["45"].copy()
    arrow = np.array([(x, y), (x, y + 30), (x + 8, y + 23), (x + 22, y + 22)])
    cv2.fillPoly(shown, [arrow], (255, 255, 255))
    assert not layout_changed(layout_of(screens["30"]), shown)


def test_brightness_and_compression_are_no_change(screens: dict[str, ImageU8]) -> None:
    layout, shown = layout_of(screens["30"]), screens["45"]
    brighter = np.clip(shown * 1.3 + 10, 0, 255).astype(np.uint8)
    gamma = (255 * (shown / 255) ** 0.6).astype(np.uint8)
    darker = (shown * 0.6).astype(np.uint8)
    for variant in (brighter, gamma, darker, compressed(shown, 60), compressed(shown, 30)):
        assert not layout_changed(layout, variant)


def test_a_growing_cine_bar_is_no_change(screens: dict[str, ImageU8]) -> None:
    layout = layout_of(screens["30"], screens["45"], screens["69"])
    for end in (420, 700, 1000):
        shown = screens["45"].copy()
        shown[740:746, 380:end] = 220
        assert not layout_changed(layout, shown)


@pytest.mark.parametrize("seed", range(12))
def test_made_up_consoles(seed: int) -> None:
    shown = console(seed).pixels
    area = find_area(shown)
    assert area is not None
    layout = remember([shown], area, find_ruler(shown, area))
    assert not layout_changed(layout, compressed(shown, 70))
    assert recognise([layout], shown) is layout
    height, width = shown.shape[:2]
    assert layout_changed(layout, cv2.resize(shown, None, fx=1.1, fy=1.1)[:height, :width])


@given(
    height=st.integers(1, 120),
    width=st.integers(1, 120),
    seed=st.integers(0, 99),
    grey=st.booleans(),
)
def test_a_frame_of_any_size_and_content_is_answered(
    height: int, width: int, seed: int, grey: bool
) -> None:
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (height, width, 3), np.uint8)
    pixels[rng.random((height, width)) < rng.uniform(0, 1)] = 0
    shown = np.ascontiguousarray(pixels[:, :, 0]) if grey else pixels
    area = find_area(shown)
    if area is None:
        return
    assert 0 <= area.left_px <= area.right_px < width
    assert 0 <= area.top_px <= area.bottom_px < height
    assert not layout_changed(remember([shown], area, find_ruler(shown, area)), shown)
