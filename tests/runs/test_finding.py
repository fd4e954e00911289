"""The finder by REST: the same few partnerships and guided runs as their lists have first."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.runs.conftest import OTHER

pytestmark = pytest.mark.usefixtures("database")

PATH = "/api/find"
LISTS = {"partnerships": "/api/partnerships", "guidedRuns": "/api/guided-runs"}
NOTHING = {"partnerships": [], "guidedRuns": []}


def find(ask, q):
    answer = ask("GET", f"{PATH}?{urlencode({'q': q})}")
    assert answer.status_code == 200, answer.text
    return answer.json


def listed(ask, q):
    """The ids that the lists have first."""
    query = urlencode({"q": q, "limit": 5})
    return {part: [row["id"] for row in ask("GET", f"{path}?{query}").json["items"]] for part, path in LISTS.items()}


def make_partnership(ask, name, **more):
    made = ask("POST", "/api/partnerships", {"name": name, **more})
    assert made.status_code == 201, made.text
    return made.json


def make_run(ask, name):
    step = {"title": "Look", "actionType": "review"}
    made = ask("POST", "/api/guided-runs", {"name": name, "steps": [step]})
    assert made.status_code == 201, made.text
    return made.json


@pytest.fixture
def book(ask):
    """Partnerships and guided runs whose words begin alike; more of each than are shown."""
    for number in range(7):
        contact = {"name": f"Harriet {number}", "email": f"h{number}@harbor.example"}
        make_partnership(ask, f"Harbor {9 - number} Logistics", contacts=[contact])
        make_run(ask, f"Harbor review {number}")


@pytest.mark.parametrize("q", ["h", "ha", "HARB", "har log", "har 3", "review har", "zzz", "bor"])
def test_it_finds_what_the_lists_have_first(ask, book, q):
    found = find(ask, q)
    assert {part: [row["id"] for row in rows] for part, rows in found.items()} == listed(ask, q)


def test_each_row_says_what_tells_it_apart(ask):
    partnership, run = make_partnership(ask, "Orchard"), make_run(ask, "Orchard review")
    assert find(ask, "orch") == {
        "partnerships": [{"id": partnership["id"], "name": "Orchard", "stage": partnership["stage"]}],
        "guidedRuns": [{"id": run["id"], "name": "Orchard review", "status": "in_progress"}],
    }


def test_a_removed_partnership_is_not_found(ask):
    partnership = make_partnership(ask, "Orchard")
    assert ask("DELETE", f"/api/partnerships/{partnership['id']}").status_code == 204
    assert find(ask, "orch") == NOTHING


def test_what_is_another_tenant_s_is_not_found(ask):
    made = ask("POST", "/api/partnerships", {"name": "Theirs"}, by=OTHER)
    assert made.status_code == 201, made.text
    assert find(ask, "theirs") == NOTHING


@pytest.mark.parametrize("q", ["", "   ", "%", "-" * 200])
def test_a_text_without_a_word_finds_nothing(ask, book, q):
    assert find(ask, q) == NOTHING


@pytest.mark.parametrize("q", ["_", "har_", "h%", "h " * 100, "x" * 200])
def test_any_characters_are_searched_as_they_are(ask, book, q):
    found = find(ask, q)
    assert {part: [row["id"] for row in rows] for part, rows in found.items()} == listed(ask, q)


@pytest.mark.parametrize("query", [{}, {"q": "x" * 201}, {"q": "a", "limit": 5}])
def test_bad_input_is_refused(ask, query):
    assert ask("GET", f"{PATH}?{urlencode(query)}").status_code == 422


def test_nobody_finds_anything_without_a_token(ask):
    assert ask("GET", f"{PATH}?q=a", by=None).status_code == 401
