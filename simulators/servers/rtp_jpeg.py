"""JPEG in packets of RTP (RFC 2435): no tables of Huffman codes, no headers, only what differs."""

import struct
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from drivers.api.errors import ProtocolViolation
from drivers.api.samples import ImageU8, VideoFrame
from drivers.opencv import cv2
from simulators.servers.feed import source_time_ns
from simulators.servers.jpeg import jpeg

PAYLOAD_TYPE = 26
CLOCK_HZ = 90_000
LARGEST_PX = 2040
"""Sides are written as a byte of eights (RFC 2435, 3.1.5)."""
BLOCK_PX = 8
PAYLOAD_BYTES = 1400
"""With all headers a packet fits into one of Ethernet."""

_YUV_420, _OWN_TABLES = 1, 255
_SOI, _EOI, _SOS, _DQT = 0xD8, b"\xff\xd9", 0xDA, 0xDB
_TABLE_BYTES = 64
_RTP = struct.Struct(">BBHII")
_VERSION, _LAST = 0x80, 0x80


@dataclass(frozen=True, slots=True)
class Scan:
    """What of a JPEG goes over the wire."""

    tables: bytes
    """The two quantisation tables, 64 bytes each."""
    data: bytes


def scan_of(data: bytes) -> Scan:
    """Take apart a JPEG in colour, 4:2:0, with the usual Huffman tables."""
    tables, at = b"", 2
    while data[at + 1] != _SOS:
        size = int.from_bytes(data[at + 2 : at + 4])
        if data[at + 1] == _DQT:
            tables += _tables(data[at + 4 : at + 2 + size])
        at += 2 + size
    begin = at + 2 + int.from_bytes(data[at + 2 : at + 4])
    return Scan(tables, data[begin : data.rindex(_EOI)])


def _tables(segment: bytes) -> bytes:
    """Without the byte in front of each, which numbers it; they come in order."""
    step = 1 + _TABLE_BYTES
    return b"".join(segment[at + 1 : at + step] for at in range(0, len(segment), step))


class JpegPicture:
    """A picture whose packets are made when the first client takes it."""

    def __init__(self, frame: VideoFrame) -> None:
        """ProtocolViolation for one that is too large."""
        height, width = frame.pixels.shape[:2]
        if max(height, width) > LARGEST_PX:
            raise ProtocolViolation(
                "The picture",
                "send",
                f"RTSP carries JPEG up to {LARGEST_PX} pixels, and it is {width}x{height}",
                "Serve it as MJPEG.",
            )
        self._pixels = frame.pixels
        self.time = source_time_ns(frame) * CLOCK_HZ // 1_000_000_000 & 0xFFFFFFFF
        """Of the source, in steps of RTP."""

    @cached_property
    def payloads(self) -> list[bytes]:
        """Without the headers of RTP, which count for each client."""
        pixels = _in_blocks(self._pixels)
        height, width = pixels.shape[:2]
        scan = scan_of(jpeg(pixels))
        tables = struct.pack(">BBH", 0, 0, len(scan.tables)) + scan.tables
        pieces, at = [], 0
        while at < len(scan.data):
            head = struct.pack(
                ">IBBBB", at, _YUV_420, _OWN_TABLES, width // BLOCK_PX, height // BLOCK_PX
            )
            head += b"" if at else tables
            piece = scan.data[at : at + PAYLOAD_BYTES - len(head)]
            pieces.append(head + piece)
            at += len(piece)
        return pieces


def _in_blocks(pixels: ImageU8) -> ImageU8:
    """In colour, as RTP has JPEG no other way, and black up to whole blocks of eight."""
    height, width = pixels.shape[:2]
    down, across = -height % BLOCK_PX, -width % BLOCK_PX
    colour = cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR) if pixels.ndim == 2 else pixels
    return np.pad(colour, ((0, down), (0, across), (0, 0)))


class RtpStream:
    """The packets of one client, in order."""

    def __init__(self, source_id: int) -> None:
        """`source_id` tells streams apart: 32 bits, drawn by chance (RFC 3550, 8.1)."""
        self._source_id = source_id
        self._sequence = 0

    def packets(self, picture: JpegPicture) -> list[bytes]:
        """Those of a picture; the last one is marked."""
        last = len(picture.payloads) - 1
        return [
            self._header(_LAST if number == last else 0, picture.time) + payload
            for number, payload in enumerate(picture.payloads)
        ]

    def _header(self, mark: int, time: int) -> bytes:
        self._sequence = self._sequence + 1 & 0xFFFF
        kind = mark | PAYLOAD_TYPE
        return _RTP.pack(_VERSION, kind, self._sequence, time, self._source_id)
