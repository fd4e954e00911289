"""F3: a worker is killed at each point of the code where it matters; a table says what must have come of it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from services.executor import fault_injection
from tests.faults import checker
from tests.faults.orders import Poster, echo
from tests.faults.workers import workers

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]


class Expected(NamedTuple):
    """What stands after the kill: how the attempts ended, the effect's state, and how often it was made outside."""

    attempts: list[str]
    effect: str
    made: int


AGAIN = Expected(["lost", "success"], "done", 1)

ASKED = {
    "after-claim": AGAIN,
    "before-wake": AGAIN,
    "before-effect": AGAIN,
    "after-effect-intent": AGAIN,
    "after-outside-change": AGAIN,
    "before-finish": AGAIN,
    "after-finish": Expected(["success"], "done", 1),
}
"""With a CRM that can be asked by the key: never unknown, never twice."""

NOT_ASKED = {
    # From our side these two look the same: the intent is written, and whether it was sent nobody can tell.
    "after-effect-intent": Expected(["lost", "failed"], "unknown", 0),
    "after-outside-change": Expected(["lost", "failed"], "unknown", 1),
    "before-finish": AGAIN,
}
"""With one that cannot: unknown exactly where the request was, or may have been, on its way."""


def test_each_point_of_the_code_is_in_the_table():
    assert set(ASKED) == set(fault_injection.POINTS)


@pytest.mark.parametrize("point", ASKED)
def test_f3_a_kill_at_this_point_costs_an_attempt_and_doubles_nothing(either_house, either_books, point):
    task_id, ledger = killed_at(point, either_house, either_books, answers_lookups=True)
    assert standing(ledger, task_id) == ASKED[point]
    assert ledger.tasks[task_id].status == "success"


@pytest.mark.parametrize("point", NOT_ASKED)
def test_f3_where_the_crm_cannot_be_asked_the_outcome_is_unknown_only_here(either_house, either_books, point):
    task_id, ledger = killed_at(point, either_house, either_books, answers_lookups=False)
    assert standing(ledger, task_id) == NOT_ASKED[point]
    assert ledger.tasks[task_id].status == ("failed" if NOT_ASKED[point].effect == "unknown" else "success")


@pytest.mark.parametrize("point", [point for point in NOT_ASKED if NOT_ASKED[point].effect == "unknown"])
def test_f3_what_is_unknown_is_retried_only_after_a_person_has_said_what_happened(house, books, point):
    task_id, ledger = killed_at(point, house, books, answers_lookups=False)
    path, happened = f"/api/ai-tasks/{task_id}", bool(NOT_ASKED[point].made)
    with workers(house, TANDEM_CRM_ANSWERS_LOOKUPS="false"):
        house.post("executor", f"{path}/retry", expect=409)
        house.post("executor", f"{path}/effects/echo/resolve", {"happened": happened, "reason": "Looked it up."})
        again = house.post("executor", f"{path}/retry")["id"]
        checker.settle(books, [again], seconds=30)
        ledger = checker.read(books, [again])
    assert ledger.statuses() == {"success": 1}
    assert ledger.made[f"{task_id}:echo"] == 1


def killed_at(point, house, books, *, answers_lookups):
    """Run one task with an effect on a worker that dies at this point, once; the task's id, and the ledger after."""
    marker = Path(house.told.home) / "faults" / point
    marker.unlink(missing_ok=True)
    armed = {"TANDEM_FAULT_POINT": point, "TANDEM_CRM_ANSWERS_LOOKUPS": str(answers_lookups).lower()}
    with workers(house, TANDEM_LEASE_SECONDS=1, **armed) as [worker]:
        [task_id] = Poster(house).post_all([echo(effect=True)])
        checker.settle(books, [task_id], seconds=60)
        unknown = [task_id] if not answers_lookups and NOT_ASKED[point].effect == "unknown" else []
        ledger = checker.check(books, [task_id], executions=1, happened=marker.exists(), wanted=1, unknown=unknown)
        assert worker.died() or worker.failures == 1
    return task_id, ledger


def standing(ledger, task_id) -> Expected:
    """What stands, in the words of the table."""
    [effect] = ledger.effects[task_id]
    return Expected([one.outcome for one in ledger.attempts[task_id]], effect.status, ledger.made[effect.key])
