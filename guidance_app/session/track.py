"""The video files of one session, one after another, and which picture is safely in them."""

import contextlib
from dataclasses import replace
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
        self._pending: FrameRecord | None = None
        self.digests: list[FileDigest] = []
        """One for each file that is closed."""
        self.bytes_written = 0

    @property
    def has_pending(self) -> bool:
        """Whether a picture was added that is not yet known to be in the file."""
        return self._pending is not None

    def fits(self, frame: VideoFrame) -> bool:
        """Whether the frame can go into the open file; close() first when it cannot."""
        segment = self._segment
        return segment is None or (
            segment.geometry == frame.geometry
            and frame.stamp.arrival_ns - segment.begins_ns < SEGMENT_NS
        )

    def add(self, frame: VideoFrame, facts: FrameFacts) -> list[FrameRecord]:
        """Append a picture that fits; returns the record that is now safe, if there is one.

        Raises RecordRefused, with nothing added, when the facts cannot be stored.
        """
        segment = self._segment or self._begin(frame)
        picture = segment.compress(frame)
        place = VideoPlace(len(self.digests), segment.count, picture.pts_ms, picture.crc32)
        record = FrameRecord(facts, place)
        encode_frame(record)  # refused before the picture is in, not after
        self.bytes_written += picture.packet.size
        segment.add(picture)
        safe, self._pending = self._pending, record
        return [safe] if safe is not None else []

    def close(self) -> list[FrameRecord]:
        """Close the open file; returns the record that is now safe, if there is one."""
        self._end_segment()
        safe, self._pending = self._pending, None
        return [safe] if safe is not None else []

    def abandon(self) -> list[FrameRecord]:
        """Leave the open file as it is; returns the record that is not safe, as lost."""
        with contextlib.suppress(*VIDEO_FAILURES):
            self._end_segment()
        unsafe, self._pending = self._pending, None
        return [replace(unsafe, place=None)] if unsafe is not None else []

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

    def _end_segment(self) -> None:
        segment, self._segment = self._segment, None
        if segment is not None:
            path = self._folder / video_name(len(self.digests))
            self.digests.append(FileDigest(path))
            segment.close()
