"""One run: its steps, what went wrong, and what may be done about it."""

from __future__ import annotations

import re

import pytest

from tests.monitor.conftest import FAILED, SUCCESS, act, attempt, execution, step, task
from tests.monitor.pages.conftest import OURS, words
from tests.monitor.test_projecting import FINALIZED, tell


def test_a_run_shows_its_steps_with_their_times_and_what_went_wrong(ana, failed_run):
    answer = ana.get("/app/monitor/runs/execution-1")
    assert all(
        name in words(answer)
        for name in ("Step 1", "Update contact 1", "10 min", "1 min", "The row is locked.", "2 of 3 steps")
    )
    assert answer.text.count('<rect x="') >= 3
    assert "Retry from this step" in words(answer)


def test_payloads_and_stack_traces_are_for_developers(enter, failed_run):
    for address in ("/app/monitor/runs/execution-1", "/app/monitor/runs/execution-1/steps/task-1"):
        member, developer = enter("ana").get(address).text, enter("dev").get(address).text
        assert "The row is locked." in member
        assert "Traceback" not in member
        assert "opportunityId" not in member
        assert "daysToRenewal" not in member
        assert "Traceback" in developer
    assert "daysToRenewal" in enter("dev").get("/app/monitor/runs/execution-1").text
    assert "opportunityId" in enter("dev").get("/app/monitor/runs/execution-1/steps/task-1").text


def test_a_step_can_be_unfolded_without_script(enter, failed_run):
    folded, unfolded = (
        enter("dev").get(f"/app/monitor/runs/execution-1{query}").text for query in ("", "?open=task-1")
    )
    assert "opportunityId" not in folded
    assert "opportunityId" in unfolded
    assert '<details class="step" open>' in unfolded


def test_another_tenants_run_is_not_there(ana, monitor):
    tell("workflow-execution", execution(tenantId="acme"))
    for address in ("", "/retry", "/cancel", "/steps/step-1-1"):
        assert ana.get(f"/app/monitor/runs/execution-1{address}").status_code == 404
    assert ana.post("/app/monitor/runs/execution-1/cancel", headers=OURS).status_code == 404


def test_retry_says_that_the_owner_is_away_before_it_is_tried(ana, failed_run):
    answer = ana.get("/app/monitor/runs/execution-1/retry")
    assert "Renewals and tasks are not answering" in words(answer)
    assert "button-primary" not in answer.text[answer.text.index('id="ask"') :]


UNKNOWN = {
    "name": "primary-contact",
    "status": "unknown",
    "key": "k",
    "intendedAt": "2026-11-21T11:31:00Z",
    "settledAt": None,
}


def test_an_unknown_outcome_is_an_operators_to_settle_and_wants_a_reason(enter, failed_run):
    tell("ai-task", task(3, **(FAILED | {"effects": [UNKNOWN | {"outcome": None}]})))
    address = "/app/monitor/runs/execution-1/steps/task-3"
    assert "Outcome unknown" in words(enter("dev").get(address))
    assert "Settle it" not in words(enter("dev").get(address))
    assert "Settle it" in words(enter("olga").get(address))
    settle = f"{address}/effects/primary-contact"
    assert enter("dev").get(settle).status_code == 403
    assert "Did “primary-contact” happen?" in words(enter("olga").get(settle))
    silent = enter("olga").post(settle, data={"happened": "yes", "reason": " "}, headers=OURS)
    assert (silent.status_code, "Say how you know." in silent.text) == (422, True)
    away = enter("olga").post(settle, data={"happened": "yes", "reason": "I looked."}, headers=OURS)
    assert (away.status_code, "AI tasks and mail are not answering" in words(away)) == (503, True)
    assert enter("olga").get(f"{address}/effects/none").status_code == 404


def test_cancel_names_what_will_stop_and_what_stands(ana, monitor):
    tell("workflow-execution", execution(openHumanWork=True))
    tell("workflow-step", step(1, status="completed"))
    tell("workflow-step", step(2, title="Pricing", status="in_progress"))
    said = words(ana.get("/app/monitor/runs/execution-1/cancel"))
    assert "1 step that did not end yet will not: Pricing" in said
    assert "1 step stand" in said


TRIED = {"status": "queued", "attempts": [attempt(1), attempt(2)], "availableAt": "2026-11-21T11:37:00Z"}


@pytest.mark.parametrize(("of", "run_id"), [(None, "task-1"), (1, "execution-1")])
def test_a_task_that_waits_to_be_tried_again_says_how_often_it_was_and_when_it_will_be(ana, of, run_id):
    tell("workflow-execution", execution(**FINALIZED))
    tell("ai-task", task(2, **SUCCESS))
    tell("ai-task", task(1, of=of, **(FAILED | {"finishedAt": None} | TRIED)))
    answer = ana.get(f"/app/monitor/runs/{run_id}")
    assert "ttempt 2 of 4 failed, the next begins" in words(answer)
    assert re.search(r"at 21 Nov 2026, \d\d:37:00", words(answer))
    assert 'datetime="2026-11-21T11:37:00Z"' in answer.text
    assert "has not begun" not in words(answer)
    assert "It failed" not in words(answer)


def test_what_was_cancelled_does_not_say_that_it_failed(ana):
    tell("ai-task", task(1, of=None, **(FAILED | {"status": "cancelled", "attempts": [attempt(1)]})))
    told = words(ana.get("/app/monitor/runs/task-1"))
    assert "It was stopped." in told
    assert "It failed" not in told
    assert 'id="error-title"' not in ana.get("/app/monitor/runs/task-1").text


def test_what_was_cancelled_says_who_did_it_and_why(ana):
    tell("ai-task", task(1, of=None, status="cancelled", attempts=[attempt(1)]))
    tell("act", act(1, verb="submitted AI task"))
    tell("act", act(2, verb="asked to cancel AI task", reason="The customer has left."))
    assert "Ana stopped it: The customer has left." in words(ana.get("/app/monitor/runs/task-1"))
    itself = {"kind": "ai_task", "id": "task-1", "name": "Update contact 1"}
    tell("act", act(4, verb="cancelled AI task", at="2026-11-21T11:30:01Z", by=itself))
    assert "Ana stopped it: The customer has left." in words(ana.get("/app/monitor/runs/task-1"))
    tell("act", act(3, verb="cancelled AI task", at="2026-11-21T11:31:00Z"))
    assert "Ana stopped it, and gave no reason." in words(ana.get("/app/monitor/runs/task-1"))


def test_a_failure_that_was_tried_again_is_no_alarm(ana):
    tell("ai-task", task(1, of=None, **FAILED))
    assert "badge-failed" in ana.get("/app/monitor/runs/task-1").text
    tell("ai-task", task(2, of=None, **(SUCCESS | {"retryOf": "task-1", "origin": "task-1", "retryNumber": 1})))
    page = ana.get("/app/monitor/runs/task-1")
    assert "Failed, and tried again: completed" in words(page)
    assert "badge-failed" not in page.text
    assert "is-failed" not in page.text.split('id="run-error"')[1].split("</h2>")[0]
    assert "/app/monitor/runs/task-1/retry" not in page.text
    row = ana.get("/app/monitor?kind=ai_task").text.split('id="run-task-1"')[1].split("</tr>")[0]
    assert "Tried again" in row
    assert "is-failed" not in row


def test_enter_in_the_reason_for_cancelling_cancels_nothing(ana, monitor):
    tell("workflow-execution", execution())
    answer = ana.post(
        "/app/monitor/runs/execution-1/cancel", data={"do": "keep", "reason": "Left for good"}, headers=OURS
    )
    assert (answer.status_code, 'value="Left for good"' in answer.text) == (200, True)


def test_the_next_attempt_can_be_made_now_while_there_is_one(ana):
    tell("ai-task", task(1, of=None, **(FAILED | {"finishedAt": None} | TRIED)))
    assert 'action="/app/monitor/runs/task-1/attempt"' in ana.get("/app/monitor/runs/task-1").text
    away = ana.post("/app/monitor/runs/task-1/attempt", headers=OURS)
    assert (away.status_code, "AI tasks and mail are not answering" in words(away)) == (503, True)
    tell("ai-task", task(2, of=None, **FAILED))
    assert ana.post("/app/monitor/runs/task-2/attempt", headers=OURS).status_code == 409
    tell("workflow-execution", execution())
    assert ana.post("/app/monitor/runs/execution-1/attempt", headers=OURS).status_code == 404


def test_only_what_runs_by_itself_counts_its_seconds(ana):
    tell("workflow-execution", execution())
    tell("ai-task", task(2, of=None, status="running", startedAt="2026-11-21T11:31:00Z"))
    waiting, running = (ana.get(f"/app/monitor/runs/{run_id}").text for run_id in ("execution-1", "task-2"))
    assert "data-since" not in waiting
    assert "data-since" in running


def test_what_a_run_is_about_is_a_link(ana):
    tell("workflow-execution", execution())
    tell("ai-task", task(1))
    from_runs = {"service": "runs", "kind": "guided-run", "id": "run-1"}
    tell("ai-task", task(2, subject="partnership-1", source=from_runs))
    tell("ai-task", task(3, of=None, subject=None))
    to_customer = '<a href="/app/customers/customer-1">Acme</a>'
    assert to_customer in ana.get("/app/monitor/runs/execution-1").text
    of_plan = ana.get("/app/monitor/runs/task-1").text
    assert to_customer in of_plan
    assert '<a href="/app/monitor/runs/execution-1">Discovery: Acme</a>' in of_plan
    assert 'href="/app/partnerships/partnership-1"' in ana.get("/app/monitor/runs/task-2").text
    nothing = ana.get("/app/monitor/runs/task-3").text
    assert '<a href="/app/tasks/t">Task</a>' in nothing
    assert "<dt>Customer</dt>" not in nothing
    assert "<dt>Part of</dt>" not in nothing


def test_failed_steps_are_named_above_the_track_which_may_hide_them(ana, failed_run):
    tell("ai-task", task(3, **FAILED))
    state = ana.get("/app/monitor/runs/execution-1").text.split('id="run-state"')[1].split("<ol")[0]
    assert '<a class="is-failed" href="#step-task-1">Update contact 1 failed</a>' in state
    assert '<a class="is-failed" href="#step-task-3">Update contact 3 failed</a>' in state
