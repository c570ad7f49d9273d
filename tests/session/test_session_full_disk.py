"""A real file system that runs full: the recording closes itself, whole and sealed."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from guidance_app.session.reader import SessionReader
from guidance_app.session.verify import verify

HERE = Path(__file__).parent
MIB = 1 << 20
IMAGE_BYTES = 1400 * MIB
"""Sparse: what is only reserved in it takes no room here."""
MEMORY_BYTES = 96 * MIB


def run_on(mount: str, folder: Path, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command with a file system of its own at `folder`, which ends with it."""
    alone = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "-Urm"]
    script = f'{mount} "$0" && exec "$@"'
    search = os.pathsep.join(map(str, (HERE.parents[1], HERE.parent, HERE)))
    return subprocess.run(
        [*alone, "sh", "-c", script, str(folder), *command],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": search},
        check=False,
    )


def skip_unless_mounted(mount: str, folder: Path) -> None:
    if sys.platform != "linux" or shutil.which("unshare") is None:
        pytest.skip("file systems can only be mounted for a test on Linux")
    tried = run_on(mount, folder, ["true"])
    if tried.returncode:
        pytest.skip(f"mounting is not allowed here: {tried.stderr.strip()}")


def ext4_image(folder: Path) -> str:
    """How an ext4 of 1.4 GiB is mounted, made in a sparse file."""
    if shutil.which("mkfs.ext4", path=f"{os.environ['PATH']}:/sbin:/usr/sbin") is None:
        pytest.skip("mkfs.ext4 is not installed")
    image = folder / "image"
    with image.open("xb") as file:
        file.truncate(IMAGE_BYTES)
    make = ["mkfs.ext4", "-q", "-m", "0", "-J", "size=4", str(image)]
    search = f"{os.environ['PATH']}:/sbin:/usr/sbin"
    subprocess.run(make, check=True, env={**os.environ, "PATH": search})
    return f"mount -o loop '{image}'"


@pytest.mark.parametrize("kind", ["ext4", "tmpfs"])
def test_a_disk_that_runs_full_closes_the_recording(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ext4_image(tmp_path) if kind == "ext4" else f"mount -t tmpfs -o size={MEMORY_BYTES} no"
    skip_unless_mounted(mount, folder)
    missing_bytes = 0 if kind == "ext4" else 2 * IMAGE_BYTES
    child = [sys.executable, str(HERE / "full_disk_child.py")]
    ran = run_on(mount, folder, [*child, str(folder), str(tmp_path), str(missing_bytes)])
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert "Video is no longer recorded" in said["low"]
    assert said["fault"].startswith("The disk is full, so the recording was closed. Everything up")
    assert said["free_again"]
    assert said["acknowledged"] > 100
    path = tmp_path / said["session"]
    assert verify(path)["ok"]
    with SessionReader(path) as reader:
        assert reader.manifest.sealed is not None
        assert not reader.manifest.recovered
        events = [event.index for event in reader.engine_events()]
        assert [record.why_lost for record in reader.frames] == ["", "disk full"]
        assert [fault.text for fault in reader.faults] == [said["low"], said["fault"]]
    assert events == list(range(said["acknowledged"]))
