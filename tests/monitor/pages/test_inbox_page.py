"""The inbox page: for developers and operators, by error, with what can be done."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from services.monitor import clients
from tests.monitor.conftest import FAILED, SUCCESS, execution, task
from tests.monitor.pages.conftest import HOSTILE, OURS, words
from tests.monitor.test_projecting import FINALIZED, tell


@pytest.fixture
def failures(monitor):
    tell("workflow-execution", execution(1, **FINALIZED))
    tell("ai-task", task(1, of=1, **FAILED))
    tell("ai-task", task(2, of=None, **FAILED))
    tell("ai-task", task(3, of=None, **(FAILED | {"error": FAILED["error"] | {"message": HOSTILE}})))


def key_of(page, message):
    return re.search(rf'id="group-([0-9a-f]+)" class="clip" title="{re.escape(message)}"', page.text)[1]


@pytest.mark.parametrize(("name", "status"), [("ana", 403), ("dev", 200), ("olga", 200), ("max", 200)])
def test_the_inbox_is_for_developers_and_above(enter, failures, name, status):
    assert enter(name).get("/app/inbox").status_code == status
    assert ('href="/app/inbox"' in enter(name).get("/app/monitor").text) == (status == 200)
    assert enter(name).post("/app/inbox/retry", data={"task": "task-1"}, headers=OURS).status_code == (
        403 if status == 403 else 503
    )


def test_failures_stand_by_their_error_with_whose_they_are(enter, failures):
    page = enter("dev").get("/app/inbox")
    said = words(page)
    assert re.search(r"The row is locked. Salesforce contact updater · 2 tasks, since 21 Nov 2026, \d\d:32:00", said)
    assert "Acme" in said
    assert "<script>alert" not in page.text
    assert '<a href="/app/tasks/t">Task</a>' in re.sub(r"\s+", " ", page.text)
    assert "Parked" not in said


def test_an_empty_inbox_says_so(enter, monitor):
    assert "Nothing needs you" in words(enter("dev").get("/app/inbox"))


def test_an_operator_sees_what_is_away(enter, failures):
    assert "are not answering" in words(enter("olga").get("/app/inbox"))


def test_all_of_a_group_can_be_tried_again_and_who_could_not_is_said(enter, failures, settings, httpserver):
    dev = enter("dev")
    key = key_of(dev.get("/app/inbox"), "The row is locked.")
    question = dev.get(f"/app/inbox/retry?group={key}")
    assert "Retry 2 AI tasks?" in words(question)
    assert dev.get("/app/inbox/retry?group=none").status_code == 404
    named = re.findall(r'name="task" value="([^"]+)"', question.text)
    plan = {"runsAgain": [], "fromCache": [], "standing": []}
    httpserver.expect_request("/internal/runs/task-1/retry").respond_with_json({"newRunId": "task-9", "plan": plan})
    refusal = {"title": "Conflict", "detail": "It was tried again already.", "status": 409}
    httpserver.expect_request("/internal/runs/task-2/retry").respond_with_json(refusal, status=409)
    clients.connect(replace(settings, urls=settings.urls | {"executor": httpserver.url_for("").rstrip("/")}))
    answer = dev.post("/app/inbox/retry", data={"task": named}, headers=OURS, follow_redirects=True)
    clients.connect(settings)
    assert "1 of 2 are tried again. The others are not: It was tried again already." in words(answer)
    assert dev.post("/app/inbox/retry", data={}, headers=OURS).status_code == 422
    assert dev.post("/app/inbox/retry", data={"task": ["x"] * 51}, headers=OURS).status_code == 422


def test_a_group_is_set_aside_with_a_reason_and_by_no_enter(enter, failures):
    dev = enter("dev")
    key = key_of(dev.get("/app/inbox"), "The row is locked.")
    named = {"group": key, "task": ["task-1", "task-2"]}
    silent = dev.post("/app/inbox/aside", data=named | {"reason": " "}, headers=OURS)
    assert (silent.status_code, "Say why" in words(silent)) == (422, True)
    enter_ = dev.post("/app/inbox/aside", data=named | {"reason": "Old.", "do": "keep"}, headers=OURS)
    assert (enter_.status_code, 'value="Old."' in enter_.text) == (200, True)
    done = dev.post("/app/inbox/aside", data=named | {"reason": "Old."}, headers=OURS, follow_redirects=True)
    assert "2 set aside." in words(done)
    assert "The row is locked." not in words(dev.get("/app/inbox"))


def test_a_failed_ai_task_is_shown_unfolded(enter, failures):
    page = enter("dev").get("/app/monitor/runs/task-2").text
    assert '<details class="step" open>' in page
    assert page.count("opportunityId") == 2  # under what it was started with, and as the step's input
    tell("ai-task", task(4, of=None, **SUCCESS))
    assert '<details class="step" open>' not in enter("dev").get("/app/monitor/runs/task-4").text


PAUSED = {
    "by": {"kind": "person", "id": "bo", "name": "Bo"},
    "since": "2026-11-21T11:00:00Z",
    "reason": "The server is moved",
    "everyTenant": False,
}
QUEUE = {"name": "executor.work", "oldestSeconds": 1500.0, "pauses": [], "processors": []}
PAUSED_MAILS = QUEUE | {"processors": [{"processor": "send-email", "pauses": [PAUSED]}]}


@pytest.mark.parametrize(
    ("queue", "alive", "said"),
    [
        (PAUSED_MAILS, True, "Bo paused send-email: The server is moved."),
        (QUEUE, True, "AI tasks wait for a worker: the oldest for 25 min."),
        (QUEUE | {"oldestSeconds": 5.0}, False, "No worker is alive."),
        (QUEUE | {"oldestSeconds": 5.0}, True, ""),
    ],
)
def test_an_operator_is_told_what_stands_still(enter, monitor, settings, httpserver, queue, alive, said):
    httpserver.expect_request("/api/queues").respond_with_json({"items": [queue]})
    httpserver.expect_request("/api/workers").respond_with_json({"items": [{"alive": alive}]})
    olga = enter("olga")
    clients.connect(replace(settings, urls=settings.urls | {"executor": httpserver.url_for("").rstrip("/")}))
    page = words(olga.get("/app/inbox"))
    clients.connect(settings)
    assert ("Look at the queues" in page) == bool(said)
    assert said in page
