"""The pattern of a moment is read as that moment or not at all."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pattern_views import SMALL, camera_view, seen_from, spoiled

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.processing.time_pattern import HEIGHT, WIDTH, WRAP_MS, PatternReader, draw_pattern

READER = PatternReader()
TIMES = st.integers(0, WRAP_MS - 1)
SEEDS = st.integers(0, 2**32 - 1)


def enlarged(pattern: ImageU8, cell_px: int) -> ImageU8:
    return np.repeat(np.repeat(pattern, cell_px, axis=0), cell_px, axis=1)


@given(TIMES)
def test_what_is_drawn_is_read(time_ms: int) -> None:
    assert draw_pattern(time_ms).shape == (HEIGHT, WIDTH)
    assert READER.read(enlarged(draw_pattern(time_ms), 12)) == time_ms


def test_times_repeat_after_some_hours_and_large_and_coloured_pictures_are_read() -> None:
    large = enlarged(draw_pattern(3 * WRAP_MS + 17), 70)
    assert READER.read(large) == 17
    assert READER.read(cv2.cvtColor(large, cv2.COLOR_GRAY2BGR)) == 17


@settings(max_examples=500)
@given(TIMES, SEEDS, st.floats(0.1, 3.0), st.floats(0.0, 60.0))
def test_a_bad_picture_is_never_misread(time_ms: int, seed: int, blur: float, noise: float) -> None:
    view = camera_view(time_ms, np.random.default_rng(seed), blur, noise, SMALL)
    assert READER.read(view) in (time_ms, None)


@settings(max_examples=500)
@given(TIMES, SEEDS, st.floats(0.0, 1.0), st.booleans())
def test_two_moments_in_one_picture_are_read_as_one_of_them_or_not(
    time_ms: int, seed: int, share: float, torn: bool
) -> None:
    rng = np.random.default_rng(seed)
    state = rng.bit_generator.state
    before = seen_from(draw_pattern(time_ms), rng, SMALL)
    rng.bit_generator.state = state  # the camera does not move
    after = seen_from(draw_pattern(time_ms + 17), rng, SMALL)
    row = round(share * SMALL[1])
    both = np.vstack([before[:row], after[row:]])
    faded = cv2.addWeighted(before, share, after, 1.0 - share, 0)
    view = spoiled(both if torn else faded, rng, 0.5, 5.0)
    assert READER.read(view) in (time_ms, (time_ms + 17) % WRAP_MS, None)


def test_an_ordinary_camera_reads_nearly_all() -> None:
    rng = np.random.default_rng(5)
    times = [int(t) for t in rng.integers(0, WRAP_MS, 100)]
    read = [READER.read(camera_view(t, rng, rng.uniform(0.1, 2.0), 8.0)) for t in times]
    assert sum(a == b for a, b in zip(read, times, strict=True)) >= 95


@pytest.mark.parametrize("content", ["black", "noise", "blank markers"])
def test_where_there_is_no_pattern_nothing_is_read(content: str) -> None:
    rng = np.random.default_rng(3)
    pattern = draw_pattern(7)
    pattern[3:13, 8:20] = 255
    pictures = {
        "black": np.zeros((480, 640), np.uint8),
        "noise": rng.integers(0, 256, (480, 640), dtype=np.uint8),
        "blank markers": enlarged(pattern, 20),
    }
    assert READER.read(pictures[content]) is None
