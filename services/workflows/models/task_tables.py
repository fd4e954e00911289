"""The tables beside that of tasks: comments on them, and what was done with many at once."""

from __future__ import annotations

import peewee

from services.workflows.models.database import Table
from shared.database.fields import IdField, JsonField, UtcDateTime


class TaskComment(Table):
    """A comment on a task; `mentions` are people's ids."""

    noun = "comment"

    id = IdField()
    tenant_id = peewee.TextField()
    task_id = peewee.TextField()
    body = peewee.TextField()
    mentions = JsonField(default=list)
    by = JsonField()
    at = UtcDateTime()
    deleted_at = UtcDateTime(null=True)
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "task_comment"
        indexes = ((("tenant_id", "task_id", "at", "id"), False),)


class TaskBatch(Table):
    """One action on many tasks: a receipt a task, and what each changed one was before, so that it can be taken back."""

    noun = "batch of tasks"

    id = IdField()
    tenant_id = peewee.TextField()
    action = peewee.TextField()
    by = JsonField()
    receipts = JsonField()
    changes = JsonField()
    created_at = UtcDateTime()
    undone_at = UtcDateTime(null=True)
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "task_batch"
        indexes = ((("created_at",), False),)
