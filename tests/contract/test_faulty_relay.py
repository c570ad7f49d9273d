"""Faults on a wire: real sockets, and real video through them, on a clock that is moved by hand."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mjpeg_server import MjpegServer
from refusing import read_until_it_fails
from stream_servers import rtsp_server

from drivers.api.clock import ManualClock
from drivers.api.errors import DeviceError, Disconnected, NotFound, Timeout
from drivers.api.ports import VideoSource
from guidance_app.cli import FAILED, main
from simulators.fault_kinds import (
    Burst,
    Corrupt,
    Delay,
    Dribble,
    Fault,
    Jitter,
    SlowOpen,
    Stall,
    Unplug,
)
from simulators.fault_plan import FaultPlan
from simulators.servers.relay import FaultyRelay, WireFaults

Create = Callable[..., VideoSource]

SECOND_NS = 1_000_000_000
LIMIT_S = 20.0
"""Only what hangs gets here."""
COMMAND = "from guidance_app.cli import main; raise SystemExit(main())"
HEEDS_CTRL_C = "from signal import *; signal(SIGINT, default_int_handler)"
"""Also where the tests run in the background, which ignores it."""


def plan(*faults: Fault) -> FaultPlan:
    return FaultPlan("wire", faults, seed=3)


@dataclass
class Wire:
    """Both ends of a connection through a relay."""

    relay: FaultyRelay
    clock: ManualClock
    client: socket.socket
    device: socket.socket

    def advance(self, seconds: float) -> None:
        self.clock.advance(round(seconds * SECOND_NS))

    def say(self, data: bytes) -> None:
        """The device sends, and the relay has it."""
        self.device.sendall(data)
        self.wait(lambda: self.relay.counts.bytes_taken >= len(data))

    def wait(self, condition: Callable[[], bool]) -> None:
        pause = threading.Event()
        for _ in range(round(LIMIT_S * 200)):
            if condition():
                return
            pause.wait(0.005)
        pytest.fail("it did not happen")

    def hears_nothing(self) -> bool:
        """After the relay has looked again; the look that is going on may know an older time."""
        looks = self.relay.counts.looks
        self.wait(lambda: self.relay.counts.looks >= looks + 2)
        self.client.setblocking(False)
        try:
            return not self.client.recv(100)
        except BlockingIOError:
            return True
        finally:
            self.client.settimeout(LIMIT_S)

    def hears(self, count: int) -> bytes:
        return b"".join(iter_bytes(self.client, count))


def iter_bytes(client: socket.socket, count: int) -> Iterator[bytes]:
    while count:
        data = client.recv(count)
        if not data:
            return
        count -= len(data)
        yield data


@contextlib.contextmanager
def wire(*faults: Fault) -> Iterator[Wire]:
    clock = ManualClock(SECOND_NS)
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        listener.settimeout(LIMIT_S)
        relay = FaultyRelay(listener.getsockname(), plan(*faults), clock)
        stack.enter_context(relay)
        client = stack.enter_context(socket.create_connection(("127.0.0.1", relay.port), LIMIT_S))
        device, _ = listener.accept()
        device.settimeout(LIMIT_S)
        stack.enter_context(device)
        made = Wire(relay, clock, client, device)
        made.wait(lambda: relay.counts.connections == 1)
        yield made


def test_without_an_active_fault_bytes_pass_both_ways() -> None:
    with wire(Delay(at_s=100, delay_ms=5000)) as calm:
        calm.client.sendall(b"GET")
        assert calm.device.recv(100) == b"GET"
        calm.device.sendall(b"picture")
        assert calm.hears(7) == b"picture"
        calm.device.close()
        assert calm.client.recv(1) == b""
        assert calm.relay.counts.bytes_changed == 0


def test_a_delay_holds_bytes_back_and_loses_none() -> None:
    with wire(Delay(at_s=0, delay_ms=300)) as late:
        late.say(b"one")
        assert late.hears_nothing()
        late.advance(0.29)
        assert late.hears_nothing()
        late.advance(0.01)
        assert late.hears(3) == b"one"


def test_jitter_keeps_the_order() -> None:
    with wire(Jitter(at_s=0, jitter_ms=200)) as unsteady:
        for number in range(5):
            unsteady.device.sendall(bytes([number]) * 1024)
            unsteady.wait(lambda n=number: unsteady.relay.counts.bytes_taken == 1024 * (n + 1))
        unsteady.advance(0.2)
        assert unsteady.hears(5 * 1024)[::1024] == bytes(range(5))


def test_jitter_is_drawn_for_each_kilobyte_of_a_stream() -> None:
    faults = WireFaults(plan(Jitter(at_s=0, jitter_ms=200)))
    delays_ns = [faults.delay_ns(1024 * number, 0) for number in range(100)]
    assert 0 <= min(delays_ns) < 20_000_000 and 180_000_000 < max(delays_ns) <= 200_000_000
    assert delays_ns == [faults.delay_ns(1024 * number + 1023, 0) for number in range(100)]


def test_times_of_a_wire_are_those_of_its_plan() -> None:
    faults = WireFaults(
        plan(
            Delay(at_s=0, for_s=3, delay_ms=300),
            Delay(at_s=2, delay_ms=50),
            SlowOpen(at_s=4, for_s=1, delay_s=4),
            Stall(at_s=6, for_s=1),
        )
    )
    at_ns = [second * SECOND_NS for second in range(8)]
    assert [faults.delay_ns(0, t) // 1_000_000 for t in at_ns[:4]] == [300, 300, 350, 50]
    assert [faults.silence_ns(t) for t in at_ns[3:6]] == [0, 4 * SECOND_NS, 0]
    assert [faults.is_held(t) for t in at_ns[5:]] == [False, True, False]


@pytest.mark.parametrize("kind", [Stall, Burst])
def test_what_is_held_comes_all_at_once(kind: type[Stall | Burst]) -> None:
    with wire(kind(at_s=0, for_s=2)) as held:
        held.say(b"a" * 1000)
        held.advance(1.9)
        assert held.hears_nothing()
        held.advance(0.1)
        assert held.hears(1000) == b"a" * 1000


def test_a_dribble_is_one_byte_at_a_time() -> None:
    with wire(Dribble(at_s=0, interval_ms=10)) as slow:
        slow.say(b"abc")
        for letter in (b"a", b"b", b"c"):
            assert slow.client.recv(100) == letter
            assert slow.hears_nothing()
            slow.advance(0.01)


def test_a_connection_that_is_slow_to_be_taken_is_silent_at_first() -> None:
    with wire(SlowOpen(at_s=0, for_s=1, delay_s=4)) as slow:
        slow.say(b"hello")
        slow.advance(3.9)
        assert slow.hears_nothing()
        slow.advance(0.1)
        assert slow.hears(5) == b"hello"


def test_more_than_it_may_hold_back_is_left_with_the_device(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("simulators.servers.relay.HELD_BYTES", 1000)
    with wire(Stall(at_s=0, for_s=5)) as held:
        sender = threading.Thread(target=held.device.sendall, args=(b"x" * 10_000_000,))
        sender.start()
        held.wait(lambda: held.relay.counts.bytes_taken > 1000)
        held.advance(5)
        assert len(held.hears(10_000_000)) == 10_000_000
        sender.join()


def test_a_pulled_cable_cuts_connections_and_refuses_new_ones_until_it_is_back() -> None:
    with wire(Unplug(at_s=5, for_s=2)) as cut:
        cut.advance(5)
        assert cut.client.recv(1) == b""
        cut.wait(lambda: cut.relay.counts.cut == 1)
        cut.wait(lambda: not accepts(cut.relay.port))
        cut.advance(2)
        cut.wait(lambda: accepts(cut.relay.port))


def accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), LIMIT_S).close()
    except ConnectionRefusedError:
        return False
    return True


def test_a_device_that_is_not_there_ends_the_connection(free_port: int) -> None:
    with (
        FaultyRelay(("127.0.0.1", free_port), plan(), ManualClock()) as relay,
        socket.create_connection(("127.0.0.1", relay.port), LIMIT_S) as client,
    ):
        assert client.recv(1) == b""


@given(
    data=st.binary(min_size=1, max_size=5000),
    cuts=st.lists(st.integers(0, 5000), max_size=6),
)
def test_which_bytes_are_changed_does_not_depend_on_how_they_arrive(
    data: bytes, cuts: list[int]
) -> None:
    faults = WireFaults(plan(Corrupt(at_s=0, probability=0.8)))
    whole = faults.changed(data, 0, 0)
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    parts = [faults.changed(data[a:b], a, 0) for a, b in pairwise(edges)]
    assert b"".join(parts) == whole
    changed = [n for n, (a, b) in enumerate(zip(data, whole, strict=True)) if a != b]
    assert len({n // 1024 for n in changed}) == len(changed)  # at most one of each kilobyte


def test_network_video_through_a_relay_that_is_unplugged(create: Create) -> None:
    clock = ManualClock(SECOND_NS)
    with (
        MjpegServer() as camera,
        FaultyRelay(("127.0.0.1", camera.port), plan(Unplug(at_s=5, for_s=2)), clock) as relay,
    ):
        source = create(f"http://{relay.address}/video")
        source.open()
        levels = [int(source.read().pixels[0, 0]) for _ in range(3)]
        assert levels == list(range(levels[0], levels[0] + 3))
        clock.advance(5 * SECOND_NS)
        assert isinstance(read_until_it_fails(source), Disconnected)
        source.close()
        with pytest.raises(NotFound, match="nothing is sending video"):
            source.open()
        clock.advance(2 * SECOND_NS)
        open_at_last(source)
        assert source.read().stamp.sequence == 0
        source.close()


def test_network_video_over_a_wire_that_stalls(create: Create) -> None:
    clock = ManualClock(SECOND_NS)
    with (
        MjpegServer() as camera,
        FaultyRelay(("127.0.0.1", camera.port), plan(Stall(at_s=5, for_s=9)), clock) as relay,
    ):
        source = create(f"http://{relay.address}/video")
        source.open()
        source.read()
        clock.advance(5 * SECOND_NS)
        assert isinstance(read_until_it_fails(source), Timeout)
        source.close()


def test_network_video_over_a_wire_that_changes_bytes_goes_on(create: Create) -> None:
    noisy = plan(Corrupt(at_s=0, probability=0.3))
    with (
        MjpegServer() as camera,
        FaultyRelay(("127.0.0.1", camera.port), noisy, ManualClock()) as relay,
    ):
        source = create(f"http://{relay.address}/video")
        read_after_a_change = 0
        for _ in range(3):
            with contextlib.suppress(DeviceError):  # said in a sentence, never a crash
                source.open()
                for _ in range(60):
                    source.read()
                    read_after_a_change += relay.counts.bytes_changed > 0
            source.close()
        assert read_after_a_change > 20


def test_rtsp_through_a_relay(create: Create) -> None:
    with rtsp_server() as url:
        port = int(url.rpartition(":")[2].partition("/")[0])
        with FaultyRelay(("127.0.0.1", port), plan(Dribble(at_s=900, interval_ms=1))) as relay:
            source = create(f"rtsp://{relay.address}/stream")
            open_at_last(source)
            assert [source.read().stamp.sequence for _ in range(3)] == [0, 1, 2]
            source.close()


def open_at_last(source: VideoSource) -> None:
    """The relay notices the clock within a moment; a busy computer may need longer than open()."""
    pause, deadline_s = threading.Event(), time.monotonic() + LIMIT_S
    while time.monotonic() < deadline_s:
        try:
            source.open()
            return
        except (NotFound, Timeout):
            pause.wait(0.01)
    pytest.fail("it was not opened")


def test_the_command_prints_its_address_first_and_serves_until_it_is_stopped(
    create: Create,
) -> None:
    with MjpegServer() as camera:
        command = [sys.executable, "-c", f"{HEEDS_CTRL_C}; {COMMAND}", "simulate", "relay"]
        arguments = ["--to", f"127.0.0.1:{camera.port}", "--faults", "bad-cable"]
        with subprocess.Popen(
            [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as relay:
            assert relay.stdout is not None and relay.stderr is not None
            address = relay.stdout.readline().strip()
            source = create(f"http://{address}/video")
            source.open()
            source.read()
            source.close()
            os.kill(relay.pid, signal.SIGINT)
            assert relay.stderr.read() == "guidance: left out on a wire: drop, tear\n"
        assert relay.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "127.0.0.1:9", "--faults", "black-screen"], "holds no fault of a wire"),
        (["--to", "127.0.0.1:9", "--faults", "absent.yaml"], "Name a file, or one of the drills"),
    ],
)
def test_a_relay_without_a_fitting_plan_is_refused(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", "relay", *arguments]) == FAILED
    assert said in capsys.readouterr().err


def test_a_port_that_is_taken_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        arguments = ["--to", "127.0.0.1:9", "--faults", "no-signal", "--port", port]
        assert main(["simulate", "relay", *arguments]) == FAILED
    assert f"The port {port}: it cannot be used" in capsys.readouterr().err


@pytest.mark.parametrize("to", ["host", "host:", ":80", "host:0", "host:70000"])
def test_an_address_to_relay_to_has_host_and_port(
    to: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["simulate", "relay", "--to", to, "--faults", "unplug"])
    assert "PORT" in capsys.readouterr().err
