"""A clip has every picture at its own time, what the program is for, and the overlay as it was."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from exported_sessions import (
    NEEDLE,
    WIDE,
    colour_frame,
    dark_frame,
    frame_at,
    guided_session,
    session_of,
    spoil,
    uneven,
)
from PyQt6.QtGui import QColor, QFontMetrics, QImage, QPainter
from recorded_runs import record_run
from recordings import GRAY, MS, START_NS, make_frame

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app import PURPOSE
from guidance_app.exporting.clip import ClipKind, write_clip
from guidance_app.exporting.footage import Footage
from guidance_app.exporting.output import Written
from guidance_app.exporting.still import frame_picture, picture_at, write_still
from guidance_app.session.info import info
from guidance_app.session.manifest import Problem
from guidance_app.session.reader import SessionReader
from guidance_app.ui import theme

pytestmark = pytest.mark.usefixtures("qapp")

BORDER_PX = 16


@pytest.fixture(scope="module")
def knee(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A guided injection on the simulator, whose pictures come from 26 s on."""
    writer = record_run(tmp_path_factory.mktemp("knee"), 0.9).writer
    assert writer is not None
    return writer.path


def clip(session: Path, path: Path, overlay: bool = False) -> Written:
    kind = ClipKind.MP4 if path.suffix == ".mp4" else ClipKind.MKV
    with SessionReader(session) as reader:
        return write_clip(path, kind, Footage(reader), overlay, lambda _: None)


def pictures_of(path: Path) -> list[tuple[Fraction, ImageU8]]:
    """Time in seconds, and the pixels: grey where the file is."""
    with av.open(str(path)) as container:
        return [
            (frame.pts * frame.time_base, frame.to_ndarray(format=_given(frame.format.name)))
            for frame in container.decode(video=0)
        ]


def _given(stored: str) -> str:
    return "gray" if stored == "gray" else "bgr24"


def duration_s(path: Path) -> float:
    with av.open(str(path)) as container:
        return container.duration / av.time_base


def lettering(words: str, cap_px: float) -> ImageU8:
    """How a sentence looks, tightly cut."""
    font = theme.font_of(theme.pixel_size(cap_px))
    box = QFontMetrics(font).tightBoundingRect(words)
    image = QImage(box.width() + 2, box.height() + 2, QImage.Format.Format_Grayscale8)
    image.fill(QColor(theme.GROUND))
    painter = QPainter(image)
    painter.setFont(font)
    painter.setPen(QColor(theme.TEXT))
    painter.drawText(1 - box.left(), 1 - box.top(), words)
    painter.end()
    rows = np.frombuffer(bytes(image.constBits().asarray(image.sizeInBytes())), np.uint8)
    return rows.reshape(image.height(), image.bytesPerLine())[:, : image.width()]


def is_written(words: str, pixels: ImageU8) -> bool:
    """Whether a sentence stands in a picture at the size of a clip's foot."""
    grey = pixels if pixels.ndim == 2 else pixels[:, :, 1]
    sample = lettering(words, 0.02 * 480)
    found = cv2.matchTemplate(np.ascontiguousarray(grey), sample, cv2.TM_CCOEFF_NORMED)
    return float(found.max()) > 0.8


@pytest.mark.parametrize(("ending", "ticks_per_s"), [("mp4", 1_000_000), ("mkv", 1000)])
def test_every_picture_has_its_own_time(tmp_path: Path, ending: str, ticks_per_s: int) -> None:
    session = session_of(tmp_path, map(dark_frame, range(7)))
    path = tmp_path / f"clip.{ending}"
    written = clip(session, path)
    arrivals = [uneven(number) - START_NS for number in range(7)]
    times = [time for time, _ in pictures_of(path)]
    assert times == [Fraction(round(ns * ticks_per_s / 1e9), ticks_per_s) for ns in arrivals]
    steps = np.diff(arrivals)
    assert written.duration_ns == arrivals[-1] + round(np.median(steps))
    assert duration_s(path) == pytest.approx(written.duration_ns / 1e9, abs=0.002)


def test_a_clip_lasts_as_long_as_its_session(tmp_path: Path, knee: Path) -> None:
    period_s = 1 / 30
    for overlay in (False, True):
        path = tmp_path / f"{overlay}.mp4"
        clip(knee, path, overlay)
        assert duration_s(path) == pytest.approx(info(knee)["duration_s"], abs=period_s)


@pytest.mark.parametrize("frame", [make_frame, colour_frame])
def test_a_lossless_clip_has_the_recorded_pixels(tmp_path: Path, frame: object) -> None:
    frames = [frame(number) for number in range(5)]  # type: ignore[operator]
    session, path = session_of(tmp_path, frames), tmp_path / "clip.mkv"
    clip(session, path)
    for (given, _), (_, pixels) in zip(frames, pictures_of(path), strict=True):
        height, width = given.pixels.shape[:2]
        assert pixels.ndim == given.pixels.ndim
        assert np.array_equal(pixels[:height, :width], given.pixels)


def test_pictures_of_several_sizes_stand_in_one_clip(tmp_path: Path) -> None:
    frames = [make_frame(0, GRAY, uneven(0)), dark_frame(1), make_frame(2, GRAY, uneven(2))]
    session, path = session_of(tmp_path, frames), tmp_path / "clip.mkv"
    clip(session, path)
    for (given, _), (_, pixels) in zip(frames, pictures_of(path), strict=True):
        height, width = given.pixels.shape
        assert np.array_equal(pixels[:height, :width], given.pixels)


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
@pytest.mark.parametrize("overlay", [False, True])
def test_every_picture_says_what_it_is_for_and_what_it_is_of(
    tmp_path: Path, knee: Path, ending: str, overlay: bool
) -> None:
    path = tmp_path / f"clip.{ending}"
    clip(knee, path, overlay)
    pictures = pictures_of(path)
    assert len(pictures) > 15
    for _, pixels in pictures[::5]:
        assert is_written(PURPOSE, pixels)
        assert is_written("SIMULATED", pixels[-40:])
        assert not is_written("Training and research. For clinical decisions.", pixels)


def test_the_overlay_lies_where_the_needle_is(tmp_path: Path) -> None:
    session = guided_session(tmp_path)
    for overlay in (False, True):
        clip(session, tmp_path / f"{overlay}.mp4", overlay)
    plain = [pixels for _, pixels in pictures_of(tmp_path / "False.mp4")]
    drawn = [pixels for _, pixels in pictures_of(tmp_path / "True.mp4")]
    (tip_x, tip_y), (far_x, far_y) = NEEDLE.tip_px, NEEDLE.far_px
    for before, after in zip(plain[:6], drawn[:6], strict=True):
        over = after[BORDER_PX:, BORDER_PX:][: WIDE.height_px, : WIDE.width_px].astype(int)
        under = before[: WIDE.height_px, : WIDE.width_px].astype(int)
        changed = np.abs(over - under).max(axis=-1) > 60
        on_shaft = [
            changed[round(y) - 2 : round(y) + 3, round(x) - 2 : round(x) + 3].any()
            for x, y in np.linspace((far_x, far_y), (tip_x, tip_y), 9)[1:-1]
        ]
        assert all(on_shaft)
        assert not changed[90:, :150].any()


def test_with_the_overlay_a_picture_begins_when_it_came(tmp_path: Path) -> None:
    session, path = guided_session(tmp_path), tmp_path / "clip.mp4"
    clip(session, path, overlay=True)
    times = {time for time, _ in pictures_of(path)}
    arrivals = [Fraction(round((uneven(n) - START_NS) / 1000), 1_000_000) for n in range(6)]
    assert times >= set(arrivals)


@pytest.mark.parametrize("overlay", [False, True])
def test_a_picture_that_is_missing_is_the_last_one_greyed(tmp_path: Path, overlay: bool) -> None:
    frames = [frame_at(n, START_NS + n * 40 * MS) for n in range(5)]
    session = session_of(tmp_path, frames, lost=[2, 3], scales=[None] * 5)
    path = tmp_path / "clip.mkv"
    written = clip(session, path, overlay)
    assert written.missing == (Problem("frames 2 to 3", "recorder too slow"),)
    corner = 0 if not overlay else BORDER_PX
    shown = {float(time): pixels[corner, corner + 2].max() for time, pixels in pictures_of(path)}
    assert shown[0.04] == 41
    assert shown[0.08] == round(0.4 * 41)
    assert shown[0.16] == 44


def test_a_damaged_picture_is_missing_too(tmp_path: Path) -> None:
    frames = [make_frame(n, WIDE, uneven(n)) for n in range(4)]
    session, path = session_of(tmp_path, frames), tmp_path / "clip.mkv"
    spoil(session)
    written = clip(session, path)
    assert written.missing == (Problem("frame 0", "damaged"),)
    assert written.count == 4


def test_a_silence_is_said_to_be_one(tmp_path: Path) -> None:
    at_ns = [0, 40, 80, 1000, 1040]
    frames = [frame_at(n, START_NS + ms * MS) for n, ms in enumerate(at_ns)]
    session, path = session_of(tmp_path, frames), tmp_path / "clip.mkv"
    assert clip(session, path).missing == ()
    shown = {float(time): pixels[0, 0] for time, pixels in pictures_of(path)}
    assert shown == {0.0: 40, 0.04: 41, 0.08: 42, 0.33: round(0.4 * 42), 1.0: 43, 1.04: 44}


def test_a_silence_of_an_hour_is_an_hour(tmp_path: Path) -> None:
    frames = [frame_at(n, START_NS + n * 3_600_000 * MS) for n in range(2)]
    session, path = session_of(tmp_path, frames), tmp_path / "clip.mp4"
    assert clip(session, path).count == 3
    pictures = pictures_of(path)
    assert [pictures[0][0], pictures[-1][0]] == [0, 3600]
    assert duration_s(path) == pytest.approx(3600.04, abs=0.001)


def test_a_picture_of_one_moment(tmp_path: Path) -> None:
    session = guided_session(tmp_path)
    with SessionReader(session) as reader:
        footage = Footage(reader)
        at_s = (uneven(3) - START_NS + 3 * MS) / 1e9
        for name, picture in (
            ("at", picture_at(footage, at_s, False)),
            ("frame", frame_picture(footage, 3, False)),
        ):
            write_still(tmp_path / f"{name}.png", footage, picture, False)
        write_still(tmp_path / "o.png", footage, frame_picture(footage, 3, True), True)
        write_still(tmp_path / "oat.png", footage, picture_at(footage, at_s, True), True)
    plain = cv2.imread(str(tmp_path / "at.png"), cv2.IMREAD_UNCHANGED)
    assert plain.ndim == 2
    assert (plain[:120, :480] == 43).all()
    assert (tmp_path / "at.png").read_bytes() == (tmp_path / "frame.png").read_bytes()
    drawn = cv2.imread(str(tmp_path / "o.png"))
    x, y = (round(BORDER_PX + value) for value in NEEDLE.tip_px)
    assert (drawn[y - 12 : y + 12, x - 12 : x + 12].max(axis=-1) > 200).any()
    assert (tmp_path / "o.png").read_bytes() == (tmp_path / "oat.png").read_bytes()
