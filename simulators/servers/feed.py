"""A source that is read at its own pace by a thread, for those who serve its pictures."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

from drivers.api.errors import DeviceError, Timeout
from drivers.api.ports import SourceInfo, VideoSource
from drivers.api.samples import VideoFrame

RETRY_S = 0.5
"""Between two tries to open a source that has gone."""


class Feed:
    """Reads a source between start() and stop(); what it is told to call is called on its thread.

    A source that is silent is waited for. One that has gone, or whose picture is refused, is
    opened again until it is back.
    """

    def __init__(
        self,
        source: VideoSource,
        show: Callable[[VideoFrame], None],
        lose: Callable[[], None],
    ) -> None:
        """`show` gets each picture and may refuse it with a DeviceError; `lose` hears of a loss."""
        self._source = source
        self._show, self._lose = show, lose
        self._opened: Future[SourceInfo] = Future()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="served source", daemon=True)

    def start(self) -> SourceInfo:
        """Open the source and show its first picture; raises DeviceError."""
        self._thread.start()
        try:
            return self._opened.result()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Close the source."""
        self._stopping.set()
        self._source.interrupt()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._begin()
            while not self._stopping.is_set():
                self._go_on()
        finally:
            self._source.close()

    def _begin(self) -> None:
        try:
            info = self._source.open()
            self._show(self._source.read())
        except Exception as error:  # it belongs to who waits
            self._stopping.set()
            self._opened.set_exception(error)
        else:
            self._opened.set_result(info)

    def _go_on(self) -> None:
        try:
            self._show(self._source.read())
        except Timeout:
            pass  # the clients meet the same silence
        except DeviceError:
            self._lose()
            self._open_again()

    def _open_again(self) -> None:
        self._source.close()
        while not self._stopping.wait(RETRY_S):
            try:
                self._source.open()
                return
            except DeviceError:
                continue  # it is not back yet


def source_time_ns(frame: VideoFrame) -> int:
    """When a picture was made, by the source's own time; when it came, where it has none."""
    stamp = frame.stamp
    return stamp.arrival_ns if stamp.device_ns is None else stamp.device_ns
