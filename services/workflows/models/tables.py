"""The tables of workflows: executions with their steps, plans, tasks and triggers; `customer_tables` has the
customers."""

from __future__ import annotations

from datetime import date
from typing import Any

import peewee

from services.workflows.models.database import Table, feed
from shared.database.fields import IdField, JsonField, UtcDateTime
from shared.ground.json_types import JsonObject


class Execution(Table):
    """A workflow of one stage for one customer."""

    noun = "workflow execution"

    id = IdField()
    tenant_id = peewee.TextField()
    customer_id = peewee.TextField()
    customer_name = peewee.TextField()
    stage = peewee.TextField()
    status = peewee.TextField()
    plan_status = peewee.TextField(null=True)
    owner = peewee.TextField(null=True)
    trigger_payload = JsonField(default=dict)
    context = JsonField(default=dict)
    by = JsonField()
    created_at = UtcDateTime()
    started_at = UtcDateTime()
    completed_at = UtcDateTime(null=True)
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "workflow_execution"
        indexes = (
            (("tenant_id", "created_at", "id"), False),
            (("tenant_id", "customer_id", "created_at", "id"), False),
            (("tenant_id", "status", "created_at", "id"), False),
            (("tenant_id", "stage", "created_at", "id"), False),
        )


for _name, _first in (("of_owner", Execution.owner), ("of_customer", Execution.customer_id)):
    Execution.add_index(
        Execution.index(
            *(Execution.tenant_id, _first, Execution.status, Execution.created_at, Execution.id),
            name=f"workflow_execution_{_name}",
        )
    )


class Step(Table):
    """One step of an execution, with its input and its output."""

    id = IdField()
    tenant_id = peewee.TextField()
    execution_id = peewee.TextField()
    order_index = peewee.IntegerField()
    kind = peewee.TextField()
    title = peewee.TextField()
    guidance = peewee.TextField()
    status = peewee.TextField()
    started_at = UtcDateTime(null=True)
    completed_at = UtcDateTime(null=True)
    input = JsonField(null=True)
    output = JsonField(null=True)
    summary = peewee.TextField(null=True)
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "workflow_step"
        indexes = ((("execution_id", "order_index"), True),)


class Plan(Table):
    """The action plan of an execution; `body` is the draft as people edit it, `answer` the result of finalize."""

    execution_id = IdField()
    tenant_id = peewee.TextField()
    status = peewee.TextField()
    planner = peewee.TextField()
    body = JsonField()
    answer = JsonField(null=True)
    created_at = UtcDateTime()
    updated_at = UtcDateTime()
    finalized_at = UtcDateTime(null=True)
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "action_plan"


CUSTOMER, PARTNERSHIP = "customer", "partnership"
UNDATED = date(9999, 12, 31)
"""The place of a task without a due date in a list by date."""


class Task(Table):
    """A task of a plan or a separate one: an AI task (`auto_execute`) or one for a CSM.

    The execution columns hold what the executor last published, or `queued` since the last request. `run_id`,
    `run_number` and `run_version` are the id, position and version of the AI task that they come from; the first of its
    retry chain has this task's id. The source columns name the requester in another context, which gets the task's
    state through the feed. The subject is what the task is about, by kind and id; `subject_name` is for kinds that
    another context owns.
    """

    noun = "task"

    id = IdField()
    tenant_id = peewee.TextField()
    title = peewee.TextField()
    description = peewee.TextField(default="")
    status = peewee.TextField()
    priority = peewee.IntegerField()
    due_date = peewee.DateField(null=True)
    due_order = peewee.DateField(default=UNDATED)
    snoozed_until = UtcDateTime(null=True)
    snooze_reason = peewee.TextField(null=True)
    owner = peewee.TextField(null=True)
    subject_kind = peewee.TextField(null=True)
    subject_id = peewee.TextField(null=True)
    subject_name = peewee.TextField(null=True)
    execution_id = peewee.TextField(null=True)
    parent_task_id = peewee.TextField(null=True)
    position = peewee.IntegerField(default=0)
    estimated_completion_time = peewee.TextField(null=True)
    complexity = peewee.TextField(default="simple")
    evidence = JsonField(default=list)
    related_action = peewee.TextField(null=True)
    auto_execute = peewee.BooleanField(default=False)
    processor = peewee.TextField(null=True)
    metadata = JsonField(null=True)
    execution_status = peewee.TextField(null=True)
    execution_result = JsonField(null=True)
    executed_at = UtcDateTime(null=True)
    run_id = peewee.TextField(null=True)
    run_number = peewee.IntegerField(default=0)
    run_version = peewee.BigIntegerField(default=0)
    standing_effects = JsonField(default=list)
    outcome_applied_at = UtcDateTime(null=True)
    source_service = peewee.TextField(null=True)
    source_kind = peewee.TextField(null=True)
    source_id = peewee.TextField(null=True)
    created_at = UtcDateTime()
    updated_at = UtcDateTime()
    completed_at = UtcDateTime(null=True)
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "workflow_tasks"

    @property
    def customer_id(self) -> str | None:
        """The customer that the task is about, or None."""
        return self.subject_id if self.subject_kind == CUSTOMER else None

    @property
    def partnership_id(self) -> str | None:
        """The partnership that the task is about, or None."""
        return self.subject_id if self.subject_kind == PARTNERSHIP else None

    @property
    def source(self) -> JsonObject | None:
        """The requester in another context, `{service, kind, id}`; None if the task was created here."""
        if not self.source_service:
            return None
        return {"service": self.source_service, "kind": self.source_kind, "id": self.source_id}

    def write(self, **values: Any) -> None:
        """A guarded write, which is published if another context requested the task."""
        super().write(**placed(values))
        self.mark()

    def mark(self) -> None:
        """Mark the task in the feed if another context requested it. Call it inside a transaction."""
        if self.source_service:
            feed.mark("task", self.id, self.tenant_id)


def placed(values: dict[str, Any]) -> dict[str, Any]:
    """The columns of a task with its place in a list by date, if they have its due date."""
    return values | {"due_order": values["due_date"] or UNDATED} if "due_date" in values else values


TO_DO = peewee.SQL("status IN ('open', 'in_progress') AND NOT auto_execute")
"""What people have to do now. It is written out where it is asked for, so that both engines see that its indexes hold it."""

SNOOZED, COMPLETED = peewee.SQL("status = 'snoozed'"), peewee.SQL("status = 'completed'")
"""The tasks of the lists of one status, written out like the others."""

TO_DO_WHOLE = peewee.SQL("status IN ('open', 'in_progress') AND NOT auto_execute AND parent_task_id IS NULL")
"""What people have to do, without sub-tasks. It is written out, so that both engines see that its index holds it."""

AI = peewee.SQL("auto_execute")
"""AI tasks, written out like the others."""

TASK_ORDER = (Task.priority, Task.created_at, Task.position, Task.id)


class Trigger(Table):
    """A workflow to be started on a day; `held_reason` says why a due one has not started.

    The daily job sets `not_before`, from which time on it is to be started. After `failures` in a row it pauses until a
    later `not_before`.
    """

    noun = "trigger"

    id = IdField()
    tenant_id = peewee.TextField()
    execution_id = peewee.TextField(null=True)
    customer_id = peewee.TextField()
    stage = peewee.TextField()
    trigger_date = peewee.DateField()
    conditions = JsonField(default=list)
    status = peewee.TextField()
    held_reason = peewee.TextField(null=True)
    confirmed_at = UtcDateTime(null=True)
    started_execution_id = peewee.TextField(null=True)
    failures = peewee.IntegerField(default=0)
    not_before = UtcDateTime(null=True)
    created_at = UtcDateTime()
    by = JsonField()
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "workflow_trigger"
        indexes = (
            (("tenant_id", "trigger_date", "id"), False),
            (("tenant_id", "status", "trigger_date", "id"), False),
            (("tenant_id", "customer_id", "trigger_date", "id"), False),
            (("tenant_id", "execution_id"), True),
        )


Trigger.add_index(
    Trigger.index(Trigger.not_before, where=Trigger.not_before.is_null(False), name="workflow_trigger_released")
)
Trigger.add_index(
    Trigger.index(
        *(Trigger.tenant_id, Trigger.customer_id, Trigger.status, Trigger.trigger_date, Trigger.id),
        name="workflow_trigger_of_customer",
    )
)
