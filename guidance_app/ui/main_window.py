"""The one window: state strip on top, a screen in the middle, message and purpose below."""

from PyQt6.QtGui import QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from drivers.api.ports import Clock
from drivers.api.samples import VideoFrame
from guidance_app import PURPOSE
from guidance_app.presentation.catalogue_view import LibraryView
from guidance_app.presentation.curve_view import CurveView
from guidance_app.presentation.forms import FormView
from guidance_app.presentation.people import PeopleView
from guidance_app.presentation.score_view import ScoreView
from guidance_app.presentation.site_settings import SettingsView
from guidance_app.presentation.view import LiveView, Text
from guidance_app.ui import theme
from guidance_app.ui.curve_page import CurvePage
from guidance_app.ui.diagnosis_page import DiagnosisPage, DiagnosisView
from guidance_app.ui.form_page import FormPage
from guidance_app.ui.image_view import NO_PICTURE
from guidance_app.ui.intents import Intents
from guidance_app.ui.live_screen import LiveScreen
from guidance_app.ui.message_line import MessageLine
from guidance_app.ui.patient_page import PatientPage
from guidance_app.ui.people_page import PeoplePage
from guidance_app.ui.replay_screen import ReplayScreen
from guidance_app.ui.score_page import ScorePage
from guidance_app.ui.session_list import SessionList
from guidance_app.ui.settings_page import SettingsPage
from guidance_app.ui.setup_page import SetupPage, SetupView
from guidance_app.ui.source_page import SourcePage, SourceView
from guidance_app.ui.start_screen import StartScreen, StartView
from guidance_app.ui.state_strip import NOTHING, StateStripBar

SMALLEST = (1200, 675)
"""Below this some texts would have to be shortened."""


class MainWindow(QWidget):
    """All screens; strip and last line are the same widgets on each of them. GUI thread.

    `show_…` brings a screen to the front with its record; `render_view` updates the live
    screen without changing which one is in front. Everything asked for comes from `intents`.
    """

    def __init__(self, intents: Intents, clock: Clock) -> None:
        super().__init__()
        self.intents = intents
        self.strip = StateStripBar()
        self.line = MessageLine()
        self.start = StartScreen(intents)
        self.setup = SetupPage(intents)
        self.patient = PatientPage(intents)
        self.source = SourcePage(intents)
        self.sessions = SessionList(intents)
        self.replay = ReplayScreen(intents)
        self.diagnosis = DiagnosisPage(intents)
        self.score = ScorePage(intents)
        self.curve = CurvePage(intents)
        self.people = PeoplePage(intents)
        self.person_form = FormPage(intents.person_form_saved, intents.person_form_left)
        self.settings = SettingsPage(intents)
        self.site_form = FormPage(intents.site_form_saved, intents.site_form_left)
        self._pages = (
            *(self.start, self.setup, self.patient, self.source, self.sessions, self.diagnosis),
            *(self.score, self.people, self.person_form, self.settings, self.site_form),
            *(self.replay, self.curve),
        )
        self.live = LiveScreen(intents, self.line, clock)
        self._screens = QStackedWidget()
        self._sizes: theme.Sizes | None = None
        self._lay_out()
        self.setWindowTitle(f"guidance · {PURPOSE}")
        self.setMinimumSize(*SMALLEST)
        self.strip.render_view(NOTHING)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for screen in (*self._pages, self.live):
            self._screens.addWidget(screen)
        column.addWidget(self.strip)
        column.addWidget(self._screens, 1)
        column.addWidget(self.line)

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Take the sizes that fit the window and the screen it is on."""
        sizes = theme.sizes_for(self.size(), theme.screen_dpi(self.screen()))
        if sizes != self._sizes:
            self._sizes = sizes
            self.setStyleSheet(theme.style_sheet(sizes))
            for part in (self.strip, self.line, *self._pages, self.live):
                part.apply(sizes)
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Keys that nothing with the focus wanted belong to the live screen while it is shown."""
        if self._screens.currentWidget() is self.live:
            self.live.keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """A key let go is told to the live screen wherever it went down."""
        self.live.keyReleaseEvent(event)

    def render_view(self, view: LiveView, frame: VideoFrame | None) -> None:
        """Show the newest record and its frame; the strip is updated on every screen."""
        self.strip.render_view(view.strip)
        self.live.render_view(view, frame)

    def clear_view(self) -> None:
        """No source is open: no state, and nothing of the last picture."""
        self.strip.render_view(NOTHING)
        self.live.image.show_frame(None, NO_PICTURE)

    def say(self, message: Text) -> None:
        """A sentence in the last line, on whatever screen is in front."""
        self.line.say(message)

    def show_start(self, view: StartView) -> None:
        """Bring the start screen to the front."""
        self.start.render_view(view)
        self._bring(self.start)

    def show_setup(self, view: SetupView) -> None:
        """Bring the set-up page to the front."""
        self.setup.render_view(view)
        self.return_to_setup()

    def return_to_setup(self) -> None:
        """Bring the set-up page to the front as it was left; the patient comes first on it."""
        self._bring(self.setup)
        self.setup.patient.setFocus()

    def show_patient(self) -> None:
        """Bring the page that finds the patient's pseudonym to the front, empty."""
        self.patient.clear()
        self._bring(self.patient)
        self.patient.number.setFocus()

    def show_source(self, view: SourceView) -> None:
        """Bring the source chooser to the front."""
        self.source.render_view(view)
        self._bring(self.source)

    def show_sessions(self, view: LibraryView) -> None:
        """Bring the list of sessions to the front."""
        self.sessions.render_view(view)
        self._bring(self.sessions)
        self.sessions.table.setFocus()

    def show_replay(self) -> None:
        """Bring the trainer's workspace to the front."""
        self._bring(self.replay)
        self.replay.setFocus()

    def show_diagnosis(self, view: DiagnosisView) -> None:
        """Bring the answer to "why no picture?" to the front."""
        self.diagnosis.render_view(view)
        self._bring(self.diagnosis)

    def show_score(self, view: ScoreView, frame: VideoFrame | None) -> None:
        """Bring how an attempt went to the front, with its last picture."""
        self.score.render_view(view, frame)
        self._bring(self.score)

    def show_curve(self, view: CurveView) -> None:
        """Bring the learning curve of a trainee to the front."""
        self.curve.render_view(view)
        self._bring(self.curve)

    def show_people(self, view: PeopleView) -> None:
        """Bring the people page to the front."""
        self.people.render_view(view)
        self._bring(self.people)

    def show_person_form(self, view: FormView) -> None:
        """Bring a form about people to the front."""
        self._bring_form(self.person_form, view)

    def show_settings(self, view: SettingsView) -> None:
        """Bring the settings page to the front."""
        self.settings.render_view(view)
        self._bring(self.settings)

    def show_site_form(self, view: FormView) -> None:
        """Bring a form about the site's file to the front."""
        self._bring_form(self.site_form, view)

    def _bring_form(self, form: FormPage, view: FormView) -> None:
        form.render_view(view)
        self._bring(form)
        form.take_keyboard()

    def show_live(self) -> None:
        """Bring the live screen to the front."""
        self._bring(self.live)
        self.live.image.setFocus()

    def _bring(self, screen: QWidget) -> None:
        if self._screens.currentWidget() is not screen:
            if self._screens.currentWidget() is self.sessions:
                self.intents.catalogue_left.emit()
            self.live.desk.put_back()
            self._screens.setCurrentWidget(screen)
