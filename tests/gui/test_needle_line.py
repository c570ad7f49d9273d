"""What to do with the needle stands on a line of its own, whole, and moves nothing."""

import pytest
from PyQt6.QtCore import QRect, QRectF
from PyQt6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from guidance_app.domain.correction import Correction, Side, Task, Turn
from guidance_app.presentation.needle_words import ADVANCES_UNSEEN, correction
from guidance_app.presentation.primitives import Arrow, Ink
from guidance_app.presentation.view import PictureView, Text, Tone
from guidance_app.ui.lettering import is_shown_whole
from guidance_app.ui.overlay_layer import OverlayLayer
from guidance_app.ui.painter import GUIDE_CAP_SHARE, paint_picture, picture_area
from guidance_app.ui.placement import place_picture
from guidance_app.ui.shapes import paint_shapes

LONGEST = correction(Correction(Task.TURN, 0.0, 12.0, Turn.RIGHT, 12.0, Side.RIGHT))
SMALL, LARGE = QRect(0, 0, 934, 590), QRect(0, 0, 1401, 885)
"""The place of the picture in windows of 1280x720 and 1920x1080."""


def view(words: str, tone: Tone = Tone.NORMAL) -> PictureView:
    return PictureView(1.0, Text(""), "SIMULATED", guide=Text(words, tone))


@pytest.mark.parametrize("target", [SMALL, LARGE], ids=["1280", "1920"])
@pytest.mark.parametrize(
    "words",
    [
        LONGEST,
        ADVANCES_UNSEEN,
        correction(Correction(Task.WITHDRAW_AND_TURN, -22.0, 12.0, Turn.STEEPER)),
    ],
)
def test_no_word_is_cut_or_made_smaller(qtbot: QtBot, target: QRect, words: str) -> None:
    cap_px = GUIDE_CAP_SHARE * target.height()
    area = picture_area(target, view(words))
    box = QRectF(0, 0, area.width() - 2 * cap_px, cap_px * 2.2)
    assert is_shown_whole(words, box, cap_px, bold=True)


def test_the_picture_stays_where_it_is_whatever_is_said(qtbot: QtBot) -> None:
    places = {
        picture_area(SMALL, view(words, tone)).getRect()
        for words in ("", "On the path: advance 14 mm", LONGEST, ADVANCES_UNSEEN)
        for tone in (Tone.NORMAL, Tone.CAUTION)
    }
    assert len(places) == 1
    whole = picture_area(SMALL, PictureView(1.0, Text(""), "SIMULATED"))
    assert places.pop()[3] < whole.height()


def test_the_words_are_painted_below_the_picture(qtbot: QtBot) -> None:
    image = QImage(SMALL.width(), SMALL.height(), QImage.Format.Format_RGB32)
    painter, shown = QPainter(image), view(LONGEST)
    paint_picture(painter, SMALL, None, shown, OverlayLayer())
    painter.end()
    area = picture_area(SMALL, shown)
    below = range(area.bottom() + 4, area.bottom() + 40)
    lit = [y for y in below if any(image.pixelColor(x, y).value() > 200 for x in range(200, 734))]
    assert len(lit) > 8


def test_an_arrow_begins_beside_its_point_and_has_its_head_on_its_way(qtbot: QtBot) -> None:
    image = QImage(200, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    arrow = Arrow((100.0, 100.0), (5.0, 0.0), Ink.NEEDLE)
    paint_shapes(painter, place_picture(200, 200, QRect(0, 0, 200, 200)), (arrow,), 10.0)
    painter.end()
    lit = [x for x in range(200) if image.pixelColor(x, 100).value() > 200]
    assert 115 < min(lit) < max(lit) < 175
    assert not any(image.pixelColor(x, 112).value() > 200 for x in range(100, 140))
