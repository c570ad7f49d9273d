"""The sources that the contract is checked on. A new driver adds a line to SOURCES.

Each entry is a context manager that gets an empty folder and gives an address; it calls
pytest.skip with a reason where its source cannot be had. What it gives must be able to deliver
for some seconds at its own pace.
"""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from mjpeg_server import MjpegServer
from sample_clips import dicom_header, grey, write_dicom, write_video
from stream_servers import rtsp_server, udp_sender

from drivers.api.address import parse_address
from drivers.api.clock import ManualClock, SystemClock
from drivers.api.ports import SourceInfo
from drivers.api.samples import Origin, PictureGeometry, PixelFormat, Stamp, VideoFrame
from drivers.opencv import cv2
from drivers.video import capture
from simulators.servers import rtsp, video
from simulators.sources import create

SHARED_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@contextlib.contextmanager
def video_file(folder: Path) -> Iterator[str]:
    """Two seconds at 25 pictures a second."""
    path = folder / "clip.mkv"
    write_video(path, [grey(n) for n in range(50)], range(0, 2000, 40))
    yield f"file:{path}"


@contextlib.contextmanager
def real_recording(folder: Path) -> Iterator[str]:
    """Three seconds of a hand-held scan."""
    path = SHARED_DATA / "needle/paulokwija/ph_dev_first3s.mp4"
    if not path.exists():
        pytest.skip("the real recordings are not here (expected in ../shared/data)")
    yield f"file:{path}"


@contextlib.contextmanager
def picture_file(folder: Path) -> Iterator[str]:
    """One picture in colour."""
    path = folder / "picture.png"
    cv2.imwrite(str(path), cv2.cvtColor(grey(7), cv2.COLOR_GRAY2BGR))
    yield f"file:{path}"


@contextlib.contextmanager
def dicom_picture(folder: Path) -> Iterator[str]:
    """One DICOM picture."""
    path = folder / "picture.dcm"
    write_dicom(path, dicom_header(), grey(7))
    yield f"dicom:{path}"


@contextlib.contextmanager
def dicom_cine(folder: Path) -> Iterator[str]:
    """A DICOM cine loop of two seconds."""
    path = folder / "cine.dcm"
    header = dicom_header(count=50)
    header.FrameTime = 40
    write_dicom(path, header, np.stack([grey(n) for n in range(50)]))
    yield f"dicom:{path}"


@contextlib.contextmanager
def mjpeg_camera(folder: Path) -> Iterator[str]:
    """A network camera over HTTP."""
    with MjpegServer() as server:
        yield server.url


@contextlib.contextmanager
def rtsp_camera(folder: Path) -> Iterator[str]:
    """A network camera over RTSP."""
    with rtsp_server() as url:
        yield url


@contextlib.contextmanager
def udp_stream(folder: Path) -> Iterator[str]:
    """MPEG-TS that arrives at a port of this computer."""
    with udp_sender() as url:
        yield url


@contextlib.contextmanager
def simulated_knee(folder: Path) -> Iterator[str]:
    """The simulator in the same program."""
    pytest.importorskip("simulators.sources", reason="there is no simulator yet")
    yield "sim:knee"


@contextlib.contextmanager
def steered_knee(folder: Path) -> Iterator[str]:
    """The same with hands that nobody moves."""
    yield "sim:knee?operator=you"


@contextlib.contextmanager
def knee_served_by_http(folder: Path) -> Iterator[str]:
    """The simulator as a network camera."""
    with video.MjpegServer(create(parse_address("sim:knee"), SystemClock())) as server:
        yield server.address


@contextlib.contextmanager
def knee_served_by_rtsp(folder: Path) -> Iterator[str]:
    """The simulator as a network camera over RTSP."""
    with rtsp.RtspServer(create(parse_address("sim:knee"), SystemClock())) as server:
        yield server.address


@contextlib.contextmanager
def source_with_a_fault_plan(folder: Path) -> Iterator[str]:
    """The simulator in a plan whose faults come later than anybody reads here."""
    yield f"sim:knee?faults={calm_plan(folder)}"


@contextlib.contextmanager
def camera_with_a_fault_plan(folder: Path) -> Iterator[str]:
    """A network camera in such a plan, named behind the # of its URL."""
    with MjpegServer() as server:
        yield f"{server.url}#faults={calm_plan(folder)}"


@contextlib.contextmanager
def recorded_session(folder: Path) -> Iterator[str]:
    """A session of two seconds, played at its own pace."""
    pytest.importorskip("guidance_app.session.replay", reason="there is no replay yet")
    yield f"replay:{record_session(folder)}"


@contextlib.contextmanager
def isolated_reader(folder: Path) -> Iterator[str]:
    """A child process that stands in for an attached device where there is none."""
    yield "isolated:numbers"


@contextlib.contextmanager
def attached_device(folder: Path) -> Iterator[str]:
    """The first video device of this computer, under the address that names the device itself."""
    found = [device.address for device in capture.discover() if device.available]
    if not found:
        pytest.skip("no video device is attached")
    yield found[0]


SOURCES: list[Callable[[Path], contextlib.AbstractContextManager[str]]] = [
    video_file,
    real_recording,
    picture_file,
    dicom_picture,
    dicom_cine,
    mjpeg_camera,
    rtsp_camera,
    udp_stream,
    simulated_knee,
    steered_knee,
    knee_served_by_http,
    knee_served_by_rtsp,
    source_with_a_fault_plan,
    camera_with_a_fault_plan,
    recorded_session,
    isolated_reader,
    attached_device,
]


def calm_plan(folder: Path) -> Path:
    """Every way of treating a picture, an hour after the first opening."""
    path = folder / "calm.yaml"
    kinds = ("drop", "burst", "duplicate", "tear", "unplug", "standing_stamps")
    entries = "".join(f"  - {{kind: {kind}, at: 3600, for: 1}}\n" for kind in kinds)
    path.write_text(f"faults:\n{entries}")
    return path


def record_session(folder: Path) -> Path:
    """Write a session with 50 pictures; its path."""
    from guidance_app.domain.snapshot import FrameFacts
    from guidance_app.session.writer import SessionWriter

    clock = ManualClock()
    info = SourceInfo("sim:knee", "Simulated knee", None, Origin.SIMULATED, 25.0)
    writer = SessionWriter.create(folder, info, clock)
    geometry = PictureGeometry(64, 48, PixelFormat.GRAY8)
    for number in range(50):
        stamp = Stamp(number, clock.now_ns())
        frame = VideoFrame(grey(number), PixelFormat.GRAY8, stamp, Origin.SIMULATED)
        writer.write_frame(frame, FrameFacts(number, stamp, geometry, frame.origin, (), True))
        clock.advance(40_000_000)
    writer.seal()
    return writer.path
