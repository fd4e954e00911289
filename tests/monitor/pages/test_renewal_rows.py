"""What a row of the renewals offers, and whose day its days are counted by."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.monitor.pages import renewal_rows

STAGES = [
    {"key": "discovery", "name": "Discovery", "available": True},
    {"key": "emergency", "name": "Emergency", "available": False},
]
DONE = {"executionId": "e1", "stage": "discovery", "completedAt": "2026-11-21T12:00:00Z", "forThisRenewal": True}
OPEN = {"executionId": "e2", "stage": "discovery"}


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
        (customer(), [], [("Start Discovery", True, True)]),
        (customer(done=[DONE]), [], [("Open the plan", False, False), ("Discovery again", False, True)]),
        (customer(), [OPEN], [("Continue Discovery", True, False), ("Discovery again", False, True)]),
        (customer(done=[DONE | {"forThisRenewal": False}]), [], [("Start Discovery", True, True)]),
        (customer("emergency"), [], [("Start Discovery", False, True)]),
    ],
    ids=["new", "done", "open", "done a year ago", "a stage without a workflow"],
)
def test_what_is_open_or_done_is_gone_on_with_and_never_offered_as_new(one, open_ones, offers):
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
