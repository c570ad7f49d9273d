"""JPEG in packets of RTP, put together again as RFC 2435 describes it."""

import struct

import numpy as np
import pytest

from drivers.api.errors import ProtocolViolation
from drivers.api.samples import ImageU8, Origin, PixelFormat, Stamp, VideoFrame
from drivers.opencv import cv2
from simulators.servers.jpeg import jpeg
from simulators.servers.rtp_jpeg import JpegPicture, RtpStream, scan_of


def picture(pixels: ImageU8, device_ns: int | None = 0, arrival_ns: int = 0) -> JpegPicture:
    colour = PixelFormat.GRAY8 if pixels.ndim == 2 else PixelFormat.BGR24
    stamp = Stamp(0, arrival_ns, device_ns)
    return JpegPicture(VideoFrame(pixels, colour, stamp, Origin.SIMULATED))


def noise(height: int, width: int) -> ImageU8:
    return np.random.default_rng(1).integers(0, 255, (height, width), dtype=np.uint8)


def test_the_pieces_hold_the_whole_scan_and_its_tables() -> None:
    pixels = noise(120, 160)
    pieces = picture(pixels).payloads
    scan = scan_of(jpeg(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)))
    assert len(pieces) > 3 and max(map(len, pieces)) == 1400
    at = 0
    for number, piece in enumerate(pieces):
        offset, kind, quality, width, height = struct.unpack_from(">IBBBB", piece)
        assert (offset, kind, quality, width * 8, height * 8) == (at, 1, 255, 160, 120)
        begin = 8
        if number == 0:
            assert struct.unpack_from(">BBH", piece, 8) == (0, 0, 128)
            assert piece[12:140] == scan.tables
            begin = 140
        assert piece[begin:] == scan.data[at : at + len(piece) - begin]
        at += len(piece) - begin
    assert at == len(scan.data)


def test_the_tables_are_those_of_the_picture() -> None:
    """The first number of each: 16 and 17 at quality 50 (T.81, K.1), a fifth of that at 90."""
    tables = scan_of(jpeg(cv2.cvtColor(noise(64, 64), cv2.COLOR_GRAY2BGR))).tables
    assert (len(tables), tables[0], tables[64]) == (128, 3, 3)


def test_a_size_that_is_no_multiple_of_eight_is_filled_up_with_black() -> None:
    width, height = picture(noise(50, 90)).payloads[0][6:8]
    assert (width * 8, height * 8) == (96, 56)


def test_a_picture_that_is_too_large_is_refused_with_its_size() -> None:
    picture(np.zeros((8, 2040), np.uint8))
    with pytest.raises(ProtocolViolation, match="it is 2041x8"):
        picture(np.zeros((8, 2041), np.uint8))


def test_packets_count_on_and_the_last_of_a_picture_is_marked() -> None:
    stream = RtpStream(0x01020304)
    one = picture(noise(64, 64), device_ns=2_000_000_000)
    packets = stream.packets(one) + stream.packets(one)
    heads = [struct.unpack_from(">BBHII", packet) for packet in packets]
    numbers = [head[2] for head in heads]
    assert numbers == list(range(numbers[0], numbers[0] + len(packets)))
    marks = [head[1] >> 7 for head in heads]
    assert sum(marks) == 2 and marks[-1] == 1
    assert {(head[0], head[1] & 127, head[3], head[4]) for head in heads} == {
        (0x80, 26, 180_000, 0x01020304)
    }
    assert packets[0][12:] == one.payloads[0]


def test_a_source_without_a_time_of_its_own_has_that_of_its_coming() -> None:
    assert picture(noise(8, 8), None, arrival_ns=1_000_000_000).time == 90_000
    day_ns = 86_400_000_000_000
    assert picture(noise(8, 8), day_ns).time == 86_400 * 90_000 % 2**32
