"""Retry and cancel are asked of the owner of a run, for the person who pressed the button."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from werkzeug import Response

from services.monitor import clients, controlling
from services.monitor.app import make_app
from services.monitor.run_kinds import RUN_KINDS
from shared.ground import clock
from shared.ground.errors import Conflict, NotFound, Unavailable
from shared.ground.principal import Principal
from shared.ground.settings_table import SERVICES
from shared.security.tokens import Signer, Verifier
from tests.monitor.conftest import execution, task
from tests.monitor.test_projecting import tell

ANA = Principal("person", "ana", "Ana", "demo", roles=frozenset({"member"}))
PLAN = {"runsAgain": ["Update contact"], "fromCache": [], "standing": []}


@pytest.fixture
def owner(monitor, httpserver):
    """A server in the place of all owners; it answers retry and cancel, and keeps what it was asked."""
    settings = replace(monitor, urls={name: httpserver.url_for("").rstrip("/") for name in SERVICES})
    clients.connect(settings)
    httpserver.expect_request("/internal/runs/execution-1/retry", method="POST").respond_with_json(
        {"newRunId": "execution-1", "plan": PLAN}
    )
    httpserver.expect_request("/internal/runs/execution-1/cancel", method="POST").respond_with_json({})
    tell("workflow-execution", execution())
    tell("ai-task", task(1))
    return httpserver, settings


def asked(server, settings, place=-1):
    """Who the owner was asked for, and with which body."""
    request = server.log[place][0]
    caller = Verifier(settings.keys).caller(request.headers["Authorization"].removeprefix("Bearer "), clock.now())
    return caller, json.loads(request.data)


def test_the_owner_is_asked_for_the_person(owner):
    answer = controlling.retry("execution-1", by=ANA, from_step="step-1", dry_run=True)
    assert answer == {"newRunId": "execution-1", "plan": PLAN}
    caller, body = asked(*owner)
    assert (caller.signed_by, caller.is_service, caller.by.id, caller.by.tenant_id) == ("monitor", True, "ana", "demo")
    assert body == {"fromStep": "step-1", "dryRun": True}


@pytest.mark.parametrize("kind", RUN_KINDS)
def test_each_kind_of_run_has_its_owner(kind):
    assert kind.owner in clients.OWNERS


def test_an_ai_task_is_the_executors(owner):
    server, settings = owner
    clients.connect(
        replace(settings, urls=settings.urls | {"workflows": "http://127.0.0.1:1", "runs": "http://127.0.0.1:1"})
    )
    server.expect_request("/internal/runs/task-1/cancel", method="POST").respond_with_json({})
    controlling.cancel("task-1", by=ANA)
    assert server.log[-1][0].path == "/internal/runs/task-1/cancel"


def test_the_owners_no_is_passed_on_with_its_reason(owner):
    problem = {"title": "Conflict", "status": 409, "detail": "An outcome is unknown.", "allowed": ["resolve"]}
    owner[0].clear()
    owner[0].expect_request("/internal/runs/execution-1/retry").respond_with_response(
        Response(json.dumps(problem), 409, mimetype="application/problem+json")
    )
    with pytest.raises(Conflict) as refused:
        controlling.retry("execution-1", by=ANA)
    assert (refused.value.message, refused.value.details["allowed"]) == ("An outcome is unknown.", ["resolve"])


def test_an_owner_who_is_away_is_named(owner):
    clients.connect(replace(owner[1], urls=dict.fromkeys(SERVICES, "http://127.0.0.1:1")))
    with pytest.raises(Unavailable) as refused:
        controlling.cancel("execution-1", by=ANA)
    assert refused.value.details["service"] == "workflows"


def test_another_tenants_run_is_not_found_and_nobody_is_asked(owner):
    with pytest.raises(NotFound):
        controlling.cancel("execution-1", by=ANA.within("acme"))
    assert owner[0].log == []


def test_a_super_admin_acts_in_the_tenant_of_the_run(owner):
    controlling.cancel("execution-1", by=Principal("person", "sam", "Sam", "acme", roles=frozenset({"super_admin"})))
    assert asked(*owner)[0].by.tenant_id == "demo"


def test_the_buttons_work_over_rest(owner):
    client = make_app(owner[1]).test_client()
    headers = {"Authorization": "Bearer " + Signer("monitor", owner[1].keys).for_person(ANA, clock.now())}
    assert client.post("/api/runs/execution-1/retry", headers=headers, json={"dryRun": True}).json == {
        "newRunId": "execution-1",
        "plan": PLAN,
    }
    assert client.post("/api/runs/execution-1/retry", headers=headers).status_code == 200
    assert client.delete("/api/runs/execution-1", headers=headers).status_code == 204
    assert client.post("/api/runs/execution-1/retry", headers=headers, json={"from": 1}).status_code == 422
    assert client.delete("/api/runs/none", headers=headers).status_code == 404
