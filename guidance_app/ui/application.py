"""The way through the application: which screen is in front, which run is going on."""

from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from drivers.api.address import public_text
from drivers.api.errors import DeviceError
from drivers.api.ports import HandMove, SourceInfo
from drivers.api.samples import Origin
from guidance_app.diagnosis.diagnose import Diagnosis
from guidance_app.domain.checklist import ChecklistTemplate
from guidance_app.domain.commands import CommandOutcome, ItemMarked, RecordClosed, ScaleSet
from guidance_app.presentation.procedure_start import set_up_entries, started_procedure
from guidance_app.presentation.sessions import LastSession
from guidance_app.presentation.setup_choices import SetupAnswer, SetupEntry
from guidance_app.presentation.view import Text, Tone
from guidance_app.runtime.pipeline import Pipeline, Recording, Unrecorded
from guidance_app.session.errors import SessionError
from guidance_app.ui.bridge import Bridge
from guidance_app.ui.catalogue_desk import LibraryDesk
from guidance_app.ui.controller import LiveController
from guidance_app.ui.diagnosis_page import DiagnosisView
from guidance_app.ui.diagnosis_run import DiagnosisRun, running_source
from guidance_app.ui.intents import Intents
from guidance_app.ui.main_window import MainWindow
from guidance_app.ui.patient_way import PatientWay
from guidance_app.ui.people_desk import PeopleDesk
from guidance_app.ui.practice import keep_truth, scored, whose_hands, with_your_hands
from guidance_app.ui.procedure_keeper import ProcedureKeeper
from guidance_app.ui.replay_way import ReplayWay
from guidance_app.ui.report_run import ReportRun
from guidance_app.ui.sealing import Sealing
from guidance_app.ui.services import Services
from guidance_app.ui.settings_desk import SettingsDesk
from guidance_app.ui.setup_page import SetupView
from guidance_app.ui.sign_in import SignIn
from guidance_app.ui.source_page import SourceView
from guidance_app.ui.start_screen import StartView
from guidance_app.ui.steering import Practice

EXAMPLE_ADDRESS, PRACTICE_ADDRESS = "sim:knee", "sim:knee?operator=you"


class Application(QObject):
    """Connects intents, screens and runs; GUI thread."""

    source_ready = pyqtSignal()
    """A source delivers and the set-up page waits for an entry."""
    live_started = pyqtSignal(object)
    """The LiveController of a run whose live screen has come to the front."""
    source_refused = pyqtSignal(str)
    """Why a source could not be opened or recorded, one sentence."""
    record_closed = pyqtSignal(object)
    """Path of a session whose record was closed, once its run has ended and it is sealed."""
    _opened = pyqtSignal(object)
    """A source has been opened, or not: the Future of the opening, from the capture thread."""
    _said = pyqtSignal(str, object)
    _staff_changed = pyqtSignal()

    def __init__(self, window: MainWindow, services: Services) -> None:
        super().__init__()
        self.window = window
        self.controller: LiveController | None = None
        self.session: Path | None = None
        self._services = services
        self._pipeline: Pipeline | None = None
        self._opening: Future[SourceInfo] | None = None
        """What the present run waits for; an older one that comes late is nobody's."""
        self._address = ""
        self._origin: Origin | None = None  # of the source that is open
        self._entry: SetupEntry | None = None
        self._keeper = ProcedureKeeper(services.records, self.say)
        self._patient_way = PatientWay(window, services.patients)
        self._record_is_closed = False  # of the present run, which then ends
        self._sign_in = SignIn(window.line, services.check_pin, self.say)
        self._sealing = Sealing()
        self._wants_setup = True
        self._wanted_procedure = ""
        self._diagnosis = DiagnosisRun(window.diagnosis.render_view)
        self.reports = ReportRun(
            services.render_report,
            services.show_file,
            self.say,
            lambda: self.controller is not None,
        )
        self._people_desk = PeopleDesk(window, services.people, lambda: services.site.at_site)
        self._library_desk = LibraryDesk(window, services.catalogue)
        self._settings = SettingsDesk(window, services.site, services.records_place)
        self._diagnosed: str | None = None
        """The address that was asked about on the source page; None on the live screen."""
        self.replay = ReplayWay(window, services, self.say)
        self._sealing.finished.connect(self._tell_closed)
        self.record_closed.connect(self.reports.write_closed)
        self._opened.connect(self._source_opened)
        self._said.connect(self._show_sentence)
        self._staff_changed.connect(lambda: self._answer_set_up(window.setup.entry()))
        self._connect(window.intents)

    def _connect(self, intents: Intents) -> None:
        intents.guide_asked.connect(lambda: self.show_sources(EXAMPLE_ADDRESS))
        intents.practise_asked.connect(lambda: self.open_source(PRACTICE_ADDRESS, False))
        intents.source_asked.connect(lambda: self.show_sources(self._address))
        intents.source_chosen.connect(lambda address: self.open_source(address, True))
        intents.replay_chosen.connect(lambda path: self.open_replay(Path(path)))
        intents.report_asked.connect(lambda path: self.reports.write_and_open(Path(path)))
        intents.choice_changed.connect(self._answer_set_up)
        intents.procedure_started.connect(self.start_procedure)
        intents.diagnosis_asked.connect(lambda: self.show_diagnosis("", from_sources=False))
        intents.address_diagnosis_asked.connect(self.show_diagnosis)
        intents.diagnosis_repeated.connect(self._diagnosis.repeat)
        intents.diagnosis_left.connect(self._leave_diagnosis)
        intents.back_asked.connect(self._go_back)
        intents.quit_asked.connect(self._end_run)
        intents.hands_moved.connect(self._steer)
        intents.hands_taken.connect(lambda: self._practise(with_your_hands(self._address)))
        intents.attempt_asked.connect(self._practise)
        intents.score_asked.connect(self._score)

    def show_start(self) -> None:
        """Bring the start screen to the front, unless something keeps everything shut."""
        if self._settings.keeps_all_shut():
            return
        last = self._services.last_session() or LastSession("", "")
        source = Text("No source open", Tone.MUTED)
        self.window.show_start(StartView(source, last.words, last.path))

    def show_sources(self, address: str, error: str = "") -> None:
        """Bring the source chooser to the front."""
        services = self._services
        devices, examples = tuple(services.discover()), tuple(services.examples())
        open_now = self.controller.describe_source() if self.controller else ""
        self.window.show_source(SourceView(devices, examples, address, error, open_now))

    def open_replay(self, path: Path) -> None:
        """Open a recording in the trainer's workspace."""
        self.stop_run()
        self.replay.open(path)

    def show_diagnosis(self, address: str, from_sources: bool = True) -> None:
        """Begin to find out why there is no picture, and bring the answer to the front.

        A source that is open is asked nothing a second time, and no other device is opened then.
        """
        self._diagnosed = address if from_sources else None
        simulated = {device.address for device in self._services.discover() if device.simulated}
        unasked = simulated | {"", self._address if self.controller else ""}
        addresses = () if address in unasked else (address,)
        self.window.show_diagnosis(DiagnosisView())

        def diagnose() -> Diagnosis:
            published = self.controller.published if self.controller else None
            running = running_source(self._address, published) if published else None
            return self._services.diagnose(addresses, running)

        self._diagnosis.begin(diagnose)

    def _leave_diagnosis(self) -> None:
        self._diagnosis.leave()
        if self._diagnosed is not None:
            self.show_sources(self._diagnosed)
        else:
            self._go_back()

    def open_source(self, address: str, wants_setup: bool, procedure: str = "") -> None:
        """End the present run and begin to open another source; the window stays usable.

        `procedure` is chosen on the set-up page at first.
        """
        self.stop_run()
        self._wanted_procedure = procedure
        self._address, self._wants_setup = address, wants_setup
        try:
            self._pipeline = self._services.create_pipeline(address)
        except DeviceError as error:
            self._refuse(str(error))
            return
        self.window.say(Text(f"Opening {public_text(address)} …"))
        self._opening = self._pipeline.open()
        self._opening.add_done_callback(self._opened.emit)

    def start_procedure(self, entry: SetupEntry) -> None:
        """Begin the procedure that was set up, on the source that is open."""
        self._entry = entry
        answer = self._services.answer_set_up(entry)
        if answer.missing:
            self.say(f"Still missing: {', '.join(answer.missing)}.", Tone.CAUTION)
        elif answer.trainee:
            self._sign_in.ask(entry.supervisor, lambda: self._start(entry, answer))
        else:
            self._start(entry, answer)

    def _start(self, entry: SetupEntry, answer: SetupAnswer) -> None:
        if self.controller is None:
            return
        self._keeper.expect(answer, self._origin is Origin.DEVICE)
        template = self._services.template(
            entry.procedure, entry.plan, answer.trainee, answer.complex
        )
        command = started_procedure(entry, answer, template, uuid4().hex)
        self.controller.hand.people = command.people
        self.controller.hand.check_pin = self._services.check_pin if answer.judged else None
        self.controller.submit(command)
        for mark in set_up_entries(command, answer, datetime.now(UTC)):
            self.controller.submit(ItemMarked(mark))
        self.window.setup.clear()  # nothing of this patient stands there for the next
        self._show_live(self.controller)

    def _answer_set_up(self, entry: SetupEntry) -> None:
        if not self._services.site.fault:  # else nothing starts, and no page asks
            self.window.setup.render_answer(self._services.answer_set_up(entry))

    def template(self, procedure: str, plan: str) -> ChecklistTemplate:
        """The checklist of a procedure under a technique."""
        return self._services.template(procedure, plan, False, False)

    def stop_run(self) -> None:
        """End diagnosis, capture, processing, recording and the procedure, if any go on."""
        self._diagnosis.stop()
        self.replay.close()
        self.window.setup.clear()
        self._end_closed_run()
        self._sealing.wait()
        self._leave_run()
        if self._pipeline is not None:
            self._pipeline.stop()
            self._pipeline, self._opening = None, None
        self.reports.go_on()

    def _leave_run(self) -> None:
        """No screen follows the present run any more."""
        self._keeper.finish()
        if self.controller is not None:
            self.controller.stop()
            self.controller = None
            self.window.clear_view()

    def _end_closed_run(self) -> None:
        """Once the record is closed the run has done its work; the window stays usable."""
        pipeline, session = self._pipeline, self.session
        if not self._record_is_closed or pipeline is None or session is None:
            return
        self._record_is_closed = False
        self._pipeline, self._opening = None, None
        self._leave_run()
        self.window.say(Text("Sealing the recording …"))
        self._sealing.begin(pipeline, session)

    def _tell_closed(self, session: Path, fault: str) -> None:
        if self.window.live.isVisible():
            self.show_start()
        words = f"The record is closed. {fault}".strip()
        self.window.say(Text(words, Tone.ALARM if fault else Tone.NORMAL))
        self.record_closed.emit(session)

    def _source_opened(self, opening: Future[SourceInfo]) -> None:
        pipeline = self._pipeline
        if pipeline is None or opening is not self._opening or opening.cancelled():
            return
        failure = opening.exception()
        if failure is not None:
            self._refuse(str(failure))
            return
        self._begin(pipeline, opening.result())

    def _begin(self, pipeline: Pipeline, info: SourceInfo) -> None:
        try:
            recording = self._recording(info)
        except SessionError as error:
            self._refuse(str(error))
            return
        bridge = Bridge()
        self._origin = info.origin
        self.controller = self._control(pipeline, bridge, info)
        practice = whose_hands(pipeline, info)
        self.window.live.show_practice(practice, pipeline.task)
        fault = ""
        if practice is Practice.YOURS and self.session is not None:
            fault = keep_truth(pipeline, self.session)
        pipeline.begin(recording, bridge.publish)
        opened = f"{info.name} is open. {fault}".strip()
        self.window.say(Text(opened, Tone.ALARM if fault else Tone.NORMAL))
        if self._wants_setup:
            self.show_setup()
            self.source_ready.emit()
        else:
            self._show_live(self.controller)

    def show_setup(self) -> None:
        """Bring the set-up page to the front, with what was entered last."""
        self._services.refresh_staff()
        last = self._entry
        self.window.show_setup(
            SetupView(
                self._services.procedures(),
                self._wanted_procedure,
                self._services.usual_plan,
                last.operator if last else "",
                last.assistant if last else "",
            )
        )

    def _recording(self, info: SourceInfo) -> Recording:
        if info.origin is Origin.REPLAY:
            self.session = None
            return Unrecorded()
        self.session, recording = self._services.start_recording(info)
        return recording

    def _control(self, pipeline: Pipeline, bridge: Bridge, info: SourceInfo) -> LiveController:
        services, replaying = self._services, info.origin is Origin.REPLAY
        chain = services.chain_delay(info)
        controller = LiveController(
            pipeline, bridge, services.clock, services.describe, replaying, chain
        )
        controller.rendered.connect(self.window.render_view)
        controller.handles_changed.connect(self.window.live.show_handles)
        controller.answered.connect(self._store)
        controller.procedure_wanted.connect(self.show_setup)
        controller.hand.pin_wanted.connect(self.window.live.ask_pin)
        controller.connect_intents(self.window.intents)
        controller.paints.watch(self.window.live.image)
        return controller

    def _show_live(self, controller: LiveController) -> None:
        self.window.show_live()
        self.live_started.emit(controller)

    def _steer(self, move: HandMove) -> None:
        if self._pipeline is not None:
            self._pipeline.steer(move)

    def _practise(self, address: str) -> None:
        """Another run, without a procedure."""
        self.open_source(address, False)

    def _score(self) -> None:
        session, address = self.session, self._address
        last = self.controller.published if self.controller else None
        self.stop_run()
        if session is not None:
            self.window.show_score(scored(session, address, last), last.frame if last else None)

    def _store(self, outcome: CommandOutcome) -> None:
        if outcome.refusal is not None or self.session is None:
            return
        self._keeper.store(outcome.command, self.session.name)
        if isinstance(outcome.command, RecordClosed):
            self._record_is_closed = True
            QTimer.singleShot(0, self._end_closed_run)  # whoever tells this is still at work
        if isinstance(outcome.command, ScaleSet) and outcome.command.scale is not None:
            self._remember_scale(outcome.command)

    def _remember_scale(self, confirmed: ScaleSet) -> None:
        """For the next time that this device shows this layout, where the layout is known."""
        published = self.controller.published if self.controller else None
        if self._pipeline is None or published is None or confirmed.layout_number is None:
            return
        layout, state = self._pipeline.layout(confirmed.layout_number), published.state
        if layout is None or state.area is None or state.source is None:
            return
        if state.source.origin is Origin.DEVICE:  # a file is not met again at another depth
            self._services.remember_scale(state.source, layout, confirmed)

    def _go_back(self) -> None:
        self._sign_in.leave()
        if self.controller is not None:
            self.window.show_live()
        else:
            self.stop_run()
            self.show_start()

    def _end_run(self) -> None:
        if self.controller is None:
            self.window.close()
        else:
            self.stop_run()
            self.show_start()

    def _refuse(self, sentence: str) -> None:
        self.stop_run()
        self.window.say(Text(""))
        self.show_sources(self._address, sentence)
        self.source_refused.emit(sentence)

    def staff_changed(self) -> None:
        """It is known anew who is registered; any thread."""
        self._staff_changed.emit()

    def say(self, sentence: str, tone: Tone) -> None:
        """A sentence in the last line, whatever screen is in front; any thread."""
        self._said.emit(sentence, tone)

    def _show_sentence(self, sentence: str, tone: Tone) -> None:
        if self.controller is not None:
            self.controller.say(sentence, tone)
        self.window.say(Text(sentence, tone))
