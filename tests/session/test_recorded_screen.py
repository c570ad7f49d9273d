"""A recorded moment is shown as it stood on the screen."""

from pathlib import Path

import numpy as np
from recordings import (
    MS,
    START_NS,
    begin,
    make_frame,
    make_outcome,
    make_snapshot,
    record,
)

from drivers.api.samples import Origin
from guidance_app.domain.commands import OverlayHidden
from guidance_app.presentation.live import DISPLAY_LATE, picture_view
from guidance_app.presentation.recorded import RecordedScreen
from guidance_app.session.reader import SessionReader


def test_every_moment_shows_its_own_picture_with_the_recorded_overlay(tmp_path: Path) -> None:
    recorded = record(tmp_path)
    with SessionReader(recorded.path) as session:
        screen = RecordedScreen(session)
        for place, snapshot in enumerate(recorded.snapshots):
            moment = screen.at_place(place)
            frame, _ = recorded.frames[place]
            assert moment.snapshot == snapshot
            assert moment.frame is not None
            assert np.array_equal(moment.frame.pixels, frame.pixels)
            live = picture_view(snapshot, snapshot.evaluated_ns)
            assert moment.view.primitives == live.primitives != ()
            assert moment.view.watermark.startswith("REPLAY")
            assert moment.frame.origin is Origin.REPLAY


def test_a_snapshot_that_had_aged_is_shown_as_late(tmp_path: Path) -> None:
    recorded = record(tmp_path, frame_count=1)
    until_ns = recorded.snapshots[0].valid_until_ns
    with SessionReader(recorded.path) as session:
        screen = RecordedScreen(session)
        assert screen.at_time(until_ns).view.primitives
        late = screen.at_time(until_ns + 1).view
    assert (late.banner, late.primitives) == (DISPLAY_LATE, ())


def test_what_the_operator_hid_stays_hidden_for_as_long(tmp_path: Path) -> None:
    writer = begin(tmp_path)
    events = [make_snapshot(0, 0), make_outcome(1, OverlayHidden(True)), make_snapshot(2, 1)]
    events += [make_outcome(3, OverlayHidden(False)), make_snapshot(4, 2)]
    for number in range(3):
        writer.write_frame(*make_frame(number))
    for event in events:
        (writer.write_snapshot if hasattr(event, "truth") else writer.write_command)(event)  # type: ignore[operator]
    writer.seal()
    with SessionReader(writer.path) as session:
        screen = RecordedScreen(session)
        shown = [bool(screen.at_place(place).view.primitives) for place in range(3)]
    assert shown == [True, False, True]


def test_a_moment_is_found_by_its_time(tmp_path: Path) -> None:
    with SessionReader(record(tmp_path).path) as session:
        screen = RecordedScreen(session)
        asked = [START_NS - 1, START_NS, START_NS + MS - 1, START_NS + MS, START_NS + 999 * MS]
        assert [screen.place_at(time_ns) for time_ns in asked] == [0, 0, 0, 1, 5]


def test_a_picture_that_is_missing_is_said_to_be(tmp_path: Path) -> None:
    recorded = record(tmp_path)
    (recorded.path / "video-000.nut").unlink()
    with SessionReader(recorded.path) as session:
        moment = RecordedScreen(session).at_place(2)
    assert moment.frame is None
    assert "video-000.nut" in moment.missing
