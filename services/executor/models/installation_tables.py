"""The tables of what AI tasks work with: stored files, published processors, workers, pauses, replicas of holds, tenants and
people."""

from __future__ import annotations

import peewee

from services.executor.models.database import Table, db
from shared.database.fields import IdField, JsonField, UtcDateTime
from shared.feed.replicas import People, Tenants


class StoredFile(Table):
    """A file in the file store, by the SHA-256 of its content; `name` and `media_type` are those with which it came
    first."""

    tenant_id = peewee.TextField()
    sha256 = peewee.TextField()
    name = peewee.TextField()
    media_type = peewee.TextField()
    size = peewee.BigIntegerField()
    created_at = UtcDateTime()
    by = JsonField()

    class Meta:
        table_name = "stored_file"
        primary_key = peewee.CompositeKey("tenant_id", "sha256")


class PublishedProcessor(Table):
    """A processor as last published. It belongs to all tenants and has no tenant id."""

    name = peewee.TextField(primary_key=True)
    version = peewee.TextField()
    description = peewee.TextField()
    metadata_schema = JsonField()
    dry_run = peewee.BooleanField()
    deadline_seconds = peewee.FloatField()

    class Meta:
        table_name = "processor"


class Worker(Table):
    """A worker process and when it last said that it is alive. It works for all tenants and has no tenant id."""

    id = IdField()
    name = peewee.TextField()
    started_at = UtcDateTime()
    seen_at = UtcDateTime(index=True)
    slots = peewee.IntegerField()
    busy = peewee.IntegerField()

    class Meta:
        table_name = "worker"


class Pause(Table):
    """Tasks that are not claimed: of a processor or of all ("") of a tenant or of all ("*"); see models/pauses.py."""

    tenant_id = peewee.TextField()
    processor = peewee.TextField()
    by = JsonField()
    reason = peewee.TextField(null=True)
    paused_at = UtcDateTime()

    class Meta:
        table_name = "pause"
        primary_key = peewee.CompositeKey("tenant_id", "processor")


class Hold(Table):
    """The replica of a hold of a customer: from and until which day, and the casefolded addresses of its people."""

    id = IdField()
    tenant_id = peewee.TextField()
    customer_id = peewee.TextField()
    customer_name = peewee.TextField()
    reason = peewee.TextField()
    from_on = peewee.DateField()
    until_on = peewee.DateField(null=True)
    lifted = peewee.BooleanField()
    time_zone = peewee.TextField(null=True)
    addresses = JsonField()
    source_version = peewee.BigIntegerField()

    class Meta:
        table_name = "hold"
        indexes = ((("tenant_id", "lifted"), False),)


tenants, people = Tenants(db), People(db)
Tenant, Person = tenants.table, people.table
