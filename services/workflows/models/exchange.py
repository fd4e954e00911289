"""The tables of what crosses to others and from them: requests, those that were heard, and copies of what others own."""

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


class Tenant(Table):
    """A copy of the monitor's tenant: whose mornings and holidays count here."""

    id = IdField()
    name = peewee.TextField()
    time_zone = peewee.TextField()
    country = peewee.TextField()
    source_version = peewee.BigIntegerField()

    class Meta:
        table_name = "tenant"


class Person(Table):
    """A copy of the monitor's person: who may own something."""

    id = IdField()
    tenant_id = peewee.TextField(index=True)
    name = peewee.TextField()
    email = peewee.TextField()
    active = peewee.BooleanField()
    source_version = peewee.BigIntegerField()

    class Meta:
        table_name = "person"


class Processor(Table):
    """A copy of the executor's processor: what it is called, and what its metadata must look like."""

    id = IdField()
    version_name = peewee.TextField()
    description = peewee.TextField()
    metadata_schema = JsonField()
    source_version = peewee.BigIntegerField()

    class Meta:
        table_name = "processor"
