"""Reads the pictures of a MetaImage sequence."""

import zlib
from pathlib import Path

import numpy as np

from drivers.api.samples import ImageU8


def read_metaimage(path: Path) -> ImageU8:
    """Its frames, GRAY8: (frame, row, column); also of one that is cut short."""
    head, _, rest = path.read_bytes().partition(b"ElementDataFile")
    lines = head.decode("latin1").splitlines()
    header = dict(line.split(" = ", 1) for line in lines if " = " in line)
    width, height, _ = (int(word) for word in header["DimSize"].split())
    data = rest[rest.index(b"\n") + 1 :]
    packed = header.get("CompressedData") == "True"
    values = np.frombuffer(zlib.decompress(data) if packed else data, np.uint8)
    count = len(values) // (width * height)
    return values[: count * width * height].reshape(count, height, width)
