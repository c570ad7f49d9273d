"""A session with every overlay element comes out again: to the bit, and to the pixel."""

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PyQt6.QtWidgets import QApplication
from recorded_runs import RecordedRun, record_run

from guidance_app.domain.guided_needle import NeedleState
from guidance_app.domain.snapshot import GuidanceSnapshot
from guidance_app.presentation.recorded import RecordedScreen
from guidance_app.processing.needle.search import NeedleSearch
from guidance_app.runtime.another_look import look_again
from guidance_app.runtime.recompute import recompute
from guidance_app.session.format import encode_command, encode_snapshot
from guidance_app.session.reader import SessionReader
from guidance_app.ui.painter import render_image

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
SIZE_PX = (800, 600)
KINDS = {"Line", "Band", "Cross", "Arrow", "Ring", "Label"}
INKS = {"NEEDLE", "PLAN", "PREDICTION", "NO_GO"}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RecordedRun:
    return record_run(tmp_path_factory.mktemp("run"))


@pytest.fixture
def session(run: RecordedRun) -> Iterator[SessionReader]:
    assert run.writer is not None
    with SessionReader(run.writer.path) as reader:
        yield reader


def test_the_session_holds_every_element_of_the_overlay(run: RecordedRun) -> None:
    drawn = {
        (type(shape).__name__, getattr(shape, "ink", None))
        for shown in run.shown
        for shape in shown.view.picture.primitives
    }
    assert {kind for kind, _ in drawn} == KINDS
    assert {ink.name for _, ink in drawn if ink is not None} == INKS


def test_the_same_inputs_give_the_same_bytes(session: SessionReader) -> None:
    steps = list(recompute((r.facts for r in session.frames), session.engine_events()))
    assert len(steps) == session.counts.commands + session.counts.snapshots
    for step in steps:
        encode = encode_snapshot if isinstance(step.again, GuidanceSnapshot) else encode_command
        assert encode(step.again) == encode(step.recorded)  # type: ignore[operator]


def test_every_recorded_moment_has_the_pixels_of_the_live_screen(
    run: RecordedRun, session: SessionReader, qapp: QApplication
) -> None:
    screen = RecordedScreen(session)
    assert len(screen.times_ns) == len(run.shown)
    for place in range(0, len(run.shown), 4):
        live, moment = run.shown[place], screen.at_place(place)
        facts = live.snapshot.frame
        frame = run.frames[facts.number] if facts else None
        replayed = replace(moment.view, watermark=live.view.picture.watermark)
        hidden = replace(live.view.picture, primitives=moment.view.primitives)
        assert moment.view.primitives in ((), live.view.picture.primitives)
        assert render_image(moment.frame, replayed, *SIZE_PX) == render_image(
            frame, hidden, *SIZE_PX
        )


def test_the_overlay_is_away_while_the_operator_kept_it_away(session: SessionReader) -> None:
    screen = RecordedScreen(session)
    begun_ns = screen.times_ns[0]
    shown = {
        at_ms: bool(screen.at_time(begun_ns + at_ms * 1_000_000).view.primitives)
        for at_ms in (600, 800, 1000)
    }
    assert shown == {600: True, 800: False, 1000: True}


def test_the_search_finds_again_what_it_found(session: SessionReader) -> None:
    again = list(look_again(session, NeedleSearch))
    assert again == list(session.snapshots())
    assert any(one.needle and one.needle.state is NeedleState.SEEN for one in again)


def test_with_another_scale_every_distance_is_another_one(session: SessionReader) -> None:
    pairs = list(zip(session.snapshots(), look_again(session, None, 2.0), strict=True))
    measured = [
        (before.measures.depth.mm, after.measures.depth.mm)
        for before, after in pairs
        if before.measures and before.measures.depth and after.measures and after.measures.depth
    ]
    assert measured
    assert all(after == pytest.approx(2.0 * before) for before, after in measured)
