"""The video files of one session, one after another, and which picture is safely in them."""

import contextlib
from pathlib import Path

import av

from drivers.api.samples import VideoFrame
from guidance_app.domain.snapshot import FrameFacts
from guidance_app.session.disk import Disk
from guidance_app.session.format import FrameRecord, VideoPlace, encode_frame, video_name
from guidance_app.session.manifest import FileDigest
from guidance_app.session.video import SegmentWriter

SEGMENT_NS = 60_000_000_000
"""A damaged file costs one minute at most."""

VIDEO_FAILURES = (OSError, av.FFmpegError)
"""What a failing disk looks like from here; the muxer hides some of it behind its own error."""


class VideoTrack:
    """Writes pictures and tells which are in the file; one thread, raises VIDEO_FAILURES."""

    def __init__(self, folder: Path, disk: Disk, rate_hz: float | None) -> None:
        self._folder = folder
        self._disk = disk
        self._rate_hz = rate_hz
        self._segment: SegmentWriter | None = None
        self.digests: list[FileDigest] = []
        """One for each file that is closed."""
        self.bytes_written = 0

    def fits(self, frame: VideoFrame) -> bool:
        """Whether the frame can go into the open file; close() first when it cannot."""
        segment = self._segment
        return segment is None or (
            segment.geometry == frame.geometry
            and frame.stamp.arrival_ns - segment.begins_ns < SEGMENT_NS
        )

    def add(self, frame: VideoFrame, facts: FrameFacts) -> FrameRecord:
        """Append a picture that fits; returns its record when the file has it.

        Raises RecordRefused, with nothing added, when the facts cannot be stored.
        """
        segment = self._segment or self._begin(frame)
        picture = segment.compress(frame)
        place = VideoPlace(len(self.digests), segment.count, picture.pts_ms, picture.crc32)
        record = FrameRecord(facts, place)
        encode_frame(record)  # refused before the picture is in, not after
        self.bytes_written += picture.packet.size
        segment.add(picture)
        return record

    def close(self) -> None:
        """Close the open file, if there is one."""
        segment, self._segment = self._segment, None
        if segment is not None:
            path = self._folder / video_name(len(self.digests))
            self.digests.append(FileDigest(path))
            segment.close()

    def abandon(self) -> None:
        """Leave the open file as it is."""
        with contextlib.suppress(*VIDEO_FAILURES):
            self.close()

    def sync(self) -> None:
        """Return when everything in the open file would survive a power cut."""
        if self._segment is not None:
            self._segment.sync()

    def digest_some(self) -> None:
        """Hash a little of the files that are closed, so that sealing need not read them all."""
        for digest in self.digests:
            if not digest.complete:
                digest.step()
                return

    def _begin(self, frame: VideoFrame) -> SegmentWriter:
        file = self._disk.create(self._folder / video_name(len(self.digests)))
        self._segment = SegmentWriter(file, frame.geometry, frame.stamp.arrival_ns, self._rate_hz)
        return self._segment
