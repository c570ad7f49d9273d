import numpy as np
import pytest
from gui_records import rgb_of
from PyQt6.QtCore import QSize
from pytestqt.qtbot import QtBot

from guidance_app.presentation.view import ReadOut, Text
from guidance_app.ui import theme
from guidance_app.ui.read_outs import ReadOutCell

SIZES = theme.sizes_for(QSize(1920, 1080), 92.0)


@pytest.mark.parametrize("value", ["24 mm", "< 0.5 mm", "-3 mm PAST", "-131.5 mm", "31°"])
def test_a_figure_is_large_and_stays_in_its_place(qtbot: QtBot, value: str) -> None:
    cell = ReadOutCell()
    qtbot.addWidget(cell)
    cell.apply(SIZES)
    cell.setFixedWidth(236)
    cell.setStyleSheet(theme.style_sheet(SIZES))
    cell.show_figure(ReadOut("", Text(value), "± 0.5 mm"))
    cell.show()
    pixels = rgb_of(cell.grab().toImage()).astype(int)
    lit = np.any(np.abs(pixels - pixels[-1, -1]) > 60, axis=-1)
    assert not lit[:, -1].any()
    rows = np.flatnonzero(lit[:, :40].any(axis=1))
    assert rows[-1] < cell.height() - 1
    if value == "24 mm":
        assert rows[-1] - rows[0] + 1 >= 12.8 * 92.0 / 25.4 * 0.98
