"""A recorded session is a source like any other."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from recordings import (
    COLOUR,
    GRAY,
    MS,
    SOURCE,
    START_NS,
    begin,
    every_command,
    make_frame,
    make_outcome,
    record,
)

from drivers.api.address import parse_address
from drivers.api.clock import ManualClock
from drivers.api.errors import Disconnected, EndOfStream, NotFound, ProtocolViolation
from drivers.api.ports import SourceInfo, VideoSource
from drivers.api.samples import Origin, Stamp, VideoFrame
from guidance_app.domain.commands import (
    Command,
    CommandOutcome,
    LayoutLost,
    MomentMarked,
    NeedleSought,
    PictureMirrored,
    SourceFailed,
    SourceOpened,
)
from guidance_app.domain.needle import NeedleSight
from guidance_app.domain.people import Person, Role
from guidance_app.domain.snapshot import FrameFacts
from guidance_app.session.info import info
from guidance_app.session.replay import DRIVER, ReplaySource
from guidance_app.session.writer import SessionWriter

LATER_NS = 77_000_000_000


def open_replay(path: Path, pace: str, clock: ManualClock | None = None) -> ReplaySource:
    address = parse_address(f"replay:{path}?pace={pace}")
    source: VideoSource = DRIVER.create(address, clock or ManualClock(LATER_NS))
    assert isinstance(source, ReplaySource)
    return source


def read_all(source: VideoSource) -> list[VideoFrame]:
    frames = []
    try:
        while True:
            frames.append(source.read())
    except EndOfStream:
        return frames


def mixed_frame(number: int) -> tuple[VideoFrame, FrameFacts]:
    return make_frame(number, COLOUR if number in (2, 3) else GRAY)


def test_stepped_replay_gives_the_frames_as_they_were(tmp_path: Path) -> None:
    recorded = record(tmp_path, 6, frame=mixed_frame)
    clock = ManualClock(LATER_NS)
    source = open_replay(recorded.path, "stepped", clock)
    assert source.open() == SourceInfo(
        address=f"replay:{recorded.path}?pace=stepped",
        name="Replay of Simulated knee",
        identity=SOURCE.identity,
        origin=Origin.REPLAY,
        nominal_rate_hz=SOURCE.nominal_rate_hz,
        simulated=True,
    )
    frames = read_all(source)
    source.close()
    assert len(frames) == 6
    for frame, (original, _) in zip(frames, recorded.frames, strict=True):
        assert np.array_equal(frame.pixels, original.pixels)
        assert frame.stamp == original.stamp
        assert frame.regions == original.regions
        assert frame.geometry == original.geometry
        assert frame.origin is Origin.REPLAY
    assert clock.now_ns() == LATER_NS


def test_replay_at_the_real_pace_keeps_the_gaps(tmp_path: Path) -> None:
    recorded = record(tmp_path, 4)
    clock = ManualClock(LATER_NS)
    source = open_replay(recorded.path, "real", clock)
    source.open()
    stamps = [frame.stamp for frame in read_all(source)]
    source.close()
    first_ns = recorded.frames[0][0].stamp.arrival_ns
    originals = [frame.stamp for frame, _ in recorded.frames]
    assert stamps == [
        Stamp(stamp.sequence, LATER_NS + stamp.arrival_ns - first_ns, stamp.arrival_ns)
        for stamp in originals
    ]


def test_lost_and_damaged_pictures_are_gaps(tmp_path: Path) -> None:
    writer = begin(tmp_path)
    for number in range(6):
        frame, facts = make_frame(number, GRAY, START_NS + number * 20_000 * MS)  # three a file
        if number == 1:
            writer.lose_frame(facts, "disk full")
        else:
            writer.write_frame(frame, facts)
    writer.seal()
    (writer.path / "video-001.nut").unlink()
    source = open_replay(writer.path, "stepped")
    source.open()
    assert [frame.stamp.sequence for frame in read_all(source)] == [100, 102]
    source.close()


def test_a_replay_without_any_intact_picture_says_so(tmp_path: Path) -> None:
    path = record(tmp_path, 3).path
    (path / "video-000.nut").unlink()
    source = open_replay(path, "stepped")
    source.open()
    with pytest.raises(ProtocolViolation, match="none of its pictures is intact"):
        source.read()
    source.close()


def test_commands_come_before_the_frame_that_followed_them(tmp_path: Path) -> None:
    writer = begin(tmp_path)
    commands = every_command()
    for index, command in enumerate(commands):
        writer.write_command(make_outcome(index, command, frames_seen=index // 3))
    for number in range(5):
        writer.write_frame(*make_frame(number))
    writer.seal()
    source = open_replay(writer.path, "stepped")
    source.open()
    given = [source.commands_until(frame.stamp.sequence) for frame in read_all(source)]
    source.close()

    def accepted(*indices: int) -> list[object]:
        kept = [
            commands[index]
            for index in indices
            if make_outcome(index, commands[index]).refusal is None
        ]
        return [c for c in kept if not isinstance(c, SourceOpened | SourceFailed)]

    assert given == [accepted(0, 1, 2), accepted(3, 4, 5), accepted(6, 7, 8), accepted(9, 10), []]
    assert [len(each) for each in given] == [2, 3, 2, 1, 0]


def test_a_source_that_was_opened_again_counts_anew_and_commands_still_follow(
    tmp_path: Path,
) -> None:
    writer = begin(tmp_path)
    mark = every_command()[-2]
    for number in range(4):
        writer.write_command(make_outcome(number, mark, frames_seen=number))
        frame, facts = make_frame(number)
        stamp = Stamp(number % 2, frame.stamp.arrival_ns)
        again = VideoFrame(frame.pixels, frame.pixel_format, stamp, frame.origin)
        writer.write_frame(again, type(facts)(number, stamp, GRAY, frame.origin, (), True))
    writer.seal()
    source = open_replay(writer.path, "stepped")
    source.open()
    for sequence in (0, 1, 0, 1):
        assert source.read().stamp.sequence == sequence
        assert source.commands_until(sequence) == [mark]
        assert source.commands_until(sequence) == []
    assert source.commands_until(99) == []
    source.close()


SOUGHT = NeedleSought(102, NeedleSight(None, "No needle is found."))


@pytest.mark.parametrize("noticed", [LayoutLost(0), PictureMirrored(), SOUGHT])
def test_what_a_frame_showed_is_told_before_that_frame(tmp_path: Path, noticed: Command) -> None:
    writer = begin(tmp_path)
    lost, mark = noticed, MomentMarked("mark", Person("OP-1", Role.OPERATOR))
    writer.write_command(CommandOutcome(0, START_NS, 3, lost))  # noticed in frame 2
    writer.write_command(CommandOutcome(1, START_NS, 3, mark))  # asked after frame 2
    for number in range(4):
        writer.write_frame(*make_frame(number))
    writer.seal()
    source = open_replay(writer.path, "stepped")
    source.open()
    given = [source.commands_until(frame.stamp.sequence) for frame in read_all(source)]
    source.close()
    assert given == [[], [], [lost], [mark]]


@pytest.mark.parametrize("when", ["before", "waiting"])
def test_an_interrupted_replay_ends_soon(tmp_path: Path, when: str) -> None:
    path = record(tmp_path, 3).path
    clock = ManualClock(LATER_NS)
    source = open_replay(path, "real", clock)
    source.open()
    if when == "waiting":
        source.read()
    source.interrupt()
    source.interrupt()
    with pytest.raises(Disconnected, match="the replay was stopped"):
        source.read()
    source.close()
    source.close()


def test_close_is_allowed_before_open_and_read_is_not_after_close(tmp_path: Path) -> None:
    source = open_replay(record(tmp_path, 1).path, "stepped")
    source.close()
    with pytest.raises(Disconnected):
        source.read()


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("replay:nowhere.session", "nowhere.session is not a session"),
        ("replay:{path}?pace=fast", 'there is no pace "fast". Write real or stepped'),
        ("replay:{path}?speed=2", "unknown option speed"),
    ],
)
def test_a_wrong_address_is_refused_before_anything_is_opened(
    tmp_path: Path, address: str, says: str
) -> None:
    path = record(tmp_path, 1).path
    with pytest.raises(NotFound, match=says):
        DRIVER.create(parse_address(address.format(path=path)), ManualClock())


def test_a_session_that_cannot_be_read_is_refused_at_opening(tmp_path: Path) -> None:
    path = record(tmp_path, 1).path
    (path / "manifest.json").write_text("{}")
    source = open_replay(path, "stepped")
    with pytest.raises(ProtocolViolation, match=r"cannot be read: .*Restore it from a copy"):
        source.open()
    source.close()


def test_nothing_is_attached() -> None:
    assert DRIVER.discover() == []
    assert DRIVER.schemes == ("replay",)


def test_a_recording_of_a_drill_replays_as_one(tmp_path: Path) -> None:
    clock = ManualClock(START_NS)
    writer = SessionWriter.create(tmp_path, replace(SOURCE, fault_plan="unplug"), clock)
    writer.write_frame(*make_frame(0))
    writer.seal()
    source = open_replay(writer.path, "stepped")
    assert source.open().fault_plan == "unplug"
    source.close()
    assert info(writer.path)["sources"][0]["fault_plan"] == "unplug"
