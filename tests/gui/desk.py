"""The whole application without the process around it: real drivers, threads, recording."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import date, datetime
from pathlib import Path

import numpy as np
from gui_records import rgb_of
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from drivers.api.clock import SystemClock
from drivers.api.ports import SourceInfo
from drivers.api.samples import ImageU8, VideoFrame
from drivers.registry import Registry, load_drivers
from guidance_app.catalogue.background import SessionLibrary
from guidance_app.diagnosis.diagnose import Diagnosis, RunningSource, Surroundings
from guidance_app.diagnosis.findings import Finding
from guidance_app.diagnosis.storage import check_records
from guidance_app.domain.calibration import Point
from guidance_app.domain.chain_delay import ChainDelay
from guidance_app.domain.checklist import Checklist, ChecklistTemplate, Phase
from guidance_app.domain.competence import StaffRecord
from guidance_app.domain.evidence import TICKED, Evidence, EvidenceField, EvidenceKind
from guidance_app.domain.sign_off import unsigned
from guidance_app.domain.snapshot import GuidanceMode, GuidanceSnapshot
from guidance_app.presentation.checklist_rows import describe_with
from guidance_app.presentation.evidence_entry import value_now
from guidance_app.presentation.sessions import newest_session
from guidance_app.presentation.setup_choices import (
    SetupAnswer,
    SetupEntry,
    answer_set_up,
    procedure_choices,
    template_for,
)
from guidance_app.presentation.view import LiveView
from guidance_app.procedure_report import rendered_report
from guidance_app.processing.layout_finding import FoundLayout, find_layout
from guidance_app.records.known_patients import KnownPatients
from guidance_app.records.registered import RegisteredStaff
from guidance_app.records.worker import RecordsWriter
from guidance_app.remembered_scales import ScalesFile
from guidance_app.runtime.engine import Published
from guidance_app.runtime.pipeline import Pipeline, Recording
from guidance_app.runtime.recorded_commands import recorded_commands
from guidance_app.runtime.recorder import Recorder
from guidance_app.session.writer import SessionWriter
from guidance_app.site_in_use import SiteInUse
from guidance_app.training.form_files import forms_with
from guidance_app.ui.application import Application
from guidance_app.ui.intents import Intents
from guidance_app.ui.main_window import MainWindow
from guidance_app.ui.painter import render_image
from guidance_app.ui.services import Services
from guidance_app.ui.settings_desk import RecordsPlace

PROCEDURE = "knee-injection"
WAIT_MS = 60_000
SLOWER = 3
SCALES = "scales.json"
RECORDS = "records.sqlite"
SITE_FILE = "site.yaml"
PIN = "2468"
TODAY = date(2026, 11, 26)
IMAGE_SIZE = (1024, 768)


class SlowClock(SystemClock):
    """Counts a third of the time that passes: a machine three times too slow still keeps up."""

    def now_ns(self) -> int:
        """Nanoseconds since an arbitrary fixed moment."""
        return super().now_ns() // SLOWER

    def wait_until(self, deadline_ns: int, interrupted: threading.Event) -> bool:
        """Block until the deadline (True) or until `interrupted` is set (False)."""
        remaining_ns = deadline_ns - self.now_ns()
        return not interrupted.wait(max(0, remaining_ns) * SLOWER / 1e9)


class Desk:
    """An application in a window of 1280x720, with a person at it who does things at once."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.folder = folder
        self.clock = SlowClock()
        self.registry = Registry(load_drivers())
        self.failures: list[str] = []
        self.staff: dict[str, StaffRecord] | None = {}
        """Who is registered, by code; None where the records do not say."""
        self.change_template: Callable[[ChecklistTemplate], ChecklistTemplate] = lambda same: same
        """Makes of a checklist the one that is used."""
        self.next_pipelines: list[Pipeline] = []
        """Take the place of what would be made for the next addresses."""
        self.records = RecordsWriter(folder / RECORDS, self.clock, self.failures.append)
        self.records.start()
        self.patients = KnownPatients(folder / "patients.sqlite")
        self.people = RegisteredStaff(
            folder / RECORDS, self.clock, lambda: None, self.failures.append
        )
        self.catalogue = SessionLibrary(folder / RECORDS, folder)
        self.site = SiteInUse(folder / SITE_FILE)
        self.scales = ScalesFile(folder / SCALES, self.failures.append)
        self.intents = Intents()
        self.window = MainWindow(self.intents, self.clock)
        qtbot.addWidget(self.window)
        self.window.resize(1280, 720)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.application = Application(self.window, self._services())
        self.chain: ChainDelay | None = None
        self.refusals: list[str] = []
        self.shown_files: list[Path] = []
        """What was opened with the desktop's viewer."""
        self.has_viewer = True
        self.application.source_refused.connect(self.refusals.append)

    def close(self) -> None:
        """End everything."""
        self.application.stop_run()
        self.application.reports.stop()
        self.records.stop()
        self.patients.stop()
        self.people.stop()
        self.catalogue.stop()
        self.scales.stop()

    def open(self, address: str) -> None:
        """Open a source and go to the live screen."""
        self.application.open_source(address, False)
        self.wait(lambda: self.published is not None and self.snapshot.frame is not None)

    def start_procedure(self, working_alone: bool = True) -> None:
        """Enter the set-up page."""
        assistant = "" if working_alone else "AS-1"
        entry = SetupEntry(PROCEDURE, "P-1", "right", "OP-1", assistant, working_alone, "us")
        self.intents.procedure_started.emit(entry)
        self.wait(lambda: self.checklist is not None)

    def tick(self, *phases: Phase) -> None:
        """Tick every item of these phases, and sign them."""
        checklist = self.checklist
        assert checklist is not None
        items = [item for phase in phases for item in checklist.items(phase)]
        ids = [item.id for item in items]
        for item in items:
            self.intents.item_done.emit(item.id, "", sample_evidence(item.fields))
        self.wait(lambda: self.checklist and all(map(self.checklist.status, ids)))
        for phase in phases:
            self.sign(phase)

    def sign(self, phase: Phase) -> None:
        """Let all who are present sign a phase."""
        controller = self.application.controller
        assert controller is not None and self.published is not None
        assert self.published.state.procedure is not None
        for person in self.published.state.procedure.people:
            controller.sign(phase, person)
            if self.staff != {}:
                self.intents.pin_given.emit(PIN)
        self.wait(lambda: self.checklist and not unsigned(self.checklist, phase))

    def wait(self, condition: Callable[[], object]) -> None:
        """Let the application run until something is so; fails after a minute."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT_MS)

    def place(self, target: Point, entry: Point) -> None:
        """Place target and entry; again where a picture that stalled stood in the way."""
        self._place(target, entry)
        self.wait(lambda: self._has_plan(target, entry))

    def _place(self, target: Point, entry: Point) -> None:
        self.intents.target_placed.emit(target)
        self.intents.entry_placed.emit(entry)

    def _has_plan(self, target: Point, entry: Point) -> bool:
        plan = self.snapshot.plan
        placed = (plan.target_px, plan.entry_px) == (target, entry)
        if not placed and self._is_told("Place it on a live picture"):
            self._place(target, entry)
        return placed

    def guide(self) -> None:
        """Switch guidance on; again, or confirmed, where a picture stalled on a busy machine."""
        self.intents.guidance_pressed.emit()
        self.wait(self._is_guiding)

    def _is_guiding(self) -> bool:
        mode = self.snapshot.guidance.mode
        refused = mode is GuidanceMode.OFF and self._is_told("Guidance needs a live picture")
        if refused or mode is GuidanceMode.CONFIRM:
            self.intents.guidance_pressed.emit()
        return mode is GuidanceMode.ON

    def _is_told(self, words: str) -> bool:
        return words in self.window.line.message.text

    def wait_mode(self, mode: GuidanceMode) -> None:
        """Wait until guidance is in this mode."""
        self.wait(lambda: self.snapshot.guidance.mode is mode)

    def show_for(self, count: int) -> dict[int, QImage]:
        """The picture as it was rendered, in time, for the next snapshots, by their index."""
        assert self.application.controller is not None
        shown: dict[int, QImage] = {}

        def keep(view: LiveView, frame: VideoFrame | None) -> None:
            if view.picture.primitives:  # on a busy machine some come too late to be shown
                shown[self.snapshot.index] = render_image(frame, view.picture, *IMAGE_SIZE)

        connection = self.application.controller.rendered.connect(keep)
        self.wait(lambda: len(shown) >= count)
        self.application.controller.rendered.disconnect(connection)
        return shown

    def picture(self) -> ImageU8:
        """The painted pixels of the picture's part of the screen, (height, width, 3)."""
        QApplication.processEvents()
        image = self.window.live.image
        place = image.placement()
        assert place is not None
        return rgb_of(image.grab(place.box).toImage())

    @property
    def published(self) -> Published | None:
        """What the engine published last."""
        return self.application.controller.published if self.application.controller else None

    @property
    def snapshot(self) -> GuidanceSnapshot:
        """The newest snapshot."""
        assert self.published is not None
        return self.published.snapshot

    @property
    def checklist(self) -> Checklist | None:
        """The checklist as it stands."""
        return self.published.state.checklist if self.published else None

    def marked_by(self, item: str) -> str:
        """Code of who marked an item; empty while it is open."""
        entry = self.checklist.status(item) if self.checklist else None
        return entry.person.code if entry else ""

    def _services(self) -> Services:
        return Services(
            clock=self.clock,
            create_pipeline=self._create_pipeline,
            start_recording=self._start_recording,
            records=self.records,
            rating_forms=lambda: forms_with(""),
            discover=self.registry.discover,
            examples=self.registry.examples,
            procedures=lambda: procedure_choices(self.site.at_site.knowledge),
            template=self._template,
            usual_plan="us",
            answer_set_up=self._answer_set_up,
            patients=self.patients,
            check_pin=self._check_pin,
            refresh_staff=lambda: None,
            describe=lambda item: describe_with(self.site.at_site.knowledge, item),
            sessions=lambda: (),
            catalogue=self.catalogue,
            last_session=lambda: newest_session(self.folder, date.today()),
            chain_delay=lambda info: self.chain,
            remember_scale=self.scales.remember,
            diagnose=self._diagnose,
            render_report=lambda session: rendered_report(session, self.site.at_site.knowledge),
            show_file=self._show_file,
            people=self.people,
            site=self.site,
            records_place=RecordsPlace(self.folder / RECORDS, self._test_records),
        )

    def _answer_set_up(self, entry: SetupEntry) -> SetupAnswer:
        return answer_set_up(entry, self.site.at_site, self.staff, TODAY)

    def _test_records(self) -> Future[Finding]:
        tested: Future[Finding] = Future()
        tested.set_result(check_records(self.folder / RECORDS))
        return tested

    def _template(
        self, procedure: str, plan: str, trainee: bool, complex_: bool
    ) -> ChecklistTemplate:
        return self.change_template(
            template_for(self.site.at_site.knowledge, procedure, plan, trainee, complex_)
        )

    def _check_pin(self, code: str, pin: str) -> Future[bool]:
        if self.staff is None:
            return self.people.check_pin(code, pin)
        checked: Future[bool] = Future()
        checked.set_result(code in self.staff and pin == PIN)
        return checked

    def _show_file(self, path: Path) -> bool:
        self.shown_files.append(path)
        return self.has_viewer

    def _create_pipeline(self, address: str) -> Pipeline:
        if self.next_pipelines:
            return self.next_pipelines.pop(0)
        self.registry.create(address, self.clock).close()
        return Pipeline(
            lambda: self.registry.create(address, self.clock),
            self.clock,
            recorded_commands,
            self._find_layout,
        )

    def _find_layout(self, info: SourceInfo, frames: Sequence[ImageU8]) -> FoundLayout | None:
        return find_layout(frames, lambda: self.scales.load(info))

    def _diagnose(self, addresses: tuple[str, ...], running: RunningSource | None) -> Diagnosis:
        surroundings = Surroundings(
            clock=self.clock,
            create=lambda address: self.registry.create(address, self.clock),
            devices=tuple(self.registry.discover()),
            sessions=self.folder,
            records=self.folder / RECORDS,
            has_screen=True,
        )
        return Diagnosis(surroundings, addresses, running)

    def _start_recording(self, info: SourceInfo) -> tuple[Path, Recording]:
        recorder = Recorder(SessionWriter.create(self.folder, info, self.clock), self.clock)
        recorder.start()
        return recorder.path, recorder


def sample_evidence(fields: Sequence[EvidenceField]) -> tuple[Evidence, ...]:
    """Something for each field that is asked for."""
    return tuple(Evidence(field.id, _sample(field)) for field in fields if field.required)


def _sample(field: EvidenceField) -> str:
    match field.kind:
        case EvidenceKind.NUMBER:
            return f"{field.least or 0:g}"
        case EvidenceKind.CHOICE:
            return field.choices[0]
        case EvidenceKind.TICK:
            return TICKED
        case EvidenceKind.DATE | EvidenceKind.TIME:
            return value_now(field, datetime.now())
        case EvidenceKind.TEXT:
            return "A17"


def is_orange(picture: ImageU8) -> ImageU8:
    """Where a picture has the plan's orange, #E69F00, which no grey and no alarm has."""
    distance = np.abs(picture.astype(int) - (0xE6, 0x9F, 0x00)).max(axis=2)
    return distance < 40
