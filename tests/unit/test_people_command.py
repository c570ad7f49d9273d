"""`guidance people`: registering, what is told, and what is refused."""

import json
from pathlib import Path

import pytest

from guidance_app.cli import DONE, FAILED, main

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer on which nobody is registered yet."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))


def people(*arguments: str) -> int:
    return main(["people", *arguments])


def test_somebody_is_registered_with_what_they_hold(capsys: Capture) -> None:
    assert people("add", "OP-1", "Ada “Ünal” Ö", "--role", "operator", "--role", "trainer") == DONE
    certificate = ("--scheme", "EFSUMB", "--level", "2", "--issued", "2024-05-01")
    assert people("certificate", "OP-1", *certificate, "--expires", "2029-05-01") == DONE
    assert people("course", "OP-1", "--topic", "us", "--taken", "2025-04-01") == DONE
    capsys.readouterr()
    assert people("list") == DONE
    assert capsys.readouterr().out.splitlines() == [
        "OP-1  Ada “Ünal” Ö: operator, trainer",
        "    certificate  EFSUMB level 2, us, until 2029-05-01",
        "    course       us, 2025-04-01",
    ]
    assert people("list", "--json") == DONE
    (person,) = json.loads(capsys.readouterr().out)
    assert (person["code"], person["name"]) == ("OP-1", "Ada “Ünal” Ö")
    assert person["certificates"][0]["issued"] == "2024-05-01"


def test_roles_are_replaced(capsys: Capture) -> None:
    assert people("add", "SU-1", "Grace", "--role", "operator") == DONE
    assert people("roles", "SU-1", "--role", "supervisor") == DONE
    assert capsys.readouterr().out.splitlines()[-1] == "SU-1  Grace: supervisor"


def test_a_pin_is_typed_twice_and_never_shown(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = iter(["2468", "2468", "2468", "8642", "12", "12"])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    people("add", "OP-1", "Ada", "--role", "operator")
    assert people("pin", "OP-1") == DONE
    assert people("pin", "OP-1") == FAILED
    assert people("pin", "OP-1") == FAILED
    shown = capsys.readouterr()
    assert "OP-1 has a new PIN." in shown.out
    assert "The two differ. Nothing was changed." in shown.err
    assert "4 to 12 digits" in shown.err
    assert not any(pin in shown.out + shown.err for pin in ("2468", "8642"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("roles", "XX-9", "--role", "operator"),
        ("course", "XX-9", "--topic", "us", "--taken", "2025-04-01"),
        ("add", "OP-1", "Somebody else", "--role", "operator"),
        ("add", "op-1", "Somebody else", "--role", "operator"),
        ("course", "OP-1", "--topic", "sonar", "--taken", "2025-04-01"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    arguments: tuple[str, ...], capsys: Capture
) -> None:
    people("add", "OP-1", "Ada", "--role", "operator")
    capsys.readouterr()
    assert people(*arguments) == FAILED
    assert capsys.readouterr().err.startswith("guidance: ")


def test_an_unknown_code_is_refused_before_a_pin_is_asked_for(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getpass", lambda prompt: pytest.fail("a PIN was asked for"))
    assert people("pin", "XX-9") == FAILED
    assert "Nobody is registered here under the code XX-9." in capsys.readouterr().err


def test_the_end_of_the_input_is_no_pin(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def end(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", end)
    people("add", "OP-1", "Ada", "--role", "operator")
    assert people("pin", "OP-1") == FAILED
    assert "guidance: No PIN was typed. Nothing was changed." in capsys.readouterr().err


def test_somebody_leaves_and_comes_back(capsys: Capture) -> None:
    people("add", "OP-1", "Ada", "--role", "operator")
    assert people("deactivate", "OP-1") == DONE
    assert capsys.readouterr().out.splitlines()[-1] == "OP-1  Ada: not active"
    assert people("activate", "OP-1") == DONE
    assert capsys.readouterr().out.splitlines()[-1] == "OP-1  Ada: operator"
    assert people("deactivate", "XX-9") == FAILED


def test_what_has_expired_says_so(capsys: Capture) -> None:
    people("add", "OP-1", "Ada", "--role", "operator")
    days = ("--taken", "2019-01-01", "--expires", "2020-01-01")
    assert people("course", "OP-1", "--topic", "us", *days) == DONE
    assert "    course       us, 2019-01-01, EXPIRED on 2020-01-01" in capsys.readouterr().out


def test_a_day_that_is_none_is_refused(capsys: Capture) -> None:
    with pytest.raises(SystemExit):
        people("course", "OP-1", "--topic", "us", "--taken", "yesterday")
    assert "write 2026-11-26" in capsys.readouterr().err


def test_nobody_yet_says_how_to_begin(capsys: Capture) -> None:
    assert people("list") == DONE
    assert "guidance people add" in capsys.readouterr().out
