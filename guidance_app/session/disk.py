"""Files of a session: created, flushed, replaced as a whole, and opened without trusting them."""

import contextlib
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import BinaryIO, Protocol

from guidance_app.session.errors import DamagedSession, NotASession, SessionError

if sys.platform != "win32":
    import fcntl

ZEROS_BYTES = 1 << 20

TEMPORARY_SUFFIX = ".new"
"""A file under this name is not complete and never part of a session."""


class OutputFile(Protocol):
    """A new file that one thread writes; OSError when the disk refuses."""

    def write(self, data: bytes) -> int:
        """Hand all of `data` to the operating system."""
        ...

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move to where the next write goes."""
        ...

    def tell(self) -> int:
        """Where the next write goes."""
        ...

    def sync(self) -> None:
        """Return when everything written would survive a power cut."""
        ...

    def close(self) -> None:
        """Close; idempotent."""
        ...


class Disk(Protocol):
    """Where sessions are written; a port, so that a full or dying disk can be played."""

    def create(self, path: Path) -> OutputFile:
        """A new empty file; raises FileExistsError when there is one."""
        ...

    def replace(self, written: Path, path: Path) -> None:
        """Put a file that is complete in the place of the one at `path`, at once."""
        ...

    def reserve(self, path: Path, size_bytes: int) -> None:
        """A new file that takes so much room until it is removed; OSError leaves none."""
        ...

    def free_bytes(self, folder: Path) -> int:
        """What may still be written below `folder`."""
        ...


class LocalFile:
    """An unbuffered file that is held against a second writer or a repair while it is open."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb", buffering=0)
        _hold(self._file.fileno())

    def write(self, data: bytes) -> int:
        """Hand all of `data` to the operating system."""
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) :]
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move to where the next write goes."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Where the next write goes."""
        return self._file.tell()

    def sync(self) -> None:
        """Return when everything written would survive a power cut."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close; idempotent."""
        self._file.close()


class LocalDisk:
    """The file system of this machine."""

    def create(self, path: Path) -> OutputFile:
        """A new empty file; raises FileExistsError when there is one."""
        return LocalFile(path)

    def replace(self, written: Path, path: Path) -> None:
        """Put a file that is complete in the place of the one at `path`, at once."""
        written.replace(path)

    def reserve(self, path: Path, size_bytes: int) -> None:
        """A new file that takes so much room until it is removed; OSError leaves none."""
        try:
            with path.open("xb", buffering=0) as file:
                _take_room(file, size_bytes)
        except OSError:
            path.unlink(missing_ok=True)
            raise

    def free_bytes(self, folder: Path) -> int:
        """What may still be written below `folder`."""
        return shutil.disk_usage(folder).free


LOCAL_DISK = LocalDisk()


@contextlib.contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Where a new file for `path` is written; what was not put in its place is removed."""
    temporary = path.with_name(path.name + TEMPORARY_SUFFIX)
    temporary.unlink(missing_ok=True)
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def write_whole(disk: Disk, path: Path, content: bytes) -> None:
    """Put `content` at `path` so that there is always the old file or the new one, never half."""
    with beside(path) as temporary:
        with contextlib.closing(disk.create(temporary)) as file:
            file.write(content)
            file.sync()
        disk.replace(temporary, path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make new names in `folder` survive a power cut; Windows has no such call."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def open_plain(path: Path) -> BinaryIO:
    """Open a plain file for reading; a link, pipe or device in its place is refused."""
    try:
        file = open(path, "rb", opener=_open_carefully)  # noqa: SIM115  # handed to the caller
    except (FileNotFoundError, NotADirectoryError):
        raise NotASession(
            f"{path.parent} has no {path.name}.", "Choose the folder of a whole session."
        ) from None
    except OSError as error:
        raise DamagedSession(
            f"{path} cannot be opened ({error.strerror}).", "Check the disk and the permissions."
        ) from None
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise DamagedSession(f"{path} is not a plain file.", "Copy the session again.")
    return file


@contextlib.contextmanager
def held_for_repair(path: Path) -> Iterator[None]:
    """Keep the file at `path` from a second repair; SessionError when it is being written."""
    with open_plain(path) as file:
        if not _hold(file.fileno()):
            raise SessionError(
                f"{path.parent} is still being recorded or repaired.", "Stop that first."
            )
        yield


def is_being_recorded(journal: Path) -> bool:
    """Whether another program holds the journal of a session now; Windows does not tell."""
    try:
        with held_for_repair(journal):
            return False
    except SessionError:
        return True


def _open_carefully(path: str, flags: int) -> int:
    careful = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    return os.open(path, flags | careful)


def _take_room(file: FileIO, size_bytes: int) -> None:
    if sys.platform == "linux":
        os.posix_fallocate(file.fileno(), 0, size_bytes)
        return
    block = bytes(ZEROS_BYTES)  # elsewhere only what is written is sure to have its place
    for _ in range(0, size_bytes, ZEROS_BYTES):
        file.write(block)


def _hold(descriptor: int) -> bool:
    """Lock an open file until it is closed; False when another process has."""
    if sys.platform == "win32":
        return True  # there an open file cannot be replaced anyway
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # some network file systems have no locks
    return True
