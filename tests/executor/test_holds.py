"""Nothing reaches a customer on hold: by its subject or by an address of one of its people, at the last moment too."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.executor import models
from services.executor.executing import RunningTask
from services.executor.models import AiTask, Effect, feed
from services.executor.processors import Transient
from shared.ground import wording
from tests.executor.conftest import read

ADA = {"name": "Ada", "email": "Ada@Acme.test"}
LETTER = {"to": [ADA], "subject": "Our talk", "body": "Dear Ada."}
INVITATION = {
    "uid": "u1",
    "sequence": 0,
    "method": "REQUEST",
    "title": "Our talk",
    "startsAt": "2026-12-01T10:00:00Z",
    "endsAt": "2026-12-01T10:30:00Z",
    "timeZone": "Europe/Berlin",
    "organizer": {"email": "ana@demo.tandem.test"},
    "attendees": [ADA],
}
REMINDER = {
    "daysUntilReminder": 3,
    "reminderMessage": "Call Ada",
    "reminderPriority": 2,
    "relatedAction": "Renewal",
}


@pytest.fixture
def hold(database, now):
    """`hold(from_day, until_day)` places Acme on hold, in days from today; `lifted=True` lifts it."""

    def place(first=0, last=10, *, version=1, tenant="demo", **fields):
        today = now.date()
        snapshot = {
            "id": "h1",
            "tenantId": tenant,
            "customerId": "c1",
            "customerName": "Acme",
            "reason": "Legal",
            "fromOn": (today + timedelta(days=first)).isoformat(),
            "untilOn": None if last is None else (today + timedelta(days=last)).isoformat(),
            "lifted": False,
            "timeZone": "UTC",
            "addresses": ["ada@acme.test"],
        }
        with feed.transaction():
            models.holds.upsert_hold(snapshot | fields, version)

    return place


@pytest.mark.parametrize(
    ("processor", "metadata", "subject"),
    [
        ("send-email", LETTER, None),
        ("send-email", LETTER | {"to": [{"email": "x@else.test"}], "cc": [ADA]}, None),
        ("send-email", LETTER | {"to": [{"email": "x@else.test"}]}, "c1"),
        ("calendar-invite", INVITATION, None),
        ("follow-up-reminder-creator", REMINDER, "c1"),
        ("follow-up-reminder-creator", REMINDER | {"customerId": "c1"}, None),
    ],
)
def test_what_would_reach_a_customer_on_hold_fails_at_once_and_says_why(
    submit, run, mailbox, hold, now, processor, metadata, subject
):
    hold()
    submit(processor, metadata, subject=subject)
    task = run()
    assert task.status == "failed"
    assert task.error["permanent"]
    until = wording.day(now.date() + timedelta(days=10))
    assert task.error["message"] == f"Acme is on hold until {until}: Legal. Nothing was sent."
    assert mailbox.page("demo", q=None, limit=10, offset=0, cursor=None).items == []
    assert Effect.select().count() == 0


@pytest.mark.parametrize(
    "placed",
    [
        {"first": 1, "last": 3},
        {"first": -3, "last": -1},
        {"lifted": True},
        {"tenant": "other"},
        {"addresses": [], "customerId": "c2"},
    ],
)
def test_a_hold_that_is_not_on_or_another_ones_stops_nothing(submit, run, hold, placed):
    hold(**placed)
    submit("send-email", LETTER, subject="c1")
    assert run().status == "success"


def test_what_reaches_nobody_outside_goes_on(submit, run, hold):
    hold(last=None)
    submit(subject="c1", effect=True)
    assert run().status == "success"


def test_a_hold_that_is_placed_while_the_task_runs_stops_the_mail_at_the_last_moment(
    submit, claim, runner, known, mailbox, hold
):
    processor = known["send-email"]

    def place_then_send(context):
        hold()
        return processor.run(context)

    submit("send-email", LETTER)
    task = claim()
    runner.run(RunningTask(task, 60), replace(processor, run=place_then_send))
    task = read(task)
    assert (task.status, task.error["permanent"]) == ("failed", True)
    assert "on hold" in task.error["message"]
    assert mailbox.page("demo", q=None, limit=10, offset=0, cursor=None).items == []
    assert [effect.status for effect in Effect.select()] == ["not_done"]


def test_what_was_sent_before_the_hold_is_not_called_unsent(submit, claim, runner, known, mailbox, hold, now):
    processor = known["send-email"]

    def send_then_fail(context):
        processor.run(context)
        raise Transient("cut off after the mail")

    submit("send-email", LETTER)
    runner.run(RunningTask(claim(), 60), replace(processor, run=send_then_fail))
    hold()
    AiTask.update(available_at=now).execute()
    task = claim()
    runner.run(RunningTask(task, 60), processor)
    assert read(task).status == "success"
    assert len(mailbox.page("demo", q=None, limit=10, offset=0, cursor=None).items) == 1


def test_an_older_word_of_a_hold_changes_nothing(submit, run, hold):
    hold(version=2, lifted=True)
    hold(version=1)
    submit("send-email", LETTER)
    assert run().status == "success"
