"""A network camera on a free port of this computer, which does what a test tells it."""

import contextlib
import socket
import threading
from collections.abc import Callable

import numpy as np

from drivers.api.samples import ImageU8
from drivers.opencv import cv2

HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n"
    b"Connection: close\r\n\r\n"
)
CLIENT_PATIENCE_S = 1.0


def grey_picture(number: int) -> ImageU8:
    """64x48 pixels of one grey, which tells one picture from the next."""
    return np.full((48, 64), 20 + number % 200, np.uint8)


class MjpegServer:
    """Serves MJPEG over HTTP inside `with`; the controls may be used from any thread.

    It plays `rate_hz` pictures a second, also while nobody listens. go_silent() keeps the
    connections and sends nothing more until resume(); send() sends single pictures even then.
    unplug() cuts all connections and refuses new ones; plug_in() takes them again, at the same
    address.
    """

    def __init__(
        self, picture: Callable[[int], ImageU8] = grey_picture, rate_hz: float = 50.0
    ) -> None:
        self._picture = picture
        self._period_s = 1 / rate_hz
        self._lock = threading.Lock()
        self._listener = _listen(0)
        self.port: int = self._listener.getsockname()[1]
        self._clients: list[socket.socket] = []
        self._number = 0
        self._plugged = True
        self._playing = threading.Event()
        self._playing.set()
        self._asked = threading.Semaphore(0)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="MJPEG server", daemon=True)

    @property
    def url(self) -> str:
        """The address to open."""
        return f"http://127.0.0.1:{self.port}/video"

    def __enter__(self) -> "MjpegServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._asked.release()
        self._thread.join()
        self.unplug()

    def send(self, count: int = 1) -> None:
        """Send this many pictures as soon as possible, silent or not."""
        self._asked.release(count)

    def go_silent(self) -> None:
        """Keep every connection and send nothing, as a camera that hangs."""
        self._playing.clear()

    def resume(self) -> None:
        """Play again."""
        self._playing.set()

    def unplug(self) -> None:
        """Cut every connection and refuse new ones."""
        with self._lock:
            self._plugged = False
            self._listener.close()
            for client in self._clients:
                _cut(client)
            self._clients.clear()

    def plug_in(self) -> None:
        """Take connections again after unplug()."""
        with self._lock:
            self._listener = _listen(self.port)
            self._plugged = True

    def _serve(self) -> None:
        while not self._stopping.is_set():
            asked = self._asked.acquire(timeout=self._period_s)
            with self._lock:
                if self._plugged:
                    self._welcome()
                if asked or self._playing.is_set():
                    self._send_next()

    def _welcome(self) -> None:
        try:
            client, _ = self._listener.accept()
        except BlockingIOError:  # nobody is waiting
            return
        client.settimeout(CLIENT_PATIENCE_S)
        try:
            client.recv(4096)
            client.sendall(HEAD)
        except OSError:  # it has gone
            client.close()
        else:
            self._clients.append(client)

    def _send_next(self) -> None:
        jpeg = cv2.imencode(".jpg", self._picture(self._number))[1].tobytes()
        head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
        self._number += 1
        for client in list(self._clients):
            try:
                client.sendall(head.encode() + jpeg + b"\r\n")
            except OSError:  # it has gone
                self._clients.remove(client)
                client.close()


def _listen(port: int) -> socket.socket:
    listener = socket.create_server(("127.0.0.1", port))
    listener.setblocking(False)
    return listener


def _cut(client: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the other side was faster
        client.shutdown(socket.SHUT_RDWR)
    client.close()
