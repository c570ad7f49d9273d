"""Sessions on disk as the index of the library has them, and what it reads of them again."""

import json
import os
import shutil
from pathlib import Path

import pytest
from random_checklists import OPERATOR, at
from recorded_libraries import Watched, begun, library, looked_at, with_needle
from recorded_procedures import STARTED, Session, everything

from guidance_app.catalogue.indexing import Progress, update_index
from guidance_app.catalogue.reading import read_beginning, read_whole
from guidance_app.domain.checklist import Emergency
from guidance_app.domain.commands import (
    EmergencyDeclared,
    MomentKind,
    MomentMarked,
    RecordClosed,
)
from guidance_app.domain.snapshot import TruthState
from guidance_app.records.catalogue import BEGINNING, NOT_READ, WHOLE, Happening, IndexedSession
from guidance_app.session.format import JOURNAL_NAME, MANIFEST_NAME
from guidance_app.session.recover import recover


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "sessions"
    folder.mkdir()
    return folder


@pytest.fixture
def records(tmp_path: Path) -> Path:
    return tmp_path / "records.sqlite"


def test_what_happened_is_what_was_recorded(folder: Path) -> None:
    session = Watched(folder).do(begun())
    session.do(MomentMarked("injection", OPERATOR, MomentKind.INJECTION), refusal="Not yet.")
    session.do(MomentMarked("injection", OPERATOR, MomentKind.INJECTION))
    session.do(EmergencyDeclared(Emergency(OPERATOR, at(1), "bleeding")))
    session.pictures(5, TruthState.LOST).pictures(3, TruthState.FROZEN).pictures(2)
    session.needles(False, True, True, False, True, False, False)
    found = read_whole(session.seal())
    assert found.read == WHOLE and not found.problem
    assert found.happened == {
        Happening.INJECTION: 1,
        Happening.EMERGENCY: 1,
        Happening.REFUSED: 1,
        Happening.LOST: pytest.approx(5 * 0.04),
        Happening.FROZEN: pytest.approx(3 * 0.04),
        Happening.TIP_UNSEEN: 2,
        Happening.NEEDLE_SEEN: 100,
    }


def test_who_did_what_is_in_the_beginning(folder: Path) -> None:
    session = Session(folder).do(STARTED, *everything(STARTED))
    closed = session.do(RecordClosed(OPERATOR, at(300))).seal()
    found = read_beginning(closed)
    assert (found.procedure, found.site, found.side) == ("knee-injection", "Knee joint", "right")
    assert found.patient == "P-1" and found.people[0] == OPERATOR.code
    assert found.sealed and found.record_closed_utc == at(300)
    assert (found.read, found.happened) == (BEGINNING, {})
    trainee = read_beginning(Session(folder).do(begun()).seal())
    assert trainee.people == ("P-17", "S-2") and trainee.trainee


def test_what_has_not_changed_is_not_read_again(folder: Path, records: Path) -> None:
    path = with_needle(folder)
    before = looked_at(folder, records)
    manifest = path / MANIFEST_NAME
    stat, content = manifest.stat(), manifest.read_bytes()
    manifest.write_bytes(b"x" * len(content))
    os.utime(manifest, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert looked_at(folder, records) == before
    os.utime(manifest, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    (damaged,) = looked_at(folder, records).values()
    assert damaged.session.read == NOT_READ and "cannot be read" in damaged.session.problem
    manifest.write_bytes(content)
    (again,) = looked_at(folder, records).values()
    assert again.session.happened == before[path.name].session.happened


def test_a_library_that_was_copied_is_not_read_again(folder: Path, records: Path) -> None:
    """Its files are younger, and hold the same: a wrong journal of the same length shows it."""
    path = with_needle(folder)
    before = looked_at(folder, records)[path.name].session
    journal = path / JOURNAL_NAME
    journal.write_bytes(b"x" * journal.stat().st_size)
    after = looked_at(folder, records)[path.name].session
    assert (after.happened, after.problem) == (before.happened, "")
    assert after.stamp != before.stamp


def test_a_session_that_changes_is_read_again(folder: Path, records: Path) -> None:
    path = Watched(folder).do(begun()).pictures(3).kill()
    assert not looked_at(folder, records)[path.name].session.sealed
    recover(path)
    recovered = looked_at(folder, records)[path.name].session
    assert recovered.sealed and recovered.recovered
    journal = path / JOURNAL_NAME
    journal.write_bytes(journal.read_bytes()[:-900])
    assert "journal.mcap" in looked_at(folder, records)[path.name].session.problem


def test_a_session_whose_folder_went_is_kept_as_gone_until_it_is_back(
    folder: Path, records: Path, tmp_path: Path
) -> None:
    path, other = with_needle(folder), with_needle(folder)
    looked_at(folder, records)
    shutil.move(path, tmp_path / "elsewhere")
    found = looked_at(folder, records)
    assert (found[path.name].gone, found[other.name].gone) == (True, False)
    assert found[path.name].session.procedure == "knee-injection"
    shutil.move(tmp_path / "elsewhere", path)
    assert not looked_at(folder, records)[path.name].gone


def test_what_cannot_be_read_is_listed_with_its_reason(folder: Path, records: Path) -> None:
    (folder / "empty.session").mkdir()
    newer = with_needle(folder)
    manifest = json.loads((newer / MANIFEST_NAME).read_text())
    (newer / MANIFEST_NAME).write_text(json.dumps(manifest | {"format": 999}))
    no_journal = with_needle(folder)
    (no_journal / JOURNAL_NAME).unlink()
    found = {name: one.session.problem for name, one in looked_at(folder, records).items()}
    assert "has no manifest.json" in found["empty.session"]
    assert "format 999" in found[newer.name]
    assert "has no journal.mcap" in found[no_journal.name]


def test_a_session_that_is_being_recorded_is_looked_at_again(folder: Path, records: Path) -> None:
    session = Watched(folder).do(begun()).pictures(3)
    assert looked_at(folder, records)[session.path.name].session.problem == (
        "It is still being recorded."
    )
    session.kill()
    left = looked_at(folder, records)[session.path.name].session
    assert (left.read, left.problem, left.sealed) == (WHOLE, "", False)


def test_hostile_texts_are_taken_in_their_place(folder: Path, records: Path) -> None:
    path = with_needle(folder)
    manifest = json.loads((path / MANIFEST_NAME).read_text())
    manifest["source"]["address"] = "a\0b\n" + "x" * 100_000
    manifest["started"]["utc"] = "0001-01-01T00:00:00+00:00"
    manifest["sealed"]["ended_utc"] = "never"
    manifest["sealed"]["counts"]["frames_offered"] = 10**30
    (path / MANIFEST_NAME).write_text(json.dumps(manifest))
    found = looked_at(folder, records)[path.name].session
    assert found.source.startswith("a b x") and len(found.source) == 500
    assert (found.started_utc, found.length_s) == ("", None)


def test_progress_counts_what_is_read(folder: Path, records: Path) -> None:
    for _ in range(3):
        with_needle(folder)
    (folder / "empty.session").mkdir()
    told: list[Progress] = []
    looked_at(folder, records, told)
    assert told[0] == Progress(1, 4) and told[-1] == Progress(4, 4)
    told.clear()
    looked_at(folder, records, told)
    assert told == []


def test_reading_that_is_stopped_goes_on_later(folder: Path, records: Path) -> None:
    for _ in range(3):
        with_needle(folder)
    asked: list[Path] = []

    def read(paths: list[Path]) -> list[IndexedSession]:
        asked.extend(paths)
        return [read_whole(path) for path in paths[:1]]

    with library(folder, records) as index:
        update_index(index, folder, read, lambda _: None)
        assert [one.read for one in index.known().values()].count(WHOLE) == 1
        update_index(index, folder, read, lambda _: None)
        assert [one.read for one in index.known().values()].count(WHOLE) == 2
    assert len(asked) == 3 + 2
    assert asked[:3] == sorted(asked[:3], reverse=True)
