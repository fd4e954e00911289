"""The pages of tasks, with the server in the place of workflows: what is asked of it, and what is said of its answers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from services.monitor import clients
from services.monitor.pages import task_actions, task_rows
from tests.monitor.pages.conftest import OURS, words

TASKS = "/api/workflows/tasks"
TASK = {
    "id": "t1", "title": "Call Ivan", "status": "open", "priority": 3, "dueDate": "2026-11-20", "snoozedUntil": None, "snoozeReason": None,
    "owner": None, "customerId": "c1", "customerName": "<Acme>", "executionId": None, "partnershipId": None, "partnershipName": None,
    "parentTaskId": None, "subTasksDone": 0, "subTasksTotal": 0, "complexity": "simple", "autoExecute": False, "processor": None,
    "executionStatus": None, "executedAt": None, "completedAt": None, "version": 2, "estimatedCompletionTime": None,
    "createdAt": "2026-11-01T08:00:00Z",
}  # fmt: skip
IN_PLACE = OURS | {"HX-Request": "true"}


def pages_of(*tasks):
    pagination = {"limit": 50, "offset": 0, "total": len(tasks), "totalIsExact": True, "next": None}
    return {"items": list(tasks), "pagination": pagination}


@pytest.fixture
def workflows(ana, settings, httpserver):
    """The server in the place of workflows."""
    clients.connect(replace(settings, urls=settings.urls | {"workflows": httpserver.url_for("").rstrip("/")}))
    httpserver.expect_request(TASKS, method="GET").respond_with_json(pages_of(TASK))
    yield httpserver
    clients.connect(settings)


def asked(workflows):
    """The last question for the list."""
    return next(dict(request.args) for request, _ in reversed(workflows.log) if request.path == TASKS)


def batch(workflows, *receipts, action="complete", status=201):
    body = {"id": "b1", "action": action, "receipts": list(receipts)}
    workflows.expect_request(f"{TASKS}/batches", method="POST").respond_with_json(body, status=status)


def receipt(outcome="changed", **more):
    return {"id": "t1", "title": "Call Ivan", "outcome": outcome, "version": 3} | more


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", {"todo": "true", "sort": "due"}),
        ("?show=overdue", {"due_before": "2026-11-21"}),
        ("?show=today", {"due_from": "2026-11-21", "due_before": "2026-11-22"}),
        ("?show=week", {"due_from": "2026-11-22", "due_before": "2026-11-23"}),
        ("?show=later", {"due_from": "2026-11-23"}),
        ("?show=snoozed", {"status": "snoozed", "sort": "snoozed"}),
        ("?show=completed&whose=team&owner=max", {"status": "completed", "sort": "completed", "owner": "max"}),
        ("?whose=team&customer_id=c1&q=call", {"customer_id": "c1", "q": "call", "todo": "true"}),
        ("?whose=team&partnership_id=p1", {"partnership_id": "p1"}),
        ("?whose=ai&status=failed", {"auto_execute": "true", "execution_status": "failed"}),
    ],
)
def test_each_view_asks_for_no_more_than_it_shows(ana, workflows, query, wanted, monkeypatch):
    monkeypatch.setattr(task_rows, "today", lambda by=None: date(2026, 11, 21))
    assert ana.get(f"/app/tasks{query}").status_code == 200
    question = asked(workflows)
    assert question["limit"] == "50"
    for name, value in wanted.items():
        assert question[name] == value
    assert not [request for request, _ in workflows.log if request.path == "/api/customers"]


def test_ones_own_are_asked_for_by_ones_id(ana, workflows):
    ana.get("/app/tasks?owner=somebody")
    assert asked(workflows)["owner"] not in ("somebody", "")
    ana.get("/app/tasks?whose=team")
    assert "owner" not in asked(workflows)


@pytest.mark.parametrize("query", ["show=never", "whose=nobody", "show=a&show=b"])
def test_a_list_that_there_is_not_is_refused(ana, workflows, query):
    assert ana.get(f"/app/tasks?{query}").status_code in (400, 422)


def test_a_row_leads_to_its_customer_and_escapes_its_name(ana, workflows):
    page = ana.get("/app/tasks").text
    assert '<a href="/app/customers/c1">&lt;Acme&gt;</a>' in page
    assert "Overdue" in words(ana.get("/app/tasks"))


@pytest.mark.parametrize(
    ("due", "group"),
    [
        ("2026-11-18", "overdue"),
        ("2026-11-19", "today"),
        ("2026-11-20", "week"),
        ("2026-11-22", "week"),
        ("2026-11-23", "later"),
        (None, "undated"),
    ],
)
def test_a_week_ends_on_its_sunday(due, group):
    assert task_rows.group_of(due, date(2026, 11, 19)) == group


@pytest.mark.parametrize(
    ("day", "days"),
    [
        (date(2026, 11, 19), ["2026-11-20", "2026-11-22", "2026-11-23", "2026-12-19"]),
        (date(2026, 11, 23), ["2026-11-24", "2026-11-26", "2026-11-30", "2026-12-23"]),
        (date(2027, 1, 31), ["2027-02-01", "2027-02-03", "2027-02-01", "2027-02-28"]),
        (date(2026, 12, 31), ["2027-01-01", "2027-01-03", "2027-01-04", "2027-01-31"]),
    ],
)
def test_the_presets_of_a_snooze_are_ahead(day, days):
    assert [one for one, _ in task_actions.presets(day)] == days


def test_an_action_sends_the_versions_that_were_seen_once(ana, workflows):
    batch(workflows, receipt())
    told = {"task": ["t1:2", "t2:9"], "action": "complete", "back": "/app/tasks?q=x"}
    answer = ana.post("/app/tasks/act", data=told, headers=OURS)
    assert (answer.status_code, answer.location) == (303, "/app/tasks?q=x")
    sent = [request for request, _ in workflows.log if request.method == "POST"][-1]
    assert json.loads(sent.data) == {"taskIds": ["t1", "t2"], "action": "complete", "versions": {"t1": 2, "t2": 9}}
    key = sent.headers["Idempotency-Key"]
    ana.post("/app/tasks/act", data=told, headers=OURS)
    assert [request for request, _ in workflows.log if request.method == "POST"][-1].headers["Idempotency-Key"] == key
    page = ana.get("/app/tasks")
    assert "Done: “Call Ivan”." in words(page)
    assert 'action="/app/tasks/undo/b1"' in page.text


def test_in_place_the_row_and_a_toast_are_answered(ana, workflows):
    batch(workflows, receipt())
    answer = ana.post("/app/tasks/act", data={"task": "t1:2", "action": "complete", "row": "1"}, headers=IN_PLACE)
    assert answer.status_code == 200
    assert 'hx-target="#task-t1"' in answer.text
    assert 'hx-target="#toasts"' in answer.text
    assert "data-undo" in answer.text


def test_a_row_that_is_gone_leaves_the_list(ana, workflows):
    batch(workflows, {"id": "t9", "title": None, "outcome": "not_found", "reason": "There is no such task."})
    answer = ana.post("/app/tasks/act", data={"task": "t9:1", "action": "complete", "row": "1"}, headers=IN_PLACE)
    assert '<hx-partial hx-target="#task-t9" hx-swap="delete">' in answer.text
    assert "Left as it is: A task that is gone: There is no such task." in words(answer)
    assert "data-undo" not in answer.text


def test_open_parts_are_asked_about(ana, workflows):
    part = {"id": "p1", "title": "Send the briefing", "status": "open"}
    batch(workflows, receipt("refused", reason="1 of its sub-tasks is open.", openSubTasks=[part]))
    answer = ana.post("/app/tasks/act", data={"task": "t1:2", "action": "complete"}, headers=OURS)
    assert answer.status_code == 409
    assert "Send the briefing" in words(answer)
    assert 'value="t1:3"' in answer.text


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"action": "snooze", "task": "t1:2"}, "Tomorrow morning"),
        ({"action": "snooze", "task": "t1:2", "until": "day"}, "Tomorrow morning"),
        ({"action": "hand_over", "task": "t1:2"}, "What they should know"),
        ({"action": "set_priority", "task": "t1:2"}, "Priority of"),
        ({"action": "snooze", "task": "t1:2", "until": "2026-12-01", "do": "keep"}, "Tomorrow morning"),
    ],
)
def test_what_was_not_said_is_asked_and_nothing_is_done(ana, workflows, told, said):
    answer = ana.post("/app/tasks/act", data=told, headers=OURS)
    assert answer.status_code in (200, 422)
    assert said in words(answer)
    assert not [request for request, _ in workflows.log if request.method == "POST"]


def test_nothing_chosen_says_so(ana, workflows):
    ana.post("/app/tasks/act", data={"action": "complete"}, headers=OURS)
    assert "Nothing was chosen." in words(ana.get("/app/tasks"))


def test_a_question_about_no_task_says_what_to_do_and_one_that_is_none_is_no_page(ana, workflows):
    answer = ana.get("/app/tasks/ask/snooze")
    assert answer.status_code == 422
    assert "Select some tasks in the list first." in words(answer)
    assert ana.get("/app/tasks/ask/explode?task=t1:2").status_code == 404


def test_a_refused_day_comes_back_with_its_complaint(ana, workflows):
    problem = {"title": "Invalid", "status": 422, "detail": "No.", "errors": {"until": ["It is not ahead of us."]}}
    workflows.expect_request(f"{TASKS}/batches", method="POST").respond_with_json(problem, status=422)
    told = {"action": "snooze", "task": "t1:2", "until": "day", "day": "2020-01-01", "reason": "Later"}
    answer = ana.post("/app/tasks/act", data=told, headers=OURS)
    assert answer.status_code == 422
    assert "It is not ahead of us." in words(answer)
    assert 'value="2020-01-01"' in answer.text
    assert 'value="Later"' in answer.text


def customers(workflows, *names):
    rows = [{"id": f"c{number}", "name": name} for number, name in enumerate(names)]
    workflows.expect_request("/api/customers").respond_with_json(pages_of(*rows))


@pytest.mark.parametrize(
    ("found", "complaint"),
    [((), "Choose a customer from the list"), (("Acme", "ACME"), "Several customers have this name.")],
)
def test_a_customers_name_must_be_that_of_one(ana, workflows, found, complaint):
    customers(workflows, *found)
    answer = ana.post("/app/tasks/new", data={"title": "Call", "customer": "Acme", "priority": "3"}, headers=OURS)
    assert answer.status_code == 422
    assert complaint in words(answer)
    assert 'value="Call"' in answer.text


def test_a_new_task_is_about_the_customer_that_was_named(ana, workflows):
    customers(workflows, "Acme North", "acme")
    workflows.expect_request(TASKS, method="POST").respond_with_json(TASK, status=201)
    told = {"title": "Call", "customer": "Acme", "priority": "1", "dueDate": "", "owner": "", "key": "k"}
    answer = ana.post("/app/tasks/new", data=told, headers=OURS)
    assert (answer.status_code, answer.location) == (303, "/app/tasks/t1")
    sent = next(request for request, _ in workflows.log if request.method == "POST")
    assert json.loads(sent.data) == {"title": "Call", "priority": 1, "customerId": "c1"}
    assert sent.headers["Idempotency-Key"] == "k"
