"""What pictures took goes back to the system, whatever small objects were made between them."""

import subprocess
import sys

import pytest

PROGRAM = """
import numpy as np
from pathlib import Path
from guidance_app.picture_memory import give_back_pictures

def resident_mib():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

give_back_pictures()
del_first = np.ones(2 << 20, np.uint8)
del del_first
before, kept = resident_mib(), []
for _ in range(60):
    picture = np.ones(2 << 20, np.uint8)
    kept.append((picture, bytearray(5000)))
kept = [small for _, small in kept]
del picture
print(resident_mib() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the setting is glibc's")
def test_pictures_that_were_dropped_take_no_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert float(done.stdout) < 20  # of 120
