"""The kernel's simulated capture devices: loaded, set, and pulled out like a plug."""

import fcntl
import os
import re
import struct
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

VIDIOC_S_CTRL = 0xC008561C
CAMERA, HDMI = 0, 3
"""Kinds of input, as the driver numbers them."""


def load_devices(module: Path, count: int, kind: int = CAMERA) -> list["Device"]:
    """Load the driver with `count` devices of one input each; those loaded before are gone."""
    subprocess.run(["rmmod", "vivid"], capture_output=True, check=False)
    each = {"node_types": "0x1", "num_inputs": "1", "input_types": str(kind)}
    parameters = [f"{name}={','.join([value] * count)}" for name, value in each.items()]
    subprocess.run(["insmod", str(module), f"n_devs={count}", *parameters], check=True)
    return [Device(f"/dev/video{number}") for number in range(count)]


class Device:
    """One device of the driver, reached beside the program under test."""

    def __init__(self, node: str) -> None:
        self.node = node
        self._ids = _control_ids(node)

    @property
    def minor(self) -> int:
        """The number under which the kernel's own records name it."""
        return os.minor(Path(self.node).stat().st_rdev)

    def set(self, **controls: int) -> None:
        """Set controls, or press buttons with 0."""
        descriptor = os.open(self.node, os.O_RDWR)
        try:
            _set(descriptor, self._ids, controls)
        finally:
            os.close(descriptor)

    @contextmanager
    def unplugged(self) -> Iterator[None]:
        """Inside, the device is gone for everybody.

        The driver registers its device again when the last who has it open lets go: this holds
        it open, so that who reads it cannot end the absence by closing it.
        """
        descriptor = os.open(self.node, os.O_RDWR)
        try:
            _set(descriptor, self._ids, {"disconnect": 0})
            yield
        finally:
            os.close(descriptor)


def _set(descriptor: int, ids: Mapping[str, int], controls: Mapping[str, int]) -> None:
    for name, value in controls.items():
        fcntl.ioctl(descriptor, VIDIOC_S_CTRL, struct.pack("Ii", ids[name], value))


def _control_ids(node: str) -> dict[str, int]:
    listed = subprocess.run(
        ["v4l2-ctl", "-d", node, "--list-ctrls"], capture_output=True, text=True, check=True
    )
    return {m[1]: int(m[2], 16) for m in re.finditer(r"(\w+) (0x[0-9a-f]{8}) \(", listed.stdout)}
