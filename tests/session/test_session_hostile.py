"""Sessions made to harm: each command refuses or lists, at once and with little memory."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hostile_sessions import HOSTILE, make_hostile
from recordings import record

HERE = Path(__file__).parent
CPU_S = 2.0
PEAK_MIB = 256
SAID = "what was here before"

Measured = dict[str, dict[str, dict[str, object]]]
"""What the child said, by session and command."""


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "canary").write_text(SAID)
    base = record(folder / "base", 2, seal=False).path
    paths = [make_hostile(name, base, folder) for name in HOSTILE]
    search = os.pathsep.join([str(HERE.parents[1]), str(HERE)])
    command = [sys.executable, str(HERE / "hostile_child.py"), *map(str, paths)]
    env = {**os.environ, "PYTHONPATH": search}
    ran = subprocess.run(command, capture_output=True, text=True, env=env, check=True)
    found: Measured = {name.replace(" ", "-"): {} for name in HOSTILE}
    for line in ran.stdout.splitlines():
        one = json.loads(line)
        found[one["session"]][one["command"]] = one
    assert (folder / "canary").read_text() == SAID
    assert sorted(path.name for path in folder.iterdir() if path.suffix != ".session") == [
        "base",
        "canary",
    ]
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork on Windows")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_session_is_refused_at_once(measured: Measured, name: str) -> None:
    commands = measured[name.replace(" ", "-")]
    assert list(commands) == ["info", "verify", "score", "replay", "recover"]
    for command, one in commands.items():
        assert one["status"] in (0, 1, 3), (command, one)
        assert "Traceback" not in str(one["text"])
        assert one["cpu_s"] < CPU_S, (command, one)  # type: ignore[operator]
        assert one["peak_mib"] < PEAK_MIB, (command, one)  # type: ignore[operator]
    assert HOSTILE[name][1] in str(commands["verify"]["text"])
    assert commands["verify"]["status"] == 1
