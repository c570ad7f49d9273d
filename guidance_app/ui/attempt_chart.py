"""One chart of attempts, drawn with pyqtgraph, which is imported when the first one is shown."""

from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from guidance_app.presentation.curve_view import Band, Chart, ChartPoint, Level
from guidance_app.presentation.primitives import Ink
from guidance_app.ui import theme
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.theme import Sizes

SUCCESS, FAILURE, UNJUDGED = "o", "x", "s"
"""Shapes: how an attempt went is told without its colour."""
LEVEL_COLOUR = theme.INK_COLOURS[Ink.PLAN]
FAILURE_COLOUR = theme.INK_COLOURS[Ink.NO_GO]
BAND_ALPHA = 90
MARGIN = 0.08
"""Free above and below what is shown, as a share of it."""


class AttemptChart(QWidget):
    """A heading and a plot that is looked at, not moved."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.title = FittedText(bold=True)
        self._cap = 12.0
        self._plot: Any = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.title)
        self._column.addStretch(1)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self._cap = sizes.hand_cap
        self._column.setSpacing(sizes.grid // 2)
        self.title.setFixedHeight(round(self._cap * 2))
        self.title.set_cap(self._cap)
        if self._plot is not None:
            self._style_axes()

    def render_chart(self, chart: Chart) -> None:
        """Show another chart."""
        self.title.say(chart.title)
        if self._plot is None:
            self._plot = self._made_plot()
        self._plot.clear()
        if chart.band is not None:
            self._add_band(chart.band)
        for level in chart.levels:
            self._add_level(level)
        self._add_points(chart.points)
        self._plot.getAxis("bottom").setTicks([list(chart.ticks)])
        self._fit(chart)
        words = [point.words for point in chart.points]
        self.setAccessibleDescription(". ".join((chart.title, *words[-3:])))

    def _made_plot(self) -> Any:  # noqa: ANN401 - pyqtgraph has no types
        import pyqtgraph  # noqa: PLC0415 - a sixth of a second that the start need not take

        plot = pyqtgraph.PlotWidget(self, background=theme.SURFACE)
        plot.setMouseEnabled(False, False)
        plot.setMenuEnabled(False)
        menu = plot.plotItem.ctrlMenu  # made anyway, and a window of nobody's
        menu.setParent(plot, menu.windowFlags())
        plot.hideButtons()
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._column.addWidget(plot, 100)
        self._plot = plot
        self._style_axes()
        return plot

    def _style_axes(self) -> None:
        for side in ("left", "bottom"):
            axis = self._plot.getAxis(side)
            axis.setPen(QColor(theme.LINE))
            axis.setTextPen(QColor(theme.MUTED))
            axis.setTickFont(theme.font_of(theme.pixel_size(self._cap * 0.8)))
        self._plot.getAxis("left").setWidth(round(self._cap * 5))

    def _add_band(self, band: Band) -> None:
        import pyqtgraph  # noqa: PLC0415 - as above

        colour = QColor(theme.LINE)
        colour.setAlpha(BAND_ALPHA)
        region = pyqtgraph.LinearRegionItem(
            (band.low, band.high), "horizontal", brush=colour, pen=theme.LINE, movable=False
        )
        label = pyqtgraph.InfLineLabel(
            region.lines[1], band.words, position=0.02, anchors=[(0, 1), (0, 1)], color=theme.MUTED
        )
        label.setFont(theme.font_of(theme.pixel_size(self._cap * 0.8)))
        self._plot.addItem(region)

    def _add_level(self, level: Level) -> None:
        import pyqtgraph  # noqa: PLC0415 - as above

        pen = pyqtgraph.mkPen(LEVEL_COLOUR, width=2, style=Qt.PenStyle.DashLine)
        line = pyqtgraph.InfiniteLine(
            level.value,
            angle=0,
            pen=pen,
            label=level.words,
            labelOpts={"position": 0.98, "anchors": [(1, 1), (1, 1)], "color": LEVEL_COLOUR},
        )
        line.label.setFont(theme.font_of(theme.pixel_size(self._cap * 0.8)))
        self._plot.addItem(line)

    def _add_points(self, points: tuple[ChartPoint, ...]) -> None:
        xs, ys = [point.x for point in points], [point.y for point in points]
        self._plot.plot(xs, ys, pen={"color": theme.LINE, "width": 2})
        for success, symbol, colour in (
            (True, SUCCESS, theme.FOCUS),
            (False, FAILURE, FAILURE_COLOUR),
            (None, UNJUDGED, theme.MUTED),
        ):
            self._add_marks([one for one in points if one.success is success], symbol, colour)

    def _add_marks(self, points: list[ChartPoint], symbol: str, colour: str) -> None:
        import pyqtgraph  # noqa: PLC0415 - as above

        marks = pyqtgraph.ScatterPlotItem(
            x=[point.x for point in points],
            y=[point.y for point in points],
            data=[point.words for point in points],
            symbol=symbol,
            size=self._cap * 0.9,
            pen=theme.SURFACE,
            brush=colour,
            hoverable=True,
            tip=lambda x, y, data: data,
        )
        self._plot.addItem(marks)

    def _fit(self, chart: Chart) -> None:
        """All points, lines and the band are in view, with room for the words of the lines."""
        heights = [point.y for point in chart.points] + [one.value for one in chart.levels]
        if chart.band is not None:
            heights += [chart.band.low, chart.band.high]
        if not chart.points:
            return
        xs = [point.x for point in chart.points]
        self._plot.setXRange(*_widened(min(xs), max(xs)), padding=0)
        self._plot.setYRange(*_widened(min(heights), max(heights)), padding=0)


def _widened(low: float, high: float) -> tuple[float, float]:
    room = MARGIN * (high - low) or 1.0
    return low - 1.5 * room, high + 1.5 * room
