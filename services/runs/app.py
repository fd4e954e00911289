"""Runs, put together: the only module here that knows all the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask

from services.runs import api, models, seeding, work
from shared import database, queues, web
from shared.health import Health
from shared.processes import Context, Worker
from shared.settings import Settings

MIGRATIONS = Path(__file__).parent / "migrations"


def connect(settings: Settings) -> Any:
    """Point the models at this context's database."""
    database.connect(models.db, settings.database_url, plan_each_time=True)
    return models.db


def make_app(settings: Settings) -> Flask:
    """The API."""
    connect(settings)
    ringer = queues.Ringer(settings, models.feed).start()
    health = Health(degraded={"redis": lambda: queues.answers(ringer.broker)})
    return web.make_app(
        settings, models.feed, api.blueprints, title="Tandem runs", migrations=MIGRATIONS, health=health
    )


def make_worker(settings: Settings) -> Worker:
    """The worker."""
    connect(settings)
    return work.make_worker(settings)


CONTEXT = Context("runs", connect, MIGRATIONS, make_app, make_worker, seed=seeding.seed)
