"""A process that is killed while a pair signs leaves the pair whole, or not there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SIGNERS = Path(__file__).parent / "killed_signers.py"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can be forked")
def test_fifty_killed_signers_leave_whole_pairs_and_a_sound_chain(address: Path | str) -> None:
    command = [sys.executable, str(SIGNERS), str(address)]
    path = {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | path
    )
    assert (done.returncode, done.stderr) == (0, "")
    counts = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    assert len(counts) == 50
    assert all(acknowledged >= 1 for acknowledged, _ in counts)
