from dataclasses import replace

import numpy as np
import pytest
from gui_records import OVERLAY, PLAIN, frame_of, rgb_of
from PyQt6.QtCore import QRect
from PyQt6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from drivers.api.samples import ImageU8, VideoFrame
from guidance_app.presentation.primitives import Cross, Ink, Label, Line, Ring, Stroke
from guidance_app.presentation.view import PictureView, Text, Tone
from guidance_app.ui import theme
from guidance_app.ui.overlay_layer import OverlayLayer
from guidance_app.ui.painter import paint_picture, picture_area, render_image
from guidance_app.ui.placement import Placement, place_picture

pytestmark = pytest.mark.usefixtures("qapp")


def painted(
    frame: VideoFrame | None, view: PictureView, width: int, height: int
) -> tuple[ImageU8, Placement | None]:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    placement = paint_picture(painter, QRect(0, 0, width, height), frame, view, OverlayLayer())
    painter.end()
    return rgb_of(image), placement


def share_of(colour: str, pixels: ImageU8) -> float:
    wanted = QColor(colour)
    same = pixels == [wanted.red(), wanted.green(), wanted.blue()]
    return float(np.mean(np.all(same, axis=-1)))


@pytest.mark.parametrize("size", [(640, 480), (1280, 960), (1000, 700)])
def test_nothing_is_painted_on_the_target(speckle: VideoFrame, size: tuple[int, int]) -> None:
    plain, placement = painted(speckle, PLAIN, *size)
    over, _ = painted(speckle, replace(PLAIN, primitives=OVERLAY), *size)
    assert placement is not None
    cross = next(shape for shape in OVERLAY if isinstance(shape, Cross))
    centre, radius = placement.to_view(cross.centre), cross.gap_px * placement.scale
    ys, xs = np.mgrid[0 : size[1], 0 : size[0]] + 0.5
    distance = np.hypot(xs - centre.x(), ys - centre.y())
    changed = np.any(plain != over, axis=-1)
    assert not changed[distance <= radius].any()
    assert changed[(distance > radius + 3) & (distance < radius + 14)].any()


def test_a_tip_at_the_target_keeps_its_ring_and_its_shaft_ends_before_it(
    speckle: VideoFrame,
) -> None:
    cross = next(shape for shape in OVERLAY if isinstance(shape, Cross))
    (x, y), across = cross.centre, cross.gap_px / 2
    shaft = Line(((x - across, y), (x + across, y)), Ink.NEEDLE)
    plain, _ = painted(speckle, replace(PLAIN, primitives=(cross,)), 640, 480)
    lined, _ = painted(speckle, replace(PLAIN, primitives=(cross, shaft)), 640, 480)
    ringed, _ = painted(
        speckle, replace(PLAIN, primitives=(cross, Ring(cross.centre, 8.0, Ink.NEEDLE))), 640, 480
    )
    assert not (plain != lined).any()
    assert (plain != ringed).any()


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_line_has_core_and_halo_on_any_grey(grey: int) -> None:
    frame = frame_of(np.full((100, 100), grey, np.uint8))
    view = replace(
        PLAIN, primitives=(Line(((10.0, 49.5), (90.0, 49.5)), Ink.PLAN, width_view_px=1.0),)
    )
    pixels, _ = painted(frame, view, 100, 100)
    column = pixels[:, 50]
    core = QColor(theme.INK_COLOURS[Ink.PLAN])
    assert [tuple(p) for p in column[49:51]] == [(core.red(), core.green(), core.blue())] * 2
    assert not column[47:49].any()
    assert not column[51:53].any()
    assert (column[:46] == grey).all()
    assert (column[54:] == grey).all()


def test_a_dash_keeps_its_halo_and_leaves_its_gaps_free() -> None:
    frame = frame_of(np.full((60, 200), 255, np.uint8))
    line = Line(((10.0, 29.5), (190.0, 29.5)), Ink.PREDICTION, Stroke.DOTTED)
    pixels, _ = painted(frame, replace(PLAIN, primitives=(line,)), 200, 60)
    row = pixels[29, 20:180].astype(int)
    assert share_of(theme.INK_COLOURS[Ink.PREDICTION], row) > 0.15
    assert (row.min(axis=1) == 255).mean() > 0.3


@pytest.mark.parametrize("x", [200.0, 620.0])
def test_a_label_moves_aside_rather_than_being_cut(speckle: VideoFrame, x: float) -> None:
    label = Label((x, 200.0), "18 mm deep", Ink.PLAN, (24.0, 24.0))
    cross = Cross((x, 200.0), 60.0, 0.0, Ink.NEEDLE)
    colour = theme.INK_COLOURS[Ink.PLAN]
    alone, _ = painted(speckle, replace(PLAIN, primitives=(label,)), 640, 480)
    beside, _ = painted(speckle, replace(PLAIN, primitives=(label, cross)), 640, 480)
    assert share_of(colour, beside) == pytest.approx(share_of(colour, alone), rel=0.1)


def test_hatching_stays_inside_its_outline(speckle: VideoFrame) -> None:
    square = ((100.0, 100.0), (300.0, 100.0), (300.0, 300.0), (100.0, 300.0))
    outline = Line(square, Ink.NO_GO, closed=True)
    bare, _ = painted(speckle, replace(PLAIN, primitives=(outline,)), 640, 480)
    hatched, _ = painted(
        speckle, replace(PLAIN, primitives=(replace(outline, hatched=True),)), 640, 480
    )
    changed = np.any(bare != hatched, axis=-1)
    assert 0.1 < changed[110:290, 110:290].mean() < 0.5
    changed[100:301, 100:301] = False
    assert not changed.any()


def test_brightness_dims_and_full_brightness_changes_nothing(speckle: VideoFrame) -> None:
    as_it_came, _ = painted(speckle, PLAIN, 640, 480)
    dimmed, _ = painted(speckle, replace(PLAIN, brightness=0.5), 640, 480)
    assert (as_it_came == speckle.pixels[:, :, None]).all()
    assert np.abs(dimmed.astype(float) - as_it_came * 0.5).max() <= 1


def test_a_loud_banner_is_large_and_a_quiet_one_covers_nothing(speckle: VideoFrame) -> None:
    loud = replace(PLAIN, banner=Text("The picture has not changed for 1.4 s.", Tone.ALARM))
    pixels, placement = painted(speckle, loud, 800, 600)
    assert placement == place_picture(640, 480, QRect(0, 0, 800, 600))
    assert share_of(theme.ALARM_HIGH, pixels[450:]) > 0.05
    quiet = replace(PLAIN, banner=Text("PICTURE HELD BY YOU. Planning only."))
    pixels, placement = painted(speckle, quiet, 800, 600)
    assert placement is not None
    assert share_of(theme.TEXT, pixels[placement.box.bottom() + 1 :]) > 0.01
    alone, _ = painted(speckle, PLAIN, placement.box.width(), placement.box.height())
    box = placement.box
    assert (pixels[: box.height(), box.left() : box.right() + 1] == alone).all()


def test_the_banner_is_painted_without_a_picture() -> None:
    lost = replace(PLAIN, banner=Text("No picture. Check the cable.", Tone.ALARM))
    pixels, placement = painted(None, lost, 800, 600)
    assert placement is None
    assert share_of(theme.ALARM_HIGH, pixels) > 0.01


def test_a_watermark_runs_along_all_four_sides_and_leaves_the_picture(speckle: VideoFrame) -> None:
    view = replace(PLAIN, watermark="SIMULATED")
    pixels, placement = painted(speckle, view, 1000, 700)
    area = picture_area(QRect(0, 0, 1000, 700), view)
    top, left = area.top(), area.left()
    for band in (pixels[:top], pixels[-top:], pixels[:, :left], pixels[:, -left:]):
        assert share_of(theme.TEXT, band) > 0.005
    assert placement is not None
    assert area.contains(placement.box)


@pytest.mark.parametrize("factor", [1, 2, 3])
@pytest.mark.parametrize("shape", [(80, 100), (81, 101), (80, 101, 3)])
def test_whole_number_enlargement_repeats_pixels(factor: int, shape: tuple[int, ...]) -> None:
    checker = (np.indices(shape).sum(axis=0) % 2 * 255).astype(np.uint8)
    height, width = shape[0] * factor, shape[1] * factor
    pixels, _ = painted(frame_of(checker), PLAIN, width, height)
    expected = np.repeat(np.repeat(checker, factor, axis=0), factor, axis=1)
    assert (pixels == (expected[:, :, None] if expected.ndim == 2 else expected[:, :, ::-1])).all()


def test_a_cropped_frame_is_read_with_its_own_stride() -> None:
    whole = np.random.default_rng(3).integers(0, 255, (90, 131), dtype=np.uint8)
    pixels, _ = painted(frame_of(whole[10:80, 7:108]), PLAIN, 101, 70)
    assert (pixels == whole[10:80, 7:108, None]).all()


@pytest.mark.parametrize(
    "area", [QRect(0, 0, 1420, 900), QRect(5, 9, 300, 1000), QRect(0, 0, 7, 5)]
)
@pytest.mark.parametrize("picture", [(1080, 860), (512, 512), (1919, 1080)])
def test_a_picture_is_never_stretched(area: QRect, picture: tuple[int, int]) -> None:
    place = place_picture(*picture, area)
    assert area.contains(place.box)
    scale = min(area.width() / picture[0], area.height() / picture[1])
    assert abs(place.box.width() - picture[0] * scale) <= 0.5
    assert abs(place.box.height() - picture[1] * scale) <= 0.5


def test_equal_inputs_give_equal_pixels(speckle: VideoFrame) -> None:
    view = replace(PLAIN, primitives=OVERLAY, watermark="REPLAY")
    first, second = (rgb_of(render_image(speckle, view, 800, 600)) for _ in range(2))
    assert (first == second).all()


def test_an_export_says_what_it_is_for(speckle: VideoFrame, qtbot: QtBot) -> None:
    pixels = rgb_of(render_image(speckle, PLAIN, 800, 600))
    footer = pixels[-int(600 * 0.045) + 1 :]
    assert share_of(theme.TEXT, footer) > 0.01
    assert share_of(theme.GROUND, footer) > 0.5
