"""Reads a session, also a truncated or damaged one: what is intact is given, the rest is named.

Written for files from anywhere: sizes are checked before anything is allocated, no name
from inside a file is used as a path, and nothing in a file is executed.
"""

from bisect import bisect_left
from collections.abc import Iterator
from heapq import merge
from operator import attrgetter
from pathlib import Path
from types import TracebackType

from drivers.api.samples import ImageU8
from guidance_app.domain.commands import CommandOutcome
from guidance_app.domain.snapshot import GuidanceSnapshot
from guidance_app.session.content import read_content
from guidance_app.session.disk import open_plain
from guidance_app.session.errors import NotASession, SessionError
from guidance_app.session.format import JOURNAL_NAME, FrameRecord
from guidance_app.session.manifest import read_manifest
from guidance_app.session.picture_files import PictureFiles


class SessionReader:
    """The content of one session; one thread at a time. Close it, or use it in a `with`.

    Frames, commands and faults are held in memory (about 1 kB each), latencies too (8 B);
    snapshots and pictures are read when asked for.
    """

    def __init__(self, path: Path) -> None:
        """Read manifest and journal.

        Raises NotASession, NewerFormat, or DamagedSession when there is no usable manifest.
        """
        if not path.is_dir():
            raise NotASession(
                f"{path} is not a session.", "Choose a folder whose name ends in .session."
            )
        self.path = path
        self.manifest = read_manifest(path)
        self._pictures = PictureFiles(path)
        self._journal = open_plain(path / JOURNAL_NAME)
        content = read_content(self._journal)
        self.frames = tuple(content.frames)
        """Every frame that was offered, by number; those without a place were lost."""
        self.commands = tuple(content.commands)
        """Every command, by index, also the refused ones."""
        self.faults = tuple(content.faults)
        self.latencies_ns = content.latencies_ns
        """From stamp to paint, of every frame that came to the screen, in order."""
        self.counts = content.counts
        self.problems = tuple(content.problems)
        """What of the journal could not be read."""
        self.ending = content.ending
        """How the journal ends."""
        self.ended_ns = max(content.last_ns, self.manifest.started.perf_counter_ns)
        """Time of the latest record."""
        self._snapshots = content.snapshots
        self._snapshot_order = content.snapshots.order()
        self.snapshot_times_ns = tuple(
            content.snapshots.times_ns[place] for place in self._snapshot_order
        )
        """When each snapshot was made, by index."""

    def __enter__(self) -> "SessionReader":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def snapshots(self) -> Iterator[GuidanceSnapshot]:
        """Every snapshot, by index."""
        return self._snapshots.read(self._journal)

    def snapshot_at(self, place: int) -> GuidanceSnapshot:
        """The snapshot at a place of `snapshot_times_ns`."""
        return self._snapshots.read_one(self._journal, self._snapshot_order[place])

    def snapshot_after(self, outcome: CommandOutcome) -> GuidanceSnapshot | None:
        """What was shown as soon as a command was handled; None when nothing was any more."""
        return self._snapshots.after(self._journal, outcome.index)

    def engine_events(self) -> Iterator[CommandOutcome | GuidanceSnapshot]:
        """Commands and snapshots in the order in which the engine made them."""
        return merge(self.commands, self.snapshots(), key=attrgetter("index"))

    def frame(self, number: int) -> FrameRecord:
        """The frame with this number; SessionError when none was offered under it."""
        place = bisect_left(self.frames, number, key=lambda record: record.facts.number)
        if place < len(self.frames) and self.frames[place].facts.number == number:
            return self.frames[place]
        raise SessionError(f"{self.path} has no frame {number}.", "Choose one that was recorded.")

    def picture(self, record: FrameRecord) -> ImageU8:
        """The pixels of a frame, as they came; quick in order and at random.

        Raises SessionError when the frame was lost, DamagedSession when it is not intact.
        """
        return self._pictures.picture(record)

    def pictures(self) -> Iterator[tuple[FrameRecord, ImageU8]]:
        """Every frame that was written, with its pixels, in order."""
        for record in self.frames:
            if record.place is not None:
                yield record, self.picture(record)

    def close(self) -> None:
        """Release the files; idempotent."""
        self._pictures.close()
        self._journal.close()
