"""Puts the simulated picture on the screen of an invented scanner, and says what is true of it.

All but picture and clock is drawn once and kept until a setting changes. One thread at a time.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from simulators.consoles.drawing import draw_bar, draw_grey_bar, draw_mark, draw_text
from simulators.consoles.layout import BLACK, WHITE, Box, Colour, Layout
from simulators.consoles.ruler import Ruler, draw_pointer, draw_ruler, make_ruler
from simulators.imaging.beams import Beams
from simulators.imaging.display import PixelGrid, Point
from simulators.imaging.looks import Moment
from simulators.imaging.machine import Machine
from simulators.imaging.settings import Settings
from simulators.imaging.transducer import Transducer

Places: TypeAlias = tuple[NDArray[np.intp], ...]

STARTED_S = 9 * 3600
"""What the clock shows at time 0: nine in the morning."""
DAY_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Keys:
    """What is pressed beside the settings of the machine."""

    mirrored: bool = False
    frozen: int | None = None
    """Number of the picture that is held; None while the picture is live."""


LIVE = Keys()


@dataclass(frozen=True, slots=True)
class ScreenTruth:
    """What a screen shows where; pixels of the screen, centres at whole numbers."""

    left_px: int
    top_px: int
    right_px: int
    bottom_px: int
    """Of what the beams fill; edges inclusive."""
    mm_per_px: float
    marks_px: tuple[Point, ...]
    """Middles of the ruler's marks, downwards; empty without a ruler."""
    step_mm: float
    """From mark to mark; 0 without a ruler."""


@dataclass(frozen=True, slots=True, eq=False)
class _Still:
    """What stays until a setting changes."""

    state: tuple[PixelGrid, Settings, Keys]
    screen: ImageU8
    """Black in the window."""
    where: Places
    """Rows and columns in the window of what is drawn over the picture."""
    over: NDArray[np.uint16]
    """Its colours there."""
    through: NDArray[np.uint16]
    """How much of the picture is seen through it, 255 for all; one per colour."""


class Console:
    """One scanner with one probe; give it pictures of `picture_px`."""

    def __init__(self, layout: Layout, transducer: Transducer) -> None:
        self.layout = layout
        self._transducer = transducer
        self._still: _Still | None = None

    @property
    def picture_px(self) -> tuple[int, int]:
        """Width and height that a machine's picture must have here."""
        return self.layout.window.width, self.layout.window.height

    def truth(self, grid: PixelGrid, settings: Settings) -> ScreenTruth:
        """What a screen with these settings shows where, mirrored or not."""
        picture, ruler = self._picture(grid, settings), self._ruler(grid, settings)
        return ScreenTruth(
            picture.left,
            picture.top,
            picture.right - 1,
            picture.bottom - 1,
            grid.mm_per_px,
            tuple(mark.middle_px for mark in ruler.marks) if ruler else (),
            ruler.style.step_mm if ruler else 0.0,
        )

    def on_screen(self, point_px: Point, keys: Keys = LIVE) -> Point:
        """Where on the screen a point of the machine's picture is shown."""
        window = self.layout.window
        x = window.width - 1 - point_px[0] if keys.mirrored else point_px[0]
        return window.left + x, window.top + point_px[1]

    def draw(
        self,
        picture: ImageU8,
        grid: PixelGrid,
        settings: Settings,
        time_s: float,
        keys: Keys = LIVE,
    ) -> ImageU8:
        """The screen, BGR24, with a grey picture; raises ValueError for one of another size.

        `time_s` moves the clock. While frozen, give it the held picture.
        """
        if picture.shape != self.picture_px[::-1]:
            raise ValueError(
                f"The picture is {picture.shape[1]} x {picture.shape[0]} pixels; the console"
                f" {self.layout.name} shows {self.picture_px[0]} x {self.picture_px[1]}."
            )
        still = self._still_of(grid, settings, keys)
        screen = still.screen.copy()
        part = screen[self.layout.window.pixels]
        shown = cv2.flip(picture, 1) if keys.mirrored else picture
        cv2.cvtColor(shown, cv2.COLOR_GRAY2BGR, dst=part)
        part[still.where] = still.over + part[still.where] * still.through // 255
        draw_text(screen, self.layout.clock, _clock(time_s))
        return screen

    def _still_of(self, grid: PixelGrid, settings: Settings, keys: Keys) -> _Still:
        state = grid, settings, keys
        if self._still is None or self._still.state != state:
            window = self.layout.window.pixels
            screen, on_white = (
                self._draw_still(grid, settings, keys, shade) for shade in (BLACK, WHITE)
            )
            over, through = screen[window].copy(), on_white[window] - screen[window]
            where = np.nonzero((through < 255).any(axis=2))
            screen[window] = BLACK
            self._still = _Still(
                state,
                screen,
                where,
                over[where].astype(np.uint16),
                through[where].astype(np.uint16),
            )
        return self._still

    def _draw_still(
        self, grid: PixelGrid, settings: Settings, keys: Keys, shade: Colour
    ) -> ImageU8:
        """All but picture and clock, with this colour in the window.

        Drawn on black and on white it tells how much is seen through the edges of what it draws.
        """
        layout = self.layout
        screen = np.empty((layout.height_px, layout.width_px, 3), np.uint8)
        screen[:] = layout.background
        for bar in layout.bars:
            draw_bar(screen, bar)
        draw_grey_bar(screen, layout.grey_bar)
        screen[layout.window.pixels] = shade
        figures = _figures(settings, self._transducer)
        for text in layout.texts:
            draw_text(screen, text, figures)
        draw_mark(screen, layout.mark, layout.window, keys.mirrored)
        if keys.frozen is not None:
            draw_text(screen, layout.frozen, {"frame": keys.frozen})
        ruler = self._ruler(grid, settings)
        if ruler is not None:
            draw_ruler(screen, ruler)
            focus_px = layout.window.top + grid.to_px((0.0, settings.focus_mm))[1]
            draw_pointer(screen, ruler, round(focus_px))
        return screen

    def _ruler(self, grid: PixelGrid, settings: Settings) -> Ruler | None:
        style = self.layout.ruler
        if style is None:
            return None
        picture = self._picture(grid, settings)
        return make_ruler(style, grid, settings.depth_mm, self.layout.window, picture)

    def _picture(self, grid: PixelGrid, settings: Settings) -> Box:
        """The pixels whose middles lie between the outermost beams, from the face to the depth."""
        beams = Beams(self._transducer, settings.depth_mm, 1)
        half_mm = 0.5 * beams.width_mm()
        left, top = (math.ceil(at) for at in grid.to_px((-half_mm, beams.top_mm())))
        right, bottom = (math.floor(at) for at in grid.to_px((half_mm, settings.depth_mm)))
        left, top = max(0, left), max(0, top)
        right, bottom = min(right, grid.width_px - 1), min(bottom, grid.height_px - 1)
        window = self.layout.window
        return Box(window.left + left, window.top + top, right - left + 1, bottom - top + 1)


def show(console: Console, machine: Machine, moment: Moment, time_s: float) -> ImageU8:
    """The console's screen with the live picture of a moment, BGR24."""
    return console.draw(machine.image(moment), machine.grid, machine.settings, time_s)


def _figures(settings: Settings, transducer: Transducer) -> Mapping[str, object]:
    """What the texts of a layout may name."""
    return {
        "probe": transducer.title,
        "mhz": settings.mhz,
        "gain_db": settings.gain_db,
        "depth_cm": settings.depth_mm / 10.0,
        "focus_cm": settings.focus_mm / 10.0,
        "range_db": settings.range_db,
        "persistence": settings.persistence,
    }


def _clock(time_s: float) -> Mapping[str, object]:
    seconds = (STARTED_S + math.floor(time_s)) % DAY_S
    return {"hours": seconds // 3600, "minutes": seconds // 60 % 60, "seconds": seconds % 60}
