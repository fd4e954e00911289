"""“Send all” of a guided run, and the calls of one, while processes are killed: each mail goes out once, and is counted once."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from shared.ground import clock
from tests.faults import dying
from tests.faults.dying import words
from tests.faults.guided import (
    Person,
    at_once,
    key,
    settled,
    staffed,
    step_with,
    whole,
    wrong_about_calls,
    wrong_about_mails,
)
from tests.faults.nemesis import Nemesis

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

LONG = bool(os.environ.get("LONG"))
ROWS, KILLS, CALLS = (100, 30, 20) if LONG else (40, 6, 3)
EVERYBODY = ("executor worker", "executor api", "runs api", "runs worker")

DYING = {
    "runs_api": words("runs", "api", "between-mails"),
    **{f"runs_worker_{number}": words("runs", "work", "word-unwritten") for number in (1, 2)},
    **{f"executor_worker_{number}": words("executor", "work", "word-written") for number in (1, 2)},
}
"""Whoever comes by first dies where it hurts most, twice a point, and is started again."""


def on(*engines):
    """On which engines a test is made, where not on SQLite alone."""
    return pytest.mark.parametrize("guided", engines, indirect=True)


def died(house, *points):
    return {point: dying.deaths(house.told.home, point) for point in points}


@on("sqlite", "postgresql")
def test_send_all_sends_each_mail_once_whoever_is_killed_and_clicks_again(guided, measured):
    step = step_with(guided, ROWS, "email")
    people, send = [Person(guided) for _ in range(3)], {"type": "send_email", "all": True}
    nemesis = Nemesis(guided, seed=5, prefix=EVERYBODY)
    page = key()
    with staffed(guided, **whole() | DYING):
        at_once(
            lambda: [people[0].act(step, send) for _ in range(3)],
            lambda: [people[1].act(step, send, key=page) for _ in range(2)],
            lambda: [people[2].act(step, send, key=page), people[2].act(step, send, key=key())],
            lambda: [nemesis.kill(after=(0, 0.2)) for _ in range(KILLS)],
        )
        settled(lambda: wrong_about_mails(guided, step))
        told = people[0].act(step, send)
    assert told["items"] == [], "nothing is left to be sent"
    killed = died(guided, "between-mails", "word-unwritten", "word-written")
    assert nemesis.kills == KILLS
    assert min(killed.values()) >= 1, killed
    [first, *others] = [answer.json() for answer in (*people[1].answers, people[2].answers[0])]
    assert all(other == first for other in others), "one key, one answer"
    measured(rows=ROWS, kills=nemesis.kills + sum(killed.values()), unanswered=sum(one.lost for one in people))


def test_send_all_with_a_key_goes_on_and_is_answered_whole_where_its_process_dies(guided):
    step = step_with(guided, 8, "email")
    person, page = Person(guided), key()
    parts = whole() | {"runs_api": words("runs", "api", "mail-unwritten")}
    with staffed(guided, **parts):
        told = person.act(step, {"type": "send_email", "all": True}, key=page)
        again = person.act(step, {"type": "send_email", "all": True}, key=page)
        settled(lambda: wrong_about_mails(guided, step))
    assert told == again
    assert sorted(item["partnershipId"] for item in told["items"]) == sorted(step.addresses)
    assert {item["status"] for item in told["items"]} <= {"queued", "done"}, "what was sent before the end is done"
    assert person.lost >= 1
    assert died(guided, "mail-unwritten") == {"mail-unwritten": dying.DEATHS}


@on("postgresql")
def test_a_call_that_is_booked_moved_and_cancelled_under_kills_keeps_its_uid(guided, measured):
    step = step_with(guided, CALLS, "schedule")
    person, nemesis = Person(guided), Nemesis(guided, seed=6, prefix=EVERYBODY)
    tomorrow = clock.now().replace(microsecond=0) + timedelta(days=1)
    times = [clock.rfc3339(tomorrow + timedelta(hours=hours)) for hours in (0, 2)]
    sent = DYING | {"runs_api": words("runs", "api")}
    with staffed(guided, **whole() | sent):
        for partnership in step.addresses:
            booking = {"type": "schedule_meeting", "partnershipId": partnership, "startsAt": times[0]}
            nemesis.kill(after=(0, 0.1))
            meeting = person.act(step, booking)["items"][0]["id"]
            nemesis.kill(after=(0, 0.1))
            moving = {"type": "change_meeting", "meetingId": meeting, "startsAt": times[1]}
            at_once(*[lambda: Person(guided).act(step, moving)] * 2)  # noqa: B023 - it is over before the next
            person.act(step, {"type": "cancel_meeting", "meetingId": meeting}, allowed=(200, 409))
        settled(lambda: wrong_about_calls(guided, step))
    measured(calls=CALLS, kills=nemesis.kills, unanswered=person.lost)
