"""The child process: reads one device into shared memory until its parent is gone.

Started with one JSON argument. It writes nothing to any terminal, and everything that goes wrong
in Python is told to the parent; what goes wrong below Python ends the process, which the parent
sees.
"""

import contextlib
import ctypes
import importlib
import json
import os
import queue
import select
import signal
import socket
import sys
import threading
import time
from typing import Any, cast

from drivers.isolation.channel import Message, PictureRecord, pack
from drivers.isolation.memory import SLOTS, SlotMemory, attach_memory
from drivers.isolation.reader import Arrival, DeviceReader, ReadFailure, Waiting, explain_waiting

BEAT_S = 0.1
"""Longest wait for a picture before the parent hears that the loop still runs."""
FIRST_PICTURE_LIMIT_S = 4.0
"""Grabbers look for their signal before the first picture; one without it is not open."""
_PR_SET_PDEATHSIG = 1


def main(argument: str) -> None:
    """Read until the parent has gone or the device fails."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the application
    order = json.loads(argument)
    _die_with_the_parent(order["parent"])
    link = Link(_connection(order), attach_memory(order["memory"]))
    try:
        reader = _make_reader(order)
        link.tell(Waiting.SILENT)  # loaded: from here on the device is to blame
        _pump(reader, link)
    except ReadFailure as failure:
        link.tell(failure)
    except Exception as error:
        words = f"reading it failed ({type(error).__name__}: {' '.join(str(error).split())})"
        link.tell(ReadFailure("Disconnected", words, "It is opened again."))
    os._exit(0)  # a native thread of a driver's library must not hold the process


class Link:
    """The connection to the parent, with the slots that are free."""

    def __init__(self, connection: socket.socket, memory: SlotMemory) -> None:
        self._connection = connection
        self._free: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._told_s = 0.0
        self.slots = [memory.slot(number) for number in range(SLOTS)]
        for number in range(SLOTS):
            self._free.put(number)
        threading.Thread(target=self._watch, daemon=True).start()

    def tell(self, message: Message) -> None:
        """Send one message to the parent."""
        with contextlib.suppress(OSError):  # it is gone; the watching thread ends this process
            self._connection.sendall(pack(message))
        self._told_s = time.monotonic()

    def beat(self, waiting: Waiting) -> None:
        """Say that there is nothing to say, at most every BEAT_S.

        Left out while the parent reads nothing: waiting for it would hold up the device.
        """
        if time.monotonic() - self._told_s >= BEAT_S and self._has_room():
            self.tell(waiting)

    def take_slot(self) -> int | None:
        """A slot that the parent does not need; None when it has not kept up."""
        try:
            return self._free.get_nowait()
        except queue.Empty:
            return None

    def give_slot(self, number: int) -> None:
        """Put a slot back that was not used."""
        self._free.put(number)

    def _has_room(self) -> bool:
        return bool(select.select([], [self._connection], [], 0)[1])

    def _watch(self) -> None:
        """Collect the slots that come back; end the process when the parent has ended."""
        while True:
            try:
                numbers = self._connection.recv(SLOTS)
            except OSError:
                numbers = b""
            if not numbers:
                os._exit(0)
            for number in numbers:
                self._free.put(number)


def _pump(reader: DeviceReader, link: Link) -> None:
    opened = reader.open()
    first = _await_picture(reader)
    link.tell(opened)
    _pass_on(reader, first, link)
    while True:
        arrival = reader.wait(BEAT_S)
        if isinstance(arrival, Waiting):
            link.beat(arrival)
        else:
            _pass_on(reader, arrival, link)


def _await_picture(reader: DeviceReader) -> Arrival:
    deadline_s = time.monotonic() + FIRST_PICTURE_LIMIT_S
    while isinstance(arrival := reader.wait(BEAT_S), Waiting):
        if time.monotonic() > deadline_s:
            raise explain_waiting(arrival)
    return arrival


def _pass_on(reader: DeviceReader, arrival: Arrival, link: Link) -> None:
    """Hand over one picture; it is lost when no slot is free or when it is damaged."""
    slot = link.take_slot()
    if slot is None:
        link.beat(Waiting.SILENT)
        return
    geometry = reader.convert(link.slots[slot])
    if geometry is None:
        link.give_slot(slot)
        link.beat(Waiting.SILENT)
    else:
        link.tell(PictureRecord(slot, arrival, geometry))


def _make_reader(order: dict[str, Any]) -> DeviceReader:
    module, _, name = order["factory"].partition(":")
    factory = getattr(importlib.import_module(module), name)
    return cast(DeviceReader, factory(**order["parameters"]))


def _connection(order: dict[str, Any]) -> socket.socket:
    if sys.platform == "win32":
        return socket.fromshare(sys.stdin.buffer.read())
    return socket.socket(fileno=order["socket"])


def _die_with_the_parent(parent: int) -> None:
    """Have Linux kill this process when the thread that started it ends, however it ends.

    This holds even where a driver blocks all threads of this process. Elsewhere, and before,
    the end of the connection does it.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
