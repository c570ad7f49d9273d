"""The scale read off a real console's screen: offered, confirmed, remembered, dropped at once."""

from pathlib import Path

import numpy as np
import pytest
from desk import Desk
from mjpeg_server import MjpegServer

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.domain.commands import LayoutLost
from guidance_app.domain.plan import Plan
from guidance_app.session.reader import SessionReader
from guidance_app.session.verify import verify

MM_PER_PX, OTHER_MM_PER_PX = 0.05896, 0.0844
"""Of the console's screens at two depths, as its annotator measured them."""

VARIANTS = 4
MIDDLE = slice(300, 600), slice(500, 800)
"""Rows and columns inside the ultrasound picture at both depths."""


class Console:
    """Two real screens of one console at two depths; the ultrasound picture in them lives."""

    def __init__(self, folder: Path) -> None:
        self._pictures = [alive(folder / name) for name in ("30.png", "34_main.png")]
        self.depth = 0

    def picture(self, number: int) -> ImageU8:
        return self._pictures[self.depth][number % VARIANTS]


def alive(screen: Path) -> list[ImageU8]:
    """The screen with the middle of its ultrasound picture flickering, as speckle does."""
    pixels, generator = cv2.imread(str(screen)), np.random.default_rng(1)
    variants = [pixels.copy() for _ in range(VARIANTS)]
    for variant in variants:
        part = variant[MIDDLE]
        part -= np.minimum(part, generator.integers(0, 28, (*part.shape[:2], 1), np.uint8))
    return variants


@pytest.fixture
def console(shared_data: Path) -> Console:
    return Console(shared_data / "needle/janwolzenburg")


def offered(desk: Desk) -> float | None:
    """The likeliest scale that waits for somebody to confirm it."""
    published = desk.published
    proposals = published.state.proposals if published else ()
    return proposals[0].mm_per_px if proposals else None


def confirm(desk: Desk) -> None:
    desk.intents.scale_confirmed.emit(0)
    desk.wait(lambda: desk.snapshot.scale is not None)


def test_a_scale_found_is_confirmed_and_gone_in_the_frame_that_shows_another_depth(
    desk: Desk, console: Console
) -> None:
    with MjpegServer(console.picture, rate_hz=12) as camera:
        desk.open(camera.url)
        desk.wait(lambda: offered(desk))
        assert offered(desk) == pytest.approx(MM_PER_PX, rel=0.01)
        assert desk.snapshot.scale is None  # nobody has confirmed it
        confirm(desk)
        desk.place((700.0, 500.0), (500.0, 400.0))
        console.depth = 1
        desk.wait(lambda: desk.snapshot.scale is None)
        assert desk.snapshot.plan == Plan()
        assert "another depth or layout" in desk.snapshot.dropped
        desk.wait(lambda: offered(desk))
        assert offered(desk) == pytest.approx(OTHER_MM_PER_PX, rel=0.01)
        session = desk.application.session
        desk.close()
    assert session is not None
    check_that_no_frame_of_the_other_depth_had_the_scale(session)


def check_that_no_frame_of_the_other_depth_had_the_scale(session: Path) -> None:
    with SessionReader(session) as reader:
        lost = next(o for o in reader.commands if isinstance(o.command, LayoutLost))
        snapshots = list(reader.snapshots())
        depths = depths_shown(reader)
    assert all(s.scale is None for s in snapshots if s.index > lost.index)
    for snapshot in snapshots:
        if snapshot.scale is not None:
            assert snapshot.frame is not None
            assert depths[snapshot.frame.number] == 0
    assert verify(session)["problems"] == []


def depths_shown(reader: SessionReader) -> dict[int, int]:
    """Which of the two depths each recorded frame shows, by its likeness to the first one."""
    pictures = [(record.facts.number, pixels) for record, pixels in reader.pictures()]
    first = pictures[0][1].astype(int)
    return {number: int(np.abs(pixels - first).mean() > 10) for number, pixels in pictures}


def test_a_confirmed_scale_is_offered_again_for_the_same_device_and_layout(
    desk: Desk, console: Console
) -> None:
    with MjpegServer(console.picture, rate_hz=12) as camera:
        desk.open(camera.url)
        desk.wait(lambda: offered(desk))
        confirm(desk)
        desk.open(camera.url)
        desk.wait(lambda: offered(desk))
        assert desk.published is not None
        (proposal,) = desk.published.state.proposals
        assert proposal.how.startswith("confirmed on")
        assert desk.snapshot.scale is None
        desk.close()
