"""Stands between a client and a PostgreSQL server, and breaks the connection at a COMMIT."""

import selectors
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from pathlib import Path

PORT = 5432


class Break(Enum):
    """What happens to the next COMMIT."""

    NEVER = auto()
    BEFORE = auto()
    """The server does not get it."""
    AFTER = auto()
    """The server does it, and the client does not hear of it."""


class BreakingRelay:
    """Serves one client after another on a Unix socket in `folder`."""

    def __init__(self, folder: Path, server: Path) -> None:
        self.folder = folder
        self.next_break = Break.NEVER
        self.refuses_after_it = False
        self.refusing = False
        """Whether clients are turned away meanwhile, as by a server that is not there."""
        self.turned_away = threading.Semaphore(0)
        """Released for each one."""
        self._server = server
        self._stopping, self._stop = socket.socketpair()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / f".s.PGSQL.{PORT}"))
        self._listener.listen()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def close(self) -> None:
        self._stop.send(b".")
        self._thread.join()
        for one in (self._stopping, self._stop, self._listener):
            one.close()

    def _run(self) -> None:
        while self._next(self._listener) is self._listener:
            client, _ = self._listener.accept()
            with client, socket.socket(socket.AF_UNIX) as server:
                if self.refusing:
                    self.turned_away.release()
                    continue
                server.connect(str(self._server / f".s.PGSQL.{PORT}"))
                self._serve(client, server)

    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        while True:
            ready = self._next(client, server)
            if ready is self._stopping:
                return
            assert isinstance(ready, socket.socket)
            content = ready.recv(65536)
            breaks = self._breaks(content) if ready is client else Break.NEVER
            if not content or breaks is Break.BEFORE:
                return
            (server if ready is client else client).sendall(content)
            if breaks is Break.AFTER:
                server.recv(65536)
                return

    def _breaks(self, content: bytes) -> Break:
        if b"COMMIT" not in content:
            return Break.NEVER
        breaks, self.next_break = self.next_break, Break.NEVER
        if breaks is not Break.NEVER and self.refuses_after_it:
            self.refusing = True
        return breaks

    def _next(self, *sockets: socket.socket) -> object:
        with selectors.DefaultSelector() as selector:
            for one in (*sockets, self._stopping):
                selector.register(one, selectors.EVENT_READ)
            ready = [key.fileobj for key, _ in selector.select()]
        return self._stopping if self._stopping in ready else ready[0]


@contextmanager
def breaking_relay(server: Path) -> Iterator[BreakingRelay]:
    """A relay to the server whose socket is in that folder."""
    folder = Path(tempfile.mkdtemp(prefix="relay"))
    relay = BreakingRelay(folder, server)
    try:
        yield relay
    finally:
        relay.close()
        shutil.rmtree(folder)
