"""The owners' words in, ours out; what a run of many parts amounts to."""

from __future__ import annotations

from itertools import combinations
from types import SimpleNamespace

import pytest

from services.monitor import states
from services.monitor.run_kinds import named
from services.monitor.states import Part
from shared.contracts import ai_tasks, runs
from tests.conftest import NOON

EXECUTION, AI_TASK, GUIDED_RUN = named("workflow_execution"), named("ai_task"), named("guided_run")
OPEN = {"queued", "running"}
TASK_SETS = [set(some) for size in range(6) for some in combinations(AI_TASK.statuses.values(), size)]


def words_of(schema, field="status"):
    return set(schema().fields[field].validate.choices)


def test_every_word_of_every_owner_is_known():
    assert set(EXECUTION.statuses) == words_of(runs.ExecutionSnapshot)
    assert set(AI_TASK.statuses) == words_of(ai_tasks.AiTaskSnapshot)
    assert set(EXECUTION.step_statuses) == words_of(runs.StepSnapshot)
    assert set(GUIDED_RUN.statuses) == words_of(runs.GuidedRunSnapshot)


def test_our_words_are_all_told_and_each_has_its_moves():
    assert set(AI_TASK.statuses.values()) | set(GUIDED_RUN.statuses.values()) <= set(states.RUN_STATUSES)
    assert set(EXECUTION.step_statuses.values()) | set(GUIDED_RUN.step_statuses.values()) <= set(states.STEP_STATUSES)
    assert set(states.OFFERED) == set(states.RUN_STATUSES)
    assert {move for moves in states.OFFERED.values() for move in moves} == {"retry", "cancel"}


@pytest.mark.parametrize("tasks", TASK_SETS)
@pytest.mark.parametrize("human_work", [True, False])
@pytest.mark.parametrize("own", ["in_progress", "completed", "cancelled"])
def test_an_executions_status_for_every_word_and_every_set_of_tasks(own, human_work, tasks):
    status = EXECUTION.status(own, human_work, tasks)
    if own == "cancelled":
        assert status == "cancelled"
    elif own == "in_progress":
        assert status == ("waiting" if human_work else "running")
    elif tasks & OPEN:
        assert status == "running"
    else:
        assert status == ("failed" if "failed" in tasks else "completed")


def test_a_run_that_has_not_ended_has_neither_end_nor_duration():
    sums = states.summed_up("running", [Part("a", "completed", NOON)], started_at=NOON, completed_at=NOON)
    assert (sums["completed_at"], sums["duration_ms"]) == (None, None)


def test_the_step_that_matters_most_is_the_current_one():
    parts = [
        Part("done", "completed"),
        Part("next", "queued"),
        Part("asks", "waiting"),
        Part("broke", "failed", message="No."),
    ]
    assert states.summed_up("failed", parts, started_at=None, completed_at=None)["current_step"] == "broke"
    assert states.summed_up("waiting", parts[:3], started_at=None, completed_at=None)["current_step"] == "asks"
    assert states.summed_up("completed", parts[:1], started_at=None, completed_at=None)["current_step"] is None


def test_clocks_that_differ_make_no_negative_duration():
    sums = states.summed_up("completed", [], started_at=NOON.replace(hour=13), completed_at=NOON)
    assert sums["duration_ms"] == 0


def test_of_two_chains_each_gives_its_latest():
    def task(name, origin, number, attempts):
        return SimpleNamespace(id=name, origin=origin, retry_number=number, version=1, attempts=attempts)

    tasks = [task("b2", "b", 1, 1), task("a", "a", 0, 2), task("b", "b", 0, 4)]
    assert [(one.id, attempts) for one, attempts in states.latest_of_chains(tasks)] == [("a", 2), ("b2", 5)]
