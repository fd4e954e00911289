"""Calls booked, changed and cancelled: one uid for life, a sequence that grows, and what the executor says of each."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from services.runs import models, steps
from services.runs.models import Activity, Delivery, Meeting
from shared.database.connection import session
from shared.ground import clock
from shared.ground.errors import Conflict, Invalid
from tests.conftest import NOON
from tests.runs.conftest import ANA, MAX, ai_task_requests, know, live_in, make_partnership, refresh
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
    meeting, told = Meeting.get(), ai_task_requests()[0]
    assert (Meeting.select().count(), len(ai_task_requests())) == (1, 1)
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
    sent = [request.metadata for request in ai_task_requests()]
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
    assert (len(ai_task_requests()), Meeting.get().sequence) == (1, 0)


def test_a_row_with_a_call_gets_no_second_one(booked):
    with pytest.raises(Conflict) as refused:
        act(booked, "schedule_meeting", row_id=rows_of(booked)[0].id, starts_at=AT + timedelta(days=1))
    assert refused.value.details["allowed"] == ["change_meeting", "cancel_meeting"]
    assert Meeting.select().count() == 1


@pytest.mark.parametrize("other", [{"minutes": 45}, {"title": "Another call"}, {"description": "About the MOU"}])
def test_a_call_at_the_same_time_that_is_another_one_is_refused_and_the_same_one_is_not(partner, other):
    one = started("schedule")
    row_id, told = rows_of(one)[0].id, {"minutes": 60, "title": "Our call", "description": "About us"}
    act(one, "schedule_meeting", row_id=row_id, starts_at=AT, **told)
    with pytest.raises(Conflict) as refused:
        act(one, "schedule_meeting", row_id=row_id, starts_at=AT, **told | other)
    assert refused.value.details["allowed"] == ["change_meeting", "cancel_meeting"]
    for again in (told, {}):
        done = act(one, "schedule_meeting", row_id=row_id, starts_at=AT, **again)
        assert (done.status, done.items[0].id) == ("queued", Meeting.get().id)
    assert (Meeting.select().count(), len(ai_task_requests())) == (1, 1)


def test_booking_or_moving_to_what_is_booked_is_queued_until_the_invitation_went_out_then_done(booked):
    def again():
        row_id, meeting_id = rows_of(booked)[0].id, Meeting.get().id
        return [
            act(booked, "schedule_meeting", row_id=row_id, starts_at=AT).status,
            act(booked, "change_meeting", meeting_id=meeting_id, starts_at=AT).status,
        ]

    assert again() == ["queued", "queued"]
    hear(ai_task(Delivery.get().id))
    assert again() == ["done", "done"]


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
    asked = next(request for request in ai_task_requests() if request.id != first.id)
    assert asked.retry_of == first.id
    hear(ai_task(asked.id, origin=first.id, number=1))
    assert (Delivery.get().status, refresh(row).state) == ("sent", "done")


def test_a_call_that_is_cancelled_after_its_invitation_failed_leaves_its_row_without_a_call(booked):
    hear(ai_task(Delivery.get().id, "failed"))
    act(booked, "cancel_meeting", meeting_id=Meeting.get().id)
    assert steps.left_of(now_of(booked)) == ["1 of 1 is without a call: Harbor."]
    cancellation = Delivery.get(Delivery.kind == "invite_cancel")
    hear(ai_task(cancellation.id, "failed"))
    assert steps.left_of(now_of(booked)) == ["The invitation to grace@harbor.test was not sent: mailbox full."]


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


def test_the_times_on_offer_lie_in_the_hours_that_the_owner_works(ask, partner):
    know(ANA, timeZone="Europe/London", workingHours={"from": "13:00", "to": "16:00"})
    one = started("schedule")
    (item,) = ask("GET", f"/api/guided-runs/{one.run_id}/steps/{one.id}/data").json["items"]
    said = [(slot["yours"], slot["theirs"]) for slot in item["slots"]]
    assert said[:3] == [("Mon 23 Nov 14:00", "09:00"), ("Mon 23 Nov 15:00", "10:00"), ("Tue 24 Nov 14:00", "09:00")]


def test_a_time_in_which_its_owner_has_a_call_is_refused_with_the_next_free_ones(partner):
    know(ANA)
    other = make_partnership("Quay", contacts=CONTACTS, next_call_on=NOON.date(), time_zone="America/New_York")
    one, another = started("schedule"), started("schedule")
    first = clock.parse("2026-11-23T14:00:00Z")
    act(one, "schedule_meeting", partnership_id=partner.id, starts_at=first)
    for minutes in (-29, 0, 29):
        with pytest.raises(Conflict) as refused:
            act(another, "schedule_meeting", partnership_id=other.id, starts_at=first + timedelta(minutes=minutes))
        assert refused.value.details["slots"][0]["startsAt"] == "2026-11-23T14:30:00Z"
        assert refused.value.message.startswith(
            "Ana Alvarez has another call at that time, Call with Harbor. The next free"
        )
        assert "Mon 23 Nov 15:30" in refused.value.message
    act(another, "schedule_meeting", partnership_id=other.id, starts_at=first + timedelta(minutes=30))
    assert Meeting.select().count() == 2


def test_a_call_is_not_moved_onto_another_one_but_within_its_own_time(partner, booked):
    other = make_partnership("Quay", contacts=CONTACTS, next_call_on=NOON.date())
    another = started("schedule")
    act(another, "schedule_meeting", partnership_id=other.id, starts_at=AT + timedelta(hours=1))
    second = Meeting.get(Meeting.partnership_id == other.id)
    with pytest.raises(Conflict):
        act(another, "change_meeting", meeting_id=second.id, starts_at=AT)
    act(another, "change_meeting", meeting_id=second.id, starts_at=second.starts_at + timedelta(minutes=15))
    act(booked, "cancel_meeting", meeting_id=Meeting.get(Meeting.partnership_id == partner.id).id)
    act(another, "change_meeting", meeting_id=second.id, starts_at=AT)
    assert refresh(second).starts_at == AT


def test_the_calendar_that_offers_times_is_the_one_that_is_booked(ask, partner):
    """In a run that nobody owns it is that of whoever is at it; another person's calls leave their time free."""
    one = started("schedule", by=MAX)
    path = f"/api/guided-runs/{one.run_id}/steps/{one.id}/data"
    models.runs.GuidedRun.update(owner=None).execute()
    act(one, "schedule_meeting", row_id=rows_of(one)[0].id, starts_at=clock.parse("2026-11-23T14:00:00Z"), by=MAX)
    assert Meeting.get().owner == MAX.id

    def offered(by):
        return [slot["startsAt"] for slot in ask("GET", path, by=by).json["items"][0]["slots"]]

    assert "2026-11-23T14:00:00Z" in offered(ANA)
    assert "2026-11-23T14:00:00Z" not in offered(MAX)


def test_of_ten_at_once_for_one_hour_of_one_owner_one_is_booked():
    rows = []
    for number in range(10):
        partnership = make_partnership(f"Port {number}", contacts=CONTACTS)
        rows.append((started("schedule"), partnership))
    together = threading.Barrier(len(rows))

    def book(place):
        one, partnership = place
        with session(models.db):
            together.wait()
            try:
                act(one, "schedule_meeting", partnership_id=partnership.id, starts_at=AT)
            except Conflict as refused:
                return bool(refused.details["slots"])
            return "booked"

    with ThreadPoolExecutor(len(rows)) as pool:
        answers = list(pool.map(book, rows))
    assert sorted(answers, key=str) == [True] * 9 + ["booked"]
    assert (Meeting.select().count(), len(ai_task_requests())) == (1, 1)
