"""Scales that were confirmed, by device and layout: offered again, never just used."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import msgspec

from drivers.api.ports import SourceInfo
from guidance_app.domain.calibration import is_plausible
from guidance_app.domain.chain_delay import device_key
from guidance_app.domain.commands import ScaleSet
from guidance_app.kept_file import Tell, read_kept, write_kept
from guidance_app.processing.layout import Layout, is_sound
from guidance_app.processing.layout_finding import RememberedScale

MAX_BYTES = 32 << 20
MOST_OF_A_DEVICE, MOST = 12, 48
"""A console has about so many depths; the oldest makes way. One takes about 150 kB."""
LONGEST_TEXT = 200

Device = str
"""`device_key` of its source."""
KnownScales: TypeAlias = dict[Device, tuple[RememberedScale, ...]]


@dataclass(frozen=True, slots=True)
class RememberedScales:
    """The content of the file."""

    scales: KnownScales = field(default_factory=dict)
    """Of each device the newest first, and the devices in the order of their newest."""


class ScalesFile:
    """The file as a running application uses it: read and written on one thread of its own."""

    def __init__(self, path: Path, tell: Tell) -> None:
        """`tell` is given a sentence when the file is damaged or cannot be written; any thread."""
        self._path = path
        self._tell = tell
        self._thread = ThreadPoolExecutor(1, "remembered scales")

    def load(self, info: SourceInfo) -> tuple[RememberedScale, ...]:
        """What was confirmed for this device so far; waits for the disk."""
        return self._thread.submit(load_scales, self._path, info, self._tell).result()

    def remember(self, info: SourceInfo, layout: Layout, confirmed: ScaleSet) -> None:
        """Keep a scale that a person set or confirmed on this layout; returns at once."""
        self._thread.submit(self._remember, info, layout, confirmed)

    def stop(self) -> None:
        """Write what waits, and end."""
        self._thread.shutdown()

    def _remember(self, info: SourceInfo, layout: Layout, confirmed: ScaleSet) -> None:
        try:
            remember_scale(self._path, info, layout, confirmed, self._tell)
        except OSError as error:
            self._tell(f"The scale cannot be kept in {self._path} ({error.strerror}).")


def load_scales(path: Path, info: SourceInfo, tell: Tell) -> tuple[RememberedScale, ...]:
    """What was confirmed for this device; empty without a file or with one that is damaged."""
    return _load(path, tell).scales.get(device_key(info), ())


def remember_scale(
    path: Path, info: SourceInfo, layout: Layout, confirmed: ScaleSet, tell: Tell
) -> None:
    """Keep a scale that a person set or confirmed on this layout; OSError from the disk."""
    if confirmed.scale is None:
        return
    kept = RememberedScale(
        layout=layout,
        mm_per_px=confirmed.scale.mm_per_px_y,
        sigma_percent=confirmed.scale.sigma_percent,
        confirmed_utc=datetime.now(UTC).isoformat(timespec="seconds"),
        person=confirmed.person.code,
    )
    scales, key = _load(path, tell).scales, device_key(info)
    others = [known for known in scales.get(key, ()) if known.layout != layout]
    newest = {key: (kept, *others[: MOST_OF_A_DEVICE - 1])}
    rest = {device: known for device, known in scales.items() if device != key}
    write_kept(path, RememberedScales(_newest_devices(newest | rest)))


def _newest_devices(scales: KnownScales) -> KnownScales:
    """Whole devices, from the front, as many as there is room for."""
    kept: KnownScales = {}
    for device, known in scales.items():
        if sum(map(len, kept.values())) + len(known) > MOST:
            break
        kept[device] = known
    return kept


def _load(path: Path, tell: Callable[[str], None]) -> RememberedScales:
    return read_kept(path, MAX_BYTES, _checked, RememberedScales(), tell)


def _checked(content: bytes) -> RememberedScales:
    remembered = msgspec.json.decode(content, type=RememberedScales)
    if any(len(device) > LONGEST_TEXT for device in remembered.scales):
        raise ValueError("a text in it is too long")
    for known in (scale for scales in remembered.scales.values() for scale in scales):
        if max(len(known.confirmed_utc), len(known.person)) > LONGEST_TEXT:
            raise ValueError("a text in it is too long")
        if not (is_plausible(known.mm_per_px) and 0 <= known.sigma_percent <= 100):
            raise ValueError("a scale in it is impossible")
        if not is_sound(known.layout):
            raise ValueError("a layout in it is impossible")
    return remembered
