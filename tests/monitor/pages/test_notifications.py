"""The page of notifications: one line a plan, no alarm about what was tried again, and what one wants to be told."""

from __future__ import annotations

import re

import pytest

from tests.monitor.conftest import FAILED, SUCCESS, execution, notification, task
from tests.monitor.pages.conftest import HOSTILE, OURS, words
from tests.monitor.test_projecting import FINALIZED, tell

PLAN = {"service": "workflows", "kind": "workflow-execution", "id": "execution-1"}
LEFT = {"kind": "ai_task", "id": "t", "name": "Update contact"}


def ask(number, **fields):
    tell("notification-request", notification(number, **{"by": LEFT, **fields}))


def test_those_of_a_plan_are_one_line_that_is_read_at_once(ana, monitor):
    tell("workflow-execution", execution(1, **FINALIZED))
    for number in range(1, 6):
        ask(number, title=f"Done: Part {number}", source=PLAN)
    ask(6, title=HOSTILE, kind="plan_ready")
    page = ana.get("/app/notifications")
    assert "5 AI tasks of Acme’s plan done" in words(page)
    assert "and 2 more" in words(page)
    assert "<script>alert" not in page.text
    assert 'aria-label="Notifications, 2 unread"' in page.text
    [opens] = re.findall(r'href="(/app/notifications/[^/"]+/open)">5 AI tasks', page.text)
    assert ana.get(opens).status_code == 303
    assert 'aria-label="Notifications, 1 unread"' in ana.get("/app/notifications").text


def test_a_failure_that_was_tried_again_is_no_alarm(ana, monitor):
    tell("ai-task", task(1, of=None, **FAILED))
    ask(1, kind="task_failed", title="Failed: Update", body="Locked.", link="/app/monitor/runs/task-1")
    assert '"is-failed"' in ana.get("/app/notifications").text
    tell("ai-task", task(2, of=None, **(SUCCESS | {"retryOf": "task-1", "origin": "task-1", "retryNumber": 1})))
    page = ana.get("/app/notifications")
    assert "Tried again: completed." in words(page)
    assert '"is-failed"' not in page.text


CHOSEN = {"shown": ["task_failed", "mention"], "mailed": ["mention"], "digestHour": "7", "timeZone": "Asia/Tokyo"}


def test_a_person_chooses_what_they_are_told(ana, monitor):
    assert ana.post("/app/notifications/settings", data=CHOSEN, headers=OURS).status_code == 303
    kept = ana.get("/api/notifications/settings").json
    assert (kept["mailed"], kept["digestHour"], kept["timeZone"]) == (["mention"], 7, "Asia/Tokyo")
    assert "task_done" in kept["muted"]
    assert "mention" not in kept["muted"]
    page = ana.get("/app/notifications/settings").text
    assert '<option value="7" selected>07:00</option>' in page
    assert re.search(r'value="mention" aria-label="Somebody mentions me: in the digest"\s+checked', page)
    off = CHOSEN | {"digestHour": ""}
    assert ana.post("/app/notifications/settings", data=off, headers=OURS).status_code == 303
    assert ana.get("/api/notifications/settings").json["digestHour"] is None


@pytest.mark.parametrize(
    "wrong",
    [{"digestHour": "24"}, {"digestHour": "x"}, {"timeZone": "Mars/Base"}, {"timeZone": ""}, {"mailed": ["gossip"]}],
)
def test_what_cannot_be_chosen_is_refused(ana, monitor, wrong):
    assert ana.post("/app/notifications/settings", data=CHOSEN | wrong, headers=OURS).status_code == 422
    body = {"muted": [], "mailed": [], "digestHour": 7, "timeZone": "UTC"}
    by_rest = {"digestHour": "7"} if "digestHour" in wrong else wrong
    assert ana.put("/api/notifications/settings", json=body | by_rest, headers=OURS).status_code == 422
