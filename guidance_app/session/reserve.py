"""Room that is kept while a session is recorded, so that a full disk still takes its end.

A file of fixed size lies in the session's folder. When the journal meets the end of the disk,
the file is removed, what the disk refused is written into the room that is free now, and the
session is closed.
"""

import errno
from pathlib import Path

from guidance_app.session.disk import Disk, OutputFile
from guidance_app.session.format import CLOSING_BYTES, RESERVE_NAME

FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
UNSUITABLE = (errno.EFBIG, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP)
"""The disk, or a limit on it, has no such file: it is recorded without."""


class ClosingReserve:
    """The room kept for the end of one session. One thread."""

    def __init__(self, disk: Disk, folder: Path) -> None:
        """Take the room; OSError when there is not as much."""
        self._path = folder / RESERVE_NAME
        self._kept = False
        self.used = False
        """The disk was full, and the room has been given to the journal."""
        try:
            disk.reserve(self._path, CLOSING_BYTES)
            self._kept = True
        except OSError as error:
            if error.errno not in UNSUITABLE:
                raise

    def use(self) -> bool:
        """Free the room for what the disk has refused; False when there is none left."""
        self.used = self.used or self._kept
        return self.release()

    def release(self) -> bool:
        """Free the room; False when it is free already or the disk does not give it back."""
        if not self._kept:
            return False
        self._kept = False
        try:
            self._path.unlink()
        except OSError:
            return False
        return True


class ReservedFile:
    """A file that is only appended to, and goes on in the reserve when the disk is full."""

    def __init__(self, file: OutputFile, reserve: ClosingReserve) -> None:
        self._file = file
        self._reserve = reserve
        self._end = 0
        self.tell = file.tell
        self.seek = file.seek
        self.sync = file.sync
        self.close = file.close

    def write(self, data: bytes) -> int:
        """Hand all of `data` to the operating system; OSError, with half of it, when it cannot."""
        try:
            self._file.write(data)
        except OSError as error:
            if error.errno not in FULL or not self._reserve.use():
                raise
            self._file.seek(self._end)  # over what still fitted
            self._file.write(data)
        self._end += len(data)
        return len(data)
