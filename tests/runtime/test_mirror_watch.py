"""The frame that shows the picture mirrored is noticed, once, whatever came in between."""

from dataclasses import replace

import numpy as np
import pytest
from rectangles import rectangle

from drivers.api.samples import ImageU8, Origin, PixelFormat, ScaledRegion, Stamp, VideoFrame
from guidance_app.domain.commands import PictureMirrored
from guidance_app.domain.snapshot import FrameFacts
from guidance_app.processing.area import watch
from guidance_app.processing.change import measure, thumbnail
from guidance_app.processing.state import PipelineState
from guidance_app.runtime.mirror_watch import MirrorWatch

TISSUE = np.kron(
    np.random.default_rng(7).integers(30, 220, (12, 16)).astype(np.uint8),
    np.ones((40, 40), np.uint8),
)
MIRRORED, OVER = PictureMirrored(), PictureMirrored(upside_down=True)
BLACK = np.zeros_like(TISSUE)


def live(pixels: ImageU8, seed: int) -> ImageU8:
    """The picture with fresh speckle in it."""
    noise = np.random.default_rng(seed).integers(0, 25, pixels.shape, dtype=np.uint8)
    return pixels + noise


def noticed(
    *pictures: ImageU8,
    state: PipelineState | None = None,
    origin: Origin = Origin.DEVICE,
    regions: tuple[ScaledRegion, ...] = (),
) -> list[PictureMirrored | None]:
    mirrors, state = MirrorWatch(), state or PipelineState()
    frames = [VideoFrame(p, PixelFormat.GRAY8, Stamp(0, 0), origin, regions) for p in pictures]
    return [next(iter(mirrors.notice(f, facts_of(f), state)), None) for f in frames]


def facts_of(frame: VideoFrame) -> FrameFacts:
    content = measure(None, thumbnail(frame.pixels))
    return FrameFacts(0, Stamp(0, 0), frame.geometry, frame.origin, frame.regions, True, content)


def speckled(*pictures: ImageU8) -> list[ImageU8]:
    return [live(picture, seed) for seed, picture in enumerate(pictures)]


def test_the_frame_itself_is_noticed_and_those_after_it_are_not() -> None:
    turned = TISSUE[:, ::-1]
    assert noticed(*speckled(TISSUE, TISSUE, turned, turned)) == [None, None, MIRRORED, None]


def test_the_picture_mirrored_back_is_noticed_again() -> None:
    turned = TISSUE[:, ::-1]
    assert noticed(*speckled(TISSUE, turned, TISSUE)) == [None, MIRRORED, MIRRORED]


@pytest.mark.parametrize("turned", [TISSUE[::-1], TISSUE[::-1, ::-1]], ids=["over", "round"])
def test_up_and_down_are_told_from_left_and_right(turned: ImageU8) -> None:
    assert noticed(*speckled(TISSUE, turned)) == [None, OVER]


def test_a_console_that_goes_black_in_between_hides_nothing() -> None:
    turned = live(TISSUE[:, ::-1], 9)
    assert noticed(*speckled(TISSUE), BLACK, BLACK, turned) == [None, None, None, MIRRORED]


def test_a_frame_of_both_ways_in_between_hides_nothing() -> None:
    torn = TISSUE.copy()
    torn[240:] = TISSUE[240:, ::-1]
    assert MIRRORED in noticed(*speckled(TISSUE, torn, TISSUE[:, ::-1]))


def test_a_picture_that_is_blended_over_is_noticed_on_the_way() -> None:
    turned = TISSUE[:, ::-1].astype(float)
    shares = np.linspace(0, 1, 8)
    blended = [(TISSUE * (1 - share) + turned * share).astype(np.uint8) for share in shares]
    assert noticed(*speckled(*blended)).count(MIRRORED) == 1


def test_a_still_picture_and_one_that_goes_on_say_nothing() -> None:
    moved = np.roll(TISSUE, 15, axis=1)
    assert set(noticed(*speckled(TISSUE), *[live(TISSUE, 0)] * 3, live(moved, 8))) == {None}


def test_a_picture_of_another_size_begins_anew() -> None:
    assert set(noticed(TISSUE, np.ascontiguousarray(TISSUE[:400, ::-1]))) == {None}


def test_a_replay_brings_what_was_noticed_when_it_was_made() -> None:
    pictures = speckled(TISSUE, TISSUE[:, ::-1])
    assert set(noticed(*pictures, origin=Origin.REPLAY)) == {None}


def console(picture: ImageU8) -> ImageU8:
    """A screen with the picture left of its middle, and text beside it."""
    screen = np.full((480, 640), 12, np.uint8)
    screen[40:400, 20:340] = picture[40:400, 20:340]
    screen[60:300, 420:600:3] = 210
    return screen


@pytest.mark.parametrize("known", ["area", "region", "nothing"])
def test_the_picture_may_be_a_part_of_the_screen(known: str) -> None:
    area = rectangle(20, 40, 339, 399)
    inside = TISSUE.copy()
    inside[40:400, 20:340] = TISSUE[40:400, 20:340][:, ::-1]
    screens = [console(live(TISSUE, 1)), console(live(inside, 2))]
    geometry = VideoFrame(screens[0], PixelFormat.GRAY8, Stamp(0, 0), Origin.DEVICE).geometry
    state, regions = PipelineState(), ()
    if known == "area":
        state = replace(state, area=area, watch=watch(area, geometry))
    elif known == "region":
        regions = (ScaledRegion(20, 40, 339, 399, 0.1, 0.1),)
    assert noticed(*screens, state=state, regions=regions) == [None, MIRRORED]
