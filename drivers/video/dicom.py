"""DICOM pictures and cine loops: `dicom:PATH[?pace=real|stepped]`.

pydicom is imported inside the functions that need it: it costs 270 ms and few sessions use it.
"""

import math
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from drivers.api.address import Address, refuse_unknown_options
from drivers.api.errors import ProtocolViolation
from drivers.api.ports import Clock, DeviceInfo, DriverSpec, VideoSource
from drivers.api.samples import DoseReading, ImageU8, PixelFormat, ScaledRegion, Stamp
from drivers.media.playback import Clip, Picture, PlaybackSource, choose_pace, quoted, require_file

if TYPE_CHECKING:
    from pydicom import Dataset

OPTIONS = frozenset({"pace"})
MAX_SIDE_PX = 8192
MAX_PICTURES = 100_000
MAX_BYTES = 2 * 1024**3
"""Larger pictures and loops are refused before memory is taken for them."""
UNSTATED_RATE_HZ = 25.0

_GREY_OR_PALETTE = ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR")
_XRAY = ("XA", "RF")
"""DICOM PS3.3 C.7.3.1: Modality of angiography and of radio-fluoroscopy."""
_SPATIAL_2D, _TISSUE, _CENTIMETRES = 1, 1, 3
"""DICOM PS3.3 C.8.5.5: Region Spatial Format, Region Data Type, Physical Units."""
_BROKEN = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What pydicom raises over a file whose content contradicts itself; found by altering files."""


class DicomClip:
    """The pictures of one DICOM file, decoded one at a time."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._path = path
        self._header = _read_header(path)
        with _explained(path, "its description of the picture makes no sense"):
            self._count = int(self._header.get("NumberOfFrames") or 1)
            _require_decoder(path, self._header)
            _require_sound(path, self._header, self._count)
            self.regions = scaled_regions(self._header)
            self._times_ns = picture_times_ns(self._header, self._count)
            self._figures = dose_figures(self._header)
        self.still = self._count == 1
        self.nominal_rate_hz = self._rate_hz()
        self.length_s = self._length_s()
        self.modality = str(self._header.get("Modality") or "")
        if not self.still and self._times_ns is None:
            self.name += f" (states no rate, shown at {UNSTATED_RATE_HZ:.0f} a second)"

    def pictures(self) -> Iterator[Picture]:
        """Every picture at the time the file states, or 25 a second without a time of its own."""
        for index, pixels in enumerate(self._decode()):
            own_ns = self._times_ns[index] if self._times_ns else None
            due_ns = round(index * 1e9 / UNSTATED_RATE_HZ) if own_ns is None else own_ns
            yield Picture(pixels, _format_of(pixels), due_ns, own_ns)

    def dose(self, stamp: Stamp) -> DoseReading | None:
        """What the header states of this acquisition's dose; None where it states nothing."""
        area_gy_cm2, seconds = self._figures
        if area_gy_cm2 is None and seconds is None:
            return None
        source = f"{quoted(self._path)} for the acquisition in it"
        return DoseReading(stamp, source, area_gy_cm2, None, seconds)

    def close(self) -> None:
        """Nothing is held open between two pictures but what the iterator holds."""

    def _decode(self) -> Iterator[ImageU8]:
        from pydicom.pixels.utils import iter_pixels  # noqa: PLC0415 - see above

        with _explained(self._path, "a picture in it is damaged or missing"):
            for stored in iter_pixels(self._path, indices=range(self._count)):
                yield to_pixels(stored, self._header)

    def _length_s(self) -> float | None:
        if self.still:
            return None
        return self._count / (self.nominal_rate_hz or UNSTATED_RATE_HZ)

    def _rate_hz(self) -> float | None:
        if self._times_ns is None or self._times_ns[-1] == 0:
            return None
        return (self._count - 1) * 1e9 / self._times_ns[-1]


def create(address: Address, clock: Clock) -> VideoSource:
    """A source that plays the file; NotFound for an option that does not exist."""
    refuse_unknown_options(address, OPTIONS)
    path = Path(address.target).expanduser()
    return PlaybackSource(address, clock, choose_pace(address), partial(_open, path))


def discover() -> list[DeviceInfo]:
    """No files are listed: a person chooses one."""
    return []


def scaled_regions(header: "Dataset") -> tuple[ScaledRegion, ...]:
    """The regions with a scale for tissue in both directions (PS3.3 C.8.5.5); others are left out.

    Corners are clipped to the picture: some makers write the column after the last.
    """
    regions = [
        _scaled_region(item, header)
        for item in header.get("SequenceOfUltrasoundRegions") or ()
        if _is_tissue_in_centimetres(item)
    ]
    return tuple(
        region
        for region in regions
        if region.left_px < region.right_px and region.top_px < region.bottom_px
    )


def picture_times_ns(header: "Dataset", count: int) -> list[int] | None:
    """When each picture is shown, from 0; None when the file states neither times nor a rate.

    FrameTimeVector (ms between pictures), FrameTime (ms), CineRate and
    RecommendedDisplayFrameRate (pictures a second), in this order (PS3.3 C.7.6.5).
    """
    steps_ms = header.get("FrameTimeVector")
    if steps_ms is not None and not isinstance(steps_ms, str) and len(steps_ms) == count > 1:
        times_ms = np.cumsum([0.0, *(float(step) for step in steps_ms[1:])])
        if np.isfinite(times_ms).all() and (np.diff(times_ms) > 0).all():
            return [round(time_ms * 1e6) for time_ms in times_ms]
    period_ms = _period_ms(header)
    if period_ms is None:
        return None
    return [round(index * period_ms * 1e6) for index in range(count)]


def dose_figures(header: "Dataset") -> tuple[float | None, float | None]:
    """Area dose product in Gy cm² and exposure time in s; None for what is not stated.

    Of X-ray pictures alone: Image and Fluoroscopy Area Dose Product in dGy cm² and Exposure Time in
    ms (PS3.3 C.8.7.2), which is that of the pictures in this file. No picture's header states the
    dose at the reference point.
    """
    if header.get("Modality") not in _XRAY:
        return None, None
    product_dgy_cm2 = _positive(header.get("ImageAndFluoroscopyAreaDoseProduct"))
    time_ms = _positive(header.get("ExposureTime"))
    return (
        None if product_dgy_cm2 is None else product_dgy_cm2 / 10,
        None if time_ms is None else time_ms / 1000,
    )


def to_pixels(stored: NDArray[Any], header: "Dataset") -> ImageU8:
    """Eight bits, grey or blue-green-red, contiguous and read-only.

    Values deeper than eight bits are scaled by their stored depth, without a window.
    """
    from pydicom.pixels.processing import apply_color_lut  # noqa: PLC0415 - see above

    photometric = header.PhotometricInterpretation
    if photometric == "PALETTE COLOR":
        coloured = apply_color_lut(stored, header)
        stored, bits = coloured, coloured.dtype.itemsize * 8
    else:
        bits = int(header.BitsStored)
    pixels = _to_8_bits(stored, bits, signed=bool(header.get("PixelRepresentation")))
    if photometric == "MONOCHROME1":
        pixels = 255 - pixels
    if pixels.ndim == 3:
        pixels = pixels[..., 2::-1]
    pixels = np.ascontiguousarray(pixels)
    pixels.flags.writeable = False
    return pixels


def _open(path: Path) -> Clip:
    require_file(path)
    return DicomClip(path)


def _read_header(path: Path) -> "Dataset":
    from pydicom import dcmread  # noqa: PLC0415 - see above
    from pydicom.errors import InvalidDicomError  # noqa: PLC0415 - see above

    with _explained(path, "this DICOM file is damaged"):
        try:
            header = dcmread(path, stop_before_pixels=True)
        except InvalidDicomError:
            raise _unreadable(path, "this is not a DICOM file") from None
    if "Rows" not in header or "Columns" not in header:
        raise _unreadable(path, "there is no picture in this DICOM file")
    return header


def _require_decoder(path: Path, header: "Dataset") -> None:
    """Asked before anything is decoded: pydicom raises the same over damage."""
    from pydicom.pixels.decoders.base import get_decoder  # noqa: PLC0415 - see above

    syntax = header.file_meta.TransferSyntaxUID
    try:
        known = get_decoder(syntax).is_available
    except NotImplementedError:  # how pydicom says that it has no decoder for it
        known = False
    if not known:
        cause = f"its pictures are packed in a way that cannot be read here ({syntax.name})"
        raise _unreadable(path, cause)


def _require_sound(path: Path, header: "Dataset", count: int) -> None:
    photometric = header.PhotometricInterpretation
    if photometric not in _GREY_OR_PALETTE and not photometric.startswith(("RGB", "YBR_")):
        raise _unreadable(path, f"its colours ({photometric}) cannot be shown")
    rows, columns = int(header.Rows), int(header.Columns)
    sample_bytes = max(1, int(header.BitsAllocated) // 8)
    if not (0 < rows <= MAX_SIDE_PX and 0 < columns <= MAX_SIDE_PX):
        raise _unreadable(path, "its pictures have no size or are larger than 8192 pixels")
    if not 0 < count <= MAX_PICTURES:
        raise _unreadable(path, f"it states {count} pictures")
    if count * rows * columns * sample_bytes * int(header.SamplesPerPixel) > MAX_BYTES:
        raise _unreadable(path, "it is larger than 2 GiB when unpacked")


def _is_tissue_in_centimetres(item: "Dataset") -> bool:
    deltas = (item.get("PhysicalDeltaX") or 0.0, item.get("PhysicalDeltaY") or 0.0)
    return (
        item.get("RegionSpatialFormat") == _SPATIAL_2D
        and item.get("RegionDataType") == _TISSUE
        and item.get("PhysicalUnitsXDirection") == _CENTIMETRES
        and item.get("PhysicalUnitsYDirection") == _CENTIMETRES
        and all(math.isfinite(delta) and delta != 0 for delta in deltas)
    )


def _scaled_region(item: "Dataset", header: "Dataset") -> ScaledRegion:
    return ScaledRegion(
        left_px=int(item.RegionLocationMinX0),
        top_px=int(item.RegionLocationMinY0),
        right_px=min(int(item.RegionLocationMaxX1), int(header.Columns) - 1),
        bottom_px=min(int(item.RegionLocationMaxY1), int(header.Rows) - 1),
        mm_per_px_x=abs(float(item.PhysicalDeltaX)) * 10,
        mm_per_px_y=abs(float(item.PhysicalDeltaY)) * 10,
    )


def _period_ms(header: "Dataset") -> float | None:
    if (frame_time_ms := _positive(header.get("FrameTime"))) is not None:
        return frame_time_ms
    for name in ("CineRate", "RecommendedDisplayFrameRate"):
        if (rate_hz := _positive(header.get(name))) is not None:
            return 1e3 / rate_hz
    return None


def _positive(value: object) -> float | None:
    number = float(str(value)) if value not in (None, "") else 0.0
    return number if math.isfinite(number) and number > 0 else None


def _to_8_bits(stored: NDArray[Any], bits: int, signed: bool) -> ImageU8:
    if bits <= 8 and not signed:
        return np.asarray(stored, np.uint8)
    lifted = stored.astype(np.int64) + (1 << (bits - 1) if signed else 0)
    return np.asarray(np.clip(lifted >> max(0, bits - 8), 0, 255), np.uint8)


def _format_of(pixels: ImageU8) -> PixelFormat:
    return PixelFormat.GRAY8 if pixels.ndim == 2 else PixelFormat.BGR24


@contextmanager
def _explained(path: Path, cause: str) -> Iterator[None]:
    """Turn what pydicom raises inside into a ProtocolViolation with this cause."""
    from pydicom.errors import BytesLengthException  # noqa: PLC0415 - see above

    try:
        yield
    except (BytesLengthException, *_BROKEN):
        raise _unreadable(path, cause) from None


def _unreadable(path: Path, cause: str) -> ProtocolViolation:
    return ProtocolViolation(quoted(path), "open", cause, "Export the file again.")


DRIVER = DriverSpec(("dicom",), "DICOM picture or cine loop", "dicom:cine.dcm", create, discover)
