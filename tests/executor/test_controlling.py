"""What a person asks of an AI task, in every state that it can be in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.executor import controlling
from services.executor.models import AiTask, Effect, feed, tasks
from services.executor.models import effects as effect_rows
from shared.ground import ids
from shared.ground.errors import Conflict, NotFound, Stale
from tests.executor.conftest import ANA, changes, read

STATES = ("queued", "running", "success", "failed", "cancelled")


@pytest.fixture
def ask(known, now):
    """`ask("retry", task)` as Ana."""

    def verb(name, task, **more):
        more = {"by": ANA, "now": now} | more
        if name != "cancel":
            more = {"new_id": ids.new_id(), "registry": known, "max_attempts": 4} | more
        return getattr(controlling, name)(more["by"].tenant_id, task if isinstance(task, str) else task.id, **more)

    return verb


@pytest.fixture
def task_in(submit, now):
    def make(state, **values):
        task = submit(say="x", subject="c1", priority=4)
        over = {"finished_at": now} if state not in ("queued", "running") else {}
        AiTask.update(status=state, **over, **values).where(AiTask.id == task.id).execute()
        return read(task)

    return make


def test_execute_puts_a_queued_task_before_all_others(submit, ask, claim, now):
    submit(priority=1)
    task = submit(run_at=now + timedelta(days=1), priority=5)
    done = ask("execute", task)
    assert (done.id, done.priority, done.available_at) == (task.id, 1, now)
    assert changes("act")[-1][1]["verb"] == "executed AI task"


@pytest.mark.parametrize("state", ["success", "failed", "cancelled"])
def test_execute_makes_a_new_task_of_one_that_is_over(task_in, ask, state):
    task = task_in(state)
    again = ask("execute", task)
    assert (again.retry_of, again.origin, again.status, again.priority) == (task.id, task.id, "queued", 1)
    assert read(task).status == state


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_retry_makes_a_new_task_in_its_place(task_in, ask, state):
    task = task_in(state)
    again = read(ask("retry", task))
    assert (again.retry_of, again.retry_number, again.metadata, again.subject) == (task.id, 1, {"say": "x"}, "c1")
    assert again.priority == 4


@pytest.mark.parametrize(
    ("verb", "state"), [("execute", "running"), *(("retry", state) for state in ("queued", "running", "success"))]
)
def test_what_is_not_allowed_says_what_is(task_in, ask, verb, state):
    with pytest.raises(Conflict) as refused:
        ask(verb, task_in(state))
    assert verb not in refused.value.details["allowed"]


@pytest.mark.parametrize("verb", ["retry", "execute"])
def test_nothing_is_tried_again_while_an_outcome_is_unknown(task_in, ask, now, verb):
    task = task_in("failed")
    with feed.transaction():
        effect_rows.intend(task.id, "echo", tenant_id="demo", task_id=task.id, key="k", fence=1, now=now)
    Effect.update(status="unknown").execute()
    with pytest.raises(Conflict) as refused:
        ask(verb, task)
    assert refused.value.details["allowed"] == ["resolve"]
    Effect.update(status="done").execute()
    assert ask(verb, task).retry_of == task.id


def test_a_queued_task_is_cancelled_at_once(task_in, ask, now):
    task = ask("cancel", task_in("queued"), reason="Not wanted.")
    assert (task.status, task.finished_at) == ("cancelled", now)
    assert changes("act")[-1][1]["reason"] == "Not wanted."


def test_a_running_task_is_flagged(task_in, ask, now):
    task = ask("cancel", task_in("running"))
    assert (task.status, task.cancel_requested_at) == ("running", now)


@pytest.mark.parametrize("state", ["success", "failed", "cancelled"])
def test_what_is_over_is_not_cancelled(task_in, ask, state):
    with pytest.raises(Conflict):
        ask("cancel", task_in(state))


def test_a_task_cancelled_between_two_attempts_leaves_no_change_half_known(task_in, ask, now):
    task = task_in("queued")
    with feed.transaction():
        effect_rows.intend(task.id, "echo", tenant_id="demo", task_id=task.id, key="k", fence=1, now=now)
    ask("cancel", task)
    assert Effect.get().status == "unknown"
    assert read(task).error["outcomeUnknown"]


@pytest.mark.parametrize("verb", ["execute", "retry", "cancel"])
def test_another_tenants_task_is_not_found(task_in, ask, verb):
    with pytest.raises(NotFound):
        ask(verb, task_in("failed"), by=ANA.within("acme"))
    with pytest.raises(NotFound):
        ask(verb, "no-such-id")


@pytest.mark.parametrize("verb", ["execute", "retry", "cancel"])
def test_a_task_that_has_changed_since_it_was_read_is_stale(task_in, ask, verb):
    task = task_in("failed")
    with pytest.raises(Stale):
        ask(verb, task, expected=task.version + 1)


def test_a_task_that_changes_while_it_is_being_cancelled_is_stale_for_who_read_it_before(task_in, ask, monkeypatch):
    task, write = task_in("queued"), tasks.change

    def another_is_first(*args, **values):
        AiTask.update(version=task.version + 1).execute()
        return write(*args, **values)

    monkeypatch.setattr(tasks, "change", another_is_first)
    with pytest.raises(Stale):
        ask("cancel", task, expected=task.version)
    assert read(task).status == "queued"


def test_a_retry_says_beforehand_what_it_does(task_in, ask, now):
    task = task_in("failed")
    with feed.transaction():
        effect_rows.intend(task.id, "echo", tenant_id="demo", task_id=task.id, key="k", fence=1, now=now)
    Effect.update(status="done").execute()
    assert controlling.plan_retry("demo", task.id) == {
        "runs_again": [task.title],
        "from_cache": [],
        "standing": ["echo"],
    }
    assert AiTask.select().count() == 1
