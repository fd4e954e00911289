"""What `python -m services.<context>` does, the same for every context: api, work, migrate, seed, prepare."""

from __future__ import annotations

import logging
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers import gthread

from shared import clock, database, logs, migrating, queues, settings
from shared.errors import Unavailable
from shared.loops import Loop
from shared.settings import Settings

log = logging.getLogger(__name__)

GRACE_SECONDS = 8
"""How long requests and actors that run may go on after SIGTERM; compose waits longer than that."""


ALIVE = Path(tempfile.gettempdir()) / "tandem-alive"
"""Touched by a worker that is well; a container's health check looks at its age."""


@dataclass
class Worker:
    """The worker process of a context: its consumers of doorbells, its loops, its ringer, and what must end with them."""

    consumers: queues.Consumers
    ringer: queues.Ringer
    loops: list[Loop]
    on_stop: Callable[[], None] = lambda: None

    def start(self) -> Worker:
        """Begin everything; returns at once."""
        self.ringer.start()
        self.consumers.start()
        for loop in self.loops:
            loop.start()
        return self

    def alive(self) -> bool:
        """Whether every loop has made its turn lately; one that hangs makes the worker unhealthy although its process runs."""
        return all(time.monotonic() - loop.last_ended < max(60.0, 3 * loop.every) for loop in self.loops)

    def stop(self) -> None:
        """End everything: first what takes on work, then what runs, then the last ring."""
        for loop in self.loops:
            loop.stop(0.1)
        self.on_stop()
        self.consumers.stop(GRACE_SECONDS * 1000)
        self.ringer.stop()


@dataclass(frozen=True)
class Context:
    """A context as its `__main__` hands it over: how to put together its API and its worker, and where its database is.

    `connect(settings)` points the context's models at its database. `seed(settings, now)` loads sample data, twice is once.
    `commands` are more words of its own: `python -m services.<name> <word> ...`.
    """

    name: str
    connect: Callable[[Settings], Any]
    migrations: Path
    make_app: Callable[[Settings], Flask]
    make_worker: Callable[[Settings], Worker]
    seed: Callable[[Settings, datetime], None] = lambda settings, now: None
    commands: Mapping[str, Callable[[Settings, Sequence[str]], int]] = field(default_factory=dict)

    def migrate(self, told: Settings) -> list[str]:
        """Bring the context's database up to date; the names of what was applied."""
        return migrating.apply(self.connect(told), self.migrations)


class _Server(BaseApplication):
    """gunicorn with one process of many threads: streams hold a thread each, and nothing is monkey-patched."""

    def __init__(self, context: Context, told: Settings) -> None:
        self.context, self.told = context, told
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"{self.told.bind}:{self.told.port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": self.told.threads,
            "worker_connections": 2000,
            "graceful_timeout": GRACE_SECONDS,
            "timeout": 120,
            "keepalive": 60,
            "control_socket_disable": True,
            "proc_name": f"tandem {self.context.name}",
            "loglevel": "warning",
            "logger_class": "gunicorn.glogging.Logger",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        logs.set_up(self.told, "api")
        return self.context.make_app(self.told)


LINGER_SECONDS = 0.3
"""How long an API that stops leaves idle connections open; the other services and every browser keep one."""


def serve(context: Context, told: Settings) -> None:
    """Serve the context's API until SIGTERM."""
    gthread.STOP_KEEPALIVE_LINGER = LINGER_SECONDS
    _Server(context, told).run()


def work(context: Context, told: Settings) -> None:
    """Run the context's worker until SIGTERM or SIGINT."""
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    worker = context.make_worker(told).start()
    ALIVE.touch()
    log.info("working")
    while not done.wait(5):
        if worker.alive():
            ALIVE.touch()
    worker.stop()
    log.info("stopped")


def main(context: Context, arguments: Sequence[str] | None = None) -> int:
    """The command line of one context. Returns the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    known = ("api", "work", "migrate", "seed", "prepare", *context.commands)
    if not words or words[0] not in known:
        print(f"usage: python -m services.{context.name} {' | '.join(known)}", file=sys.stderr)
        return 2
    try:
        told = settings.load(context.name)
    except settings.WrongSettings as error:
        print(*error.reasons(), sep="\n", file=sys.stderr)
        return 1
    logs.set_up(told, words[0])
    if words[0] == "api":
        serve(context, told)
    elif words[0] == "work":
        work(context, told)
    else:
        return _once(context, told, words)
    return 0


def _once(context: Context, told: Settings, words: Sequence[str]) -> int:
    """What is done and over: a migration, samples, a command. A database that cannot be used is one line on standard error."""
    try:
        return _do(context, told, *words)
    except database.DatabaseError:
        try:
            _look_at_database(context, told)
        except Unavailable as error:
            print(error.message, file=sys.stderr)
            return 1
        raise


def _do(context: Context, told: Settings, word: str, *more: str) -> int:
    context.connect(told)
    if word in context.commands:
        return context.commands[word](told, more)
    if word in ("migrate", "prepare"):
        context.migrate(told)
    if word in ("seed", "prepare"):
        context.seed(told, clock.now())
    return 0


def _look_at_database(context: Context, told: Settings) -> None:
    """Unavailable, with the setting, the address and the reason, when nobody can work with the database as it stands."""
    name, shown = f"TANDEM_{told.service.upper()}_DATABASE_URL", told.database_shown(told.service)
    where = context.connect(told)
    try:
        with database.session(where):
            pending = migrating.pending(where, context.migrations)
    except database.DatabaseError as error:
        raise Unavailable(f"{name}: cannot connect to {shown}: {' '.join(str(error).split())}") from error
    if pending:
        raise Unavailable(
            f"{shown} has not the tables of this version: run `tandem migrate {told.service}`, or set {name} in this terminal"
            " as well if the data is elsewhere."
        )
