"""What is kept from each picture of a recording to the next, and what is not."""

from pathlib import Path

import numpy as np
import pytest
from consoles import console

from drivers.api.clock import ManualClock
from drivers.api.samples import ImageU8, Origin, PixelFormat, ScaledRegion, Stamp, VideoFrame
from drivers.opencv import cv2
from guidance_app.processing.change import thumbnail
from guidance_app.processing.followed_area import FollowedArea, overlap
from guidance_app.processing.needle.frame_by_frame import (
    MADE_OTHERWISE,
    OUTSIDE,
    Box,
    FrameByFrame,
    LookedAt,
    box_area,
    is_cut,
)
from guidance_app.processing.needle.suitable import DUAL
from guidance_app.processing.sector import find_area


def frame(pixels: ImageU8, regions: tuple[ScaledRegion, ...] = ()) -> VideoFrame:
    kind = PixelFormat.GRAY8 if pixels.ndim == 2 else PixelFormat.BGR24
    return VideoFrame(pixels, kind, Stamp(0, 0), Origin.FILE, regions)


def search(box: Box | None = None, mm_per_px: float | None = None) -> FrameByFrame:
    return FrameByFrame(ManualClock(), box, mm_per_px)


def look_all(pictures: list[ImageU8]) -> list[LookedAt]:
    kept = search()
    return [kept.look(frame(pixels), number) for number, pixels in enumerate(pictures)]


def nerve_block(shared_data: Path, name: str) -> ImageU8:
    path = shared_data / f"noneedle/usgra-seg/images/{name}.png"
    return np.asarray(cv2.imread(str(path), cv2.IMREAD_ANYCOLOR), np.uint8)


def with_noise(pixels: ImageU8, seed: int) -> ImageU8:
    noise = np.random.default_rng(seed).normal(0, 6, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


def test_a_picture_that_repeats_is_not_fresh() -> None:
    pixels = console(1).pixels
    looked = look_all([pixels, pixels, with_noise(pixels, 1), pixels])
    assert [at.fresh for at in looked] == [True, False, True, True]


def test_another_scene_of_the_same_size_has_its_own_area(shared_data: Path) -> None:
    first, second = nerve_block(shared_data, "0086"), nerve_block(shared_data, "0041")
    assert first.shape == second.shape
    looked = look_all([first, second, first])
    assert [at.place.area for at in looked] == [find_area(p) for p in (first, second, first)]


def test_noise_and_a_moving_needle_are_no_cut_and_another_person_is(shared_data: Path) -> None:
    before, other = nerve_block(shared_data, "0030"), nerve_block(shared_data, "0031")
    now = with_noise(before, 2)
    cv2.line(now, (30, 60), (330, 300), 220, 4)
    assert not is_cut(thumbnail(before), thumbnail(now))
    assert is_cut(thumbnail(before), thumbnail(other))
    assert is_cut(thumbnail(before), thumbnail(np.zeros_like(before)))


def test_a_nearly_black_tank_is_one_scene_while_its_floor_moves() -> None:
    high, low = np.zeros((480, 640), np.uint8), np.zeros((480, 640), np.uint8)
    high[200:208], low[260:268] = 150, 150
    assert not is_cut(thumbnail(high), thumbnail(low))


def test_where_a_ruler_can_be_read_one_way_only_it_gives_the_scale(shared_data: Path) -> None:
    path = shared_data / "needle/janwolzenburg/30.png"
    screen = np.asarray(cv2.imread(str(path), cv2.IMREAD_ANYCOLOR), np.uint8)
    place = search().look(frame(screen), 0).place
    assert place.mm_per_px == pytest.approx(0.05896, rel=0.01)
    assert not place.ambiguous
    named = search(mm_per_px=0.1).look(frame(screen), 0).place
    assert named.mm_per_px == 0.1


def test_another_depth_is_noticed_in_its_first_frame(shared_data: Path) -> None:
    screens = [
        np.asarray(cv2.imread(str(shared_data / "needle/janwolzenburg" / name), 0), np.uint8)
        for name in ("45.png", "34_main.png")
    ]
    shown = [screens[0], with_noise(screens[0], 1), screens[1], with_noise(screens[1], 1)]
    scales = [at.place.mm_per_px for at in look_all(shown)]
    assert scales == pytest.approx([0.05896, 0.05896, 0.0844, 0.0844], rel=0.01)


@pytest.mark.parametrize("gap_px", [0, 6, 60])
def test_of_two_pictures_on_a_screen_none_is_guessed(shared_data: Path, gap_px: int) -> None:
    screen = np.zeros((720, 1280), np.uint8)
    first, second = (nerve_block(shared_data, name) for name in ("0030", "0009"))
    screen[100:612, 60:572] = first
    screen[100:612, 572 + gap_px : 1084 + gap_px] = second
    assert search().look(frame(screen), 0).sight.reason == DUAL
    chosen = search((60, 100, 512, 470)).look(frame(screen), 0)
    assert chosen.sight.reason != DUAL


@pytest.mark.parametrize("seed", range(20))
def test_menus_and_bars_beside_a_picture_are_no_second_one(seed: int) -> None:
    assert search().look(frame(console(seed).pixels), 0).sight.reason != DUAL


def test_of_two_stated_regions_none_is_guessed(shared_data: Path) -> None:
    pixels = nerve_block(shared_data, "0030")
    left = ScaledRegion(0, 0, 250, 500, 0.1, 0.1)
    right = ScaledRegion(260, 0, 511, 500, 0.2, 0.2)
    kept = search()
    assert kept.look(frame(pixels, (left, right)), 0).sight.reason == DUAL
    chosen = search((270, 10, 230, 400)).look(frame(pixels, (left, right)), 0)
    assert chosen.place.mm_per_px == 0.2


def test_a_small_stated_region_beside_the_picture_is_no_second_one(shared_data: Path) -> None:
    pixels = nerve_block(shared_data, "0030")
    picture = ScaledRegion(0, 0, 511, 470, 0.1, 0.1)
    strip = ScaledRegion(0, 480, 511, 511, 0.2, 0.2)
    place = search().look(frame(pixels, (strip, picture)), 0).place
    assert place.mm_per_px == 0.1
    assert place.area is not None
    assert overlap(place.area, box_area((0, 0, 512, 471))) > 0.95


def test_a_stated_region_in_which_nothing_is_found_is_looked_at_as_it_is() -> None:
    pixels = np.zeros((480, 640), np.uint8)
    region = ScaledRegion(100, 50, 499, 399, 0.1, 0.1)
    place = search().look(frame(pixels, (region,)), 0).place
    assert place.area == box_area((100, 50, 400, 350))


def test_what_a_file_states_to_be_no_ultrasound_is_not_searched(shared_data: Path) -> None:
    pixels = nerve_block(shared_data, "0030")
    for modality, reason in (("XA", MADE_OTHERWISE), ("RF", MADE_OTHERWISE)):
        assert search().look(frame(pixels), 0, modality).sight.reason == reason
    for modality in ("US", "IVUS", "OT", ""):
        assert search().look(frame(pixels), 0, modality).place.area is not None


def test_a_box_beyond_the_edge_is_said() -> None:
    pixels = console(1).pixels
    height, width = pixels.shape[:2]
    assert search((1, 0, width, height)).look(frame(pixels), 0).sight.reason == OUTSIDE
    assert search((0, 0, width, height)).look(frame(pixels), 0).place.area is not None


def test_what_was_dark_at_first_belongs_to_the_area_once_it_is_lit(shared_data: Path) -> None:
    lit = nerve_block(shared_data, "0030")
    dark = lit.copy()
    dark[300:] = 0
    followed = FollowedArea()
    first = followed.follow(dark).area
    places = [followed.follow(with_noise(lit, number)) for number in range(70)]
    last = places[-1].area
    assert first is not None and last is not None
    assert first.bottom_px < 310
    assert last.bottom_px > 460


def test_an_area_that_still_fits_is_kept_to_the_pixel(shared_data: Path) -> None:
    pixels = nerve_block(shared_data, "0030")
    followed = FollowedArea()
    areas = {followed.follow(with_noise(pixels, number)).area for number in range(130)}
    assert len(areas) == 1


def test_overlap_is_that_of_the_rectangles() -> None:
    whole = box_area((0, 0, 100, 100))
    assert overlap(whole, whole) == 1.0
    assert overlap(whole, box_area((50, 0, 100, 100))) == pytest.approx(1 / 3)
    assert overlap(whole, box_area((100, 0, 100, 100))) == 0.0
