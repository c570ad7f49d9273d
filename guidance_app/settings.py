"""What was measured on this computer and is used again: one small file, read without trust."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from guidance_app.domain.chain_delay import LONGEST_MS, ChainDelay
from guidance_app.kept_file import Tell, read_kept, write_kept

MAX_BYTES = 1 << 20
LONGEST_TEXT = 200
LONGEST_ADDRESS = 2000
MOST_BOXES, LARGEST_PX = 20, 8192

Box = tuple[int, int, int, int]
"""Left, top, width and height in whole pixels of a picture."""


@dataclass(frozen=True, slots=True)
class BannerMask:
    """Where a device may write names into its pictures of one size."""

    width_px: int
    height_px: int
    boxes_px: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """The content of the settings file; what is missing in it has its default."""

    chain_delays: dict[str, ChainDelay] = field(default_factory=dict)
    """How late each device is, by what it is remembered under (`device_key`)."""
    banner_masks: dict[str, BannerMask] = field(default_factory=dict)
    """Of each device, likewise; filled in whatever is made from its pictures to be given away."""
    records: str = ""
    """Address of the records database, without a password; empty for the file on this computer."""
    rating_forms: str = ""
    """Folder with the site's own rating forms; empty where it has none."""


def load_settings(path: Path, tell: Tell) -> Settings:
    """Read the file; the defaults when there is none.

    One that cannot be read is moved aside, told in a sentence, and the defaults hold.
    """
    return read_kept(path, MAX_BYTES, _checked, Settings(), tell)


def records_place(path: Path, file: Path, tell: Tell) -> Path | str:
    """Where the records are: at the address that the settings name, else in `file`."""
    return load_settings(path, tell).records or file


def remember_chain_delay(path: Path, key: str, delay: ChainDelay, tell: Tell) -> None:
    """Keep a device's delay beside everything else in the file; OSError from the disk."""
    settings = load_settings(path, tell)
    changed = replace(settings, chain_delays=settings.chain_delays | {key: delay})
    write_kept(path, changed)


def remember_banner_mask(path: Path, key: str, mask: BannerMask, tell: Tell) -> None:
    """Keep where a device writes names, in place of what was kept; OSError from the disk."""
    settings = load_settings(path, tell)
    changed = replace(settings, banner_masks=settings.banner_masks | {key: mask})
    write_kept(path, changed)


def _checked(content: bytes) -> Settings:
    settings = msgspec.json.decode(content, type=Settings)
    for key, delay in settings.chain_delays.items():
        numbers = (delay.median_ms, delay.p95_ms, delay.plus_minus_ms)
        if not all(0 <= number <= LONGEST_MS for number in numbers):
            raise ValueError("a delay in it is impossible")
        if max(map(len, (key, delay.measured_on, delay.format))) > LONGEST_TEXT:
            raise ValueError("a text in it is too long")
    for key, mask in settings.banner_masks.items():
        if len(key) > LONGEST_TEXT or not is_possible(mask):
            raise ValueError("a mask in it is impossible")
    if max(len(settings.records), len(settings.rating_forms)) > LONGEST_ADDRESS:
        raise ValueError("a text in it is too long")
    return settings


def is_possible(mask: BannerMask) -> bool:
    """Whether its rectangles lie inside its pictures, and there are some, and not too many."""
    size = mask.width_px, mask.height_px
    sized = all(0 < side <= LARGEST_PX for side in size) and 0 < len(mask.boxes_px) <= MOST_BOXES
    return sized and all(
        left >= 0 and 0 < width <= size[0] - left and top >= 0 and 0 < height <= size[1] - top
        for left, top, width, height in mask.boxes_px
    )
