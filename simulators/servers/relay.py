"""A TCP relay that puts the wire part of a fault plan into what a device sends."""

import contextlib
import operator
import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from drivers.api.clock import SystemClock
from drivers.api.ports import Clock
from simulators.fault_kinds import Burst, Corrupt, Delay, Dribble, Jitter, Stall, Unplug
from simulators.fault_plan import FaultPlan

HOST = "127.0.0.1"
TICK_S = 0.02
"""A clock that is moved by hand wakes nobody, so that it is looked at this often."""
CHUNK_BYTES = 1 << 16
HELD_BYTES = 4 << 20
"""With so much held back nothing more is read, and the device meets a wire that is full."""
PATIENCE_S = 1.0
BLOCK_BYTES = 1024
_MS = 1_000_000


@dataclass(slots=True)
class RelayCounts:
    """What the relay did so far."""

    connections: int = 0
    cut: int = 0
    """Connections ended because the plan pulled the cable."""
    bytes_taken: int = 0
    bytes_changed: int = 0
    looks: int = 0
    """How often it looked at its clock and sent what was due."""


class WireFaults:
    """What a plan does to bytes, by their place in the stream; no socket and no waiting."""

    def __init__(self, plan: FaultPlan) -> None:
        self._plan = plan

    def changed(self, data: bytes, start: int, time_ns: int) -> bytes:
        """The bytes that stand at `start` of the stream, some of them another value."""
        for place, fault, _ in self._plan.active(time_ns):
            if isinstance(fault, Corrupt):
                data = self._corrupt(data, start, place, fault.probability)
        return data

    def delay_ns(self, start: int, time_ns: int) -> int:
        """How much later bytes come that begin at `start` of the stream."""
        total_ns = 0
        for place, fault, _ in self._plan.active(time_ns):
            if isinstance(fault, Delay):
                total_ns += round(fault.delay_ms * _MS)
            elif isinstance(fault, Jitter):
                share = self._plan.chance(place, start // BLOCK_BYTES).random()
                total_ns += round(share * fault.jitter_ms * _MS)
        return total_ns

    def is_held(self, time_ns: int) -> bool:
        """Whether nothing is sent now."""
        return any(isinstance(f, Stall | Burst) for _, f, _ in self._plan.active(time_ns))

    def is_unplugged(self, time_ns: int) -> bool:
        """Whether there is no connection now."""
        return any(isinstance(f, Unplug) for _, f, _ in self._plan.active(time_ns))

    def silence_ns(self, time_ns: int) -> int:
        """How long a connection that is made now stays silent."""
        return self._plan.opening_delay_ns(time_ns)

    def byte_interval_ns(self, time_ns: int) -> int:
        """Time between single bytes; 0 where bytes are not counted out."""
        active = self._plan.active(time_ns)
        return max(
            (round(f.interval_ms * _MS) for _, f, _ in active if isinstance(f, Dribble)), default=0
        )

    def _corrupt(self, data: bytes, start: int, place: int, probability: float) -> bytes:
        changed = bytearray(data)
        for block in range(start // BLOCK_BYTES, (start + len(data) - 1) // BLOCK_BYTES + 1):
            chance = self._plan.chance(place, block)
            at = block * BLOCK_BYTES + int(chance.integers(BLOCK_BYTES)) - start
            if chance.random() < probability and 0 <= at < len(data):
                changed[at] ^= int(chance.integers(1, 256))
        return bytes(changed)


class _Connection:
    """A client, the device behind it, and what waits on the way to the client."""

    def __init__(self, client: socket.socket, device: socket.socket, opened_ns: int) -> None:
        self.client, self.device = client, device
        self.silent_until_ns = opened_ns
        self.waiting: deque[tuple[int, bytes]] = deque()
        self.waiting_bytes = 0
        self.position = 0
        self.last_sent_ns = 0
        self.device_ended = False
        self.reading = True
        """Whether the device is listened to; not while too much is held back."""

    def hold(self, data: bytes, due_ns: int) -> None:
        """Append bytes; they never overtake those before them."""
        latest_ns = self.waiting[-1][0] if self.waiting else 0
        self.waiting.append((max(due_ns, latest_ns), data))
        self.waiting_bytes += len(data)
        self.position += len(data)

    def send(self, now_ns: int, limit: int) -> int:
        """Send what is due, at most `limit` bytes; how many. OSError when the client has gone."""
        sent = 0
        while self.waiting and self.waiting[0][0] <= now_ns and sent < limit:
            due_ns, data = self.waiting.popleft()
            count = self._send_some(data[: limit - sent])
            sent += count
            if count < len(data):
                self.waiting.appendleft((due_ns, data[count:]))
                break
        self.waiting_bytes -= sent
        return sent

    def _send_some(self, data: bytes) -> int:
        try:
            return self.client.send(data)
        except BlockingIOError:  # the client does not read at present
            return 0

    def close(self) -> None:
        """End both sides."""
        for side in (self.client, self.device):
            with contextlib.suppress(OSError):  # it has gone already
                side.shutdown(socket.SHUT_RDWR)
            side.close()


class FaultyRelay:
    """Takes connections on a port of this computer inside `with`, and passes them on.

    Faults concern what the device sends. Plan time begins with the first connection.
    """

    def __init__(
        self, device: tuple[str, int], plan: FaultPlan, clock: Clock | None = None, port: int = 0
    ) -> None:
        """`device` is the host and port behind the relay; OSError when `port` is taken."""
        self._device = device
        self._faults = WireFaults(plan)
        self._clock = clock or SystemClock()
        self._zero_ns: int | None = None
        self._selector = selectors.DefaultSelector()
        self._listener = socket.create_server((HOST, port))
        self.port: int = self._listener.getsockname()[1]
        self._listening = False
        self._connections: list[_Connection] = []
        self.counts = RelayCounts()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="faulty relay", daemon=True)

    @property
    def address(self) -> str:
        """Host and port to connect to."""
        return f"{HOST}:{self.port}"

    def __enter__(self) -> "FaultyRelay":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _serve(self) -> None:
        self._listen()
        try:
            while not self._stopping.is_set():
                self._plug_or_unplug()
                for key, _ in self._selector.select(self._pause_s()):
                    react: Callable[[], None] = key.data
                    react()
                for connection in list(self._connections):
                    with self._ending(connection):
                        self._send(connection)
                        self._read_or_wait(connection)
                self.counts.looks += 1
        finally:
            self._cut_all()
            self._listener.close()
            self._selector.close()

    def _pause_s(self) -> float:
        """Until the next bytes are due, as far as that is known."""
        now_ns = self._clock.now_ns()
        interval_ns = self._faults.byte_interval_ns(self._time_ns())
        due_ns = (
            [c.waiting[0][0] for c in self._connections if c.waiting] if not interval_ns else []
        )
        next_ns = min((due - now_ns for due in due_ns if due > now_ns), default=interval_ns)
        return min(TICK_S, next_ns / 1e9) if next_ns else TICK_S

    def _time_ns(self) -> int:
        return 0 if self._zero_ns is None else self._clock.now_ns() - self._zero_ns

    def _listen(self) -> None:
        self._listener.setblocking(False)
        self._listener.listen()
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._listening = True

    def _refuse(self) -> None:
        self._selector.unregister(self._listener)
        self._listener.close()
        self._listener = _reserve(self.port)
        self._listening = False

    def _plug_or_unplug(self) -> None:
        unplugged = self._zero_ns is not None and self._faults.is_unplugged(self._time_ns())
        if unplugged and self._listening:
            self._refuse()  # first, so that who is cut finds nobody
            self.counts.cut += len(self._connections)
            self._cut_all()
        elif not unplugged and not self._listening:
            self._listen()

    def _cut_all(self) -> None:
        for connection in list(self._connections):
            self._drop(connection)

    def _accept(self) -> None:
        with contextlib.ExitStack() as opened:
            try:
                client = opened.enter_context(self._listener.accept()[0])
                device = socket.create_connection(self._device, PATIENCE_S)
            except OSError:  # the client has gone, or the device is not there: it learns that
                return
            opened.pop_all()
        if self._zero_ns is None:
            self._zero_ns = self._clock.now_ns()
        client.setblocking(False)
        now_ns = self._clock.now_ns()
        silence_ns = self._faults.silence_ns(self._time_ns())
        connection = _Connection(client, device, now_ns + silence_ns)
        self._connections.append(connection)
        self.counts.connections += 1
        for side, react in ((client, self._pass_request), (device, self._take)):
            self._selector.register(side, selectors.EVENT_READ, partial(react, connection))

    def _pass_request(self, connection: _Connection) -> None:
        with self._ending(connection):
            data = connection.client.recv(CHUNK_BYTES)
            if not data:
                raise ConnectionResetError
            connection.device.sendall(data)

    def _take(self, connection: _Connection) -> None:
        with self._ending(connection):
            data = connection.device.recv(CHUNK_BYTES)
            if not data:
                connection.device_ended = True
                return
            time_ns, start = self._time_ns(), connection.position
            changed = self._faults.changed(data, start, time_ns)
            delay_ns = self._faults.delay_ns(start, time_ns)
            connection.hold(changed, self._clock.now_ns() + delay_ns)
            self.counts.bytes_taken += len(data)
            if changed is not data:
                self.counts.bytes_changed += sum(map(operator.ne, data, changed))

    def _send(self, connection: _Connection) -> None:
        time_ns, now_ns = self._time_ns(), self._clock.now_ns()
        if self._faults.is_held(time_ns) or now_ns < connection.silent_until_ns:
            return
        limit = connection.waiting_bytes
        interval_ns = self._faults.byte_interval_ns(time_ns)
        if interval_ns:
            limit = min(limit, 1 if now_ns - connection.last_sent_ns >= interval_ns else 0)
        sent = connection.send(now_ns, limit)
        connection.last_sent_ns = now_ns if sent else connection.last_sent_ns
        if connection.device_ended and not connection.waiting:
            raise ConnectionResetError

    def _read_or_wait(self, connection: _Connection) -> None:
        """Listen to the device unless it has ended or too much of it is held back."""
        wanted = not connection.device_ended and connection.waiting_bytes < HELD_BYTES
        if wanted and not connection.reading:
            react = partial(self._take, connection)
            self._selector.register(connection.device, selectors.EVENT_READ, react)
        elif connection.reading and not wanted:
            self._selector.unregister(connection.device)
        connection.reading = wanted

    @contextlib.contextmanager
    def _ending(self, connection: _Connection) -> Iterator[None]:
        """End the connection when one of its sides has gone."""
        try:
            yield
        except OSError:
            self._drop(connection)

    def _drop(self, connection: _Connection) -> None:
        if connection not in self._connections:
            return
        self._connections.remove(connection)
        for side in (connection.client, connection.device):
            with contextlib.suppress(KeyError):  # it is not listened to at present
                self._selector.unregister(side)
        connection.close()


def _reserve(port: int) -> socket.socket:
    """Keep a port from others without taking connections on it: they are refused."""
    reserved = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.bind((HOST, port))
    return reserved
