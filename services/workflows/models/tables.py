"""The tables of workflows: customers with their contacts and contracts, executions with their steps, plans, tasks
and triggers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import peewee

from services.workflows.models.database import Table, feed
from shared.contracts.customers import DATED
from shared.database.fields import IdField, JsonField, MoneyField, UtcDateTime
from shared.ground.json_types import JsonObject

NO_RENEWAL_DATE = date.max
"""The place in lists of a customer without a renewal date: after all others."""


NOT_SCORED = -1
"""The place in lists of a customer without a score: below all others."""

NEVER_TOUCHED = date.min
"""The place in lists of a customer whom nobody has been in touch with: before all others."""

AT_RISK_BELOW = 50
"""A customer with a health or a likelihood below this is at risk."""


class Customer(Table):
    """A customer: its contract value, its renewal, its health and its usage of the product.

    The columns after `salesforce_opportunity_id` follow from others, for lists: they are never null, see `placed`;
    `last_touch_order` is the latest touch of a contact.
    """

    noun = "customer"

    id = IdField()
    tenant_id = peewee.TextField()
    name = peewee.TextField()
    name_key = peewee.TextField()
    external_id = peewee.TextField(null=True)
    arr = MoneyField()
    currency = peewee.TextField()
    renewal_date = peewee.DateField(null=True)
    renewal_terms = peewee.TextField(default=DATED)
    renewal_date_source = peewee.TextField(null=True)
    time_zone = peewee.TextField(null=True)
    industry = peewee.TextField(null=True)
    health_score = peewee.IntegerField(null=True)
    renewal_likelihood = peewee.IntegerField(null=True)
    usage = JsonField(default=dict)
    owner = peewee.TextField(null=True)
    notes = peewee.TextField(default="")
    tier = peewee.TextField(null=True)
    parent_name = peewee.TextField(null=True)
    parent_relation = peewee.TextField(null=True)
    executive_sponsor = peewee.TextField(null=True)
    language = peewee.TextField(null=True)
    fiscal_year_end = peewee.DateField(null=True)
    salesforce_opportunity_id = peewee.TextField(null=True)
    renewal_order = peewee.DateField(default=NO_RENEWAL_DATE)
    arr_hundredths = peewee.BigIntegerField()
    health_order = peewee.IntegerField(default=NOT_SCORED)
    likelihood_order = peewee.IntegerField(default=NOT_SCORED)
    at_risk = peewee.BooleanField(default=False)
    last_touch_order = peewee.DateField(default=NEVER_TOUCHED)
    created_at = UtcDateTime()
    updated_at = UtcDateTime()
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "customer"
        indexes = (
            (("tenant_id", "renewal_order", "id"), False),
            (("tenant_id", "owner", "renewal_order", "id"), False),
            (("tenant_id", "at_risk", "renewal_order", "id"), False),
            (("tenant_id", "name_key", "id"), False),
            (("tenant_id", "arr_hundredths", "id"), False),
            (("tenant_id", "health_order", "id"), False),
            (("tenant_id", "likelihood_order", "id"), False),
            (("tenant_id", "last_touch_order", "id"), False),
            (("tenant_id", "currency", "arr_hundredths"), False),
            (("tenant_id", "tier"), False),
            (("tenant_id", "time_zone"), False),
            (("tenant_id", "external_id"), True),
        )

    @property
    def last_touch_on(self) -> date | None:
        """The day of the last touch of any of its contacts, or None."""
        return None if self.last_touch_order == NEVER_TOUCHED else self.last_touch_order


def placed_customer(values: Mapping[str, Any], before: Customer | None = None) -> dict[str, Any]:
    """Columns of a customer with its places in lists: the columns that follow from them."""
    places: dict[str, Any] = {}
    if "name" in values:
        places["name_key"] = values["name"].casefold()
    if "renewal_date" in values or before is None:
        places["renewal_order"] = values.get("renewal_date") or NO_RENEWAL_DATE
    if "arr" in values:
        places["arr_hundredths"] = int(values["arr"] * 100)
    if before is None or values.keys() & {"health_score", "renewal_likelihood"}:
        names = ("health_score", "renewal_likelihood")
        scores = [values.get(name, before and getattr(before, name)) for name in names]
        places["health_order"], places["likelihood_order"] = (
            NOT_SCORED if score is None else score for score in scores
        )
        places["at_risk"] = any(score is not None and score < AT_RISK_BELOW for score in scores)
    return {**values, **places}


class Contact(Table):
    """A person at a customer, or of another `organisation` that has a say there, with a role in the renewal.

    `successor_id` names who replaces a person who left, `deputy_id` who stands in for one who is away.
    """

    noun = "contact"

    id = IdField()
    tenant_id = peewee.TextField()
    customer_id = peewee.TextField()
    name = peewee.TextField()
    email = peewee.TextField(null=True)
    title = peewee.TextField(default="")
    role = peewee.TextField()
    status = peewee.TextField()
    sentiment = peewee.TextField()
    is_primary = peewee.BooleanField(default=False)
    opted_out = peewee.BooleanField(default=False)
    last_met_on = peewee.DateField(null=True)
    last_touch_on = peewee.DateField(null=True)
    successor_id = peewee.TextField(null=True)
    salesforce_id = peewee.TextField(null=True)
    other_roles = JsonField(default=list)
    signs = peewee.BooleanField(default=False)
    signing_limit = MoneyField(null=True)
    signing_currency = peewee.TextField(null=True)
    last_touch_by = peewee.TextField(null=True)
    answered = peewee.BooleanField(null=True)
    left_on = peewee.DateField(null=True)
    left_to = peewee.TextField(null=True)
    away_from = peewee.DateField(null=True)
    away_until = peewee.DateField(null=True)
    deputy_id = peewee.TextField(null=True)
    channel = peewee.TextField(null=True)
    organisation = peewee.TextField(null=True)
    created_at = UtcDateTime()
    updated_at = UtcDateTime()
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "contact"
        indexes = (
            (("tenant_id", "name", "id"), False),
            (("tenant_id", "customer_id", "name", "id"), False),
        )


class ContactMerge(Table):
    """A merge of contacts into one: the fields that it changed there as they were `before`, the `merged` contacts as
    rows, and who named one of them as successor or deputy."""

    noun = "merge of contacts"

    id = IdField()
    tenant_id = peewee.TextField()
    customer_id = peewee.TextField()
    kept_id = peewee.TextField()
    kept_version = peewee.IntegerField()
    before = JsonField()
    merged = JsonField()
    references = JsonField()
    by = JsonField()
    created_at = UtcDateTime()
    undone_at = UtcDateTime(null=True)
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "contact_merge"
        indexes = (
            (("tenant_id", "kept_id", "created_at", "id"), False),
            (("customer_id",), False),
        )


class Contract(Table):
    """A contract document of a customer, with its text, and the file that it came as, if it came as one;
    `relates_to_id` is the contract that it amends or supersedes.

    `text_state` is the life of the text (states.CONTRACT_TEXT). `run_id`, `run_number` and `run_version` are those of
    the AI task that last told of its reading; the first of its retry chain has this contract's id. While `text_sha256`
    is set, the text that was read waits in the file store.
    """

    noun = "contract"

    id = IdField()
    tenant_id = peewee.TextField()
    customer_id = peewee.TextField()
    title = peewee.TextField()
    text = peewee.TextField()
    effective_on = peewee.DateField(null=True)
    ends_on = peewee.DateField(null=True)
    kind = peewee.TextField(default="main_agreement")
    relates_to_id = peewee.TextField(null=True)
    relation = peewee.TextField(null=True)
    state = peewee.TextField(default="signed")
    language = peewee.TextField(null=True)
    parties = JsonField(default=list)
    amount = MoneyField(null=True)
    currency = peewee.TextField(null=True)
    products = JsonField(default=list)
    committed_until = peewee.DateField(null=True)
    anniversary_on = peewee.DateField(null=True)
    price_steps = JsonField(default=list)
    windows = JsonField(default=list)
    file_name = peewee.TextField(null=True)
    file_media_type = peewee.TextField(null=True)
    file_size = peewee.BigIntegerField(null=True)
    file_sha256 = peewee.TextField(null=True)
    file_pages = peewee.IntegerField(null=True)
    text_state = peewee.TextField(default="typed")
    text_problem = peewee.TextField(null=True)
    text_sha256 = peewee.TextField(null=True)
    run_id = peewee.TextField(null=True)
    run_number = peewee.IntegerField(default=0)
    run_version = peewee.BigIntegerField(default=0)
    created_at = UtcDateTime()
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "contract"
        indexes = ((("tenant_id", "customer_id", "created_at", "id"), False),)

    @property
    def file(self) -> JsonObject | None:
        """The file that it came as, or None."""
        if self.file_sha256 is None:
            return None
        return {
            "name": self.file_name,
            "media_type": self.file_media_type,
            "size": self.file_size,
            "sha256": self.file_sha256,
            "pages": self.file_pages,
        }


Contract.add_index(
    Contract.index(Contract.id, where=Contract.text_sha256.is_null(False), name="contract_text_to_fetch")
)


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


TODO = peewee.SQL("status IN ('open', 'in_progress') AND NOT auto_execute")
"""What people have to do now. It is written out where it is asked for, so that both engines see that its indexes hold it."""

SNOOZED, COMPLETED = peewee.SQL("status = 'snoozed'"), peewee.SQL("status = 'completed'")
TODO_WHOLE = peewee.SQL("status IN ('open', 'in_progress') AND NOT auto_execute AND parent_task_id IS NULL")
"""What people have to do, without sub-tasks. It is written out, so that both engines see that its index holds it."""

TASK_ORDER = (Task.priority, Task.created_at, Task.position, Task.id)


def _task_index(name: str, *first: peewee.Field) -> None:
    Task.add_index(Task.index(Task.tenant_id, *first, *TASK_ORDER, name=name))


_task_index("idx_tasks_list")
_task_index("idx_tasks_status", Task.status)
_task_index("idx_tasks_owner", Task.owner)
_task_index("idx_tasks_subject", Task.subject_kind, Task.subject_id)
_task_index("idx_tasks_execution", Task.execution_id)
_task_index("idx_tasks_parent", Task.parent_task_id)
_task_index("idx_tasks_auto_execute", Task.auto_execute, Task.execution_status)
_task_index("idx_tasks_execution_status", Task.execution_status)
Task.add_index(Task.index(Task.tenant_id, Task.due_order, name="idx_tasks_due"))
Task.add_index(
    Task.index(Task.tenant_id, Task.subject_kind, Task.subject_id, where=TODO_WHOLE, name="idx_tasks_todo_counted")
)
Task.add_index(Task.index(Task.tenant_id, Task.status, Task.snoozed_until, Task.id, name="idx_tasks_snoozed"))
Task.add_index(Task.index(Task.snoozed_until, where=peewee.SQL("status = 'snoozed'"), name="idx_tasks_resurfacing"))

for _name, _key, _where in (
    ("todo", (Task.due_order, Task.priority, Task.id), TODO),
    ("todo_owner", (Task.owner, Task.due_order, Task.priority, Task.id), TODO),
    ("todo_subject", (Task.subject_kind, Task.subject_id, Task.due_order, Task.priority, Task.id), TODO),
    ("snoozed_owner", (Task.owner, Task.snoozed_until, Task.id), SNOOZED),
    ("completed", (Task.completed_at, Task.id), COMPLETED),
    ("completed_owner", (Task.owner, Task.completed_at, Task.id), COMPLETED),
):
    Task.add_index(Task.index(Task.tenant_id, *_key, where=_where, name=f"idx_tasks_{_name}"))


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
