"""One running application a service, with sample data, asked in process."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
import requests

from shared.contracts.kinds import KINDS
from shared.ground import clock, ids
from shared.ground.principal import Principal
from shared.security.tokens import Signer
from tests.acceptance import story
from tests.contexts import CONTEXTS
from tests.contracts import guided_story, tenants
from tests.house import House, eventually


@pytest.fixture(scope="session")
def applications(make_settings):
    """`applications["runs"]` -> (Flask application, settings), migrated and seeded."""
    made = {}
    for name, context in CONTEXTS.items():
        told = make_settings(name, redis_url="redis://127.0.0.1:1/0")
        context.migrate(told)
        context.connect(told)
        context.seed(told, clock.now())
        made[name] = (context.make_app(told), told)
    return made


@pytest.fixture(scope="session")
def admin(keys):
    """Headers of an admin of the sample tenant."""
    by = Principal("person", "contract-tester", "Tester", "demo", roles=frozenset({"admin"}))
    return {
        # Schemathesis reads an answer of an application in its own process as it is.
        "Accept-Encoding": "identity",
        "Authorization": "Bearer " + Signer("monitor", keys).for_person(by, clock.now(), lifetime=timedelta(hours=2)),
    }


@pytest.fixture(scope="session")
def blue(applications):
    """What the tenant blue has, by service and by the names that paths have for it."""
    return tenants.filled(applications, tenants.BLUE)


@pytest.fixture(scope="session")
def reds(applications):
    """What the tenant red has likewise: whose people reach for what is blue's."""
    return tenants.filled(applications, tenants.RED)


@pytest.fixture(scope="session")
def red(reds):
    """An admin of red."""
    return tenants.admin_of(tenants.RED)


@pytest.fixture(scope="session")
def green(applications):
    """An admin of a third tenant, which has things of its own and was never used to write another's ids into them."""
    tenants.filled(applications, tenants.GREEN)
    return tenants.admin_of(tenants.GREEN)


@pytest.fixture(scope="session")
def walked_feeds(tmp_path_factory):
    """All changes of all feeds after whole stories against running services: `{service: [CloudEvents]}`."""
    with House(tmp_path_factory.mktemp("feeds")) as house:
        execution = story.walked(house)
        story.until_ended(house, execution)
        reminder = {"status": "snoozed", "limit": 100}
        eventually(lambda: house.get("workflows", "/api/workflows/tasks", params=reminder)["items"])
        customer = house.get("workflows", f"/api/workflows/executions/{execution}")["customerId"]
        house.post("workflows", f"/api/customers/{customer}/holds", {"reason": "Legal"})
        guided_story.walked(house)
        _mail_a_digest(house)
        changes = {service: list(_everything(house, service)) for service in KINDS}
        house.post("monitor", "/api/samples/removal")
        removal = ("workflows", "tandem.ai-task-removal-request")
        eventually(lambda: removal[1] in {event["type"] for event in _everything(house, removal[0])})
        return {service: changes[service] + list(_everything(house, service)) for service in KINDS}


def _mail_a_digest(house):
    """Let the hour of the tester's digest come, and wait until the monitor has asked for the mail."""
    by = Principal("person", ids.named("person", "max@demo.tandem.test"), "Max", "demo", roles=frozenset({"admin"}))
    kinds = ["task_done", "task_failed", "plan_ready"]
    chosen = {"muted": [], "mailed": kinds, "digestHour": 7, "timeZone": "UTC"}
    house.ask("PUT", "monitor", "/api/notifications/settings", by=by, json=chosen)
    failing = {"trackOpens": True, "trackClicks": True, "notifyOnOpen": False, "emailId": "d", "emailSubject": "d"}
    body = {"title": "Digest", "processor": "email-engagement-tracker", "metadata": failing | {"sentTo": "c@x.test"}}
    house.post("executor", "/api/ai-tasks", body, by=by)
    unread = {"unread": "true", "limit": 100}
    eventually(
        lambda: [
            one
            for one in house.get("monitor", "/api/notifications", by=by, params=unread)["items"]
            if one["title"] == "Done: Digest"
        ]
    )
    with closing(sqlite3.connect(house.told.home / "data" / "monitor.sqlite3", timeout=30)) as database:
        database.execute("UPDATE notification_setting SET next_due_at = '2026-01-01 07:00:00.000000'")
        database.commit()
    eventually(lambda: [one for one in _everything(house, "monitor") if one["type"] == "tandem.ai-task-request"])


def _everything(house, service):
    after = 0
    while True:
        query = {"after": after, "kinds": ",".join(KINDS[service]), "limit": 500}
        answer = requests.get(
            house.url(service) + "/internal/changes", params=query, headers=house.service_headers(), timeout=10
        ).json()
        yield from answer["changes"]
        after = answer["next"]
        if not answer["more"]:
            return
