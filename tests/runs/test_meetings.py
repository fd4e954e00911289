"""Calls booked, changed and cancelled: one uid for life, a sequence that grows, and what the executor says of each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.runs import steps
from services.runs.models import Activity, AiTaskRequest, Delivery, Meeting
from shared import clock
from shared.errors import Conflict, Invalid
from tests.conftest import NOON
from tests.runs.conftest import ANA, know, live_in, make_partnership, refresh
from tests.runs.test_sending import ai_task, hear
from tests.runs.walking import CONTACTS, act, now_of, rows_of, started

pytestmark = pytest.mark.usefixtures("database")

AT = NOON + timedelta(days=2)


@pytest.fixture
def partner():
    live_in(zone="Europe/Berlin")
    return make_partnership("Harbor", contacts=CONTACTS, next_call_on=NOON.date(), time_zone="America/New_York")


@pytest.fixture
def booked(partner):
    one = started("schedule")
    act(one, "schedule_meeting", row_id=rows_of(one)[0].id, starts_at=AT)
    return one


def test_booking_invites_the_main_contact_once(partner):
    know(ANA)
    one = started("schedule")
    for _ in range(2):
        act(one, "schedule_meeting", row_id=rows_of(one)[0].id, starts_at=AT)
    meeting, told = Meeting.get(), AiTaskRequest.get()
    assert (Meeting.select().count(), AiTaskRequest.select().count()) == (1, 1)
    assert told.processor == "calendar-invite"
    assert told.metadata == {
        "uid": meeting.uid,
        "sequence": 0,
        "method": "REQUEST",
        "title": "Call with Harbor",
        "startsAt": "2026-11-23T12:00:00Z",
        "endsAt": "2026-11-23T12:30:00Z",
        "timeZone": "America/New_York",
        "organizer": {"name": "Ana Alvarez", "email": "ana@demo.test"},
        "attendees": [{"name": "Grace Hopper", "email": "grace@harbor.test"}],
        "partnershipId": partner.id,
    }
    assert (now_of(one).result, rows_of(one)[0].state) == ({"meetingsScheduled": 1}, "done")
    assert steps.complete(ANA, one.run_id, one.id, now=NOON).summary == "1 call booked"


def test_the_same_uid_is_changed_and_cancelled_with_a_growing_sequence(booked):
    meeting = Meeting.get()
    act(booked, "change_meeting", meeting_id=meeting.id, starts_at=AT + timedelta(hours=1), minutes=45)
    act(booked, "cancel_meeting", meeting_id=meeting.id, reason="They are ill")
    sent = [row.metadata for row in AiTaskRequest.select().order_by(AiTaskRequest.created_at, AiTaskRequest.processor)]
    assert sorted((one["sequence"], one["method"], one["uid"]) for one in sent) == [
        (0, "REQUEST", meeting.uid),
        (1, "REQUEST", meeting.uid),
        (2, "CANCEL", meeting.uid),
    ]
    changed = next(one for one in sent if one["sequence"] == 1)
    assert (changed["startsAt"], changed["endsAt"]) == ("2026-11-23T13:00:00Z", "2026-11-23T13:45:00Z")
    assert (refresh(meeting).status, rows_of(booked)[0].state, now_of(booked).result) == ("cancelled", "open", None)
    with pytest.raises(Conflict):
        act(booked, "change_meeting", meeting_id=meeting.id, starts_at=AT)


def test_changing_to_the_same_time_tells_nobody(booked):
    act(booked, "change_meeting", meeting_id=Meeting.get().id, starts_at=AT)
    assert (AiTaskRequest.select().count(), Meeting.get().sequence) == (1, 0)


def test_a_row_with_a_call_gets_no_second_one(booked):
    with pytest.raises(Conflict) as refused:
        act(booked, "schedule_meeting", row_id=rows_of(booked)[0].id, starts_at=AT + timedelta(days=1))
    assert refused.value.details["allowed"] == ["change_meeting", "cancel_meeting"]
    assert Meeting.select().count() == 1


def test_after_a_cancellation_a_new_call_has_a_uid_of_its_own(booked):
    first = Meeting.get()
    act(booked, "cancel_meeting", meeting_id=first.id)
    act(booked, "schedule_meeting", row_id=rows_of(booked)[0].id, starts_at=AT)
    assert Meeting.select(Meeting.uid).distinct().count() == 2
    assert now_of(booked).result == {"meetingsScheduled": 1}


def test_an_invitation_that_went_out_is_an_activity_and_sets_the_next_call(partner, booked):
    for version in (1, 2):
        hear(ai_task(Delivery.get().id), version)
    (made,) = Activity.select().where(Activity.kind == "meeting_booked")
    assert made.summary == "Booked: Call with Harbor, 23 November"
    assert refresh(partner).next_call_on == AT.date()
    assert refresh(partner).last_contact_at.year == 1970


def test_each_change_that_went_out_is_an_activity_of_its_own(partner, booked):
    meeting = Meeting.get()
    act(booked, "change_meeting", meeting_id=meeting.id, starts_at=AT + timedelta(days=1))
    act(booked, "cancel_meeting", meeting_id=meeting.id)
    for delivery in Delivery.select():
        hear(ai_task(delivery.id))
    kinds = {row.kind for row in Activity.select().where(Activity.origin.is_null(False))}
    assert kinds == {"meeting_booked", "meeting_changed", "meeting_cancelled"}


def test_an_invitation_that_fails_opens_the_row_and_is_sent_again_by_the_same_time(booked):
    first = Delivery.get()
    hear(ai_task(first.id, "failed"))
    row = rows_of(booked)[0]
    assert row.state == "open"
    assert steps.left_of(now_of(booked)) == ["The invitation to grace@harbor.test was not sent: mailbox full."]
    act(booked, "schedule_meeting", row_id=row.id, starts_at=AT)
    assert Delivery.get().status == "queued"
    asked = AiTaskRequest.get(AiTaskRequest.id != first.id)
    assert asked.retry_of == first.id
    hear(ai_task(asked.id, origin=first.id, number=1))
    assert (Delivery.get().status, refresh(row).state) == ("sent", "done")


def test_a_call_in_the_past_and_one_without_a_guest_are_refused():
    nobody = make_partnership("Nobody", next_call_on=NOON.date())
    one = started("schedule")
    with pytest.raises(Invalid):
        act(one, "schedule_meeting", partnership_id=nobody.id, starts_at=AT)
    with pytest.raises(Invalid):
        act(one, "schedule_meeting", partnership_id=nobody.id, starts_at=NOON)
    assert Meeting.select().count() == 0


def test_a_call_of_another_step_is_not_changed_here(partner, booked):
    other = started("schedule")
    with pytest.raises(Conflict):
        act(other, "cancel_meeting", meeting_id=Meeting.get().id)


def test_a_row_offers_slots_of_both_sides_that_booked_calls_leave_free(ask, partner):
    one = started("schedule")
    path = f"/api/guided-runs/{one.run_id}/steps/{one.id}"
    (item,) = ask("GET", f"{path}/data").json["items"]
    first = item["slots"][0]
    assert (first["startsAt"], first["yours"], first["theirs"]) == ("2026-11-23T14:00:00Z", "Mon 23 Nov 15:00", "09:00")
    act(one, "schedule_meeting", row_id=item["id"], starts_at=clock.parse(first["startsAt"]))
    (item,) = ask("GET", f"{path}/data").json["items"]
    assert first["startsAt"] not in [slot["startsAt"] for slot in item["slots"]]
    assert (item["meeting"]["status"], item["meeting"]["title"]) == ("booked", "Call with Harbor")
