"""Video and picture files: their own pace, their pixels, and what is said of broken ones."""

import os
import re
import struct
import threading
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from sample_clips import JPEG, grey, noise, write_video

from drivers.api.clock import ManualClock, SystemClock
from drivers.api.errors import (
    DeviceError,
    Disconnected,
    EndOfStream,
    NotFound,
    ProtocolViolation,
)
from drivers.api.ports import VideoSource
from drivers.api.samples import Origin, PixelFormat, VideoFrame
from drivers.opencv import cv2

Create = Callable[..., VideoSource]
Refusal = Callable[[str], DeviceError]

UNEVEN_MS = [0, 40, 100, 350, 360]
FRAMES_IN_SCAN = 180


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(5_000_000_000)


@pytest.fixture
def uneven(tmp_path: Path) -> Path:
    path = tmp_path / "uneven.mkv"
    write_video(path, [grey(10 * n) for n in range(len(UNEVEN_MS))], UNEVEN_MS)
    return path


@pytest.fixture
def scan(shared_data: Path) -> Path:
    return shared_data / "needle/paulokwija/ph_dev_first3s.mp4"


def read_all(source: VideoSource) -> tuple[list[VideoFrame], DeviceError]:
    """Every frame, and the error behind the last."""
    frames: list[VideoFrame] = []
    try:
        while True:
            frames.append(source.read())
    except DeviceError as end:
        return frames, end


def play(create: Create, path: Path) -> tuple[list[VideoFrame], DeviceError]:
    """Every frame of a file without waiting, and the error behind the last."""
    source = create(f"file:{path}?pace=stepped")
    source.open()
    return read_all(source)


def test_real_pace_is_that_of_the_file(uneven: Path, clock: ManualClock, create: Create) -> None:
    source = create(f"file:{uneven}", clock)
    source.open()
    frames, end = read_all(source)
    since_first = [frame.stamp.arrival_ns - 5_000_000_000 for frame in frames]
    assert since_first == [ms * 1_000_000 for ms in UNEVEN_MS]
    assert [frame.stamp.device_ns for frame in frames] == since_first
    assert [frame.stamp.sequence for frame in frames] == [0, 1, 2, 3, 4]
    assert isinstance(end, EndOfStream)


def test_a_real_scan_plays_at_its_own_speed(scan: Path, clock: ManualClock, create: Create) -> None:
    source = create(f"file:{scan}", clock)
    info = source.open()
    frames, end = read_all(source)
    lags = {frame.stamp.arrival_ns - (frame.stamp.device_ns or 0) for frame in frames}
    assert isinstance(end, EndOfStream)
    assert len(frames) == FRAMES_IN_SCAN and len(lags) == 1
    assert (info.nominal_rate_hz, info.origin, info.still) == (60.0, Origin.FILE, False)
    assert {frame.pixels.shape for frame in frames} == {(860, 1080, 3)}


def test_a_late_reader_gets_every_frame_at_once(
    uneven: Path, clock: ManualClock, create: Create
) -> None:
    source = create(f"file:{uneven}", clock)
    source.open()
    source.read()
    clock.advance(10_000_000_000)
    frames, _ = read_all(source)
    assert [frame.stamp.sequence for frame in frames] == [1, 2, 3, 4]
    assert {frame.stamp.arrival_ns for frame in frames} == {15_000_000_000}


def test_stepped_pace_waits_for_nothing(uneven: Path, clock: ManualClock, create: Create) -> None:
    source = create(f"file:{uneven}?pace=stepped", clock)
    source.open()
    frames, _ = read_all(source)
    assert clock.now_ns() == 5_000_000_000
    assert [frame.stamp.device_ns for frame in frames] == [ms * 1_000_000 for ms in UNEVEN_MS]


def test_the_end_stays_the_end(uneven: Path, create: Create) -> None:
    source = create(f"file:{uneven}?pace=stepped")
    source.open()
    read_all(source)
    for _ in range(2):
        with pytest.raises(EndOfStream):
            source.read()


class AnnouncingClock(SystemClock):
    """Tells when somebody begins to wait."""

    def __init__(self) -> None:
        self.waiting = threading.Event()

    def wait_until(self, deadline_ns: int, interrupted: threading.Event) -> bool:
        if deadline_ns > self.now_ns():
            self.waiting.set()
        return super().wait_until(deadline_ns, interrupted)


def test_a_long_wait_for_the_next_picture_can_be_interrupted(
    tmp_path: Path, create: Create
) -> None:
    write_video(tmp_path / "slow.mkv", [grey(0), grey(1)], [0, 600_000])
    clock = AnnouncingClock()
    source = create(f"file:{tmp_path / 'slow.mkv'}", clock)
    source.open()
    source.read()
    results: list[tuple[list[VideoFrame], DeviceError]] = []
    reader = threading.Thread(target=lambda: results.append(read_all(source)), daemon=True)
    reader.start()
    assert clock.waiting.wait(10)
    source.interrupt()
    reader.join(timeout=10)
    ((frames, end),) = results
    assert frames == [] and isinstance(end, Disconnected)


def test_a_grey_stream_keeps_every_value(uneven: Path, create: Create) -> None:
    source = create(f"file:{uneven}?pace=stepped")
    source.open()
    frames, _ = read_all(source)
    assert {frame.pixel_format for frame in frames} == {PixelFormat.GRAY8}
    for number, frame in enumerate(frames):
        assert np.array_equal(frame.pixels, grey(10 * number))


def test_colours_are_blue_green_red(tmp_path: Path, create: Create) -> None:
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[:] = (200, 100, 50)
    write_video(tmp_path / "colour.mkv", [picture], [0], pixel_format="bgr0")
    source = create(f"file:{tmp_path / 'colour.mkv'}?pace=stepped")
    source.open()
    frame = source.read()
    assert frame.pixel_format is PixelFormat.BGR24
    assert np.array_equal(frame.pixels, picture)


def test_colour_gray_gives_grey_pictures_of_a_colour_video(scan: Path, create: Create) -> None:
    frames = []
    for options in ("pace=stepped", "pace=stepped&colour=gray"):
        source = create(f"file:{scan}?{options}")
        source.open()
        frames.append(source.read())
    colour, gray = frames
    assert gray.pixel_format is PixelFormat.GRAY8
    difference = cv2.absdiff(gray.pixels, cv2.cvtColor(colour.pixels, cv2.COLOR_BGR2GRAY))
    assert difference.max() <= 1


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif"])
@pytest.mark.parametrize(
    ("picture", "pixel_format"),
    [
        (noise(1), PixelFormat.GRAY8),
        (np.dstack([noise(1), noise(2), noise(3)]), PixelFormat.BGR24),
    ],
    ids=["grey", "colour"],
)
def test_a_still_comes_five_times_a_second(
    suffix: str,
    picture: np.ndarray,
    pixel_format: PixelFormat,
    tmp_path: Path,
    clock: ManualClock,
    create: Create,
) -> None:
    path = tmp_path / f"still{suffix}"
    cv2.imwrite(str(path), picture)
    source = create(f"file:{path}", clock)
    info = source.open()
    frames = [source.read() for _ in range(4)]
    arrivals = [frame.stamp.arrival_ns for frame in frames]
    assert info.still and info.nominal_rate_hz is None
    assert [later - earlier for earlier, later in pairwise(arrivals)] == [200_000_000] * 3
    assert all(np.array_equal(frame.pixels, picture) for frame in frames)
    assert {(frame.pixel_format, frame.stamp.device_ns) for frame in frames} == {
        (pixel_format, None)
    }


def test_a_stepped_still_comes_once(tmp_path: Path, create: Create) -> None:
    cv2.imwrite(str(tmp_path / "still.png"), noise(1))
    source = create(f"file:{tmp_path / 'still.png'}?pace=stepped")
    source.open()
    frames, end = read_all(source)
    assert len(frames) == 1 and isinstance(end, EndOfStream)


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format", "options"),
    [
        ("clip.mkv", "ffv1", "gray", {}),
        ("clip.mkv", "mpeg4", "yuv420p", {}),
        ("clip.mp4", "mpeg4", "yuv420p", {"movflags": "faststart"}),
        ("clip.avi", "mjpeg", "yuvj420p", {}),
    ],
    ids=["ffv1.mkv", "mpeg4.mkv", "mpeg4.mp4", "mjpeg.avi"],
)
def test_a_cut_video_plays_to_the_cut_and_says_so(
    name: str,
    codec: str,
    pixel_format: str,
    options: dict[str, str],
    tmp_path: Path,
    create: Create,
) -> None:
    path = tmp_path / name
    pictures = [noise(n) for n in range(50)]
    write_video(path, pictures, range(0, 2000, 40), codec, pixel_format, options=options)
    whole, _ = play(create, path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 9 // 20])
    frames, end = play(create, path)
    assert 10 < len(frames) < 40
    assert isinstance(end, ProtocolViolation)
    stated = re.fullmatch(rf'"{name}": the video breaks off after (.+) s\. Copy .+', str(end))
    assert stated is not None
    assert float(stated[1]) == pytest.approx((frames[-1].stamp.device_ns or 0) / 1e9, abs=0.1)
    for before, after in zip(whole, frames, strict=False):
        assert np.array_equal(before.pixels, after.pixels)


def test_behind_a_cut_comes_the_end(tmp_path: Path, create: Create) -> None:
    path = tmp_path / "clip.mkv"
    write_video(path, [noise(n) for n in range(50)], range(0, 2000, 40))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    source = create(f"file:{path}?pace=stepped")
    source.open()
    assert isinstance(read_all(source)[1], ProtocolViolation)
    assert isinstance(read_all(source)[1], EndOfStream)


def test_a_video_that_lacks_the_end_of_its_last_picture_says_so(
    tmp_path: Path, create: Create
) -> None:
    path = tmp_path / "clip.mp4"
    pictures = [noise(n) for n in range(10)]
    options = {"movflags": "faststart"}
    write_video(path, pictures, range(0, 400, 40), "mpeg4", "yuv420p", options=options)
    path.write_bytes(path.read_bytes()[:-500])
    frames, end = play(create, path)
    assert len(frames) == 9
    assert isinstance(end, ProtocolViolation) and "breaks off after 0.4 s" in str(end)


def test_damaged_pictures_are_left_out_as_a_gap(tmp_path: Path, create: Create) -> None:
    path = tmp_path / "clip.avi"
    write_video(
        path, [noise(n) for n in range(10)], range(0, 400, 40), "mjpeg", pixel_format="yuvj420p"
    )
    data = bytearray(path.read_bytes())
    third_end = [at for at in range(len(data)) if data[at : at + 2] == b"\xff\xd9"][2]
    data[third_end - 500 : third_end + 2] = bytes(502)
    path.write_bytes(data)
    source = create(f"file:{path}?pace=stepped")
    source.open()
    frames, end = read_all(source)
    assert [frame.stamp.sequence for frame in frames] == [0, 1, 3, 4, 5, 6, 7, 8, 9]
    assert isinstance(end, EndOfStream) and "damaged pictures left out: 1" in str(end)


def huge_png() -> bytes:
    """The header of a picture of 20000 x 20000 pixels, in 90 bytes."""
    size = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", size), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.mp4", b""),
        ("text.mp4", b"This is a letter, not a video.\n" * 50),
        ("text.txt", b"FFmpeg would draw this as a picture.\n" * 50),
        ("random.mp4", np.random.default_rng(1).bytes(20_000)),
        ("list.m3u8", b"#EXTM3U\n#EXTINF:1,\nclip.mkv\n"),
        ("list.ffconcat", b"ffconcat version 1.0\nfile clip.mkv\n"),
        ("text.png", b"This is no picture."),
        ("cut.jpg", JPEG[:-300]),
    ],
)
def test_what_is_no_video_is_refused(
    name: str, content: bytes, tmp_path: Path, refusal: Refusal
) -> None:
    write_video(tmp_path / "clip.mkv", [grey(0)], [0])  # what the lists name
    (tmp_path / name).write_bytes(content)
    error = refusal(f"file:{tmp_path / name}")
    assert isinstance(error, ProtocolViolation)
    assert f'"{name}"' in str(error)


def test_a_huge_picture_is_refused_before_memory_is_taken(tmp_path: Path, refusal: Refusal) -> None:
    (tmp_path / "huge.png").write_bytes(huge_png())
    error = refusal(f"file:{tmp_path / 'huge.png'}")
    assert isinstance(error, ProtocolViolation) and "too large" in str(error)


def test_a_file_with_sound_only_is_refused(tmp_path: Path, refusal: Refusal) -> None:
    with av.open(tmp_path / "sound.mp4", "w") as file:
        stream = file.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate = 8000
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    error = refusal(f"file:{tmp_path / 'sound.mp4'}")
    assert isinstance(error, ProtocolViolation) and "no video in this file" in str(error)


def test_a_video_without_a_decoder_is_refused(uneven: Path, refusal: Refusal) -> None:
    uneven.write_bytes(uneven.read_bytes().replace(b"V_FFV1", b"V_XXXX"))
    error = refusal(f"file:{uneven}")
    assert isinstance(error, ProtocolViolation) and "packed in a way" in str(error)


def test_a_missing_file_and_a_folder_are_not_found(tmp_path: Path, refusal: Refusal) -> None:
    assert isinstance(refusal(f"file:{tmp_path / 'missing.mp4'}"), NotFound)
    assert isinstance(refusal(f"file:{tmp_path}"), NotFound)


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path, refusal: Refusal) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    assert isinstance(refusal(f"file:{tmp_path / 'pipe.mp4'}"), NotFound)


@pytest.mark.parametrize("option", ["pace=slow", "colour=red", "speed=2"])
def test_options_that_do_not_exist_are_refused(option: str, uneven: Path, refusal: Refusal) -> None:
    error = refusal(f"file:{uneven}?{option}")
    assert isinstance(error, NotFound) and option.partition("=")[0] in str(error)
