"""The work of the samples: done by the verbs, once, gone on with where it broke off, and removed with the samples."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.workflows import (
    customers,
    executions,
    models,
    sample_data,
    sample_removal,
    sample_tasks,
    sample_work,
    seeding,
    tasks,
)
from services.workflows.commands import ChangeCustomer, CreateTask
from services.workflows.models import Contact, Customer, CustomerHold, Execution, Plan, Step, Task, feed, replicas
from shared.ground import ids
from tests.conftest import NOON
from tests.workflows.conftest import (
    ANA,
    OTHER,
    acts,
    ai_task_requests,
    change,
    customer_named,
    heard,
    know_processors,
    live_in,
    make_customer,
    marks,
    planned,
    refresh,
    steps_of,
)

pytestmark = pytest.mark.usefixtures("samples")


@pytest.fixture(autouse=True)
def known():
    """The people and processors of the other services."""
    live_in()
    schema = {"type": "object"}
    know_processors(send_email=schema, contract_deadline_alert=schema, workflow_scheduler=schema,
                    follow_up_reminder_creator=schema, salesforce_contact_updater=schema)  # fmt: skip
    with feed.transaction():
        for name, (full_name, email, _) in sample_tasks.PEOPLE.items():
            told = {"id": sample_tasks.person_id(name), "tenantId": "demo", "name": full_name, "email": email}
            replicas.people.upsert(told | {"active": True}, 1)


def load(now=NOON):
    sample_work.load(lambda: now)


def everything():
    return {model: {row.get_id() for row in model.select()} for model in (Execution, Step, Plan, Task, CustomerHold)}


def removal(tenant="demo", by=ANA):
    return change("sample-removal-request", {"id": ids.named("r", tenant), "tenantId": tenant, "by": by.as_json()},
                  source="monitor")  # fmt: skip


def test_there_is_work_for_today_a_plan_to_review_and_one_that_was_finalized():
    load()
    due = {
        row.due_date - NOON.date() for row in Task.select().where(Task.status == "open", Task.due_date.is_null(False))
    }
    assert {timedelta(days=-1), timedelta(0)} <= due
    states = {row.customer_name: (row.status, row.plan_status) for row in Execution.select()}
    assert states == {
        "Mesa Robotics": ("completed", "finalized"),
        "Ferrum Steel": ("in_progress", "draft"),
        "City of Larkspur": ("in_progress", None),
    }
    mails = [request for request in ai_task_requests() if request.processor == "send-email"]
    assert {request.metadata["to"][0]["email"] for request in mails} == {"astone@redwood.test", "brosen@oriel.test"}
    assert CustomerHold.select().where(CustomerHold.customer_id == customer_named("Oriel Insurance").id).count() == 1
    assert {row.status for row in Task.select()} >= {"open", "snoozed", "completed"}


def test_a_second_time_adds_nothing_and_redoes_nothing_that_people_undid():
    load()
    before = everything()
    board = Task.get(Task.title.startswith("Ask Ruth Meyer"))
    tasks.remove(ANA, board.id, now=NOON)
    load(NOON + timedelta(days=3))
    before[Task].remove(board.id)
    assert everything() == before


def test_what_was_broken_off_goes_on_where_it_ended():
    """The process died within a part: what it made has the ids that the next one looks for."""
    customer = customer_named("Ferrum Steel")
    execution_id = ids.named("sample-workflow", "demo", "Ferrum Steel")
    execution = executions.start(ANA, customer.id, "discovery", execution_id=execution_id, now=NOON)
    load()
    assert {step.status for step in steps_of(execution)[:5]} == {"completed"}
    models.DoneOnce.delete().execute()
    before = everything()
    load()
    assert everything() == before


def test_nothing_is_done_without_the_samples():
    assert sample_work.is_wanted()
    heard(sample_removal.apply, removal())
    assert not sample_work.is_wanted()


def test_the_removal_takes_all_that_belongs_to_the_samples_and_leaves_what_is_somebody_s_own(settings):
    load()
    own = make_customer(name="Mine")
    kept_work = planned(own)
    adopted = customer_named("Ferrum Steel")
    customers.change(ANA, adopted.id, ChangeCustomer(name="Ferrum, ours"), now=NOON)
    added = CreateTask(title="Tried it out", customer_id=customer_named().id)
    tasks.create(ANA, added, task_id=ids.new_id(), now=NOON)
    tried = planned(customer_named())
    foreign = make_customer(name="Theirs", by=OTHER)
    overview = sample_removal.overview("demo")
    assert (overview.customers, overview.kept, overview.own_customers) == (18, ["Ferrum, ours"], True)
    assert (overview.added_workflows, overview.added_tasks) == (1, 1)
    assert overview.workflows == 3
    ai_tasks = {request.subject for request in ai_task_requests()}
    heard(sample_removal.apply, removal())
    assert {row.name for row in Customer.select()} == {"Mine", "Theirs", "Ferrum, ours"}
    assert {row.customer_id for row in Execution.select()} == {own.id, adopted.id}
    assert {row.execution_id for row in Step.select()} == {row.id for row in Execution.select()}
    assert {row.customer_id for row in Contact.select()} == {adopted.id}
    assert Task.select().count() == 0
    assert {refresh(own).name, refresh(foreign).name} == {"Mine", "Theirs"}
    assert models.executions.get("demo", kept_work.id).plan_status == "draft"
    assert models.outgoing_requests.exists("demo", removal().subject)
    (asked,) = [row for row in models.Request.select() if row.kind == "ai-task-removal-request"]
    assert set(asked.body["subjects"]) >= ai_tasks
    assert adopted.id not in asked.body["subjects"]
    assert tried.id in marks("workflow-execution")
    published = feed.changes(0, ["workflow-execution", "hold"], 100)["changes"]
    assert tried.id in {event["subject"] for event in published if event["data"].get("id") and event["deleted"]}
    after = sample_removal.overview("demo")
    assert (after.customers, after.tasks, after.workflows) == (0, 0, 0)
    heard(sample_removal.apply, removal())
    seeding.seed(settings, NOON)
    load()
    assert Customer.select().count() == 3
    assert len(acts("removed samples")) == 1


def test_the_removal_of_another_tenant_leaves_the_samples_here():
    heard(sample_removal.apply, removal("acme", OTHER))
    assert Customer.select().count() == len(sample_data.customer_ids("demo"))


def test_the_overview_over_rest_is_that_of_one_s_own_tenant(ask):
    assert ask("GET", "/api/workflows/samples").json["customers"] == 19
    assert ask("GET", "/api/workflows/samples").json["ownCustomers"] is False
    foreign = ask("GET", "/api/workflows/samples", by=OTHER).json
    assert (foreign["customers"], foreign["tasks"]) == (0, 0)
    assert ask("GET", "/api/workflows/samples", by=None).status_code == 401
