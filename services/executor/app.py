"""Builds the executor's processes; the only module here that imports all the others."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from flask import Flask

from services.executor import api, fault_injection, models, reading_cli, work
from services.executor.api.installation import Installation
from services.executor.documents import DocumentReader, Limits
from services.executor.processors import Providers, registry
from services.executor.providers.file_store import FileStore
from services.executor.providers.local_mailbox import LocalMailbox
from services.executor.providers.sandbox_crm import SandboxCrm
from shared.database import connection
from shared.feed import doorbells
from shared.ground import clock
from shared.ground.settings import Settings
from shared.process.service_main import Context, Worker
from shared.web import application, feed_routes
from shared.web.health import Health

MIGRATIONS = Path(__file__).parent / "migrations"


def connect(settings: Settings) -> Any:
    """Point the models at this context's database."""
    connection.connect(models.db, settings.database_url)
    return models.db


def make_crm(settings: Settings) -> SandboxCrm:
    """The CRM of this installation: the embedded one."""
    return SandboxCrm(settings.crm_database_path, read_clock=clock.now, answers_lookups=settings.crm_answers_lookups)


def make_mailbox(settings: Settings) -> LocalMailbox:
    """The mail provider of this installation: the embedded one."""
    return LocalMailbox(
        settings.mailbox_path,
        sender=settings.mail_from,
        read_clock=clock.now,
        answers_lookups=settings.mail_answers_lookups,
    )


def _open(settings: Settings) -> registry.Registry:
    """Set up what both processes need: the database's address, the armed fault point, and the processors."""
    connect(settings)
    fault_injection.arm(settings.fault_point, settings.home)
    return registry.load(rehearsal=settings.test_processors)


def make_app(settings: Settings) -> Flask:
    """The API. A commit wakes the readers and the executor's own workers."""
    processors = _open(settings)
    ringer = doorbells.Ringer(settings, models.feed).start()
    ring_readers = models.feed.on_news
    bell = work.make_bell(ringer.broker).start()

    def ring_all(kinds: Collection[str]) -> None:
        ring_readers(kinds)
        if "ai-task" in kinds:
            bell.nudge()

    models.feed.on_news = ring_all
    health = Health({"redis": lambda: doorbells.redis_problem(ringer.broker)}, [settings.home])
    blueprints = (*api.blueprints, *feed_routes.make(models.feed, models.acts))
    app = application.make_app(
        settings,
        models.feed,
        blueprints,
        title="Tandem executor",
        migrations=MIGRATIONS,
        health=health,
        deactivated=models.replicas.people.deactivated,
    )
    app.extensions[Installation.NAME] = Installation(
        processors,
        make_crm(settings),
        make_mailbox(settings),
        FileStore(settings.files_path),
        settings.max_retries + 1,
        wake=bell.nudge,
    )
    return app


def make_worker(settings: Settings) -> Worker:
    """The worker."""
    processors = _open(settings)
    providers = Providers(
        crm=make_crm(settings),
        mail=make_mailbox(settings),
        files=FileStore(settings.files_path),
        documents=DocumentReader(Limits(settings.reading_pages, settings.reading_seconds)),
    )
    return work.make_worker(settings, processors, providers)


CONTEXT = Context(
    "executor", connect, MIGRATIONS, make_app, make_worker, remote_commands={"read-text": reading_cli.read_text}
)
