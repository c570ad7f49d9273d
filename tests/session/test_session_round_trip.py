"""What was recorded is what is read, and what is sealed is checked."""

import json
import os
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from mcap.reader import make_reader
from recordings import (
    COLOUR,
    GRAY,
    MS,
    PERIOD_NS,
    REGION,
    SOURCE,
    START_NS,
    begin,
    every_command,
    make_frame,
    make_snapshot,
    record,
)

from drivers.api.samples import PictureGeometry, PixelFormat, VideoFrame
from guidance_app.domain.snapshot import FrameFacts, GuidanceMode, TruthState
from guidance_app.session.errors import NotASession, RecordRefused, SessionError
from guidance_app.session.format import FaultRecord, PaintRecord, decode_frame
from guidance_app.session.info import info, list_sessions, session_entry
from guidance_app.session.journal import read_journal
from guidance_app.session.reader import SessionReader
from guidance_app.session.verify import verify

NAN = float("nan")


def test_everything_comes_back_equal(tmp_path: Path) -> None:
    recorded = record(tmp_path, 6, every_command())
    with SessionReader(recorded.path) as reader:
        assert reader.problems == ()
        assert reader.commands == tuple(recorded.outcomes)
        assert list(reader.snapshots()) == recorded.snapshots
        assert list(reader.engine_events()) == [*recorded.outcomes, *recorded.snapshots]
        assert [entry.facts for entry in reader.frames] == [facts for _, facts in recorded.frames]
        for (_, pixels), (frame, _) in zip(reader.pictures(), recorded.frames, strict=True):
            assert np.array_equal(pixels, frame.pixels)
            assert not pixels.flags.writeable


@pytest.mark.parametrize("pixel_format", list(PixelFormat))
@pytest.mark.parametrize("size", [(2, 2), (3, 5), (33, 2), (101, 67), (640, 481)])
def test_pictures_are_kept_without_loss(
    tmp_path: Path, pixel_format: PixelFormat, size: tuple[int, int]
) -> None:
    geometry = PictureGeometry(*size, pixel_format)
    recorded = record(tmp_path, 3, frame=lambda number: make_frame(number, geometry))
    with SessionReader(recorded.path) as reader:
        given = list(reader.pictures())
        assert len(given) == 3
        for (entry, pixels), (frame, _) in zip(given, recorded.frames, strict=True):
            assert entry.facts.geometry == geometry
            assert np.array_equal(pixels, frame.pixels)


def test_pictures_are_found_in_any_order(tmp_path: Path) -> None:
    recorded = record(tmp_path, 40)
    with SessionReader(recorded.path) as reader:
        for number in (39, 0, 1, 20, 19, 21, 39, 0):
            pixels = reader.picture(reader.frame(number))
            assert np.array_equal(pixels, recorded.frames[number][0].pixels)
        with pytest.raises(SessionError, match="has no frame 40"):
            reader.frame(40)


def test_another_geometry_or_minute_begins_another_file(tmp_path: Path) -> None:
    def frame(number: int):  # noqa: ANN202
        arrival_ns = START_NS + number * 20_000 * MS
        return make_frame(number, COLOUR if number in (1, 2) else GRAY, arrival_ns)

    recorded = record(tmp_path, 8, frame=frame)
    with SessionReader(recorded.path) as reader:
        places = [entry.place for entry in reader.frames]
        assert [place and place.segment for place in places] == [0, 1, 1, 2, 2, 2, 3, 3]
        assert [place and place.index for place in places] == [0, 0, 1, 0, 1, 2, 0, 1]
        for (_, pixels), (given, _) in zip(reader.pictures(), recorded.frames, strict=True):
            assert np.array_equal(pixels, given.pixels)
    assert verify(recorded.path)["ok"]


def test_frames_that_came_together_stay_apart(tmp_path: Path) -> None:
    recorded = record(tmp_path, 5, frame=lambda number: make_frame(number, GRAY, START_NS))
    with SessionReader(recorded.path) as reader:
        for (_, pixels), (frame, _) in zip(reader.pictures(), recorded.frames, strict=True):
            assert np.array_equal(pixels, frame.pixels)


def test_a_sealed_session_passes_and_opens_in_ordinary_tools(tmp_path: Path) -> None:
    recorded = record(tmp_path, 6, every_command())
    events = len(recorded.outcomes) + len(recorded.snapshots)
    told: list[float] = []
    assert verify(recorded.path, told.append) == {
        "ok": True,
        "problems": [],
        "frames": 6,
        "events": events,
    }
    assert told[-1] == 1.0
    with (recorded.path / "journal.mcap").open("rb") as file:
        reader = make_reader(file)
        summary = reader.get_summary()
        assert summary is not None and summary.statistics is not None
        assert summary.statistics.message_count == events + 6
        topics = [channel.topic for _, channel, _ in reader.iter_messages()]
    assert {topic: topics.count(topic) for topic in topics} == {
        "command": 11,
        "frame": 6,
        "snapshot": 6,
    }
    with av.open(recorded.path / "video-000.nut") as video:
        assert video.duration is not None
        assert sum(1 for _ in video.decode(video=0)) == 6


def test_a_lost_frame_keeps_its_place_in_the_order(tmp_path: Path) -> None:
    writer = begin(tmp_path)
    for number in range(4):
        frame, facts = make_frame(number)
        if number in (1, 2):
            writer.lose_frame(facts, "recorder too slow")
        else:
            writer.write_frame(frame, facts)
    writer.seal()
    with (writer.path / "journal.mcap").open("rb") as file:
        written = [decode_frame(entry.payload).facts.number for entry in read_journal(file)]
    assert written == [0, 1, 2, 3]
    with SessionReader(writer.path) as reader:
        assert [entry.why_lost for entry in reader.frames] == ["", *["recorder too slow"] * 2, ""]
        assert [entry.facts.number for entry in reader.frames] == [0, 1, 2, 3]
        with pytest.raises(SessionError, match=r"frame 1 was not recorded \(recorder too slow\)"):
            reader.picture(reader.frame(1))
    assert verify(writer.path) == {"ok": True, "problems": [], "frames": 2, "events": 0}


def test_a_picture_that_cannot_be_stored_is_recorded_as_lost(tmp_path: Path) -> None:
    writer = begin(tmp_path)
    writer.write_frame(*make_frame(0))
    writer.write_frame(*make_frame(1, PictureGeometry(1, 1, PixelFormat.GRAY8)))
    writer.write_frame(*make_frame(2))
    writer.seal()
    with SessionReader(writer.path) as reader:
        assert [entry.place is not None for entry in reader.frames] == [True, False, True]
        assert reader.frames[1].why_lost == "a picture of this size cannot be stored"
    assert verify(writer.path)["ok"]


def test_a_value_that_cannot_be_kept_is_refused_and_nothing_else_suffers(tmp_path: Path) -> None:
    writer = begin(tmp_path)
    snapshot = make_snapshot(0)
    with pytest.raises(RecordRefused, match="not finite"):
        writer.write_snapshot(replace(snapshot, plan=replace(snapshot.plan, corridor_mm=NAN)))
    with pytest.raises(RecordRefused, match="its time is -1 ns"):
        writer.write_fault(FaultRecord(-1, "early"))
    frame, facts = make_frame(0)
    bad = replace(facts, regions=(replace(REGION, mm_per_px_x=NAN),))
    with pytest.raises(RecordRefused):
        writer.write_frame(frame, bad)
    with pytest.raises(RecordRefused):
        writer.lose_frame(bad, "")
    writer.write_frame(frame, facts)
    writer.seal()
    assert verify(writer.path) == {"ok": True, "problems": [], "frames": 1, "events": 0}


def test_the_figures_of_a_session(tmp_path: Path) -> None:
    writer = begin(tmp_path)
    steps = [
        (TruthState.LIVE, GuidanceMode.ON),  # 1 s later the next one; drawn for 0.1 s only
        (TruthState.LIVE, GuidanceMode.OFF),
        (TruthState.FROZEN, GuidanceMode.HIDDEN),
        (TruthState.LIVE, GuidanceMode.ON),
    ]
    for index, (state, mode) in enumerate(steps):
        at_ns = START_NS + (index + 1) * 1000 * MS
        writer.write_snapshot(make_snapshot(index, None, state, mode, at_ns))
    for number in range(8):
        arrival_ns = START_NS + 4000 * MS + number * PERIOD_NS
        writer.write_frame(*make_frame(number, GRAY, arrival_ns))
    for latency_ms in range(1, 101):
        arrival_ns = START_NS + 4000 * MS
        writer.write_paint(PaintRecord(arrival_ns, arrival_ns + latency_ms * MS))
    writer.write_fault(FaultRecord(START_NS + 4500 * MS, "The cable moved."))
    writer.lose_frame(make_frame(8, GRAY, START_NS + 4000 * MS + 8 * PERIOD_NS)[1], "disk full")
    writer.seal()
    assert json.loads(json.dumps(info(writer.path))) == {
        "id": writer.path.name[16:24],
        "started": _started(writer.path),
        "duration_s": 4.5,
        "simulated": True,
        "sealed": True,
        "causes_s": {},
        "recovered": False,
        "being_recorded": False,
        "problems": [],
        "sources": [
            {
                "address": SOURCE.address,
                "frames_offered": 9,
                "frames_written": 8,
                "frames_lost": 1,
                "frames_missed": 0,
                "unique_rate_hz": 18.75,  # frames 0 1 2 4 5 6 8 changed, in 320 ms
                "fault_plan": "",
            }
        ],
        "states_s": {"LIVE": 2.5, "LATE": 0.0, "REPEATED": 0.0, "FROZEN": 1.0, "LOST": 0.0},
        "events": 5,
        "guidance_shown_s": 0.2,
        "latency_ms": {"n": 100, "p50": 50.5, "p95": 95.05, "p99": 99.01, "max": 100.0},
    }


def test_a_session_that_nobody_looked_at_has_no_delay(tmp_path: Path) -> None:
    latency = info(record(tmp_path, 2).path)["latency_ms"]
    assert latency == {"n": 0, "p50": None, "p95": None, "p99": None, "max": None}


def test_a_session_of_the_first_format_still_opens(tmp_path: Path) -> None:
    path = record(tmp_path, 2, seal=False).path
    manifest = json.loads((path / "manifest.json").read_text())
    (path / "manifest.json").write_text(json.dumps(manifest | {"format": 1}))
    with SessionReader(path) as reader:
        assert len(list(reader.pictures())) == 2


def test_gaps_in_the_numbers_of_a_source_are_counted_within_each_opening(tmp_path: Path) -> None:
    sequences = [0, 1, 4, 5, 0, 2]  # 2 and 3 never came; opened again; 1 never came

    def frame(number: int) -> tuple[VideoFrame, FrameFacts]:
        frame, facts = make_frame(number)
        stamp = replace(frame.stamp, sequence=sequences[number])
        return replace(frame, stamp=stamp), replace(facts, stamp=stamp)

    path = record(tmp_path, len(sequences), frame=frame).path
    assert info(path)["sources"][0]["frames_missed"] == 3


def _started(path: Path) -> str:
    return str(json.loads((path / "manifest.json").read_text())["started"]["utc"])


def test_a_file_that_is_gone_or_cut_is_seen_without_reading_it(tmp_path: Path) -> None:
    path = record(tmp_path).path
    assert session_entry(path).problem == ""
    os.truncate(path / "journal.mcap", 100)
    assert session_entry(path).problem.startswith("journal.mcap has another length")
    (path / "journal.mcap").unlink()
    assert session_entry(path).problem.startswith("journal.mcap is missing")


def test_sessions_of_a_folder_are_listed_with_what_is_wrong(tmp_path: Path) -> None:
    recorded = record(tmp_path, 1)
    (tmp_path / "20000101-000000-empty.session").mkdir()
    (tmp_path / "20000101-000000-file.session").write_text("")
    (tmp_path / "other").mkdir()
    broken, good = list_sessions(tmp_path)
    assert broken.manifest is None and "has no manifest.json" in broken.problem
    assert good.path == recorded.path and good.problem == ""
    assert good.manifest is not None and good.manifest.source == SOURCE


@pytest.mark.parametrize("what", ["missing", "file", "empty folder"])
def test_what_is_no_session_is_called_so(tmp_path: Path, what: str) -> None:
    path = tmp_path / "x.session"
    if what == "file":
        path.write_text("")
    elif what == "empty folder":
        path.mkdir()
    for use in (SessionReader, info, verify):
        with pytest.raises(NotASession, match=r"Choose (a|the) folder"):
            use(path)


def test_what_the_journal_acknowledges_is_in_the_video_at_any_moment(tmp_path: Path) -> None:
    writer = begin(tmp_path)
    for number in range(5):
        writer.write_frame(*make_frame(number))
        with SessionReader(writer.path) as reader:  # as a killed program leaves it
            given = [pixels for _, pixels in reader.pictures()]
        assert len(given) == number + 1
        assert all(np.array_equal(given[n], make_frame(n)[0].pixels) for n in range(number + 1))
    writer.abandon()
