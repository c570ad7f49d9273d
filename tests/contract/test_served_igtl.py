"""The simulated picture and pose by OpenIGTLink: exact, in the version that is understood."""

import json
import subprocess
import sys

import numpy as np
import pytest
from stepped_source import HEIGHT_PX, WIDTH_PX, SteppedSource, numbered, stepping
from wire_viewers import LIMIT_S, IgtlViewer, Wire

from drivers.api.errors import ProtocolViolation
from drivers.api.samples import ScaledRegion
from drivers.codecs.igtl import (
    Decoder,
    Garbage,
    Image,
    Mat4,
    Message,
    Other,
    Status,
    Transform,
    encode,
)
from simulators.servers.igtl import IgtlServer, image_to_probe


def pose(time_s: float) -> Mat4:
    """Turned by a quarter about the depth, and wandering along it: 1 mm in a second."""
    matrix = np.array([[0.0, -1, 0, 10], [1, 0, 0, 20], [0, 0, 1, 30], [0, 0, 0, 1]])
    matrix[2, 3] += time_s
    return matrix


def both(viewer: IgtlViewer) -> tuple[Message, Message]:
    """The pose and the picture that come next."""
    return viewer.message(), viewer.message()


def test_picture_and_pose_of_a_moment_come_as_they_are() -> None:
    source = SteppedSource()
    with IgtlServer(source, pose=pose) as server, IgtlViewer(server.port) as viewer:
        for number in (1, 2):
            source.step()
            tracked, pictured = both(viewer)
            assert (tracked.device, pictured.device) == ("ProbeToReference", "Image_Reference")
            assert tracked.time_ns == pictured.time_ns == number * 40_000_000
            assert isinstance(tracked.content, Transform) and isinstance(pictured.content, Image)
            now = pose(number * 0.04)
            assert np.allclose(tracked.content.matrix, now, atol=1e-5)
            assert np.array_equal(pictured.content.pixels, numbered(number))
            corner = pictured.content.ijk_to_world @ [0, 0, 0, 1]
            from_middle_mm = -0.25 * (WIDTH_PX - 1) / 2
            assert np.allclose(corner, now @ [from_middle_mm, 0, 0.25, 1], atol=1e-4)
            last = pictured.content.ijk_to_world @ [WIDTH_PX - 1, HEIGHT_PX - 1, 0, 1]
            assert np.allclose(
                last, now @ [-from_middle_mm, 0, 0.5 * (HEIGHT_PX - 0.5), 1], atol=1e-4
            )


def test_a_region_in_a_larger_picture_is_what_is_placed() -> None:
    matrix = image_to_probe(ScaledRegion(100, 40, 299, 239, 0.2, 0.2))
    assert np.allclose(matrix @ [199.5, 39.5, 0, 1], [0, 0, 0, 1])
    assert np.allclose(matrix @ [204.5, 49.5, 0, 1], [1, 0, 2, 1])
    assert np.linalg.det(matrix[:3, :3]) > 0


def test_version_2_goes_to_who_has_sent_it_and_to_nobody_else() -> None:
    source = SteppedSource()
    with (
        IgtlServer(source) as server,
        IgtlViewer(server.port) as old,
        IgtlViewer(server.port, version=2) as new,
    ):
        source.step()
        assert {message.version for message in both(old)} == {1}
        assert {message.version for message in both(new)} == {2}


def test_without_a_pose_the_probe_lies_at_the_origin() -> None:
    source = SteppedSource()
    with IgtlServer(source) as server, IgtlViewer(server.port) as viewer:
        source.step()
        tracked, _ = both(viewer)
    assert isinstance(tracked.content, Transform)
    assert np.array_equal(tracked.content.matrix, np.eye(4))


def test_what_is_no_openigtlink_is_answered_and_ends_its_own_connection_only() -> None:
    source = SteppedSource()
    with (
        IgtlServer(source) as server,
        IgtlViewer(server.port) as viewer,
        Wire(server.port) as wrong,
    ):
        wrong.say(b"GET /video HTTP/1.1\r\nHost: somewhere\r\nUser-Agent: somebody\r\n\r\n")
        (answer,) = Decoder().feed(wrong.hear_rest())
        assert isinstance(answer.content, Status) and answer.content.code == 12
        source.step()
        assert viewer.next() == 1


def test_a_damaged_message_is_told_and_the_next_one_answered() -> None:
    question = encode(Message("", Other("GET_STATUS")))
    damaged = bytearray(encode(Message("", Status(1))))
    damaged[-1] ^= 1
    with IgtlServer(SteppedSource()) as server, IgtlViewer(server.port) as viewer:
        viewer.say(bytes(damaged))
        told = viewer.message().content
        assert isinstance(told, Status) and told.code == 9
        viewer.say(question)
        answer = viewer.message().content
        assert isinstance(answer, Status) and answer.code == 1


def test_a_picture_without_a_scale_is_refused() -> None:
    source = SteppedSource(regions=())
    with pytest.raises(ProtocolViolation, match="how large each pixel is"), IgtlServer(source):
        pass


def test_the_decoder_of_a_client_survives_what_a_server_of_another_kind_says() -> None:
    with pytest.raises(Garbage):
        list(Decoder().feed(b"HTTP/1.1 400 Bad Request\r\n" + b"x" * 100))


PEER = """
import json, sys
import pyigtl
client = pyigtl.OpenIGTLinkClient("127.0.0.1", int(sys.argv[1]))
image = client.wait_for_message("Image_Reference", timeout=20)
pose = client.wait_for_message("ProbeToReference", timeout=20)
client.stop()
print(json.dumps([image.image.tolist(), image.ijk_to_world_matrix.tolist(), pose.matrix.tolist()]))
"""


def test_an_independent_client_reads_pictures_and_poses() -> None:
    """In a process of its own: it installs handlers of signals."""
    pytest.importorskip("pyigtl", reason="pyigtl, the independent client, is not installed")
    source = SteppedSource()
    with IgtlServer(source, pose=pose) as server, stepping(source):
        command = [sys.executable, "-c", PEER, str(server.port)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=LIMIT_S)
    pixels, placed, tracked = (np.array(part) for part in json.loads(done.stdout))
    assert pixels.shape == (1, HEIGHT_PX, WIDTH_PX)
    assert np.allclose(tracked[:3, :3], pose(0)[:3, :3])
    assert np.allclose(placed[:3, 0], [0, 0.25, 0], atol=1e-6)
