"""Screens of made-up consoles with known truth: speckle, menus, text, grey bar and ruler."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.api.samples import ImageU8
from drivers.opencv import cv2

SIZES = ((1920, 1080), (1280, 960), (1280, 720), (1024, 768), (800, 600))
RULERS = ((10, 1.0), (5, 2.0), (2, 5.0), (4, 2.5), (1, 10.0), (5, 10.0))
"""Every how many marks one is longer, and millimetres from mark to mark."""
COLOURS = ((230, 230, 230), (0, 220, 0), (200, 200, 60))
GREY = (220, 220, 220)


@dataclass(frozen=True, slots=True, eq=False)
class Console:
    """One screen, BGR24, and what is true of it."""

    pixels: ImageU8
    box: tuple[int, int, int, int]
    """Left, top, right, bottom of the picture, inclusive."""
    mm_per_px: float
    marks: int


def console(seed: int) -> Console:
    """A screen; the same for the same seed."""
    rng = np.random.default_rng(seed)
    width, height = SIZES[rng.integers(len(SIZES))]
    background = int(rng.choice([0, 0, 0, 8, 16, 24]))
    curved = bool(rng.integers(2))
    inside, zero_px, width_px = (_fan if curved else _rectangle)(rng, width, height)
    rows, columns = np.nonzero(inside)
    box = int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())
    depth_px = box[3] - zero_px
    mm_per_px = rng.uniform(60, 180) / depth_px if curved else rng.uniform(26, 58) / width_px
    grey = np.where(inside, speckle(rng, height, width), background).astype(np.uint8)
    pixels = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    _surround(pixels, rng, box)
    marks = _ruler(pixels, rng, box, zero_px, mm_per_px)
    quality = int(rng.choice([0, 95, 85, 75]))
    return Console(compressed(pixels, quality) if quality else pixels, box, mm_per_px, marks)


def compressed(pixels: ImageU8, quality: int) -> ImageU8:
    """The picture with the noise that JPEG leaves."""
    coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR))


def speckle(rng: np.random.Generator, height: int, width: int) -> NDArray[np.float32]:
    """Log-compressed envelope of a random field, darker with depth and from place to place."""
    size = rng.uniform(0.8, 2.0)
    noise = rng.normal(0, 1, (2, height, width)).astype(np.float32)
    field = [cv2.GaussianBlur(part, (0, 0), size * 1.6, sigmaY=size) for part in noise]
    envelope = np.hypot(*field)
    tissue = rng.normal(0, 1, (6, 6)).astype(np.float32)
    tissue = cv2.resize(tissue, (width, height), interpolation=cv2.INTER_CUBIC)
    darker = np.linspace(0, rng.uniform(0, 80), height)[:, None]
    grey = rng.uniform(70, 130) + 28 * np.log(envelope / envelope.mean() + 0.01)
    return np.clip(grey + 25 * tissue - darker, 0, 255).astype(np.float32)


def write(
    pixels: ImageU8, text: str, x: float, y: float, size: float, colour: tuple[int, ...] = GREY
) -> None:
    thickness = max(1, round(size * 2))
    cv2.putText(pixels, text, (round(x), round(y)), 0, size, colour, thickness, cv2.LINE_AA)


def _rectangle(
    rng: np.random.Generator, width: int, height: int
) -> tuple[NDArray[np.bool_], float, float]:
    """Where the picture is, the row of depth zero, and its width."""
    size = int(rng.uniform(0.3, 0.55) * width), int(rng.uniform(0.5, 0.75) * height)
    left = int(rng.uniform(0.2, 0.4) * width)
    top = int(rng.uniform(0.1, 0.75) * (height - size[1])) + 8
    inside = np.zeros((height, width), bool)
    inside[top : top + size[1], left : left + size[0]] = True
    return inside, float(top), float(size[0])


def _fan(
    rng: np.random.Generator, width: int, height: int
) -> tuple[NDArray[np.bool_], float, float]:
    half, ratio = math.radians(rng.uniform(22, 42)), rng.uniform(0.1, 0.5)
    outer = rng.uniform(0.5, 0.75) * height / (1 - ratio * math.cos(half))
    outer = min(outer, 0.62 * width / (2 * math.sin(half)))
    inner = ratio * outer
    depth = outer - inner * math.cos(half)
    apex_x = rng.uniform(0.42, 0.55) * width
    apex_y = rng.uniform(0.1, 0.75) * (height - depth) + 8 - inner * math.cos(half)
    y, x = np.mgrid[:height, :width]
    radius, angle = np.hypot(x - apex_x, y - apex_y), np.arctan2(x - apex_x, y - apex_y)
    inside = (radius >= inner) & (radius <= outer) & (np.abs(angle) <= half)
    return inside, apex_y + inner, 2 * outer * math.sin(half)


def _surround(pixels: ImageU8, rng: np.random.Generator, box: tuple[int, int, int, int]) -> None:
    height, width = pixels.shape[:2]
    left, top, right, bottom = box
    size = height / 1080 * rng.uniform(0.6, 0.9)
    if top > 0.06 * height + 10 and rng.random() < 0.7:
        shade = tuple(int(v) for v in rng.integers(20, 110, 3))
        cv2.rectangle(pixels, (0, 0), (width, int(0.06 * height)), shade, -1)
        write(pixels, "General Hospital  ID 12345  MI 0.9", 0.05 * width, 0.042 * height, size)
    lines = ("Frq 10.0 MHz", "Gn  62", "D   4.0 cm", "DR  66", "FR  23 Hz", "AO 100 %")
    for n, line in enumerate(lines[: rng.integers(3, 7)]):
        write(pixels, line, right + 0.13 * width, 0.12 * height + n * size * 34, size)
    bar = left - int(0.06 * width)
    if bar > 4 and rng.random() < 0.6:
        rows = slice(int(0.2 * height), int(0.45 * height))
        levels = np.linspace(255, 0, rows.stop - rows.start)[:, None, None]
        pixels[rows, bar : bar + int(0.012 * width)] = levels.astype(np.uint8)
    for n in range(int(rng.integers(0, 6))):
        y = int((0.3 + 0.07 * n) * height)
        cv2.rectangle(pixels, (5, y), (int(0.12 * width), y + int(0.05 * height)), (60, 60, 60), -1)
        write(pixels, f"Menu {n}", 15, y + 0.035 * height, size * 0.8)
    for n in range(5 if bottom < 0.9 * height and rng.random() < 0.6 else 0):
        corner = int((0.1 + 0.16 * n) * width), int(0.94 * height)
        cv2.rectangle(pixels, corner, (corner[0] + int(0.14 * width), height - 6), (80, 80, 80), -1)
        write(pixels, "Key", (0.12 + 0.16 * n) * width, 0.98 * height, size * 0.8)


def _ruler(
    pixels: ImageU8,
    rng: np.random.Generator,
    box: tuple[int, int, int, int],
    zero_px: float,
    mm_per_px: float,
) -> int:
    """Draw it right of the picture; returns its number of marks."""
    height, width = pixels.shape[:2]
    every, tick_mm = RULERS[rng.integers(len(RULERS))]
    if tick_mm / mm_per_px < 7:
        every, tick_mm = 1, 10.0
    x = box[2] + int(rng.uniform(0.015, 0.05) * width)
    dots, numbered = rng.random() < 0.3, rng.random() < 0.5
    colour = COLOURS[rng.integers(len(COLOURS))]
    size = height / 1080 * 0.6
    count = int((box[3] - zero_px) * mm_per_px / tick_mm) + 1
    for n in range(count):
        y = zero_px + n * tick_mm / mm_per_px
        major = every > 1 and n % every == 0
        place, thick = (x * 16, round(y * 16)), max(1, round(height / 720))
        if dots:
            radius = round((4 if major else 2) * 16 * height / 1080 + 16)
            cv2.circle(pixels, place, radius, colour, -1, cv2.LINE_AA, 4)
        else:
            end = (x + int((0.012 if major else 0.006) * width)) * 16, place[1]
            cv2.line(pixels, place, end, colour, thick, cv2.LINE_AA, 4)
        value_cm = n * tick_mm / 10
        if numbered and major and n and (tick_mm * every) % 10 == 0:
            write(pixels, f"{value_cm:.0f}", x + 0.012 * width + 8, y + 9 * size, size)
    return count
