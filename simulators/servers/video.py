"""MJPEG over HTTP, as network cameras and video encoders serve it."""

from functools import cached_property
from http import HTTPStatus

from drivers.api.ports import SourceInfo
from drivers.api.samples import ImageU8, VideoFrame
from simulators.servers.jpeg import jpeg
from simulators.servers.requests import Refused, Request, RequestReader
from simulators.servers.serving import HOST, Conversation, Server

PATH = "/video"
_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n"
    b"Cache-Control: no-store\r\nConnection: close\r\n\r\n"
)


class JpegPart:
    """One part of the endless body."""

    def __init__(self, pixels: ImageU8) -> None:
        self._pixels = pixels

    @cached_property
    def data(self) -> bytes:
        """Made when the first client takes it."""
        data = jpeg(self._pixels)
        head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
        return head.encode() + data + b"\r\n"


class _Viewer(Conversation[JpegPart]):
    """One request, and then pictures for ever."""

    def __init__(self) -> None:
        self._requests = RequestReader()

    def hear(self, data: bytes) -> bytes:
        if self.playing:
            return b""
        try:
            for request in self._requests.feed(data):
                self._check(request)
                self.playing = True
                return _HEAD
        except Refused as refused:
            self.ended = True
            return _refusal(refused.status)
        return b""

    def show(self, picture: JpegPart) -> bytes:
        return picture.data

    def _check(self, request: Request) -> None:
        if not request.version.startswith("HTTP/1."):
            raise Refused(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED)
        if request.path != PATH:
            raise Refused(HTTPStatus.NOT_FOUND)
        if request.method != "GET":
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED)


class MjpegServer(Server[JpegPart]):
    """Serves a source as MJPEG, in grey where it is grey."""

    @property
    def address(self) -> str:
        """The URL of the pictures."""
        return f"http://{HOST}:{self.port}{PATH}"

    def prepare(self, frame: VideoFrame) -> JpegPart:
        """Any picture can be sent."""
        return JpegPart(frame.pixels)

    def converse(self, host: str, info: SourceInfo) -> Conversation[JpegPart]:
        """The same for everybody."""
        return _Viewer()


def _refusal(status: int) -> bytes:
    said = f"{status} {HTTPStatus(status).phrase}"
    allowed = "Allow: GET\r\n" if status == HTTPStatus.METHOD_NOT_ALLOWED else ""
    head = f"HTTP/1.1 {said}\r\nContent-Type: text/plain\r\nContent-Length: {len(said)}\r\n"
    return f"{head}{allowed}Connection: close\r\n\r\n{said}".encode()
