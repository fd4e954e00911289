"""Objectives: key results move, progress is exact, and behind is behind the calendar."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from services.runs import objectives
from shared.ground.errors import Conflict, Invalid, NotFound, Stale
from tests.conftest import NOON
from tests.runs.conftest import ANA, MAX, OTHER, acts, make_objective, refresh

pytestmark = pytest.mark.usefixtures("database")


def result(**told):
    return {"title": "x", "unit": "", "start": "0", "current": "0", "target": "10"} | told


@pytest.mark.parametrize(
    ("told", "progress"),
    [
        ({"current": "5"}, 0.5),
        ({"current": "12"}, 1.0),
        ({"current": "-3"}, 0.0),
        ({"start": "48", "current": "30", "target": "12"}, 0.5),
        ({"start": "48", "current": "60", "target": "12"}, 0.0),
        ({"start": "0.1", "current": "0.2", "target": "0.3"}, 0.5),
    ],
)
def test_progress_is_the_way_from_start_to_target_in_either_direction(told, progress):
    assert objectives.result_progress(result(**told)) == progress


def test_an_objective_is_behind_when_it_lags_the_calendar_by_more_than_a_tenth():
    row = make_objective(starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 29))  # 90 days
    assert objectives.progress(row) == 0.5
    assert objectives.expected_by(row, date(2026, 11, 15)) == 0.5
    assert not objectives.behind(row, date(2026, 11, 24))  # 54 days are 0.6
    assert objectives.behind(row, date(2026, 11, 25))
    assert (objectives.expected_by(row, date(2026, 9, 1)), objectives.expected_by(row, date(2027, 9, 1))) == (0.0, 1.0)


def test_a_key_result_is_set_and_the_trail_says_from_where():
    row = make_objective()
    key = row.key_results[0]["id"]
    objectives.set_current(ANA, row.id, key, Decimal("7.5"), now=NOON)
    assert refresh(row).key_results[0] | {"id": ""} == result(title="Signed MOUs", unit="MOUs", current="7.5") | {
        "id": ""
    }
    assert acts("updated key result")[0].details == {"keyResult": "Signed MOUs", "from": "5", "to": "7.5"}


def test_two_who_set_different_key_results_overwrite_nothing():
    row = make_objective(key_results=[result(title="a"), result(title="b")])
    first, second = (one["id"] for one in row.key_results)
    objectives.set_current(ANA, row.id, first, "3", now=NOON)
    objectives.set_current(MAX, row.id, second, "4", now=NOON)
    assert [one["current"] for one in refresh(row).key_results] == ["3", "4"]
    with pytest.raises(Stale):
        objectives.set_current(MAX, row.id, second, "5", now=NOON, expected=1)


def test_a_change_merges_key_results_by_id_and_adds_those_without():
    row = make_objective()
    told = [{"id": row.key_results[0]["id"], "target": Decimal(20)}, {"title": "New", "target": Decimal(3)}]
    row = objectives.change(ANA, row.id, objectives.ChangeObjective(title="Grow more", key_results=told), now=NOON)
    assert [(one["title"], one["start"], one["current"], one["target"]) for one in row.key_results] == [
        ("Signed MOUs", "0", "5", "20"),
        ("New", "0", "0", "3"),
    ]


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ([{"title": "x", "target": Decimal(0)}], "keyResults.0.target"),
        ([{"title": "x"}], "keyResults.0.target"),
        ([{"target": Decimal(1)}], "keyResults.0.title"),
        ([{"id": "nothing", "current": Decimal(1)}], "keyResults.0.id"),
    ],
)
def test_a_key_result_that_leads_nowhere_is_refused_by_name(told, place):
    row = make_objective()
    with pytest.raises(Invalid) as refused:
        objectives.change(ANA, row.id, objectives.ChangeObjective(key_results=told), now=NOON)
    assert list(refused.value.errors) == [place]
    assert refresh(row).version == 1


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(Invalid) as refused:
        make_objective(ends_on=date(2026, 9, 30))
    assert list(refused.value.errors) == ["endsOn"]


@pytest.mark.parametrize(
    ("before", "status", "allowed"),
    [
        ("open", "achieved", True), ("open", "dropped", True), ("achieved", "open", True), ("dropped", "open", True),
        ("achieved", "dropped", False), ("dropped", "achieved", False),
    ],
)  # fmt: skip
def test_the_status_follows_the_table(before, status, allowed):
    row = make_objective()
    if before != "open":
        objectives.change(ANA, row.id, objectives.ChangeObjective(status=before), now=NOON)
    if allowed:
        assert objectives.change(ANA, row.id, objectives.ChangeObjective(status=status), now=NOON).status == status
    else:
        with pytest.raises(Conflict):
            objectives.change(ANA, row.id, objectives.ChangeObjective(status=status), now=NOON)


def test_the_key_results_of_a_closed_objective_stay_as_they_are():
    row = make_objective()
    objectives.change(ANA, row.id, objectives.ChangeObjective(status="achieved"), now=NOON)
    with pytest.raises(Conflict, match="achieved"):
        objectives.set_current(ANA, row.id, row.key_results[0]["id"], "1", now=NOON)


def test_another_tenants_objective_is_not_there():
    row = make_objective(by=OTHER)
    with pytest.raises(NotFound):
        objectives.set_current(ANA, row.id, row.key_results[0]["id"], "1", now=NOON)
    with pytest.raises(NotFound):
        objectives.change(ANA, row.id, objectives.ChangeObjective(title="x"), now=NOON)
