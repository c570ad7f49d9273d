"""What this site has decided, what is wrong with its file, and whether the records answer."""

from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from guidance_app.presentation.site_settings import LEVEL, THRESHOLDS, SettingsView
from guidance_app.presentation.view import Text, Tone
from guidance_app.ui.intents import Intents
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.line_list import LineList
from guidance_app.ui.page_sizes import size_page
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton, bind_key


class SettingsPage(QWidget):
    """The site's file and its thresholds on the left, items and records on the right."""

    def __init__(self, intents: Intents) -> None:
        super().__init__()
        self.title = FittedText(bold=True)
        self.title.say("Settings")
        self.fault = FittedText()
        self.file = LineList("The site's file and its thresholds")
        self.changes = LineList("Items added and levels raised")
        self.records = LineList("Where the records are")
        self.message = FittedText()
        self.thresholds = TouchButton("tune", "Change thresholds…", "T", beside=True)
        self.level = TouchButton("arrow-up-bold", "Raise a level…", "L", beside=True)
        self.again = TouchButton("refresh", "Read again", "R", beside=True)
        self.test = TouchButton("database-check", "Test records", "D", beside=True)
        self.back = TouchButton("arrow-left-bold", "Back", "Esc", beside=True)
        self._titles = [_heading(words) for words in ("This site", "Checklist", "Records")]
        self._lay_out()
        self._connect(intents)

    def _lay_out(self) -> None:
        left, right = QVBoxLayout(), QVBoxLayout()
        lists = (self.file, self.changes, self.records)
        for column, place, share in ((left, 0, 1), (right, 1, 3), (right, 2, 2)):
            column.addWidget(self._titles[place])
            column.addWidget(lists[place], share)
        self._halves = QHBoxLayout()
        self._halves.addLayout(left, 1)
        self._halves.addLayout(right, 1)
        buttons = QHBoxLayout()
        for button in (self.back, self.again, self.test, self.level, self.thresholds):
            buttons.addWidget(button, 1)
        self._parts = (left, right, buttons)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.title)
        self._column.addWidget(self.fault)
        self._column.addLayout(self._halves, 1)
        self._column.addWidget(self.message)
        self._column.addLayout(buttons)

    def _connect(self, intents: Intents) -> None:
        self.thresholds.clicked.connect(lambda: intents.site_form_asked.emit(THRESHOLDS))
        self.level.clicked.connect(lambda: intents.site_form_asked.emit(LEVEL))
        self.again.clicked.connect(intents.site_file_asked)
        self.test.clicked.connect(intents.records_test_asked)
        self.back.clicked.connect(intents.settings_left)
        keys = {"T": self.thresholds, "L": self.level, "R": self.again, "D": self.test}
        for key, button in (keys | {"Esc": self.back}).items():
            bind_key(key, button, self)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        size_page(self._column, self.title, sizes)
        side = sizes.panel_width // 6
        self._column.setContentsMargins(side, 2 * sizes.grid, side, 2 * sizes.grid)
        self._halves.setSpacing(2 * sizes.grid)
        for part in self._parts:
            part.setSpacing(sizes.grid)
        for lines in (self.file, self.changes, self.records):
            lines.apply(sizes)
        for heading in self._titles:
            heading.setFixedHeight(round(sizes.hand_cap * 2.6))
            heading.set_cap(sizes.hand_cap * 1.3)
        for text, rows in ((self.fault, 7), (self.message, 3)):
            text.setFixedHeight(round(sizes.hand_cap * rows))
            text.set_cap(sizes.hand_cap * 1.4)
        for button in (self.thresholds, self.level, self.again, self.test, self.back):
            button.setFixedHeight(sizes.touch)
            button.set_cap(sizes.hand_cap * 1.1)

    def render_view(self, view: SettingsView) -> None:
        """Show the record."""
        self.fault.render_text(view.fault)
        self.fault.setVisible(view.blocked)
        self.file.render_lines(view.file)
        self.changes.render_lines(view.changes)
        self.records.render_lines(view.records)
        self.message.render_text(view.message)
        self.test.setEnabled(not view.testing)
        for button in (self.thresholds, self.level):
            button.setEnabled(not view.blocked)
        self.back.set_word(
            *("Quit", "exit-to-app") if view.blocked else ("Back", "arrow-left-bold")
        )


def _heading(words: str) -> FittedText:
    heading = FittedText(bold=True, tone=Tone.MUTED)
    heading.render_text(Text(words, Tone.MUTED))
    return heading
