"""Records on a server, named in the settings: every part of the application uses them."""

import json
import queue
from contextlib import closing
from pathlib import Path

import pytest
from hurried_clock import HurriedClock
from postgres_server import PostgresServer

from guidance_app import config
from guidance_app.cli import DONE, FAILED, main
from guidance_app.diagnosis.findings import Outcome
from guidance_app.diagnosis.storage import check_records
from guidance_app.records.database import Records
from guidance_app.records.errors import RecordsError
from guidance_app.records.staff import StaffMember
from guidance_app.records_in_use import RecordsInUse

Capture = pytest.CaptureFixture[str]
TOLD_WITHIN_S = 30.0


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer on which nothing was kept yet."""
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))


def settle_on(address: str) -> None:
    """As whoever looks after the computer writes it."""
    path = config.settings_file()
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"records": address}), encoding="utf-8")


def test_people_are_registered_on_the_server_and_the_chain_there_is_verified(
    on_postgresql: str, capsys: Capture
) -> None:
    settle_on(on_postgresql)
    assert main(["people", "add", "OP-1", "Ada", "--role", "operator"]) == DONE
    with closing(Records.open(on_postgresql)) as records:
        assert records.people() == (StaffMember("OP-1", "Ada"),)
        head = records.verify_audit().head
    capsys.readouterr()
    assert main(["audit", "verify"]) == DONE
    assert f"ok: {head.seq} entries intact" in capsys.readouterr().out
    assert not config.records_file().exists()


def test_the_option_goes_before_the_settings(on_postgresql: str, capsys: Capture) -> None:
    settle_on(on_postgresql)
    absent = config.records_file().with_name("absent.sqlite")
    assert main(["audit", "verify", "--records", str(absent)]) == FAILED
    assert str(absent) in capsys.readouterr().err


def test_the_diagnosis_asks_the_server(on_postgresql: str, server: PostgresServer) -> None:
    assert check_records(on_postgresql).outcome is Outcome.OK
    server.stop()
    try:
        away = check_records(on_postgresql)
    finally:
        server.start()
    assert away.outcome is Outcome.FAILED and "cannot be reached" in away.what
    assert away.advice.startswith("Check the network and the server.")


@pytest.mark.parametrize("command", [["people", "list"], ["audit", "verify"]])
def test_a_password_in_the_settings_is_refused_and_not_shown(
    command: list[str], capsys: Capture
) -> None:
    settle_on("postgresql://ann:s3cr3t@server/records")
    assert main(command) == FAILED
    said = capsys.readouterr()
    assert "holds a password. Take it out" in said.err
    assert "s3cr3t" not in said.out + said.err
    assert not config.records_file().exists()


def test_a_window_whose_server_is_away_is_told_and_goes_on(
    on_postgresql: str, server: PostgresServer
) -> None:
    told: queue.Queue[str] = queue.Queue()
    records = RecordsInUse(on_postgresql, HurriedClock(), told.put, lambda: None, told.put)
    server.stop()
    try:
        records.start()
        sentences = sorted(told.get(timeout=TOLD_WITHIN_S) for _ in range(2))
        assert sentences[0].startswith("Competence is not known. The server of the records")
        assert sentences[1].startswith("The server of the records database postgresql://postgres@")
        assert records.staff.by_code is None
        assert records.test().result().outcome is Outcome.FAILED
        refused = records.staff.check_pin("OP-1", "2468").exception()
        assert isinstance(refused, RecordsError) and "cannot be reached" in str(refused)
    finally:
        server.start()
    assert records.test().result().outcome is Outcome.OK
    records.stop()
