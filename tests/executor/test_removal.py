"""AI tasks about what is gone are deleted, with what belongs to them, and published as deleted."""

from __future__ import annotations

from services.executor.actors import make_reader
from services.executor.executing import RunningTask
from services.executor.models import AiTask, Attempt, Effect, acts, feed, holds, replicas
from services.executor.models.tables import Hold
from services.executor.processors import registry
from shared.feed.consumer import Change
from shared.ground.principal import Principal
from tests.conftest import NOON
from tests.service import ANA

OTTO = Principal("person", "otto", "Otto", "acme", roles=frozenset({"member"}))
REMOVE = ("workflows", "ai-task-removal-request")


def apply(place, subject, data, *, tenant="demo", deleted=False):
    """Apply a change as the executor's reader does."""
    reader = make_reader(registry.load(rehearsal=True), 4)
    change = Change(*place, subject, 1, 1, tenant, deleted, {"id": subject, "tenantId": tenant, **data}, NOON)
    with feed.transaction():
        reader.appliers[place](change)


def test_the_tasks_about_subjects_that_are_gone_go_whatever_their_state(submit, run):
    done = submit(subject="gone", effect=True)
    assert run().status == "success"
    queued, mine = submit(subject="gone"), submit(subject="stays")
    with feed.transaction():
        replicas.tenants.upsert({"id": "acme", "name": "Acme", "timeZone": "UTC", "country": ""}, 1)
    theirs = submit(subject="gone", by=OTTO)
    for _ in range(2):
        apply(REMOVE, "r1", {"subjects": ["gone"], "by": ANA.as_json()})
    assert {row.id for row in AiTask.select()} == {mine.id, theirs.id}
    assert (Attempt.select().count(), Effect.select().count()) == (0, 0)
    changes = feed.changes(0, ["ai-task"], 100)["changes"]
    assert {event["subject"] for event in changes if event["deleted"]} == {done.id, queued.id}
    (act,) = [row for row in acts.table.select() if row.verb == "removed AI tasks"]
    assert (act.by["id"], act.details) == (ANA.id, {"aiTasks": 2})


def test_a_late_finish_of_a_task_that_is_gone_changes_nothing(submit, claim, runner, known):
    submit(subject="gone")
    claimed = claim()
    apply(REMOVE, "r1", {"subjects": ["gone"], "by": ANA.as_json()})
    runner.run(RunningTask(claimed, 60), known[claimed.processor])
    assert AiTask.select().count() == 0


def test_a_hold_goes_with_its_customer(database):
    snapshot = {
        "customerId": "c1", "customerName": "Acme", "reason": "Legal", "fromOn": "2026-11-01", "untilOn": None,
        "lifted": False, "timeZone": None, "addresses": [],
    }  # fmt: skip
    apply(("workflows", "hold"), "h1", snapshot)
    assert holds.standing("demo")
    apply(("workflows", "hold"), "h1", {}, deleted=True)
    assert Hold.select().count() == 0
