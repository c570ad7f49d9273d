"""A session as a tracked sequence of PLUS and 3D Slicer: a MetaImage file, `.igs.mha`.

A head of text with fields for each frame, then all pictures. Its layout is that of PlusLib's
documentation of sequence files. Pictures stand in it as they were recorded, colour as RGB; one
that was lost is black and INVALID. Times are seconds from the session's start, to the nanosecond.
"""

import shutil
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from drivers.api.samples import ImageU8, PictureGeometry, PixelFormat
from guidance_app import PURPOSE
from guidance_app.domain.calibration import PixelScale, largest_region, scale_from_region
from guidance_app.exporting.moments import began_ns, first_judgements
from guidance_app.exporting.output import (
    DAMAGED,
    ExportRefused,
    Progress,
    Written,
    missing_pictures,
    missing_records,
)
from guidance_app.session.errors import SessionError
from guidance_app.session.format import FrameRecord
from guidance_app.session.reader import SessionReader

COMPRESSION_LEVEL = 1
"""Higher ones take several times as long for a file that is hardly smaller."""
PLACE_NOTE = (
    "A scale only: pixels to millimetres from the centre of the first pixel. The place of the "
    "picture at the probe was not calibrated."
)
ORIENTATION_NOTE = "Pictures stand as they were recorded. Their marked side was not calibrated."
UNKNOWN_SCALE = "1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1"
OK, INVALID = "OK", "INVALID"


def write_sequence(
    path: Path, reader: SessionReader, compressed: bool, progress: Progress
) -> Written:
    """Write all frames of a session; raises ExportRefused when they cannot stand in one file.

    The pictures go to a file of their own first: what of them is damaged, and how long they are,
    stands in the head.
    """
    geometry = _only_geometry(reader)
    with tempfile.TemporaryFile(dir=path.parent) as pixels:
        damaged = _write_pixels(pixels, reader, geometry, compressed, progress)
        size = pixels.tell()
        pixels.seek(0)
        with path.open("wb") as file:
            for line in _head(reader, geometry, damaged, size if compressed else None):
                file.write(line.encode("ascii") + b"\n")
            shutil.copyfileobj(pixels, file, 1 << 20)
    lost = [(one.facts.number, one.why_lost) for one in reader.frames if one.place is None]
    found = [*lost, *((number, DAMAGED) for number in damaged)]
    arrivals = [one.facts.stamp.arrival_ns for one in reader.frames]
    return Written(
        count=len(reader.frames),
        missing=(*missing_pictures(found), *missing_records(reader)),
        duration_ns=arrivals[-1] - arrivals[0],
    )


def _only_geometry(reader: SessionReader) -> PictureGeometry:
    """The geometry of all pictures."""
    found = {record.facts.geometry: None for record in reader.frames if record.place is not None}
    if not found:
        raise ExportRefused(f"{reader.path.name} holds no picture.")
    if len(found) > 1:
        sizes = ", ".join(f"{g.width_px} x {g.height_px} {g.pixel_format}" for g in found)
        raise ExportRefused(
            f"The pictures of {reader.path.name} have several sizes ({sizes}), and a sequence "
            "holds one. Export it as .mkv."
        )
    return next(iter(found))


def _write_pixels(
    file: BinaryIO,
    reader: SessionReader,
    geometry: PictureGeometry,
    compressed: bool,
    progress: Progress,
) -> set[int]:
    """Append every picture; the numbers of those that are damaged."""
    damaged = set()
    shape = (geometry.height_px, geometry.width_px)
    black = np.zeros(shape if geometry.pixel_format is PixelFormat.GRAY8 else (*shape, 3), np.uint8)
    packer = zlib.compressobj(COMPRESSION_LEVEL) if compressed else None
    for count, record in enumerate(reader.frames, 1):
        pixels = black
        if record.place is not None:
            try:
                pixels = _as_stored(reader.picture(record))
            except SessionError:
                damaged.add(record.facts.number)
        file.write(packer.compress(pixels.tobytes()) if packer else pixels.tobytes())
        progress(count / len(reader.frames))
    file.write(packer.flush() if packer else b"")
    return damaged


def _as_stored(pixels: ImageU8) -> ImageU8:
    return pixels if pixels.ndim == 2 else pixels[:, :, ::-1]


def _head(
    reader: SessionReader, geometry: PictureGeometry, damaged: set[int], packed: int | None
) -> Iterator[str]:
    """The lines of the head, in the order in which readers need them."""
    colour = geometry.pixel_format is PixelFormat.BGR24
    yield "ObjectType = Image"
    yield "NDims = 3"
    yield "BinaryData = True"
    yield "BinaryDataByteOrderMSB = False"
    yield f"CompressedData = {packed is not None}"
    if packed is not None:
        yield f"CompressedDataSize = {packed}"
    yield "TransformMatrix = 1 0 0 0 1 0 0 0 1"
    yield "Offset = 0 0 0"
    yield "CenterOfRotation = 0 0 0"
    yield "AnatomicalOrientation = RAI"
    yield "ElementSpacing = 1 1 1"
    yield f"DimSize = {geometry.width_px} {geometry.height_px} {len(reader.frames)}"
    if colour:
        yield "ElementNumberOfChannels = 3"
    yield "ElementType = MET_UCHAR"
    yield "Kinds = domain domain list"
    yield "UltrasoundImageOrientation = MF"
    yield f"UltrasoundImageType = {'RGB_COLOR' if colour else 'BRIGHTNESS'}"
    yield f"UltrasoundImageOrientationNote = {ORIENTATION_NOTE}"
    yield f"Purpose = {PURPOSE}"
    yield f"PictureOrigin = {'REPLAY, SIMULATED' if reader.manifest.simulated else 'REPLAY'}"
    yield from _frame_fields(reader, damaged)
    yield "ElementDataFile = LOCAL"


def _frame_fields(reader: SessionReader, damaged: set[int]) -> Iterator[str]:
    """The scale once where it is one for all frames, else with each."""
    scales = _scales(reader)
    fixed = scales[0] if all(_same(scale, scales[0]) for scale in scales) else None
    if any(scales):
        yield f"ImageToProbeTransformNote = {PLACE_NOTE}"
    if fixed is not None:
        yield f"ImageToProbeTransform = {_matrix(fixed)}"
        yield f"ImageToProbeTransformSource = {_how(fixed)}"
    zero_ns = began_ns(reader)
    for place, (record, scale) in enumerate(zip(reader.frames, scales, strict=True)):
        head = f"Seq_Frame{place:04d}_"
        time_s = _seconds(record.facts.stamp.arrival_ns - zero_ns)
        intact = record.place is not None and record.facts.number not in damaged
        yield f"{head}FrameNumber = {record.facts.number}"
        yield f"{head}UnfilteredTimestamp = {time_s}"
        yield f"{head}Timestamp = {time_s}"
        if fixed is None and any(scales):
            yield f"{head}ImageToProbeTransform = {_matrix(scale)}"
            yield f"{head}ImageToProbeTransformStatus = {OK if scale else INVALID}"
            yield f"{head}ImageToProbeTransformSource = {_how(scale) if scale else 'unknown'}"
        yield f"{head}ImageStatus = {OK if intact else INVALID}"


def _scales(reader: SessionReader) -> list[PixelScale | None]:
    """Of each frame, as guidance had it; of one that it never judged, what the source states."""
    judged = {number: snapshot.scale for number, snapshot in first_judgements(reader)}
    return [
        judged[record.facts.number] if record.facts.number in judged else _stated(record)
        for record in reader.frames
    ]


def _stated(record: FrameRecord) -> PixelScale | None:
    regions = record.facts.regions
    return scale_from_region(largest_region(regions), record.facts.geometry) if regions else None


def _matrix(scale: PixelScale | None) -> str:
    if scale is None:
        return UNKNOWN_SCALE
    return f"{scale.mm_per_px_x!r} 0 0 0 0 {scale.mm_per_px_y!r} 0 0 0 0 1 0 0 0 0 1"


def _same(scale: PixelScale | None, other: PixelScale | None) -> bool:
    if scale is None or other is None:
        return scale is other
    return (_matrix(scale), _how(scale)) == (_matrix(other), _how(other))


def _how(scale: PixelScale) -> str:
    """Whether the scale is the source's own, and how sure it is; ASCII, whatever the file held."""
    how = scale.how if scale.how in ("source", "two clicks", "ruler") else "recorded"
    return f"{how}, 1 sigma {scale.sigma_percent:.3g} %"


def _seconds(time_ns: int) -> str:
    """To the nanosecond."""
    time_ns = max(0, time_ns)
    return f"{time_ns // 1_000_000_000}.{time_ns % 1_000_000_000:09d}"
