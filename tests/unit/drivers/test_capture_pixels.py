"""Buffers of every format become the picture that was put into them, or nothing."""

import numpy as np
import pytest

from drivers.api.samples import ImageU8, PixelFormat
from drivers.attached.buffer_layout import READABLE, BufferLayout
from drivers.attached.pixels import convert
from drivers.isolation.memory import shaped
from drivers.opencv import cv2

WIDTH_PX, HEIGHT_PX = 32, 24
PADDING = 16


def picture() -> ImageU8:
    """Two flat halves whose colours survive halved colour resolution."""
    pixels = np.empty((HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    pixels[:, : WIDTH_PX // 2] = (40, 90, 200)
    pixels[:, WIDTH_PX // 2 :] = (180, 120, 60)
    return pixels


def packed_yuv(order: tuple[int, int, int, int]) -> ImageU8:
    """YUV 4:2:2; `order` gives the place of Y0, U, Y1, V in four bytes."""
    i420 = cv2.cvtColor(picture(), cv2.COLOR_BGR2YUV_I420)
    luma = i420[:HEIGHT_PX]
    u, v = i420[HEIGHT_PX:].reshape(2, HEIGHT_PX // 2, WIDTH_PX // 2).repeat(2, axis=1)
    rows = np.empty((HEIGHT_PX, WIDTH_PX // 2, 4), np.uint8)
    for place, plane in zip(order, (luma[:, ::2], u, luma[:, 1::2], v), strict=True):
        rows[:, :, place] = plane
    return rows.reshape(HEIGHT_PX, -1)


def nv12() -> ImageU8:
    i420 = cv2.cvtColor(picture(), cv2.COLOR_BGR2YUV_I420)
    u, v = i420[HEIGHT_PX:].reshape(2, HEIGHT_PX // 2, WIDTH_PX // 2)
    return np.vstack([i420[:HEIGHT_PX], np.dstack([u, v]).reshape(-1, WIDTH_PX)])


def gray() -> ImageU8:
    return cv2.cvtColor(picture(), cv2.COLOR_BGR2GRAY)


def rows_of(code: str) -> ImageU8:
    match code:
        case "YUYV":
            return packed_yuv((0, 1, 2, 3))
        case "UYVY":
            return packed_yuv((1, 0, 3, 2))
        case "NV12":
            return nv12()
        case "YU12":
            return cv2.cvtColor(picture(), cv2.COLOR_BGR2YUV_I420)
        case "BGR3":
            return picture().reshape(HEIGHT_PX, -1)
        case "RGB3":
            return picture()[:, :, ::-1].reshape(HEIGHT_PX, -1)
        case "GREY":
            return gray()
    return np.dstack([np.full_like(gray(), 99), gray()]).reshape(HEIGHT_PX, -1)


def jpeg() -> ImageU8:
    return cv2.imencode(".jpg", picture(), [cv2.IMWRITE_JPEG_QUALITY, 100])[1].ravel()


def space() -> ImageU8:
    return np.full(WIDTH_PX * HEIGHT_PX * 3 + 7, 13, np.uint8)


def padded(code: str) -> tuple[ImageU8, BufferLayout]:
    """The buffer of a device that fills up its rows."""
    rows = rows_of(code)
    layout = BufferLayout(code, WIDTH_PX, HEIGHT_PX, rows.shape[1] + PADDING)
    if code == "YU12":  # its colour rows, and what fills them up, are half as long
        luma, colour = rows[:HEIGHT_PX], rows[HEIGHT_PX:].reshape(HEIGHT_PX, -1)
        parts = [np.pad(luma, ((0, 0), (0, PADDING))), np.pad(colour, ((0, 0), (0, PADDING // 2)))]
        return np.concatenate([part.ravel() for part in parts]), layout
    return np.pad(rows, ((0, 0), (0, PADDING)), constant_values=255).ravel(), layout


UNCOMPRESSED = [code for code in READABLE if code not in ("MJPG", "JPEG")]


@pytest.mark.parametrize("code", UNCOMPRESSED)
@pytest.mark.parametrize("fill", [False, True], ids=["tight rows", "filled rows"])
def test_a_buffer_becomes_its_picture_in_the_given_place(code: str, fill: bool) -> None:
    rows = rows_of(code)
    data, layout = rows.ravel(), BufferLayout(code, WIDTH_PX, HEIGHT_PX, rows.shape[1])
    if fill:
        data, layout = padded(code)
    place = space()
    geometry = convert(data, layout, place)
    assert geometry is not None
    expected = gray() if code in ("GREY", "Y16") else picture()
    assert (geometry.pixel_format is PixelFormat.GRAY8) == (expected.ndim == 2)
    difference = cv2.absdiff(shaped(place, geometry), expected)
    exact = code in ("BGR3", "RGB3", "GREY", "Y16")
    assert difference.max() <= (0 if exact else 3)
    assert np.all(place[expected.size :] == 13)


@pytest.mark.parametrize("code", UNCOMPRESSED)
def test_a_short_buffer_is_no_picture(code: str) -> None:
    rows = rows_of(code)
    layout = BufferLayout(code, WIDTH_PX, HEIGHT_PX, rows.shape[1])
    assert convert(rows.ravel()[:-1], layout, space()) is None


@pytest.mark.parametrize("size_px", [(WIDTH_PX, HEIGHT_PX), (WIDTH_PX * 2, HEIGHT_PX * 2)])
def test_a_jpeg_comes_in_its_own_size_whatever_was_agreed(size_px: tuple[int, int]) -> None:
    place = space()
    geometry = convert(jpeg(), BufferLayout("MJPG", *size_px, 0), place)
    assert geometry is not None
    assert (geometry.width_px, geometry.height_px) == (WIDTH_PX, HEIGHT_PX)
    inner = cv2.absdiff(shaped(place, geometry), picture())[:, 2 : WIDTH_PX // 2 - 2]
    assert inner.max() <= 3


@pytest.mark.parametrize(
    "data",
    [jpeg()[:-2], jpeg()[: jpeg().size // 2], jpeg()[20:], np.zeros(500, np.uint8), jpeg()[:0]],
    ids=["without end", "half", "without beginning", "zeros", "nothing"],
)
def test_a_damaged_jpeg_is_no_picture(data: ImageU8) -> None:
    assert convert(data, BufferLayout("MJPG", WIDTH_PX, HEIGHT_PX, 0), space()) is None


def test_a_jpeg_larger_than_the_memory_is_no_picture() -> None:
    data = cv2.imencode(".jpg", np.zeros((4000, 8000), np.uint8))[1].ravel()
    assert convert(data, BufferLayout("MJPG", WIDTH_PX, HEIGHT_PX, 0), space()) is None


@pytest.mark.parametrize(
    ("layout", "words"),
    [
        (BufferLayout("YUYV", 640, 480, 0), "rows of 0 bytes are too short"),
        (BufferLayout("YUYV", 640, 480, 1278), "rows of 1278 bytes are too short"),
        (BufferLayout("YUYV", 641, 480, 1284), "YUYV pictures of the odd size 641x480"),
        (BufferLayout("NV12", 640, 481, 640), "NV12 pictures of the odd size 640x481"),
        (BufferLayout("YU12", 641, 480, 642), "YU12 pictures of the odd size 641x480"),
        (BufferLayout("GREY", 8192, 8192, 8192), "pictures of 8192x8192, which cannot be read"),
        (BufferLayout("MJPG", 8192, 8192, 0), "pictures of 8192x8192, which cannot be read"),
        (BufferLayout("MJPG", 0, 0, 0), "pictures of 0x0, which cannot be read"),
    ],
)
def test_what_cannot_be_read_is_named(layout: BufferLayout, words: str) -> None:
    assert words in layout.flaw


@pytest.mark.parametrize("code", READABLE)
def test_a_sound_layout_has_no_flaw(code: str) -> None:
    row_bytes = 0 if code in ("MJPG", "JPEG") else rows_of(code).shape[1]
    assert BufferLayout(code, WIDTH_PX, HEIGHT_PX, row_bytes).flaw == ""
