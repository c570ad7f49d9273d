"""Asking devices ends in time, also when one of them hangs."""

import json
import subprocess
import sys

PROGRAM = """
import threading
from drivers.api.ports import VideoFormat
from drivers.attached import inspection, v4l2_offer

def ask(node):
    if node == "hangs":
        threading.Event().wait()
    if node == "fails":
        raise OSError("it is gone")
    if node == "stumbles":
        raise ZeroDivisionError
    return [VideoFormat("MJPG", 1280, 720, (30.0, 29.97))]

v4l2_offer.ask = ask
inspection.ANSWER_LIMIT_S = 1.0
inspection.main(["answers", "hangs", "fails", "stumbles"])
"""


def test_a_device_that_hangs_holds_up_none_of_the_others() -> None:
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answers = {line["node"]: line["formats"] for line in map(json.loads, done.stdout.splitlines())}
    assert answers == {
        "answers": [
            {"code": "MJPG", "width_px": 1280, "height_px": 720, "rates_hz": [30.0, 29.97]}
        ],
        "fails": [],
        "stumbles": None,
    }
