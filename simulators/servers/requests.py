"""What clients ask in HTTP and RTSP, cut out of a stream of bytes."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage, parse_headers
from urllib.parse import urlsplit

LONGEST_BYTES = 8192
"""Of a request, and of what it carries."""
_FIRST_LINE = re.compile(r"([A-Z_]+) (\S+) ((?:HTTP|RTSP)/\d\.\d)")
_NUMBER = re.compile(r"[0-9]{1,9}")
_END = b"\r\n\r\n"
_MARK = b"$"


class Refused(Exception):
    """A request that is answered with `status` and nothing else."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class Request:
    """One request, without what it carries."""

    method: str
    target: str
    """A path, a URL, or an asterisk."""
    version: str
    fields: HTTPMessage

    @property
    def path(self) -> str:
        """Where it points on this server; Refused where that cannot be read."""
        try:
            return urlsplit(self.target).path
        except ValueError:
            raise Refused(400) from None


class RequestReader:
    """Requests however they are cut."""

    def __init__(self, interleaved: bool = False) -> None:
        """`interleaved`: data that RTSP mixes with them are passed over (RFC 2326, 10.12)."""
        self._interleaved = interleaved
        self._data = bytearray()

    def feed(self, data: bytes) -> Iterator[Request]:
        """The requests that `data` completes; Refused, for good, when one cannot be read."""
        self._data += data
        return self._requests()

    def _requests(self) -> Iterator[Request]:
        while True:
            if self._interleaved and self._data.startswith(_MARK):
                if not self._pass_over(4 + int.from_bytes(self._data[2:4])):
                    return
            elif (request := self._next()) is not None:
                yield request
            else:
                return

    def _pass_over(self, size: int) -> bool:
        """Whether so much was there."""
        if len(self._data) < max(size, 4):
            return False
        del self._data[:size]
        return True

    def _next(self) -> Request | None:
        end = self._data.find(_END, 0, LONGEST_BYTES)
        if end < 0:
            if len(self._data) >= LONGEST_BYTES:
                raise Refused(400)
            return None
        end += len(_END)
        request = _parse(bytes(self._data[:end]))
        return request if self._pass_over(end + _carried_bytes(request)) else None


def _parse(head: bytes) -> Request:
    line, _, rest = head.partition(b"\r\n")
    found = _FIRST_LINE.fullmatch(line.decode("latin-1"))
    if found is None:
        raise Refused(400)
    method, target, version = found.groups()
    try:
        return Request(method, target, version, parse_headers(io.BytesIO(rest)))
    except HTTPException:  # more lines than any request has
        raise Refused(400) from None


def _carried_bytes(request: Request) -> int:
    text = request.fields.get("Content-Length", "0")
    if not _NUMBER.fullmatch(text) or int(text) > LONGEST_BYTES:
        raise Refused(400)
    return int(text)
