"""Notices in each new frame whether the console has mirrored the picture or turned it over."""

from drivers.api.samples import ImageU8, Origin, PictureGeometry, VideoFrame
from guidance_app.domain.commands import PictureMirrored
from guidance_app.domain.snapshot import FrameFacts
from guidance_app.processing.change import content_changed
from guidance_app.processing.mirroring import Place, Turn, place_of, sampled, turn_between
from guidance_app.processing.state import PipelineState, known_area
from guidance_app.processing.truth import is_blank

COMPARED_WITH = 2
"""Pictures before: the last may be half of the one way and half of the other."""


class MirrorWatch:
    """Compares each new picture with those before it; the processing thread calls it.

    Pictures that show nothing, or nothing new, are passed over: consoles go black for a moment
    when they are set anew. A recording brings what was noticed when it was made.
    """

    def __init__(self) -> None:
        self._geometry: PictureGeometry | None = None
        self._seen: tuple[ImageU8, ...] = ()
        """Samples of the newest pictures, the oldest first."""

    def notice(
        self, frame: VideoFrame, facts: FrameFacts, state: PipelineState
    ) -> tuple[PictureMirrored, ...]:
        """PictureMirrored when this frame shows the picture of the last ones turned over."""
        if frame.origin is Origin.REPLAY or is_blank(facts.content):
            return ()
        if frame.geometry != self._geometry:
            self._geometry, self._seen = frame.geometry, ()
        now = sampled(frame.pixels)
        if self._seen and not content_changed(self._seen[-1], now):
            return ()
        turn = self._turn(now, _place(frame, state))
        self._seen = (now,) if turn else (*self._seen[1 - COMPARED_WITH :], now)
        return (PictureMirrored(turn is not Turn.LEFT_RIGHT),) if turn else ()

    def _turn(self, now: ImageU8, place: Place | None) -> Turn | None:
        turns = (turn_between(before, now, place) for before in reversed(self._seen))
        return next((turn for turn in turns if turn), None)


def _place(frame: VideoFrame, state: PipelineState) -> Place | None:
    area = known_area(state, frame)
    return place_of(area, frame.geometry) if area else None
