"""The tables of what crosses to others and from them: requests, those that were heard, and the processors."""

from __future__ import annotations

import peewee

from services.workflows.models.table import Table, db, feed
from shared.columns import IdField, JsonField, UtcDateTime
from shared.requests import Requests

requests = Requests(db, feed)
AiTaskRequest, NotificationRequest = requests.ai_tasks, requests.notifications


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
