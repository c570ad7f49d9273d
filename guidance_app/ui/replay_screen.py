"""The trainer's workspace: picture, time line, curve, figures and notes on one clock."""

from enum import IntEnum

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from drivers.api.samples import VideoFrame
from guidance_app.presentation.replay_view import MomentView, SessionView, Transport
from guidance_app.presentation.view import PictureView, Tone
from guidance_app.training.timeline import Curve
from guidance_app.ui.curve_chart import CurveChart
from guidance_app.ui.intents import Intents
from guidance_app.ui.lane_chart import LaneChart
from guidance_app.ui.lettering import RIGHT, FittedText
from guidance_app.ui.noted_list import FigureTable, MarkList
from guidance_app.ui.rating_page import RatingPage
from guidance_app.ui.read_outs import ReadOuts
from guidance_app.ui.replay_actions import ReplayAction, action_of
from guidance_app.ui.replay_picture import PicturePair
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton


class Side(IntEnum):
    """What stands beside the picture."""

    FIGURES = 0
    NOTES = 1
    SESSIONS = 2


BUTTONS: tuple[tuple[ReplayAction, str, str, str], ...] = (
    (ReplayAction.LEAVE, "arrow-left-bold", "Back", "Esc"),
    (ReplayAction.EVENT_BACK, "skip-previous", "Event", "Up"),
    (ReplayAction.STEP_BACK, "step-backward", "Picture", "Left"),
    (ReplayAction.PLAY, "play", "Play", "Space"),
    (ReplayAction.STEP_ON, "step-forward", "Picture", "Right"),
    (ReplayAction.EVENT_ON, "skip-next", "Event", "Down"),
    (ReplayAction.SLOWER, "speedometer-slow", "Slower", "-"),
    (ReplayAction.FASTER, "speedometer", "Faster", "+"),
    (ReplayAction.LOOP_FROM, "code-brackets", "Loop from", "["),
    (ReplayAction.LOOP_TO, "repeat", "Loop to", "]"),
    (ReplayAction.MARK, "note-plus-outline", "Note", "M"),
    (ReplayAction.CURVE, "chart-line", "Curve", "V"),
    (ReplayAction.RATE, "star-check-outline", "Rate", "R"),
    (ReplayAction.AGAIN, "compare", "Today", "T"),
    (ReplayAction.COMPARE, "compare-horizontal", "Compare", "C"),
)
TABS = (
    (Side.FIGURES, ReplayAction.FIGURES, "format-list-numbered", "F"),
    (Side.NOTES, ReplayAction.NOTES, "note-text-outline", "N"),
)
WHICH_SCALE = "Every millimetre times … (0.2 to 5), then Enter (Esc: not)"
GUTTER_CAPS = 9.0
"""Width of the names before the lanes, in cap heights."""


class ReplayScreen(QWidget):
    """Renders records and emits what is asked for; the desk behind it does the rest."""

    acted = pyqtSignal(object)
    """A ReplayAction."""
    sought = pyqtSignal(object)
    """A host time of the recording, nanoseconds."""
    session_chosen = pyqtSignal(str)
    """The path of a session to compare with."""
    scale_typed = pyqtSignal(str)
    """By what every scale is to be multiplied, as it was typed."""

    def __init__(self, intents: Intents) -> None:
        """`intents` are those of the rating panel; everything else has signals of its own."""
        super().__init__()
        self._paths: tuple[str, ...] = ()
        self._curve_chart: CurveChart | None = None
        self.title = FittedText(bold=True)
        self.note = FittedText(tone=Tone.CAUTION, align=RIGHT)
        self.pictures = PicturePair()
        self.read_outs = ReadOuts()
        self.about = FittedText(tone=Tone.MUTED)
        self.figures = FigureTable()
        self.notes = MarkList()
        self.rating = RatingPage(intents)
        self.scale = QLineEdit()
        self.scale.setPlaceholderText(WHICH_SCALE)
        self.scale.setAccessibleName(WHICH_SCALE)
        self.scale.hide()
        self.sessions = QListWidget()
        self.sessions.setAccessibleName("Sessions to compare with")
        self.position = FittedText(bold=True)
        self.lanes = LaneChart()
        self.buttons = {
            action: TouchButton(icon, word, key, action.value)
            for action, icon, word, key in BUTTONS
        }
        self._side = QStackedWidget()
        self._tabs = {
            side: TouchButton(icon, side.name.capitalize(), key, beside=True)
            for side, _, icon, key in TABS
        }
        self._lay_out()
        self._connect()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.show_side(Side.FIGURES)

    @property
    def curves(self) -> CurveChart:
        """Made when it is first needed: what draws it takes a third of a second to load."""
        if self._curve_chart is None:
            from guidance_app.ui.curve_chart import CurveChart  # noqa: PLC0415  # see above

            self._curve_chart = CurveChart()
            self._curve_chart.sought.connect(self.sought)
            self._column.addWidget(self._curve_chart)
        return self._curve_chart

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 3)
        head.addWidget(self.note, 2)
        for page in (self.figures, self.notes, self.sessions):
            self._side.addWidget(page)
        self._panel = QWidget()
        panel = QVBoxLayout(self._panel)
        panel.setContentsMargins(8, 0, 8, 0)
        tabs = QHBoxLayout()
        for button in self._tabs.values():
            button.setCheckable(True)
            tabs.addWidget(button, 1)
        panel.addWidget(self.read_outs)
        panel.addWidget(self.about)
        panel.addLayout(tabs)
        panel.addWidget(self._side, 1)
        panel.addWidget(self.scale)
        middle = QHBoxLayout()
        middle.addWidget(self.pictures, 1)
        middle.addWidget(self._panel)
        self._row = QHBoxLayout()
        self._row.addWidget(self.position, 3)
        for button in self.buttons.values():
            self._row.addWidget(button, 1)
        self._column = QVBoxLayout()
        self._column.setContentsMargins(8, 0, 8, 0)
        self._column.setSpacing(4)
        self._column.addLayout(head)
        self._column.addLayout(middle, 1)
        self._column.addLayout(self._row)
        self._column.addWidget(self.lanes)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(self._column, 1)
        row.addWidget(self.rating)

    def _connect(self) -> None:
        for action, button in self.buttons.items():
            button.clicked.connect(lambda _=False, asked=action: self.acted.emit(asked))
        for side, action, _, _ in TABS:
            self._tabs[side].clicked.connect(lambda _=False, asked=action: self.acted.emit(asked))
        self.lanes.sought.connect(self.sought)
        self.sessions.itemActivated.connect(
            lambda _: self.session_chosen.emit(self._paths[self.sessions.currentRow()])
        )
        self.scale.returnPressed.connect(lambda: self.scale_typed.emit(self.scale.text()))
        self.notes.given_up.connect(self.setFocus)
        self.notes.written.connect(lambda _: self.setFocus())

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self._sizes = sizes
        self.title.setFixedHeight(round(sizes.hand_cap * 2.4))
        for text in (self.title, self.note):
            text.set_cap(sizes.hand_cap * 1.2)
        self._panel.setFixedWidth(sizes.panel_width)
        for part in (self.read_outs, self.notes, self.pictures, self.rating):
            part.apply(sizes)
        self.about.setFixedHeight(round(sizes.hand_cap * 2))
        for tab in self._tabs.values():
            tab.setFixedHeight(round(sizes.touch * 0.5))
            tab.set_cap(sizes.hand_cap)
        self.about.set_cap(sizes.hand_cap)
        self.position.set_cap(sizes.hand_cap * 1.3)
        for button in self.buttons.values():
            button.setFixedHeight(round(sizes.touch * 0.7))
            button.set_cap(sizes.hand_cap * 0.8)
        gutter_px = round(sizes.hand_cap * GUTTER_CAPS)
        self.lanes.apply(sizes, gutter_px)
        if self._curve_chart is not None:
            self._curve_chart.apply(sizes, gutter_px)

    def show_session(self, view: SessionView) -> None:
        """Another recording, or another view of it."""
        self.title.say(view.title)
        self.note.say(view.note)
        self.figures.render_view(view.rows)
        self.notes.render_view(view.marks)
        self.lanes.show_lanes(view.lanes, view.begin_ns, view.end_ns)

    def show_moment(self, view: MomentView, frame: VideoFrame | None, picture: PictureView) -> None:
        """The recorded picture with its overlay, and the figures of that moment."""
        self.pictures.first.show_picture(frame, picture)
        self.read_outs.render_view(view.read_outs)
        self.about.render_text(view.about)

    def show_curve(self, curve: Curve | None, begin_ns: int, end_ns: int) -> None:
        """The figure that is drawn over time."""
        self.curves.show_curve(curve, begin_ns, end_ns)
        self.curves.apply(self._sizes, round(self._sizes.hand_cap * GUTTER_CAPS))

    def show_transport(
        self, view: Transport, position_ns: int, loop_ns: tuple[int, int] | None
    ) -> None:
        """Where it stands and how it runs."""
        self.position.say("  ".join(filter(None, (view.position, view.speed, view.loop))))
        self.lanes.show_position(position_ns, loop_ns)
        self.curves.show_position(position_ns)
        play = self.buttons[ReplayAction.PLAY]
        play.set_word(*(("Pause", "pause") if view.playing else ("Play", "play")))

    def show_rating(self, rating: bool) -> None:
        """The rating panel takes the place of figures and notes."""
        self._panel.setVisible(not rating)
        if not rating:
            self.setFocus()

    def show_side(self, side: Side) -> None:
        """Figures, notes, or the sessions to choose from."""
        self._side.setCurrentIndex(side)
        for one, button in self._tabs.items():
            button.setChecked(one is side)

    def begin_note(self) -> None:
        """Let a note be typed."""
        self.show_side(Side.NOTES)
        self.notes.begin()

    def ask_scale(self) -> None:
        """Let a factor be typed."""
        self.scale.clear()
        self.scale.show()
        self.scale.setFocus()

    def offer_sessions(self, words: tuple[str, ...], paths: tuple[str, ...]) -> None:
        """Let another session be chosen."""
        self._paths = paths
        self.sessions.clear()
        self.sessions.addItems(list(words))
        self.sessions.setCurrentRow(0)
        self.show_side(Side.SESSIONS)
        self.sessions.setFocus()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Everything has a key; Escape first leaves what is being typed or chosen."""
        action = action_of(event) if event is not None else None
        if event is None or action is None:
            super().keyPressEvent(event)
        elif action is ReplayAction.LEAVE and self._is_answering():
            self.leave_side()
        else:
            self.acted.emit(action)

    def leave_side(self) -> None:
        """Neither a note is typed nor a session chosen any more."""
        choosing = self._side.currentIndex() == Side.SESSIONS
        self.notes.end()
        self.scale.hide()
        self.show_side(Side.FIGURES if choosing else Side(self._side.currentIndex()))
        self.setFocus()

    def _is_answering(self) -> bool:
        typing = self.notes.line.isVisible() or self.scale.isVisible()
        return typing or self._side.currentIndex() == Side.SESSIONS
