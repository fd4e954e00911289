"""One action with many tasks: a receipt each, taken back as a whole, and harmless a second time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.workflows import task_batches, tasks
from services.workflows.commands import ActOnTasks, ChangeTask, CreateTask
from services.workflows.models import Execution, TaskBatch, TaskComment, db, feed, replicas
from services.workflows.work import tidy
from shared.database.connection import session
from shared.ground import ids
from tests.conftest import NOON
from tests.workflows.conftest import ANA, OTHER, acts, make_customer, notification_requests, refresh, start

pytestmark = pytest.mark.usefixtures("database")

TASKS = "/api/workflows/tasks"
BATCHES = f"{TASKS}/batches"


def make(by=ANA, **told):
    return tasks.create(by, CreateTask(**{"title": "Call", **told}), task_id=ids.new_id(), now=NOON)


@pytest.fixture(autouse=True)
def people(database):
    """Max works here, Zoe has left, Otto works elsewhere."""
    with feed.transaction():
        for person_id, tenant_id, active in (("max", "demo", True), ("zoe", "demo", False), ("otto", "acme", True)):
            snapshot = {"id": person_id, "tenantId": tenant_id, "name": person_id.title(), "active": active}
            replicas.people.upsert(snapshot | {"email": f"{person_id}@{tenant_id}.test"}, 1)


def outcomes(answer):
    assert answer.status_code in (200, 201), answer.text
    return [receipt["outcome"] for receipt in answer.json["receipts"]]


@pytest.fixture
def act(ask):
    """`act([task, ...], "complete", ...)` -> the answer."""

    def act(rows, action, **told):
        return ask("POST", BATCHES, {"taskIds": [getattr(row, "id", row) for row in rows], "action": action, **told})

    return act


def test_many_are_completed_and_made_what_they_were(act, ask):
    rows = [make(), make(), make(auto_execute=False)]
    tasks.snooze(ANA, rows[1].id, NOON + timedelta(days=2), "waits", now=NOON)
    tasks.change(ANA, rows[2].id, ChangeTask(status="completed"), now=NOON)
    done = act(rows, "complete")
    assert outcomes(done) == ["changed", "changed", "unchanged"]
    assert [refresh(row).status for row in rows] == ["completed"] * 3
    assert outcomes(act(rows, "complete")) == ["unchanged"] * 3
    assert outcomes(ask("POST", f"{BATCHES}/{done.json['id']}/undo")) == ["changed", "changed"]
    assert [refresh(row).status for row in rows] == ["open", "snoozed", "completed"]
    again = refresh(rows[1])
    assert (again.snoozed_until, again.snooze_reason, again.completed_at) == (NOON + timedelta(days=2), "waits", None)
    assert {act.details["batchId"] for act in acts("took back")} == {done.json["id"]}
    assert ask("POST", f"{BATCHES}/{done.json['id']}/undo").status_code == 409


def test_the_same_key_does_it_once(ask):
    row, key = make(), {"Idempotency-Key": "k1"}
    body = {"taskIds": [row.id, row.id], "action": "set_priority", "priority": 1}
    first, second = (ask("POST", BATCHES, body, headers=key) for _ in range(2))
    assert first.json == second.json
    assert outcomes(first) == ["changed"]
    assert (refresh(row).priority, TaskBatch.select().count()) == (1, 1)


def test_what_is_not_there_or_another_tenants_is_named_and_holds_up_nothing(act):
    mine, theirs = make(), make(by=OTHER)
    answer = act([theirs, "nothing", mine], "complete")
    assert outcomes(answer) == ["not_found", "not_found", "changed"]
    assert answer.json["receipts"][0] == {
        "id": theirs.id,
        "title": None,
        "outcome": "not_found",
        "reason": "There is no such task.",
    }
    assert refresh(theirs).status == "open"


def test_one_with_open_parts_waits_until_it_is_said_what_becomes_of_them(act, ask):
    alone, parent = make(), make(title="Meet the CFO")
    part = make(title="Send the briefing", parent_task_id=parent.id)
    answer = act([alone, parent], "complete")
    assert outcomes(answer) == ["changed", "refused"]
    assert answer.json["receipts"][1]["openSubTasks"] == [
        {"id": part.id, "title": "Send the briefing", "status": "open"}
    ]
    assert (refresh(parent).status, refresh(part).status) == ("open", "open")
    both = act([parent, part], "complete", subTasks="complete")
    assert outcomes(both) == ["changed", "unchanged"]
    assert (refresh(parent).status, refresh(part).status) == ("completed", "completed")
    assert outcomes(ask("POST", f"{BATCHES}/{both.json['id']}/undo")) == ["changed", "changed"]
    assert (refresh(parent).status, refresh(part).status) == ("open", "open")


def test_of_one_that_changed_since_it_was_read_nothing_is_written(act):
    read, changed = make(), make()
    tasks.change(ANA, changed.id, ChangeTask(title="Another"), now=NOON)
    answer = act([read, changed], "complete", versions={read.id: 1, changed.id: 1})
    assert outcomes(answer) == ["changed", "refused"]
    assert answer.json["receipts"][1]["version"] == 2
    assert refresh(changed).status == "open"


def test_what_somebody_changed_since_is_not_taken_back(act, ask):
    rows = [make(), make()]
    batch = act(rows, "set_priority", priority=1).json["id"]
    tasks.change(ANA, rows[0].id, ChangeTask(title="Another"), now=NOON)
    tasks.remove(ANA, rows[1].id, now=NOON)
    answer = ask("POST", f"{BATCHES}/{batch}/undo")
    assert outcomes(answer) == ["refused", "not_found"]
    assert refresh(rows[0]).priority == 1


def test_only_who_did_it_takes_it_back(act, ask):
    batch = act([make()], "complete").json["id"]
    max_ = replace(ANA, id="max", name="Max")
    assert ask("POST", f"{BATCHES}/{batch}/undo", by=max_).status_code == 403
    assert ask("POST", f"{BATCHES}/{batch}/undo", by=OTHER).status_code == 404


def test_many_are_handed_over_with_one_word_to_whoever_gets_them(act):
    rows = [make(title="Call Ivan"), make(), make(owner="max")]
    assert outcomes(act(rows, "hand_over", owner="max", note="I am away.")) == ["changed", "changed", "unchanged"]
    assert [refresh(row).owner for row in rows] == ["max"] * 3
    (told,) = notification_requests()
    assert (told.recipient_id, told.kind) == ("max", "assigned")
    assert told.title == "“Call Ivan” and 1 more are yours now"
    assert told.body == "Ana Alvarez gave them to you. I am away."
    assert [row.body for row in TaskComment.select()] == ["I am away.", "I am away."]


@pytest.mark.parametrize("owner", ["zoe", "otto", "nobody"])
def test_nothing_is_handed_to_somebody_who_left_or_works_elsewhere(act, ask, owner):
    row = make()
    assert act([row], "hand_over", owner=owner).json["errors"].keys() == {"owner"}
    assert ask("POST", f"{TASKS}/{row.id}/hand-over", {"owner": owner}).json["errors"].keys() == {"owner"}
    assert (refresh(row).owner, notification_requests()) == (None, [])


def test_many_are_snoozed_to_the_morning_of_a_day_without_a_reason(act):
    rows = [make(), make()]
    assert outcomes(act(rows, "snooze", until="2026-12-01")) == ["changed", "changed"]
    assert {str(refresh(row).snoozed_until) for row in rows} == {"2026-12-01 08:00:00+00:00"}
    assert outcomes(act(rows, "snooze", until="2026-12-01")) == ["unchanged", "unchanged"]
    assert act(rows, "snooze", until="2026-11-20").json["errors"].keys() == {"until"}
    assert act(rows, "snooze", until="2026-11-21T11:59:00Z").json["errors"].keys() == {"until"}


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"taskIds": []}, "taskIds"),
        ({"taskIds": [str(number) for number in range(201)]}, "taskIds"),
        ({"taskIds": "t"}, "taskIds"),
        ({"action": "explode"}, "action"),
        ({"action": "snooze"}, "until"),
        ({"action": "snooze", "until": "soon"}, "until"),
        ({"action": "hand_over"}, "owner"),
        ({"action": "set_priority"}, "priority"),
        ({"action": "set_priority", "priority": 6}, "priority"),
        ({"priority": 1}, "priority"),
        ({"subTasks": "burn"}, "subTasks"),
        ({"action": "hand_over", "owner": "max", "note": "n" * 1_001}, "note"),
        ({"versions": {"t": "1"}}, "versions.t.value"),
    ],
)
def test_bad_input_names_its_field(ask, told, field):
    answer = ask("POST", BATCHES, {"taskIds": ["t"], "action": "complete"} | told)
    assert answer.status_code == 422
    assert field in answer.json["errors"]


def test_two_hundred_are_as_many_as_one_takes(ask):
    answer = ask("POST", BATCHES, {"taskIds": [str(number) for number in range(200)], "action": "complete"})
    assert outcomes(answer) == ["not_found"] * 200


def test_an_ended_one_is_not_handed_over_and_an_ai_task_not_snoozed(act):
    done = make()
    tasks.change(ANA, done.id, ChangeTask(status="completed"), now=NOON)
    assert outcomes(act([done], "hand_over", owner="max")) == ["refused"]
    assert outcomes(act([done], "snooze", until="2026-12-01")) == ["refused"]


def test_a_task_of_a_cancelled_workflow_stays_ended(ask):
    execution = start(make_customer())
    row = make(execution_id=execution.id)
    tasks.change(ANA, row.id, ChangeTask(status="completed"), now=NOON)
    Execution.update(status="cancelled").where(Execution.id == execution.id).execute()
    for answer in (
        ask("POST", f"{TASKS}/{row.id}/reopen", {}),
        ask("PATCH", f"{TASKS}/{row.id}", {"status": "open"}),
    ):
        assert (answer.status_code, answer.json["detail"]) == (409, "The workflow that it belongs to was cancelled.")
    assert refresh(row).status == "completed"


def test_taking_back_opens_no_task_of_a_cancelled_workflow(act, ask):
    execution = start(make_customer())
    row = make(execution_id=execution.id)
    batch = act([row], "complete").json["id"]
    Execution.update(status="cancelled").where(Execution.id == execution.id).execute()
    receipt = ask("POST", f"{BATCHES}/{batch}/undo").json["receipts"][0]
    assert (receipt["outcome"], receipt["reason"]) == ("refused", "The workflow that it belongs to was cancelled.")
    assert refresh(row).status == "completed"


def test_two_who_complete_the_same_at_once_get_a_receipt_for_each():
    rows = [make() for _ in range(20)]
    parts = [make(parent_task_id=row.id) for row in rows]
    command = ActOnTasks(
        task_ids=[row.id for row in rows],
        action="complete",
        versions={row.id: row.version for row in rows},
        sub_tasks="complete",
    )
    gate = threading.Barrier(2)

    def press(_):
        gate.wait(60)
        with session(db):
            batch = task_batches.act(ANA, command, batch_id=ids.new_id(), now=NOON, daily_at="0 6 * * *")
            return [receipt["outcome"] for receipt in batch.receipts], [len(batch.changes)]

    db.close()
    with ThreadPoolExecutor(2) as two:
        answers = sorted(two.map(press, range(2)))
    db.connect(reuse_if_open=True)
    assert answers == [(["changed"] * 20, [40]), (["refused"] * 20, [0])]
    assert {refresh(row).status for row in (*rows, *parts)} == {"completed"}


def test_old_batches_are_forgotten(act, settings):
    act([make()], "complete")
    tidy(settings)
    assert TaskBatch.select().count() == 1
    TaskBatch.update(created_at=NOON - timedelta(days=8)).execute()
    tidy(settings)
    assert TaskBatch.select().count() == 0


def test_a_new_owner_is_told_whoever_gave_it_and_how(ask):
    row = make(title="Call Ivan")
    given = ask("POST", f"{TASKS}/{row.id}/hand-over", {"owner": "max", "note": "Yours"}, headers={"If-Match": '"v1"'})
    assert (given.status_code, given.json["owner"]) == (200, "max")
    assert (
        ask("POST", f"{TASKS}/{row.id}/hand-over", {"owner": ANA.id}, headers={"If-Match": '"v1"'}).status_code == 412
    )
    assert ask("PATCH", f"{TASKS}/{row.id}", {"owner": ANA.id}).status_code == 200
    ask("PATCH", f"{TASKS}/{row.id}", {"owner": "max"})
    assert [told.recipient_id for told in notification_requests()] == ["max", "max"]
    assert notification_requests()[0].link == f"/app/tasks/{row.id}"


def test_a_task_is_about_another_customer_unless_it_is_part_of_something(ask):
    row, customer = make(), make_customer()
    path = f"{TASKS}/{row.id}"
    changed = ask("PATCH", path, {"customerId": customer.id}).json
    assert (changed["customerId"], changed["customerName"]) == (customer.id, "Acme")
    assert ask("GET", f"{TASKS}?customer_id={customer.id}").json["items"][0]["customerName"] == "Acme"
    assert ask("PATCH", path, {"customerId": make_customer(by=OTHER).id}).status_code == 404
    assert ask("PATCH", path, {"customerId": None}).json["customerId"] is None
    part = make(parent_task_id=row.id)
    assert ask("PATCH", f"{TASKS}/{part.id}", {"customerId": customer.id}).json["errors"].keys() == {"customerId"}


def test_what_is_to_do_is_listed_by_its_day_and_found_by_words(ask):
    for title, due in (("Later", "2026-12-20"), ("Late", "2026-11-20"), ("Undated", None), ("Now", "2026-11-21")):
        make(title=f"{title} call", due_date=due and date.fromisoformat(due))
    gone = make(title="Gone call")
    tasks.change(ANA, gone.id, ChangeTask(status="completed"), now=NOON)

    def titles(more=""):
        answer = ask("GET", f"{TASKS}?todo=true&sort=due{more}")
        assert answer.status_code == 200
        return [item["title"].partition(" ")[0] for item in answer.json["items"]]

    assert titles() == ["Late", "Now", "Later", "Undated"]
    assert titles("&due_before=2026-11-21") == ["Late"]
    assert titles("&due_from=2026-11-21&due_before=2026-11-22") == ["Now"]
    assert titles("&due_from=2026-12-01") == ["Later", "Undated"]
    assert titles("&q=und") == ["Undated"]
    assert titles("&q=call+la") == ["Late", "Later"]
    cursor = ask("GET", f"{TASKS}?todo=true&sort=due&limit=2").json["pagination"]["next"]
    assert titles(f"&limit=2&cursor={cursor}") == ["Later", "Undated"]
    assert [item["title"] for item in ask("GET", f"{TASKS}?sort=completed").json["items"]] == ["Gone call"]
    assert ask("GET", f"{TASKS}?sort=mood").status_code == 422
    both = [item["id"] for item in ask("GET", f"{TASKS}?todo=true&sort=due&limit=2").json["items"]]
    assert titles(f"&ids={','.join(both)}") == ["Late", "Now"]
    assert ask("GET", f"{TASKS}?ids=").status_code == 422
    assert ask("GET", f"{TASKS}?ids={','.join('x' * 101)}").status_code == 422
    renamed = ask("GET", f"{TASKS}?q=gone").json["items"][0]["id"]
    ask("PATCH", f"{TASKS}/{renamed}", {"title": "Back again"})
    assert ask("GET", f"{TASKS}?q=gone").json["items"] == []
    assert len(ask("GET", f"{TASKS}?q=back").json["items"]) == 1
    ask("DELETE", f"{TASKS}/{renamed}")
    assert ask("GET", f"{TASKS}?q=back").json["items"] == []
