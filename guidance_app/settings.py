"""What was measured on this computer and is used again: one small file, read without trust."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from guidance_app.domain.chain_delay import LONGEST_MS, ChainDelay
from guidance_app.session.disk import LOCAL_DISK, open_plain, write_whole
from guidance_app.session.errors import NotASession, SessionError

MAX_BYTES = 1 << 20
LONGEST_TEXT = 200
DAMAGED_SUFFIX = ".damaged"
"""A file that could not be read is kept under this name."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """The content of the settings file; what is missing in it has its default."""

    chain_delays: dict[str, ChainDelay] = field(default_factory=dict)
    """How late each device is, by what it is remembered under (`device_key`)."""


def load_settings(path: Path, tell: Tell) -> Settings:
    """Read the file; the defaults when there is none.

    One that cannot be read is moved aside, told in a sentence, and the defaults hold.
    """
    try:
        with open_plain(path) as file:
            content = file.read(MAX_BYTES + 1)
    except NotASession:
        return Settings()
    except (SessionError, OSError) as error:
        return _set_aside(path, str(error).rstrip("."), tell)
    try:
        return _checked(content)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        return _set_aside(path, str(error), tell)


def remember_chain_delay(path: Path, key: str, delay: ChainDelay, tell: Tell) -> None:
    """Keep a device's delay beside everything else in the file; OSError from the disk."""
    settings = load_settings(path, tell)
    changed = replace(settings, chain_delays=settings.chain_delays | {key: delay})
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(LOCAL_DISK, path, msgspec.json.format(msgspec.json.encode(changed), indent=2))


def _checked(content: bytes) -> Settings:
    if len(content) > MAX_BYTES:
        raise ValueError("it is larger than it can be")
    settings = msgspec.json.decode(content, type=Settings)
    for key, delay in settings.chain_delays.items():
        numbers = (delay.median_ms, delay.p95_ms, delay.plus_minus_ms)
        if not all(0 <= number <= LONGEST_MS for number in numbers):
            raise ValueError("a delay in it is impossible")
        if max(map(len, (key, delay.measured_on, delay.format))) > LONGEST_TEXT:
            raise ValueError("a text in it is too long")
    return settings


def _set_aside(path: Path, why: str, tell: Tell) -> Settings:
    kept = path.with_name(path.name + DAMAGED_SUFFIX)
    try:
        path.replace(kept)
        tell(f"The settings in {path} cannot be read ({why}). They are kept as {kept.name}.")
    except OSError:
        tell(f"The settings in {path} cannot be read ({why}). Move the file away.")
    return Settings()
