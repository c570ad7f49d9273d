"""What is measured on pixels: brightness, evenness, and which cells are new."""

import numpy as np
import pytest

from drivers.api.samples import ImageU8
from guidance_app.domain.snapshot import GRID_COLUMNS, GRID_ROWS
from guidance_app.processing.change import ALL_CHANGED, measure, thumbnail


def measured(pixels: ImageU8, before: ImageU8 | None = None):  # noqa: ANN201
    return measure(None if before is None else thumbnail(before), thumbnail(pixels))


def cells(rows: tuple[int, ...]) -> list[tuple[int, int]]:
    return [
        (row, column)
        for row in range(GRID_ROWS)
        for column in range(GRID_COLUMNS)
        if rows[row] >> column & 1
    ]


def test_brightness_and_evenness_are_those_of_the_picture() -> None:
    half = np.zeros((480, 640), np.uint8)
    half[:240] = 200
    content = measured(half)
    assert (content.mean, content.spread, content.darkest, content.brightest) == (100, 100, 0, 200)


def test_a_colour_counts_by_its_brightness() -> None:
    blue = np.zeros((480, 640, 3), np.uint8)
    blue[:, :, 0] = 255
    assert measured(blue).mean == pytest.approx(0.114 * 255, abs=1)


def test_the_cell_in_which_something_moves_is_named() -> None:
    before = np.full((480, 640), 90, np.uint8)
    now = before.copy()
    now[5 * 40 + 10 : 5 * 40 + 20, 12 * 40 + 4 : 12 * 40 + 36] = 250  # a cell is 40 x 40 px
    assert cells(measured(now, before).changed_rows) == [(5, 12)]
    assert cells(measured(before, before).changed_rows) == []
    assert measured(before).changed_rows == ALL_CHANGED
    assert measured(before[:400], before).changed_rows == ALL_CHANGED


def test_noise_of_a_cable_changes_no_cell_and_a_digit_of_a_clock_does() -> None:
    generator = np.random.default_rng(8)
    screen = generator.integers(20, 200, (1080, 1920), dtype=np.uint8)
    noisy = (screen + generator.integers(-8, 9, screen.shape)).astype(np.uint8)
    assert cells(measured(noisy, screen).changed_rows) == []
    clock = screen.copy()
    clock[20:34, 1800:1804] = 0  # one stroke of a digit of 14 px
    clock[20:34, 1808:1812] = 255
    assert cells(measured(clock, screen).changed_rows) == [(0, 15)]


@pytest.mark.parametrize("size", [(2, 2), (3, 5), (33, 17), (101, 67), (48, 64, 3)])
def test_small_pictures_are_measured_too(size: tuple[int, ...]) -> None:
    before, now = np.zeros(size, np.uint8), np.full(size, 255, np.uint8)
    now.flags.writeable = False
    rows = measured(now, before).changed_rows
    assert any(rows)
    assert len(rows) == GRID_ROWS
    assert all(0 <= row < 1 << GRID_COLUMNS for row in rows)
