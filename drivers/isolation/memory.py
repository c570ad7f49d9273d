"""Memory that two processes share and that has no name, so that no kill can leave it behind."""

import contextlib
import math
import mmap
import os
import secrets
import sys
import tempfile

import numpy as np

from drivers.api.samples import ImageU8, PictureGeometry, PixelFormat

SLOTS = 4
"""One that is being written, one that is being copied, two for a reader that is late."""
SLOT_BYTES = 4096 * 2304 * 3
"""The largest picture, in colour. Pages that no picture has touched take no memory on Linux and
macOS; Windows reserves all of it (113 MB)."""


class SlotMemory:
    """SLOTS pictures' worth of bytes; the creator and the process it is handed to see the same."""

    def __init__(self, mapping: mmap.mmap) -> None:
        self._mapping = mapping

    def slot(self, number: int) -> ImageU8:
        """The bytes of one slot. Drop the array before close()."""
        return np.frombuffer(self._mapping, np.uint8, SLOT_BYTES, number * SLOT_BYTES)

    def copy(self, number: int, geometry: PictureGeometry) -> ImageU8:
        """The picture in a slot, as a read-only array of its own."""
        pixels = shaped(self.slot(number), geometry).copy()
        pixels.flags.writeable = False
        return pixels

    def close(self) -> None:
        """Give the mapping back to the system; at once, or with the last array that looks in."""
        with contextlib.suppress(BufferError):
            self._mapping.close()


def picture_shape(geometry: PictureGeometry) -> tuple[int, ...]:
    """The shape of the array that holds such a picture."""
    plane = (geometry.height_px, geometry.width_px)
    return plane if geometry.pixel_format is PixelFormat.GRAY8 else (*plane, 3)


def fits(geometry: PictureGeometry) -> bool:
    """Whether there is such a picture, and a slot holds it."""
    return 0 < math.prod(picture_shape(geometry)) <= SLOT_BYTES


def shaped(space: ImageU8, geometry: PictureGeometry) -> ImageU8:
    """The beginning of flat `space` as an array for such a picture; no copy."""
    shape = picture_shape(geometry)
    return space[: math.prod(shape)].reshape(shape)


def create_memory() -> tuple[SlotMemory, int | str]:
    """New memory, and what attach_memory needs: a descriptor, which the caller closes, or a tag.

    Linux: memfd. Other POSIX: a temporary file that is already unlinked. Windows: a mapping that
    ends with its last handle.
    """
    size = SLOTS * SLOT_BYTES
    if sys.platform == "win32":
        tag = f"guidance-{secrets.token_hex(16)}"
        return SlotMemory(mmap.mmap(-1, size, tagname=tag)), tag
    descriptor = _anonymous_file()
    try:
        os.truncate(descriptor, size)
        return SlotMemory(mmap.mmap(descriptor, size)), descriptor
    except BaseException:
        os.close(descriptor)
        raise


def attach_memory(key: int | str) -> SlotMemory:
    """The same memory in the other process; closes the descriptor."""
    size = SLOTS * SLOT_BYTES
    if sys.platform == "win32":
        return SlotMemory(mmap.mmap(-1, size, tagname=str(key)))
    descriptor = int(key)
    try:
        return SlotMemory(mmap.mmap(descriptor, size))
    finally:
        os.close(descriptor)


def _anonymous_file() -> int:
    if sys.platform == "linux":
        return os.memfd_create("guidance-pictures")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
