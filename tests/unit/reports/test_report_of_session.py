"""What a report takes from a session: the procedure, the advice as shown, the stored pictures."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from random_checklists import OPERATOR, at
from recorded_procedures import SOURCE, STARTED, STEP_NS, Session, everything

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.domain.checklist import ChecklistEntry, Mark
from guidance_app.domain.commands import (
    GuidanceSwitched,
    ItemMarked,
    MomentKind,
    MomentMarked,
    RecordClosed,
)
from guidance_app.domain.given_advice import GivenAdvice
from guidance_app.domain.plan import Plan, TipMark
from guidance_app.domain.snapshot import Guidance, GuidanceMode
from guidance_app.domain.trajectory import TIP_AGE_LIMIT_NS
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.procedure_report import (
    NOT_SEALED,
    rendered_report,
    report_content,
)
from guidance_app.reports.content import NoProcedure, ReportContent, StoredImage
from guidance_app.stored_images import MOST_IMAGES
from guidance_app.ui.report_files import write_report_beside

KNOWLEDGE = shipped_knowledge()
STORE = MomentMarked("image stored", OPERATOR, MomentKind.IMAGE)


def grey(level: int, width: int = 64, height: int = 48) -> ImageU8:
    """A picture that is told by its brightness."""
    return np.full((height, width), level, np.uint8)


def level_of(image: StoredImage) -> int:
    """The brightness of a stored picture."""
    assert image.jpeg is not None
    pixels = cv2.imdecode(np.frombuffer(image.jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert pixels.shape == (image.height_px, image.width_px)
    return round(float(pixels.mean()))


def content_of(session: Session) -> ReportContent:
    return report_content(session.seal(), KNOWLEDGE)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(tmp_path)


def test_a_closed_record_says_by_whom_and_when(session: Session) -> None:
    session.do(STARTED, *everything(STARTED))
    assert content_of(session.do(RecordClosed(OPERATOR, at(300)))).closing is not None


def test_an_open_record_and_a_refused_closing_are_not_closed(session: Session) -> None:
    content = content_of(session.do(STARTED).do(RecordClosed(OPERATOR, at(9)), refusal="Open."))
    assert content.closing is None
    assert content.moments[-1].label == "refused: Open."


def test_the_picture_that_is_shown_when_it_is_asked_for_is_the_one_that_was_stored(
    session: Session,
) -> None:
    session.show(grey(10)).do(STARTED).show(grey(50)).show(grey(90), STORE).show(grey(130))
    (image,) = content_of(session).images
    assert (level_of(image), image.caption) == (90, "image 1, 0.2 s, frame 2")


def test_the_picture_that_was_held_is_the_one_that_was_stored(session: Session) -> None:
    first = session.facts(grey(20), 0)
    session.show(grey(20)).do(STARTED).show(grey(60), held=first).show(grey(99), STORE, held=first)
    (image,) = content_of(session).images
    assert level_of(image) == 20 and "frame 0" in image.caption


def test_a_picture_says_whether_it_shows_the_needle(session: Session) -> None:
    session.do(STARTED).show(grey(1), STORE)
    session.plan = Plan(tip=TipMark((1.0, 1.0), 2 * STEP_NS))
    session.show(grey(2), STORE)  # the tip is not shown while guidance is off
    session.guidance = Guidance(GuidanceMode.ON)
    session.show(grey(3), STORE)
    session.plan = Plan()
    session.show(grey(4), STORE)
    session.show(grey(5), MomentMarked("in", OPERATOR, MomentKind.INJECTION), STORE)
    captions = [image.caption for image in content_of(session).images]
    assert [caption.endswith(", with needle") for caption in captions] == [
        *(False, False, True, False, True)
    ]


def test_a_tip_of_long_ago_is_no_needle(session: Session) -> None:
    session.plan = Plan(tip=TipMark((1.0, 1.0), 2 * STEP_NS - TIP_AGE_LIMIT_NS))
    session.guidance = Guidance(GuidanceMode.ON)
    session.do(STARTED).show(grey(1), STORE)
    (image,) = content_of(session).images
    assert "needle" not in image.caption


def test_a_large_picture_is_made_smaller_in_proportion_and_a_small_one_is_left(
    session: Session,
) -> None:
    session.do(STARTED).show(grey(70, 1600, 1200), STORE).show(grey(70, 33, 17), STORE)
    large, small = content_of(session).images
    assert (large.width_px, large.height_px) == (640, 480)
    assert (small.width_px, small.height_px) == (33, 17)
    assert (level_of(large), level_of(small)) == (70, 70)


def test_a_picture_that_is_not_there_is_said_to_be_lost(session: Session) -> None:
    session.do(STARTED).show(grey(1), STORE, lost="writing fell behind").do(STORE)
    lost, nothing = content_of(session).images
    assert (nothing.jpeg, lost.jpeg) == (None, None)
    assert lost.missing == "lost in the recording (writing fell behind)."
    assert lost.caption == "image 1, 0.1 s, frame 0"
    assert nothing.missing == "the recording holds no picture of it."


def test_a_picture_that_is_damaged_is_said_to_be_lost(session: Session) -> None:
    path = session.do(STARTED).show(grey(1)).show(grey(2), STORE).seal()
    video = path / "video-000.nut"
    video.write_bytes(video.read_bytes()[:200])
    (image,) = report_content(path, KNOWLEDGE).images
    assert image.jpeg is None and "video-000.nut" in image.missing


def test_no_more_pictures_are_kept_in_it_than_it_can_hold(session: Session) -> None:
    session.do(STARTED)
    for level in range(MOST_IMAGES + 1):
        session.show(grey(level), STORE)
    *shown, last = content_of(session).images
    assert all(image.jpeg for image in shown) and len(shown) == MOST_IMAGES
    assert last.jpeg is None and "it is in the recording" in last.missing


def test_advice_is_told_as_it_was_shown(session: Session) -> None:
    shown = GivenAdvice("M-2", "INFO", "Words of that day.", ("PTC-2",), "P", 9.1, False)
    offered = GivenAdvice("RA-9", "INFO", "Radiographs.", ("RA-9",), "C")
    started = replace(STARTED, advice=(shown, offered), questions=("neck",))
    content = content_of(session.do(started))
    assert (content.advice, content.recommendations) == ((shown,), (offered,))
    assert (content.questions, content.as_this_version_advises) == (("neck",), False)


def test_recordings_of_before_get_the_advice_of_this_version_and_say_so(session: Session) -> None:
    started = replace(STARTED, procedure="sacroiliac-injection", technique="palpation")
    content = content_of(session.do(replace(started, questions=("neck",))))
    assert content.as_this_version_advises and content.technique == "Palpation"
    assert {given.followed for given in content.advice} == {None}
    assert "PTC-5" in {given.trace[0] for given in content.advice}
    assert [given.rule for given in content.recommendations] == ["RA-9"]


def test_what_this_version_does_not_know_is_told_by_its_name(session: Session) -> None:
    item = replace(STARTED.template.items[0], trace=("POL-7",))
    template = replace(STARTED.template, items=(item,))
    started = replace(STARTED, technique="dowsing", procedure="ear", template=template)
    path = session.do(started).seal()
    content = report_content(path, KNOWLEDGE)
    assert (content.technique, content.advice) == ("dowsing", ())
    assert "POL-7: not known to this version" in rendered_report(path, KNOWLEDGE).page


def test_the_report_is_on_the_last_procedure_alone(session: Session) -> None:
    mark = ItemMarked(ChecklistEntry("K-01", Mark.DONE, OPERATOR, at(1)))
    session.do(STARTED, mark).show(grey(5), STORE).do(
        GuidanceSwitched(True, OPERATOR), refusal="Not the second patient's."
    )
    content = content_of(session.do(replace(STARTED, patient="P-2", procedure_id="p-2")))
    assert (content.patient, content.recording.procedures) == ("P-2", 2)
    assert (content.checklist.entries, content.moments, content.images) == ((), (), ())


def test_a_recording_that_was_broken_off_is_reported_with_what_is_missing(
    session: Session,
) -> None:
    path = session.do(STARTED).show(grey(5), STORE).kill()
    content = report_content(path, KNOWLEDGE)
    assert content.recording.missing == (NOT_SEALED,)
    assert level_of(content.images[0]) == 5


def test_an_injection_is_told_from_a_mark(session: Session) -> None:
    injection = MomentMarked("left of the patella", OPERATOR, MomentKind.INJECTION)
    content = content_of(session.do(STARTED, MomentMarked("look", OPERATOR), injection))
    assert [moment.label for moment in content.moments] == [
        "look",
        "injection: left of the patella",
    ]


@pytest.mark.usefixtures("qapp")
def test_the_report_lies_beside_the_session_as_page_and_pages(session: Session) -> None:
    path = session.do(STARTED).seal()
    for _ in range(2):  # the second takes the place of the first
        written = write_report_beside(path, rendered_report(path, KNOWLEDGE))
    assert written.html == path.parent / f"{path.stem}-report.html"
    assert written.pdf == path.parent / f"{path.stem}-report.pdf"
    assert STARTED.template.title in written.html.read_text(encoding="utf-8")
    assert written.pdf.read_bytes().startswith(b"%PDF")
    assert sorted(path.parent.iterdir()) == sorted([path, written.html, written.pdf])


def test_no_password_of_a_source_is_in_a_report(tmp_path: Path) -> None:
    camera = replace(SOURCE, address="rtsp://ada:secret@camera/live", fault_plan="unplug")
    content = content_of(Session(tmp_path, camera).do(STARTED))
    assert content.recording.source == "rtsp://camera/live"
    assert content.recording.fault_plan == "unplug"


def test_a_session_without_a_procedure_has_no_report(session: Session) -> None:
    path = session.show(grey(5)).seal()
    with pytest.raises(NoProcedure, match="no procedure was started in it"):
        report_content(path, KNOWLEDGE)
