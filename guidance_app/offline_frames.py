"""Every picture of files on disk, in order and as fast as it decodes; none is skipped."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from drivers.api.address import with_option
from drivers.api.errors import DeviceError, EndOfStream
from drivers.api.ports import SourceInfo, VideoSource
from drivers.api.samples import VideoFrame

UNSTATED_RATE_HZ = 25.0
"""Pictures that have no times of their own, as those of a folder, count as so many a second."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file to be read."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, eq=False)
class OfflineFrame:
    """A picture that was read, or the place of a file of which none can be."""

    number: int
    """Of all pictures from 0; a damaged one that was left out has a number too."""
    t_s: float
    """Since the first picture, by the times that the file states."""
    file: InputFile
    frame: VideoFrame | None
    modality: str = ""
    """As SourceInfo states it."""
    alone: bool = False
    """Its file holds no other."""
    problem: str = ""
    """Why there is no picture: one sentence."""
    share_done: float | None = None
    """Of the whole input, 0 to 1; None where nothing states how long it is."""


class OfflineFrames:
    """Reads the files one after another; once, on one thread."""

    def __init__(self, files: Sequence[InputFile], create: Callable[[str], VideoSource]) -> None:
        """`create` makes an unopened source for an address of a file."""
        self.missing: list[str] = []
        """What could not be read so far: one sentence each."""
        self._files = files
        self._create = create
        self._number = 0
        self._t_s = 0.0
        self._share = 0.0

    def __iter__(self) -> Iterator[OfflineFrame]:
        """The pictures, and one record without any for each file that gives none."""
        for index, file in enumerate(self._files):
            self._share = index / len(self._files)
            before = self._number
            try:
                yield from self._read(file)
            except DeviceError as error:
                self.missing.append(str(error))
                if self._number == before:
                    problem = str(error)
                    yield OfflineFrame(
                        self._number, self._t_s, file, None, problem=problem, share_done=self._share
                    )
                    self._pass_on(self._number, self._t_s, None)

    def _read(self, file: InputFile) -> Iterator[OfflineFrame]:
        source = self._create(with_option(file.address, "pace", "stepped"))
        try:
            info = source.open()
            yield from self._frames(file, source, info)
        finally:
            source.close()

    def _frames(
        self, file: InputFile, source: VideoSource, info: SourceInfo
    ) -> Iterator[OfflineFrame]:
        first_number, first_s = self._number, self._t_s
        zero_ns: int | None = None
        for frame in _until_end(source):
            number = first_number + frame.stamp.sequence
            self._note_lost(file, number)
            t_s, device_ns = self._t_s, frame.stamp.device_ns
            if device_ns is not None:
                zero_ns = device_ns if zero_ns is None else zero_ns
                t_s = first_s + (device_ns - zero_ns) / 1e9
            share = self._share_done(info, t_s - first_s)
            yield OfflineFrame(
                number, t_s, file, frame, info.modality, info.still, share_done=share
            )
            self._pass_on(number, t_s, info.nominal_rate_hz)

    def _pass_on(self, number: int, t_s: float, rate_hz: float | None) -> None:
        """Where the next picture is counted, unless it has a time of its own."""
        self._number = number + 1
        self._t_s = t_s + 1.0 / (rate_hz or UNSTATED_RATE_HZ)

    def _note_lost(self, file: InputFile, number: int) -> None:
        lost = number - self._number
        if lost > 0:
            pictures = "picture" if lost == 1 else "pictures"
            self.missing.append(f'"{file.name}": {lost} damaged {pictures} left out.')

    def _share_done(self, info: SourceInfo, played_s: float) -> float | None:
        if info.length_s:
            return self._share + min(1.0, played_s / info.length_s) / len(self._files)
        return self._share if len(self._files) > 1 else None


def _until_end(source: VideoSource) -> Iterator[VideoFrame]:
    while True:
        try:
            yield source.read()
        except EndOfStream:
            return
