"""The REST door of runs, and what every service's door has in common."""

from __future__ import annotations

import pytest

from services.runs.app import CONTEXT
from services.runs.models import GuidedRun, feed
from shared.ground import clock, ids
from shared.ground.principal import Principal
from shared.security.tokens import Signer
from shared.web import readiness
from tests.conftest import NOON
from tests.runs.conftest import make_partnership


@pytest.fixture(scope="module")
def settings(make_settings):
    told = make_settings("runs", redis_url="redis://127.0.0.1:1/0")
    CONTEXT.migrate(told)
    return told


@pytest.fixture
def client(settings):
    return CONTEXT.make_app(settings).test_client()


def bearer(settings, tenant="demo", role="member"):
    by = Principal("person", "p1", "Ana", tenant, roles=frozenset({role}))
    return {"Authorization": "Bearer " + Signer("monitor", settings.keys).for_person(by, clock.now())}


def make_run(tenant="demo", **fields):
    run_id = ids.new_id()
    with feed.transaction():
        GuidedRun.create(
            id=run_id,
            tenant_id=tenant,
            status="in_progress",
            created_at=NOON,
            force_insert=True,
            **{"name": "Weekly", **fields},
        )
        feed.mark("guided-run", run_id, tenant)
    return run_id


def test_the_list_is_empty_behind_a_token(client, settings):
    answer = client.get("/api/guided-runs", headers=bearer(settings, "nobody"))
    assert answer.status_code == 200
    assert answer.json == {
        "items": [],
        "pagination": {"limit": 20, "offset": 0, "total": 0, "totalIsExact": True, "next": None},
    }


def test_without_a_token_it_is_401_as_problem_details(client):
    answer = client.get("/api/guided-runs")
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"


def test_another_tenants_runs_are_not_listed(client, settings):
    make_run("acme")
    assert client.get("/api/guided-runs", headers=bearer(settings, "other")).json["items"] == []


def test_a_wrong_filter_is_422_and_names_the_field(client, settings):
    answer = client.get("/api/guided-runs?status=flying", headers=bearer(settings))
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["status"]


def test_a_filter_with_a_typing_error_is_422_and_names_it(client, settings):
    answer = client.get("/api/guided-runs?stauts=paused", headers=bearer(settings))
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["stauts"]


def test_a_cursor_walks_every_row_once(client, settings):
    made = {make_run("walker", name=f"run {number}") for number in range(7)}
    seen, cursor = [], ""
    while cursor is not None:
        body = client.get(
            "/api/guided-runs?limit=3" + (f"&cursor={cursor}" if cursor else ""), headers=bearer(settings, "walker")
        ).json
        seen += [run["id"] for run in body["items"]]
        cursor = body["pagination"]["next"]
    assert len(seen) == 7
    assert set(seen) == made


def test_a_bad_cursor_is_422(client, settings):
    for cursor in ("x", "W10", "bnVsbA", "WyJhIiwiYiJd"):
        assert client.get(f"/api/guided-runs?cursor={cursor}", headers=bearer(settings)).status_code == 422


def test_the_changes_are_for_services_only(client, settings):
    run_id = make_run("demo")
    assert client.get("/internal/changes?kinds=guided-run", headers=bearer(settings)).status_code == 403
    token = Signer("monitor", settings.keys).for_service(clock.now())
    body = client.get("/internal/changes?kinds=guided-run", headers={"Authorization": f"Bearer {token}"}).json
    assert run_id in [change["subject"] for change in body["changes"]]


def test_health_says_that_redis_is_away_and_is_still_ready(client, monkeypatch):
    monkeypatch.setattr(readiness, "DEADLINE_SECONDS", 30.0)  # a busy machine is not what this is about
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json["redis"] == "degraded"
    assert client.get("/livez").status_code == 200
    assert b"tandem_http_request_seconds" in client.get("/metrics").data


def test_the_openapi_document_is_31_and_readable(client):
    assert client.get("/openapi.json").json["openapi"] == "3.1.0"
    assert b"/api/guided-runs" in client.get("/docs").data


def test_a_move_is_taken_back_by_who_saw_it_and_only_while_it_is_the_last(client, settings):
    row = make_partnership()
    path, headers = f"/api/partnerships/{row.id}", bearer(settings)
    assert client.post(f"{path}/stage/undo", headers=headers).status_code == 409
    moved = client.patch(path, json={"stage": "Conversation Active"}, headers=headers).json
    stale = client.post(f"{path}/stage/undo", headers=headers | {"If-Match": f'"v{row.version}"'})
    assert stale.status_code == 412
    back = client.post(f"{path}/stage/undo", headers=headers | {"If-Match": f'"v{moved["version"]}"'})
    assert (back.status_code, back.json["stage"]) == (200, "New Lead")
    assert client.post(f"{path}/stage/undo", headers=headers).status_code == 409
    assert client.post(f"{path}/stage/undo", headers=bearer(settings, "other")).status_code == 404
