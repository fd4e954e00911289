"""The commands of `python -m services.<context>`, the same for every context: api, work, migrate, seed, prepare,
backup, restore."""

from __future__ import annotations

import logging
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from shared.database import connection, database_backup, schema_migrations
from shared.feed import doorbells
from shared.feed.changes import Feed
from shared.ground import clock, logs, private_files
from shared.ground.errors import TandemError, Unavailable
from shared.ground.settings import Settings, WrongSettings
from shared.ground.settings import load as load_settings
from shared.process import preflight
from shared.process.periodic import PeriodicThread
from shared.process.signals import INTERRUPTED, StopRequest
from shared.web import health, request_checks
from shared.web.http_worker import HttpWorker, Limits

log = logging.getLogger(__name__)

GRACE_SECONDS = 8
"""Seconds that running requests and actors may continue after SIGTERM; compose waits longer than that."""


ALIVE = Path(tempfile.gettempdir()) / "tandem-alive"
"""A file that a healthy worker touches; the health check of a container looks at its age."""

COPYING = ("backup", "restore")
"""The commands that take a folder: they copy the database into it, or restore it from there."""


@dataclass
class Worker:
    """The worker process of a context: its consumers of doorbells, its loops, its ringer, and what must stop with them."""

    consumers: doorbells.Consumers
    ringer: doorbells.Ringer
    loops: list[PeriodicThread]
    on_stop: Callable[[], None] = lambda: None

    def start(self) -> Worker:
        """Start everything; returns at once."""
        self.ringer.start()
        self.consumers.start()
        for loop in self.loops:
            loop.start()
        return self

    def alive(self) -> bool:
        """Whether every loop has completed a call lately; a loop that hangs makes the worker unhealthy although the
        process runs."""
        return all(time.monotonic() - loop.last_ended < max(60.0, 3 * loop.every) for loop in self.loops)

    def stop(self) -> None:
        """Stop everything: first the loops that start work, then the running work, then the ringer. If one
        part fails, the others are stopped all the same, and the error is raised at the end."""
        for loop in self.loops:
            loop.stop(0.1)
        with ExitStack() as parts:  # the last one is stopped first
            parts.callback(self.ringer.stop)
            parts.callback(self.consumers.stop, GRACE_SECONDS * 1000)
            parts.callback(self.on_stop)


Command = Callable[[Settings, Sequence[str]], int]
"""Takes the words behind the command's name, and returns the exit status."""


@dataclass(frozen=True)
class Context:
    """A context as its `__main__` describes it: how to make its API and its worker, and where its database is.

    `connect(settings)` points the models at the database. `seed(settings, now)` loads sample data; a second time it
    changes nothing. `commands` are further commands: `python -m services.<name> <command> ...`; `remote_commands` are
    those that ask running services over REST, or only read files, and therefore also run where this context's database
    cannot be reached.
    """

    name: str
    connect: Callable[[Settings], Any]
    migrations: Path
    make_app: Callable[[Settings], Flask]
    make_worker: Callable[[Settings], Worker]
    seed: Callable[[Settings, datetime], None] = lambda settings, now: None
    commands: Mapping[str, Command] = field(default_factory=dict)
    remote_commands: Mapping[str, Command] = field(default_factory=dict)

    def migrate(self, settings: Settings) -> list[str]:
        """Migrate the context's database. Returns the names of the migrations applied."""
        return schema_migrations.apply(self.connect(settings), self.migrations)


class _Server(BaseApplication):
    """gunicorn with our own threaded worker (docs/decisions/009-serving.md); nothing is monkey-patched."""

    def __init__(self, context: Context, settings: Settings) -> None:
        self.context, self.settings = context, settings
        self.limits = Limits(
            connections=min(settings.connections, _open_files() - SPARE_FILES),
            connections_per_address=settings.connections_per_address,
            longest_body=max(request_checks.LONGEST_FILE, settings.file_bytes + request_checks.FORM_AROUND_FILE),
        )
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"{self.settings.bind}:{self.settings.port}",
            "workers": self.settings.processes[self.context.name],
            "worker_class": HttpWorker,
            "threads": self.settings.threads,
            "worker_connections": self.limits.connections,
            "graceful_timeout": GRACE_SECONDS,
            "timeout": 120,
            "keepalive": 60,
            "sendfile": False,
            "control_socket_disable": True,
            "proc_name": f"tandem {self.context.name}",
            "loglevel": "warning",
            "logger_class": "gunicorn.glogging.Logger",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        logs.set_up(self.settings, "api")
        return self.context.make_app(self.settings)


SPARE_FILES = 300
"""The number of open files that are reserved for databases, other services and files that are read."""


def _open_files() -> int:
    """How many files this process may have open, after raising the limit as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return 1_000_000 if hard == resource.RLIM_INFINITY else hard


def serve(context: Context, settings: Settings) -> None:
    """Serve the context's API until SIGTERM."""
    if settings.processes[context.name] == 1:
        _Server(context, settings).run()
        return
    folder, parent = Path(tempfile.mkdtemp(prefix="tandem-metrics-")), os.getpid()
    health.share_metrics(folder)
    try:
        _Server(context, settings).run()
    finally:
        if os.getpid() == parent:
            shutil.rmtree(folder)


def work(context: Context, settings: Settings) -> None:
    """Run the context's worker until SIGTERM or SIGINT."""
    stop = StopRequest()
    stop.on(signal.SIGTERM, signal.SIGINT)
    worker = context.make_worker(settings).start()
    ALIVE.touch()
    log.info("working")
    while not stop.wait(5):
        if worker.alive():
            ALIVE.touch()
    worker.stop()
    log.info("stopped")


def main(context: Context, arguments: Sequence[str] | None = None) -> int:
    """The command line of one context. Returns the exit status."""
    argv = list(sys.argv[1:] if arguments is None else arguments)
    commands = ("api", "work", "migrate", "seed", "prepare", *COPYING, *context.commands, *context.remote_commands)
    if not argv or argv[0] not in commands:
        print(f"usage: python -m services.{context.name} {' | '.join(commands)}", file=sys.stderr)
        return 2
    try:
        settings = load_settings(context.name)
    except WrongSettings as error:
        print(*error.reasons(), sep="\n", file=sys.stderr)
        return 1
    private_files.begin(settings.home)
    logs.set_up(settings, argv[0])
    if argv[0] not in ("api", "work"):
        return _once(context, settings, argv)
    if problems := _problems(context, settings, argv[0]):
        print(*problems, sep="\n", file=sys.stderr)
        return 1
    (serve if argv[0] == "api" else work)(context, settings)
    return 0


def _problems(context: Context, settings: Settings, command: str) -> list[str]:
    """Why this process should not be started with these settings. A database that does not answer is no reason, because
    it may come back."""
    problems = preflight.wait_for_port(settings) if command == "api" else []
    if not (settings.keys / "private" / f"{settings.service}.pem").exists():
        problems.append(
            f"TANDEM_KEYS: there is no key of {settings.service} in {settings.keys}: run `tandem keys`, or name another."
        )
    database = context.connect(settings)
    try:
        with connection.session(database):
            schema_migrations.refuse_newer(database, context.migrations)
    except schema_migrations.NewerDatabase as error:
        problems.append(_of_database(settings, error))
    except connection.DatabaseError as error:
        log.warning(
            "the database is away", extra={"database": settings.database_shown(settings.service), "error": str(error)}
        )
    connection.unwrap(database).close_idle()  # no connection is inherited by the processes that serve
    return problems


def _of_database(settings: Settings, error: Exception) -> str:
    return f"TANDEM_{settings.service.upper()}_DATABASE_URL: {settings.database_shown(settings.service)}: {error}"


def _once(context: Context, settings: Settings, argv: Sequence[str]) -> int:
    """Run a command that ends by itself. A database that cannot be used is reported in one line on standard error."""
    try:
        return _do(context, settings, *argv)
    except schema_migrations.NewerDatabase as error:
        print(_of_database(settings, error), file=sys.stderr)
        return 1
    except (connection.DatabaseError, OSError):
        try:
            _look_at_database(context, settings)
        except Unavailable as error:
            print(error.message, file=sys.stderr)
            return 1
        raise
    except KeyboardInterrupt:
        return INTERRUPTED


def _do(context: Context, settings: Settings, command: str, *more: str) -> int:
    if command in context.remote_commands:
        return context.remote_commands[command](settings, more)
    database = context.connect(settings)
    if command in COPYING:
        return _copy(context, settings, command, *more)
    if command not in ("migrate", "prepare"):
        with connection.session(database):
            schema_migrations.refuse_newer(database, context.migrations)
    if command in context.commands:
        return context.commands[command](settings, more)
    if command in ("migrate", "prepare"):
        context.migrate(settings)
    if command in ("seed", "prepare"):
        context.seed(settings, clock.now())
    return 0


def _copy(context: Context, settings: Settings, command: str, *folders: str) -> int:
    """Copy the database into a folder; or restore it from there, migrate it and begin a new epoch of its feed."""
    if len(folders) != 1:
        print(f"usage: python -m services.{context.name} {command} FOLDER", file=sys.stderr)
        return 2
    database, folder = context.connect(settings), Path(folders[0])
    try:
        if command == "backup":
            database_backup.write(database, folder)
            return 0
        database_backup.restore(database, context.migrations, folder)
    except TandemError as error:
        print(error.message, file=sys.stderr)
        return 1
    context.migrate(settings)
    with connection.session(database):
        Feed(context.name, database).history.begin_epoch()
    return 0


def _look_at_database(context: Context, settings: Settings) -> None:
    """Unavailable, with the setting, the address and the reason, when the database cannot be used as it is."""
    name, shown = f"TANDEM_{settings.service.upper()}_DATABASE_URL", settings.database_shown(settings.service)
    database = context.connect(settings)
    try:
        with connection.session(database):
            pending = schema_migrations.pending(database, context.migrations)
    except connection.DatabaseError as error:
        raise Unavailable(f"{name}: cannot connect to {shown}: {' '.join(str(error).split())}") from error
    if pending:
        raise Unavailable(
            f"{shown} has not the tables of this version: run `tandem migrate {settings.service}`, or set {name} in this terminal"
            " as well if the data is elsewhere."
        )
