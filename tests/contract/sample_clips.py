"""Small recordings with known content, written when a test needs them."""

import io
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, UltrasoundMultiFrameImageStorage, generate_uid

from drivers.api.samples import ImageU8
from drivers.opencv import cv2

WIDTH_PX, HEIGHT_PX = 64, 48
BIT_PX = 8
"""The width of one bar of a number in a picture."""


def grey(number: int) -> ImageU8:
    """A picture of one grey by which it is recognised."""
    return np.full((HEIGHT_PX, WIDTH_PX), 20 + number % 200, np.uint8)


def noise(number: int) -> ImageU8:
    """A picture that does not compress, so that a cut falls inside one."""
    return np.random.default_rng(number).integers(0, 255, (HEIGHT_PX, WIDTH_PX), dtype=np.uint8)


JPEG = cv2.imencode(".jpg", noise(1))[1].tobytes()
"""One picture as network cameras send it."""


def write_video(
    target: Path | io.BytesIO,
    pictures: Sequence[ImageU8],
    times_ms: Sequence[int],
    codec: str = "ffv1",
    pixel_format: str = "gray",
    container: str | None = None,
    options: dict[str, str] | None = None,
) -> None:
    """Write pictures at their times; FFV1 in grey keeps every value."""
    with av.open(target, "w", format=container, options=options or {}) as file:
        stream = file.add_stream(codec, rate=25)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = pixel_format
        stream.codec_context.time_base = Fraction(1, 1000)
        stream.gop_size = 5
        for pixels, time_ms in zip(pictures, times_ms, strict=True):
            layout = "gray" if pixels.ndim == 2 else "bgr24"
            frame = av.VideoFrame.from_ndarray(pixels, format=layout)
            frame.pts, frame.time_base = time_ms, Fraction(1, 1000)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def transport_stream(seconds: int) -> bytes:
    """MPEG-TS with 25 pictures a second and a whole one in every five."""
    target = io.BytesIO()
    count = seconds * 25
    with av.open(target, "w", format="mpegts") as file:
        stream = file.add_stream("mpeg2video", rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        stream.gop_size = 5
        for number in range(count):
            frame = av.VideoFrame.from_ndarray(grey(number), format="gray")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return target.getvalue()


def reordered_stream(count: int) -> tuple[bytes, list[int]]:
    """MPEG-TS in H.264 with B pictures and a whole one in every 30; their numbers as they are sent.

    number_shown() reads the number back out of a decoded picture.
    """
    target, sent = io.BytesIO(), []
    options = {"bf": "2", "b_strategy": "0", "sc_threshold": "0"}
    with av.open(target, "w", format="mpegts") as file:
        stream = file.add_stream("libx264", rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        stream.gop_size = 30
        for number in [*range(count), None]:
            packets = stream.encode(None if number is None else _numbered(number))
            sent += [round(packet.pts * packet.time_base * 25) for packet in packets]
            file.mux(packets)
    return target.getvalue(), sent


def _numbered(number: int) -> av.VideoFrame:
    pixels = np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
    for bit in range(WIDTH_PX // BIT_PX):
        pixels[:, bit * BIT_PX : (bit + 1) * BIT_PX] = 255 * (number >> bit & 1)
    frame = av.VideoFrame.from_ndarray(pixels, format="gray")
    frame.pts, frame.time_base = number, Fraction(1, 25)
    return frame


def number_shown(pixels: ImageU8) -> int:
    """Of a picture of reordered_stream()."""
    bars = pixels[HEIGHT_PX // 2, BIT_PX // 2 :: BIT_PX].reshape(WIDTH_PX // BIT_PX, -1)
    return sum(1 << bit for bit, bar in enumerate(bars) if bar[0] > 127)


def dicom_header(rows: int = HEIGHT_PX, columns: int = WIDTH_PX, count: int = 1) -> Dataset:
    """An ultrasound header for grey pictures of 8 bits, to be altered as a test needs."""
    header = Dataset()
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    header.file_meta.MediaStorageSOPClassUID = UltrasoundMultiFrameImageStorage
    header.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    header.SOPClassUID = UltrasoundMultiFrameImageStorage
    header.SOPInstanceUID = header.file_meta.MediaStorageSOPInstanceUID
    header.Modality = "US"
    header.Rows, header.Columns, header.NumberOfFrames = rows, columns, count
    header.SamplesPerPixel = 1
    header.PhotometricInterpretation = "MONOCHROME2"
    header.BitsAllocated = header.BitsStored = 8
    header.HighBit, header.PixelRepresentation = 7, 0
    return header


def write_dicom(path: Path, header: Dataset, pixels: np.ndarray) -> None:
    """Write `header` with `pixels`, whose bytes are stored as they are."""
    header.PixelData = pixels.tobytes()
    header["PixelData"].VR = "OW" if pixels.itemsize == 2 else "OB"
    header.save_as(path, enforce_file_format=True)
