"""Admin, queues: the workers, what waits, what is paused and what was given up; for operators."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from services.monitor import clients
from shared.ground.json_types import JsonObject
from tests.monitor.conftest import FAILED, execution
from tests.monitor.pages.conftest import HOSTILE, OURS, words
from tests.monitor.test_projecting import FINALIZED, tell

PAGE = {"limit": 25, "offset": 0, "total": 1, "totalIsExact": True, "next": None}
PLACE = "/app/admin/queues"
BY = {"kind": "person", "id": "bo", "name": "Bo Oduya"}
PAUSED = {"by": BY, "since": "2026-11-21T12:00:00Z", "reason": HOSTILE, "everyTenant": False}
FIGURES = {"depth": 3, "waiting": 1, "running": 2, "oldestSeconds": 1500.0, "perMinute": 0.4}
WORKER = {
    "id": "w1", "name": "host-a:17", "startedAt": "2026-11-21T11:00:00Z", "seenAt": "2026-11-21T12:00:00Z", "alive": True,
    "slots": 10, "busy": 1, "tasks": [
        {"id": "task-7", "title": "Write the mail", "processor": "send-email", "startedAt": "2026-11-21T11:59:00Z"}
    ],
}  # fmt: skip
SILENT = WORKER | {"id": "w2", "name": "host-b:18", "alive": False, "busy": 0, "tasks": []}


def letter(number: int, **fields: Any) -> JsonObject:
    """A task that was given up."""
    return {
        "id": f"task-{number}", "title": f"Send mail {number}", "processor": "send-email", "createdAt": "2026-11-21T11:00:00Z",
        "finishedAt": "2026-11-21T11:30:00Z", "attemptCount": 4, "maxAttempts": 4, "subject": None,
        "source": {"service": "workflows", "kind": "workflow-execution", "id": "execution-1"},
        "error": {"type": "Transient", "message": HOSTILE, "stackTrace": None, "permanent": False, "outcomeUnknown": False},
        **fields,
    }  # fmt: skip


@pytest.fixture
def olga(enter):
    return enter("olga")


@pytest.fixture
def executor(olga, settings, httpserver):
    """A server in the place of the executor: one processor is paused, one worker is silent, two tasks were given up."""
    processors = [{"name": name} for name in ("calendar-invite", "send-email")]
    paused = FIGURES | {"processor": "send-email", "offered": True, "pauses": [PAUSED]}
    unknown = FIGURES | {"processor": "old-name", "offered": False, "pauses": [PAUSED | {"everyTenant": True}]}
    queue = FIGURES | {"name": "executor.work", "pauses": [], "processors": [paused, unknown], "deadLetters": 2}
    answers = {
        "queues": [queue],
        "workers": [WORKER, SILENT],
        "processors": processors,
        "dead-letters": [letter(1), letter(2, source=None, error=FAILED["error"] | {"outcomeUnknown": True})],
    }
    for name, items in answers.items():
        httpserver.expect_request(f"/api/{name}").respond_with_json({"items": items, "pagination": PAGE})
    clients.connect(replace(settings, urls=settings.urls | {"executor": httpserver.url_for("").rstrip("/")}))
    yield httpserver
    clients.connect(settings)


def sent(executor) -> list[tuple[str, JsonObject]]:
    """What was asked of the executor beyond reading."""
    return [(request.path, request.get_json()) for request, _ in executor.log if request.method == "POST"]


@pytest.mark.usefixtures("executor")
def test_workers_pauses_depth_and_what_was_given_up_are_shown(olga):
    tell("workflow-execution", execution(**FINALIZED))
    page = olga.get(PLACE)
    said = words(page)
    assert "1 of 2 alive" in said
    assert re.search(r"Alive host-a:17 .*Write the mail.* 1 of 10", said)
    assert re.search(r"Silent host-b:18 .*Killed or cut off", said)
    assert 'href="/app/monitor/runs/task-7"' in page.text
    assert re.search(r"send-email Paused .* by Bo Oduya", said)
    assert re.search(r"calendar-invite 0 due 0 for later 0 running", said)
    assert "25 min" in said
    assert "No processor here has this name" in said
    assert '<a href="/app/renewals/execution-1">Discovery: Acme</a>' in re.sub(r"\s+", " ", page.text)
    assert 'href="/app/monitor/runs/task-1/retry?back=/app/admin/queues"' in page.text
    assert "/app/monitor/runs/task-2/retry" not in page.text
    assert "Settle it" in said
    assert HOSTILE not in page.text


def test_what_was_given_up_is_filtered_by_processor(olga, executor):
    page = olga.get(f"{PLACE}?processor=send-email")
    asked = [request.args.get("processor") for request, _ in executor.log if request.path == "/api/dead-letters"]
    assert asked == ["send-email"]
    assert '<option value="send-email" selected>' in page.text


def test_a_pause_says_what_it_does_and_needs_a_reason(olga, executor):
    asked = words(olga.get(f"{PLACE}/executor.work/pause"))
    assert "Pause all AI tasks?" in asked
    assert "2 AI tasks that run are finished" in asked
    assert "3 AI tasks that are due" in asked
    unsaid = olga.post(f"{PLACE}/executor.work/pause", data={"reason": "  "}, headers=OURS)
    assert (unsaid.status_code, sent(executor)) == (422, [])
    assert "Say why" in words(unsaid)
    kept = olga.post(f"{PLACE}/executor.work/pause", data={"reason": "A move", "do": "keep"}, headers=OURS)
    assert (kept.status_code, sent(executor)) == (200, [])
    assert "A move</textarea>" in kept.text
    executor.expect_request("/api/queues/executor.work/pause", method="POST").respond_with_json(PAUSED)
    done = olga.post(f"{PLACE}/executor.work/pause", data={"reason": "A move"}, headers=OURS)
    assert (done.status_code, done.location) == (303, PLACE)
    assert sent(executor) == [("/api/queues/executor.work/pause", {"reason": "A move", "everyTenant": False})]


def test_one_that_was_resumed_meanwhile_says_so_in_the_form(olga, executor):
    problem = {"title": "Conflict", "status": 409, "detail": "It is not paused.", "allowed": ["pause"]}
    executor.expect_request("/api/queues/send-email/resume", method="POST").respond_with_json(problem, 409)
    answer = olga.post(f"{PLACE}/send-email/resume", data={}, headers=OURS)
    assert answer.status_code == 409
    assert "It is not paused." in words(answer)


@pytest.mark.usefixtures("executor")
def test_there_is_no_question_about_a_name_that_is_none(olga):
    assert olga.get(f"{PLACE}/no-such-name/pause").status_code == 404


def test_work_of_every_tenant_is_for_a_super_admin_alone(olga, enter, executor):
    assert "Paused for every tenant" in words(olga.get(PLACE))
    assert "Resume for all" not in words(olga.get(PLACE))
    assert 'name="every"' not in olga.get(f"{PLACE}/calendar-invite/pause").text
    sam = enter("sam")
    assert 'href="/app/admin/queues/old-name/resume?every=1"' in sam.get(PLACE).text
    assert 'name="every"' in sam.get(f"{PLACE}/calendar-invite/pause").text
    executor.expect_request("/api/queues/calendar-invite/pause", method="POST").respond_with_json(PAUSED)
    sam.post(f"{PLACE}/calendar-invite/pause", data={"reason": "All of them", "every": "1"}, headers=OURS)
    assert sent(executor) == [("/api/queues/calendar-invite/pause", {"reason": "All of them", "everyTenant": True})]


@pytest.mark.usefixtures("executor")
def test_queues_are_for_operators(enter):
    for name in ("ana", "dev"):
        client = enter(name)
        asked = [client.get(PLACE), client.get(f"{PLACE}/send-email/pause")]
        asked.append(client.post(f"{PLACE}/send-email/pause", data={"reason": "No"}, headers=OURS))
        assert [answer.status_code for answer in asked] == [403, 403, 403]


def test_an_executor_that_is_away_leaves_the_page(olga):
    answer = olga.get(PLACE)
    assert answer.status_code == 200
    assert "AI tasks and mail are not answering" in words(answer)
