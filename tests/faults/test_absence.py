"""A neighbour is away: the executor while workflows finalizes, workflows while AI tasks end."""

from __future__ import annotations

import pytest

from shared.process.supervisor import is_ready
from tests.acceptance import story
from tests.faults import checker
from tests.faults.checker import Books
from tests.faults.conftest import SETTINGS
from tests.house import House, eventually

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

MORE = 20
"""AI items that a person adds to each plan, beside those that were drafted for it."""

AWAY_MS = 2500


@pytest.fixture(scope="module")
def whole(tmp_path_factory, compiled):
    """Workflows, the executor and the console, with sample data."""
    told = SETTINGS | compiled | {"TANDEM_FEED_POLL_SECONDS": "0.5", "TANDEM_LEASE_SECONDS": "5"}
    house = House(tmp_path_factory.mktemp("whole"), services=("workflows", "executor", "monitor"), **told)
    with house:
        try:
            yield house
        finally:
            house.crash()


@pytest.fixture
def executors_books(whole):
    """The durable tables of the executor."""
    return Books(f"sqlite:///{whole.told.home}/data/executor.sqlite3", whole.told.home / "sandbox-crm.sqlite3")


def test_the_executor_is_away_while_a_plan_is_finalized(whole, executors_books, measured):
    execution = planned(whole, story.SEED_CASE, {"effect": True})
    back = whole.hold_down("executor")
    answer = story.finalize(whole, execution)
    assert answer["failed"] == []
    assert answer["created"]["aiTasks"] == 4 + MORE
    assert story.finalize(whole, execution) == answer, "twice is once"
    queued = story.ai_tasks(whole, execution)
    assert {task["executionStatus"] for task in queued} == {"queued"}
    back()
    ended(whole, executors_books, execution, measured)


def test_workflows_is_away_while_the_ai_tasks_end(whole, executors_books, measured):
    execution = planned(whole, "Pacific Kelp", {"effect": True, "sleepMs": AWAY_MS})
    assert story.finalize(whole, execution)["failed"] == []
    ids = {task["id"] for task in story.ai_tasks(whole, execution)}
    eventually(lambda: ids <= {row.id for row in executors_books.rows("SELECT id FROM ai_task")}, seconds=60)
    back = whole.hold_down("workflows")
    open_then = executors_books.unfinished(ids)
    checker.settle(executors_books, ids, seconds=60)
    back()
    assert len(open_then) >= MORE // 2, "most of them ended while nobody was there to hear of it"
    ended(whole, executors_books, execution, measured)


def planned(house, customer, metadata):
    """An execution of this customer whose plan has `MORE` rehearsals beside its own items; its id."""
    execution = story.start(house, customer)
    story.complete_steps(house, execution)
    eventually(lambda: "test-echo" in {one["name"] for one in house.get("executor", "/api/processors")["items"]})
    story.generate(house, execution["id"])
    items = [{"title": f"Rehearsal {number}", "processor": "test-echo", "metadata": metadata} for number in range(MORE)]
    house.ask("PATCH", "workflows", f"/api/workflows/executions/{execution['id']}/action-plan", json={"aiTasks": items})
    return execution["id"]


def ended(house, books, execution, measured):
    """Every AI task of the execution is a success, once, in the executor, in workflows and on the console."""
    for service in ("workflows", "executor"):
        eventually(lambda service=service: is_ready(house.url(service) + "/readyz"), seconds=60)
    tasks = story.until_ended(house, execution, seconds=60)
    everyone = story.ai_tasks(house, execution)
    ids = [task["id"] for task in everyone]
    ledger = checker.check(books, ids, executions=len(ids))
    assert ledger.statuses() == {"success": len(ids)}
    assert {task["executionStatus"] for task in everyone} == {"success"}
    run = eventually(
        lambda: (found := house.get("monitor", f"/api/runs/{execution}"))["status"] == "completed" and found, seconds=60
    )
    assert run["stepsDone"] == run["stepsTotal"]
    reminder = house.get("workflows", f"/api/workflows/tasks/{tasks['follow-up-reminder-creator']['id']}")
    wanted = reminder["metadata"]["reminderMessage"]
    eventually(lambda: reminders(house, wanted, execution) == 1, seconds=30)
    measured(ai_tasks=len(ids), executions=ledger.executions())


def reminders(house, title, execution):
    """How many CSM tasks the reminder's AI task has made."""
    asked = {"execution_id": execution, "limit": 100}
    found = house.get("workflows", "/api/workflows/tasks", params=asked)["items"]
    return len([task for task in found if task["title"] == title])
