"""The depth ruler: its step to a part of a percent, and no claim that the evidence leaves open."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from consoles import GREY, console, speckle, write
from hypothesis import given
from hypothesis import strategies as st
from real_screens import SCREENS, read_screen, read_sequence, read_video
from test_sector import dicom_frame

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.domain.picture_area import AreaShape, PictureArea
from guidance_app.processing.ruler import Ruler, find_ruler
from guidance_app.processing.sector import find_area
from guidance_app.processing.ticks import LEAST_PRESENT, best_row, find_rows, fit_line, lift
from simulators.consoles.writing import width_px
from simulators.consoles.writing import write as write_finely

CLOSE = 0.01


def ruler_of(pixels: ImageU8) -> Ruler | None:
    area = find_area(pixels)
    return None if area is None else find_ruler(pixels, area)


def offers(ruler: Ruler | None, mm_per_px: float) -> bool:
    return ruler is not None and any(
        abs(mm / mm_per_px - 1) <= CLOSE for mm in ruler.candidates_mm_per_px
    )


@pytest.mark.parametrize(
    ("name", "mm_per_px"), [("30", 0.05896), ("45", 0.05896), ("69", 0.05896), ("34_main", 0.0844)]
)
def test_the_numbers_of_a_real_ruler_decide_its_scale(
    shared_data: Path, name: str, mm_per_px: float
) -> None:
    ruler = ruler_of(read_screen(shared_data, f"{SCREENS}/{name}.png"))
    assert ruler is not None
    assert ruler.mm_per_px == pytest.approx(mm_per_px, rel=CLOSE)
    assert ruler.major_every == 4
    assert not ruler.ambiguous
    assert 0.03 < ruler.sigma_percent < 0.3


def test_the_ruler_of_the_video(shared_data: Path) -> None:
    for frame in read_video(shared_data)[::45]:
        ruler = ruler_of(frame)
        assert ruler is not None
        assert ruler.mm_per_px == pytest.approx(0.0354, rel=CLOSE)
        assert ruler.major_every == 5
        assert ruler.ambiguous  # no number was read


def test_dots_every_5_mm_on_a_nearly_black_screen(shared_data: Path) -> None:
    frame = read_sequence(shared_data, "USTC_FrameGrabber_ProbeTranslationData")[0]
    ruler = ruler_of(frame)
    assert ruler is not None
    assert ruler.spacing_px == pytest.approx(258.7 / 14, rel=CLOSE)  # read by eye: 7 cm
    assert offers(ruler, 70 / 258.7)
    assert ruler.ambiguous


@pytest.mark.parametrize(
    "name", ["OBXXXX1A_rle_2frame", "JPGLosslessP14SV1_1s_1f_8b", "gdcm-US-ALOKA-16"]
)
def test_the_scale_that_dicom_states_is_among_the_readings(shared_data: Path, name: str) -> None:
    frame = dicom_frame(shared_data, name)
    ruler = ruler_of(frame.pixels)
    assert offers(ruler, frame.regions[0].mm_per_px_y)
    assert ruler is not None
    assert ruler.ambiguous


def test_pictures_without_a_ruler_have_none(shared_data: Path) -> None:
    paths = sorted((shared_data / "noneedle/usgra-seg/images").glob("*.png"))
    for path in [*paths[:20], *(shared_data / "needle/jordandanny").glob("*.jpg")]:
        assert ruler_of(read_screen(shared_data, str(path))) is None, path.name


def test_made_up_consoles() -> None:
    consoles = [c for c in map(console, range(40)) if c.marks >= 4]
    rulers = [ruler_of(c.pixels) for c in consoles]
    found = [offers(ruler, c.mm_per_px) for ruler, c in zip(rulers, consoles, strict=True)]
    assert sum(found) >= 0.95 * len(found)
    sure = [(r, c) for r, c in zip(rulers, consoles, strict=True) if r and not r.ambiguous]
    assert len(sure) >= 3
    assert all(r.mm_per_px == pytest.approx(c.mm_per_px, rel=CLOSE) for r, c in sure)


def screen_with_marks(step_px: float, numbers: tuple[str, ...], horizontal: bool) -> ImageU8:
    """A picture with a mark every `step_px`, each fifth longer and numbered."""
    pixels = np.zeros((900, 1200, 3), np.uint8)
    pixels[100:700, 300:800] = speckle(np.random.default_rng(1), 600, 500)[:, :, None]
    count = int((500 if horizontal else 600) / step_px) + 1
    for n in range(count):
        length, place = (16 if n % 5 == 0 else 8), round(n * step_px)
        if horizontal:
            pixels[730 : 730 + length, 299 + place : 301 + place] = 220
        else:
            pixels[99 + place : 101 + place, 830 : 830 + length] = 220
            if n % 5 == 0 and 0 < n // 5 <= len(numbers):
                write(pixels, numbers[n // 5 - 1], 852, 107 + place, 0.5)
    return pixels


@pytest.mark.parametrize(
    ("numbers", "tick_mm"),
    [(("1", "2", "3", "4"), 2.0), (("5", "10", "15", "20"), 10.0), (("2", "4", "6"), 4.0)],
)
def test_numbers_beside_the_ruler_are_told_apart(numbers: tuple[str, ...], tick_mm: float) -> None:
    ruler = ruler_of(screen_with_marks(25.4, numbers, horizontal=False))
    assert offers(ruler, tick_mm / 25.4)
    assert ruler is not None
    assert "numbers" in ruler.how


def test_a_ruler_along_the_width_serves_where_there_is_none_along_the_depth() -> None:
    ruler = ruler_of(screen_with_marks(31.3, (), horizontal=True))
    assert ruler is not None
    assert ruler.spacing_px == pytest.approx(31.3, rel=0.002)
    assert ruler.ticks_px[0][0] == pytest.approx(299.5, abs=1.5)


@pytest.mark.parametrize("begin", [800, 796, 830], ids=["touching", "on the rim", "on a line"])
def test_marks_that_touch_the_picture_or_a_line_of_their_own(begin: int) -> None:
    pixels = np.zeros((900, 1200), np.uint8)
    pixels[100:700, 300:800] = speckle(np.random.default_rng(3), 600, 500)
    if begin == 830:
        pixels[100:701, 832] = 230
    for n in range(21):
        y = round(100 + n * 28.6)
        pixels[y : y + 2, begin : begin + 10] = 230
    ruler = ruler_of(pixels)
    assert ruler is not None
    assert ruler.spacing_px == pytest.approx(28.6, rel=0.002)


def test_marks_along_the_side_of_a_fan() -> None:
    pixels = np.zeros((900, 1200), np.uint8)
    y, x = np.mgrid[:900, :1200]
    radius, angle = np.hypot(x - 600, y - 20), np.arctan2(x - 600, y - 20)
    fan = (radius > 120) & (radius < 800) & (np.abs(angle) < 0.6)
    pixels[fan] = speckle(np.random.default_rng(4), 900, 1200)[fan]
    for n in range(14):
        along = 130 + 48.7 * n
        centre = 600 + along * np.sin(0.6) + 9, 20 + along * np.cos(0.6) - 6
        cv2.circle(pixels, [round(16 * c) for c in centre], 40, 230, -1, cv2.LINE_AA, 4)
    ruler = ruler_of(pixels)
    assert ruler is not None
    assert ruler.spacing_px == pytest.approx(48.7, rel=0.004)
    assert ruler.ambiguous


def test_a_column_of_text_is_no_ruler() -> None:
    pixels = np.zeros((900, 1200, 3), np.uint8)
    pixels[100:700, 300:800] = speckle(np.random.default_rng(2), 600, 500)[:, :, None]
    for n in range(20):
        write(pixels, f"Val : {n}", 840, 120 + 30 * n, 0.7)
    assert ruler_of(pixels) is None


def test_a_menu_of_single_words_is_no_ruler() -> None:
    pixels = np.zeros((720, 1280, 3), np.uint8)
    pixels[64:664, 190:990] = speckle(np.random.default_rng(2), 600, 800)[:, :, None]
    words = ("B", "Colour", "Doppler", "M", "Measure", "Write", "Store", "Review")
    for n, word in enumerate(words):
        left = 1190 - width_px(word, 11) // 2
        write_finely(pixels, word, (left, 90 + 50 * n), 11, GREY)
    assert ruler_of(pixels) is None


def test_the_reading_depends_on_what_probes_exist() -> None:
    pixels = screen_with_marks(40.0, (), horizontal=False)
    area = find_area(pixels)
    assert area is not None
    linear, curved = find_ruler(pixels, area), find_ruler(pixels, _as_curved(area))
    assert linear is not None
    assert curved is not None
    assert linear.mm_per_px == pytest.approx(2 / 40.0, rel=CLOSE)
    assert curved.mm_per_px == pytest.approx(10 / 40.0, rel=CLOSE)
    assert linear.ambiguous
    assert curved.ambiguous


def test_no_reading_makes_pixels_larger_than_those_of_any_picture() -> None:
    pixels = screen_with_marks(9.0, (), horizontal=False)
    ruler = ruler_of(pixels)
    assert ruler is not None
    assert all(0.005 <= mm <= 1.0 for mm in ruler.candidates_mm_per_px)


def _as_curved(area: PictureArea) -> PictureArea:
    return replace(area, shape=AreaShape.CURVED)


@given(
    step=st.floats(6, 90),
    first=st.floats(0, 50),
    count=st.integers(6, 40),
    missing=st.integers(0, 5),
    seed=st.integers(0, 99),
)
def test_the_fit_finds_step_and_error_from_marks_with_gaps(
    step: float, first: float, count: int, missing: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    along = first + step * np.arange(count) + rng.normal(0, 0.2, count)
    along = np.delete(along, [missing] if count > 7 else [])
    found = best_row(along, LEAST_PRESENT)
    assert found is not None
    index, held = found
    _, fitted, sigma, _ = fit_line(index, along[held])
    assert len(held) == len(along)
    assert abs(fitted - step) < max(6 * sigma, 0.02)


def test_marks_merged_with_numbers_still_count() -> None:
    pixels = np.zeros((700, 600), np.uint8)
    for n in range(20):
        pixels[49 + 30 * n : 51 + 30 * n, 300 : 316 if n % 2 == 0 else 308] = 220
        if n % 2 == 0:
            pixels[42 + 30 * n : 58 + 30 * n, 317:325] = 200
    row = find_rows(lift(pixels))[0]
    assert len(row.along) == 20
    assert row.step_px == pytest.approx(30, abs=0.01)
