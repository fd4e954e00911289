"""The REST door of the monitor: who may ask for what, and in which shape it is answered."""

from __future__ import annotations

import json

import pytest

from services.monitor import live, seeding, sessions
from services.monitor.api import browser
from services.monitor.models import database
from shared.database.connection import session
from shared.ground import clock, ids
from shared.ground.principal import Principal
from shared.security.tokens import Signer
from tests.conftest import NOON
from tests.monitor.conftest import FAILED, act, execution, notification, step, task
from tests.monitor.test_projecting import FINALIZED, tell

HOME = "http://localhost"


@pytest.fixture
def client(application, monitor):
    return application.test_client()


@pytest.fixture
def bearer(monitor):
    def make(role="member", tenant="demo", person="ana"):
        by = Principal("person", person, "Ana", tenant, roles=frozenset({role}))
        return {"Authorization": "Bearer " + Signer("monitor", monitor.keys).for_person(by, clock.now())}

    return make


@pytest.fixture
def failed(monitor):
    tell("workflow-execution", execution(**FINALIZED))
    tell("workflow-step", step(1, status="completed"))
    tell("ai-task", task(1, **FAILED))


@pytest.fixture
def samples(client):
    """The sample tenants and people."""
    with session(database):
        seeding.seed(NOON)


@pytest.fixture
def cookie(samples, client):
    """Ana, signed in with a browser."""
    boss = Principal("person", "boss", "Boss", "demo", roles=frozenset({"admin"}))
    with session(database):
        sessions.make_link("ana@demo.tandem.test", token="link", by=boss, now=clock.now())
        sessions.sign_in_with_link("link", token="cookie", now=clock.now())
    client.set_cookie(browser.COOKIE, "cookie", domain="localhost")


def test_a_run_of_the_list_has_what_the_routes_promise(client, bearer, failed):
    body = client.get("/api/runs?status=failed", headers=bearer()).json
    assert body["pagination"] == {"limit": 20, "offset": 0, "total": 1, "totalIsExact": True, "next": None}
    [run] = body["items"]
    assert (run["id"], run["stepsDone"], run["stepsTotal"], run["errorSummary"]) == (
        "execution-1",
        1,
        2,
        "The row is locked.",
    )
    assert run["createdAt"] == "2026-11-21T11:00:00Z"
    assert not run.keys() & {"triggerPayload", "context", "error", "input"}


def test_a_run_whole_has_what_the_routes_promise(client, bearer, failed):
    run = client.get("/api/runs/execution-1", headers=bearer("developer")).json
    assert {
        "id",
        "tenantId",
        "kind",
        "workflowName",
        "status",
        "triggerPayload",
        "context",
        "error",
        "createdAt",
        "startedAt",
        "completedAt",
        "durationMs",
        "stepsDone",
        "stepsTotal",
        "retryOf",
    } <= run.keys()
    assert (run["triggerPayload"], run["error"]["stackTrace"], run["moves"]) == (
        {"daysToRenewal": 160},
        "Traceback...",
        ["retry"],
    )
    steps = client.get("/api/runs/execution-1/steps", headers=bearer("developer")).json
    assert {
        "id",
        "skillId",
        "name",
        "status",
        "cacheHit",
        "attempts",
        "startedAt",
        "completedAt",
        "durationMs",
        "input",
        "output",
        "error",
        "orderIndex",
        "kind",
        "title",
    } <= steps[0].keys()
    assert [one["skillId"] for one in steps] == ["pricing", "salesforce-contact-updater"]


def test_a_member_sees_the_message_and_neither_payload_nor_stack_trace(client, bearer, failed):
    told = json.dumps([client.get(f"/api/runs/execution-1{rest}", headers=bearer()).json for rest in ("", "/steps")])
    assert "The row is locked." in told
    for hidden in ("Traceback", "daysToRenewal", "opportunityId"):
        assert hidden not in told


@pytest.mark.parametrize("path", ["", "/steps"])
@pytest.mark.parametrize("role", ["member", "admin"])
def test_another_tenants_run_is_404(client, bearer, failed, path, role):
    answer = client.get(f"/api/runs/execution-1{path}", headers=bearer(role, tenant="acme"))
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert client.get("/api/runs", headers=bearer(role, tenant="acme")).json["items"] == []


def test_a_super_admin_sees_all_tenants_when_they_ask_for_them(client, bearer, failed):
    root = bearer("super_admin", tenant="acme")
    assert client.get("/api/runs", headers=root).json["items"] == []
    assert len(client.get("/api/runs?tenant=*", headers=root).json["items"]) == 1
    assert len(client.get("/api/runs?tenant=demo", headers=root).json["items"]) == 1
    assert client.get("/api/runs/execution-1", headers=root).status_code == 200
    assert client.get("/api/runs?tenant=*", headers=bearer("admin")).status_code == 403
    assert client.get("/api/runs?tenant=acme", headers=bearer("admin")).status_code == 404


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=flying", "status"),
        ("kind=x", "kind"),
        ("sort=name", "sort"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("offset=-1", "offset"),
        ("since=yesterday", "since"),
        ("q=" + "x" * 201, "q"),
        ("cursor=x", "cursor"),
    ],
)
def test_a_wrong_question_is_422_and_names_the_field(client, bearer, query, field):
    answer = client.get(f"/api/runs?{query}", headers=bearer())
    assert answer.status_code == 422
    assert field in answer.json["errors"]


def test_dates_are_moments_too(client, bearer, failed):
    assert len(client.get("/api/runs?since=2026-11-21&until=2026-11-22", headers=bearer()).json["items"]) == 1
    assert client.get("/api/runs?since=2026-11-21T11:00:01%2B00:00", headers=bearer()).json["items"] == []


@pytest.mark.parametrize(
    ("method", "path", "needed"),
    [
        ("GET", "/api/runs", "member"),
        ("GET", "/api/admin/runs/stats", "operator"),
        ("GET", "/api/acts", "admin"),
        ("GET", "/api/people", "member"),
        ("POST", "/api/people", "admin"),
        ("PATCH", "/api/people/x", "admin"),
        ("GET", "/api/notifications", "member"),
    ],
)
def test_each_door_opens_from_its_role_on(client, bearer, method, path, needed):
    roles = ("member", "developer", "operator", "admin", "super_admin")
    for role in roles:
        status = client.open(
            path, method=method, headers=bearer(role), json={} if method != "GET" else None
        ).status_code
        assert (status == 403) == (roles.index(role) < roles.index(needed)), (role, status)
    assert client.open(path, method=method).status_code == 401


def test_statistics_have_what_the_routes_promise(client, bearer):
    moment = clock.rfc3339(clock.now())
    tell("workflow-execution", execution(createdAt=moment, startedAt=moment))
    body = client.get("/api/admin/runs/stats?period=24h", headers=bearer("admin")).json
    assert body["total"] == 1
    assert {
        "completed",
        "failed",
        "avgDurationMs",
        "failureRate",
        "runsPerDay",
        "p50DurationMs",
        "p95DurationMs",
    } <= body.keys()
    assert client.get("/api/admin/runs/stats?period=1y", headers=bearer("admin")).status_code == 422


def test_people_are_added_changed_and_seen_with_their_version(client, bearer, samples):
    admin = bearer("admin", person="boss")
    made = client.post("/api/people", json={"name": "Eve", "email": "eve@x.test"}, headers=admin)
    assert (made.status_code, made.json["role"], made.headers["ETag"]) == (201, "member", '"v1"')
    path = f"/api/people/{made.json['id']}"
    changed = client.patch(path, json={"role": "operator"}, headers={**admin, "If-Match": '"v1"'})
    assert (changed.json["roles"], changed.headers["ETag"]) == (["operator"], '"v2"')
    assert client.patch(path, json={"role": "member"}, headers={**admin, "If-Match": '"v1"'}).status_code == 412
    assert client.patch(path, json={"roles": ["member"]}, headers=admin).status_code == 422
    assert client.get(path, headers=bearer(tenant="acme")).status_code == 404
    assert "eve@x.test" in [person["email"] for person in client.get("/api/people", headers=bearer()).json["items"]]


def test_a_person_asked_for_twice_with_one_key_is_added_once(client, bearer, samples):
    headers = {**bearer("admin"), "Idempotency-Key": ids.new_id()}
    first, second = (
        client.post("/api/people", json={"name": "Eve", "email": "eve@x.test"}, headers=headers) for _ in range(2)
    )
    assert first.json["id"] == second.json["id"]


def test_notifications_are_listed_and_read(client, bearer, monitor):
    tell("notification-request", notification(1))
    [one] = client.get("/api/notifications", headers=bearer()).json["items"]
    assert (one["title"], one["readAt"]) == ("Done", None)
    assert client.get("/api/notifications/unread", headers=bearer()).json == {"unread": 1}
    assert client.post("/api/notifications/notification-1/read", headers=bearer()).status_code == 204
    assert client.get("/api/notifications?unread=true", headers=bearer()).json["items"] == []
    assert client.post("/api/notifications/notification-1/read", headers=bearer(tenant="acme")).status_code == 404
    assert client.post("/api/notifications/read-all", headers=bearer()).status_code == 204


def test_the_trail_is_for_admins_of_the_tenant(client, bearer, monitor):
    tell("act", act(1))
    [one] = client.get("/api/acts?subject_id=task-1", headers=bearer("admin")).json["items"]
    assert (one["verb"], one["by"]) == ("retried task", {"kind": "person", "id": "ana", "name": "Ana"})
    assert client.get("/api/acts", headers=bearer("admin", tenant="acme")).json["items"] == []


def test_a_session_is_as_good_as_a_token(client, cookie, failed):
    assert len(client.get("/api/runs").json["items"]) == 1


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": HOME}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://evil"}, True),
        ({}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": "http://evil.test"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": HOME, "Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Authorization": "Basic YTpi"}, False),
        ({"Origin": "http://evil.test", "Authorization": "Negotiate x"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Authorization": "Bearer "}, False),
        ({"Sec-Fetch-Site": "same-origin", "Authorization": "Basic YTpi"}, True),
    ],
)
def test_what_another_site_makes_a_browser_send_is_refused(client, cookie, headers, allowed):
    answer = client.post("/api/notifications/read-all", headers=headers)
    assert answer.status_code == (204 if allowed else 403)


def test_a_token_needs_no_origin(client, cookie, bearer):
    assert client.post("/api/notifications/read-all", headers=bearer()).status_code == 204


def test_every_answer_says_what_may_be_loaded_and_is_not_stored(client, bearer, samples):
    for path in ("/api/runs", "/openapi.json", "/nothing"):
        answer = client.get(path, headers=bearer())
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_stream_tells_what_happened_behind_the_last_event(client, bearer, failed):
    # The feed's positions go on through all tests, and a stream replays only so many.
    last = {"Last-Event-ID": str(max(0, live.head() - 100))}
    answer = client.get("/api/runs/stream", headers=bearer() | last, buffered=False)
    assert answer.mimetype == "text/event-stream"
    told = "".join(frame.decode() for _, frame in zip(range(3), answer.response, strict=False))
    answer.close()
    events = [
        dict(line.split(": ", 1) for line in block.splitlines())
        for block in told.split("\n\n")
        if block.startswith("event")
    ]
    assert {event["event"] for event in events} == {"run"}
    assert {json.loads(event["data"])["id"] for event in events} == {"execution-1", "task-1"}
    assert [int(event["id"]) for event in events] == sorted(int(event["id"]) for event in events)


def test_the_stream_is_closed_to_strangers(client, bearer):
    assert client.get("/api/runs/stream").status_code == 401
    assert client.get("/api/runs/stream?tenant=*", headers=bearer()).status_code == 403


def test_the_description_names_every_route(client):
    paths = client.get("/openapi.json").json["paths"]
    for path in (
        "/api/runs",
        "/api/runs/{run_id}",
        "/api/runs/{run_id}/steps",
        "/api/runs/{run_id}/retry",
        "/api/runs/stream",
        "/api/admin/runs/stats",
        "/api/people",
        "/api/notifications",
        "/api/acts",
    ):
        assert path in paths
