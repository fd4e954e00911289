"""What needs a developer or an operator: grouped by error, without what was tried again or set aside."""

from __future__ import annotations

from datetime import timedelta

from services.monitor import problems
from services.monitor.models import acts
from shared.ground.principal import Principal
from tests.conftest import NOON
from tests.monitor.conftest import FAILED, SUCCESS, execution, task
from tests.monitor.test_projecting import FINALIZED, tell

DEV = Principal("person", "dev", "Dev", "demo", roles=frozenset({"developer"}))


def failing(message, **fields):
    return FAILED | {"error": FAILED["error"] | {"message": message}} | fields


def groups():
    return {group.message: [problem.task.id for problem in group.problems] for group in problems.failed("demo")}


def test_the_same_error_is_one_group_whatever_its_names_and_numbers(monitor):
    tell("ai-task", task(1, of=None, **failing("Opportunity 006A1 is locked by “Ana”.")))
    later = {"finishedAt": "2026-11-21T11:40:00Z"}
    tell("ai-task", task(2, of=1, **failing("Opportunity 006B7 is locked by “Max”.", **later)))
    tell("ai-task", task(3, of=None, **failing("The CRM is away.")))
    tell("ai-task", task(4, of=None, processor="send-email", **failing("The CRM is away.")))
    tell("ai-task", task(5, of=None, tenantId="acme", **failing("The CRM is away.")))
    first, *_ = problems.failed("demo")
    assert (first.message, first.task_ids) == ("Opportunity 006B7 is locked by “Max”.", ["task-2", "task-1"])
    assert [len(group.problems) for group in problems.failed("demo")] == [2, 1, 1]


def test_what_was_tried_again_is_left_out_and_its_retry_is_not(monitor):
    tell("ai-task", task(1, of=None, **FAILED))
    again = {"retryOf": "task-1", "origin": "task-1", "retryNumber": 1}
    tell("ai-task", task(2, of=None, **again))
    assert groups() == {}
    tell("ai-task", task(2, of=None, **(failing("Again.") | again)), version=2)
    assert groups() == {"Again.": ["task-2"]}
    tell("ai-task", task(3, of=None, **(SUCCESS | again | {"retryOf": "task-2", "retryNumber": 2})))
    assert groups() == {}


def test_a_task_says_whose_work_it_is(monitor):
    tell("workflow-execution", execution(1, owner="bob", **FINALIZED))
    tell("ai-task", task(1, of=1, **FAILED))
    tell("ai-task", task(2, of=None, **failing("Else.", by={"kind": "person", "id": "cleo", "name": "Cleo"})))
    tell("ai-task", task(3, of=None, **failing("By itself.", by={"kind": "service", "id": "s", "name": "s"})))
    owners = {problem.task.id: problem.owner for group in problems.failed("demo") for problem in group.problems}
    assert owners == {"task-1": "bob", "task-2": "cleo", "task-3": None}


def test_what_is_set_aside_is_out_of_the_inbox_and_recorded_once(monitor):
    for number in (1, 2):
        tell("ai-task", task(number, of=None, **FAILED))
    tell("ai-task", task(3, of=None, **SUCCESS))
    tell("ai-task", task(4, of=None, tenantId="acme", **FAILED))
    wanted = ["task-1", "task-3", "task-4", "none"]
    assert problems.set_aside(wanted, by=DEV, now=NOON, reason="A test.") == 1
    assert problems.set_aside(wanted, by=DEV, now=NOON) == 0
    assert groups() == {FAILED["error"]["message"]: ["task-2"]}
    assert [len(group.problems) for group in problems.failed("acme")] == [1]
    [recorded] = acts.table.select().where(acts.table.reason == "A test.")
    assert (recorded.subject_id, recorded.reason) == ("task-1", "A test.")


def test_what_runs_for_long_is_stuck(monitor):
    tell("ai-task", task(1, of=None, status="running", startedAt="2026-11-21T11:20:00Z"))
    tell("ai-task", task(2, of=1, status="running", startedAt="2026-11-21T11:10:00Z"))
    tell("ai-task", task(3, of=1, status="running", startedAt="2026-11-21T11:45:00Z"))
    tell("workflow-execution", execution(1, openHumanWork=False))
    assert [problem.task.id for problem in problems.stuck("demo", NOON)] == ["task-2", "task-1"]
    assert problems.stuck("demo", NOON - timedelta(hours=1)) == []
    assert problems.stuck("acme", NOON) == []


def test_an_unknown_outcome_is_a_group_of_its_own(monitor):
    tell("ai-task", task(1, of=None, **FAILED))
    tell("ai-task", task(2, of=None, **(FAILED | {"error": FAILED["error"] | {"outcomeUnknown": True}})))
    unknown = [[problem.outcome_unknown for problem in group.problems] for group in problems.failed("demo")]
    assert sorted(unknown) == [[False], [True]]
