"""Frozen records that devices deliver and that everything else passes on."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

ImageU8: TypeAlias = NDArray[np.uint8]
"""Pixels, read-only: (height, width) for GRAY8, (height, width, 3) for BGR24."""


class PixelFormat(StrEnum):
    """How the bytes of a picture are to be read."""

    GRAY8 = "gray8"
    BGR24 = "bgr24"


class Origin(StrEnum):
    """What stands behind a frame, so that no recording is taken for a patient."""

    DEVICE = "device"
    SIMULATED = "simulated"
    FILE = "file"
    REPLAY = "replay"


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a sample came; written once, by the driver, and never changed."""

    sequence: int
    """Counts the samples of one opened source from 0; a gap is a loss the driver knows of."""
    arrival_ns: int
    """Host clock, read directly after the blocking read returned."""
    device_ns: int | None = None
    """The device's or file's own time, where it has one; its zero is its own."""


@dataclass(frozen=True, slots=True)
class DoseReading:
    """What an X-ray device says of the dose; None where it does not say."""

    stamp: Stamp
    source: str
    """What states it and for what, in words that may follow a name."""
    dose_area_product_gy_cm2: float | None = None
    reference_point_gy: float | None = None
    """Air kerma at the reference point on the patient's entrance side."""
    fluoroscopy_s: float | None = None
    """Time of exposure."""


@dataclass(frozen=True, slots=True)
class PictureGeometry:
    """Size and format of a picture; a scale or a plan holds for one geometry only."""

    width_px: int
    height_px: int
    pixel_format: PixelFormat


@dataclass(frozen=True, slots=True)
class ScaledRegion:
    """A rectangle of the picture whose pixel size the source itself states.

    Corners are pixel indices, both inclusive, as in DICOM PS3.3 C.8.5.5.
    """

    left_px: int
    top_px: int
    right_px: int
    bottom_px: int
    mm_per_px_x: float
    mm_per_px_y: float

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height."""
        return self.right_px - self.left_px + 1, self.bottom_px - self.top_px + 1


@dataclass(frozen=True, slots=True, eq=False)
class VideoFrame:
    """One video image as the driver gave it; `pixels` must not be written to."""

    pixels: ImageU8
    pixel_format: PixelFormat
    stamp: Stamp
    origin: Origin
    regions: tuple[ScaledRegion, ...] = ()
    overtaken: bool = False
    """A newer one had already come when this one was delivered: to be recorded, not shown."""

    @property
    def geometry(self) -> PictureGeometry:
        """Width and height in pixels, and the pixel format."""
        height_px, width_px = self.pixels.shape[:2]
        return PictureGeometry(width_px, height_px, self.pixel_format)
