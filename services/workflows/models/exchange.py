"""The tables of requests to other services and of fulfilled requests of others, and the replica of the processors."""

from __future__ import annotations

import peewee

from services.workflows.models.database import Table, db, feed
from shared.database.fields import IdField, JsonField, UtcDateTime
from shared.feed.outgoing_requests import Requests

outgoing_requests = Requests(db, feed, ("ai-task-request", "ai-task-removal-request", "notification-request"))
Request = outgoing_requests.table


class HeardRequest(Table):
    """The id of another service's request that was fulfilled. It is kept even if the result was deleted."""

    id = IdField()
    kind = peewee.TextField()
    heard_at = UtcDateTime()

    class Meta:
        table_name = "heard_request"


class Processor(Table):
    """The replica of a processor: its description, and the JSON Schema of its metadata."""

    id = IdField()
    version_name = peewee.TextField()
    description = peewee.TextField()
    metadata_schema = JsonField()
    source_version = peewee.BigIntegerField()

    class Meta:
        table_name = "processor"
