"""What lies ahead, of one person and of a team: tasks by their day, renewals by stage, ARR at risk by currency."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from services.workflows import tasks
from services.workflows.commands import CreateTask
from shared.ground import ids
from tests.conftest import NOON
from tests.workflows.conftest import ANA, OTHER, make_customer, start

pytestmark = pytest.mark.usefixtures("database")

PATH = "/api/workflows/overview"
BEN = replace(ANA, id="ben", name="Ben")
TODAY = NOON.date()
"""A Saturday, so that this week ends tomorrow."""


def make_task(due, owner=ANA, **more):
    command = CreateTask(
        title="T", due_date=None if due is None else TODAY + timedelta(days=due), owner=owner.id, **more
    )
    return tasks.create(owner, command, task_id=ids.new_id(), now=NOON)


def test_tasks_are_counted_by_their_day_and_by_person(ask):
    for due in (-3, -1, 0, 1, 9, None):
        make_task(due)
    make_task(-1, BEN)
    make_task(0, OTHER)
    mine = ask("GET", f"{PATH}?owner={ANA.id}").json
    assert (mine["today"], mine["tasks"]) == (TODAY.isoformat(), {"open": 6, "overdue": 2, "today": 1, "week": 1})
    team = ask("GET", PATH).json
    assert team["tasks"] == {"open": 7, "overdue": 3, "today": 1, "week": 1}
    assert [(line["owner"], line["tasks"]["open"]) for line in team["people"]] == [(ANA.id, 6), ("ben", 1)]


def test_renewals_are_summed_by_stage_currency_and_risk(ask):
    make_customer(5, arr=Decimal("1000.50"), health_score=90)
    make_customer(45, arr=Decimal("2000.00"), health_score=40)
    make_customer(50, arr=Decimal("3000.00"), currency="EUR")
    make_customer(-2, arr=Decimal("10.00"), by=BEN)
    make_customer(200, arr=Decimal("9.00"))
    make_customer(45, by=OTHER)
    team = ask("GET", PATH).json
    assert [
        (
            band["stage"],
            [
                (one["currency"], one["customers"], one["arr"], one["atRisk"], one["arrAtRisk"])
                for one in band["amounts"]
            ],
        )
        for band in team["renewals"]
    ] == [
        ("overdue", [("USD", 1, "10.00", 0, "0.00")]),
        ("emergency", [("USD", 1, "1000.50", 0, "0.00")]),
        ("finalize", [("EUR", 1, "3000.00", 0, "0.00"), ("USD", 1, "2000.00", 1, "2000.00")]),
    ]
    mine = ask("GET", f"{PATH}?owner={ANA.id}&days=10").json
    assert [band["stage"] for band in mine["renewals"]] == ["emergency"]
    [ben] = [line for line in team["people"] if line["owner"] == "ben"]
    assert ben["amounts"] == [{"currency": "USD", "customers": 1, "arr": "10.00", "atRisk": 0, "arrAtRisk": "0.00"}]


def test_a_team_with_nothing_has_nothing_ahead(ask):
    empty = ask("GET", PATH).json
    assert (empty["tasks"], empty["renewals"], empty["people"]) == (
        {"open": 0, "overdue": 0, "today": 0, "week": 0},
        [],
        [],
    )


def test_days_that_cannot_be_are_refused(ask):
    for days in ("0", "367", "x"):
        assert ask("GET", f"{PATH}?days={days}").status_code == 422


HOME = "/api/workflows/home"


def test_home_has_the_tasks_of_the_week_what_is_under_way_and_who_is_at_risk(ask):
    late, now, sunday = make_task(-3), make_task(0), make_task(1)
    make_task(2)
    make_task(None)
    bens = make_task(-1, BEN)
    make_task(-1, OTHER)
    poor = make_customer(20, by=BEN, name="Poor", arr=Decimal("10.50"), health_score=10)
    rich = make_customer(30, name="Rich", arr=Decimal("900.00"), currency="EUR", health_score=10)
    make_customer(30, name="Well", health_score=90)
    make_customer(200, name="Far", health_score=10)
    make_customer(30, by=OTHER, health_score=10)
    mine, bens_own = start(rich), start(poor)
    team = ask("GET", HOME).json
    assert [task["id"] for task in team["tasks"]] == [late.id, bens.id, now.id, sunday.id]
    assert team["moreTasks"] is False
    assert {row["id"] for row in team["executions"]} == {mine.id, bens_own.id}
    assert [(row["name"], row["arr"], row["currency"], row["daysToRenewal"]) for row in team["atRisk"]] == [
        ("Rich", "900.00", "EUR", 30),
        ("Poor", "10.50", "USD", 20),
    ]
    assert team["overview"] == ask("GET", PATH).json
    own = ask("GET", f"{HOME}?owner=ben").json
    assert [task["id"] for task in own["tasks"]] == [bens.id]
    assert [row["id"] for row in own["executions"]] == [bens_own.id]
    assert [row["name"] for row in own["atRisk"]] == ["Poor"]
    assert own["overview"] == ask("GET", f"{PATH}?owner=ben").json


def test_home_says_that_there_are_more_tasks(ask):
    for _ in range(31):
        make_task(0)
    found = ask("GET", HOME).json
    assert (len(found["tasks"]), found["moreTasks"]) == (30, True)


@pytest.mark.parametrize("query", ["days=0", "days=367", "days=x", "owner=", "whose=me"])
def test_home_refuses_bad_input(ask, query):
    assert ask("GET", f"{HOME}?{query}").status_code == 422


def test_tasks_of_nobody_are_counted_apart(ask):
    for due in (-1, 0, 30):
        body = {"title": "T", "dueDate": (TODAY + timedelta(days=due)).isoformat(), "owner": None}
        made = ask("POST", "/api/workflows/tasks", body)
        assert made.status_code == 201, made.text
        if made.json["owner"] is not None:
            task = f"/api/workflows/tasks/{made.json['id']}"
            assert ask("PATCH", task, {"owner": None}).status_code == 200
    make_task(0)
    lines = {line["owner"]: line["tasks"] for line in ask("GET", PATH).json["people"]}
    assert lines[None] == {"open": 3, "overdue": 1, "today": 1, "week": 0}
    assert lines[ANA.id] == {"open": 1, "overdue": 0, "today": 1, "week": 0}
