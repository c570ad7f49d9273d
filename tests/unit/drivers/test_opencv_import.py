"""Importing OpenCV must not change the environment that Qt and child processes see."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
NAMES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR", "LD_LIBRARY_PATH")
REPORT = """
import os
before = dict(os.environ)
from drivers.opencv import cv2
assert dict(os.environ) == before, set(os.environ.items()) ^ set(before.items())
print(cv2.getNumThreads())
"""


@pytest.mark.parametrize("value", [None, "/somewhere"], ids=["unset", "set"])
def test_the_environment_stays_as_it_was(value: str | None) -> None:
    environment = {name: text for name, text in os.environ.items() if name not in NAMES}
    if value is not None:
        environment |= dict.fromkeys(NAMES, value)
    command = [sys.executable, "-c", REPORT]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.stderr, done.stdout.split()) == ("", ["1"])
