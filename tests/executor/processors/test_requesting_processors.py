"""The processors that change nothing outside: what they ask of workflows and of the monitor."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.executor.executing import Runner, RunningTask
from services.executor.models import Request, Tracking
from services.executor.processors import Tenant
from shared.contracts.requests import NotificationRequest, TaskRequest, TriggerRequest
from shared.ground import clock
from tests.executor.conftest import changes, read

NEW_YORK = Tenant("demo", "America/New_York", "US")
BERLIN = Tenant("acme", "Europe/Berlin", "DE")
FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.fixture
def run_on(submit, claim, known, providers):
    """`run_on(moment, processor, metadata)` runs a task as if it were then."""

    def go(moment, processor, metadata, **more):
        submit(processor, metadata, **more)
        task = claim()
        Runner(providers, lambda: moment, 300).run(RunningTask(task, 60), known[processor])
        return read(task)

    return go


def test_the_day_and_the_morning_are_those_of_the_tenant():
    assert NEW_YORK.day_of(datetime(2026, 11, 21, 2, 0, tzinfo=UTC)) == date(2026, 11, 20)
    assert clock.rfc3339(NEW_YORK.morning_of(date(2026, 11, 27))) == "2026-11-27T13:00:00Z"
    assert clock.rfc3339(NEW_YORK.morning_of(date(2026, 7, 1))) == "2026-07-01T12:00:00Z"
    assert clock.rfc3339(BERLIN.morning_of(date(2026, 11, 27))) == "2026-11-27T07:00:00Z"
    early = replace(BERLIN, daily_at="30 5 * * *")
    assert clock.rfc3339(early.morning_of(date(2026, 11, 27))) == "2026-11-27T04:30:00Z"


REMINDER = {
    "daysUntilReminder": 5,
    "reminderMessage": "Follow up on CFO meeting request",
    "reminderPriority": 2,
    "relatedAction": "Meeting Request Sent",
}


def test_a_reminder_is_a_task_that_sleeps_until_its_morning(run_on):
    metadata = REMINDER | {"customerId": "c1", "executionId": "e1", "owner": "ana"}
    task = run_on(FRIDAY, "follow-up-reminder-creator", metadata)
    assert task.result["reminderDate"] == "2026-11-30"
    ((_, asked),) = changes("task-request")
    assert not TaskRequest().validate(asked)
    assert asked["title"] == "Follow up on CFO meeting request"
    assert (asked["dueDate"], asked["snoozedUntil"]) == ("2026-11-30", "2026-11-30T13:00:00Z")
    assert (asked["customerId"], asked["executionId"], asked["owner"], asked["priority"]) == ("c1", "e1", "ana", 2)


def test_a_reminder_without_a_customer_is_about_the_subject_of_its_task(run_on):
    run_on(FRIDAY, "follow-up-reminder-creator", REMINDER, subject="c7")
    assert changes("task-request")[0][1]["customerId"] == "c7"


ALERT = {
    "customerId": "c1",
    "deadline": "2027-01-15",
    "kind": "notice",
    "message": "Notice to Acme",
    "alertDaysBefore": [30, 7, 60],
}


def test_each_alert_day_becomes_a_notification_that_is_told_on_its_morning(run_on):
    task = run_on(FRIDAY, "contract-deadline-alert", ALERT | {"owner": "ana"})
    assert task.result["alerts"] == ["2026-11-20", "2026-12-16", "2027-01-08"]
    held = Request.select().where(Request.released == False).order_by(Request.release_at)  # noqa: E712
    assert [row.release_at.isoformat() for row in held] == ["2026-12-16T13:00:00+00:00", "2027-01-08T13:00:00+00:00"]
    told = [data for _, data in changes("notification-request") if data["kind"] == "deadline"]
    assert [not NotificationRequest().validate(data) for data in told] == [True]
    assert (told[0]["recipientId"], told[0]["title"]) == ("ana", "Notice to Acme")
    assert told[0]["body"] == "Notice on 15 Jan 2027: 56 days left."


def test_a_deadline_that_is_over_is_one_alert_at_once(run_on):
    task = run_on(FRIDAY, "contract-deadline-alert", ALERT | {"deadline": "2026-11-18"})
    assert task.result["alerts"] == ["2026-11-20"]
    told = [data for _, data in changes("notification-request") if data["kind"] == "deadline"]
    assert told[0]["body"] == "Notice on 18 Nov 2026: 2 days ago."


SCHEDULE = {
    "executionId": "e1",
    "customerId": "c1",
    "stage": "prepare",
    "triggerDate": "2026-11-10",
    "conditions": ["Discovery tasks completed"],
}


def test_the_scheduler_asks_for_one_trigger(run_on):
    task = run_on(FRIDAY, "workflow-scheduler", SCHEDULE)
    ((_, asked),) = changes("trigger-request")
    assert not TriggerRequest().validate(asked)
    assert {name: asked[name] for name in SCHEDULE} == SCHEDULE
    assert task.result["triggerDate"] == "2026-11-10"


EMAIL = {
    "emailId": "msg_123",
    "emailSubject": "CFO Value Briefing",
    "sentTo": "cfo@customer.example",
    "trackOpens": True,
    "trackClicks": True,
    "notifyOnOpen": False,
}


def test_an_email_is_tracked_from_zero_and_watched_by_a_task(run_on):
    task = run_on(FRIDAY, "email-engagement-tracker", EMAIL)
    row = Tracking.get(tenant_id="demo", email_id="msg_123")
    assert (row.subject, row.sent_to, row.opens, row.clicks, row.replies) == (
        "CFO Value Briefing",
        "cfo@customer.example",
        0,
        0,
        0,
    )
    ((_, asked),) = changes("task-request")
    assert not TaskRequest().validate(asked)
    assert (asked["title"], asked["dueDate"]) == ("Watch engagement: CFO Value Briefing", "2026-11-25")
    assert "not received" in task.result["webhooks"]


def test_an_email_that_is_tracked_already_keeps_its_counts(run_on):
    run_on(FRIDAY, "email-engagement-tracker", EMAIL)
    Tracking.update(opens=4).execute()
    run_on(FRIDAY, "email-engagement-tracker", EMAIL)
    assert Tracking.get(tenant_id="demo", email_id="msg_123").opens == 4


def test_a_retry_asks_for_the_same_and_not_for_another(run_on, submit):
    first = run_on(FRIDAY, "workflow-scheduler", SCHEDULE)
    run_on(FRIDAY, "workflow-scheduler", SCHEDULE, retry_of=first.id)
    assert len(changes("trigger-request")) == 1
