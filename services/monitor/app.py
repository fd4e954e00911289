"""The monitor, put together: the only module here that knows all the others."""

from __future__ import annotations

import signal
import threading
from datetime import datetime
from typing import Any

from flask import Flask

from services.monitor import api, clients, commands, live, models, pages, seeding, work
from services.monitor.api import browser
from shared import database, queues, web
from shared.health import Health
from shared.processes import Context, Worker
from shared.settings import Settings


def connect(settings: Settings) -> Any:
    """Point the models at this context's database, and the clients at the others."""
    database.connect(models.database, settings.database_url)
    clients.connect(settings)
    return models.database


def make_app(settings: Settings) -> Flask:
    """The API and the pages."""
    connect(settings)
    ringer = queues.Ringer(settings, models.feed).start()
    health = Health(degraded={"redis": lambda: queues.answers(ringer.broker)})
    app = web.make_app(
        settings,
        models.feed,
        (*api.blueprints, *pages.blueprints),
        title="Tandem monitor",
        migrations=models.MIGRATIONS,
        health=health,
        authenticate=browser.authenticate,
        on_page_error=pages.failed,
        import_name="services.monitor",
    )
    browser.guard(app)
    _stop_streams_with_the_server()
    return app


def make_worker(settings: Settings) -> Worker:
    """The worker."""
    connect(settings)
    return work.make_worker(settings)


def seed(_: Settings, now: datetime) -> None:
    """Load the sample tenants and people."""
    with database.session(models.database):
        seeding.seed(now)


def _stop_streams_with_the_server() -> None:
    """gunicorn waits for requests that run before it ends; streams run for ever unless they hear of it when it does."""
    before = signal.getsignal(signal.SIGTERM)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        return

    def stop(number: int, frame: Any) -> None:
        live.hub.stop()
        before(number, frame)

    signal.signal(signal.SIGTERM, stop)
    signal.siginterrupt(signal.SIGTERM, False)


CONTEXT = Context("monitor", connect, models.MIGRATIONS, make_app, make_worker, seed, commands={"user": commands.user})
