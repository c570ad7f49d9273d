"""The same done with many sessions: on the cores of this computer, results in the given order.

What happens to one stops none of the others, whatever it is.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from guidance_app.session.errors import SessionError
from guidance_app.training.scoring import ScoreRefused

Result = TypeVar("Result")

ENDED = (
    "the process that worked on it was ended, by the system or by what is in it. "
    "Check that there is memory free, and the session with verify."
)


@dataclass(frozen=True, slots=True)
class Tried(Generic[Result]):
    """What came of one session: a result, or why there is none."""

    result: Result | None
    problem: str = ""
    """One sentence or two; empty where there is a result."""


Work = Callable[[Path], Result]
"""What is done with each; a function of a module, or a partial of one, so that it can be sent."""


def tried(work: Work[Result], path: Path) -> Tried[Result]:
    """Do it with one; nothing is raised: an error of the program is told of this one alone."""
    try:
        return Tried(work(path))
    except (SessionError, ScoreRefused) as refused:
        return Tried(None, str(refused))
    except Exception as error:  # supervises: the others go on
        return Tried(None, f"{path.name}: an error in the program ({type(error).__name__}).")


def on_cores(
    work: Work[Result],
    paths: Sequence[Path],
    workers: int | None = None,
    stop: Future[None] | None = None,
) -> Iterator[Tried[Result]]:
    """In the order of the paths; on all cores, or so many; one alone is done in this process.

    Whoever stops asking, is interrupted, or finishes `stop`, ends the processes at once.
    """
    count = min(workers or os.cpu_count() or 1, len(paths))
    if count <= 1:
        yield from _here(work, paths, stop)
        return
    done = 0
    while done < len(paths):
        try:
            with _processes(count) as pool:
                for future in [pool.submit(tried, work, path) for path in paths[done:]]:
                    result = _result(future, stop)
                    done += 1
                    yield result
        except BrokenProcessPool:
            yield _alone(work, paths[done])
            done += 1
        except _Stopped:
            return


class _Stopped(Exception):
    """Nobody waits any more."""


def _here(
    work: Work[Result], paths: Sequence[Path], stop: Future[None] | None
) -> Iterator[Tried[Result]]:
    for path in paths:
        if stop is not None and stop.done():
            return
        yield tried(work, path)


def _result(future: Future[Tried[Result]], stop: Future[None] | None) -> Tried[Result]:
    if stop is not None:
        either: list[Future[Any]] = [future, stop]
        wait(either, return_when=FIRST_COMPLETED)
        if stop.done():
            raise _Stopped
    return future.result()


def _alone(work: Work[Result], path: Path) -> Tried[Result]:
    """Of one whose process was ended, or another beside it: this tells which."""
    try:
        with _processes(1) as pool:
            return pool.submit(tried, work, path).result()
    except BrokenProcessPool:
        return Tried(None, f"{path.name}: {ENDED}")


@contextmanager
def _processes(count: int) -> Iterator[ProcessPoolExecutor]:
    """New ones, that share nothing with this; ended at once where not all was waited for."""
    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, context, _belong_to_parent)
    try:
        yield pool
    except BaseException:
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _belong_to_parent() -> None:
    """Ctrl+C reaches them too: who started them ends them. Without that one they end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
