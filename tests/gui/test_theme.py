import itertools

import numpy as np
import pytest
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QFontMetricsF
from pytestqt.qtbot import QtBot

from guidance_app.presentation.view import Tone
from guidance_app.ui import theme

PX_PER_MM_24_INCH = 92.0 / 25.4

# Machado, Oliveira and Fernandes 2009, severity 1.0, applied to linear RGB.
VISIONS = {
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
               [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
               [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
               [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
RGB_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
     [0.0193339, 0.1191920, 0.9503041]]
)  # fmt: skip


def linear_rgb(colour: str) -> np.ndarray:
    values = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(a: str, b: str) -> float:
    low, high = sorted(float(RGB_TO_XYZ[1] @ linear_rgb(colour)) for colour in (a, b))
    return (high + 0.05) / (low + 0.05)


def lab(colour: str, vision: str) -> np.ndarray:
    seen = np.clip(np.array(VISIONS[vision]) @ linear_rgb(colour), 0.0, 1.0)
    ratios = RGB_TO_XYZ @ seen / RGB_TO_XYZ.sum(axis=1)
    f = np.where(ratios > 216 / 24389, np.cbrt(ratios), (24389 / 27 * ratios + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("ground", [theme.GROUND, theme.SURFACE, theme.RAISED])
def test_every_text_can_be_read_on_every_ground(ground: str) -> None:
    for text in (theme.TEXT, theme.MUTED):
        assert contrast(text, ground) >= 4.5
    assert contrast(theme.FOCUS, ground) >= 3.0


def test_safety_text_stands_out_more() -> None:
    for tone in (Tone.GOOD, Tone.CAUTION, Tone.ALARM, Tone.NORMAL):
        assert contrast(theme.TONE_COLOURS[tone], theme.GROUND) >= 7.0
    for alarm in (theme.ALARM_HIGH, theme.ALARM_MEDIUM):
        assert contrast(theme.HALO, alarm) >= 7.0


def test_overlay_stands_out_from_its_halo() -> None:
    for ink in theme.INK_COLOURS.values():
        assert contrast(ink, theme.HALO) >= 7.0


@pytest.mark.parametrize("vision", VISIONS)
def test_overlay_colours_differ_in_every_kind_of_colour_vision(vision: str) -> None:
    for a, b in itertools.combinations(sorted(set(theme.INK_COLOURS.values())), 2):
        assert np.linalg.norm(lab(a, vision) - lab(b, vision)) >= 35


def test_alarm_colours_are_used_for_alarms_alone() -> None:
    others = {theme.TEXT, theme.MUTED, theme.FOCUS, theme.GOOD, *theme.INK_COLOURS.values()}
    assert not others & {theme.ALARM_HIGH, theme.ALARM_MEDIUM}


def test_sizes_on_a_24_inch_screen_are_those_for_two_metres(qtbot: QtBot) -> None:
    sizes = theme.sizes_for(QSize(1920, 1080), 92.0)
    for cap_px, wanted_mm in (
        (sizes.key_cap, 12.8),
        (sizes.alarm_cap, 11.6),
        (sizes.hand_cap, 3.7),
    ):
        font = theme.font_of(theme.pixel_size(cap_px))
        real_mm = QFontMetricsF(font).capHeight() / PX_PER_MM_24_INCH
        assert real_mm >= wanted_mm * 0.98
    assert sizes.touch / PX_PER_MM_24_INCH >= 19.8


def test_sizes_follow_the_window_down_and_never_exceed_their_millimetres() -> None:
    small, large = (theme.sizes_for(QSize(w, w * 9 // 16), 92.0) for w in (1280, 3840))
    assert small.key_cap == pytest.approx(0.043 * 720)
    assert large.key_cap == pytest.approx(12.8 * PX_PER_MM_24_INCH)


def test_a_screen_without_a_size_is_taken_for_a_usual_one() -> None:
    assert theme.screen_dpi(None) == theme.UNKNOWN_SCREEN_DPI
