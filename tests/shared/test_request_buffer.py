"""When a request is whole, whatever way its bytes come in."""

from __future__ import annotations

import pytest

from shared.web.request_buffer import LONGEST_HEAD, RequestBuffer

GET = b"GET /runs?limit=1 HTTP/1.1\r\nHost: tandem\r\n\r\n"
POST = b"POST /runs HTTP/1.1\r\nHost: tandem\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = (
    b"POST /runs HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"
    b"5;name=x\r\nhel\r\n\r\nA\r\n0123456789\r\n0\r\nX-Trailer: 1\r\n\r\n"
)


def buffer(data: bytes = b"", longest_body: int = 1000) -> RequestBuffer:
    made = RequestBuffer(longest_body)
    made.feed(data)
    return made


@pytest.mark.parametrize("request_bytes", [GET, POST, CHUNKED])
def test_a_request_is_whole_with_its_last_byte_and_not_before(request_bytes):
    made = buffer()
    for byte in request_bytes[:-1]:
        made.feed(bytes([byte]))
        assert not made.is_whole()
    made.feed(request_bytes[-1:])
    assert made.is_whole()
    assert made.take() == request_bytes
    assert len(made) == 0


def test_requests_behind_one_another_are_taken_one_by_one():
    made = buffer(POST + CHUNKED + GET + GET[:10])
    assert [made.is_whole() and made.take() for _ in range(3)] == [POST, CHUNKED, GET]
    assert not made.is_whole()
    made.feed(GET[10:])
    assert made.take() == GET


@pytest.mark.parametrize(
    ("head", "path"),
    [(GET, b"/runs"), (b"GET /livez HTTP/1.1\r\n\r\n", b"/livez"), (b"\r\nGET / HTTP/1.1\r\n\r\n", b"")],
)
def test_the_path_is_known_without_its_query(head, path):
    assert buffer(head).path == path


@pytest.mark.parametrize("fields", [b"Content-Length: 1001", b"Content-Length: 99999999999999999"])
def test_a_body_that_is_too_long_is_not_waited_for(fields):
    made = buffer(b"POST / HTTP/1.1\r\n" + fields + b"\r\n\r\n")
    assert made.is_whole()
    assert made.cut_short


def test_chunks_that_are_too_many_are_not_waited_for():
    made = buffer(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"A\r\n0123456789\r\n" * 1000)
    assert made.is_whole()
    assert made.cut_short


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: five\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nnot a length\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 2000,
    ],
)
def test_what_is_malformed_is_left_to_the_parser_at_once(request_bytes):
    assert buffer(request_bytes).is_whole()


def test_a_head_that_never_ends_is_hopeless():
    made = buffer(b"GET / HTTP/1.1\r\nX: ")
    assert not made.is_hopeless
    made.feed(b"a" * LONGEST_HEAD)
    assert made.is_hopeless
    assert not made.is_whole()


def test_who_waits_for_the_go_ahead_is_told_once_and_only_before_the_body():
    head = b"POST / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n"
    made = buffer(head)
    assert [made.expects_go_ahead(), made.expects_go_ahead()] == [True, False]
    assert not buffer(head + b"hello").expects_go_ahead()
    assert not buffer(GET).expects_go_ahead()
