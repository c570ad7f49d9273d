"""A session is glanced at: what is found so is what reading all of it gives."""

import os
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from recordings import Recorded, every_command, record

from guidance_app.domain.commands import OverlayHidden
from guidance_app.session.errors import SessionError
from guidance_app.session.format import JOURNAL_NAME
from guidance_app.session.glance import BLOCK_BYTES, Glance
from guidance_app.session.reader import SessionReader


def test_a_glance_gives_what_reading_all_of_it_gives(tmp_path: Path) -> None:
    commands = [*every_command(), OverlayHidden(True), OverlayHidden(False)]
    path = record(tmp_path, frame_count=40, commands=commands).path
    with SessionReader(path) as whole, closing(Glance(path)) as glance:
        assert list(glance.snapshot_times_ns) == list(whole.snapshot_times_ns)
        assert glance.commands == list(whole.commands[-2:])
        for place, snapshot in reversed(list(enumerate(whole.snapshots()))):
            assert glance.snapshot_at(place) == snapshot
        for record_ in whole.frames:
            found = glance.frame(record_.facts.number)
            assert found == record_
            assert np.array_equal(glance.picture(found), whole.picture(record_))


def test_records_that_lie_across_blocks_are_found_too(tmp_path: Path) -> None:
    path = record(tmp_path, frame_count=1000).path
    assert (path / JOURNAL_NAME).stat().st_size > 2 * BLOCK_BYTES
    with SessionReader(path) as whole, closing(Glance(path)) as glance:
        assert list(glance.snapshot_times_ns) == list(whole.snapshot_times_ns)
        assert glance.snapshot_at(999) == whole.snapshot_at(999)
        assert glance.frame(999) == whole.frame(999)


def test_a_journal_cut_off_at_any_byte_is_glanced_at_up_to_there(tmp_path: Path) -> None:
    recorded = record(tmp_path, frame_count=2, commands=[OverlayHidden(True)])
    journal = (recorded.path / JOURNAL_NAME).read_bytes()
    for length in reversed(range(journal.index(b'{"index":0,'), len(journal))):
        os.truncate(recorded.path / JOURNAL_NAME, length)
        try:
            with closing(Glance(recorded.path)) as glance:
                places = range(len(glance.snapshot_times_ns))
                cut_off = [place for place in places if not is_equal(glance, place, recorded)]
        except SessionError as refused:
            assert "record cannot be read" in str(refused)
        else:
            assert cut_off in ([], [len(places) - 1])


def is_equal(glance: Glance, place: int, recorded: Recorded) -> bool:
    """A record that is cut off is found to be when it is asked for."""
    try:
        return glance.snapshot_at(place) == recorded.snapshots[place]
    except SessionError:
        return False


def test_a_frame_that_was_never_offered_is_refused(tmp_path: Path) -> None:
    with closing(Glance(record(tmp_path).path)) as glance, pytest.raises(SessionError):
        glance.frame(99)
