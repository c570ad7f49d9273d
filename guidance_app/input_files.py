"""Pictures on disk that a command line names: their address, and those of a folder in order."""

import re
from pathlib import Path

PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".dcm"})
"""Of files in a folder; DICOM files without one are told by their content."""
_DIGITS = re.compile(r"(\d+)")


def address_of(text: str) -> str:
    """The address of a file that is named by its path alone; any other text as it is."""
    path = Path(text).expanduser()
    if not path.is_file():
        return text if ":" in text else f"file:{text}"
    return f"{'dicom' if _is_dicom(path) else 'file'}:{path}"


def pictures_in(folder: Path) -> list[Path]:
    """The picture and DICOM files of a folder in the order a person counts; hidden ones left out.

    OSError passes through.
    """
    files = [path for path in folder.iterdir() if path.is_file() and path.name[0] != "."]
    return sorted(filter(_is_picture, files), key=_natural)


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in PICTURE_SUFFIXES or _is_dicom(path)


def _is_dicom(path: Path) -> bool:
    """What cannot be read is none: whoever opens it is told why."""
    try:
        with path.open("rb") as file:
            return file.read(132)[128:] == b"DICM"
    except OSError:
        return False


def _natural(path: Path) -> tuple[list[tuple[int, int, str]], str]:
    """Numbers in a name by their value: 2.png before 10.png."""
    parts = [part for part in _DIGITS.split(path.name.lower()) if part]
    key = [(0, int(p), "") if p.isascii() and p.isdigit() else (1, 0, p) for p in parts]
    return key, path.name
