"""What is asked for on the settings page: shown, tested, changed, and told when it cannot be."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PyQt6.QtCore import QObject, pyqtSignal

from guidance_app.diagnosis.findings import Finding
from guidance_app.knowledge.facts import KnowledgeError
from guidance_app.knowledge.site_change import SiteChange
from guidance_app.knowledge.site_file import AtSite
from guidance_app.presentation.forms import EntryRefused, FormEntry
from guidance_app.presentation.site_settings import (
    NOT_TESTED,
    TESTING,
    SettingsView,
    records_answer,
    settings_view,
    site_change,
    site_form,
)
from guidance_app.presentation.view import NO_TEXT, Text, Tone
from guidance_app.ui.main_window import MainWindow


class Site(Protocol):
    """What holds at this site, from its file."""

    path: Path
    fault: str
    """Why the file may not be used; empty when it may."""

    @property
    def at_site(self) -> AtSite:
        """What holds now; raises KnowledgeError while the file may not be used."""
        ...

    def read(self) -> None:
        """Read the file anew."""
        ...

    def change(self, change: SiteChange) -> None:
        """Write a change into the file and use it from now on; KnowledgeError or OSError."""
        ...


@dataclass(frozen=True, slots=True)
class RecordsPlace:
    """Where the records are, and how to ask whether they answer."""

    place: Path | str
    test: Callable[[], Future[Finding]]


class SettingsDesk(QObject):
    """Connects the settings page and its forms with the site's file and the records; GUI thread."""

    _answered = pyqtSignal(object)
    """The Future of a test of the records, from its thread."""

    def __init__(self, window: MainWindow, site: Site, records: RecordsPlace) -> None:
        super().__init__()
        self._window = window
        self._site = site
        self._records = records
        self._answer = NOT_TESTED
        self._answered.connect(self._take)
        intents = window.intents
        intents.settings_asked.connect(self.show)
        intents.settings_left.connect(self._leave)
        intents.site_file_asked.connect(self._read)
        intents.records_test_asked.connect(self._test)
        intents.site_form_asked.connect(self._show_form)
        intents.site_form_saved.connect(self._save)
        intents.site_form_left.connect(lambda: window.show_settings(self._view()))

    def show(self) -> None:
        """Bring the page to the front, with what the site's file says now."""
        self._site.read()
        self._window.show_settings(self._view())

    def keeps_all_shut(self) -> bool:
        """Whether the site's file may not be used; then the page comes to the front."""
        if self._site.fault:
            self.show()
        return bool(self._site.fault)

    def _leave(self) -> None:
        intents = self._window.intents
        (intents.quit_asked if self._site.fault else intents.back_asked).emit()

    def _read(self) -> None:
        self._site.read()
        said = "" if self._site.fault else "The file was read. It holds from now on."
        self._window.settings.render_view(self._view(Text(said)))

    def _test(self) -> None:
        self._answer = TESTING
        self._window.settings.render_view(self._view())
        self._records.test().add_done_callback(self._answered.emit)

    def _take(self, answer: Future[Finding]) -> None:
        self._answer = records_answer(answer.result())
        self._window.settings.render_view(self._view())

    def _show_form(self, form: str) -> None:
        self._window.show_site_form(site_form(form, self._site.at_site))

    def _save(self, entry: FormEntry) -> None:
        try:
            self._site.change(site_change(entry, self._site.at_site))
        except (EntryRefused, KnowledgeError) as refused:
            self._window.site_form.refuse(Text(str(refused), Tone.CAUTION))
        except OSError as error:
            why = f"{self._site.path} cannot be written ({error.strerror}). Nothing was changed."
            self._window.site_form.refuse(Text(why, Tone.ALARM))
        else:
            done = Text(f"Saved in {self._site.path.name}. It holds from the next procedure on.")
            self._window.show_settings(self._view(done))

    def _view(self, message: Text = NO_TEXT) -> SettingsView:
        site = self._site
        at_site = None if site.fault else site.at_site
        return settings_view(
            site.path, at_site, site.fault, self._records.place, self._answer, message
        )
