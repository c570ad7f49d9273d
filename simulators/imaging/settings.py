"""What is turned and pressed on a console."""

from dataclasses import dataclass

from simulators.imaging.transducer import Transducer

TIME_GAIN_SLIDERS = 8
TIME_GAIN_DB = 12.0
"""As far as each slider goes, either way."""
GAIN_DB = 30.0
RANGES_DB = (40.0, 90.0)
LOOKS_DEG = {1: (0.0,), 3: (0.0, -10.0, 10.0), 5: (0.0, -7.0, 7.0, -14.0, 14.0)}
"""Tilt of the beams of each look, for each number of looks that a picture may be made of."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The state of a console."""

    depth_mm: float
    mhz: float
    focus_mm: float
    gain_db: float = 0.0
    time_gain_db: tuple[float, ...] = (0.0,) * TIME_GAIN_SLIDERS
    """From the face down, on top of what makes good for ordinary tissue."""
    range_db: float = 62.0
    """From black to white."""
    persistence: float = 0.0
    """Share of the picture before that stays."""
    looks: int = 1
    """How many pictures of beams in different directions are averaged: 1, 3 or 5."""


class SettingsRefused(ValueError):
    """No console could be set like that; `str()` says what, and what it may be."""


def usual_settings(transducer: Transducer, depth_mm: float) -> Settings:
    """As a console is found; raises SettingsRefused for a depth it has not."""
    settings = Settings(depth_mm, transducer.mhz, min(transducer.slice_focus_mm, 0.6 * depth_mm))
    check_settings(settings, transducer)
    return settings


def check_settings(settings: Settings, transducer: Transducer) -> None:
    """Raise SettingsRefused with the first thing that cannot be."""
    within = {
        "The depth in mm": (settings.depth_mm, transducer.depths_mm),
        "The frequency in MHz": (settings.mhz, transducer.band_mhz),
        "The focus in mm": (settings.focus_mm, (1.0, settings.depth_mm)),
        "The gain in dB": (settings.gain_db, (-GAIN_DB, GAIN_DB)),
        "The dynamic range in dB": (settings.range_db, RANGES_DB),
        "The persistence": (settings.persistence, (0.0, 0.9)),
    }
    for what, (value, (least, most)) in within.items():
        if not least <= value <= most:
            raise SettingsRefused(f"{what} is {value:g}: from {least:g} to {most:g} is possible.")
    if settings.looks not in LOOKS_DEG:
        raise SettingsRefused(f"The number of looks is {settings.looks}: 1, 3 or 5 is possible.")
    if len(settings.time_gain_db) != TIME_GAIN_SLIDERS:
        raise SettingsRefused(f"There are {TIME_GAIN_SLIDERS} sliders of the time gain.")
    if any(not abs(one) <= TIME_GAIN_DB for one in settings.time_gain_db):
        raise SettingsRefused(f"The time gain goes from -{TIME_GAIN_DB:g} to {TIME_GAIN_DB:g} dB.")
