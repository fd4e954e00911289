"""Builds the processes of workflows; the only module here that imports all the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask

from services.workflows import api, contract_cli, demo, models, sample_work, seeding, work
from services.workflows.clients import ExecutorFiles
from shared.database import connection
from shared.feed import doorbells
from shared.ground.settings import Settings
from shared.process.service_main import Context, Worker
from shared.web import application, feed_routes
from shared.web.health import Health

MIGRATIONS = Path(__file__).parent / "migrations"


def connect(settings: Settings) -> Any:
    """Point the models at this context's database."""
    connection.connect(models.db, settings.database_url)
    return models.db


def make_app(settings: Settings) -> Flask:
    """The API."""
    connect(settings)
    ringer = doorbells.Ringer(settings, models.feed).start()
    health = Health(degraded={"redis": lambda: doorbells.redis_problem(ringer.broker)})
    blueprints = (*api.blueprints, *feed_routes.make(models.feed, models.acts))
    app = application.make_app(
        settings,
        models.feed,
        blueprints,
        title="Tandem workflows",
        migrations=MIGRATIONS,
        health=health,
        deactivated=models.replicas.people.deactivated,
    )
    app.extensions[ExecutorFiles.NAME] = ExecutorFiles(settings)
    return app


def make_worker(settings: Settings) -> Worker:
    """The worker."""
    connect(settings)
    return work.make_worker(settings)


CONTEXT = Context(
    "workflows",
    connect,
    MIGRATIONS,
    make_app,
    make_worker,
    seed=seeding.seed,
    commands={"samples": sample_work.main},
    remote_commands={"demo": demo.main, "read-contract": contract_cli.read_contract},
)
