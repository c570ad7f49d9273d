"""The start screen: three things to do, the state of the source, the last session."""

from dataclasses import dataclass

from PyQt6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from guidance_app.presentation.view import Text
from guidance_app.ui.intents import Intents
from guidance_app.ui.lettering import CENTRE, FittedText
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton, bind_key


@dataclass(frozen=True, slots=True)
class StartView:
    """What the start screen shows."""

    source: Text
    """"Ultrasound grabber: live", or what is wrong with the source."""
    recent: str = ""
    """"Last: Knee R, today 09:14"; empty when nothing was recorded."""
    recent_path: str = ""
    """Path of that session."""


class StartScreen(QWidget):
    """Three large buttons, two lines, and what is looked after from time to time."""

    def __init__(self, intents: Intents) -> None:
        super().__init__()
        self._recent_path = ""
        self.guide = TouchButton("needle", "Guide a procedure", "G")
        self.practise = TouchButton("school-outline", "Practise on a simulator", "P")
        self.review = TouchButton("movie-play-outline", "Review sessions", "R")
        self.title = FittedText(bold=True, align=CENTRE)
        self.source_state = FittedText()
        self.source = TouchButton("video-outline", "Choose source…", "O", beside=True)
        self.recent = TouchButton("history", "", beside=True)
        self.people = TouchButton("account-group", "People", "E", beside=True)
        self.settings = TouchButton("cog-outline", "Settings", "T", beside=True)
        self.quit = TouchButton("exit-to-app", "Quit", "Ctrl+Q", beside=True)
        self.title.say("What would you like to do?")
        self._lay_out()
        self._connect(intents)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        for column, button in enumerate((self.guide, self.practise, self.review)):
            grid.addWidget(button, 0, 4 * column, 1, 4)
        grid.addWidget(self.source_state, 1, 0, 1, 8)
        grid.addWidget(self.source, 1, 8, 1, 4)
        grid.addWidget(self.recent, 2, 0, 1, 8)
        grid.addWidget(self.people, 3, 0, 1, 4)
        grid.addWidget(self.settings, 3, 4, 1, 4)
        grid.addWidget(self.quit, 3, 8, 1, 4)
        for column in range(12):
            grid.setColumnStretch(column, 1)
        grid.setSpacing(16)
        self._grid = grid
        self._column = QVBoxLayout(self)
        self._column.addStretch(2)
        self._column.addWidget(self.title)
        self._column.addLayout(grid)
        self._column.addStretch(3)

    def _connect(self, intents: Intents) -> None:
        pairs = (
            (self.guide, intents.guide_asked, "G"),
            (self.practise, intents.practise_asked, "P"),
            (self.review, intents.review_asked, "R"),
            (self.source, intents.source_asked, "O"),
            (self.people, intents.people_asked, "E"),
            (self.settings, intents.settings_asked, "T"),
            (self.quit, intents.quit_asked, "Ctrl+Q"),
        )
        for button, signal, key in pairs:
            button.clicked.connect(signal)
            bind_key(key, button, self)
        self.recent.clicked.connect(lambda: intents.replay_chosen.emit(self._recent_path))

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        side = sizes.panel_width // 2
        self._column.setContentsMargins(side, 0, side, 0)
        self._column.setSpacing(2 * sizes.grid)
        self.title.setFixedHeight(round(sizes.key_cap * 2))
        self.title.set_cap(sizes.key_cap * 0.7)
        self._grid.setRowMinimumHeight(0, 3 * sizes.touch)
        for button in (self.guide, self.practise, self.review):
            button.set_cap(sizes.key_cap * 0.42)
        for row in (1, 2, 3):
            self._grid.setRowMinimumHeight(row, sizes.touch)
        for button in (self.source, self.recent, self.people, self.settings, self.quit):
            button.set_cap(sizes.hand_cap * 1.2)
        self.source_state.set_cap(sizes.hand_cap * 1.4)

    def render_view(self, view: StartView) -> None:
        """Show the record."""
        self.source_state.render_text(view.source)
        self._recent_path = view.recent_path
        self.recent.set_word(view.recent or "Nothing recorded yet")
        self.recent.setEnabled(bool(view.recent_path))
