"""`guidance detect`: the needle in every frame of a recording, a line of JSON for each."""

import argparse
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.api.address import public_text
from drivers.api.errors import NotFound
from drivers.api.samples import VideoFrame
from guidance_app.domain.calibration import PLAUSIBLE_MM_PER_PX, is_plausible
from guidance_app.input_files import address_of, pictures_in
from guidance_app.offline_frames import InputFile, OfflineFrame, OfflineFrames
from guidance_app.progress import progress_bar

if TYPE_CHECKING:
    from guidance_app.domain.needle import SeenNeedle
    from guidance_app.domain.picture_area import PictureArea
    from guidance_app.processing.needle.frame_by_frame import Box, FrameByFrame, LookedAt
    from guidance_app.sight_overlay import SightOverlay

DONE, FAILED, WRONG_USAGE, DONE_IN_PART = 0, 1, 2, 3
READ_SCHEMES = ("file", "dicom")
AMBIGUOUS = (
    "The ruler can be read in more than one way, so that no scale is taken from it. "
    "Name the console's with --mm-per-px."
)


NOTHING: dict[str, object] = {"area_px": None, "mm_per_px": None, "needle": None, "ms": 0.0}


class UsageRefused(Exception):
    """What was asked does not go with this input; `str()` is one sentence."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.description = (
        "Looks for one needle in every frame, in order. A line of JSON for each frame goes to "
        "standard output, everything else to standard error. docs/needle.md explains the lines."
    )
    parser.add_argument(
        "input", metavar="INPUT", help="a video, a picture, a folder of pictures, or a DICOM file"
    )
    parser.add_argument(
        "--mm-per-px", type=_scale, metavar="X", help="millimetres of a pixel; default: as found"
    )
    parser.add_argument(
        "--roi", type=_box, metavar="X,Y,W,H", help="where to look, in pixels; default: as found"
    )
    parser.add_argument(
        "--overlay", type=Path, metavar="OUT", help="also write a video (.mp4) or picture (.png)"
    )
    parser.add_argument("--json", action="store_true", help="lines of JSON, as without it")
    parser.set_defaults(handler=run)


def run(options: argparse.Namespace) -> int:
    """The command; returns the exit status."""
    from guidance_app.sight_overlay import OverlayRefused

    try:
        return _detect(options)
    except UsageRefused as refused:
        tell(str(refused))
        return WRONG_USAGE
    except OverlayRefused as refused:
        tell(str(refused))
        return FAILED


def _detect(options: argparse.Namespace) -> int:
    from drivers.api.clock import SystemClock
    from guidance_app.bootstrap import create_source
    from guidance_app.processing.needle.frame_by_frame import FrameByFrame
    from guidance_app.sight_overlay import open_overlay

    files = _files(options.input)
    frames = OfflineFrames(files, create_source)
    search = FrameByFrame(SystemClock(), options.roi, options.mm_per_px)
    with open_overlay(options.overlay) as overlay:
        report = _Report(search, overlay, options.roi, Path(options.input).is_dir())
        for offline in frames:
            report.add(offline)
        return report.end(frames.missing)


class _Report:
    """Looks at each picture, and says what is found in it."""

    def __init__(
        self, search: "FrameByFrame", overlay: "SightOverlay", box: "Box | None", in_folder: bool
    ) -> None:
        self._search = search
        self._overlay = overlay
        self._box = box
        self._in_folder = in_folder
        self._read = 0
        self._outside = 0
        self._ambiguous = False
        self._progress = None if sys.stdout.isatty() else progress_bar()
        self._share_known = False

    def add(self, offline: OfflineFrame) -> None:
        """One picture; of a file in a folder that gives none, the reason."""
        if offline.frame is not None:
            self._look(offline, offline.frame)
        elif self._in_folder:
            print(json.dumps(_heading(offline, True) | NOTHING | {"reason": offline.problem}))
        if offline.share_done is not None:
            self._share_known = True
            self._show_progress(offline.share_done)

    def end(self, missing: Sequence[str]) -> int:
        """The exit status, after saying what is missing."""
        if self._share_known:
            self._show_progress(1.0)
        if self._ambiguous:
            tell(AMBIGUOUS)
        for sentence in missing:
            tell(sentence)
        if self._outside:
            tell(f"Pictures too small for the place that was given: {self._outside}.")
        if not self._read:
            return FAILED
        return DONE_IN_PART if missing or self._outside else DONE

    def _look(self, offline: OfflineFrame, frame: VideoFrame) -> None:
        self._note_outside(frame)
        looked = self._search.look(frame, offline.number, offline.modality, offline.alone)
        self._read += 1
        self._ambiguous |= looked.place.ambiguous
        self._overlay.add(frame.pixels, looked, offline.t_s)
        print(json.dumps(_heading(offline, self._in_folder) | finding(looked)))

    def _show_progress(self, share: float) -> None:
        """Where the lines themselves scroll by, a bar between them would only disturb."""
        if self._progress is not None:
            self._progress(share)

    def _note_outside(self, frame: VideoFrame) -> None:
        """A place that even the first picture does not hold is a wrong one."""
        from guidance_app.processing.needle.frame_by_frame import lies_within

        if self._box is None or lies_within(self._box, frame.geometry):
            return
        if not self._read:
            size = f"{frame.geometry.width_px} × {frame.geometry.height_px}"
            raise UsageRefused(
                f"The place {_words(self._box)} does not lie within the picture of {size} pixels. "
                "Write --roi left,top,width,height."
            )
        self._outside += 1


def tell(sentence: str) -> None:
    """One sentence on standard error."""
    print(f"guidance: {sentence}", file=sys.stderr)


def _heading(offline: OfflineFrame, in_folder: bool) -> dict[str, object]:
    named: dict[str, object] = {"file": offline.file.name} if in_folder else {}
    return {"frame": offline.number, "t_s": round(offline.t_s, 6)} | named


def finding(looked: "LookedAt") -> dict[str, object]:
    """What a line says of one picture, as docs/needle.md lists it."""
    place, needle = looked.place, looked.sight.needle
    found: dict[str, object] = {
        "area_px": None if place.area is None else _area_px(place.area),
        "mm_per_px": None if place.mm_per_px is None else round(place.mm_per_px, 6),
        "needle": None if needle is None else _needle(needle),
        "ms": round(looked.search_ns / 1e6, 3),
        "repeated": not looked.fresh,
    }
    return found if needle is not None else found | {"reason": looked.sight.reason}


def _area_px(area: "PictureArea") -> list[int]:
    return [area.left_px, area.top_px, *area.size_px]


def _needle(needle: "SeenNeedle") -> dict[str, object]:
    return {
        "tip_px": [round(value, 2) for value in needle.tip_px],
        "far_px": [round(value, 2) for value in needle.far_px],
        "angle_deg": round(math.degrees(needle.angle_rad), 3),
        "sigma_tip_px": round(needle.sigma_along_px, 3),
        "sigma_across_px": round(needle.sigma_across_px, 3),
        "sigma_angle_deg": round(math.degrees(needle.sigma_angle_rad), 4),
        "confidence": round(needle.confidence, 4),
        "tip_visible": needle.tip_visible,
        "coasted": needle.coasted,
        "fading": needle.fading,
    }


def _files(text: str) -> list[InputFile]:
    """The files to be read; raises NotFound where there are none."""
    folder = Path(text).expanduser()
    if not folder.is_dir():
        address = address_of(text)
        scheme, _, target = address.partition(":")
        if scheme not in READ_SCHEMES:
            raise NotFound(
                f'"{public_text(text)}"',
                "open",
                "there is no such file",
                "Name a video, a picture, a folder of pictures or a DICOM file.",
            )
        return [InputFile(Path(target).name, address)]
    try:
        found = pictures_in(folder)
    except OSError as error:
        cause = f"it cannot be read ({error.strerror})"
        raise NotFound(f'"{text}"', "open", cause, "Check that you may read it.") from None
    if not found:
        raise NotFound(
            f'"{text}"', "open", "there are no pictures in this folder", "Choose another folder."
        )
    return [InputFile(path.name, address_of(str(path))) for path in found]


def _scale(text: str) -> float:
    low, high = PLAUSIBLE_MM_PER_PX
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not is_plausible(value):
        raise argparse.ArgumentTypeError(f"a pixel is {low:g} to {high:g} mm, not {text}")
    return value


def _box(text: str) -> "Box":
    parts = text.split(",")
    whole = all(part.isascii() and part.isdigit() and len(part) <= 5 for part in parts)
    if len(parts) != 4 or not whole or min(int(parts[2]), int(parts[3])) < 2:
        raise argparse.ArgumentTypeError(
            f"write left,top,width,height in whole pixels, for example 360,110,650,590, not {text}"
        )
    left, top, width, height = map(int, parts)
    return left, top, width, height


def _words(box: "Box") -> str:
    return ",".join(map(str, box))
