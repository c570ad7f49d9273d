"""Confirmed scales come back for their device; a file that is no such file is kept aside."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rectangles import rectangle

from drivers.api.ports import SourceInfo
from drivers.api.samples import ImageU8, Origin, PictureGeometry, PixelFormat
from guidance_app.domain.calibration import PixelScale
from guidance_app.domain.commands import ScaleSet
from guidance_app.domain.people import Person, Role
from guidance_app.processing.layout import Layout, is_sound, layout_changed, remember
from guidance_app.remembered_scales import (
    MOST,
    MOST_OF_A_DEVICE,
    ScalesFile,
    load_scales,
    remember_scale,
)

AREA = rectangle(40, 30, 199, 149)
GRABBER = SourceInfo("v4l2:A", "Grabber", "A", Origin.DEVICE)
OTHER = SourceInfo("v4l2:B", "Grabber", "B", Origin.DEVICE)
GEOMETRY = PictureGeometry(320, 240, PixelFormat.GRAY8)


def screen(seed: int) -> ImageU8:
    """Speckle in the area, and text-like blocks beside it."""
    generator = np.random.default_rng(seed)
    pixels = np.zeros((240, 320), np.uint8)
    pixels[30:150, 40:200] = generator.integers(0, 255, (120, 160))
    pixels[20:200:24, 230:300] = generator.integers(0, 255, (8, 70))
    return pixels


def layout(seed: int) -> Layout:
    return remember([screen(seed)], AREA, None)


def confirmed(mm_per_px: float) -> ScaleSet:
    scale = PixelScale(mm_per_px, mm_per_px, 0.2, GEOMETRY, "ruler")
    return ScaleSet(scale, Person("OP-1", Role.OPERATOR), 0)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "scales.json"


def test_a_scale_comes_back_for_its_device_with_who_confirmed_it(
    path: Path, told: list[str]
) -> None:
    remember_scale(path, GRABBER, layout(1), confirmed(0.05), told.append)
    (kept,) = load_scales(path, GRABBER, told.append)
    assert (kept.mm_per_px, kept.sigma_percent, kept.person) == (0.05, 0.2, "OP-1")
    assert kept.layout == layout(1)
    assert not layout_changed(kept.layout, screen(1))
    assert load_scales(path, OTHER, told.append) == ()
    assert told == []


def test_what_was_just_confirmed_is_read_after_it(path: Path, told: list[str]) -> None:
    scales = ScalesFile(path, told.append)
    scales.remember(GRABBER, layout(1), confirmed(0.05))
    assert [kept.mm_per_px for kept in scales.load(GRABBER)] == [0.05]
    scales.remember(GRABBER, layout(2), confirmed(0.06))
    scales.stop()
    assert [kept.mm_per_px for kept in load_scales(path, GRABBER, told.append)] == [0.06, 0.05]
    assert told == []


def test_a_disk_that_takes_nothing_is_told_by_a_thread_that_nobody_waits_for(
    tmp_path: Path,
) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    told: list[tuple[str, bool]] = []

    def tell(sentence: str) -> None:
        told.append((sentence, threading.current_thread() is threading.main_thread()))

    scales = ScalesFile(tmp_path / "data" / "scales.json", tell)
    scales.remember(GRABBER, layout(1), confirmed(0.05))
    scales.stop()
    assert told[-1][0].startswith("The scale cannot be kept in ")
    assert not any(waited for _, waited in told)


def test_the_newest_is_first_and_the_oldest_makes_way(path: Path, told: list[str]) -> None:
    count = MOST_OF_A_DEVICE + 2
    for number in range(count):
        remember_scale(path, GRABBER, layout(number), confirmed(0.05 + number / 1000), told.append)
    kept = load_scales(path, GRABBER, told.append)
    assert len(kept) == MOST_OF_A_DEVICE
    assert kept[0].mm_per_px == 0.05 + (count - 1) / 1000


def test_a_scale_confirmed_anew_replaces_the_one_before(path: Path, told: list[str]) -> None:
    for mm_per_px in (0.05, 0.06):
        remember_scale(path, GRABBER, layout(1), confirmed(mm_per_px), told.append)
    assert [kept.mm_per_px for kept in load_scales(path, GRABBER, told.append)] == [0.06]


def test_the_file_does_not_grow_with_the_number_of_devices(path: Path, told: list[str]) -> None:
    sources = [SourceInfo(f"v4l2:{n}", "Grabber", str(n), Origin.DEVICE) for n in range(MOST + 3)]
    for source in sources:
        remember_scale(path, source, layout(1), confirmed(0.05), told.append)
    kept = [bool(load_scales(path, source, told.append)) for source in sources]
    assert kept == [False] * 3 + [True] * MOST
    assert told == []


def test_a_square_of_an_unknown_kind_is_no_layout() -> None:
    sound = layout(1)
    left, top, _ = sound.cells[0]
    assert is_sound(sound)
    for kind in (-1, 4, 10**30):
        assert not is_sound(replace(sound, cells=((left, top, kind), *sound.cells[1:])))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"mm_per_px": 0.05', b'"mm_per_px": 50.0'),
        (b'"cell_px": 12', b'"cell_px": 11'),
        (b'"width_px": 320', b'"width_px": 100'),
        (b'"channel": 0', b'"channel": 7'),
        (b'"person": "OP-1"', b'"person": "' + b"x" * 300 + b'"'),
        (b'"confirmed_utc": "', b'"confirmed_utc": "' + b"x" * 300),
        (b'"scales"', b'"scales": 3, "x"'),
        (b"{", b""),
    ],
)
def test_a_hostile_file_is_kept_aside_and_told(
    path: Path, told: list[str], old: bytes, new: bytes
) -> None:
    remember_scale(path, GRABBER, layout(1), confirmed(0.05), told.append)
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))
    assert load_scales(path, GRABBER, told.append) == ()
    assert len(told) == 1
    assert [file.name for file in path.parent.iterdir()] == ["scales.json.damaged"]
