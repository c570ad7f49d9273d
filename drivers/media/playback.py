"""Playing what is on disk: pictures at the times the file gives them, on the injected clock."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Protocol

from drivers.api.address import Address
from drivers.api.errors import Disconnected, EndOfStream, NotFound, ProtocolViolation
from drivers.api.ports import Clock, SourceInfo
from drivers.api.samples import (
    DoseReading,
    ImageU8,
    Origin,
    PixelFormat,
    ScaledRegion,
    Stamp,
    VideoFrame,
)

STILL_PERIOD_NS = 200_000_000
"""A still picture comes five times a second, so that what follows stays awake."""


class Pace(StrEnum):
    """When a picture is delivered: at its own time, or as soon as it is asked for."""

    REAL = "real"
    STEPPED = "stepped"


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One decoded picture, ready to be delivered; `pixels` are read-only."""

    pixels: ImageU8
    pixel_format: PixelFormat
    due_ns: int
    """When the file shows it; only differences count."""
    device_ns: int | None
    """The time written in the file; None when `due_ns` is invented."""
    lost: int = 0
    """Damaged pictures left out from the beginning up to here."""


class Clip(Protocol):
    """An opened file: what it says of itself, and its pictures in order, once."""

    name: str
    nominal_rate_hz: float | None
    length_s: float | None
    modality: str
    still: bool
    regions: tuple[ScaledRegion, ...]

    def pictures(self) -> Iterator[Picture]:
        """The pictures; ProtocolViolation where the file is broken, after all that decodes."""
        ...

    def dose(self, stamp: Stamp) -> DoseReading | None:
        """What the file states of an X-ray dose, under this stamp; None where it states none."""
        ...

    def close(self) -> None:
        """Release the file; idempotent."""
        ...


class PlaybackSource:
    """A VideoSource over a clip; in real pace it is as fast as the file says, never faster.

    A picture that is late, because decoding is slow or nobody read, is delivered at once: none
    is dropped. A still comes again and again in real pace, once in stepped pace.
    """

    def __init__(
        self, address: Address, clock: Clock, pace: Pace, open_clip: Callable[[], Clip]
    ) -> None:
        self._address = address
        self._clock = clock
        self._pace = pace
        self._open_clip = open_clip
        self._interrupted = threading.Event()
        self._clip: Clip | None = None
        self._pictures: Iterator[Picture] = iter(())
        self._zero_ns: int | None = None
        self._delivered = 0
        self._lost = 0

    def open(self) -> SourceInfo:
        """Open the file and start from its beginning; raises NotFound or ProtocolViolation."""
        self.close()
        clip = self._clip = self._open_clip()
        self._pictures = clip.pictures()
        if clip.still and self._pace is Pace.REAL:
            self._pictures = _again_and_again(clip.pictures())
        self._zero_ns = None
        self._delivered = self._lost = 0
        return SourceInfo(
            address=self._address.text,
            name=clip.name,
            identity=None,
            origin=Origin.FILE,
            nominal_rate_hz=clip.nominal_rate_hz,
            still=clip.still,
            dose=clip.dose(Stamp(0, self._clock.now_ns())),
            modality=clip.modality,
            length_s=clip.length_s,
        )

    def read(self) -> VideoFrame:
        """The next picture when its time has come; EndOfStream after the last, again and again."""
        if self._clip is None:
            raise self._stopped("it is not open")
        if self._interrupted.is_set():
            raise self._stopped("reading was stopped")
        picture = next(self._pictures, None)
        if picture is None:
            raise self._end()
        if self._pace is Pace.REAL:
            self._wait_until_due(picture)
        return self._stamped(picture, self._clip.regions)

    def interrupt(self) -> None:
        """End a blocked read() and all later ones; for good."""
        self._interrupted.set()

    def close(self) -> None:
        """Close the file."""
        if self._clip is not None:
            self._clip.close()
            self._clip = None

    def _wait_until_due(self, picture: Picture) -> None:
        if self._zero_ns is None:
            self._zero_ns = self._clock.now_ns() - picture.due_ns
        if not self._clock.wait_until(self._zero_ns + picture.due_ns, self._interrupted):
            raise self._stopped("reading was stopped")

    def _stamped(self, picture: Picture, regions: tuple[ScaledRegion, ...]) -> VideoFrame:
        stamp = Stamp(
            self._delivered + picture.lost, self._clock.now_ns(), device_ns=picture.device_ns
        )
        self._delivered += 1
        self._lost = picture.lost
        return VideoFrame(picture.pixels, picture.pixel_format, stamp, Origin.FILE, regions)

    def _stopped(self, cause: str) -> Disconnected:
        return Disconnected(self._name, "read", cause, "Open it again to go on.")

    def _end(self) -> EndOfStream:
        cause = "the recording has ended"
        if self._lost:
            cause += f" (damaged pictures left out: {self._lost})"
        return EndOfStream(self._name, "read", cause, "Open it again to see it from the start.")

    @property
    def _name(self) -> str:
        return quoted(Path(self._address.target))


def _again_and_again(pictures: Iterator[Picture]) -> Iterator[Picture]:
    for picture in pictures:
        for number in count():
            yield replace(picture, due_ns=number * STILL_PERIOD_NS)


def quoted(path: Path) -> str:
    """How messages name a file."""
    return f'"{path.name}"'


def choose_pace(address: Address) -> Pace:
    """The option `pace`, real when it is absent; NotFound when it is neither word."""
    word = address.options.get("pace", Pace.REAL)
    if word not in set(Pace):
        raise NotFound(
            f'"{address.text}"',
            "open",
            f'there is no pace called "{word}"',
            "Write pace=real or pace=stepped.",
        )
    return Pace(word)


def require_file(path: Path) -> None:
    """Raise NotFound unless `path` is a file that may be read, ProtocolViolation if it is empty."""
    try:
        if path.exists() and not path.is_file():
            raise _not_found(path, "this is a folder or a device, not a file", "Choose a file.")
        with path.open("rb") as file:
            empty = not file.read(1)
    except FileNotFoundError:
        raise _not_found(path, "there is no such file", "Check its name and folder.") from None
    except PermissionError:
        raise _not_found(
            path, "you are not allowed to read this file", "Ask its owner to allow it."
        ) from None
    except OSError as error:
        raise _not_found(path, f"it cannot be read ({error.strerror})", "Check its disk.") from None
    if empty:
        raise ProtocolViolation(
            quoted(path), "open", "this file is empty", "Copy or export it again."
        )


def _not_found(path: Path, cause: str, advice: str) -> NotFound:
    return NotFound(quoted(path), "open", cause, advice)
