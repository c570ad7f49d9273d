"""Serves the pictures of one source to several clients on a port of this computer.

What is said to a client stands in a conversation, which knows no socket. One thread does all the
sending and waits for nobody: each client gets the newest picture when it has taken the one before.
"""

import contextlib
import selectors
import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from functools import partial
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Generic, Self, TypeVar

from drivers.api.ports import SourceInfo, VideoSource
from drivers.api.samples import VideoFrame
from simulators.servers.feed import Feed

HOST = "127.0.0.1"
CHUNK_BYTES = 1 << 16
PACE_S = 0.001
"""Between two groups of datagrams, so that the buffers on the way hold them."""
SEND_BUFFER_BYTES = 1 << 18
"""Pictures for a slow client wait here, where newer ones replace them, and not in the system."""
IGNORED_BYTES = 1 << 20
"""What a client may still send after its last answer; it would not get that if it were cut off."""

P = TypeVar("P")
"""A picture, ready to be sent."""


class Conversation(ABC, Generic[P]):
    """What one client says and is told."""

    playing = False
    """Whether it wants pictures now."""
    ended = False
    """Nothing more is said to it behind what it is being sent."""

    @abstractmethod
    def hear(self, data: bytes) -> bytes:
        """Bytes came from the client; the answers to what they complete."""

    @abstractmethod
    def show(self, picture: P) -> bytes:
        """What a picture is on the connection; nothing where it goes by post()."""

    def post(self) -> bool:
        """Send some of what goes another way than the connection; whether more of it waits."""
        return False


class _Client(Generic[P]):
    """A connection, and what waits on the way to it."""

    def __init__(self, connected: socket.socket, conversation: Conversation[P]) -> None:
        connected.setblocking(False)
        self.connected = connected
        self.posting = False
        """Datagrams of a picture wait."""
        self._conversation = conversation
        self._waiting = bytearray()
        self._newest: P | None = None
        self._left = False
        self._ignored_bytes = 0

    @property
    def is_full(self) -> bool:
        """Whether it has to take something before it can be sent more."""
        return bool(self._waiting)

    def hear(self) -> None:
        """Read what it says; OSError when it has gone or does not stop."""
        data = self.connected.recv(CHUNK_BYTES)
        if not data:
            raise ConnectionResetError
        if not self._conversation.ended:
            self._waiting += self._conversation.hear(data)
            return
        self._ignored_bytes += len(data)
        if self._ignored_bytes > IGNORED_BYTES:
            raise ConnectionAbortedError

    def offer(self, picture: P) -> None:
        """A newer picture; one that it has not begun to take is forgotten."""
        self._newest = picture

    def send(self) -> None:
        """What it takes at once; OSError when it has gone."""
        while self._send_some():
            pass
        if self._conversation.ended and not self._waiting and not self._left:
            self._left = True
            self.connected.shutdown(socket.SHUT_WR)  # closed, it might lose the last answer

    def _send_some(self) -> bool:
        """Whether to try once more at once."""
        self.posting = self._conversation.post()
        if self._waiting:
            return self._send_waiting()
        if not self._conversation.playing:
            self._newest = None
        if self.posting or self._newest is None:
            return False
        picture, self._newest = self._newest, None
        self._waiting += self._conversation.show(picture)
        return True

    def _send_waiting(self) -> bool:
        try:
            sent = self.connected.send(self._waiting)
        except BlockingIOError:  # it does not read at present
            return False
        del self._waiting[:sent]
        return True


class Server(ABC, Generic[P]):
    """Serves inside `with`; entering opens the source and raises DeviceError.

    While the source is gone there are no pictures, and whoever had some is cut off.
    """

    def __init__(self, source: VideoSource, port: int = 0) -> None:
        """`port` 0 takes a free one; OSError when it is taken."""
        self._listener = socket.create_server((HOST, port))
        self._listener.setblocking(False)
        # The connections take over both.
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        self.port: int = self._listener.getsockname()[1]
        self._feed = Feed(source, self._show, self._lose)
        self._selector = selectors.DefaultSelector()
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        self._asked: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._clients: list[_Client[P]] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="picture server", daemon=True)

    @property
    @abstractmethod
    def address(self) -> str:
        """What to connect to."""

    @abstractmethod
    def prepare(self, frame: VideoFrame) -> P:
        """A picture ready to be sent, cheaply: most of it is best done when somebody takes it.

        On the thread of the source; raises DeviceError for one that cannot be sent.
        """

    @abstractmethod
    def converse(self, host: str, info: SourceInfo) -> Conversation[P]:
        """What to say to a new client on that computer."""

    def __enter__(self) -> Self:
        try:
            self._info = self._feed.start()
        except BaseException:
            self._close()
            raise
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._feed.stop()
        self._stopping.set()
        self._wake()
        self._thread.join()
        self._close()

    def _close(self) -> None:
        for held in (self._listener, self._selector, self._woken, self._waker):
            held.close()

    def _show(self, frame: VideoFrame) -> None:
        picture = self.prepare(frame)
        self._ask(partial(self._offer, picture))

    def _lose(self) -> None:
        self._ask(self._cut_all)

    def _ask(self, work: Callable[[], None]) -> None:
        """Have it done by the thread that serves."""
        self._asked.put(work)
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError):  # it has been told often enough
            self._waker.send(b"w")

    def _serve(self) -> None:
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(self._woken, selectors.EVENT_READ, self._wake_up)
        while not self._stopping.is_set():
            for key, events in self._selector.select(self._pause_s()):
                if events & selectors.EVENT_READ:
                    key.data()
            self._do_asked()
            for client in list(self._clients):
                with self._ending(client):
                    client.send()
                    self._watch(client)
        self._cut_all()

    def _pause_s(self) -> float | None:
        return PACE_S if any(client.posting for client in self._clients) else None

    def _wake_up(self) -> None:
        self._woken.recv(CHUNK_BYTES)

    def _do_asked(self) -> None:
        """Behind the events of this turn, which may belong to clients that are cut off here."""
        with contextlib.suppress(Empty):
            while True:
                self._asked.get_nowait()()

    def _offer(self, picture: P) -> None:
        for client in self._clients:
            client.offer(picture)

    def _accept(self) -> None:
        try:
            connected, (host, _) = self._listener.accept()
        except OSError:  # the client has gone already
            return
        client = _Client(connected, self.converse(host, self._info))
        self._clients.append(client)
        hear = partial(self._hear, client)
        self._selector.register(connected, selectors.EVENT_READ, hear)

    def _hear(self, client: _Client[P]) -> None:
        with self._ending(client):
            client.hear()

    def _watch(self, client: _Client[P]) -> None:
        """Wait until it takes what waits for it; who does not listen is not heard either."""
        events = selectors.EVENT_WRITE if client.is_full else selectors.EVENT_READ
        key = self._selector.get_key(client.connected)
        if key.events != events:
            self._selector.modify(client.connected, events, key.data)

    @contextlib.contextmanager
    def _ending(self, client: _Client[P]) -> Iterator[None]:
        """Drop the client when it has gone."""
        try:
            yield
        except OSError:
            self._drop(client)

    def _drop(self, client: _Client[P]) -> None:
        self._clients.remove(client)
        self._selector.unregister(client.connected)
        with contextlib.suppress(OSError):  # the other side was faster
            client.connected.shutdown(socket.SHUT_RDWR)
        client.connected.close()

    def _cut_all(self) -> None:
        for client in list(self._clients):
            self._drop(client)
