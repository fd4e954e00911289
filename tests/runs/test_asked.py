"""Tasks asked of workflows: linked to their partnership, once a row and title, and followed until they are done."""

from __future__ import annotations

from datetime import date

import pytest

from services.runs import partnerships
from services.runs.models import Activity, RequestedTask
from shared.ground.errors import Conflict, Invalid
from tests.conftest import NOON
from tests.runs.conftest import ANA, MAX, know, make_partnership
from tests.runs.test_sending import hear
from tests.runs.walking import act, now_of, rows_of, started

pytestmark = pytest.mark.usefixtures("database")


def task(task_id, status="open", **told):
    return {
        "id": task_id, "tenantId": "demo", "title": "Call them", "status": status, "priority": 2, "owner": "max",
        "dueDate": "2026-12-01", "snoozedUntil": None, "completedAt": None, "partnershipId": None, **told,
    }  # fmt: skip


def hear_task(data, version=1, deleted=False):
    hear(data, version, kind="task", source="workflows", deleted=deleted)


def test_a_task_has_what_the_step_says_where_the_person_does_not():
    partner = make_partnership("Harbor")
    one = started("create_task", task={"title": "Follow up", "dueInDays": 3, "priority": 2})
    act(one, "create_task", row_id=rows_of(one)[0].id, title="Follow up")
    told = RequestedTask.get()
    assert (told.partnership_id, told.partnership_name) == (partner.id, "Harbor")
    assert (told.priority, told.due_date, told.owner) == (2, date(2026, 11, 24), ANA.id)
    assert rows_of(one)[0].state == "done"
    assert Activity.get(Activity.kind == "task_created").details == {"taskId": told.id}


def test_the_same_title_for_a_row_is_one_task_and_another_title_is_another():
    make_partnership("Harbor")
    one = started("create_task")
    row = rows_of(one)[0]
    for title in ("Call", "Call", "Write"):
        act(one, "create_task", row_id=row.id, title=title)
    assert RequestedTask.select().count() == 2
    assert now_of(one).result == {"tasksCreated": 2}


def test_what_workflows_says_is_counted_and_an_older_word_is_not():
    make_partnership("Harbor")
    one = started("create_task")
    task_id = act(one, "create_task", row_id=rows_of(one)[0].id, title="Call").items[0].id
    hear_task(task(task_id, "completed"), version=3)
    hear_task(task(task_id, "open"), version=2)
    told = RequestedTask.get()
    assert (told.status, told.title, told.owner, told.due_date) == ("completed", "Call them", "max", date(2026, 12, 1))
    assert now_of(one).result == {"tasksCreated": 1, "tasksCompleted": 1}
    assert now_of(one).summary == "1 task created, 1 of them done"
    hear_task(task(task_id), version=4, deleted=True)
    assert (RequestedTask.get().status, now_of(one).result) == ("cancelled", {"tasksCreated": 1})


def test_a_task_of_somebody_else_is_passed():
    hear_task(task("not-ours"))
    assert RequestedTask.select().count() == 0


def test_a_task_needs_an_owner_who_works_here_and_a_partnership_that_is_there():
    know(MAX)
    partner = make_partnership("Harbor")
    one = started("create_task")
    with pytest.raises(Invalid):
        act(one, "create_task", title="x", owner="nobody")
    partnerships.remove(ANA, partner.id, now=NOON)
    with pytest.raises(Conflict):
        act(one, "create_task", row_id=rows_of(one)[0].id, title="x")
    assert RequestedTask.select().count() == 0
