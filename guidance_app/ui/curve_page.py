"""The learning curve of a trainee: four charts, the figure and its pass line, what it rests on."""

from PyQt6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from guidance_app.presentation.curve_view import CurveEntry, CurveView
from guidance_app.presentation.view import Tone
from guidance_app.training.past_attempts import Better
from guidance_app.ui.attempt_chart import AttemptChart
from guidance_app.ui.intents import Intents
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.line_list import LineList
from guidance_app.ui.page_sizes import size_page
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton, bind_key

FIELDS = ("Figure", "Pass line", "Better is")


class CurvePage(QWidget):
    """Choosing another figure or line asks for another curve; Esc leaves."""

    def __init__(self, intents: Intents) -> None:
        super().__init__()
        self._intents = intents
        self.title = FittedText(bold=True)
        self.success = FittedText()
        self.charts = tuple(
            AttemptChart(name) for name in ("Figure", "CUSUM", "LC-CUSUM", "Attempts by date")
        )
        self.figure, self.better = QComboBox(), QComboBox()
        self.pass_line = QLineEdit()
        self.parameters = LineList("What the curves rest on")
        self.warning = FittedText(bold=True)
        self.message = FittedText(tone=Tone.CAUTION)
        self.back = TouchButton("arrow-left-bold", "Back", "Esc", beside=True)
        self.show_curve = TouchButton("chart-line", "Show", "Enter", beside=True)
        self._labels = tuple(FittedText(tone=Tone.MUTED) for _ in FIELDS)
        self._name()
        self._lay_out()
        self.back.clicked.connect(intents.curve_left)
        bind_key("Esc", self.back, self)
        self.figure.activated.connect(self._ask)
        self.better.activated.connect(self._ask)
        self.pass_line.returnPressed.connect(self._ask)
        self.show_curve.clicked.connect(self._ask)

    def _name(self) -> None:
        fields = (self.figure, self.pass_line, self.better)
        for label, field, name in zip(self._labels, fields, FIELDS, strict=True):
            label.say(name)
            field.setAccessibleName(name)
        self.pass_line.setPlaceholderText("none yet")
        for one in Better:
            self.better.addItem(one.value, one.value)

    def _lay_out(self) -> None:
        charts, fields = QGridLayout(), QGridLayout()
        for place, chart in enumerate(self.charts):
            charts.addWidget(chart, *divmod(place, 2))
        for place in range(2):
            charts.setColumnStretch(place, 1)
            charts.setRowStretch(place, 1)
        for row, field in enumerate((self.figure, self.pass_line, self.better)):
            fields.addWidget(self._labels[row], row, 0)
            fields.addWidget(field, row, 1)
        fields.setColumnStretch(1, 1)
        side = QVBoxLayout()
        side.addLayout(fields)
        side.addWidget(self.show_curve)
        side.addWidget(self.message)
        side.addWidget(self.parameters, 1)
        middle, below = QHBoxLayout(), QHBoxLayout()
        middle.addLayout(charts, 7)
        middle.addLayout(side, 3)
        below.addWidget(self.back, 1)
        below.addWidget(self.warning, 5)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.title)
        self._column.addWidget(self.success)
        self._column.addLayout(middle, 1)
        self._column.addLayout(below)
        self._gaps = (charts, fields, side, middle, below)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        cap, side = sizes.hand_cap, 2 * sizes.grid
        size_page(self._column, self.title, sizes)
        self._column.setContentsMargins(side, sizes.grid, side, side)
        for layout in self._gaps:
            layout.setSpacing(2 * sizes.grid)
        self.success.setFixedHeight(round(cap * 2.4))
        self.message.setFixedHeight(round(cap * 3))
        for text in (self.success, self.warning):
            text.set_cap(cap * 1.2)
        for label in (*self._labels, self.message):
            label.set_cap(cap)
        for label in self._labels:
            label.setFixedWidth(round(cap * 7))
        for field in (self.figure, self.pass_line, self.better):
            field.setFixedHeight(round(sizes.touch * 0.7))
        for button in (self.back, self.show_curve):
            button.setFixedHeight(sizes.touch)
            button.set_cap(cap * 1.2)
        self.parameters.apply(sizes)
        for chart in self.charts:
            chart.apply(sizes)

    def render_view(self, view: CurveView) -> None:
        """Show the record."""
        self.title.say(view.title)
        self.success.render_text(view.success)
        charts = (view.figure, view.cusum, view.learning, view.dates)
        for place, chart in zip(self.charts, charts, strict=True):
            place.render_chart(chart)
        self.parameters.render_lines(view.parameters)
        self.warning.say(view.warning)
        self.message.render_text(view.message)
        self._render_entry(view)

    def _render_entry(self, view: CurveView) -> None:
        self.figure.clear()
        for option in view.figures:
            self.figure.addItem(option.title, option.id)
        self.figure.setCurrentIndex(self.figure.findData(view.entry.figure))
        self.figure.setToolTip(self.figure.currentText())
        self.pass_line.setText(view.entry.pass_line)
        self.better.setCurrentIndex(self.better.findData(view.entry.better))
        self.better.setEnabled(not view.better_known)

    def _ask(self) -> None:
        entry = CurveEntry(
            str(self.figure.currentData() or ""),
            self.pass_line.text(),
            str(self.better.currentData()),
        )
        self._intents.curve_chosen.emit(entry)
