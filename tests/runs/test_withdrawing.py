"""Mails and invitations wait before they leave, and are taken back until then: the answer is always what really happened."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from services.runs import lifecycle, models, withdrawing, work
from services.runs.models import Delivery, Meeting, feed
from shared.database.connection import session
from shared.ground import clock
from shared.ground.errors import Conflict, NotFound
from tests.conftest import NOON
from tests.runs.conftest import ANA, MAX, OTHER, acts, ai_task_requests, live_in, make_partnership, refresh
from tests.runs.test_sending import ai_task, hear
from tests.runs.walking import CONTACTS, act, now_of, row_about, rows_of, started

pytestmark = pytest.mark.usefixtures("database")
DELAY = timedelta(seconds=10)
LATER = NOON + DELAY
SLOT = NOON + timedelta(days=1)


def held(action_type="email", number=1):
    """A started step with so many partnerships."""
    made = [make_partnership(f"Partner {one}", contacts=CONTACTS, priority=one + 1) for one in range(number)]
    config = {"partnershipIds": [one.id for one in made]}
    return started(action_type, **config), made


def released():
    return [row.id for row in models.Request.select().where(models.Request.released) if row.kind == "ai-task-request"]


def test_a_mail_waits_until_its_time_and_then_leaves_by_itself():
    one, _ = held()
    item = act(one, "send_email", row_id=rows_of(one)[0].id, send_delay=DELAY).items[0]
    assert Delivery.get_by_id(item.id).leaves_at == LATER
    assert (released(), [row.run_at for row in ai_task_requests()]) == ([], [clock.rfc3339(LATER)])
    assert withdrawing.release_due(now=LATER - timedelta(milliseconds=1)) == 0
    assert withdrawing.release_due(now=LATER) == 1
    assert withdrawing.release_due(now=LATER) == 0
    assert released() == [item.id]


def test_the_worker_lets_it_leave(settings):
    one, _ = held()
    item = act(one, "send_email", row_id=rows_of(one)[0].id, send_delay=DELAY).items[0]
    leave = next(loop for loop in work.make_worker(settings).loops if getattr(loop, "name", "") == "leave")
    with time_machine.travel(LATER):
        thread = threading.Thread(target=leave.function)
        thread.start()
        thread.join(60)
    assert released() == [item.id]


def test_what_is_taken_back_is_never_asked_for_and_its_row_is_open_with_what_was_written():
    one, _ = held()
    row = rows_of(one)[0]
    item = act(one, "send_email", row_id=row.id, subject="Hello", send_delay=DELAY).items[0]
    assert withdrawing.withdraw(ANA, one.run_id, item.id, now=NOON).status == "withdrawn"
    assert withdrawing.release_due(now=LATER) == 0
    assert ai_task_requests() == []
    row = refresh(row)
    assert (row.state, row.outcome, row.draft["subject"]) == ("open", None, "Hello")
    assert now_of(one).result is None
    assert [act_.details["subject"] for act_ in acts("took back e-mail")] == ["Hello"]


def test_what_was_taken_back_is_sent_when_it_is_sent_again():
    one, _ = held()
    row = rows_of(one)[0]
    first = act(one, "send_email", row_id=row.id, send_delay=DELAY).items[0]
    withdrawing.withdraw(ANA, one.run_id, first.id, now=NOON)
    again = act(one, "send_email", row_id=row.id, subject="Now", send_delay=DELAY, now=LATER).items[0]
    assert again.id == first.id
    assert withdrawing.release_due(now=LATER + DELAY) == 1
    assert [(task.id, task.retry_of, task.metadata["subject"]) for task in ai_task_requests()] == [
        (first.id, None, "Now")
    ]
    hear(ai_task(first.id))
    assert Delivery.get_by_id(first.id).status == "sent"


def test_taking_back_a_repetition_leaves_the_failure_as_it_was():
    one, _ = held()
    row = rows_of(one)[0]
    first = act(one, "send_email", row_id=row.id).items[0]
    hear(ai_task(first.id, "failed"))
    act(one, "send_email", row_id=row.id, send_delay=DELAY)
    delivery = withdrawing.withdraw(ANA, one.run_id, first.id, now=NOON)
    assert (delivery.status, delivery.error, delivery.task_id) == ("failed", "mailbox full", first.id)
    assert refresh(row).state == "open"
    act(one, "send_email", row_id=row.id, send_delay=DELAY)
    assert withdrawing.release_due(now=LATER) == 1
    assert {task.retry_of for task in ai_task_requests()} == {None, first.id}


def test_what_has_left_is_409_with_the_moment(ask):
    one, _ = held()
    item = act(one, "send_email", row_id=rows_of(one)[0].id, send_delay=DELAY).items[0]
    withdrawing.release_due(now=LATER)
    path = f"/api/guided-runs/{one.run_id}/deliveries/{item.id}/withdraw"
    answer = ask("POST", path)
    assert (answer.status_code, answer.json["leftAt"]) == (409, clock.rfc3339(LATER))
    assert "has already left" in answer.json["detail"]
    hear(ai_task(item.id))
    answer = ask("POST", path)
    assert (answer.status_code, answer.json["leftAt"]) == (409, clock.rfc3339(NOON))
    assert "was already sent" in answer.json["detail"]


def test_without_a_delay_it_leaves_at_once_and_cannot_be_taken_back():
    one, _ = held()
    item = act(one, "send_email", row_id=rows_of(one)[0].id, send_delay=timedelta()).items[0]
    assert (released(), Delivery.get_by_id(item.id).leaves_at) == ([item.id], None)
    with pytest.raises(Conflict) as refused:
        withdrawing.withdraw(ANA, one.run_id, item.id, now=NOON)
    assert refused.value.details["leftAt"] == clock.rfc3339(NOON)


def test_the_delay_is_a_setting_that_the_api_keeps(ask, settings):
    one, _ = held()
    body = {"type": "send_email", "rowId": rows_of(one)[0].id}
    assert ask("POST", f"/api/guided-runs/{one.run_id}/steps/{one.id}/actions", body).status_code == 200
    shown = ask("GET", f"/api/guided-runs/{one.run_id}/steps/{one.id}/data").json["items"][0]["delivery"]
    assert settings.send_delay_seconds == 10
    assert shown["status"] == "queued"
    assert timedelta() <= clock.parse(shown["leavesAt"]) - LATER < timedelta(minutes=5), "ten seconds after it was sent"
    answer = ask("POST", f"/api/guided-runs/{one.run_id}/deliveries/{shown['id']}/withdraw")
    assert (answer.status_code, answer.json["status"]) == (200, "withdrawn")
    shown = ask("GET", f"/api/guided-runs/{one.run_id}/steps/{one.id}/data").json["items"][0]
    assert (shown["delivery"], shown["state"]) == (None, "open")


def test_another_tenant_and_another_run_find_nothing(ask):
    one, _ = held()
    other, _ = held()
    item = act(one, "send_email", row_id=rows_of(one)[0].id, send_delay=DELAY).items[0]
    assert ask("POST", f"/api/guided-runs/{one.run_id}/deliveries/{item.id}/withdraw", by=OTHER).status_code == 404
    assert ask("POST", f"/api/guided-runs/{other.run_id}/deliveries/{item.id}/withdraw").status_code == 404
    body = {"deliveryIds": [item.id]}
    assert ask("POST", f"/api/guided-runs/{one.run_id}/withdraw", body, by=OTHER).status_code == 404
    assert Delivery.get_by_id(item.id).status == "queued"


def test_all_of_them_are_taken_back_at_once_and_each_says_what_became_of_it(ask):
    one, _ = held(number=3)
    sent = act(one, "send_email", all=True, send_delay=DELAY).items
    with feed.transaction():
        models.Request.update(release_at=NOON).where(models.Request.id == sent[1].id).execute()
    withdrawing.release_due(now=NOON)
    body = {"deliveryIds": [item.id for item in sent] + ["none"]}
    items = ask("POST", f"/api/guided-runs/{one.run_id}/withdraw", body).json["items"]
    assert [item["status"] for item in items] == ["withdrawn", "refused", "withdrawn", "refused"]
    assert items[1]["leftAt"] == clock.rfc3339(LATER)
    assert [row.state for row in rows_of(one)] == ["open", "done", "open"]


@pytest.mark.parametrize("body", [{}, {"deliveryIds": []}, {"deliveryIds": ["x"] * 201}, {"deliveryIds": [7]}])
def test_taking_back_nothing_or_too_many_is_422(ask, body):
    one, _ = held()
    assert ask("POST", f"/api/guided-runs/{one.run_id}/withdraw", body).status_code == 422


def test_two_people_who_take_it_back_and_the_worker_that_lets_it_leave_agree():
    one, _ = held(number=6)
    sent = [item.id for item in act(one, "send_email", all=True, send_delay=DELAY).items]
    answers: dict[str, list[str]] = {}
    gate = threading.Barrier(3)

    def undo(by):
        with session(models.db):
            gate.wait(60)
            told = withdrawing.withdraw_many(by, one.run_id, sent, now=LATER)
            answers[by.id] = [item.status for item in told]

    def leave():
        gate.wait(60)
        withdrawing.release_due(now=LATER)

    threads = [threading.Thread(target=undo, args=(by,)) for by in (ANA, MAX)] + [threading.Thread(target=leave)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers["ana"] == answers["max"]
    left = set(released())
    assert [status == "refused" for status in answers["ana"]] == [task in left for task in sent]
    assert {Delivery.get_by_id(task).status for task in sent if task not in left} <= {"withdrawn"}


def test_a_run_that_was_cancelled_meanwhile_can_still_take_it_back():
    one, _ = held()
    item = act(one, "send_email", row_id=rows_of(one)[0].id, send_delay=DELAY).items[0]
    lifecycle.change(ANA, one.run_id, lifecycle.ChangeRun(status="cancelled"), now=NOON)
    assert withdrawing.withdraw(ANA, one.run_id, item.id, now=NOON).status == "withdrawn"


def booked():
    live_in()
    one, (partner,) = held("schedule")
    meeting_id = act(one, "schedule_meeting", partnership_id=partner.id, starts_at=SLOT, send_delay=DELAY).items[0].id
    return one, partner, meeting_id


def invitation_of(meeting_id):
    # One that was taken back leaves at no time, which PostgreSQL puts first.
    waiting = Delivery.select().where(Delivery.meeting_id == meeting_id, Delivery.leaves_at.is_null(False))
    return waiting.order_by(Delivery.leaves_at.desc()).first()


def test_taking_back_an_invitation_takes_back_the_call():
    one, partner, meeting_id = booked()
    withdrawing.withdraw(ANA, one.run_id, invitation_of(meeting_id).id, now=NOON)
    assert (Meeting.get_by_id(meeting_id).status, row_about(one, partner).state) == ("cancelled", "open")
    assert (ai_task_requests(), now_of(one).result) == ([], None)
    act(one, "schedule_meeting", partnership_id=partner.id, starts_at=SLOT, send_delay=DELAY)
    assert row_about(one, partner).state == "done"


def test_taking_back_a_moved_call_moves_it_back_and_it_can_be_moved_again():
    one, partner, meeting_id = booked()
    withdrawing.release_due(now=LATER)
    for hours in (2, 3):
        moved_to = SLOT + timedelta(hours=hours)
        act(one, "change_meeting", meeting_id=meeting_id, starts_at=moved_to, send_delay=DELAY, now=LATER)
        assert Meeting.get_by_id(meeting_id).starts_at == moved_to
        withdrawing.withdraw(ANA, one.run_id, invitation_of(meeting_id).id, now=LATER)
        assert Meeting.get_by_id(meeting_id).starts_at == SLOT
    assert row_about(one, partner).state == "done"
    assert len(ai_task_requests()) == 1


def test_taking_back_a_cancellation_books_the_call_again_unless_its_time_is_taken():
    one, partner, meeting_id = booked()
    withdrawing.release_due(now=LATER)
    act(one, "cancel_meeting", meeting_id=meeting_id, send_delay=DELAY, now=LATER)
    cancellation = Delivery.get(Delivery.kind == "invite_cancel")
    other = make_partnership("Other", contacts=CONTACTS)
    taken = act(one, "schedule_meeting", partnership_id=other.id, starts_at=SLOT, send_delay=DELAY, now=LATER).items[0]
    with pytest.raises(Conflict, match="another call at that time"):
        withdrawing.withdraw(ANA, one.run_id, cancellation.id, now=LATER)
    withdrawing.withdraw(ANA, one.run_id, invitation_of(taken.id).id, now=LATER)
    withdrawing.withdraw(ANA, one.run_id, cancellation.id, now=LATER)
    assert Meeting.get_by_id(meeting_id).status == "booked"
    row = row_about(one, partner)
    assert (row.state, row.outcome["meetingId"]) == ("done", meeting_id)


def test_an_invitation_cannot_be_taken_back_under_a_call_that_was_moved_since():
    one, _, meeting_id = booked()
    invitation = invitation_of(meeting_id)
    act(one, "change_meeting", meeting_id=meeting_id, starts_at=SLOT + timedelta(hours=1), send_delay=DELAY)
    with pytest.raises(Conflict, match="changed since"):
        withdrawing.withdraw(ANA, one.run_id, invitation.id, now=NOON)
    assert len(ai_task_requests()) == 2, "a refusal withdraws nothing"


def test_nobody_takes_back_what_nobody_asked_for():
    one, _ = held()
    with pytest.raises(NotFound):
        withdrawing.withdraw(ANA, one.run_id, "none", now=NOON)
    with pytest.raises(NotFound):
        withdrawing.withdraw(replace(ANA, tenant_id="acme"), one.run_id, "none", now=NOON)


def test_a_call_that_was_moved_and_moved_back_can_be_taken_back_too():
    one, _ = held("schedule")
    row = rows_of(one)[0]
    booked = act(one, "schedule_meeting", row_id=row.id, starts_at=SLOT, send_delay=DELAY).items[0]
    act(one, "change_meeting", meeting_id=booked.id, starts_at=SLOT + timedelta(hours=1), send_delay=DELAY)
    first, second = Delivery.select().order_by(Delivery.created_at, Delivery.kind)
    if first.undoes["meeting"]["verb"] == "change":
        first, second = second, first
    with pytest.raises(Conflict):
        withdrawing.withdraw(ANA, one.run_id, first.id, now=NOON)
    withdrawing.withdraw(ANA, one.run_id, second.id, now=NOON)
    again = act(one, "schedule_meeting", row_id=row.id, starts_at=SLOT, send_delay=DELAY)
    assert (again.status, again.items[0].id) == ("queued", booked.id)
    assert withdrawing.withdraw(ANA, one.run_id, first.id, now=NOON).status == "withdrawn"
    assert Meeting.get_by_id(booked.id).status == "cancelled"
    assert (refresh(row).state, refresh(row).outcome) == ("open", None)
    assert withdrawing.release_due(now=LATER) == 0


def test_an_invitation_that_failed_is_sent_again_although_a_later_change_was_taken_back():
    one, _ = held("schedule")
    row = rows_of(one)[0]
    booked = act(one, "schedule_meeting", row_id=row.id, starts_at=SLOT).items[0]
    (first,) = Delivery.select()
    act(one, "change_meeting", meeting_id=booked.id, starts_at=SLOT + timedelta(hours=1), send_delay=DELAY)
    (second,) = Delivery.select().where(Delivery.id != first.id)
    withdrawing.withdraw(ANA, one.run_id, second.id, now=NOON)
    hear(ai_task(first.id, "failed"))
    assert refresh(first).status == "failed"
    act(one, "schedule_meeting", row_id=row.id, starts_at=SLOT)
    assert refresh(first).status == "queued"
    assert {row.retry_of for row in ai_task_requests()} == {None, first.id}
