"""A task is accepted once by its id, checked against its processor, and has one place in a chain of retries."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.executor import submitting
from services.executor.models import AiTask, acts, effects, feed
from services.executor.submitting import Submission
from shared.ground import ids
from shared.ground.errors import Conflict, Invalid
from tests.executor.conftest import ANA, changes, read


@pytest.fixture
def accept(database, known, now):
    """An order as it comes through the feed."""

    def ask(**fields):
        order = Submission(
            **{"id": ids.new_id(), "tenant_id": "demo", "processor": "test-echo", "metadata": {}, **fields}
        )
        return submitting.accept_request(order, by=ANA, now=now, registry=known, max_attempts=4)

    return ask


def test_a_new_task_is_queued_due_at_once_and_of_its_own_origin(submit, now):
    task = read(submit(subject="c1", source={"service": "workflows", "kind": "task", "id": "t1"}))
    assert (task.status, task.priority, task.available_at, task.origin, task.retry_number) == (
        "queued",
        3,
        now,
        task.id,
        0,
    )
    assert task.source == {"service": "workflows", "kind": "task", "id": "t1"}
    assert task.by == ANA.as_json()


def test_a_task_can_be_meant_for_later(submit, now):
    assert read(submit(run_at=now + timedelta(days=1))).available_at == now + timedelta(days=1)


def test_the_same_id_twice_is_one_task(submit, database):
    task_id = ids.new_id()
    submit(id=task_id, say="x")
    submit(id=task_id, say="x")
    assert AiTask.select().count() == 1
    assert acts.table.select().count() == 1


def test_the_same_id_with_another_body_is_refused(submit):
    task_id = ids.new_id()
    submit(id=task_id, say="x")
    with pytest.raises(Conflict):
        submit(id=task_id, say="y")


def test_the_same_id_in_another_tenant_is_refused(submit):
    task_id = ids.new_id()
    submit(id=task_id)
    with pytest.raises(Conflict):
        submit(id=task_id, by=ANA.within("acme"))


@pytest.mark.parametrize("name", ["unheard-of", "../../etc/passwd", "services/executor/processors/rehearsal.py", "os"])
def test_a_name_that_is_no_processor_names_the_field(submit, name):
    with pytest.raises(Invalid) as refused:
        submit(name, {})
    assert list(refused.value.errors) == ["processor"]
    assert AiTask.select().count() == 0


@pytest.mark.parametrize(
    ("metadata", "field"),
    [
        ({"say": 7}, "metadata.say"),
        ({"say": "x" * 256}, "metadata.say"),
        ({"shout": "x"}, "metadata.shout"),
        ({"sleepMs": -1}, "metadata.sleepMs"),
        ({"fail": "loudly"}, "metadata.fail"),
    ],
)
def test_metadata_outside_its_schema_names_the_field(submit, metadata, field):
    with pytest.raises(Invalid) as refused:
        submit(metadata=metadata)
    assert list(refused.value.errors) == [field]


def test_a_task_that_was_asked_for_is_an_act_and_news(submit, database):
    submit()
    told = dict(changes("act", "ai-task"))
    assert told["act"]["verb"] == "asked for AI task"
    assert told["ai-task"]["status"] == "queued"


def test_an_order_of_the_feed_becomes_a_task_with_its_id(accept):
    task_id = ids.new_id()
    assert read(accept(id=task_id)).id == task_id
    assert read(accept(id=task_id)).status == "queued"
    assert AiTask.select().count() == 1


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"processor": "unheard-of"}, "No processor has this name."),
        ({"processor": "../evil"}, "No processor has this name."),
        ({"metadata": {"shout": 1}}, "metadata.shout: Unknown field."),
        ({"metadata": {"say": "x" * 70_000}}, "metadata: Longer than 65536 bytes."),
        ({"priority": 9}, "priority: Not a whole number from 1 to 5."),
        ({"retry_of": "nothing"}, "The task to be retried does not exist."),
    ],
)
def test_what_the_feed_brings_and_cannot_be_accepted_is_a_failed_task_with_the_reason(accept, fields, reason):
    task = read(accept(**fields))
    assert task.status == "failed"
    assert reason in task.error["message"]
    assert task.error["permanent"]
    assert (task.attempts, task.finished_at is not None) == (0, True)
    assert changes("notification-request")[0][1]["kind"] == "task_failed"
    assert read(accept(**fields | {"id": task.id})).status == "failed"


def test_a_retry_stands_behind_the_task_that_it_repeats(submit, accept, now):
    first = submit(say="x")
    AiTask.update(status="failed", finished_at=now).execute()
    again = read(accept(retry_of=first.id, metadata={"say": "x"}))
    assert (again.origin, again.retry_number, again.retry_of) == (first.id, 1, first.id)
    AiTask.update(status="failed", finished_at=now).execute()
    third = read(accept(retry_of=again.id, metadata={"say": "x"}))
    assert (third.origin, third.retry_number) == (first.id, 2)


@pytest.mark.parametrize("status", ["queued", "running"])
def test_a_retry_of_a_task_that_is_not_over_is_refused_and_leaves_its_chain_alone(submit, accept, status):
    first = submit()
    AiTask.update(status=status).execute()
    refused = read(accept(retry_of=first.id))
    assert refused.status == "failed"
    assert (refused.origin, refused.retry_of) == (refused.id, first.id)
    assert status in refused.error["message"]


def test_a_task_is_retried_once_and_its_retry_is_the_one_to_retry_next(submit, accept, now):
    first = submit()
    AiTask.update(status="failed", finished_at=now).execute()
    second = accept(retry_of=first.id)
    assert second.id in read(accept(retry_of=first.id)).error["message"]


def test_a_retry_of_an_unknown_outcome_is_refused(submit, accept, now):
    first = submit()
    AiTask.update(status="failed", finished_at=now).execute()
    with feed.transaction():
        effects.intend(first.id, "echo", tenant_id="demo", task_id=first.id, key="k", fence=1, now=now)
        effects.mark_intended_unknown(first, now=now)
    assert "Nobody knows whether echo happened" in read(accept(retry_of=first.id)).error["message"]


def test_a_retry_of_another_tenants_task_is_refused(submit, accept, now):
    first = submit(by=ANA.within("acme"))
    AiTask.update(status="failed", finished_at=now).execute()
    assert read(accept(retry_of=first.id)).error["message"] == "The task to be retried does not exist."


FROM_WORKFLOWS = {"service": "workflows", "kind": "workflow-execution", "id": "e-1"}


def version_of(task):
    return feed.subjects("ai-task", [task.id])["changes"][0]["version"]


def test_whoever_asks_again_is_told_again(accept):
    task_id = ids.new_id()
    task = accept(id=task_id, source=FROM_WORKFLOWS, metadata={"say": "a"})
    first = version_of(task)
    accept(id=task_id, source=FROM_WORKFLOWS, metadata={"say": "a"})
    assert version_of(task) == first + 1
    accept(id=task_id, source=FROM_WORKFLOWS, metadata={"say": "b"})
    assert version_of(task) == first + 2
    assert read(task).metadata == {"say": "a"}


def test_an_id_that_somebody_else_asked_for_stays_refused(accept):
    task_id = ids.new_id()
    accept(id=task_id, source=FROM_WORKFLOWS)
    with pytest.raises(Conflict):
        accept(id=task_id, source=FROM_WORKFLOWS | {"id": "e-2"}, metadata={"say": "b"})
