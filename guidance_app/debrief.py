"""`guidance debrief`: a session to take away, as one page with its clip or as pages on paper."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from guidance_app import config

if TYPE_CHECKING:
    from guidance_app.debriefing.burned_in import BurnedIn
    from guidance_app.debriefing.make import Made
    from guidance_app.session.reader import SessionReader
    from guidance_app.settings import BannerMask, Box

DONE, FAILED, DONE_IN_PART = 0, 1, 3
HTML, PDF = ".html", ".pdf"


class DebriefRefused(ValueError):
    """It cannot be made as asked; `str()` is one or two sentences."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.description = (
        "Makes of a session what a trainee may take away: a page with the clip, a time line, "
        "figures, ratings and the checklist, and the same as PDF without the clip. Names are left "
        "out, of texts and of pictures. docs/debrief.md says what is left out and how."
    )
    parser.add_argument("session", type=Path, metavar="SESSION")
    parser.add_argument(
        "--to",
        type=Path,
        required=True,
        metavar="FOLDER|FILE.html|FILE.pdf",
        help="a folder gets both",
    )
    parser.add_argument(
        "--mask",
        type=_box,
        action="append",
        default=[],
        metavar="X,Y,WIDTH,HEIGHT",
        help="a rectangle of the picture to fill, in its pixels; several may be named, and they "
        "are remembered for this device",
    )
    parser.add_argument(
        "--unmasked",
        action="store_true",
        help="fill nothing but what --mask names: a name in the picture stays in it",
    )
    parser.add_argument(
        "--with-notes", action="store_true", help="keep what people typed: it may name somebody"
    )
    parser.add_argument("--json", action="store_true", help="tell of it in one JSON document")
    parser.set_defaults(handler=run)


def run(options: argparse.Namespace) -> int:
    """The command; returns the exit status."""
    from guidance_app.debriefing.burned_in import MaskRefused, burned_in
    from guidance_app.session.disk import LOCAL_DISK, write_whole
    from guidance_app.session.reader import SessionReader

    try:
        with SessionReader(options.session) as reader:
            places = _places(options.to, reader)
            filled = burned_in(reader, _mask(options, reader), options.unmasked)
            made = _make(options, reader, filled, places)
        for kind, path in places.items():
            write_whole(LOCAL_DISK, path, made.files[kind])
    except (DebriefRefused, MaskRefused) as refused:
        print(f"guidance: {options.session}: {refused}", file=sys.stderr)
        return FAILED
    except OSError as error:  # those of FFmpeg are of this kind too
        print(f"guidance: {options.to} cannot be written ({error.strerror}).", file=sys.stderr)
        return FAILED
    _tell(options, made, places)
    return DONE_IN_PART if made.missing else DONE


def _places(to: Path, reader: "SessionReader") -> dict[str, Path]:
    """Where each kind goes; raises DebriefRefused where it has no place."""
    from guidance_app.debriefing.gather import session_code
    from guidance_app.session.format import SESSION_SUFFIX

    if any(one.suffix == SESSION_SUFFIX for one in (to.resolve(), *to.resolve().parents)):
        raise DebriefRefused(f"{to} lies inside a recording. Name a place beside it.")
    if not to.suffix:
        _make_folder(to)
    if to.is_dir():
        name = f"debrief-{session_code(reader)}".rstrip("-")
        places = {kind: to / f"{name}{kind}" for kind in (HTML, PDF)}
    elif to.suffix.lower() in (HTML, PDF):
        places = {to.suffix.lower(): to}
    else:
        raise DebriefRefused(
            f"{to} is no folder and ends in neither {HTML} nor {PDF}. Name a folder that is there, "
            "or such a file."
        )
    for path in places.values():
        _require_new(path)
    return places


def _make_folder(to: Path) -> None:
    try:
        to.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DebriefRefused(f"the folder {to} cannot be made ({error.strerror}).") from None


def _require_new(path: Path) -> None:
    if path.exists() or path.is_symlink():
        raise DebriefRefused(f"{path} is there already. Name another one, or move it away.")
    if not path.parent.is_dir():
        raise DebriefRefused(f"there is no folder {path.parent}. Make it, or name another one.")


def _make(
    options: argparse.Namespace,
    reader: "SessionReader",
    filled: "BurnedIn",
    places: dict[str, Path],
) -> "Made":
    from guidance_app.debriefing.make import make_debrief
    from guidance_app.progress import progress_bar
    from guidance_app.screen import choose_platform

    choose_platform()
    return make_debrief(reader, filled, options.with_notes, tuple(places), progress_bar())


def _mask(options: argparse.Namespace, reader: "SessionReader") -> "BannerMask | None":
    """Rectangles named now, and then remembered, or named before for this device."""
    from guidance_app.domain.chain_delay import device_key
    from guidance_app.settings import load_settings

    key = device_key(reader.manifest.source)
    if options.mask:
        return _remembered(key, tuple(options.mask), reader)
    if options.unmasked:
        return None
    return load_settings(config.settings_file(), _say).banner_masks.get(key)


def _remembered(key: str, boxes: "tuple[Box, ...]", reader: "SessionReader") -> "BannerMask":
    from guidance_app.settings import BannerMask, is_possible, remember_banner_mask

    if not reader.frames:
        raise DebriefRefused("it holds no picture that could be filled.")
    geometry = reader.frames[0].facts.geometry
    mask = BannerMask(geometry.width_px, geometry.height_px, boxes)
    if not is_possible(mask):
        size = f"{mask.width_px} x {mask.height_px}"
        raise DebriefRefused(f"its pictures have {size} pixels. Name rectangles inside of them.")
    try:
        remember_banner_mask(config.settings_file(), key, mask, _say)
        _say("These rectangles are remembered for this device, and filled the next time as well.")
    except OSError as error:
        _say(f"The rectangles cannot be remembered ({error.strerror}).")
    return mask


def _tell(options: argparse.Namespace, made: "Made", places: dict[str, Path]) -> None:
    for sentence in made.missing:
        _say(sentence)
    if options.json:
        files = [str(path) for path in places.values()]
        print(json.dumps({"files": files, "missing": list(made.missing)}))
        return
    for path in places.values():
        print(path)


def _say(sentence: str) -> None:
    print(f"guidance: {sentence}", file=sys.stderr)


def _box(text: str) -> "Box":
    """Raises argparse.ArgumentTypeError, in words."""
    numbers = text.split(",")
    if len(numbers) != 4 or not all(one.strip().isdecimal() for one in numbers):
        raise argparse.ArgumentTypeError(f"{text} is not x,y,width,height in whole pixels")
    left, top, width, height = map(int, numbers)
    return left, top, width, height
