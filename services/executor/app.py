"""The executor, put together: the only module here that knows all the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask

from services.executor import api, faults, models, work
from services.executor.api.installation import Installation
from services.executor.processors import Providers, registry
from services.executor.providers.local_mailbox import LocalMailbox
from services.executor.providers.sandbox_crm import SandboxCrm
from shared import clock, database, queues, web
from shared.health import Health
from shared.processes import Context, Worker
from shared.settings import Settings

MIGRATIONS = Path(__file__).parent / "migrations"


def connect(settings: Settings) -> Any:
    """Point the models at this context's database."""
    database.connect(models.db, settings.database_url)
    return models.db


def make_crm(settings: Settings) -> SandboxCrm:
    """The CRM of this installation: the embedded one."""
    return SandboxCrm(settings.crm_database_path, tell_time=clock.now, answers_lookups=settings.crm_answers_lookups)


def make_mailbox(settings: Settings) -> LocalMailbox:
    """Who sends mail for this installation: the embedded one."""
    return LocalMailbox(
        settings.mailbox_path,
        sender=settings.mail_from,
        tell_time=clock.now,
        answers_lookups=settings.mail_answers_lookups,
    )


def _open(settings: Settings) -> registry.Registry:
    """What both processes begin with: the database's address, the armed fault point, and the processors."""
    connect(settings)
    faults.arm(settings.fault_point, settings.home)
    return registry.load(rehearsal=settings.test_processors)


def make_app(settings: Settings) -> Flask:
    """The API. A commit rings the readers, and the executor's own workers."""
    known = _open(settings)
    ringer = queues.Ringer(settings, models.feed).start()
    tell_readers = models.feed.on_news
    bell = work.make_bell(ringer.broker).start()

    def tell_everybody() -> None:
        tell_readers()
        bell.nudge()

    models.feed.on_news = tell_everybody
    health = Health(degraded={"redis": lambda: queues.answers(ringer.broker)})
    app = web.make_app(
        settings, models.feed, api.blueprints, title="Tandem executor", migrations=MIGRATIONS, health=health
    )
    app.extensions[Installation.NAME] = Installation(
        known, make_crm(settings), make_mailbox(settings), settings.max_retries + 1
    )
    return app


def make_worker(settings: Settings) -> Worker:
    """The worker."""
    known = _open(settings)
    return work.make_worker(settings, known, Providers(crm=make_crm(settings), mail=make_mailbox(settings)))


CONTEXT = Context("executor", connect, MIGRATIONS, make_app, make_worker)
