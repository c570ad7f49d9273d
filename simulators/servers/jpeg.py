"""Pictures as JPEG, for the protocols that carry it."""

from drivers.api.samples import ImageU8
from drivers.opencv import cv2

QUALITY = 90
"""Set by eye: no blocks are seen in speckle. A simulated knee of 640x480 takes 60 kB."""


def jpeg(pixels: ImageU8) -> bytes:
    """A JPEG with the usual Huffman tables (ITU-T T.81, K.3); colour is sampled 4:2:0."""
    options = [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
    data: bytes = cv2.imencode(".jpg", pixels, options)[1].tobytes()
    return data
