"""What stood on the screen at the moments that somebody marked, and where it first was not live."""

from collections.abc import Iterable, Iterator, Sequence

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.debriefing.content import KeyPicture
from guidance_app.debriefing.events import Event, Kind
from guidance_app.debriefing.lanes import TRUTH_LOOKS, Lane
from guidance_app.debriefing.recorded_clip import Paint, clip_size
from guidance_app.debriefing.shown import PublicScreen
from guidance_app.domain.snapshot import TruthState
from guidance_app.session.reader import SessionReader

MOST_PICTURES = 24
WIDEST_PX = 640
JPEG_QUALITY = 85
SHOWN = (Kind.MARK, Kind.IMAGE, Kind.INJECTION, Kind.EMERGENCY, Kind.TRAINER)
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
        *((one.at_s, _caption(one)) for one in events if one.kind in SHOWN),
        *((at_s, NOT_LIVE) for at_s in _first_not_live(lanes)),
    ]
    zero_ns, size = reader.manifest.started.perf_counter_ns, clip_size(reader, WIDEST_PX)
    found = []
    for at_s, caption in sorted(wanted)[:MOST_PICTURES]:
        moment = screen.at_time(zero_ns + round(at_s * 1e9))
        found.append(_picture(at_s, caption, paint(moment.frame, moment.view, size)))
    return tuple(found)


def _caption(event: Event) -> str:
    return f"{event.who}: {event.words}" if event.kind is Kind.TRAINER else event.words


def _first_not_live(lanes: Iterable[Lane]) -> Iterator[float]:
    """Once the picture had been live, the first time that it was not."""
    pictures = next(lane for lane in lanes if lane.name == "Picture").stretches
    was_live = False
    for stretch in pictures:
        live = stretch.look == TRUTH_LOOKS[TruthState.LIVE]
        if was_live and not live:
            yield stretch.begin_s
            return
        was_live |= live


def _picture(at_s: float, caption: str, pixels: ImageU8) -> KeyPicture:
    _, encoded = cv2.imencode(".jpg", pixels, (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY))
    height, width = pixels.shape[:2]
    return KeyPicture(at_s, caption, encoded.tobytes(), width, height)
