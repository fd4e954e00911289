"""What the executor, runs and the monitor tell workflows: reminders, tasks of a partnership, triggers confirmed, and copies of what they own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.workflows import finalizing, inbound_requests, models, tasks
from services.workflows.actors import reader
from services.workflows.commands import ChangeTask, CreateTask
from services.workflows.models import Task, Trigger, feed, replicas
from shared.contracts.tasks import TaskSnapshot
from shared.ground.errors import Invalid
from tests.conftest import NOON
from tests.workflows.conftest import ANA, OTHER, acts, change, finalized, heard, make_customer, planned, refresh

pytestmark = pytest.mark.usefixtures("database")

SOURCE = {"service": "executor", "kind": "ai-task", "id": "a1"}
BY = {"kind": "ai_task", "id": "a1", "name": "Create a reminder"}


def reminder(**told):
    return {
        "id": "r1", "tenantId": "demo", "title": "Follow up on CFO meeting request", "description": "After: sent", "priority": 2,
        "dueDate": "2026-12-01", "snoozedUntil": "2026-12-01T13:00:00Z", "snoozeReason": "5 business days", "customerId": None,
        "executionId": None, "owner": None, "relatedAction": "Meeting Request Sent", "source": SOURCE, "by": BY, **told,
    }  # fmt: skip


def test_a_reminder_is_a_snoozed_task_with_the_requests_id_and_title():
    heard(inbound_requests.task, change("task-request", reminder()))
    task = Task.get_by_id("r1")
    assert (task.title, task.status, task.related_action) == (
        "Follow up on CFO meeting request",
        "snoozed",
        "Meeting Request Sent",
    )
    assert task.snoozed_until.isoformat() == "2026-12-01T13:00:00+00:00"
    assert acts("created task")[0].by == BY


def test_a_request_without_a_snooze_is_open_and_goes_to_the_customers_owner():
    customer = make_customer()
    heard(inbound_requests.task, change("task-request", reminder(snoozedUntil=None, customerId=customer.id)))
    assert (Task.get_by_id("r1").status, Task.get_by_id("r1").owner) == ("open", ANA.id)


def test_a_request_heard_twice_is_one_task_even_after_it_was_deleted():
    for version in (1, 2):
        heard(inbound_requests.task, change("task-request", reminder(), version=version))
    assert Task.select().count() == 1
    tasks.remove(ANA, "r1", now=NOON)
    heard(inbound_requests.task, change("task-request", reminder(), version=3))
    assert Task.select().count() == 0


def trigger_request(execution_id, customer_id, **told):
    return {
        "id": "t1", "tenantId": "demo", "executionId": execution_id, "customerId": customer_id, "stage": "prepare",
        "triggerDate": "2026-12-16", "conditions": ["done"], "source": SOURCE, "by": BY, **told,
    }  # fmt: skip


def test_the_scheduler_confirms_the_trigger_that_finalize_wrote(samples):
    execution = finalized()
    written = Trigger.get()
    heard(inbound_requests.trigger, change("trigger-request", trigger_request(execution.id, execution.customer_id)))
    assert refresh(written).confirmed_at == NOON
    assert Trigger.select().count() == 1


def test_a_trigger_that_nobody_wrote_is_written():
    customer = make_customer()
    heard(inbound_requests.trigger, change("trigger-request", trigger_request("elsewhere", customer.id)))
    assert (Trigger.get().id, Trigger.get().stage, Trigger.get().confirmed_at) == ("t1", "prepare", NOON)


def test_a_trigger_for_nobody_is_refused_and_can_be_heard_again_later():
    told = change("trigger-request", trigger_request("elsewhere", "nobody"))
    with pytest.raises(Invalid, match="no customer"):
        heard(inbound_requests.trigger, told)
    customer = make_customer()
    heard(inbound_requests.trigger, change("trigger-request", trigger_request("elsewhere", customer.id), version=2))
    assert Trigger.select().count() == 1


def test_a_trigger_of_another_tenant_does_not_stand_in_the_way_of_finalize(samples):
    """Though that tenant named this execution: what it calls by this id is its own."""
    execution, theirs = planned(), make_customer(by=OTHER)
    told = trigger_request(execution.id, theirs.id, tenantId="acme")
    heard(inbound_requests.trigger, change("trigger-request", told))
    answer = finalizing.finalize(ANA, execution.id, now=NOON)
    mine = Trigger.get(Trigger.tenant_id == "demo")
    assert (mine.execution_id, answer["nextWorkflow"]["triggerId"]) == (execution.id, mine.id)
    assert Trigger.get(Trigger.tenant_id == "acme").customer_id == theirs.id


def test_finalize_names_the_trigger_that_stands(samples):
    execution = planned()
    heard(inbound_requests.trigger, change("trigger-request", trigger_request(execution.id, execution.customer_id)))
    assert finalizing.finalize(ANA, execution.id, now=NOON)["nextWorkflow"]["triggerId"] == "t1"


def test_a_task_is_of_no_customer_and_no_execution_that_its_tenant_has_not(samples):
    execution = planned()
    told = reminder(tenantId="acme", customerId=execution.customer_id, executionId=execution.id, snoozedUntil=None)
    heard(inbound_requests.task, change("task-request", told))
    task = Task.get_by_id("r1")
    assert (task.tenant_id, task.customer_id, task.execution_id, task.owner) == ("acme", None, None, None)
    heard(inbound_requests.task, change("task-request", told | {"id": "r2", "tenantId": "demo"}))
    assert (Task.get_by_id("r2").customer_id, Task.get_by_id("r2").execution_id) == (
        execution.customer_id,
        execution.id,
    )


def asked_in_a_run(**told):
    return reminder(
        snoozedUntil=None,
        source={"service": "runs", "kind": "guided-run", "id": "g1"},
        partnershipId="p1",
        partnershipName="Harbor Arts Council",
        **told,
    )


def told_of_tasks(after=0):
    return feed.changes(after, ("task",), 500)["changes"]


def test_a_task_that_a_run_asked_for_keeps_its_partnership_and_who_asked():
    heard(reader.appliers["runs", "task-request"], change("task-request", asked_in_a_run(), source="runs"))
    task = Task.get_by_id("r1")
    assert (task.status, task.partnership_id, task.subject_name) == ("open", "p1", "Harbor Arts Council")
    assert task.source == {"service": "runs", "kind": "guided-run", "id": "g1"}


def test_every_change_of_a_task_that_was_asked_for_is_told_to_whoever_asked():
    heard(inbound_requests.task, change("task-request", asked_in_a_run(), source="runs"))
    (told,) = told_of_tasks()
    assert TaskSnapshot().validate(told["data"]) == {}
    assert (told["data"]["status"], told["data"]["partnershipId"]) == ("open", "p1")
    moves = (
        (lambda: tasks.change(ANA, "r1", ChangeTask(priority=1), now=NOON), "open"),
        (lambda: tasks.snooze(ANA, "r1", NOON + timedelta(hours=1), "later", now=NOON), "snoozed"),
        (lambda: resurface(NOON + timedelta(hours=2)), "open"),
        (lambda: tasks.change(ANA, "r1", ChangeTask(status="completed"), now=NOON), "completed"),
    )
    for move, status in moves:
        move()
        (told,) = told_of_tasks(told["position"])
        assert told["data"]["status"] == status
    assert told["data"]["completedAt"] == "2026-11-21T12:00:00Z"
    tasks.remove(ANA, "r1", now=NOON)
    (told,) = told_of_tasks(told["position"])
    assert told["deleted"]


def resurface(now):
    with feed.transaction():
        assert [row.id for row in models.tasks.resurface(now)] == ["r1"]


def test_a_task_that_was_made_here_is_told_to_nobody():
    tasks.create(ANA, CreateTask(title="Ours alone"), task_id="t1", now=NOON)
    tasks.change(ANA, "t1", ChangeTask(status="completed"), now=NOON)
    assert told_of_tasks() == []


def test_every_kind_that_workflows_hears_has_an_applier():
    assert reader.kinds_of("executor") == ["ai-task", "processor", "task-request", "trigger-request"]
    assert reader.kinds_of("runs") == ["task-request"]
    assert reader.kinds_of("monitor") == ["person", "sample-removal-request", "tenant"]


def apply(kind, data, *, version=1, source="executor", deleted=False):
    told = change(kind, data, version=version, source=source)
    heard(
        reader.appliers[source, kind],
        told if not deleted else type(told)(**{**told.__dict__, "deleted": True, "data": {}}),
    )


def test_copies_follow_the_newest_word():
    def tenant(zone):
        return {"id": "demo", "tenantId": "demo", "name": "Demo", "timeZone": zone, "country": "US", "workingHours": {}}

    apply("tenant", tenant("Europe/Berlin"), version=3, source="monitor")
    apply("tenant", tenant("Europe/Paris"), version=2, source="monitor")
    assert replicas.tenants.region("demo") == replicas.Region("Europe/Berlin", "US")
    assert replicas.tenants.region("nobody") == replicas.Region("UTC", "")


def test_a_processor_that_is_gone_is_forgotten():
    told = {
        "id": "known",
        "tenantId": "",
        "name": "known",
        "version": "1",
        "description": "",
        "metadataSchema": {"type": "object"},
        "dryRun": False,
        "deadlineSeconds": 60,
    }
    apply("processor", told)
    assert replicas.metadata_schemas() == {"known": {"type": "object"}}
    apply("processor", told, deleted=True)
    assert replicas.metadata_schemas() == {}


def test_people_are_known_by_their_address_while_they_are_active():
    def person(active):
        return {
            "id": "p1",
            "tenantId": "demo",
            "name": "Ana",
            "email": "Ana@demo.test",
            "roles": ["member"],
            "active": active,
        }

    apply("person", person(True), source="monitor")
    assert replicas.people.by_email("demo") == {"ana@demo.test": "p1"}
    assert replicas.people.by_email("acme") == {}
    apply("person", person(False), version=2, source="monitor")
    assert replicas.people.by_email("demo") == {}


def test_a_whole_feed_of_the_executor_is_followed(samples):
    execution = finalized()
    task = Task.get(Task.processor == "workflow-scheduler")
    from tests.workflows.conftest import ai_task

    events = [
        ("ai-task", ai_task(task.id)),
        ("trigger-request", trigger_request(execution.id, execution.customer_id)),
        ("ai-task", {"id": "broken"}),
    ]

    def fetch(after, kinds, limit, seen=None):
        found = [
            {
                "type": f"tandem.{kind}",
                "subject": data["id"],
                "version": 1,
                "position": place,
                "tenantid": "demo",
                "deleted": False,
                "data": data,
            }
            for place, (kind, data) in enumerate(events, start=1)
            if place > after and kind in kinds
        ]
        return {"epoch": "e", "generation": "", "firstVersion": 1, "changes": found, "next": len(events), "more": False}

    assert reader.follow("executor", fetch) == 3
    assert reader.follow("executor", fetch) == 0
    assert refresh(task).execution_status == "success"
    assert Trigger.get().confirmed_at is not None
    assert reader.parked() == 1
    with feed.transaction():
        feed.tables.parked.delete().execute()
        feed.tables.cursor.delete().execute()
