"""What every test gets: no screen, repeatable examples, and a check that nothing is left behind."""

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before anything can import Qt

import gc
import shutil
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import hypothesis
import pytest

hypothesis.settings.register_profile("project", deadline=None, derandomize=True)
hypothesis.settings.load_profile("project")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SOCKET_TABLES = [Path("/proc/self/net", name) for name in ("tcp", "tcp6", "udp", "udp6")]


class DiskUsage(NamedTuple):
    """What shutil says of a disk, in bytes."""

    total: int
    used: int
    free: int


@pytest.fixture
def shared_data() -> Path:
    """The folder with the real recordings, which are not part of the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real recordings are not here (expected in ../shared/data)")
    return SHARED_DATA


@pytest.fixture
def roomy_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk with room for hours, whatever the machine that runs the test has."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: DiskUsage(10**12, 0, 10**12))


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port at which nobody listens, kept from others by a socket that is bound and no more."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]


def running_threads() -> set[object]:
    """Python's own threads, without those that Qt or a codec made and that only called Python."""
    return {
        thread for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)
    }


def open_sockets() -> set[object]:
    """Inodes of this process's open internet sockets, of whatever library; Linux only."""
    listed = {
        line.split()[9]
        for table in SOCKET_TABLES
        if table.exists()
        for line in table.read_text().splitlines()[1:]
    }
    return {inode for inode in socket_inodes() if inode in listed}


def socket_inodes() -> Iterator[str]:
    """Inodes of the open file descriptors that are sockets; none where there is no /proc."""
    for descriptor in Path("/proc/self/fd").glob("*"):
        try:
            target = str(descriptor.readlink())
        except FileNotFoundError:  # the one that listed the folder
            continue
        if target.startswith("socket:["):
            yield target.removeprefix("socket:[").removesuffix("]")


def top_level_widgets() -> set[object]:
    """Windows without a parent that exist after pending deletions; none when Qt is not in use."""
    if "PyQt6.QtWidgets" not in sys.modules:
        return set()
    from PyQt6.QtCore import QCoreApplication, QEvent
    from PyQt6.QtWidgets import QApplication

    if QApplication.instance() is None:
        return set()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return {widget for widget in QApplication.topLevelWidgets() if widget.parent() is None}


LEFTOVERS: dict[str, Callable[[], set[object]]] = {
    "thread": running_threads,
    "socket": open_sockets,
    "top-level widget": top_level_widgets,
}


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Fail a test that leaves a thread, an internet socket or a window behind."""
    before = {kind: find() for kind, find in LEFTOVERS.items()}
    yield
    left = find_left(before)
    if left:
        gc.collect()  # what only a reference cycle holds is not left behind
        left = find_left(before)
    assert not left, "; ".join(left)


def find_left(before: dict[str, set[object]]) -> list[str]:
    """One sentence for each kind of which there is more than before."""
    return [
        f"left behind, {kind}: {', '.join(map(str, new))}"
        for kind, find in LEFTOVERS.items()
        if (new := find() - before[kind])
    ]
