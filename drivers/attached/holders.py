"""Which program holds a device file open."""

import os
from pathlib import Path


def find_holders(node: Path, proc: Path = Path("/proc")) -> str | None:
    """The programs that have `node` open, in words: "pipewire (process 9) or obs (process 4711)".

    None when none is found: without administrator rights only one's own processes can be seen.
    """
    target = node.resolve()
    processes = sorted(proc.glob("[0-9]*"), key=lambda folder: int(folder.name))
    words = [_in_words(process) for process in processes if _holds(process, target)]
    return " or ".join(dict.fromkeys(words)) or None


def _holds(process: Path, target: Path) -> bool:
    try:
        return any(_points_to(link, target) for link in (process / "fd").iterdir())
    except OSError:  # it has ended, or belongs to somebody else
        return False


def _points_to(link: Path, target: Path) -> bool:
    try:
        return link.readlink() == target
    except OSError:
        return False


def _in_words(process: Path) -> str:
    number = int(process.name)
    if os.getpid() in (number, _parent(process)):
        return "this program"
    try:
        name = (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        name = "a program"
    return f"{name} (process {number})"


def _parent(process: Path) -> int:
    try:
        lines = (process / "status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("PPid:")), 0)
