"""Who holds a device open, asked of real processes."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from video_tree import FakeComputer, FakeDevice

from drivers.api.address import parse_address
from drivers.api.errors import Busy
from drivers.attached.holders import find_holders
from drivers.video import capture

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def device(tmp_path: Path) -> Path:
    file = tmp_path / "video0"
    file.touch()
    return file


def test_a_free_device_has_no_holder(device: Path) -> None:
    assert find_holders(device) is None


def test_this_program_is_named_as_such(device: Path) -> None:
    with device.open():
        assert find_holders(device) == "this program"


def test_a_child_of_this_program_counts_as_this_program(device: Path) -> None:
    with (
        device.open() as file,
        subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, pass_fds=[file.fileno()]) as child,
    ):
        file.close()
        held = find_holders(device)
        assert child.stdin is not None
        child.stdin.close()
    assert held == "this program"


def test_another_program_is_named_and_this_one_beside_it(device: Path) -> None:
    """A grandchild holds the device; its parent is not this program."""
    shell = f"(echo $BASHPID; exec cat) <&0 3<{device} & wait"
    with subprocess.Popen(
        ["/bin/bash", "-c", shell], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None and parent.stdin is not None
        number = int(parent.stdout.readline())
        with device.open():
            held = find_holders(device)
        parent.stdin.close()
    assert held is not None
    other, own = sorted(held.split(" or "))  # by number, and the system begins anew with low ones
    assert own == "this program"
    assert re.fullmatch(rf"(cat|bash) \(process {number}\)", other)


def test_the_sentence_names_the_holder(tmp_path: Path) -> None:
    computer = FakeComputer(tmp_path)
    file = computer.plug(FakeDevice("Grabber"), "1", 0)
    device = capture.V4l2Device(parse_address(f"v4l2:{file}"), str(file), computer.tree)
    refused = Busy(device.title, "open", "another program uses it", "Close the other program.")
    device.locate()
    assert device.explain(refused) is refused
    with file.open():
        explained = device.explain(refused)
    assert str(explained).endswith(": this program uses it. Close it there.")
