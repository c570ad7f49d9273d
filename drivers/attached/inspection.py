"""Asks attached V4L2 devices what they offer, in a process of its own that may hang.

Run as a program, with device files as arguments, it prints one JSON line for each that answers.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from drivers.api.ports import VideoFormat

LIMIT_S = 3.0
"""For all devices together; one that has not answered by then hangs."""

Offers = dict[Path, tuple[VideoFormat, ...]]


def ask_offers(nodes: Sequence[Path], limit_s: float = LIMIT_S) -> Offers:
    """What each device offers, nothing for one that gives no pictures; those in time only."""
    if not nodes:
        return {}
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "drivers.attached.inspection", *map(str, nodes)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        output, _ = child.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired as expired:
        output = expired.output or b""
    finally:
        _end(child)
    return dict(_parse(line) for line in output.splitlines())


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.kill()
    if child.stdout is not None:
        child.stdout.close()
    with contextlib.suppress(subprocess.TimeoutExpired):  # it hangs in the kernel
        child.wait(1.0)


def _parse(line: bytes) -> tuple[Path, tuple[VideoFormat, ...]]:
    answer = json.loads(line)
    formats = [
        VideoFormat(one["code"], one["width_px"], one["height_px"], tuple(one["rates_hz"]))
        for one in answer["formats"]
    ]
    return Path(answer["node"]), tuple(formats)


def main(nodes: Sequence[str]) -> None:
    """Ask every device on a thread of its own, and print each answer as soon as it is there."""
    threads = [threading.Thread(target=_answer, args=[node], daemon=True) for node in nodes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _answer(node: str) -> None:
    formats: list[VideoFormat] = []
    with contextlib.suppress(OSError):
        formats = _ask(node)
    line = json.dumps({"node": node, "formats": [asdict(one) for one in formats]})
    os.write(1, f"{line}\n".encode())


def _ask(node: str) -> list[VideoFormat]:
    from drivers.attached.formats import FormatWish  # noqa: PLC0415 - loads OpenCV
    from drivers.attached.v4l2_offer import can_capture, offered_formats  # noqa: PLC0415 - 80 ms

    fd = os.open(node, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        return offered_formats(fd, FormatWish()) if can_capture(fd) else []
    finally:
        os.close(fd)


if __name__ == "__main__":
    main(sys.argv[1:])
