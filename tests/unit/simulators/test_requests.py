"""What clients ask of a simulated device, however it is cut and however wrong it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.servers.requests import LONGEST_BYTES, Refused, Request, RequestReader

TWO = (
    b"SET_PARAMETER rtsp://host/video RTSP/1.0\r\nCSeq: 7\r\nContent-Length: 5\r\n\r\nhello"
    b"GET /video?x=1 HTTP/1.1\r\nHost: a\r\n\r\n"
)


def read(*parts: bytes, interleaved: bool = False) -> list[Request]:
    reader = RequestReader(interleaved)
    return [request for part in parts for request in reader.feed(part)]


@given(st.integers(0, len(TWO)), st.integers(0, len(TWO)))
def test_requests_do_not_depend_on_how_they_are_cut(one: int, other: int) -> None:
    first, second = sorted((one, other))
    asked = read(TWO[:first], TWO[first:second], TWO[second:])
    assert [(request.method, request.path, request.version) for request in asked] == [
        ("SET_PARAMETER", "/video", "RTSP/1.0"),
        ("GET", "/video", "HTTP/1.1"),
    ]
    assert asked[0].fields["cseq"] == "7"


def test_what_is_interleaved_is_passed_over() -> None:
    block = b"$\x01" + (300).to_bytes(2) + b"$" * 300
    for cut in (1, 3, 100, len(block)):
        data = block + TWO
        assert len(read(data[:cut], data[cut:], interleaved=True)) == 2
    with pytest.raises(Refused):
        read(block + b"\r\n\r\n")


@pytest.mark.parametrize(
    "data",
    [
        b"\r\n\r\n",
        b"\x00\xff\xfe\r\n\r\n",
        b"GET  HTTP/1.1\r\n\r\n",
        b"get /video HTTP/1.1\r\n\r\n",
        b"GET /video\r\n\r\n",
        b"GET /video HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"GET /video HTTP/1.1\r\nContent-Length: 99999\r\n\r\n",
        b"GET /video HTTP/1.1\r\n" + b"a: b\r\n" * 500 + b"\r\n",
        b"a" * LONGEST_BYTES,
    ],
)
def test_what_is_no_request_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read(data)
    assert refused.value.status == 400


def test_a_target_that_is_no_address_is_refused_when_it_is_asked_for() -> None:
    (request,) = read(b"OPTIONS rtsp://[ RTSP/1.0\r\n\r\n")
    with pytest.raises(Refused):
        _ = request.path
