"""What the screens need of the rest of the application."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from drivers.api.ports import Clock, DeviceInfo, SourceInfo
from guidance_app.diagnosis.diagnose import Diagnosis, RunningSource
from guidance_app.domain.chain_delay import ChainDelay
from guidance_app.domain.checklist import ChecklistTemplate
from guidance_app.domain.commands import ScaleSet
from guidance_app.presentation.checklist_rows import Describe
from guidance_app.presentation.sessions import LastSession, SessionRow
from guidance_app.presentation.setup_choices import Choice, SetupAnswer, SetupEntry
from guidance_app.processing.layout import Layout
from guidance_app.runtime.pipeline import Pipeline, Recording
from guidance_app.training.form_files import Forms
from guidance_app.ui.catalogue_desk import Library
from guidance_app.ui.checklist_hand import CheckPin
from guidance_app.ui.patient_way import Patients
from guidance_app.ui.people_desk import People
from guidance_app.ui.procedure_keeper import Records
from guidance_app.ui.report_run import RenderReport
from guidance_app.ui.settings_desk import RecordsPlace, Site


@dataclass(frozen=True, slots=True)
class Services:
    """Given by whoever puts the application together."""

    clock: Clock
    create_pipeline: Callable[[str], Pipeline]
    """An unopened run on an address; raises NotFound for an address that cannot be."""
    start_recording: Callable[[SourceInfo], tuple[Path, Recording]]
    """A session folder and what records into it; raises SessionError."""
    records: Records
    discover: Callable[[], list[DeviceInfo]]
    examples: Callable[[], list[str]]
    procedures: Callable[[], tuple[Choice, ...]]
    template: Callable[[str, str, bool, bool], ChecklistTemplate]
    """The checklist of a procedure and a technique, by their ids; for a trainee; for a complex
    one."""
    usual_plan: str
    """Id of the technique that the pictures are made with."""
    answer_set_up: Callable[[SetupEntry], SetupAnswer]
    """What follows from what is entered on the set-up page."""
    patients: Patients
    check_pin: CheckPin
    """Whether a PIN is right, for people who are registered; never blocks."""
    refresh_staff: Callable[[], None]
    """Read anew who is registered; `staff_changed` is told when that is known. Never blocks."""
    rating_forms: Callable[[], Forms]
    """Those that are shipped and those of the site."""
    describe: Describe
    """Words an item of a checklist and its sources."""
    sessions: Callable[[], tuple[SessionRow, ...]]
    """The newest recorded sessions, to choose one from."""
    catalogue: Library
    last_session: Callable[[], LastSession | None]
    """The newest recorded session; None while there is none."""
    chain_delay: Callable[[SourceInfo], ChainDelay | None]
    """What was measured of a device, if anything was."""
    remember_scale: Callable[[SourceInfo, Layout, ScaleSet], None]
    """Keep a scale that a person confirmed on this layout of a device's screen; never blocks."""
    diagnose: Callable[[tuple[str, ...], RunningSource | None], Diagnosis]
    """A diagnosis of these addresses, of a run, or of what is attached; not begun yet."""
    render_report: RenderReport
    show_file: Callable[[Path], bool]
    """Open a file with the desktop's viewer; False where there is none."""
    people: People
    site: Site
    records_place: RecordsPlace
