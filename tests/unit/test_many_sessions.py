"""The same done with many sessions: in order, whatever happens to one, and ended at once."""

import multiprocessing
import os
import select
import signal
import subprocess
import sys
from concurrent.futures import Future
from pathlib import Path

import pytest

from guidance_app.catalogue.many import Tried, on_cores
from guidance_app.session.errors import NotASession

LONGEST_S = 60


def work(path: Path) -> str:
    """By the name of the path: a result, a refusal, an error, or the end of the process."""
    kind, _, rest = path.name.partition("-")
    if kind == "refused":
        raise NotASession(f"{rest} is none.", "Choose another.")
    if kind == "wrong":
        raise KeyError(rest)
    if kind == "endless":
        signal.pause()
    if kind == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    return f"{rest} in {'this' if rest == 'alone' else os.getpid()}"


def done(*names: str, workers: int | None = 2) -> list[Tried[str]]:
    return list(on_cores(work, [Path(name) for name in names], workers))


def test_results_come_in_order_from_other_processes() -> None:
    names = [f"good-{number}" for number in range(20)]
    results = [one.result or "" for one in done(*names)]
    assert [one.split()[0] for one in results] == [str(number) for number in range(20)]
    assert str(os.getpid()) not in {one.split()[-1] for one in results}


def test_one_alone_needs_no_other_process() -> None:
    assert done("good-1", workers=None) == [Tried(f"1 in {os.getpid()}")]
    assert done() == []


def test_what_happens_to_one_stops_no_other() -> None:
    names = ["good-0", "refused-1", "wrong-2", "killed-3", "good-4", "killed-5", "good-6"]
    results = done(*names)
    assert [bool(one.result) for one in results] == [True, False, False, False, True, False, True]
    assert results[1].problem == "1 is none. Choose another."
    assert results[2].problem == "wrong-2: an error in the program (KeyError)."
    assert results[3].problem.startswith("killed-3: the process that worked on it was ended")
    assert results[5].problem.startswith("killed-5: ")


ENDLESS = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background has it ignored
from guidance_app.cli import main
import guidance_app.catalogue.rescoring as rescoring
from unit.test_many_sessions import wait
rescoring.score_path = wait
if __name__ == "__main__":
    sys.exit(main(["score", *sys.argv[1:], "--workers", "2"]))
"""


def wait(path: Path, options: object) -> None:
    """Tell the process, and be at work for longer than any test."""
    with path.with_name("begun").open("w") as begun:
        begun.write(f"{os.getpid()}\n")
    signal.pause()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no interrupt to one process")
def test_an_interrupt_ends_everything_at_once(tmp_path: Path) -> None:
    script, begun = tmp_path / "endless.py", tmp_path / "begun"
    script.write_text(ENDLESS)
    os.mkfifo(begun)
    tests = Path(__file__).resolve().parents[1]
    path = os.pathsep.join([str(tests), str(tests.parent), os.environ.get("PYTHONPATH", "")])
    surroundings = os.environ | {"XDG_DATA_HOME": str(tmp_path), "PYTHONPATH": path}
    command = [sys.executable, str(script), str(tmp_path / "a"), str(tmp_path / "b")]
    running = subprocess.Popen(
        command, env=surroundings, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    with begun.open("r+b", buffering=0) as told:  # does not wait for somebody to write
        processes = []
        while len(processes) < 2:
            assert select.select([told], [], [], LONGEST_S)[0], "no process has begun"
            processes.append(int(told.readline()))
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: all of them get it
    _, said = running.communicate(timeout=LONGEST_S)
    assert (running.returncode, said) == (1, "")
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_whoever_does_not_wait_any_more_ends_the_processes(tmp_path: Path) -> None:
    stop: Future[None] = Future()
    results = on_cores(work, [Path("good-0"), Path("endless-1"), Path("good-2")], 2, stop)
    assert next(results).result is not None
    stop.set_result(None)
    assert list(results) == []
    assert multiprocessing.active_children() == []
    assert list(on_cores(work, [Path("good-0")], 1, stop)) == []
