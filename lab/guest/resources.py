"""What a program holds, read from the kernel."""

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

PROC = Path("/proc")
MOMENTS, APART_S = 6, 0.2


@dataclass(frozen=True, slots=True)
class Held:
    """At one moment: this program, the processes it started, and the machine's shared memory."""

    rss_kib: int
    descriptors: int
    threads: int
    children: int
    children_descriptors: int
    shm_files: int
    shared_kib: int
    """All shared memory of the machine: files in /dev/shm, memfd, and the layer in memory."""


def measure_kept() -> Held:
    """What is held throughout a second: what is open for a moment only is not kept."""
    held = [asdict(measure_held())]
    for _ in range(MOMENTS - 1):
        time.sleep(APART_S)
        held.append(asdict(measure_held()))
    return Held(**{name: min(moment[name] for moment in held) for name in held[0]})


def measure_held() -> Held:
    """What is held now."""
    own = os.getpid()
    children = list(find_descendants(own))
    return Held(
        rss_kib=read_resident_kib(),
        descriptors=count_descriptors(own),
        threads=count_threads(),
        children=len(children),
        children_descriptors=sum(count_descriptors(child) for child in children),
        shm_files=_count(Path("/dev/shm")),
        shared_kib=_field(PROC / "meminfo", "Shmem"),
    )


def read_resident_kib() -> int:
    """Memory of this program that is not swapped out."""
    return _field(PROC / "self/status", "VmRSS")


def read_anonymous_kib() -> int:
    """The part of it that belongs to no file, which the system cannot drop and read again."""
    return _field(PROC / "self/status", "RssAnon")


def count_threads() -> int:
    """Threads of this program."""
    return _field(PROC / "self/status", "Threads")


def count_descriptors(process: int) -> int:
    """What a process holds open."""
    return _count(PROC / str(process) / "fd")


def find_descendants(process: int) -> Iterator[int]:
    """The processes that this one has started, and those that they have."""
    for task in (PROC / str(process) / "task").glob("*/children"):
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):  # the thread has ended
            for child in task.read_text().split():
                yield int(child)
                yield from find_descendants(int(child))


def _count(folder: Path) -> int:
    return sum(1 for _ in folder.iterdir())


def _field(file: Path, name: str) -> int:
    line = next(line for line in file.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1])
