"""An application of the console, browsers in which the sample people are signed in, and a run that failed."""

from __future__ import annotations

import re
from html import unescape

import pytest

from services.monitor import seeding, sessions
from services.monitor.api import browser
from services.monitor.app import make_app
from services.monitor.models import database
from shared.database.connection import session
from shared.ground import clock
from shared.ground.principal import Principal
from tests.conftest import NOON
from tests.monitor.conftest import FAILED, SUCCESS, attempt, execution, step, task
from tests.monitor.test_projecting import FINALIZED, tell

OURS = {"Sec-Fetch-Site": "same-origin"}
BOSS = Principal("person", "boss", "Boss", "demo", roles=frozenset({"super_admin"}))
HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'
EVERY_PAGE = (
    "/app/monitor",
    "/app/renewals",
    "/app/tasks",
    "/app/contacts",
    "/app/runs",
    "/app/partnerships",
    "/app/flows",
    "/app/notifications",
)


@pytest.fixture(scope="module")
def app(settings):
    """One application for all of them: its templates are compiled once."""
    return make_app(settings)


@pytest.fixture
def visitor(app, monitor):
    """A browser of somebody who is not signed in; the sample people exist."""
    with session(database):
        seeding.seed(NOON)
    return app.test_client()


def make_link(name: str, token: str) -> None:
    """A sign-in link for a sample person."""
    with session(database):
        sessions.make_link(f"{name}@demo.tandem.test", token=token, by=BOSS, now=clock.now())


@pytest.fixture
def enter(visitor, app):
    """`enter("dev")` -> a browser in which the sample person of this name is signed in."""

    known = {}

    def enter(name):
        if name in known:
            return known[name]
        client = known[name] = app.test_client()
        make_link(name, f"link-{name}")
        with session(database):
            sessions.sign_in_with_link(f"link-{name}", token=f"cookie-{name}", now=clock.now())
        client.set_cookie(browser.COOKIE, f"cookie-{name}", domain="localhost")
        return client

    return enter


@pytest.fixture
def ana(enter):
    return enter("ana")


@pytest.fixture
def failed_run(monitor):
    tell("workflow-execution", execution(**FINALIZED))
    tell(
        "workflow-step",
        step(1, status="completed", startedAt="2026-11-21T11:00:00Z", completedAt="2026-11-21T11:10:00Z"),
    )
    tell("ai-task", task(1, **(FAILED | {"attempts": [attempt(1)]})))
    tell("ai-task", task(2, **SUCCESS))


def words(response) -> str:
    """What a person reads: the page without its tags."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text)))
