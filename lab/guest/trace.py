"""The kernel's own record of every buffer that it handed to a program."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TRACING = Path("/sys/kernel/tracing")
EVENT = TRACING / "events/v4l2/v4l2_dqbuf"
BUFFER_KIB = 8192
"""A processor's share; about 60 000 buffers."""


@dataclass(frozen=True, slots=True)
class Buffer:
    """One buffer as the kernel handed it out."""

    sequence: int
    """Counts the frames of the device, those it dropped as well, modulo 2^32."""
    device_ns: int
    damaged: bool


@contextmanager
def recorded_buffers(minor: int) -> Iterator[list[Buffer]]:
    """Record one device inside; the list is filled at the end, in the order of the hand-over."""
    (EVENT / "filter").write_text(f"minor == {minor}")
    (TRACING / "buffer_size_kb").write_text(str(BUFFER_KIB))
    (TRACING / "trace").write_text("")
    (EVENT / "enable").write_text("1")
    buffers: list[Buffer] = []
    try:
        yield buffers
    finally:
        (EVENT / "enable").write_text("0")
        buffers += _parse((TRACING / "trace").read_text())


def _parse(text: str) -> Iterator[Buffer]:
    pattern = r"v4l2_dqbuf: .* flags = (\S*), field.* timestamp = (\d+).* sequence = (\d+)"
    for found in re.finditer(pattern, text):
        yield Buffer(int(found[3]), int(found[2]), "ERROR" in found[1].split("|"))
