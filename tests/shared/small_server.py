"""A small application served as an API is, with limits that a test can reach: `python -m tests.shared.small_server PORT`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from gunicorn.app.base import BaseApplication

from shared.web import http_connection
from shared.web.application import OWN_THREAD
from shared.web.http_worker import HttpWorker, Limits

http_connection.HEAD_SECONDS = 1.0
http_connection.BODY_SECONDS = 1.0
http_connection.ANSWER_SECONDS = 1.0
http_connection.IDLE_SECONDS = 30.0


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Echo, an answer of many megabytes, a stream, one in parts, one that sleeps, one that fails, or `ok`."""
    path = environ["PATH_INFO"]
    if path == "/fail":
        raise RuntimeError("as it was asked to")
    if path == "/sleep":
        time.sleep(1.5)
    if path == "/stream":
        environ[OWN_THREAD] = True
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        return (b": ping\n\n" for _ in iter(lambda: time.sleep(0.1), 1))
    if path == "/parts":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return _parts()
    body = {
        "/echo": environ["wsgi.input"].read,
        "/large": lambda: b"x" * 3_000_000,
        "/larger": lambda: b"x" * 12_000_000,
        "/pid": lambda: str(os.getpid()).encode(),
    }.get(path, lambda: b"ok")()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def _parts() -> Iterator[bytes]:
    yield b"at once"
    time.sleep(1.0)
    yield b"later"


class Server(BaseApplication):
    """gunicorn with our worker, two threads, and room for few."""

    limits = Limits(connections=60, connections_per_address=40, longest_body=1_000_000, buffered_bytes=3_000_000)

    def load_config(self) -> None:
        """See gunicorn."""
        options = {
            "bind": f"127.0.0.1:{sys.argv[1]}",
            "workers": int(sys.argv[2]),
            "worker_class": HttpWorker,
            "threads": 2,
            "graceful_timeout": 5,
            "sendfile": False,
            "control_socket_disable": True,
            "loglevel": "warning",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """See gunicorn."""
        return application


if __name__ == "__main__":
    Server().run()
