"""Real child processes that deliver, hang, crash, are killed and outlive nobody."""

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from drivers.api.clock import ManualClock, SystemClock
from drivers.api.errors import Busy, DeviceError, Disconnected, Timeout
from drivers.api.ports import Clock, SourceInfo
from drivers.api.samples import Origin, PixelFormat
from drivers.isolation.memory import SLOTS
from drivers.isolation.reader import Opened, ReaderSpec
from drivers.isolation.source import IsolatedSource

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
ENDED_LIMIT_S = 20.0
"""Far beyond what the end of a process takes: only one that goes on gets here."""


class ScriptedDevice:
    """A device behind a reader of scripted_readers."""

    title = "The scripted device"

    def __init__(self, reader: str, **parameters: str | int | float) -> None:
        self._spec = ReaderSpec(f"scripted_readers:{reader}", parameters)
        self.looks = 0

    def locate(self) -> ReaderSpec:
        return self._spec

    def confirm(self, opened: Opened) -> SourceInfo:
        origin, rate_hz = Origin.DEVICE, opened.rate_hz
        return SourceInfo("scripted:1", "Scripted", None, origin, rate_hz, format=opened.format)

    def look(self) -> None:
        self.looks += 1

    def explain(self, failure: DeviceError) -> DeviceError:
        return failure


@pytest.fixture
def make() -> Iterator[Callable[..., IsolatedSource]]:
    """Makes unopened sources, and closes them when the test ends."""
    with ExitStack() as stack:

        def build(
            reader: str = "Numbered", clock: Clock | None = None, **parameters: str | int | float
        ) -> IsolatedSource:
            device = ScriptedDevice(reader, **parameters)
            source = IsolatedSource(device, clock or SystemClock())
            stack.callback(source.close)
            return source

        yield build


def end_of(source: IsolatedSource) -> DeviceError:
    """What ends reading."""
    with pytest.raises(DeviceError) as raised:
        while True:
            source.read()
    return raised.value


def assert_ended(pid: int) -> None:
    """The process is over, or gets over soon."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    with os.fdopen(descriptor) as process:
        assert wait_readable(process.fileno())


def wait_readable(descriptor: int) -> bool:
    return bool(select.select([descriptor], [], [], ENDED_LIMIT_S)[0])


@pytest.mark.parametrize("colour", [0, 1])
def test_each_picture_arrives_whole_with_its_stamp(
    make: Callable[..., IsolatedSource], colour: int
) -> None:
    source = make(colour=colour, width_px=1920, height_px=1080, rate_hz=60.0)
    info = source.open()
    assert info.format is not None and info.format.width_px == 1920
    frames = [source.read() for _ in range(30)]
    for frame in frames:
        assert frame.pixel_format is (PixelFormat.BGR24 if colour else PixelFormat.GRAY8)
        assert np.all(frame.pixels == frame.stamp.sequence % 256)
        assert frame.stamp.device_ns == frame.stamp.sequence * 1000
    assert all(b.stamp.arrival_ns > a.stamp.arrival_ns for a, b in pairwise(frames))


def test_stamps_are_of_the_clock_that_this_process_reads(
    make: Callable[..., IsolatedSource],
) -> None:
    clock, source = SystemClock(), make()
    before_ns = clock.now_ns()
    source.open()
    arrival_ns = source.read().stamp.arrival_ns
    assert before_ns < arrival_ns < clock.now_ns()


def test_a_count_that_begins_anywhere_begins_at_zero_here(
    make: Callable[..., IsolatedSource],
) -> None:
    source = make(start=2**32 + 7)
    source.open()
    assert [source.read().stamp.sequence for _ in range(3)] == [0, 1, 2]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes of this kind")
def test_pictures_that_nobody_takes_are_lost_as_a_gap_and_newer_ones_follow(
    make: Callable[..., IsolatedSource], tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    source = make("Paused", pipe=str(pipe))
    source.open()
    with pipe.open("w"):  # opens when the child has made 100 pictures
        assert [source.read().stamp.sequence for _ in range(SLOTS)] == list(range(SLOTS))
    assert source.read().stamp.sequence >= 100


def test_damaged_pictures_are_left_out_and_counted(make: Callable[..., IsolatedSource]) -> None:
    source = make("Damaged")
    source.open()
    frames = [source.read() for _ in range(20)]
    assert all(frame.stamp.sequence % 3 != 1 for frame in frames)
    assert all(np.all(frame.pixels == frame.stamp.sequence % 256) for frame in frames)


def test_a_change_of_size_comes_with_the_picture(make: Callable[..., IsolatedSource]) -> None:
    source = make("Growing", rate_hz=100.0)
    source.open()
    for frame in [source.read() for _ in range(10)]:
        large = frame.stamp.sequence % 2
        assert frame.pixels.shape == ((60, 80, 3) if large else (48, 64))
        assert np.all(frame.pixels == frame.stamp.sequence % 256)


@pytest.mark.parametrize(
    ("then", "kind", "words"),
    [
        ("hang", Timeout, "does not answer"),
        ("abort", Disconnected, "crashed"),
        ("segfault", Disconnected, "crashed"),
        ("raise", Disconnected, "RuntimeError: a line and another"),
        ("unplugged", Disconnected, "unplugged"),
    ],
)
def test_what_befalls_the_child_is_told_and_it_can_be_started_again(
    make: Callable[..., IsolatedSource],
    monkeypatch: pytest.MonkeyPatch,
    then: str,
    kind: type[DeviceError],
    words: str,
) -> None:
    if then == "hang":
        monkeypatch.setattr("drivers.isolation.source.HEARTBEAT_LIMIT_S", 1.0)
    source = make(count=3, then=then)
    for _ in range(2):
        source.open()
        pid = source.pid
        error = end_of(source)
        assert type(error) is kind and words in str(error)
        assert "\n" not in str(error)
        source.close()
        assert pid is not None
        assert_ended(pid)


def test_the_device_looks_around_once_a_second_while_it_is_read() -> None:
    clock, device = ManualClock(), ScriptedDevice("Numbered")
    source = IsolatedSource(device, clock)
    source.open()
    try:
        seen = []
        for _ in range(6):
            source.read()
            seen.append(device.looks)
            clock.advance(500_000_000)
    finally:
        source.close()
    assert seen == [1, 1, 2, 2, 3, 3]


@pytest.mark.parametrize(("then", "words"), [("silent", "no pictures"), ("no signal", "no signal")])
def test_a_device_without_pictures_is_given_up(
    make: Callable[..., IsolatedSource], then: str, words: str
) -> None:
    class Rushing(ManualClock):
        """Each look at it is a second later."""

        def now_ns(self) -> int:
            self.advance(1_000_000_000)
            return super().now_ns()

    source = make(count=1, then=then, clock=Rushing())
    source.open()
    error = end_of(source)
    assert type(error) is Timeout and words in str(error)


@pytest.mark.parametrize(
    ("reader", "kind", "words"),
    [
        ("CrashesWhileOpening", Disconnected, "crashed"),
        ("SendsNothing", Timeout, "no signal at its input"),
        ("IsBusy", Busy, "another program uses it"),
        ("ThatDoesNotExist", Disconnected, "AttributeError"),
    ],
)
def test_opening_that_fails_is_told(
    make: Callable[..., IsolatedSource], reader: str, kind: type[DeviceError], words: str
) -> None:
    source = make(reader)
    with pytest.raises(kind, match=words):
        source.open()
    assert source.pid is None


def test_a_child_that_hangs_while_opening_is_killed(
    make: Callable[..., IsolatedSource], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.isolation.source.OPEN_LIMIT_S", 2.0)
    source = make("HangsWhileOpening")
    with pytest.raises(Timeout, match="does not answer"):
        source.open()
    assert source.pid is None


def test_a_child_that_does_not_start_is_not_blamed_on_the_device(
    make: Callable[..., IsolatedSource], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.isolation.source.START_LIMIT_S", 0.5)
    source = make("HangsWhileStarting")
    with pytest.raises(Timeout, match="this program that reads it does not start"):
        source.open()
    assert source.pid is None


def test_nonsense_from_a_child_is_not_believed(make: Callable[..., IsolatedSource]) -> None:
    source = make("SpeaksNonsense")
    source.open()
    assert "crashed" in str(end_of(source))


def test_a_killed_child_is_told_at_once(make: Callable[..., IsolatedSource]) -> None:
    source = make()
    source.open()
    source.read()
    assert source.pid is not None
    os.kill(source.pid, signal.SIGKILL)
    assert type(end_of(source)) is Disconnected


def test_interrupt_ends_a_blocked_read_and_the_child(make: Callable[..., IsolatedSource]) -> None:
    source = make(count=1, then="silent")
    source.open()
    source.read()
    pid = source.pid
    errors: list[DeviceError] = []
    reader = threading.Thread(target=lambda: errors.append(end_of(source)))
    reader.start()
    source.interrupt()
    reader.join(ENDED_LIMIT_S)
    assert not reader.is_alive()
    assert isinstance(errors[0], Disconnected) and "stopped" in str(errors[0])
    assert pid is not None
    assert_ended(pid)
    with pytest.raises(Disconnected):
        source.open()


def test_interrupt_ends_opening(make: Callable[..., IsolatedSource]) -> None:
    source = make("HangsWhileOpening")
    errors: list[DeviceError] = []

    def open_it() -> None:
        with pytest.raises(DeviceError) as raised:
            source.open()
        errors.append(raised.value)

    opener = threading.Thread(target=open_it)
    opener.start()
    source.interrupt()
    opener.join(ENDED_LIMIT_S)
    assert not opener.is_alive()
    assert isinstance(errors[0], Disconnected) and "stopped" in str(errors[0])


@linux_only
def test_nothing_grows_over_fifty_openings(make: Callable[..., IsolatedSource]) -> None:
    def held() -> tuple[int, int]:
        maps = Path("/proc/self/maps").read_text()
        return len(list(Path("/proc/self/fd").iterdir())), maps.count("guidance-pictures")

    source, before, shared = make(), held(), shared_memory()
    for _ in range(50):
        source.open()
        source.read()
        source.close()
    assert held() == before
    assert shared_memory() == shared


SHORT_OF_DESCRIPTORS = """
import os, resource, threading
from drivers.isolation.memory import create_memory
from drivers.isolation.process import ReaderProcess
from drivers.isolation.reader import ReaderSpec

def held():
    return sorted(os.listdir("/proc/self/fd"))

spec, before, failures = ReaderSpec("scripted_readers:Numbered"), held(), 0
highest = max(int(name) for name in before)
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
for more in range(20):
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + more, hard))
    try:
        process = ReaderProcess(spec)
    except OSError:
        failures += 1
    else:
        process.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    assert held() == before, (more, before, held())
print(failures)
"""


@linux_only
def test_a_start_that_fails_halfway_keeps_no_descriptor() -> None:
    command = [sys.executable, "-c", SHORT_OF_DESCRIPTORS]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert 5 < int(done.stdout) < 20


BEATS_TO_NOBODY = """
import socket
from drivers.isolation import child
from drivers.isolation.memory import create_memory
from drivers.isolation.reader import Waiting

child.BEAT_S = 0.0
ours, theirs = socket.socketpair()
link = child.Link(theirs, create_memory()[0])
for _ in range(20_000):
    link.beat(Waiting.SILENT)
print(len(ours.recv(1_000_000)) % len(child.pack(Waiting.SILENT)), flush=True)
"""


def test_a_parent_that_reads_nothing_does_not_hold_up_the_child() -> None:
    command = [sys.executable, "-c", BEATS_TO_NOBODY]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, timeout=60.0
    )
    assert done.stdout == "0\n", done.stderr


PARENT = """
import sys, threading
from test_isolated_source import ScriptedDevice
from drivers.isolation.source import IsolatedSource
from drivers.api.clock import SystemClock
source = IsolatedSource(ScriptedDevice(sys.argv[1], count=3, then=sys.argv[2]), SystemClock())
source.open()
source.read()
print(source.pid, flush=True)
threading.Event().wait()
"""


@linux_only
@pytest.mark.parametrize("then", ["silent", "hang"])
def test_a_child_ends_when_its_parent_is_killed(then: str) -> None:
    shared = shared_memory()
    command = [sys.executable, "-c", PARENT, "Numbered", then]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    assert_ended(pid)
    assert shared_memory() == shared


def shared_memory() -> set[str]:
    """What has a name in shared memory, of this program or of Python; others come and go."""
    names = {file.name for file in Path("/dev/shm").iterdir()}
    return {name for name in names if name.startswith(("guidance", "psm_", "sem.mp", "pym-"))}


@linux_only
def test_a_child_keeps_none_of_the_files_of_its_parent(
    make: Callable[..., IsolatedSource], tmp_path: Path
) -> None:
    with (tmp_path / "patients.db").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        first, second = make(), make()
        first.open()
        second.open()
        second.read()
        held = {str(link.readlink()) for link in Path(f"/proc/{second.pid}/fd").iterdir()}
    assert not any("patients.db" in name for name in held)
    assert sum(name.startswith("socket:") for name in held) == 1
