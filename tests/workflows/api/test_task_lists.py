"""Searches in the list of tasks: the same answer whether few match and are looked up, or so many that the list is walked."""

from __future__ import annotations

import pytest

from shared.search import matching
from tests.workflows.conftest import make_customer

TITLES = ("Call Ana Petrov", "Call Ana Webb", "Call Ivan Petrov", "Send the offer to Ana", "Recall Ana")


@pytest.fixture(params=[matching.FOUND_FEW, 1, 0], ids=["looked up", "some walked", "walked"])
def tasks(ask, request, monkeypatch):
    """Five tasks, the last of them done, with another number of matches that count as few."""
    monkeypatch.setattr(matching, "FOUND_FEW", request.param)
    made = [ask("POST", "/api/workflows/tasks", {"title": title}).json for title in TITLES]
    assert ask("PATCH", f"/api/workflows/tasks/{made[-1]['id']}", {"status": "completed"}).status_code == 200
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=call", TITLES[:3]),
        ("q=ana", (TITLES[0], TITLES[1], TITLES[3], TITLES[4])),
        ("q=call+ana", TITLES[:2]),
        ("q=call+ana+web", TITLES[1:2]),
        ("q=ana&todo=true&sort=due", (TITLES[0], TITLES[1], TITLES[3])),
        ("q=ana&sort=completed&status=completed", TITLES[4:]),
        ("q=ana+petrov&owner=nobody", ()),
        ("q=nobody", ()),
    ],
)
def test_a_search_finds_every_task_once(ask, tasks, query, found):
    answer = ask("GET", f"/api/workflows/tasks?{query}").json
    assert sorted(task["title"] for task in answer["items"]) == sorted(found)
    assert (answer["pagination"]["total"], answer["pagination"]["totalIsExact"]) == (len(found), True)


@pytest.mark.parametrize("query", ["q=ana", "q=ana+call"])
def test_the_pages_of_a_search_follow_each_other(ask, tasks, query):
    seen, cursor = [], ""
    while cursor is not None:
        answer = ask("GET", f"/api/workflows/tasks?{query}&limit=1&cursor={cursor}").json
        seen += [task["title"] for task in answer["items"]]
        assert answer["pagination"]["total"] <= len(TITLES)
        cursor = answer["pagination"]["next"]
    assert sorted(seen) == sorted(set(seen))
    assert len(seen) == (2 if "call" in query else 4)


def test_the_tasks_of_a_customer_are_searched_too(ask, tasks):
    customer = make_customer()
    ask("POST", "/api/workflows/tasks", {"title": "Call Ana there", "customerId": customer.id})
    answer = ask("GET", f"/api/workflows/tasks?q=call+ana&customer_id={customer.id}&parent_task_id=none").json
    assert [task["title"] for task in answer["items"]] == ["Call Ana there"]
