"""What is looked at after guided runs under faults fails on each build of runs that is broken in one place."""

from __future__ import annotations

import re

import pytest

from tests.faults.dying import BREAKS, words
from tests.faults.guided import Person, settled, staffed, step_with, whole, wrong_about_mails
from tests.faults.test_recurrences import start_and_kill

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]

STILL = 4
"""Seconds after which what is wrong with a broken build and does not change stays wrong."""

SEND_ALL = {"type": "send_email", "all": True}


def send_all_and_each_again(house, build):
    """Somebody sends all, and then each by itself, as from a page that was loaded before."""
    step = step_with(house, 3, "email")
    person = Person(house)
    with staffed(house, **whole(build) | {"runs_api": words("runs", "api", "never", build)}):
        for row in person.act(step, SEND_ALL)["items"]:
            person.act(step, {"type": "send_email", "rowId": row["rowId"]})
        settled(lambda: wrong_about_mails(house, step), still=patience(build))


def send_all_and_die_between(house, build):
    """The API dies between two mails, and somebody sends all again."""
    step = step_with(house, 8, "email")
    with staffed(house, **whole(build) | {"runs_api": words("runs", "api", "between-mails", build)}):
        Person(house).act(step, SEND_ALL)
        settled(lambda: wrong_about_mails(house, step), still=patience(build))


def come_due_and_die(house, build):
    """Workers die between the runs that are due."""
    start_and_kill(house, still=patience(build), broken=build)


TRIPPED = {
    "delivery-made-anew": (send_all_and_each_again, "G5: the step says {'emailsSent': 6}"),
    "word-uncounted": (send_all_and_each_again, "G5: the step says {'emailsQueued': 3}"),
    "asked-afterwards": (send_all_and_die_between, "G5: the step says {'emailsSent': 7, 'emailsQueued': 1}"),
    "due-taken-afterwards": (come_due_and_die, "G10: "),
}
"""The fault that trips a broken build, and what is then found."""


def patience(build):
    """For how long what is wrong may stay the same."""
    return 60 if build == "sound" else STILL


def test_every_break_is_tripped():
    assert set(TRIPPED) == set(BREAKS) - {"sound"}


@pytest.mark.parametrize("broken", TRIPPED)
def test_what_is_looked_at_fails_on_a_broken_build(guided, broken):
    trip, names = TRIPPED[broken]
    with pytest.raises(AssertionError, match=rf"(?m)^{re.escape(names)}"):
        trip(guided, broken)


def test_the_same_fault_does_not_trip_the_sound_build(guided):
    """For the other two this is what test_send_all and test_recurrences say."""
    send_all_and_each_again(guided, "sound")
