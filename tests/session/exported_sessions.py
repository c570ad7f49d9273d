"""Small sessions to be exported: with a needle, with gaps, with a scale."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from recordings import MS, START_NS, begin, make_frame, make_snapshot

from drivers.api.samples import (
    ImageU8,
    Origin,
    PictureGeometry,
    PixelFormat,
    Stamp,
    VideoFrame,
)
from guidance_app.domain.calibration import PixelScale
from guidance_app.domain.guided_needle import GuidedNeedle, NeedleSource, NeedleState
from guidance_app.domain.needle import SeenNeedle
from guidance_app.domain.plan import Plan, place_entry, place_target
from guidance_app.domain.snapshot import FrameFacts, GuidanceSnapshot
from guidance_app.domain.trajectory import measure

WIDE = PictureGeometry(480, 120, PixelFormat.GRAY8)
NEEDLE = SeenNeedle((300.0, 80.0), (60.0, 30.0), 0.2054, 2.0, 1.0, 0.01, 0.93)
TARGET, ENTRY = (400.0, 100.0), (40.0, 26.0)


def uneven(number: int) -> int:
    """When a picture comes; never twice after the same time."""
    return START_NS + number * 40 * MS + number * number * 1_234_567


def dark_frame(number: int, geometry: PictureGeometry = WIDE) -> tuple[VideoFrame, FrameFacts]:
    """An even picture, so that whatever is drawn on it is seen."""
    frame, facts = make_frame(number, geometry, uneven(number))
    return replace(frame, pixels=np.full_like(frame.pixels, 40 + number)), facts


def guided_snapshot(index: int, facts: FrameFacts) -> GuidanceSnapshot:
    """A needle that is seen, on the way to its target; made 2 ms after the picture came."""
    scale = PixelScale(0.1, 0.1, 1.0, facts.geometry, "source")
    plan = place_target(Plan(), TARGET, facts.geometry)
    plan = place_entry(plan, ENTRY, facts.geometry)
    at_ns = facts.stamp.arrival_ns + 2 * MS
    return replace(
        make_snapshot(index, evaluated_ns=at_ns),
        valid_until_ns=at_ns + 200 * MS,
        frames_seen=facts.number + 1,
        frame=facts,
        scale=scale,
        plan=plan,
        measures=measure(plan, scale, at_ns, NEEDLE),
        needle=GuidedNeedle(NeedleSource.PICTURE, NeedleState.SEEN, needle=NEEDLE),
    )


def guided_session(folder: Path, count: int = 6) -> Path:
    """Even pictures, each with the needle on it."""
    writer = begin(folder)
    for number in range(count):
        frame, facts = dark_frame(number)
        writer.write_frame(frame, facts)
        writer.write_snapshot(guided_snapshot(number, facts))
    writer.seal()
    return writer.path


def session_of(
    folder: Path,
    frames: Iterable[tuple[VideoFrame, FrameFacts]],
    lost: Iterable[int] = (),
    scales: Iterable[PixelScale | None] = (),
) -> Path:
    """Pictures without any snapshot but those that say of which scale they are."""
    writer, gone, known = begin(folder), set(lost), list(scales)
    for frame, facts in frames:
        if facts.number in gone:
            writer.lose_frame(facts, "recorder too slow")
        else:
            writer.write_frame(frame, facts)
        if facts.number < len(known):
            at_ns = facts.stamp.arrival_ns + MS
            made = make_snapshot(facts.number, facts.number, evaluated_ns=at_ns)
            scale = known[facts.number]
            bare = replace(made, frame=facts, scale=scale, plan=Plan(), measures=None)
            writer.write_snapshot(bare)
    writer.seal()
    return writer.path


def spoil(session: Path, pixels: int = 5000) -> None:
    """Change a byte in the middle of the first picture of the video."""
    path = session / "video-000.nut"
    content = bytearray(path.read_bytes())
    content[pixels] ^= 0xFF
    path.write_bytes(content)


def colour_frame(number: int) -> tuple[VideoFrame, FrameFacts]:
    """Of another size, in colour."""
    return make_frame(number, PictureGeometry(46, 31, PixelFormat.BGR24), uneven(number))


def as_rgb(pixels: ImageU8) -> ImageU8:
    """Colour the other way round; grey as it is."""
    return pixels[:, :, ::-1] if pixels.ndim == 3 else pixels


def frame_at(number: int, arrival_ns: int) -> tuple[VideoFrame, FrameFacts]:
    """A frame of WIDE size that came then."""
    frame, facts = dark_frame(number)
    stamp = Stamp(number, arrival_ns)
    return replace(frame, stamp=stamp, origin=Origin.SIMULATED), replace(facts, stamp=stamp)
