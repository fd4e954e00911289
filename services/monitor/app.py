"""Builds the monitor's processes; the only module here that imports all the others."""

from __future__ import annotations

import signal
import threading
from datetime import datetime
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from services.monitor import api, clients, live, models, pages, seeding, user_cli, work
from services.monitor.api import browser
from shared.database import connection
from shared.feed import doorbells
from shared.ground.settings import Settings
from shared.process.service_main import Context, Worker
from shared.web import application, feed_routes
from shared.web.health import Health


def connect(settings: Settings) -> Any:
    """Point the models at this context's database, and the clients at the other services."""
    connection.connect(models.database, settings.database_url)
    clients.connect(settings)
    return models.database


def make_app(settings: Settings) -> Flask:
    """The API and the pages."""
    connect(settings)
    ringer = doorbells.Ringer(settings, models.feed).start()
    health = Health(degraded={"redis": lambda: doorbells.redis_problem(ringer.broker)})
    app = application.make_app(
        settings,
        models.feed,
        (*api.blueprints, *feed_routes.make(models.feed, models.acts), *pages.blueprints),
        title="Tandem monitor",
        migrations=models.MIGRATIONS,
        health=health,
        authenticate=browser.authenticate,
        on_page_error=pages.failed,
        deactivated=models.people.deactivated,
        import_name="services.monitor",
    )
    browser.guard(app)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.proxies, 0, 0, 0, 0)  # type: ignore[method-assign]
    _stop_streams_with_the_server()
    return app


def make_worker(settings: Settings) -> Worker:
    """The worker."""
    connect(settings)
    return work.make_worker(settings)


def seed(_: Settings, now: datetime) -> None:
    """Load the sample tenants and people."""
    with connection.session(models.database):
        seeding.seed(now)


def _stop_streams_with_the_server() -> None:
    """End the streams on SIGTERM. gunicorn waits for running requests before it exits, and a stream does not end by itself."""
    before = signal.getsignal(signal.SIGTERM)
    if threading.current_thread() is threading.main_thread() and callable(before):
        live.hub.stopping.on_also(signal.SIGTERM, before)


CONTEXT = Context("monitor", connect, models.MIGRATIONS, make_app, make_worker, seed, commands={"user": user_cli.user})
