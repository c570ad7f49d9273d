"""What was seen of the needle, drawn into the pictures and kept as a video or a picture."""

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.processing.needle.frame_by_frame import LookedAt
from guidance_app.sight_drawing import draw_sight

if TYPE_CHECKING:
    import av
    from av.container import OutputContainer
    from av.video.stream import VideoStream

VIDEO_SUFFIX, PICTURE_SUFFIX = ".mp4", ".png"
NEW_SUFFIX = ".new"
"""A file under this name is not whole."""
CODEC = "libx264"
CODEC_OPTIONS = {"crf": "18", "preset": "veryfast"}
RATE_HZ = 30
"""Only informs players: each picture has its own time."""
MILLISECOND = Fraction(1, 1000)


class OverlayRefused(Exception):
    """The overlay cannot be written; `str()` is one sentence."""


class SightOverlay(Protocol):
    """Takes the pictures in order."""

    def add(self, pixels: ImageU8, looked: LookedAt, t_s: float) -> None:
        """One picture with what was seen in it, at its time."""
        ...


@contextlib.contextmanager
def open_overlay(path: Path | None) -> Iterator[SightOverlay]:
    """Where pictures are drawn to; the file is there once all are in it, and only then.

    Without a path nothing is drawn. Raises OverlayRefused.
    """
    if path is None:
        yield _NoOverlay()
        return
    _require_new(path)
    new = path.with_name(path.name + NEW_SUFFIX)
    overlay = _Video(new) if path.suffix.lower() == VIDEO_SUFFIX else _Picture(new)
    try:
        yield overlay
        overlay.finish()
        if overlay.written:
            new.replace(path)
    except OSError as error:  # those of FFmpeg are of this kind too
        raise OverlayRefused(f"{path} cannot be written ({error.strerror}).") from None
    finally:
        overlay.give_up()
        new.unlink(missing_ok=True)


def _require_new(path: Path) -> None:
    if path.suffix.lower() not in (VIDEO_SUFFIX, PICTURE_SUFFIX):
        raise OverlayRefused(
            f"{path} is neither an .mp4 nor a .png. Name a video, or for one picture a picture."
        )
    if not path.parent.is_dir():
        raise OverlayRefused(f"There is no folder {path.parent}. Make it, or name another one.")
    if path.exists():
        raise OverlayRefused(f"{path} is there already. Name a new file, or move that one away.")


class _NoOverlay:
    def add(self, pixels: ImageU8, looked: LookedAt, t_s: float) -> None:
        """Nothing is drawn."""


class _Picture:
    """One picture."""

    def __init__(self, path: Path) -> None:
        self.written = False
        self._path = path

    def add(self, pixels: ImageU8, looked: LookedAt, t_s: float) -> None:
        """The first and only picture."""
        if self.written:
            raise OverlayRefused("There is more than one picture: name the overlay as an .mp4.")
        _, coded = cv2.imencode(PICTURE_SUFFIX, draw_sight(pixels, looked))
        self._path.write_bytes(coded.tobytes())
        self.written = True

    def finish(self) -> None:
        """It is whole already."""

    def give_up(self) -> None:
        """Nothing is held open."""


class _Video:
    """A video of the size of its first picture; others are fitted into that."""

    def __init__(self, path: Path) -> None:
        self.written = False
        self._path = path
        self._container: OutputContainer | None = None
        self._stream: VideoStream | None = None
        self._size = (0, 0)
        self._pts_ms = -1

    def add(self, pixels: ImageU8, looked: LookedAt, t_s: float) -> None:
        """The next picture, shown from this time on."""
        import av  # noqa: PLC0415 - 80 ms

        if self._stream is None:
            self._open(pixels)
        drawn = av.VideoFrame.from_ndarray(fitted(draw_sight(pixels, looked), self._size), "bgr24")
        self._pts_ms = max(self._pts_ms + 1, round(t_s * 1000))
        drawn.pts, drawn.time_base = self._pts_ms, MILLISECOND
        self._put(drawn.reformat(format="yuv420p"))
        self.written = True

    def finish(self) -> None:
        """Write what is left, and close the file."""
        self._put(None)
        container, self._container = self._container, None
        if container is not None:
            container.close()

    def give_up(self) -> None:
        """Close the file as it is; after finish() nothing is left to do.

        FFmpeg crashes when it is told to write on after an error of the disk.
        """
        if self._container is not None:
            with contextlib.suppress(OSError):
                self._container.close()

    def _open(self, pixels: ImageU8) -> None:
        import av  # noqa: PLC0415 - see above

        height, width = pixels.shape[:2]
        self._size = width + width % 2, height + height % 2  # colour is stored for 2 x 2 pixels
        self._container = av.open(str(self._path), "w", format=VIDEO_SUFFIX[1:])
        added = self._container.add_stream(CODEC, rate=RATE_HZ, options=CODEC_OPTIONS)
        self._stream = stream = cast("VideoStream", added)
        stream.width, stream.height = self._size
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = MILLISECOND

    def _put(self, frame: "av.VideoFrame | None") -> None:
        if self._container is not None and self._stream is not None:
            self._container.mux(self._stream.encode(frame))


def fitted(pixels: ImageU8, size: tuple[int, int]) -> ImageU8:
    """A BGR picture inside another size (width, height), as large as it fits, black around it.

    Where it is smaller by less than two pixels it keeps its own.
    """
    height, width = pixels.shape[:2]
    canvas = np.zeros((size[1], size[0], 3), np.uint8)
    if not (0 <= size[0] - width < 2 and 0 <= size[1] - height < 2):
        factor = min(size[0] / width, size[1] / height)
        width, height = max(1, int(width * factor)), max(1, int(height * factor))
        pixels = np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA))
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    canvas[top : top + height, left : left + width] = pixels
    return canvas
