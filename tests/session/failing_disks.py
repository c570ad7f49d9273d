"""Disks that fill up, refuse, or lose their power; they write through the real one."""

import errno
import os
from pathlib import Path

from guidance_app.session.disk import LOCAL_DISK, LocalFile, OutputFile

PLENTY = 100 << 30


class FailingDisk:
    """Takes `room` bytes and `syncs` syncs in files whose name contains `only`, then refuses."""

    def __init__(self, room: int = PLENTY, syncs: int = PLENTY, only: str = "") -> None:
        self.room = room
        self.syncs = syncs
        self.only = only
        self.free = PLENTY

    def create(self, path: Path) -> OutputFile:
        return FailingFile(self, path)

    def free_bytes(self, folder: Path) -> int:
        LOCAL_DISK.free_bytes(folder)
        return self.free


class FailingFile(LocalFile):
    """A file on such a disk; what still fits is written before it refuses."""

    def __init__(self, disk: FailingDisk, path: Path) -> None:
        super().__init__(path)
        self._disk = disk
        self._fails = disk.only in path.name

    def write(self, data: bytes) -> int:
        if not self._fails:
            return super().write(data)
        fitting = data[: self._disk.room]
        self._disk.room -= len(fitting)
        written = super().write(fitting)
        if len(fitting) < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return written

    def sync(self) -> None:
        if self._fails:
            self._disk.syncs -= 1
            if self._disk.syncs < 0:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
        super().sync()


class MortalDisk:
    """Remembers of every file what had been synced; cut_power() leaves only that."""

    def __init__(self) -> None:
        self.durable: dict[Path, bytes] = {}

    def create(self, path: Path) -> OutputFile:
        return MortalFile(self, path)

    def free_bytes(self, folder: Path) -> int:
        return LOCAL_DISK.free_bytes(folder)

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
