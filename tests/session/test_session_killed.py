"""A recording process that is killed loses nothing that it had acknowledged."""

import sys
from pathlib import Path
from random import Random

import numpy as np
import pytest
from killed_recordings import FOOTAGE, check, kill_one, real_pictures, recordings_of

KILLS = 12


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork on Windows")
def test_a_kill_at_any_moment_loses_nothing_acknowledged(tmp_path: Path, shared_data: Path) -> None:
    pictures = real_pictures(shared_data / FOOTAGE, 20, 240, 320)
    assert np.ptp(pictures) > 100
    random = Random(1)
    with recordings_of(pictures, tmp_path) as parent:
        losses = [check(kill_one(parent, random), pictures) for _ in range(KILLS)]
        assert parent.stdin is not None
        parent.stdin.close()
    assert sum(loss.events for loss in losses) == 0
    assert sum(loss.frames for loss in losses) == 0
    assert max(loss.unknown_frames for loss in losses) <= 1
    assert not all(loss.sealed for loss in losses)
