"""The clip: every change of the screen at its own time, small, and without a word of anybody."""

import io
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from debrief_sessions import numbered_session, pictures_in

from guidance_app.debriefing import recorded_clip
from guidance_app.debriefing.burned_in import burned_in
from guidance_app.debriefing.clip import ClipWriter
from guidance_app.debriefing.recorded_clip import record_clip
from guidance_app.debriefing.shown import PublicScreen
from guidance_app.session.reader import SessionReader
from guidance_app.ui.without_window import WindowlessPainter


def made(session: Path) -> "recorded_clip.RecordedClip":
    with SessionReader(session) as reader:
        screen = PublicScreen(reader, burned_in(reader, None, unmasked=False))
        return record_clip(reader, screen, WindowlessPainter().picture, lambda share: None)


def test_each_picture_stands_at_the_time_of_its_snapshot(tmp_path: Path, qapp: object) -> None:
    session = numbered_session(tmp_path, 20)
    clip = made(session)
    times_ms = [ms for ms, _ in pictures_in(clip.mp4)]
    assert tuple(times_ms) == clip.pictures_ms and times_ms[0] == 0
    with SessionReader(session) as reader:
        zero_ns = reader.manifest.started.perf_counter_ns
        snapshots_ms = [round((ns - zero_ns) / 1e6) for ns in reader.snapshot_times_ns]
        assert set(snapshots_ms) <= set(times_ms)
        aged = {round((one.valid_until_ns + 1 - zero_ns) / 1e6) for one in reader.snapshots()}
        assert set(times_ms) <= {0, *snapshots_ms, *aged, times_ms[-1]}
        assert times_ms[-1] == round((reader.ended_ns - zero_ns) / 1e6)


def test_a_long_session_loses_pictures_between_but_none_where_something_is_said(
    tmp_path: Path, qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = numbered_session(tmp_path, 40)
    whole = made(session)
    monkeypatch.setattr(recorded_clip, "MOST_PICTURES", 15)
    thinned = made(session)
    assert set(thinned.pictures_ms) < set(whole.pictures_ms)
    assert thinned.apart_ms > 40
    assert max(b - a for a, b in pairwise(thinned.pictures_ms)) < 3 * thinned.apart_ms


def test_a_clip_of_noise_stays_within_its_bound_and_says_nothing_of_its_maker() -> None:
    noise, to = np.random.default_rng(3), io.BytesIO()
    longest_s, most_bytes = 4800.0, 8 * 48_000_000 / 4800.0 / 8  # a second of the clip
    writer = ClipWriter(to, (320, 240), longest_s)
    for ms in range(0, 20_000, 100):
        writer.add(noise.integers(0, 255, (240, 320, 3), dtype=np.uint8), ms)
    writer.close()
    assert len(to.getvalue()) < 2 * 20 * most_bytes
    with av.open(io.BytesIO(to.getvalue())) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert set(container.metadata) == {"major_brand", "minor_version", "compatible_brands"}
        assert stream.metadata == {"language": "und", "handler_name": "VideoHandler"}


def test_pictures_go_forwards_in_time() -> None:
    writer = ClipWriter(io.BytesIO(), (320, 240), 1.0)
    black = np.zeros((240, 320, 3), np.uint8)
    writer.add(black, 10)
    with pytest.raises(ValueError, match="comes after"):
        writer.add(black, 10)
    writer.close()
