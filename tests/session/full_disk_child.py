"""Records on a small disk until that is full, and copies the session away.

Usage: full_disk_child.py DISK COPY MISSING_BYTES. The disk is smaller by so much than a recording
needs to begin; from then on its true size counts. Prints one JSON document.
"""

import json
import os
import shutil
import sys
from itertools import count
from pathlib import Path

from recordings import MS, SOURCE, START_NS, make_frame, make_outcome, make_snapshot, wall_clock

from drivers.api.clock import ManualClock
from guidance_app.domain.commands import MomentMarked
from guidance_app.domain.people import Person, Role
from guidance_app.runtime.recorder import Recorder
from guidance_app.session.disk import LocalDisk
from guidance_app.session.format import CLOSING_BYTES, NEEDED_BYTES, RESERVE_BYTES
from guidance_app.session.writer import SessionWriter

SOON_S = 60.0
LAST_BYTES = 1 << 20
MARK = MomentMarked("injection", Person("P-17", Role.OPERATOR))


class SmallDisk(LocalDisk):
    """The real disk, called larger than it is for as long as `missing` is not 0."""

    def __init__(self, missing: int) -> None:
        self.missing = missing

    def free_bytes(self, folder: Path) -> int:
        return super().free_bytes(folder) + self.missing


def fill(folder: Path, leave_bytes: int) -> None:
    """What somebody else writes on the same disk."""
    taken = LocalDisk().free_bytes(folder) - leave_bytes
    if taken > 0:
        LocalDisk().reserve(folder / f"others-{leave_bytes}", taken)


def main() -> None:
    root, disk, clock = Path(sys.argv[1]), SmallDisk(int(sys.argv[3])), ManualClock(START_NS)
    assert disk.free_bytes(root) > NEEDED_BYTES
    writer = SessionWriter.create(root / "sessions", SOURCE, clock, disk, wall_clock(clock))
    recorder = Recorder(writer, clock)
    recorder.start()
    recorder.offer_frame(*make_frame(0))
    recorder.record(make_snapshot(0, 0)).result(SOON_S)

    disk.missing = 0
    fill(root, RESERVE_BYTES - 1)
    clock.advance(1000 * MS)
    recorder.record(make_snapshot(1)).result(SOON_S)
    recorder.offer_frame(*make_frame(1))
    recorder.record(make_snapshot(2)).result(SOON_S)
    low = recorder.status()

    fill(root, LAST_BYTES)
    acknowledged = 3
    for index in count(acknowledged):
        event = make_outcome(index, MARK, 2) if index % 2 else make_snapshot(index)
        if recorder.record(event).exception(SOON_S) is not None:
            break
        acknowledged = index + 1
    recorder.stop(SOON_S)
    shutil.copytree(recorder.path, Path(sys.argv[2]) / recorder.path.name)
    document = {
        "session": recorder.path.name,
        "low": low.fault,
        "acknowledged": acknowledged,
        "fault": recorder.status().fault,
        "free_again": os.statvfs(root).f_bavail * os.statvfs(root).f_frsize > CLOSING_BYTES // 2,
    }
    print(json.dumps(document))


main()
