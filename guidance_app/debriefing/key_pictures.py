"""What stood on the screen at the moments that somebody marked, and where it first was not live."""

from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.debriefing.content import KeyPicture
from guidance_app.debriefing.events import Event, Kind
from guidance_app.debriefing.lanes import PICTURE_LOOKS, Lane
from guidance_app.debriefing.recorded_clip import Paint, clip_size
from guidance_app.debriefing.shown import PublicScreen
from guidance_app.domain.snapshot import TruthState
from guidance_app.session.reader import SessionReader

MOST_PICTURES = 24
WIDEST_PX = 640
JPEG_QUALITY = 85
DONE_THEN = (Kind.MARK, Kind.IMAGE, Kind.INJECTION, Kind.EMERGENCY)
NOT_LIVE = "first picture that was not live"


def key_pictures(
    reader: SessionReader,
    screen: PublicScreen,
    events: Sequence[Event],
    lanes: Sequence[Lane],
    paint: Paint,
) -> tuple[KeyPicture, ...]:
    """At most MOST_PICTURES, in order of time; raises SessionError."""
    if not reader.snapshot_times_ns:
        return ()
    wanted = [
        *((one.at_s, one.words, screen.answer_at) for one in events if one.kind in DONE_THEN),
        *((one.at_s, f"{one.who}: {one.words}", screen.at_time) for one in _of_trainers(events)),
        *((at_s, NOT_LIVE, screen.at_time) for at_s in _first_not_live(lanes)),
    ]
    zero_ns, size = reader.manifest.started.perf_counter_ns, clip_size(reader, WIDEST_PX)
    found = []
    for at_s, caption, moment_at in sorted(wanted, key=itemgetter(0))[:MOST_PICTURES]:
        moment = moment_at(zero_ns + round(at_s * 1e9))
        found.append(_picture(at_s, caption, paint(moment.frame, moment.view, size)))
    return tuple(found)


def _of_trainers(events: Iterable[Event]) -> Iterator[Event]:
    return (one for one in events if one.kind is Kind.TRAINER)


def _first_not_live(lanes: Iterable[Lane]) -> Iterator[float]:
    """Once the picture had been live, the first time that it was not."""
    pictures = next(lane for lane in lanes if lane.name == "Picture").stretches
    was_live = False
    for stretch in pictures:
        live = stretch.look == PICTURE_LOOKS[TruthState.LIVE]
        if was_live and not live:
            yield stretch.begin_s
            return
        was_live |= live


def _picture(at_s: float, caption: str, pixels: ImageU8) -> KeyPicture:
    _, encoded = cv2.imencode(".jpg", pixels, (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY))
    height, width = pixels.shape[:2]
    return KeyPicture(at_s, caption, encoded.tobytes(), width, height)
