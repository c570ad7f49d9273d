"""Mirroring, stored pictures and the items that hang on them, in the whole application."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from desk import PROCEDURE, Desk
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, XRayAngiographicImageStorage, generate_uid

from drivers.api.ports import SourceInfo, VideoSource
from drivers.api.samples import VideoFrame
from guidance_app.domain.checklist import ChecklistEntry, Mark, Phase
from guidance_app.domain.commands import DoseReceived, ItemMarked, MomentMarked, PictureMirrored
from guidance_app.domain.people import DEVICE
from guidance_app.domain.plan import Plan
from guidance_app.domain.sign_off import guidance_refusal
from guidance_app.domain.snapshot import GuidanceMode
from guidance_app.presentation.setup_choices import SetupEntry
from guidance_app.runtime.pipeline import Pipeline
from guidance_app.session.reader import SessionReader
from guidance_app.session.verify import verify

TARGET, ENTRY, TIP = (420.0, 300.0), (120.0, 30.0), (300.0, 200.0)


class Console:
    """A source whose picture is mirrored as soon as somebody says so."""

    def __init__(self, source: VideoSource) -> None:
        self._source = source
        self.mirrored = False
        self.interrupt, self.close = source.interrupt, source.close

    def open(self) -> SourceInfo:
        return self._source.open()

    def read(self) -> VideoFrame:
        frame = self._source.read()
        if not self.mirrored:
            return frame
        pixels = np.ascontiguousarray(frame.pixels[:, ::-1])
        pixels.flags.writeable = False
        return replace(frame, pixels=pixels)


@pytest.fixture
def console(desk: Desk) -> Console:
    """The simulated knee on such a console, already on the live screen."""
    console = Console(desk.registry.create("sim:knee", desk.clock))
    desk.next_pipelines.append(Pipeline(lambda: console, desk.clock))
    desk.open("sim:knee")
    return console


def is_done(desk: Desk, item: str) -> bool:
    assert desk.checklist is not None
    return desk.checklist.status(item) is not None


def confirm_side(desk: Desk) -> None:
    controller = desk.application.controller
    assert controller is not None
    time_utc = datetime.now(UTC).isoformat(timespec="milliseconds")
    entry = ChecklistEntry("K-28", Mark.DONE, controller.hand.person, time_utc)
    controller.submit(ItemMarked(entry))
    desk.wait(lambda: is_done(desk, "K-28"))


def session_of(desk: Desk) -> Path:
    session = desk.application.session
    assert session is not None
    return session


def test_a_mirrored_picture_takes_plan_and_side_and_the_gate_is_shut(
    desk: Desk, console: Console
) -> None:
    desk.start_procedure()
    desk.place(TARGET, ENTRY)
    desk.wait(lambda: is_done(desk, "K-30"))
    desk.tick(Phase.PRE, Phase.TIME_OUT)
    desk.guide()
    console.mirrored = True
    desk.wait(lambda: desk.snapshot.plan == Plan())
    assert desk.snapshot.guidance.mode is GuidanceMode.OFF
    desk.wait(lambda: not is_done(desk, "K-28") and not is_done(desk, "K-30"))
    desk.place(TARGET, ENTRY)
    desk.wait(lambda: is_done(desk, "K-30"))
    assert desk.checklist is not None
    assert "next K-28" in str(guidance_refusal(desk.checklist))
    confirm_side(desk)
    desk.sign(Phase.TIME_OUT)
    desk.guide()
    session = session_of(desk)
    desk.close()
    check_that_no_mirrored_frame_had_the_plan(session)


def check_that_no_mirrored_frame_had_the_plan(session: Path) -> None:
    with SessionReader(session) as reader:
        (noticed,) = [o for o in reader.commands if isinstance(o.command, PictureMirrored)]
        first = reader.picture(reader.frame(0)).astype(int)
        number = noticed.frames_seen - 1
        shown = [reader.picture(reader.frame(n)).astype(int) for n in (number - 1, number)]
        assert [np.abs(p - first).mean() < np.abs(p[:, ::-1] - first).mean() for p in shown] == [
            True,
            False,
        ]
        snapshots = [s for s in reader.snapshots() if s.frame and s.frame.number >= number]
    assert snapshots[0].index > noticed.index
    assert snapshots[0].plan == Plan()
    assert verify(session)["ok"]


def test_two_stored_pictures_fill_the_item_once_they_are_in_the_recording(
    desk: Desk, console: Console
) -> None:
    desk.start_procedure()
    desk.place(TARGET, ENTRY)
    desk.intents.image_stored.emit()
    desk.tick(Phase.PRE, Phase.TIME_OUT)
    desk.guide()
    assert not is_done(desk, "K-45")
    desk.intents.tip_marked.emit(TIP)
    desk.wait(lambda: desk.snapshot.plan.tip is not None)
    desk.intents.image_stored.emit()
    desk.wait(lambda: is_done(desk, "K-45"))
    assert desk.checklist is not None and desk.published is not None
    entry = desk.checklist.status("K-45")
    stored = desk.published.state.stored
    assert entry is not None and entry.mark is Mark.DONE
    assert [image.with_needle for image in stored] == [False, True]
    session = session_of(desk)
    desk.close()
    with SessionReader(session) as reader:
        assert all(reader.picture(reader.frame(image.frame)).any() for image in stored)
        moments = [o for o in reader.commands if isinstance(o.command, MomentMarked)]
        assert [outcome.refusal for outcome in moments] == [None, None]
    assert all(f"frame {image.frame}" in entry.note for image in stored)
    assert verify(session)["ok"]


def xray_run(folder: Path) -> Path:
    """A run of a C-arm that states 12.5 dGy cm² and 7.25 s."""
    run = Dataset()
    run.file_meta = FileMetaDataset()
    run.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    run.file_meta.MediaStorageSOPClassUID = run.SOPClassUID = XRayAngiographicImageStorage
    run.file_meta.MediaStorageSOPInstanceUID = run.SOPInstanceUID = generate_uid()
    run.Modality, run.PhotometricInterpretation = "XA", "MONOCHROME2"
    run.ImageAndFluoroscopyAreaDoseProduct, run.ExposureTime = "12.5", "7250"
    pictures = np.random.default_rng(1).integers(0, 255, (4, 120, 160), dtype=np.uint8)
    run.NumberOfFrames, run.Rows, run.Columns = pictures.shape
    run.SamplesPerPixel, run.PixelRepresentation = 1, 0
    run.BitsAllocated, run.BitsStored, run.HighBit = 8, 8, 7
    run.PixelData = pictures.tobytes()
    run["PixelData"].VR = "OB"
    run.save_as(folder / "run.dcm", enforce_file_format=True)
    return folder / "run.dcm"


def test_the_dose_that_a_file_states_fills_its_item(desk: Desk, tmp_path: Path) -> None:
    desk.open(f"dicom:{xray_run(tmp_path)}")
    entry = SetupEntry(PROCEDURE, "P-1", "right", "OP-1", "", True, "fluoroscopy", "no other")
    entry = replace(entry, radiographer="RX-1")
    desk.intents.procedure_started.emit(entry)
    desk.wait(lambda: desk.checklist is not None and is_done(desk, "K-46"))
    assert desk.checklist is not None
    mark = desk.checklist.status("K-46")
    assert mark is not None and mark.person == DEVICE
    assert mark.note == 'stated by "run.dcm" for the acquisition in it'
    session = session_of(desk)
    desk.close()
    with SessionReader(session) as reader:
        (received,) = [c for o in reader.commands if isinstance(c := o.command, DoseReceived)]
    assert received.reading.dose_area_product_gy_cm2 == pytest.approx(1.25)
    assert received.reading.fluoroscopy_s == pytest.approx(7.25)
    assert verify(session)["ok"]
