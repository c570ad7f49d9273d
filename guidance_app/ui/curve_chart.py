"""Curves over the clock of a recording, with those of another one as a ghost beneath them."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from guidance_app.training.timeline import Curve
from guidance_app.ui import theme
from guidance_app.ui.theme import Sizes

NS = 1e9


class CurveChart(QWidget):
    """One figure at a time, on the time axis of the lanes above it. GUI thread."""

    sought = pyqtSignal(object)
    """Host time of the recording, nanoseconds, that was clicked at."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Curve over time")
        self._begin_ns = 0
        self._plot = pg.PlotWidget(background=theme.SURFACE)
        self._item = self._plot.getPlotItem()
        self._item.setMenuEnabled(False)
        menu = self._item.ctrlMenu
        menu.setParent(self._plot, menu.windowFlags())  # else nobody owns it
        self._item.hideButtons()
        self._item.setMouseEnabled(False, False)
        self._item.showGrid(x=True, y=True, alpha=0.2)
        self._ghost = self._item.plot(pen=_pen(theme.MUTED, Qt.PenStyle.DashLine))
        self._curve = self._item.plot(pen=_pen(theme.FOCUS, Qt.PenStyle.SolidLine))
        self._name = pg.TextItem(color=theme.TEXT)
        self._name.setParentItem(self._item.vb)
        self._cursor = pg.InfiniteLine(angle=90, pen=pg.mkPen(theme.TEXT, width=2))
        self._item.addItem(self._cursor)
        self._plot.scene().sigMouseClicked.connect(self._click)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._plot)

    def apply(self, sizes: Sizes, gutter_px: int) -> None:
        """Take sizes for the present window; `gutter_px` is where time begins."""
        self._item.layout.setContentsMargins(0, 4, 0, 0)
        self._item.getAxis("left").setWidth(gutter_px)
        self._name.setFont(theme.font_of(theme.pixel_size(sizes.hand_cap)))
        for side in ("left", "bottom"):
            axis = self._item.getAxis(side)
            axis.setTextPen(theme.MUTED)
            axis.setStyle(tickFont=theme.font_of(theme.pixel_size(sizes.hand_cap * 0.8)))
        self.setFixedHeight(round(sizes.hand_cap * 10))

    def show_curve(self, curve: Curve | None, begin_ns: int, end_ns: int) -> None:
        """Another figure; None for nothing."""
        self._begin_ns = begin_ns
        self._item.setXRange(0, max(1e-9, (end_ns - begin_ns) / NS), padding=0)
        self._name.setText(f"{curve.name}, {curve.unit}" if curve else "")
        self._set(self._curve, curve, 0)
        self._item.enableAutoRange(axis="y")

    def show_ghost(self, curve: Curve | None, shift_ns: int) -> None:
        """The same figure of another recording, `shift_ns` later than there."""
        self._set(self._ghost, curve, shift_ns)

    def show_position(self, position_ns: int) -> None:
        """Move the cursor."""
        self._cursor.setValue((position_ns - self._begin_ns) / NS)

    def _set(self, line: pg.PlotDataItem, curve: Curve | None, shift_ns: int) -> None:
        if curve is None:
            line.setData([], [])
        else:
            seconds: NDArray[np.float64] = (curve.time_ns + shift_ns - self._begin_ns) / NS
            line.setData(seconds, curve.value, connect="finite")

    def _click(self, event: object) -> None:
        place = self._item.vb.mapSceneToView(event.scenePos())  # type: ignore[attr-defined]
        self.sought.emit(round(self._begin_ns + place.x() * NS))


def _pen(colour: str, style: Qt.PenStyle) -> object:
    return pg.mkPen(colour, width=2, style=style)
