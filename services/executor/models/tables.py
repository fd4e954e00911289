"""The tables of the executor: AI tasks, attempts, effects, requests to others, trackings, and copies of tenants."""

from __future__ import annotations

import peewee

from shared import database
from shared.acts import Acts
from shared.columns import IdField, JsonField, UtcDateTime
from shared.feed import Feed
from shared.idempotency import Idempotency

db = database.later()
feed = Feed("executor", db)
acts = Acts(db, feed)
idempotency = Idempotency(db, feed)


class Table(peewee.Model):
    """Every table of this context is in its one database."""

    class Meta:
        database = db


class AiTask(Table):
    """Work that a machine does: queued, claimed under a lease, finished once. A finished one is never changed again.

    `lease` only grows; whoever writes with another number has lost the task. `losses` counts the leases that lapsed.
    `origin` is the first task of the chain of retries that this one belongs to, `retry_number` its place in it.
    """

    id = IdField()
    tenant_id = peewee.TextField()
    title = peewee.TextField()
    processor = peewee.TextField()
    metadata = JsonField()
    input_hash = peewee.TextField()
    priority = peewee.IntegerField()
    created_at = UtcDateTime()
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
        """Whose task this is: `{service, kind, id}`, or None."""
        if self.source_id is None:
            return None
        return {"service": str(self.source_service), "kind": str(self.source_kind), "id": self.source_id}

    @property
    def duration_ms(self) -> int | None:
        """From the first start to the end, in whole milliseconds; None before the end."""
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


# The conditions stand as literal text, here and in the statements: neither engine uses a partial index for a bound
# parameter. The columns behind the order make the claim's search answer from the index alone, whatever it has to pass
# over.
AiTask.add_index(
    AiTask.index(
        AiTask.priority,
        AiTask.created_at,
        AiTask.id,
        AiTask.available_at,
        AiTask.processor,
        AiTask.losses,
        where=peewee.SQL("status = 'queued'"),
        name="ai_task_queued",
    )
)
AiTask.add_index(AiTask.index(AiTask.lease_until, where=peewee.SQL("status = 'running'"), name="ai_task_running"))


class Attempt(Table):
    """One claim of a task and what came of it; `number` counts the attempts that the task was charged with."""

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
    """One change outside, made once for a chain of retries. `fence` is that of the last attempt that took it in
    hand."""

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


class Request(Table):
    """A change wanted in another context, told in the feed from `release_at` on. Its owner makes its row with this
    id."""

    id = IdField()
    tenant_id = peewee.TextField()
    kind = peewee.TextField()
    task_id = peewee.TextField(index=True)
    body = JsonField()
    created_at = UtcDateTime()
    release_at = UtcDateTime()
    released = peewee.BooleanField()

    class Meta:
        table_name = "request"


Request.add_index(Request.index(Request.release_at, where=peewee.SQL("NOT released"), name="request_held"))


class Tracking(Table):
    """What is counted about an e-mail that was sent."""

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


class OfferedProcessor(Table):
    """A processor as it was last told to the others; rows of all tenants' concern, so without one."""

    name = peewee.TextField(primary_key=True)
    version = peewee.TextField()
    description = peewee.TextField()
    metadata_schema = JsonField()
    dry_run = peewee.BooleanField()
    deadline_seconds = peewee.FloatField()

    class Meta:
        table_name = "processor"


class Tenant(Table):
    """A copy of the monitor's tenant: whose days and mornings count here."""

    id = IdField()
    name = peewee.TextField()
    time_zone = peewee.TextField()
    country = peewee.TextField()
    source_version = peewee.BigIntegerField()

    class Meta:
        table_name = "tenant"


TABLES = (AiTask, Attempt, Effect, Request, Tracking, OfferedProcessor, Tenant)
