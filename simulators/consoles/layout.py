"""What an invented scanner shows where on its screen: plain data.

Places are in pixels of the screen, x right and y down; colours are blue, green, red.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Colour: TypeAlias = tuple[int, int, int]
Place: TypeAlias = tuple[int, int]

BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)


class Side(StrEnum):
    """Where the ruler stands."""

    LEFT = "left"
    """Left of the window."""
    RIGHT = "right"
    """Right of the window."""
    INSIDE = "inside"
    """In the picture, along its right border."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the screen; `right` and `bottom` are exclusive."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """First column beside it."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """First row below it."""
        return self.top + self.height

    @property
    def pixels(self) -> tuple[slice, slice]:
        """Its rows and columns."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


@dataclass(frozen=True, slots=True)
class RulerStyle:
    """How the depth is marked; the first mark is at the middle of the probe's face."""

    side: Side
    step_mm: float
    longer_every: int
    """Every how many marks one is longer; 1 where all are alike."""
    lengths_px: tuple[int, int]
    """Of marks and of longer ones."""
    dots: bool
    """Discs as wide as the lengths say, and no lines."""
    numbers_px: int
    """Height of the centimetres beside the longer marks; 0 for none."""
    colour: Colour


@dataclass(frozen=True, slots=True)
class Text:
    """Lines one below the other; figures of the settings stand for names in braces."""

    left: int
    middle: int
    """Row through the middle of the first line's capitals."""
    height_px: int
    """Of capitals."""
    colour: Colour
    lines: tuple[str, ...]
    step_px: int = 0
    """From line to line."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A menu: a shaded box with keys side by side, or one below the other where it is high."""

    box: Box
    shade: Colour
    ink: Colour
    height_px: int = 10
    """Of the capitals on its keys."""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrientationMark:
    """The mark that tells which end of the probe is shown on which side."""

    on_right: bool
    """Before the picture is mirrored."""
    inset_px: int
    """From the window's side inwards to its middle; outwards where negative."""
    drop_px: int
    """Below the window's upper border."""
    radius_px: int
    letter: str
    """Cut out of the disc; empty for none."""
    colour: Colour


@dataclass(frozen=True, slots=True)
class Layout:
    """One scanner's screen."""

    name: str
    width_px: int
    height_px: int
    background: Colour
    window: Box
    """In which the picture lies, on black."""
    ruler: RulerStyle | None
    mark: OrientationMark
    bars: tuple[Bar, ...]
    texts: tuple[Text, ...]
    grey_bar: Box
    clock: Text
    """One line with {hours}, {minutes} and {seconds}."""
    frozen: Text
    """Shown while the picture is held, with {frame}."""
