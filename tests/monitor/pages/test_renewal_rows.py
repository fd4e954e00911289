"""What a row of the renewals offers, and whose day its days are counted by."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.monitor.pages import renewal_rows
from shared.contracts.stages import Stage

STAGES = [
    Stage("discovery", "Discovery", available=True),
    Stage("prepare", "Prepare", available=True),
    Stage("emergency", "Emergency"),
]
DONE = {"executionId": "e1", "stage": "discovery", "completedAt": "2026-11-21T12:00:00Z", "forThisRenewal": True}
OPEN = {"executionId": "e2", "stage": "discovery"}
START, PLAN, AGAIN = (
    ("Start Discovery", True, True),
    ("Open the plan", False, False),
    ("Discovery again", False, True),
)


def customer(stage="discovery", done=(), **more):
    return {"id": "c1", "stage": stage, "completedWorkflows": list(done), "daysToRenewal": 165, **more}


def offered(one, open_ones=()):
    return [
        (offer.label, offer.primary, offer.needs_confirmation)
        for offer in renewal_rows.offers(one | {"openWorkflows": open_ones}, STAGES)
    ]


@pytest.mark.parametrize(
    ("one", "open_ones", "offers"),
    [
        (customer(), [], [START, ("Start Prepare", False, True)]),
        (customer(done=[DONE]), [], [PLAN, AGAIN, ("Start Prepare", False, True)]),
        (customer("prepare", done=[DONE]), [], [("Start Prepare", True, True), PLAN, AGAIN]),
        (customer(), [OPEN], [("Continue Discovery", True, False), AGAIN, ("Start Prepare", False, True)]),
        (customer("prepare"), [], [("Start Prepare", True, True), ("Start Discovery", False, True)]),
        (customer(done=[DONE | {"forThisRenewal": False}]), [], [START, ("Start Prepare", False, True)]),
        (customer("emergency"), [], [("Start Discovery", False, True), ("Start Prepare", False, True)]),
    ],
    ids=["new", "done", "the next stage is due", "open", "late", "done a year ago", "a stage without a workflow"],
)
def test_the_real_next_step_comes_first_and_what_was_done_is_never_offered_as_new(one, open_ones, offers):
    assert offered(one, open_ones) == offers


@pytest.mark.parametrize(
    ("zone", "days", "said"),
    [
        ("Pacific/Auckland", 0, "30 Nov in Auckland"),
        ("Pacific/Auckland", 240, ""),
        ("Europe/Berlin", 0, ""),
        (None, 0, ""),
    ],
)
def test_near_the_renewal_it_is_said_whose_day_it_is_where_that_is_another(zone, days, said):
    evening = datetime(2026, 11, 29, 20, tzinfo=UTC)
    told = customer(timeZone=zone, daysToRenewal=days)
    assert renewal_rows.their_day(told, "America/New_York", evening) == said
