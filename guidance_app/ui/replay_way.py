"""From the list of sessions to workspace, learning curve and debrief, and back."""

from collections.abc import Callable
from pathlib import Path

from guidance_app.presentation.view import Tone
from guidance_app.processing.needle.search import NeedleSearch
from guidance_app.ui.curve_run import CurveRun
from guidance_app.ui.debrief_run import DebriefRun
from guidance_app.ui.main_window import MainWindow
from guidance_app.ui.replay_desk import ReplayDesk
from guidance_app.ui.replay_rating import ReplayRating
from guidance_app.ui.services import Services


class ReplayWay:
    """Brings the workspace to the front with a recording; GUI thread."""

    def __init__(
        self, window: MainWindow, services: Services, say: Callable[[str, Tone], None]
    ) -> None:
        """`say` shows a sentence in the last line."""
        self._window = window
        page = window.replay
        rating = ReplayRating(page.rating, window.intents, services.rating_forms)
        clock, sessions = services.clock, services.sessions
        self.desk = ReplayDesk(page, clock, sessions, NeedleSearch, rating)
        self._curves = CurveRun(window, services.catalogue.folder, services.rating_forms, say)
        self._debriefs = DebriefRun(services.show_file, say)
        window.intents.debrief_asked.connect(lambda path: self._debriefs.begin(Path(path)))
        window.intents.curve_left.connect(window.intents.review_asked)
        self.desk.left.connect(self._leave)
        self.desk.said.connect(say)
        self.desk.strip_shown.connect(window.strip.render_view)

    def open(self, path: Path) -> None:
        """Begin to open a recording."""
        self._window.show_replay()
        self.desk.open(path)

    def close(self) -> None:
        """Release every recording, and read no more of them; idempotent."""
        self.desk.close()
        self._curves.stop()
        self._debriefs.stop()

    def _leave(self) -> None:
        self._window.clear_view()
        self._window.intents.review_asked.emit()
