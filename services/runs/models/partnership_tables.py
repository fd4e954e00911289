"""The tables of partnerships, their activities and objectives."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import peewee

from services.runs.models.database import Table
from shared.database.fields import IdField, JsonField, UtcDateTime

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for "not yet" in the `last_..._at` columns, which hold no NULL, so that lists can sort by them."""


class Partnership(Table):
    """An organisation that the team works with. `contacts` is `[{name, email, title}]`, the first the main one.

    `last_contact_at`, `last_heard_at` and the `last_activity` columns follow from its activities; nobody enters them.
    """

    noun = "partnership"

    id = IdField()
    tenant_id = peewee.TextField()
    external_id = peewee.TextField(null=True)
    name = peewee.TextField()
    name_key = peewee.TextField()
    stage = peewee.TextField()
    owner = peewee.TextField(null=True)
    priority = peewee.IntegerField()
    description = peewee.TextField(default="")
    source = peewee.TextField(null=True)
    website = peewee.TextField(null=True)
    time_zone = peewee.TextField(null=True)
    contacts = JsonField(default=list)
    mou_sent_on = peewee.DateField(null=True)
    mou_viewed_on = peewee.DateField(null=True)
    mou_signed_on = peewee.DateField(null=True)
    next_call_on = peewee.DateField(null=True)
    last_contact_at = UtcDateTime(default=NEVER)
    last_heard_at = UtcDateTime(default=NEVER)
    last_activity_kind = peewee.TextField(null=True)
    last_activity_at = UtcDateTime(default=NEVER)
    stage_changed_at = UtcDateTime()
    created_at = UtcDateTime()
    updated_at = UtcDateTime()
    deleted_at = UtcDateTime(null=True)
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "partnership"
        indexes = ((("tenant_id", "external_id"), True),)


MOVING = peewee.SQL(
    "(stage = 'New Lead' AND last_heard_at > '1970-01-01 00:00:00.000000' AND last_heard_at >= stage_changed_at"
    " OR stage = 'Conversation Active' AND mou_sent_on IS NOT NULL"
    " OR stage = 'MOU Sent' AND mou_signed_on IS NOT NULL"
    " OR stage = 'MOU Signed' AND (last_heard_at > mou_signed_on OR mou_signed_on IS NULL AND last_heard_at > stage_changed_at))"
)
"""Partnerships whose own columns say that they belong in another stage; it may match too many, never too few. It must
be spelled exactly as in the index `partnership_moving`, or neither database uses that index."""


def _index(name: str, *columns: str, where: Any = None) -> None:
    present = Partnership.deleted_at.is_null()
    fields = [getattr(Partnership, column) for column in ("tenant_id", *columns)]
    Partnership.add_index(Partnership.index(*fields, name=name, where=present if where is None else present & where))


# The columns after the id are not searched by; they let the index test a row without reading it.
_index("partnership_by_name", "name_key", "id", "stage", "owner", "priority", "last_contact_at")
_index("partnership_by_contact", "last_contact_at", "id", "stage", "owner", "priority", "created_at")
_index("partnership_by_priority", "priority", "last_contact_at", "id", "stage", "owner", "created_at")
_index("partnership_by_call", "next_call_on", "priority", "id", "stage", "owner", "last_contact_at", "created_at")
_index("partnership_by_age", "created_at", "id", "stage", "owner", "priority", "last_contact_at")
_index("partnership_of_stage", "stage", "priority", "last_contact_at", "id", "last_heard_at", "created_at", "name_key")
_index("partnership_of_owner", "owner", "stage", "priority", "last_contact_at", "id", "created_at", "name_key")
_index("partnership_moving", "priority", "last_contact_at", "id", "stage", "owner", "created_at", where=MOVING)


class Activity(Table):
    """An activity of a partnership; never changed. `origin` prevents one from elsewhere from being added twice."""

    id = IdField()
    tenant_id = peewee.TextField()
    partnership_id = peewee.TextField()
    kind = peewee.TextField()
    at = UtcDateTime()
    summary = peewee.TextField()
    body = peewee.TextField(default="")
    by = JsonField()
    run_id = peewee.TextField(null=True)
    step_id = peewee.TextField(null=True)
    details = JsonField(null=True)
    origin = peewee.TextField(null=True, unique=True)
    created_at = UtcDateTime()

    class Meta:
        table_name = "activity"
        indexes = ((("tenant_id", "partnership_id", "at", "id", "kind"), False), (("run_id", "at", "id"), False))


class Objective(Table):
    """An objective with its key results: `[{id, title, unit, start, current, target}]`, numbers as decimal strings."""

    noun = "objective"

    id = IdField()
    tenant_id = peewee.TextField()
    title = peewee.TextField()
    description = peewee.TextField(default="")
    owner = peewee.TextField(null=True)
    period = peewee.TextField()
    starts_on = peewee.DateField()
    ends_on = peewee.DateField()
    status = peewee.TextField()
    key_results = JsonField(default=list)
    created_at = UtcDateTime()
    updated_at = UtcDateTime()
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "objective"
        indexes = (
            (("tenant_id", "ends_on", "id", "status", "owner"), False),
            (("tenant_id", "status", "ends_on", "id", "owner"), False),
        )
