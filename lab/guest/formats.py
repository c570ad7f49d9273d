"""Compares what we say a device offers with what v4l2-ctl says, and opens it in several ways."""

import re
import subprocess
from dataclasses import asdict

from drivers.api.clock import SystemClock
from drivers.api.errors import DeviceError
from drivers.attached.buffer_layout import READABLE
from drivers.registry import Registry
from drivers.video import capture
from lab.guest.report import Arguments, write_report
from lab.guest.vivid import load_devices

SIZES = ("320x180", "640x480", "320x180")
REFUSED = "333x333"
LISTED = r"\]: '(?P<code>.{4}(-BE)?)'|Discrete (?P<size>\d+x\d+)|\((?P<rate>\S+) fps\)"

Offer = tuple[str, str, list[str]]
"""Code, size and rates in words."""


def main(arguments: Arguments) -> None:
    """Write both lists, and what came of each opening; `count` frames are read of each."""
    (device,) = load_devices(arguments.module, count=1)
    registry = Registry([capture.DRIVER])
    report: dict[str, object] = {
        "v4l2_ctl": _formats_by_v4l2_ctl(device.node),
        "ours": _formats_by_us(registry),
        "readable": READABLE,
    }
    report["openings"] = [_open(registry, device.node, size, arguments.count) for size in SIZES]
    report["refused"] = _open(registry, device.node, REFUSED, 1)
    report["busy"] = _open_twice(registry, device.node)
    write_report(arguments, report)


def _formats_by_v4l2_ctl(node: str) -> list[Offer]:
    listed = subprocess.run(
        ["v4l2-ctl", "-d", node, "--list-formats-ext"], capture_output=True, text=True, check=True
    )
    offers: list[Offer] = []
    code = ""
    for match in re.finditer(LISTED, listed.stdout):
        code = match["code"] or code
        if match["size"]:
            offers.append((code.strip(), match["size"], []))
        elif match["rate"]:
            offers[-1][2].append(match["rate"])
    return offers


def _formats_by_us(registry: Registry) -> list[Offer]:
    (device,) = [found for found in registry.inspect() if found.address.startswith("v4l2:")]
    return [
        (one.code, f"{one.width_px}x{one.height_px}", [f"{rate:.3f}" for rate in one.rates_hz])
        for one in device.formats
    ]


def _open(registry: Registry, node: str, size: str, count: int) -> dict[str, object]:
    source = registry.create(f"v4l2:{node}?size={size}", SystemClock())
    try:
        info = source.open()
        frames = [source.read() for _ in range(count)]
    except DeviceError as error:
        return {"wanted": size, "kind": type(error).__name__, "told": str(error)}
    finally:
        source.close()
    sizes = {f"{f.geometry.width_px}x{f.geometry.height_px}" for f in frames}
    return {"wanted": size, "came": sorted(sizes), "said": asdict(info)}


def _open_twice(registry: Registry, node: str) -> dict[str, object]:
    first = registry.create(f"v4l2:{node}?size=320x180", SystemClock())
    try:
        first.open()
        first.read()
        return _open(registry, node, "320x180", 1)
    finally:
        first.close()
