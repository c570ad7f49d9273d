"""Disks that fill up, refuse, or lose their power; they write through the real one."""

import errno
import os
from pathlib import Path

from guidance_app.session.disk import LOCAL_DISK, LocalDisk, LocalFile, OutputFile

PLENTY = 100 << 30


class SparingDisk(LocalDisk):
    """The real disk; not 64 MiB of it are kept for the end of every session of a test."""

    def reserve(self, path: Path, size_bytes: int) -> None:
        super().reserve(path, 1)


SPARING_DISK = SparingDisk()


class FailingDisk(SparingDisk):
    """Takes `room` bytes and `syncs` syncs in files whose name contains `only`, then refuses.

    `kept` bytes more are there once the file that keeps room for the end is removed.
    """

    def __init__(
        self, room: int = PLENTY, syncs: int = PLENTY, only: str = "", kept: int = 0
    ) -> None:
        self.room = room
        self.syncs = syncs
        self.only = only
        self.free = PLENTY
        self.kept = kept
        self.reserve_path: Path | None = None

    def create(self, path: Path) -> OutputFile:
        return FailingFile(self, path)

    def reserve(self, path: Path, size_bytes: int) -> None:
        super().reserve(path, size_bytes)
        self.reserve_path = path

    def free_bytes(self, folder: Path) -> int:
        LOCAL_DISK.free_bytes(folder)
        return self.free

    def take(self, wanted: int) -> int:
        """How many of the bytes still fit."""
        if self.reserve_path is not None and not self.reserve_path.exists():
            self.room += self.kept
            self.kept = 0
        fitting = min(wanted, self.room)
        self.room -= fitting
        return fitting


class FailingFile(LocalFile):
    """A file on such a disk; what still fits is written before it refuses."""

    def __init__(self, disk: FailingDisk, path: Path) -> None:
        super().__init__(path)
        self._disk = disk
        self._fails = disk.only in path.name

    def write(self, data: bytes) -> int:
        if not self._fails:
            return super().write(data)
        fitting = self._disk.take(len(data))
        written = super().write(data[:fitting])
        if fitting < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return written

    def sync(self) -> None:
        if self._fails:
            self._disk.syncs -= 1
            if self._disk.syncs < 0:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
        super().sync()


class RefusingDisk(SparingDisk):
    """Refuses the n-th use of a kind; of "any" kind, it is dead from the n-th use on.

    Kinds: create, write, sync, close, replace, reserve. Half of a refused write is written,
    and what is refused to be closed is closed, as on a network drive.
    """

    def __init__(self, kind: str, nth: int) -> None:
        self.kind = kind
        self.left = nth
        self.refused = False

    def check(self, kind: str) -> None:
        if self.kind not in (kind, "any"):
            return
        self.left -= 1
        if self.left == 0 or (self.left < 0 and self.kind == "any"):
            self.refused = True
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    def create(self, path: Path) -> OutputFile:
        self.check("create")
        return RefusingFile(self, path)

    def replace(self, written: Path, path: Path) -> None:
        self.check("replace")
        super().replace(written, path)

    def reserve(self, path: Path, size_bytes: int) -> None:
        self.check("reserve")
        super().reserve(path, size_bytes)

    def free_bytes(self, folder: Path) -> int:
        return PLENTY


class RefusingFile(LocalFile):
    """A file on such a disk."""

    def __init__(self, disk: RefusingDisk, path: Path) -> None:
        super().__init__(path)
        self._disk = disk
        self._closed = False

    def write(self, data: bytes) -> int:
        try:
            self._disk.check("write")
        except OSError:
            super().write(data[: len(data) // 2])
            raise
        return super().write(data)

    def sync(self) -> None:
        self._disk.check("sync")  # and nothing else: there is no power cut here

    def close(self) -> None:
        super().close()
        if not self._closed:
            self._closed = True
            self._disk.check("close")


class MortalDisk(SparingDisk):
    """Remembers of every file what had been synced; cut_power() leaves only that."""

    def __init__(self) -> None:
        self.durable: dict[Path, bytes] = {}

    def create(self, path: Path) -> OutputFile:
        return MortalFile(self, path)

    def cut_power(self, folder: Path) -> None:
        for path in folder.iterdir():
            written_as = path if path in self.durable else path.with_name(path.name + ".new")
            path.write_bytes(self.durable.get(written_as, b""))


class MortalFile(LocalFile):
    """A file on such a disk."""

    def __init__(self, disk: MortalDisk, path: Path) -> None:
        super().__init__(path)
        self._disk = disk
        self._path = path

    def sync(self) -> None:
        super().sync()
        self._disk.durable[self._path] = self._path.read_bytes()
