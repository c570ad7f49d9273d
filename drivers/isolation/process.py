"""The parent's side: starts the child, takes its pictures, and ends it."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack
from typing import Any

from drivers.api.samples import ImageU8
from drivers.isolation.channel import Message, PictureRecord, receive
from drivers.isolation.memory import create_memory
from drivers.isolation.reader import ReaderSpec

END_LIMIT_S = 2.0
"""For the system to end a killed process; one that hangs in the kernel may take longer."""
_NO_WINDOW = 0x08000000  # subprocess.CREATE_NO_WINDOW, which exists on Windows only


class ReaderProcess:
    """One child with its memory and connection. One thread uses it; any may interrupt."""

    def __init__(self, spec: ReaderSpec) -> None:
        """Start the child; it reports when the device is open."""
        self._lock = threading.Lock()
        self._memory, memory_key = create_memory()
        with ExitStack() as ours, ExitStack() as childs:
            ours.callback(self._memory.close)
            if isinstance(memory_key, int):
                childs.callback(os.close, memory_key)
            self._connection, childs_end = socket.socketpair()
            ours.callback(self._connection.close)
            childs.callback(childs_end.close)
            self._child = _start(spec, childs_end, memory_key)
            ours.pop_all()  # kept until close()

    @property
    def pid(self) -> int:
        """The child's process number."""
        return self._child.pid

    def receive(self, limit_s: float) -> Message:
        """The next message; TimeoutError after a silent `limit_s`, ChannelClosed at the end."""
        self._connection.settimeout(limit_s)
        return receive(self._connection)

    def take(self, record: PictureRecord) -> ImageU8:
        """Copy a picture out of the shared memory and give its slot back."""
        pixels = self._memory.copy(record.slot, record.geometry)
        with contextlib.suppress(OSError):  # the child is gone; the next receive() tells
            self._connection.send(bytes([record.slot]))
        return pixels

    def interrupt(self) -> None:
        """Make receive() raise ChannelClosed soon, now and later; the child ends. Any thread."""
        with self._lock, contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Kill the child and free everything; when it has ended, so has its hold on the device."""
        self._child.kill()
        with self._lock:  # a descriptor must not be closed under interrupt()
            self._connection.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(END_LIMIT_S)
        self._memory.close()


def _start(
    spec: ReaderSpec, connection: socket.socket, memory: int | str
) -> "subprocess.Popen[bytes]":
    order: dict[str, Any] = {
        "factory": spec.factory,
        "parameters": dict(spec.parameters),
        "parent": os.getpid(),
        "memory": memory,
        "socket": connection.fileno(),
    }
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "drivers.isolation.child", json.dumps(order)],
        # The child finds what this process finds, wherever it was installed or started from.
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=[] if sys.platform == "win32" else _descriptors(connection, memory),
        creationflags=_NO_WINDOW if sys.platform == "win32" else 0,
    )
    assert child.stdin is not None
    with contextlib.suppress(OSError), child.stdin as pipe:  # it may have died already
        if sys.platform == "win32":
            pipe.write(connection.share(child.pid))
    return child


def _descriptors(connection: socket.socket, memory: int | str) -> list[int]:
    return [connection.fileno(), *([memory] if isinstance(memory, int) else [])]
