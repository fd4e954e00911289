"""The tables of what crosses to others and from them: requests, those that were heard, and the processors."""

from __future__ import annotations

import peewee

from services.workflows.models.table import Table
from shared.database import IdField, JsonField, UtcDateTime


class AiTaskRequest(Table):
    """Wanted of the executor: an AI task with this row's id."""

    id = IdField()
    tenant_id = peewee.TextField()
    title = peewee.TextField()
    processor = peewee.TextField()
    metadata = JsonField()
    priority = peewee.IntegerField()
    subject = peewee.TextField(null=True)
    source_kind = peewee.TextField()
    source_id = peewee.TextField()
    retry_of = peewee.TextField(null=True)
    by = JsonField()
    created_at = UtcDateTime()

    class Meta:
        table_name = "ai_task_request"


class NotificationRequest(Table):
    """Wanted of the monitor: that people are told."""

    id = IdField()
    tenant_id = peewee.TextField()
    recipient_id = peewee.TextField(null=True)
    kind = peewee.TextField()
    title = peewee.TextField()
    body = peewee.TextField()
    link = peewee.TextField(null=True)
    by = JsonField()
    created_at = UtcDateTime()

    class Meta:
        table_name = "notification_request"


class HeardRequest(Table):
    """A request of another service that was fulfilled; what became of it since does not bring it back."""

    id = IdField()
    kind = peewee.TextField()
    heard_at = UtcDateTime()

    class Meta:
        table_name = "heard_request"


class Processor(Table):
    """A copy of the executor's processor: what it is called, and what its metadata must look like."""

    id = IdField()
    version_name = peewee.TextField()
    description = peewee.TextField()
    metadata_schema = JsonField()
    source_version = peewee.BigIntegerField()

    class Meta:
        table_name = "processor"
