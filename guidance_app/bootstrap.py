"""Where the parts meet: drivers by address, threads, screens, recording, records."""

import logging
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from types import TracebackType

from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication

from drivers.api.address import public_text
from drivers.api.clock import SystemClock
from drivers.api.ports import DeviceInfo, SourceInfo, VideoSource
from drivers.api.samples import ImageU8
from drivers.registry import Registry, load_drivers, load_source_options
from drivers.video.named_cameras import list_cameras
from guidance_app import config
from guidance_app.catalogue.background import SessionLibrary
from guidance_app.diagnosis.diagnose import Diagnosis, RunningSource, Surroundings
from guidance_app.domain.chain_delay import ChainDelay, device_key
from guidance_app.domain.commands import ModalitySet
from guidance_app.domain.modality import Modality
from guidance_app.knowledge.cases import Plan
from guidance_app.knowledge.site_file import load_at_site
from guidance_app.knowledge.templates import build_template
from guidance_app.log import start_log
from guidance_app.picture_memory import give_back_pictures
from guidance_app.presentation.checklist_rows import describe_with
from guidance_app.presentation.sessions import newest_session, session_rows
from guidance_app.presentation.setup_choices import (
    SetupAnswer,
    SetupEntry,
    answer_set_up,
    procedure_choices,
    template_for,
)
from guidance_app.presentation.view import Tone
from guidance_app.procedure_report import rendered_report
from guidance_app.processing.layout_finding import FoundLayout, find_layout
from guidance_app.rating_forms_in_use import forms_in_use
from guidance_app.records.known_patients import KnownPatients
from guidance_app.records_in_use import RecordsInUse
from guidance_app.remembered_scales import ScalesFile
from guidance_app.runtime.pipeline import Pipeline, Recording
from guidance_app.runtime.recorded_commands import recorded_commands
from guidance_app.runtime.recorder import Recorder, recording_fault
from guidance_app.screen import NO_SCREEN, choose_platform
from guidance_app.session.writer import SessionWriter
from guidance_app.settings import load_settings, records_place, remember_chain_delay
from guidance_app.site_in_use import SiteInUse
from guidance_app.ui.application import Application
from guidance_app.ui.chain_measurement import ChainMeasurement, MeasurementFailed
from guidance_app.ui.intents import Intents
from guidance_app.ui.main_window import MainWindow
from guidance_app.ui.report_run import show_file
from guidance_app.ui.services import Services
from guidance_app.ui.settings_desk import RecordsPlace

DONE, FAILED, DONE_IN_PART = 0, 1, 3
USUAL_PLANS = {Modality.ULTRASOUND: Plan.ULTRASOUND, Modality.FLUOROSCOPY: Plan.FLUOROSCOPY}
"""How the needle is guided where pictures of this kind are shown."""
WAKE_MS = 250
"""Python sees a signal only between two of its own instructions, and Qt runs none while idle."""

log = logging.getLogger(__name__)


def open_start_screen() -> int:
    """The application from its start screen; returns the exit status."""
    desktop = Desktop(config.sessions_folder())
    return desktop.run(desktop.application.show_start)


def open_live_view(
    address: str,
    procedure: str | None,
    record: Path | None,
    seconds: float | None,
    modality: Modality = Modality.ULTRASOUND,
) -> int:
    """The application on one source; returns the exit status.

    FAILED when no picture came, DONE_IN_PART when the recording has a fault; why is told on
    standard error.
    """
    site = load_at_site(config.site_file())
    if procedure is not None:
        build_template(site.knowledge, procedure)
    desktop = Desktop(record or config.sessions_folder(), modality)
    if not desktop.has_screen:
        tell(NO_SCREEN)
    desktop.fail_without_source()
    desktop.end_after(seconds)
    status = desktop.run(
        lambda: desktop.application.open_source(address, procedure is not None, procedure or "")
    )
    for session in desktop.recorded:
        print(f"session  {session}")
    return status if status != DONE else desktop.judge_run(address)


def tell(sentence: str) -> None:
    """One sentence on standard error."""
    print(f"guidance: {sentence}", file=sys.stderr)


def discover() -> list[DeviceInfo]:
    """What is attached or could be opened now, and what it offers; may take seconds."""
    return _with_cameras(Registry(load_drivers()).inspect())


def create_source(address: str) -> VideoSource:
    """An unopened source for the address, on the system's clock; raises DeviceError."""
    return _registry().create(address, SystemClock())


def _registry() -> Registry:
    return Registry(load_drivers(), load_source_options())


def _with_cameras(found: list[DeviceInfo]) -> list[DeviceInfo]:
    """On other systems than Linux Qt knows what is attached."""
    if sys.platform != "linux":
        from guidance_app.ui.attached_cameras import attached_cameras  # noqa: PLC0415 - see there

        found = [*list_cameras(attached_cameras()), *found]
    return found


def diagnose(
    addresses: Sequence[str], sessions: Path, has_screen: bool, running: RunningSource | None = None
) -> Diagnosis:
    """A diagnosis of these addresses, of a run, or of what is attached; not begun yet.

    On Qt's thread: what is attached is listed here, everything else when findings are asked for.
    """
    clock, registry = SystemClock(), _registry()
    surroundings = Surroundings(
        clock=clock,
        create=lambda address: registry.create(address, clock),
        devices=tuple(_with_cameras(registry.discover())),
        sessions=sessions,
        records=_records_place(tell),
        has_screen=has_screen,
    )
    return Diagnosis(surroundings, addresses, running)


def chain_delays(tell: Callable[[str], None]) -> Mapping[str, ChainDelay]:
    """The measured delays of devices, by what each is remembered under."""
    return load_settings(config.settings_file(), tell).chain_delays


def _records_place(tell: Callable[[str], None]) -> Path | str:
    return records_place(config.settings_file(), config.records_file(), tell)


def measure_chain_delay(address: str, seconds: float) -> tuple[SourceInfo, ChainDelay]:
    """Show the pattern, read it in the device's pictures, and remember the delay.

    Raises DeviceError for an address that cannot be, MeasurementFailed for everything else.
    """
    if not choose_platform():
        raise MeasurementFailed("There is no screen to show the pattern on. Start it on a desktop.")
    qt, clock, registry = QApplication(sys.argv[:1]), SystemClock(), _registry()
    registry.create(address, clock).close()
    pipeline = Pipeline(lambda: registry.create(address, clock), clock)
    measurement = ChainMeasurement(pipeline, clock, seconds)
    measurement.finished.connect(qt.quit)
    _end_on_signals(qt)
    QTimer.singleShot(0, measurement.start)
    try:
        qt.exec()
    finally:
        measurement.stop()
    info, delay = measurement.outcome(public_text(address))
    try:
        remember_chain_delay(config.settings_file(), device_key(info), delay, tell)
    except OSError as error:
        tell(f"The delay cannot be kept in {config.settings_file()} ({error.strerror}).")
    return info, delay


class Desktop:
    """One process with a window; opens everything, and closes it in the right order."""

    def __init__(
        self,
        sessions: Path,
        modality: Modality = Modality.ULTRASOUND,
        places: config.Places | None = None,
    ) -> None:
        """`sessions` is the folder that runs are recorded in; `modality` that of all sources.

        Without `places` everything else is where it is kept on this computer.
        """
        start_log(config.log_file())
        give_back_pictures()
        self.has_screen = choose_platform()
        self._qt = QApplication(sys.argv[:1])
        self.clock = SystemClock()
        self._registry = Registry(load_drivers(), load_source_options())
        self._sessions = sessions
        self._modality = modality
        self._recorders: list[Recorder] = []
        self._picture_came = False
        self._source_fault = ""
        self._wake = QTimer()
        told: list[str] = []
        places = places or config.usual_places(_records_place(told.append))
        tells = (self._tell_records, self._tell_staff, self._tell_in_window)
        self._records = RecordsInUse(places.records, self.clock, *tells)
        self._site = SiteInUse(places.site)
        self._patients = KnownPatients(places.patients)
        self._library = SessionLibrary(places.records, sessions)
        self._scales = ScalesFile(places.scales, self._tell_in_window)
        self.window = MainWindow(Intents(), self.clock)
        self.application = Application(self.window, self._services())
        self.application.source_ready.connect(self._watch_run)
        self.application.live_started.connect(self._watch_run)
        for sentence in told:
            self._tell_in_window(sentence)

    def run(self, begin: Callable[[], None]) -> int:
        """Show the window, begin, and stay until the last window is closed."""
        sys.excepthook = self._report
        _end_on_signals(self._qt)
        self._wake.timeout.connect(lambda: None)
        self._wake.start(WAKE_MS)
        self._records.start()
        screen = self._qt.primaryScreen()
        if screen is not None:
            self.window.resize(screen.availableSize())
        self.window.show()
        self.window.activateWindow()  # the keyboard is ours even where nothing manages windows
        QTimer.singleShot(0, begin)
        try:
            return self._qt.exec()
        finally:
            self.application.stop_run()
            self.application.reports.stop()
            self._records.stop()
            self._scales.stop()
            self._patients.stop()
            self._library.stop()

    @property
    def recorded(self) -> tuple[Path, ...]:
        """The sessions that were recorded, in order."""
        return tuple(recorder.path for recorder in self._recorders)

    def end_after(self, seconds: float | None) -> None:
        """Close by itself after so many seconds; None means never."""
        if seconds is not None:
            QTimer.singleShot(round(seconds * 1000), self._qt.quit)

    def fail_without_source(self) -> None:
        """A first source that cannot be opened ends the process with one sentence.

        Raises KnowledgeError where the site's file may not be used: nobody would see the page.
        """
        _ = self._site.at_site
        self.application.source_refused.connect(self._refuse)

    def quit(self) -> None:
        """End the process as if the window had been closed."""
        self._qt.quit()

    def judge_run(self, address: str) -> int:
        """The exit status of what run() did; unless DONE, the reason is told. After run()."""
        if not self._picture_came:
            why = self._source_fault or "Check that it is switched on and delivers."
            tell(f"No picture came from {public_text(address)}. {why}")
            return FAILED
        faults = [sentence for r in self._recorders if (sentence := recording_fault(r))]
        for sentence in faults:
            tell(sentence)
        return DONE_IN_PART if faults else DONE

    def _watch_run(self) -> None:
        if self.application.controller is not None:
            self.application.controller.rendered.connect(self._note_picture)

    def _note_picture(self) -> None:
        controller = self.application.controller
        if controller is not None and controller.published is not None:
            self._picture_came |= controller.published.frame is not None
            self._source_fault = controller.published.state.source_fault

    def _refuse(self, sentence: str) -> None:
        if not self._picture_came:
            tell(sentence)
            self._qt.exit(FAILED)

    def _report(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Qt would abort on an exception in a slot; it is logged, and said, instead."""
        log.error("error on the GUI thread", exc_info=(kind, error, trace))
        sentence = f"An error in the program ({kind.__name__}); see {config.log_file()}."
        self.application.say(sentence, Tone.ALARM)

    def _tell_records(self, sentence: str) -> None:
        self.application.say(sentence, Tone.ALARM)

    def _services(self) -> Services:
        return Services(
            clock=self.clock,
            create_pipeline=self._create_pipeline,
            start_recording=self._start_recording,
            records=self._records.writer,
            discover=lambda: _with_cameras(self._registry.discover()),
            examples=self._registry.examples,
            procedures=lambda: procedure_choices(self._site.at_site.knowledge),
            template=lambda *wanted: template_for(self._site.at_site.knowledge, *wanted),
            usual_plan=USUAL_PLANS[self._modality],
            answer_set_up=self._answer_set_up,
            patients=self._patients,
            check_pin=self._records.staff.check_pin,
            refresh_staff=self._records.staff.refresh,
            rating_forms=lambda: forms_in_use(self._tell_in_window),
            describe=lambda item: describe_with(self._site.at_site.knowledge, item),
            sessions=partial(session_rows, self._sessions),
            catalogue=self._library,
            last_session=lambda: newest_session(self._sessions, date.today()),
            chain_delay=self._chain_delay,
            remember_scale=self._scales.remember,
            diagnose=self._diagnose,
            render_report=lambda session: rendered_report(session, self._site.at_site.knowledge),
            show_file=show_file,
            people=self._records.staff,
            site=self._site,
            records_place=RecordsPlace(self._records.place, self._records.test),
        )

    def _answer_set_up(self, entry: SetupEntry) -> SetupAnswer:
        staff = self._records.staff.by_code
        return answer_set_up(entry, self._site.at_site, staff, date.today())

    def _create_pipeline(self, address: str) -> Pipeline:
        self._registry.create(address, self.clock).close()
        pipeline = Pipeline(
            lambda: self._registry.create(address, self.clock),
            self.clock,
            recorded_commands,
            self._find_layout,
        )
        if self._modality is not Modality.ULTRASOUND:
            pipeline.submit(ModalitySet(self._modality))
        return pipeline

    def _find_layout(self, info: SourceInfo, frames: Sequence[ImageU8]) -> FoundLayout | None:
        return find_layout(frames, lambda: self._scales.load(info))

    def _start_recording(self, info: SourceInfo) -> tuple[Path, Recording]:
        writer = SessionWriter.create(self._sessions, info, self.clock)
        recorder = Recorder(writer, self.clock)
        recorder.start()
        self._recorders.append(recorder)
        return writer.path, recorder

    def _chain_delay(self, info: SourceInfo) -> ChainDelay | None:
        return chain_delays(self._tell_in_window).get(device_key(info))

    def _tell_staff(self) -> None:
        self.application.staff_changed()

    def _tell_in_window(self, sentence: str) -> None:
        self.application.say(sentence, Tone.CAUTION)

    def _diagnose(self, addresses: tuple[str, ...], running: RunningSource | None) -> Diagnosis:
        return diagnose(addresses, self._sessions, self.has_screen, running)


def _end_on_signals(qt: QApplication) -> None:
    """Ctrl+C and the request to end are as if the window had been closed."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: qt.quit())
