"""An API is served to everybody, whatever some of them do with their connections."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.attack.crowd import Crowd, slow_bodies, slow_heads, slow_readers
from tests.conftest import free_port

ROOT = Path(__file__).resolve().parents[2]
THREADS = 2
PER_ADDRESS = 40


@contextmanager
def server(processes: int = 1) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = free_port()
    running = subprocess.Popen([sys.executable, "-m", "tests.shared.small_server", str(port), str(processes)], cwd=ROOT)
    try:
        until(lambda: answers(port))
        yield port, running
    finally:
        running.terminate()
        running.wait(20)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with server() as (port, _):
        yield port


@pytest.fixture
def own_port() -> Iterator[int]:
    """That of a server on which nothing of another test can still stand."""
    with server() as (port, _):
        yield port


def answers(port: int) -> bool:
    """Whether a request is answered; the server has ended its connection by then, which gives way to any other."""
    try:
        return raw(port, b"GET / HTTP/1.1\r\nHost: tandem\r\nConnection: close\r\n\r\n").endswith(b"\r\n\r\nok")
    except OSError:
        return False


def until(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come to hold"
        time.sleep(0.02)


def raw(port: int, data: bytes) -> bytes:
    """All that is answered to these bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as sock:
        sock.sendall(data)
        got = b""
        while more := sock.recv(65536):
            got += more
    return got


def test_an_answer_in_parts_leaves_part_by_part(port):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as sock:
        sock.sendall(b"GET /parts HTTP/1.1\r\nHost: tandem\r\n\r\n")
        got, came = b"", {}
        while not got.endswith(b"0\r\n\r\n"):
            got += sock.recv(65536)
            came |= {part: time.monotonic() for part in (b"at once", b"later") if part in got and part not in came}
        assert came[b"later"] - came[b"at once"] > 0.5
        sock.sendall(b"GET / HTTP/1.1\r\nHost: tandem\r\nConnection: close\r\n\r\n")
        assert sock.recv(65536).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("crowd", [slow_heads, slow_bodies])
def test_who_is_slow_holds_no_thread_and_is_cut(port, crowd):
    with crowd(("127.0.0.1", port), 5 * THREADS) as slow:
        assert slow.standing == 5 * THREADS
        assert answers(port)
        until(lambda: slow.standing == 0)
        assert slow.statuses() == {408: 5 * THREADS}
        assert slow.heard(b"application/problem+json") == 5 * THREADS


@pytest.mark.parametrize("path", ["/large", "/larger"])
def test_who_does_not_read_is_cut(port, path):
    with slow_readers(("127.0.0.1", port), 3 * THREADS, path):
        until(lambda: answers(port))
    assert requests.get(f"http://127.0.0.1:{port}{path}", timeout=30).text.count("x") > 1_000_000


def test_one_more_connection_of_an_address_takes_the_place_of_the_slowest(port):
    with slow_heads(("127.0.0.1", port), 2 * PER_ADDRESS) as slow:
        until(lambda: slow.statuses().get(429, 0) >= PER_ADDRESS)
        assert answers(port)


def test_an_address_whose_connections_are_all_at_work_gets_no_more(own_port):
    watching = b"GET /stream HTTP/1.1\r\nHost: tandem\r\n\r\n"
    with Crowd(("127.0.0.1", own_port), PER_ADDRESS, watching) as streams:
        assert streams.until(PER_ADDRESS, 30)
        refused = raw(own_port, b"GET / HTTP/1.1\r\n\r\n")
        assert refused.startswith(b"HTTP/1.1 429 Too Many Requests\r\n")
        assert b"Retry-After: " in refused
        assert b"too many connections from your address" in refused
    until(lambda: answers(own_port))


def test_streams_hold_no_thread_of_the_others(own_port):
    watching = b"GET /stream HTTP/1.1\r\nHost: tandem\r\n\r\n"
    with Crowd(("127.0.0.1", own_port), 5 * THREADS, watching) as streams:
        assert streams.until(5 * THREADS, 30)
        assert answers(own_port)
        until(lambda: streams.heard(b": ping") == 5 * THREADS)


def test_a_probe_is_answered_while_every_thread_is_taken(port):
    asleep = b"GET /sleep HTTP/1.1\r\nHost: tandem\r\n\r\n"
    with Crowd(("127.0.0.1", port), 5 * THREADS, asleep) as sleepers:
        assert requests.get(f"http://127.0.0.1:{port}/livez", timeout=30).ok
        assert sleepers.statuses().get(200, 0) < 5 * THREADS
        assert sleepers.until(5 * THREADS, 60)


def test_large_bodies_that_do_not_end_make_room(port):
    head = b"POST /echo HTTP/1.1\r\nHost: tandem\r\nContent-Length: 999999\r\n\r\n"
    with Crowd(("127.0.0.1", port), 12, head + b"x" * 600_000) as large:
        until(lambda: large.statuses().get(503, 0) >= 12 - 5)
        assert requests.post(f"http://127.0.0.1:{port}/echo", data=b"y" * 500_000, timeout=30).text == "y" * 500_000


def test_a_connection_is_kept_for_the_next_request_and_takes_several_at_once(port):
    kept = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for body in (b"one", b"two"):
        kept.request("POST", "/echo", body, {"Expect": "100-continue"})
        assert kept.getresponse().read() == body
    kept.request("POST", "/echo", iter((b"thr", b"ee")), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
    assert kept.getresponse().read() == b"three"
    kept.close()
    several = b"GET /pid HTTP/1.1\r\nHost: t\r\n\r\n" * 3 + b"GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"
    assert raw(port, several).count(b"HTTP/1.1 200 OK") == 4


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: t\r\nX: " + b"a" * 70_000, b"431"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", b"400"),
        (b"GET /fail HTTP/1.1\r\nHost: t\r\n\r\n", b"500"),
    ],
)
def test_what_is_wrong_is_answered_and_closed(port, data, status):
    assert raw(port, data).startswith(b"HTTP/1.1 " + status)
    assert answers(port)


def test_a_server_that_stops_answers_what_has_come_and_waits_for_nobody():
    with server() as (port, running), slow_heads(("127.0.0.1", port), 20):
        with Crowd(("127.0.0.1", port), 2, b"GET /sleep HTTP/1.1\r\nHost: t\r\n\r\n") as asleep:
            time.sleep(0.5)
            running.send_signal(signal.SIGTERM)
            assert asleep.until(2, 30)
            assert asleep.heard(b"Connection: close") == 2
        assert running.wait(30) == 0


def test_several_processes_share_the_work():
    with server(processes=2) as (port, _):
        seen: set[str] = set()

        def both() -> bool:
            seen.add(requests.get(f"http://127.0.0.1:{port}/pid", timeout=30).text)
            return len(seen) == 2

        until(both)
