"""The pictures of one session, out of whichever of its video files holds them."""

from pathlib import Path
from typing import TYPE_CHECKING

from drivers.api.samples import ImageU8, PictureGeometry
from guidance_app.session.errors import SessionError
from guidance_app.session.format import FrameRecord, video_name

if TYPE_CHECKING:
    from guidance_app.session.pictures import SegmentReader


class PictureFiles:
    """Keeps the file open that was read last. One thread."""

    def __init__(self, path: Path) -> None:
        """`path` is the session's folder."""
        self._path = path
        self._segment: SegmentReader | None = None
        self._key: tuple[int, PictureGeometry] | None = None
        self._unusable: dict[tuple[int, PictureGeometry], SessionError] = {}

    def picture(self, record: FrameRecord) -> ImageU8:
        """The pixels of a frame, as they came; quick in order and at random.

        Raises SessionError when the frame was lost, DamagedSession when it is not intact.
        """
        place = record.place
        if place is None:
            raise SessionError(
                f"The picture of frame {record.facts.number} was not recorded ({record.why_lost}).",
                "Choose another one.",
            )
        return self._open(place.segment, record.facts.geometry).picture(place)

    def close(self) -> None:
        """Release the file; idempotent."""
        if self._segment is not None:
            self._segment.close()
            self._segment = None

    def _open(self, number: int, geometry: PictureGeometry) -> "SegmentReader":
        from guidance_app.session.pictures import SegmentReader  # noqa: PLC0415  # loads FFmpeg

        key = (number, geometry)
        if self._segment is None or self._key != key:
            self.close()
            if key in self._unusable:
                raise self._unusable[key]
            try:
                self._segment = SegmentReader(self._path / video_name(number), geometry)
            except SessionError as error:  # found by going through the whole file: not each time
                self._unusable[key] = error
                raise
            self._key = key
        return self._segment
