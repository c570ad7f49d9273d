"""What a V4L2 device offers, asked by ioctls that disturb nobody who reads it."""

import os
from collections.abc import Iterator

import linuxpy.video.device as v4l2

from drivers.api.ports import VideoFormat
from drivers.attached.buffer_layout import READABLE
from drivers.attached.formats import FormatWish

CAPTURE = v4l2.BufferType.VIDEO_CAPTURE


def ask(node: str) -> list[VideoFormat]:
    """What the device behind this file offers; nothing when it gives no pictures."""
    fd = os.open(node, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        return offered_formats(fd, FormatWish()) if can_capture(fd) else []
    finally:
        os.close(fd)


def can_capture(fd: int) -> bool:
    """Whether pictures can be read from this node, into buffers that are mapped.

    Not from the multi-planar devices that some boards have for their own camera ports.
    """
    capabilities = v4l2.Capability(v4l2.read_capabilities(fd).device_caps)
    needed = v4l2.Capability.VIDEO_CAPTURE | v4l2.Capability.STREAMING
    return needed in capabilities


def offered_formats(fd: int, wish: FormatWish) -> list[VideoFormat]:
    """The formats that can be read, with sizes and rates; a VideoFormat for each size.

    Where a device takes any size or rate between limits, the one it is set to now and the wished
    one stand in the list.
    """
    return [
        VideoFormat(_code(pixel_format), *size, _rates(fd, pixel_format, size, wish))
        for pixel_format in _pixel_formats(fd)
        if _code(pixel_format) in READABLE
        for size in _sizes(fd, pixel_format, wish)
    ]


def _code(pixel_format: int) -> str:
    return str(v4l2.human_pixel_format(pixel_format)).strip(" ")


def _pixel_formats(fd: int) -> list[int]:
    return [one.pixel_format.value for one in v4l2.iter_read_formats(fd, CAPTURE)]


def _sizes(fd: int, pixel_format: int, wish: FormatWish) -> list[tuple[int, int]]:
    sizes: set[tuple[int, int]] = set()
    now = v4l2.get_raw_format(fd, CAPTURE).fmt.pix
    for size in v4l2.iter_read_frame_sizes(fd, pixel_format):
        if size.type == v4l2.FrameSizeType.DISCRETE:
            sizes.add((size.info.width, size.info.height))
            continue
        for wanted in ((now.width, now.height), wish.size_px):
            if wanted is not None and _lies_within(wanted, size.info):
                sizes.add(wanted)
    return sorted(sizes or {(now.width, now.height)})


def _lies_within(size: tuple[int, int], limits: object) -> bool:
    return all(
        getattr(limits, f"min_{side}") <= length <= getattr(limits, f"max_{side}")
        for side, length in zip(("width", "height"), size, strict=True)
    )


def _rates(
    fd: int, pixel_format: int, size: tuple[int, int], wish: FormatWish
) -> tuple[float, ...]:
    rates = {rate for one in _intervals(fd, pixel_format, size) for rate in _of(one, wish)}
    return tuple(sorted((rate for rate in rates if rate > 0), reverse=True))


def _of(interval: object, wish: FormatWish) -> Iterator[float]:
    # An interval's shortest time is the highest rate; the library names them the other way round.
    ends = sorted(float(getattr(interval, name)) for name in ("min_fps", "max_fps"))
    yield from (round(rate, 3) for rate in ends)
    if wish.rate_hz is not None and ends[0] <= wish.rate_hz <= ends[1]:
        yield wish.rate_hz


def _intervals(fd: int, pixel_format: int, size: tuple[int, int]) -> list[object]:
    return list(v4l2.iter_read_frame_intervals(fd, pixel_format, *size))
