"""The finder by REST: the same few customers, contacts and tasks as their lists have first, however many there are."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from services.workflows import tasks
from services.workflows.commands import CreateTask
from services.workflows.models import SearchWord, Task, db
from services.workflows.models.tables import placed
from shared.ground import ids
from shared.search.terms import words_of
from tests.conftest import NOON
from tests.workflows.conftest import ANA, OTHER, make_customer

pytestmark = pytest.mark.usefixtures("database")

PATH = "/api/workflows/find"
LISTS = {
    "customers": ("/api/customers", {}),
    "contacts": ("/api/contacts", {}),
    "tasks": ("/api/workflows/tasks", {"status": "open"}),
}
MANY = 2_600
"""More than are looked up one by one, and more than the first rows of a list that are tested."""


def find(ask, q):
    answer = ask("GET", f"{PATH}?{urlencode({'q': q})}")
    assert answer.status_code == 200, answer.text
    return answer.json


def listed(ask, q):
    """The ids that the lists have first."""
    return {
        part: [row["id"] for row in ask("GET", f"{path}?{urlencode({'q': q, 'limit': 5, **filters})}").json["items"]]
        for part, (path, filters) in LISTS.items()
    }


def ids_of(found):
    return {part: [row["id"] for row in rows] for part, rows in found.items()}


def make_contact(ask, customer, name, email="a@acme.example"):
    made = ask("POST", "/api/contacts", {"customerId": customer.id, "name": name, "email": email})
    assert made.status_code == 201, made.text


def make_task(title, by=ANA, **more):
    return tasks.create(by, CreateTask(title=title, **more), task_id=ids.new_id(), now=NOON)


@pytest.fixture
def book(ask):
    """Customers, contacts and tasks whose words begin alike; more of each than are shown."""
    for number in range(7):
        customer = make_customer(100 - number, name=f"Acme {number} Analytics")
        make_contact(ask, customer, f"Ana {9 - number} Acker", f"ana{number}@acme.example")
        make_task(f"Call Ana {number} of Acme", priority=3 - number % 3, due_date=NOON.date() + timedelta(days=number))
    make_customer(name="Ácme Undated", renewal_date=None, renewal_terms="open_ended")
    make_task("Call nobody")


@pytest.mark.parametrize(
    "q", ["a", "ac", "acme", "ACME", "acme a", "acme ana", "call ana", "ana 3 acme", "undat", "zzz", "me"]
)
def test_it_finds_what_the_lists_have_first(ask, book, q):
    assert ids_of(find(ask, q)) == listed(ask, q)


def test_each_row_says_what_tells_it_apart(ask):
    customer = make_customer(45, name="Brightwater")
    make_contact(ask, customer, "Bria Moss", "bria@bright.example")
    task = make_task("Brief them", due_date=NOON.date())
    found = find(ask, "bri")
    renews = (NOON.date() + timedelta(days=45)).isoformat()
    [stage] = [row["stage"] for row in ask("GET", "/api/customers").json["items"]]
    assert found["customers"] == [{"id": customer.id, "name": "Brightwater", "stage": stage, "renewalDate": renews}]
    [contact] = found["contacts"]
    assert (contact["name"], contact["customerName"], contact["email"]) == (
        "Bria Moss",
        "Brightwater",
        "bria@bright.example",
    )
    assert found["tasks"] == [
        {"id": task.id, "title": "Brief them", "status": "open", "dueDate": NOON.date().isoformat()}
    ]


def test_only_open_tasks_are_found(ask):
    done, left = make_task("Call them"), make_task("Call them too")
    assert ask("PATCH", f"/api/workflows/tasks/{done.id}", {"status": "completed"}).status_code == 200
    assert [row["id"] for row in find(ask, "call")["tasks"]] == [left.id]


def test_what_is_another_tenant_s_is_not_found(ask):
    make_customer(by=OTHER, name="Theirs")
    make_task("Theirs to do", by=OTHER)
    assert find(ask, "theirs") == {"customers": [], "contacts": [], "tasks": []}


@pytest.mark.parametrize("q", ["", "   ", "%", "%%%", "!?", "-" * 200])
def test_a_text_without_a_word_finds_nothing(ask, book, q):
    assert find(ask, q) == {"customers": [], "contacts": [], "tasks": []}


@pytest.mark.parametrize("q", ["_", "acme_", "a%", "x" * 200, "a " * 100, "'; --", "acme\U0010ffff"])
def test_any_characters_are_searched_as_they_are(ask, book, q):
    assert ids_of(find(ask, q)) == listed(ask, q)


@pytest.mark.parametrize("query", [{}, {"q": "x" * 201}, {"q": "a", "limit": 5}])
def test_bad_input_is_refused(ask, query):
    assert ask("GET", f"{PATH}?{urlencode(query)}").status_code == 422


def test_nobody_finds_anything_without_a_token(ask):
    assert ask("GET", f"{PATH}?q=a", by=None).status_code == 401


def fill(count, title, status=lambda number: "open", tenant_id="demo"):
    """So many tasks at once."""
    rows = [
        placed(
            {
                "id": ids.new_id(),
                "tenant_id": tenant_id,
                "title": title(number),
                "status": status(number),
                "priority": 2,
                "due_date": None,
                "created_at": NOON + timedelta(seconds=number),
                "updated_at": NOON,
            }
        )
        for number in range(count)
    ]
    words = [
        {"kind": "task", "subject_id": row["id"], "word": word, "tenant_id": tenant_id, "place": ""}
        for row in rows
        for word in words_of(row["title"])
    ]
    with db.atomic():
        for start in range(0, len(rows), 400):
            Task.insert_many(rows[start : start + 400]).execute()
        for start in range(0, len(words), 1000):
            SearchWord.insert_many(words[start : start + 1000]).execute()
    return rows


def test_of_very_many_the_first_of_the_list_are_found(ask):
    rows = fill(MANY, lambda number: f"Send the offer to Ana {number}")
    for q in ("s", "send", "send ana"):
        assert ids_of(find(ask, q))["tasks"] == [row["id"] for row in rows[:5]]


def test_of_very_many_words_those_are_found_that_few_have_together(ask):
    def title(number):
        return "Call Ana" if number >= MANY - 3 else ("Call Ben" if number % 2 else "Write Ana")

    rows = fill(MANY, title)
    for q in ("call ana", "ana call", "an c"):
        assert ids_of(find(ask, q))["tasks"] == [row["id"] for row in rows[-3:]]


def test_those_far_down_the_list_are_found_too(ask):
    rows = fill(2 * MANY, lambda number: "Call Ana" if number >= MANY else "Write Ben")
    late = {row["id"] for row in rows[MANY:]}
    found = [row["id"] for row in find(ask, "cal")["tasks"]]
    assert len(set(found)) == 5
    assert set(found) <= late


def test_of_very_many_that_are_done_only_the_open_ones_are_found(ask):
    rows = fill(MANY, lambda number: "Call Ana", lambda number: "open" if number == 7 else "completed")
    assert [row["id"] for row in find(ask, "call")["tasks"]] == [rows[7]["id"]]
    assert [row["id"] for row in find(ask, "call ana")["tasks"]] == [rows[7]["id"]]


def test_very_many_of_another_tenant_are_not_found(ask):
    fill(MANY, lambda number: "Call Ana", tenant_id=OTHER.tenant_id)
    mine = fill(1, lambda number: "Call Ana")
    for q in ("call", "call ana"):
        assert [row["id"] for row in find(ask, q)["tasks"]] == [mine[0]["id"]]


def test_the_list_of_tasks_finds_what_very_many_words_have_together(ask):
    each = 5_001

    def title(number):
        return "Call Ana Kim" if number >= 2 * each else ("Call Ben" if number % 2 else "Write Ana")

    rows = fill(2 * each + 3, title)
    for q in ("call ana", "ana call ki"):
        found = ask("GET", f"/api/workflows/tasks?{urlencode({'q': q})}").json
        assert [row["id"] for row in found["items"]] == [row["id"] for row in rows[-3:]]
        assert (found["pagination"]["total"], found["pagination"]["totalIsExact"]) == (3, True)
    assert ask("GET", f"/api/workflows/tasks?{urlencode({'q': 'ben ana'})}").json["items"] == []
