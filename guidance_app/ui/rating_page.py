"""The rating panel beside a replayed session: items, large answers, what it comes to, Save."""

from PyQt6.QtCore import QSignalBlocker, Qt
from PyQt6.QtGui import QColor, QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from guidance_app.presentation.rating_view import Answer, CurrentItem, RatingRow, RatingView
from guidance_app.presentation.view import Tone
from guidance_app.ui import theme
from guidance_app.ui.intents import Intents
from guidance_app.ui.lettering import TOP_LEFT, FittedText
from guidance_app.ui.line_list import LineList
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton, bind_key

NARROWEST, WIDEST = 420, 520
MOST_ANSWERS = 6
SCORE_LINES = 2
GIVEN_CAPS = 7.0
"""Width of what was given, in heights of capitals."""
ITEM_ROLE = Qt.ItemDataRole.UserRole
ICONS = {
    **{"Yes": "check-bold", "No": "close-thick", "Not seen": "eye-off-outline"},
    **{str(n): f"circle-slice-{slices}" for n, slices in enumerate((1, 3, 4, 6, 8), 1)},
}
LONGEST_REMARK = 2000


class RatingPage(QWidget):
    """All items with what was given; the one in hand is answered by a press or by its key.

    Its keys are Y, N, X and 1 to 5 while no text is typed, the arrows, B and Ctrl+Enter.
    """

    def __init__(self, intents: Intents) -> None:
        super().__init__()
        self._intents = intents
        self._view: RatingView | None = None
        self._offered: tuple[Answer, ...] = ()
        self.title = FittedText(bold=True)
        self.standing = FittedText(tone=Tone.MUTED)
        self.about = FittedText()
        self.form, self.rater = QComboBox(), QComboBox()
        self.rows = ItemTable()
        self.question = FittedText(bold=True, align=TOP_LEFT)
        self.details = FittedText(tone=Tone.MUTED, align=TOP_LEFT)
        self.answers = [TouchButton("check-bold", "") for _ in range(MOST_ANSWERS)]
        self.remark = QLineEdit()
        self.score = [FittedText() for _ in range(SCORE_LINES)]
        self.others = LineList("Ratings of others")
        self.message = FittedText()
        self.lift = TouchButton("eye-outline", "Show names", "B", "Lift the blind", beside=True)
        self.save = TouchButton("content-save", "Save rating", "Ctrl+Enter", beside=True)
        self._labels = (FittedText(tone=Tone.MUTED), FittedText(tone=Tone.MUTED))
        self.setMinimumWidth(NARROWEST)
        self.setMaximumWidth(WIDEST)
        self._name()
        self._lay_out()
        self._connect()

    def _name(self) -> None:
        self.form.setAccessibleName("Rating form")
        self.rater.setAccessibleName("Code of who rates")
        self.rater.setEditable(True)
        self.rater.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.remark.setAccessibleName("Remark")
        self.remark.setPlaceholderText("Remark (may stay empty)")
        self.remark.setMaxLength(LONGEST_REMARK)
        for label, word in zip(self._labels, ("Form", "Rater"), strict=True):
            label.say(word)

    def _lay_out(self) -> None:
        head = QGridLayout()
        for row, (label, field) in enumerate(
            zip(self._labels, (self.form, self.rater), strict=True)
        ):
            head.addWidget(label, row, 0)
            head.addWidget(field, row, 1)
        head.setColumnStretch(1, 1)
        answers, buttons = QHBoxLayout(), QHBoxLayout()
        for button in self.answers:
            answers.addWidget(button, 1)
        buttons.addWidget(self.lift, 1)
        buttons.addWidget(self.save, 1)
        self._column = QVBoxLayout(self)
        for text in (self.title, self.standing, self.about):
            self._column.addWidget(text)
        self._column.addLayout(head)
        self._column.addWidget(self.rows, 4)
        self._column.addWidget(self.question)
        self._column.addWidget(self.details)
        self._column.addLayout(answers)
        self._column.addWidget(self.remark)
        for text in self.score:
            self._column.addWidget(text)
        self._column.addWidget(self.others, 1)
        self._column.addWidget(self.message)
        self._column.addLayout(buttons)
        self._gaps = (head, answers, buttons)

    def _connect(self) -> None:
        intents = self._intents
        self.form.activated.connect(self._choose_form)
        self.rater.activated.connect(self._name_rater)
        typed = self.rater.lineEdit()
        if typed is not None:
            typed.editingFinished.connect(self._name_rater)
        self.rows.itemSelectionChanged.connect(self._choose)
        for place, button in enumerate(self.answers):
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, at=place: self._answer(at))
        self.remark.textEdited.connect(intents.rating_remarked)
        self.lift.clicked.connect(intents.blind_lifted)
        self.save.clicked.connect(intents.rating_saved)
        bind_key("Ctrl+Return", self.save, self)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        cap = sizes.hand_cap
        self._column.setContentsMargins(sizes.grid, sizes.grid, sizes.grid, sizes.grid)
        for layout in (self._column, *self._gaps):
            layout.setSpacing(sizes.grid)
        self.title.set_cap(cap * 1.5)
        for text, lines in (
            *((self.title, 2.4), (self.standing, 2), (self.about, 3.6), (self.message, 3.6)),
            *((self.question, 3.4), (self.details, 6.0)),
            *zip(self.score, (3.2, 3.4), strict=True),
        ):
            text.setFixedHeight(round(cap * lines))
        for text in (self.standing, self.about, self.details, *self._labels, *self.score):
            text.set_cap(cap)
        for text in (self.question, self.message):
            text.set_cap(cap * 1.1)
        for field in (self.form, self.rater, self.remark):
            field.setFixedHeight(round(sizes.touch * 0.6))
        for button in (*self.answers, self.lift, self.save):
            button.setFixedHeight(sizes.touch)
            button.set_cap(cap)
        for label in self._labels:
            label.setFixedWidth(round(cap * 4))
        self.rows.apply(sizes)
        self.others.apply(sizes)

    def render_view(self, view: RatingView) -> None:
        """Show the record; where it has not changed everything keeps its place."""
        before, self._view = self._view, view
        self.title.say(view.title)
        self.standing.say(view.standing)
        self.about.render_text(view.about)
        self._render_head(view, before)
        current = view.current.item if view.current else ""
        self.rows.render_rows(view.rows, current)
        self._render_current(view.current)
        if self.remark.text() != view.remark:
            self.remark.setText(view.remark)
        for place, text in enumerate(self.score):
            text.render_text(view.score[place]) if place < len(view.score) else text.say("")
        self.others.render_lines(view.others)
        self.others.setVisible(bool(view.others))
        self.message.render_text(view.message)
        self.lift.setEnabled(view.blinded)
        self.save.setEnabled(view.may_save)

    def _render_head(self, view: RatingView, before: RatingView | None) -> None:
        if before is None or (view.forms, view.form) != (before.forms, before.form):
            self.form.clear()
            for option in view.forms:
                self.form.addItem(option.title, option.id)
            self.form.setCurrentIndex(self.form.findData(view.form))
        if before is None or view.raters != before.raters:
            self.rater.clear()
            self.rater.addItems(view.raters)
        if before is None or view.rater != before.rater:
            self.rater.setCurrentText(view.rater)

    def _render_current(self, current: CurrentItem | None) -> None:
        self._offered = current.answers if current else ()
        self.question.say(current.text if current else "")
        self.details.say(current.details if current else "")
        for place, button in enumerate(self.answers):
            button.setVisible(place < len(self._offered))
        for button, answer in zip(self.answers, self._offered, strict=False):
            button.set_word(answer.word, ICONS[answer.word])
            button.setToolTip(f"{answer.word} ({answer.key})")
            button.setChecked(answer.chosen)

    def take_keyboard(self) -> None:
        """Let the keys answer."""
        self.rows.setFocus()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """A key of an answer gives it; B lifts the blind. Fields keep what is typed into them."""
        if event is None or event.isAutoRepeat() or event.modifiers():
            super().keyPressEvent(event)
            return
        key = event.text().upper()
        places = [place for place, answer in enumerate(self._offered) if answer.key == key]
        if places:
            self._answer(places[0])
        elif key == "B" and self.lift.isEnabled():
            self.lift.click()
        else:
            super().keyPressEvent(event)

    def _answer(self, place: int) -> None:
        if place < len(self._offered):
            self._intents.rating_given.emit(self._offered[place].value)

    def _choose_form(self) -> None:
        self._intents.rating_form_chosen.emit(str(self.form.currentData()))

    def _name_rater(self) -> None:
        self._intents.rater_named.emit(self.rater.currentText())

    def _choose(self) -> None:
        chosen = self.rows.chosen()
        if chosen:
            self._intents.rating_item_chosen.emit(chosen)


class ItemTable(QTableWidget):
    """All items of a form, each with what was given; headings between them cannot be chosen."""

    def __init__(self) -> None:
        super().__init__(0, 2)
        self._rows: tuple[RatingRow, ...] = ()
        self._lines: dict[str, int] = {}
        """The line of each item."""
        self._least_height = 30
        self.setAccessibleName("Items of the form")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setTabKeyNavigation(False)
        columns, lines = self.horizontalHeader(), self.verticalHeader()
        if columns is not None and lines is not None:
            columns.hide()
            lines.hide()
            columns.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
            columns.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self._least_height = round(sizes.touch * 0.6)
        self.setColumnWidth(1, round(GIVEN_CAPS * sizes.hand_cap))
        self._fit_heights()

    def render_rows(self, rows: tuple[RatingRow, ...], current: str) -> None:
        """Show these, with one of them in hand."""
        blocker = QSignalBlocker(self)
        if [row.item for row in rows] != [row.item for row in self._rows]:
            self._build(rows)
        for row in rows:
            self._set(self._lines[row.item], 1, row.given.text, theme.TONE_COLOURS[row.given.tone])
        self._rows = rows
        line = self._lines.get(current, -1)
        if line >= 0 and line != self.currentRow():
            self.setCurrentCell(line, 0)
            self.scrollToItem(self.item(line, 0), QAbstractItemView.ScrollHint.PositionAtCenter)
        blocker.unblock()

    def chosen(self) -> str:
        """Id of the item in hand; empty where a heading is."""
        item = self.item(self.currentRow(), 0)
        return str(item.data(ITEM_ROLE) or "") if item else ""

    def _build(self, rows: tuple[RatingRow, ...]) -> None:
        self.clearSpans()
        self.setRowCount(len(rows) + sum(bool(row.heading) for row in rows))
        self._lines, line = {}, 0
        for row in rows:
            if row.heading:
                self._set(line, 0, row.heading, theme.MUTED, Qt.ItemFlag.NoItemFlags)
                self.setSpan(line, 0, 1, 2)
                line += 1
            self._set(line, 0, row.text, theme.TEXT).setData(ITEM_ROLE, row.item)
            self._lines[row.item] = line
            line += 1
        self._fit_heights()

    def _set(
        self, line: int, column: int, text: str, colour: str, flags: Qt.ItemFlag | None = None
    ) -> QTableWidgetItem:
        item = QTableWidgetItem(text)
        item.setForeground(QColor(colour))
        item.setToolTip(text)
        if flags is not None:
            item.setFlags(flags)
        self.setItem(line, column, item)
        return item

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Each row as high as its text needs at the new width."""
        super().resizeEvent(event)
        self._fit_heights()

    def _fit_heights(self) -> None:
        self.resizeRowsToContents()
        for line in self._lines.values():
            self.setRowHeight(line, max(self._least_height, self.rowHeight(line)))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Letters and digits are answers, and the space bar plays; the table searches nothing."""
        if event is not None and event.text().isprintable() and event.text():
            event.ignore()
        else:
            super().keyPressEvent(event)
