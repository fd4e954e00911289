"""The tables of AI tasks, attempts, effects, requests and trackings; all tables of the executor."""

from __future__ import annotations

import peewee

from services.executor.models.database import Table, db, feed, words
from services.executor.models.installation_tables import (
    Hold,
    Pause,
    Person,
    PublishedProcessor,
    StoredFile,
    Tenant,
    Worker,
)
from shared.database.fields import IdField, JsonField, UtcDateTime
from shared.feed.outgoing_requests import Requests
from shared.ground.principal import Principal


class AiTask(Table):
    """Work that a machine does: queued, claimed under a lease, finished once. Its status and result are then final.

    `lease` only grows; a writer with another number has lost the task. `losses` counts the leases that lapsed. `origin`
    is the first task of the chain of retries, `retry_number` the position in it.
    """

    id = IdField()
    tenant_id = peewee.TextField()
    title = peewee.TextField()
    processor = peewee.TextField()
    metadata = JsonField()
    input_hash = peewee.TextField()
    priority = peewee.IntegerField()
    created_at = UtcDateTime()
    #: When the requesting service wrote the request, never after `created_at`; `created_at` for a task over REST.
    asked_at = UtcDateTime(null=True)
    available_at = UtcDateTime()
    status = peewee.TextField()
    lease = peewee.BigIntegerField(default=0)
    attempts = peewee.IntegerField(default=0)
    losses = peewee.IntegerField(default=0)
    max_attempts = peewee.IntegerField()
    lease_until = UtcDateTime(null=True)
    lease_owner = peewee.TextField(null=True)
    deadline_at = UtcDateTime(null=True)
    cancel_requested_at = UtcDateTime(null=True)
    started_at = UtcDateTime(null=True)
    finished_at = UtcDateTime(null=True)
    result = JsonField(null=True)
    error = JsonField(null=True)
    retry_of = peewee.TextField(null=True)
    origin = peewee.TextField()
    retry_number = peewee.IntegerField(default=0)
    subject = peewee.TextField(null=True)
    source_service = peewee.TextField(null=True)
    source_kind = peewee.TextField(null=True)
    source_id = peewee.TextField(null=True)
    by = JsonField()
    version = peewee.IntegerField(default=1)

    @property
    def source(self) -> dict[str, str] | None:
        """The owner of the task, `{service, kind, id}`, or None."""
        if self.source_id is None:
            return None
        return {"service": str(self.source_service), "kind": str(self.source_kind), "id": self.source_id}

    def as_principal(self) -> Principal:
        """The task as the one who acts."""
        return Principal("ai_task", self.id, self.title, self.tenant_id)

    @property
    def duration_ms(self) -> int | None:
        """From the first start to the end, in whole milliseconds; None before the end, or when it never started."""
        if self.started_at is None or self.finished_at is None:
            return None
        return round((self.finished_at - self.started_at).total_seconds() * 1000)

    class Meta:
        table_name = "ai_task"
        constraints = (
            peewee.Check("priority BETWEEN 1 AND 5"),
            peewee.Check("status IN ('queued', 'running', 'success', 'failed', 'cancelled')"),
        )
        indexes = (
            (("origin", "retry_number"), True),
            (("tenant_id", "created_at", "id"), False),
            (("tenant_id", "status", "created_at", "id"), False),
            (("tenant_id", "processor", "created_at", "id"), False),
            (("tenant_id", "source_id", "created_at", "id"), False),
            (("finished_at",), False),
        )


# The conditions are literals, here and in the statements, because neither engine uses a partial index with a bound
# parameter. The columns after the order let the claim search the index alone.
AiTask.add_index(
    AiTask.index(
        AiTask.priority,
        AiTask.created_at,
        AiTask.id,
        AiTask.available_at,
        AiTask.processor,
        AiTask.losses,
        AiTask.tenant_id,
        where=peewee.SQL("status = 'queued'"),
        name="ai_task_queued",
    )
)
AiTask.add_index(AiTask.index(AiTask.lease_until, where=peewee.SQL("status = 'running'"), name="ai_task_running"))


class Attempt(Table):
    """One claim of a task and its outcome. `number` is how many attempts were charged by then; a claim that was put
    back is not charged, so that a number can occur twice."""

    task_id = peewee.TextField()
    lease = peewee.BigIntegerField()
    tenant_id = peewee.TextField()
    number = peewee.IntegerField()
    owner = peewee.TextField()
    started_at = UtcDateTime()
    ended_at = UtcDateTime(null=True)
    outcome = peewee.TextField()
    error = JsonField(null=True)

    class Meta:
        table_name = "attempt"
        primary_key = peewee.CompositeKey("task_id", "lease")
        constraints = (peewee.Check("outcome IN ('running', 'success', 'failed', 'lost', 'cancelled')"),)


class Effect(Table):
    """One change in an external system, made once for a chain of retries. `fence` is that of the latest attempt that
    began or resumed it."""

    origin = peewee.TextField()
    name = peewee.TextField()
    tenant_id = peewee.TextField()
    task_id = peewee.TextField()
    key = peewee.TextField()
    fence = peewee.BigIntegerField()
    status = peewee.TextField()
    intended_at = UtcDateTime()
    settled_at = UtcDateTime(null=True)
    outcome = JsonField(null=True)
    resolved_by = JsonField(null=True)
    reason = peewee.TextField(null=True)

    class Meta:
        table_name = "effect"
        primary_key = peewee.CompositeKey("origin", "name")
        constraints = (peewee.Check("status IN ('intended', 'done', 'unknown', 'not_done')"),)


outgoing_requests = Requests(db, feed, ("task-request", "trigger-request", "notification-request"))
Request = outgoing_requests.table
Request.add_index(Request.index(Request.source_id, name="request_source_id"))


class Tracking(Table):
    """The counts of an e-mail that was sent."""

    tenant_id = peewee.TextField()
    email_id = peewee.TextField()
    task_id = peewee.TextField()
    subject = peewee.TextField()
    sent_to = peewee.TextField()
    track_opens = peewee.BooleanField()
    track_clicks = peewee.BooleanField()
    notify_on_open = peewee.BooleanField()
    opens = peewee.IntegerField(default=0)
    clicks = peewee.IntegerField(default=0)
    replies = peewee.IntegerField(default=0)
    created_at = UtcDateTime()

    class Meta:
        table_name = "tracking"
        primary_key = peewee.CompositeKey("tenant_id", "email_id")


SearchWord = words.table

TABLES = (
    *(AiTask, Attempt, Effect, Request, Tracking, StoredFile, PublishedProcessor, Worker, Pause, Hold),
    *(SearchWord, Tenant, Person),
)
