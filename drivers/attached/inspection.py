"""Asks attached V4L2 devices what they offer, in a process of its own that may hang.

Run as a program, with device files as arguments, it prints one JSON line for each that answers.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from drivers.api.ports import VideoFormat

ANSWER_LIMIT_S = 3.0
"""For all devices together; one that has not answered by then hangs."""
_START_LIMIT_S = 30.0
"""For the process to start, which takes 0.3 s on a machine that is not busy."""

Offers = dict[Path, tuple[VideoFormat, ...] | None]
"""None for a device whose answer makes no sense."""


def ask_offers(nodes: Sequence[Path]) -> Offers:
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
        output, _ = child.communicate(timeout=_START_LIMIT_S + ANSWER_LIMIT_S)
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


def _parse(line: bytes) -> tuple[Path, tuple[VideoFormat, ...] | None]:
    answer = json.loads(line)
    if answer["formats"] is None:
        return Path(answer["node"]), None
    formats = [
        VideoFormat(one["code"], one["width_px"], one["height_px"], tuple(one["rates_hz"]))
        for one in answer["formats"]
    ]
    return Path(answer["node"]), tuple(formats)


def main(nodes: Sequence[str]) -> None:
    """Ask every device on a thread of its own, and print each answer as soon as it is there."""
    from drivers.attached import v4l2_offer  # noqa: PLC0415 - only this process needs it

    threads = [
        threading.Thread(target=_answer, args=[v4l2_offer.ask, node], daemon=True) for node in nodes
    ]
    for thread in threads:
        thread.start()
    deadline_s = time.monotonic() + ANSWER_LIMIT_S
    for thread in threads:
        thread.join(max(0.0, deadline_s - time.monotonic()))
    os._exit(0)  # not waiting for those that hang


def _answer(ask: Callable[[str], list[VideoFormat]], node: str) -> None:
    formats: list[dict[str, object]] | None = []
    try:
        formats = [asdict(one) for one in ask(node)]
    except OSError:  # it is gone, or no video device
        pass
    except Exception:  # top of a thread; the library stumbles over what some devices answer
        formats = None
    line = json.dumps({"node": node, "formats": formats})
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    main(sys.argv[1:])
