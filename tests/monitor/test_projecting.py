"""Changes of the others in, the read model out."""

from __future__ import annotations

from itertools import permutations
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.monitor import projecting, reporting, states, statistics
from services.monitor.actors import reader
from services.monitor.models import SearchWord, counts, database, feed, runs
from services.monitor.run_kinds import RUN_KINDS
from shared.contracts import changes as envelopes
from shared.ground.errors import Invalid
from tests.conftest import NOON
from tests.monitor import conftest
from tests.monitor.conftest import FAILED, SUCCESS, attempt, change, execution, step, task

READ = {
    **{kind.change: projecting.runs_of(kind) for kind in RUN_KINDS},
    **{kind.step_change: projecting.steps_of(kind) for kind in RUN_KINDS if kind.step_change},
    "act": lambda change: projecting.acts([change]),
    "notification-request": lambda change: projecting.notification_requests([change]),
}
FINALIZED = {"status": "completed", "completedAt": "2026-11-21T11:30:00Z", "openHumanWork": False}


def tell(kind, data, version=1, deleted=False):
    with feed.transaction():
        one = change(kind, data, version=version, deleted=deleted)
        READ[kind](one)
        for _, settle in one.last.values():
            settle()


def serve(tasks):
    """The executor's feed with these AI tasks, as a reader fetches it."""
    rows = [SimpleNamespace(kind="ai-task", subject_id=one["id"], version=1, tenant_id="demo") for one in tasks]
    for position, row in enumerate(rows, 1):
        row.position = position
    told = [envelopes.envelope("executor", row, one) for row, one in zip(rows, tasks, strict=True)]
    return lambda after, *_: {
        "epoch": "e",
        "generation": "",
        "firstVersion": 1,
        "changes": told[after:],
        "next": len(told),
        "more": False,
    }


def the_run(number=1):
    return runs.stored(f"execution-{number}")


def test_an_execution_waits_while_a_person_has_something_to_do(monitor):
    tell("workflow-execution", execution())
    assert the_run().status == "waiting"


@pytest.mark.parametrize("of_whom", [{"tenantId": "acme"}, {}])
def test_nothing_writes_over_a_run_of_another_tenant_or_owner(monitor, of_whom):
    tell("workflow-execution", execution())
    kind, told = (
        ("workflow-execution", execution(**of_whom)) if of_whom else ("ai-task", task() | {"id": "execution-1"})
    )
    for deleted in (False, True):
        with pytest.raises(Invalid):
            tell(kind, told, version=9, deleted=deleted)
    assert (the_run().tenant_id, the_run().kind, the_run().version) == ("demo", "workflow_execution", 1)


def test_a_finalized_execution_runs_while_an_ai_task_is_open_and_ends_with_the_last_one(monitor):
    tell("workflow-execution", execution(**FINALIZED))
    tell("ai-task", task(1))
    assert (the_run().status, the_run().completed_at) == ("running", None)
    tell("ai-task", task(1, **SUCCESS), version=2)
    assert the_run().status == "completed"
    assert the_run().completed_at.isoformat() == "2026-11-21T11:32:00+00:00"
    assert the_run().duration_ms == 32 * 60 * 1000


def test_a_failed_ai_task_fails_the_execution_and_says_why(monitor):
    tell("workflow-execution", execution(**FINALIZED))
    tell("ai-task", task(1, **SUCCESS))
    tell("ai-task", task(2, **FAILED))
    assert (the_run().status, the_run().error_summary) == ("failed", "The row is locked.")
    assert reporting.run("demo", "execution-1", payloads=True).error["stackTrace"] == "Traceback..."


def test_of_a_retry_chain_the_latest_counts_and_attempts_are_summed(monitor):
    tell("workflow-execution", execution(**FINALIZED))
    tell(
        "ai-task",
        task(2, origin="task-1", retryNumber=1, retryOf="task-1", attempts=[attempt(1, "success")], **SUCCESS),
    )
    tell("ai-task", task(1, attempts=[attempt(1), attempt(2), attempt(3), attempt(4)], **FAILED))
    assert the_run().status == "completed"
    [only] = reporting.steps("demo", "execution-1", payloads=True)
    assert (only.id, only.task_id, only.attempts, only.status) == ("task-1", "task-2", 5, "completed")


def test_progress_counts_steps_and_ai_tasks(monitor):
    tell("workflow-execution", execution(**FINALIZED))
    tell("workflow-step", step(1, status="completed"))
    tell("workflow-step", step(2, status="skipped"))
    tell("ai-task", task(1))
    assert (the_run().steps_done, the_run().steps_total, the_run().current_step) == (2, 3, "Update contact 1")


def test_a_name_without_a_word_in_it_is_a_name(monitor):
    tell("workflow-execution", execution(workflowName="!!!", customerName="—"))
    assert listed(q="!!!") == []
    assert the_run().workflow_name == "!!!"


def test_a_step_may_come_before_its_run(monitor):
    tell("workflow-step", step(1, status="completed"))
    tell("ai-task", task(1))
    assert the_run() is None
    tell("workflow-execution", execution())
    assert (the_run().steps_done, the_run().steps_total) == (1, 2)


def test_an_ai_task_of_its_own_is_a_run_of_one_step(monitor):
    tell("ai-task", task(1, of=None, **SUCCESS))
    tell("ai-task", task(2))
    assert listed() == ["task-1"]
    assert sorted(listed(kind="ai_task")) == ["task-1", "task-2"]
    assert sorted(listed(q="update")) == ["task-1", "task-2"]
    [only] = reporting.steps("demo", "task-1", payloads=True)
    assert (only.skill_id, only.output) == ("salesforce-contact-updater", {"summary": "The contact is updated."})


def listed(**narrowed):
    return [run.id for run in reporting.find_all("demo", reporting.RunQuery(**narrowed), now=NOON).items]


def test_what_failed_is_counted_wherever_it_was_asked_for_and_once(monitor):
    """An execution fails with its task, which does not count beside it; nobody else speaks for the others."""
    tell("workflow-execution", execution(**FINALIZED))
    tell("ai-task", task(1, of=1, **FAILED))
    tell("ai-task", task(2, of=None, **FAILED))
    tell("ai-task", task(3, **FAILED, source=OF_GUIDED_RUN))
    tell("ai-task", task(4, **SUCCESS, source=OF_GUIDED_RUN))
    assert reporting.attention("demo")["failed"] == 3
    assert sorted(listed(status="failed")) == ["execution-1", "task-2", "task-3"]
    assert statistics.stats("demo", "24h", NOON).failed == 3


OF_GUIDED_RUN = {"service": "runs", "kind": "guided-run", "id": "guided-1"}


CANCELLED = {"status": "cancelled", "finishedAt": "2026-11-21T11:32:00Z"}
ENDINGS = {"failed": FAILED, "cancelled": CANCELLED, "completed": SUCCESS}


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_what_was_tried_again_counts_no_more_in_whatever_order_it_is_heard_and_however_often(monitor, ending, order):
    tasks = [
        task(1, of=None, **ending),
        task(2, of=None, **ending, retryOf="task-1", origin="task-1", retryNumber=1),
        task(3, of=None, **SUCCESS, retryOf="task-2", origin="task-1", retryNumber=2),
    ]
    for version in (1, 2):
        for place in order:
            tell("ai-task", tasks[place], version=version)
        assert listed() == ["task-3"]
        assert reporting.attention("demo")["failed"] == 0
        assert statistics.stats("demo", "24h", NOON).total == 1


@pytest.mark.parametrize("under_way", ["queued", "running"])
def test_nobody_asks_for_the_retry_of_a_task_that_has_not_ended(monitor, monkeypatch, under_way):
    asked = []
    monkeypatch.setattr(runs, "retried", lambda *task: asked.append(task))
    tell("ai-task", task(1, of=None, status=under_way))
    assert (listed(), asked) == (["task-1"], [])


def test_a_guided_run_that_is_in_progress_waits_for_a_person(monitor):
    steps = [{"id": "s", "orderIndex": 0, "title": "Review", "actionType": "review", "status": "in_progress"}]
    tell("guided-run", {"id": "g", "name": "Review", "status": "in_progress", "createdAt": AT, "steps": steps})
    assert reporting.attention("demo") == {"waiting": 1, "failed": 0, "running": 0, "queued": 0}
    [step_now] = reporting.steps("demo", "g", payloads=False)
    assert (step_now.status, reporting.row("demo", "g").current_step) == ("waiting", "Review")


AT = "2026-11-21T11:00:00Z"


def test_an_older_snapshot_changes_nothing_and_is_not_told(monitor):
    tell("workflow-execution", execution(**FINALIZED), version=5)
    head = feed.head()
    tell("workflow-execution", execution(), version=4)
    tell("workflow-execution", execution(), version=5)
    assert the_run().status == "completed"
    assert feed.head() == head


def test_a_change_marks_the_run_and_the_run_whose_step_it_is(monitor):
    tell("workflow-execution", execution())
    head = feed.head()
    tell("ai-task", task(1))
    told = feed.changes(head, ["run"], 10)["changes"]
    assert {event["subject"] for event in told} == {"task-1", "execution-1"}
    assert {event["data"]["status"] for event in told} == {"queued", "waiting"}


def test_a_deleted_task_is_a_step_no_longer_and_its_run_is_gone(monitor):
    tell("workflow-execution", execution(**FINALIZED))
    tell("ai-task", task(1, **FAILED))
    tell("ai-task", {"id": "task-1", "tenantId": "demo"}, version=2, deleted=True)
    assert the_run().status == "completed"
    assert runs.find("demo", "task-1") is None
    assert {event["subject"]: event["deleted"] for event in feed.changes(0, ["run"], 10)["changes"]} == {
        "task-1": True,
        "execution-1": False,
    }


def test_a_deleted_step_counts_no_longer(monitor):
    tell("workflow-execution", execution())
    tell("workflow-step", step(1))
    tell("workflow-step", {"id": "step-1-1", "tenantId": "demo"}, version=2, deleted=True)
    assert the_run().steps_total == 0


def test_a_deleted_guided_run_leaves_none_of_its_steps(monitor):
    steps = [{"id": "s", "orderIndex": 0, "title": "Review", "actionType": "review", "status": "completed"}]
    for run_id in ("g", "other"):
        run = {"id": run_id, "name": "Review", "status": "in_progress", "createdAt": AT, "steps": steps}
        tell("guided-run", run)
    tell("guided-run", {"id": "g", "tenantId": "demo"}, version=2, deleted=True)
    assert {run_id: [one.id for one in runs.steps_of(run_id, "demo")] for run_id in ("g", "other")} == {
        "g": [],
        "other": ["s"],
    }


def test_a_step_that_is_published_by_itself_is_deleted_by_itself(monitor):
    for kind, data in (("workflow-execution", execution()), ("workflow-step", step(1))):
        tell(kind, data)
    tell("workflow-execution", {"id": "execution-1", "tenantId": "demo"}, version=2, deleted=True)
    assert [one.id for one in runs.steps_of("execution-1", "demo")] == ["step-1-1"]
    tell("workflow-step", {"id": "step-1-1", "tenantId": "demo"}, version=2, deleted=True)
    assert runs.steps_of("execution-1", "demo") == []


def test_another_tenants_task_is_no_step_of_ours(monitor):
    tell("workflow-execution", execution(**FINALIZED))
    tell("ai-task", task(1, tenantId="acme", **FAILED))
    assert (the_run().status, the_run().steps_total) == ("completed", 0)


def test_a_guided_run_brings_its_steps_and_waits_while_it_is_paused(monitor):
    told = {
        "id": "guided-1",
        "tenantId": "demo",
        "name": "Weekly Pipeline Review",
        "status": "paused",
        "createdAt": "2026-11-21T11:00:00Z",
        "steps": [
            {
                "id": "a",
                "orderIndex": 0,
                "actionType": "review",
                "title": "Review",
                "status": "completed",
                "result": {"seen": 3},
            },
            {"id": "b", "orderIndex": 1, "actionType": "email", "title": "Write", "status": "in_progress"},
        ],
    }
    tell("guided-run", told)
    run = runs.stored("guided-1")
    assert (run.status, run.steps_done, run.steps_total, run.current_step) == ("waiting", 1, 2, "Write")
    tell("guided-run", {**told, "steps": told["steps"][1:], "status": "in_progress"}, version=2)
    assert [one.name for one in reporting.steps("demo", "guided-1", payloads=True)] == ["Write"]


HISTORY = (
    [("workflow-execution", execution(), 1), ("workflow-execution", execution(**FINALIZED), 2)]
    + [
        ("workflow-step", step(n, status=status), version)
        for n in (1, 2)
        for version, status in enumerate(("pending", "in_progress", "completed"), 1)
    ]
    + [
        ("ai-task", task(1), 1),
        ("ai-task", task(1, status="running", startedAt="2026-11-21T11:31:00Z", attempts=[attempt(1, "running")]), 2),
        ("ai-task", task(1, attempts=[attempt(1)], **FAILED), 3),
    ]
    + [
        ("ai-task", task(3, origin="task-1", retryNumber=1, retryOf="task-1"), 1),
        ("ai-task", task(3, origin="task-1", retryNumber=1, retryOf="task-1", attempts=[attempt(1)], **SUCCESS), 2),
    ]
    + [("ai-task", task(2, attempts=[attempt(1)], **FAILED), 4)]
    + [("workflow-execution", execution(2), 1), ("workflow-step", step(1, of=2), 1)]
)


def everything():
    """All that stands in the read model, apart from the feed's positions."""
    tables = (runs.Run, runs.RunDetail, runs.RunStep, SearchWord, counts.RunHour, counts.RunDay)
    return {table.__name__: sorted(map(repr, table.select().tuples())) for table in tables}


@pytest.fixture
def expected(monitor, monkeypatch):
    """What the history comes to, told once and in order. Nobody is rung: a ringer in the background would use up chance."""
    monkeypatch.setattr(feed, "on_news", lambda kinds: None)
    for kind, data, version in HISTORY:
        tell(kind, data, version)
    return everything()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(extra=st.lists(st.sampled_from(HISTORY), max_size=12), random=st.randoms(use_true_random=False))
def test_any_order_and_any_repeats_give_the_same_read_model(expected, extra, random):
    conftest.empty()
    told = [*HISTORY, *extra]
    random.shuffle(told)
    for kind, data, version in told:
        tell(kind, data, version)
    assert everything() == expected


def test_the_counters_are_what_the_rows_say(expected):
    hours, days = {}, {}
    for run in runs.Run.select().where(runs.Run.listing == states.LISTED):
        hour, timed = run.created_at.replace(minute=0), run.duration_ms is not None
        counted = hours.setdefault((run.tenant_id, hour, run.status), [0, 0, 0])
        counted[:] = counted[0] + 1, counted[1] + timed, counted[2] + (run.duration_ms or 0)
        if timed:
            key = (run.tenant_id, hour.replace(hour=0), run.status, run.duration_bucket)
            days[key] = days.get(key, 0) + 1
    assert {tuple(row[:3]): list(row[3:]) for row in counts.RunHour.select().tuples()} == hours
    assert {tuple(row[:4]): row[4] for row in counts.RunDay.select().tuples()} == days


def test_a_run_is_settled_once_a_batch_however_many_of_its_tasks_changed(monitor, monkeypatch):
    tell("workflow-execution", execution(**FINALIZED))
    asked, run = [], database.obj.execute_sql
    monkeypatch.setattr(
        database.obj, "execute_sql", lambda sql, *more, **how: asked.append(sql) or run(sql, *more, **how)
    )
    assert reader.follow("executor", serve([task(number, **SUCCESS) for number in range(50)])) == 50
    assert (the_run().status, the_run().steps_done) == ("completed", 50)
    assert len([sql for sql in asked if "parent_id" in sql and sql.startswith("SELECT")]) == 1


def test_a_part_that_cannot_be_settled_is_parked_and_the_others_stand(monitor, monkeypatch):
    tell("workflow-execution", execution(1, **FINALIZED))
    tell("workflow-execution", execution(2, **FINALIZED))
    runs.Run.update(own_status="unheard of").where(runs.Run.id == "execution-1").execute()
    reader.follow("executor", serve([task(1, of=1, **SUCCESS), task(2, of=2, **SUCCESS)]))
    assert reader.parked() == 1
    assert (the_run(2).status, runs.stored("task-1").status) == ("completed", "completed")
