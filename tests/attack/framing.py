"""Bytes that no client library would send: bad chunks, wrong lengths, odd headers."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from tests.attack.asking import AT_ONCE, UNANSWERED, Answered, Call
from tests.attack.json_bodies import operations
from tests.attack.target import Target
from tests.contracts import tenants
from tests.contracts.test_other_tenants import headers_for

CHUNKED = b"Transfer-Encoding: chunked\r\n"
FRAMES = (
    (CHUNKED, b"zz\r\n{}\r\n0\r\n\r\n"),
    (CHUNKED, b"5\r\nabcdefgh\r\n0\r\n\r\n"),
    (CHUNKED, b"-1\r\n{}\r\n0\r\n\r\n"),
    (CHUNKED, b"ffffffffffffffffff\r\n{}"),
    (CHUNKED, b'e\r\n{"a":"\\u0000"}\r\n0\r\n\r\n'),
    (CHUNKED, b"2;" + b"x" * 9_000 + b"\r\n{}\r\n0\r\n\r\n"),
    (CHUNKED, b"2\r\n{}\r\n0\r\nOdd trailer\r\n\r\n"),
    (CHUNKED + b"Content-Length: 2\r\n", b"2\r\n{}\r\n0\r\n\r\n"),
    (b"Content-Length: -1\r\n", b"{}"),
    (b"Content-Length: two\r\n", b"{}"),
    (b"Content-Length: 2\r\nContent-Length: 3\r\n", b"{}"),
    (b"Content-Length: " + b"9" * 5_000 + b"\r\n", b"{}"),
    (b"Content-Length: 99999999999\r\n", b"{}"),
    (b"Transfer-Encoding: odd\r\n", b"{}"),
)  # fmt: skip
BODY = b"Content-Length: 2\r\n"
HEADERS = (
    *(b"If-Match: " + tag for tag in (b'"v' + b"9" * 4_000 + b'"', b"\xff", b'W/"v\xb2"', b'"v1", "v2"', b"v-1", b'"v9223372036854775808"')),
    *(b"Idempotency-Key: " + key for key in (b"", b"\xff\xfe", b"x" * 4_000, b"\xed\xa0\x80", b"a\x00b", b"a\x01b")),
    *(b"X-Request-Id: " + told for told in (b"\xff", b"a\tb", b"x" * 4_000)),
    *(b"Content-Type: " + kind for kind in (b"", b"application/json; charset=nothing", b"application/json; charset=utf-16", b"\xff/\xff", b"x" * 4_000)),
    *(b"Cookie: " + told for told in (b"tandem_session=\xff", b"tandem_said=\xff", b"tandem_session=" + b"x" * 4_000, b'tandem_session="\\777\\000"', b"=;=;;")),
    *(b"Last-Event-ID: " + told for told in (b"9" * 4_000, b"\xb2", b"-1")),
    *(b"Accept-Language: " + told for told in (b"\xff", b"x-" * 2_000, b"de;q=x")),
    *(b"X-Odd: " + told for told in (b"a\rb", b"a\nb", b"a\r\n folded", b"a\x00b", b"x" * 9_000)),
    *(b"X-Odd" + told for told in (b" : a", b"", b"\xff: a", b"\r\n\r\nGET / HTTP/1.1")),
    *(b"Host: " + told for told in (b"", b"a b", b"[::", b"x" * 4_000, b"a@b:c")),
    *(b"Origin: " + told for told in (b"http://[::", b"\xff", b"null")),
    *(b"X-Forwarded-For: " + told for told in (b"\xff", b"1.2.3.4," * 500)),
    *(b"Expect: " + told for told in (b"100-continue", b"odd")),
)  # fmt: skip
LINES = (
    b"GET /%00 HTTP/1.1", b"GET http://[:: HTTP/1.1", b"GET //elsewhere.test/a HTTP/1.1", b"GET * HTTP/1.1", b"GET /api/\xff HTTP/1.1",
    b"GET /a HTTP/9.9", b"GET", b"\x00\x01\x02", b"ODD /livez HTTP/1.1", b"TRACE / HTTP/1.1", b"HEAD /readyz HTTP/1.1", b"GET /" + b"a" * 9_000 + b" HTTP/1.1",
)  # fmt: skip
PATIENCE = 30.0


def answers(target: Target) -> Iterator[Answered]:
    """What came back to each; a body that is shorter than it says is ended by hanging up."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(lambda raw: _sent(target, *raw), list(_raws(target)))


def _raws(target: Target) -> Iterator[tuple[Call, bytes]]:
    by = tenants.admin_of(tenants.BLUE)
    for operation in operations(target):
        path = operation.path.format_map(target.blue[operation.service])
        token = headers_for(target.applications, path, by)["Authorization"].encode()
        line = f"{operation.method} {path} HTTP/1.1".encode()
        head = line + b"\r\nConnection: close\r\nContent-Type: application/json\r\nAuthorization: " + token + b"\r\n"
        for header, body in FRAMES:
            yield _raw(
                "bad chunks and lengths", operation.service, line, head + b"Host: x\r\n" + header + b"\r\n" + body
            )
        for header in HEADERS:
            host = b"" if header.startswith(b"Host") else b"Host: x\r\n"
            yield _raw(
                "odd headers", operation.service, line + b" " + header, head + host + BODY + header + b"\r\n\r\n{}"
            )
    for service in target.applications:
        for line in LINES:
            yield _raw("odd first lines", service, line, line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")


def _raw(kind: str, service: str, shown: bytes, whole: bytes) -> tuple[Call, bytes]:
    return Call(kind, service, "raw", f" {shown[:240]!r}"), whole


def _sent(target: Target, call: Call, whole: bytes) -> Answered:
    told = urlsplit(target.house.url(call.service))
    received = b""
    with (
        contextlib.suppress(ConnectionError),
        socket.create_connection((told.hostname, told.port), timeout=PATIENCE) as line,
    ):
        line.sendall(whole)
        line.shutdown(socket.SHUT_WR)
        while piece := line.recv(65536):
            received += piece
    words = received[:32].split(b" ")
    return Answered(call, int(words[1]) if len(words) > 1 and words[1].isdigit() else UNANSWERED)
