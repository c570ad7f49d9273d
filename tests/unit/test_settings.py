"""The settings file comes back as written; what is no settings file is kept aside and told."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guidance_app.domain.chain_delay import ChainDelay
from guidance_app.settings import (
    MAX_BYTES,
    Settings,
    load_settings,
    records_place,
    remember_chain_delay,
)

DELAY = ChainDelay(84.2, 101.0, 16.7, 200, "2026-11-26", "YUYV 1280x720")
SAME_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def load(path: Path) -> tuple[Settings, list[str]]:
    told: list[str] = []
    return load_settings(path, told.append), told


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def test_without_a_file_the_defaults_hold_and_nobody_is_bothered(path: Path) -> None:
    assert load(path) == (Settings(), [])


def test_a_delay_is_remembered_beside_the_others(path: Path) -> None:
    told: list[str] = []
    remember_chain_delay(path, "A1", DELAY, told.append)
    remember_chain_delay(path, "B2", DELAY, told.append)
    assert load(path) == (Settings({"A1": DELAY, "B2": DELAY}), [])
    assert told == [] and [file.name for file in path.parent.iterdir()] == ["settings.json"]


def test_the_records_are_where_the_settings_say_else_on_this_computer(path: Path) -> None:
    told: list[str] = []
    file = path.with_name("records.sqlite")
    assert records_place(path, file, told.append) == file
    write(path, b'{"records": "postgresql://ann@server/records"}')
    assert records_place(path, file, told.append) == "postgresql://ann@server/records"
    remember_chain_delay(path, "A1", DELAY, told.append)
    assert records_place(path, file, told.append) == "postgresql://ann@server/records"
    assert told == []


def test_an_older_file_without_the_part_has_its_default(path: Path) -> None:
    write(path, b'{"theme": "light"}')
    assert load(path) == (Settings(), [])


HOSTILE = {
    "empty": b"",
    "cut off": b'{"chain_delays": {"A1": {"median',
    "no object": b"[]",
    "binary": bytes(range(256)),
    "deep": b'{"chain_delays": ' + b"[" * 100_000,
    "not a number": msgspec.json.encode(Settings({"A1": DELAY})).replace(b"84.2", b"NaN"),
    "endless": msgspec.json.encode(Settings({"A1": DELAY})).replace(b"84.2", b"1e999"),
    "negative": msgspec.json.encode(Settings({"A1": DELAY})).replace(b"84.2", b"-1.0"),
    "long": msgspec.json.encode(Settings({"A" * 5000: DELAY})),
    "long address": msgspec.json.encode(Settings(records="postgresql://" + "a" * 5000)),
    "huge": b'{"x": "' + b"x" * MAX_BYTES + b'"}',
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_cannot_be_read_is_kept_aside_and_told(path: Path, content: bytes) -> None:
    write(path, content)
    found, (sentence,) = load(path)
    assert found == Settings()
    assert str(path) in sentence and sentence.endswith("It is kept as settings.json.damaged.")
    assert "\n" not in sentence
    assert not path.exists()
    assert path.with_name("settings.json.damaged").read_bytes() == content
    assert load(path) == (Settings(), [])


def test_what_is_no_file_is_not_followed(path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to("/dev/zero")
    found, (sentence,) = load(path)
    assert found == Settings() and "cannot be read" in sentence


@SAME_FOLDER
@given(st.binary(max_size=200))
def test_any_bytes_give_settings_and_at_most_one_sentence(path: Path, content: bytes) -> None:
    write(path, content)
    found, told = load(path)
    assert isinstance(found, Settings) and len(told) <= 1
