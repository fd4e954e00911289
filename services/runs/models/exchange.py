"""Requests to other services, and the tables of calls, and of the mails, invitations and tasks that were requested."""

from __future__ import annotations

import peewee

from services.runs.models.database import Table, db, feed
from shared.database.fields import IdField, JsonField, UtcDateTime
from shared.feed.outgoing_requests import Requests

outgoing_requests = Requests(db, feed, ("ai-task-request", "task-request", "notification-request"))
Request = outgoing_requests.table


class Meeting(Table):
    """A call with a partnership. It keeps one `uid`; `sequence` grows with each change that its guests are told of."""

    noun = "meeting"

    id = IdField()
    tenant_id = peewee.TextField()
    partnership_id = peewee.TextField()
    run_id = peewee.TextField(null=True)
    step_id = peewee.TextField(null=True)
    row_id = peewee.TextField(null=True)
    owner = peewee.TextField(null=True)
    uid = peewee.TextField(unique=True)
    sequence = peewee.IntegerField(default=0)
    title = peewee.TextField()
    description = peewee.TextField(default="")
    starts_at = UtcDateTime()
    ends_at = UtcDateTime()
    time_zone = peewee.TextField()
    attendees = JsonField(default=list)
    status = peewee.TextField()
    created_at = UtcDateTime()
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "meeting"
        indexes = (
            (("tenant_id", "owner", "starts_at"), False),
            (("tenant_id", "partnership_id", "starts_at"), False),
            (("step_id",), False),
            (("row_id",), False),
        )


class Delivery(Table):
    """A mail or an invitation. Its id is that of the first AI task of its retry chain; `task_id` is the latest.

    `task_number` and `task_version` are the position in the chain and the version of the update that `status` comes
    from: queued, sent, failed, unknown, cancelled or withdrawn. Until `leaves_at` it can be taken back; `undoes` is what
    that restores: the row as it was, the verb of the call with its earlier times, and the failure of a delivery that is
    sent again.
    """

    id = IdField()
    tenant_id = peewee.TextField()
    kind = peewee.TextField()
    partnership_id = peewee.TextField(null=True)
    run_id = peewee.TextField(null=True)
    step_id = peewee.TextField(null=True)
    row_id = peewee.TextField(null=True)
    meeting_id = peewee.TextField(null=True)
    recipients = JsonField()
    subject = peewee.TextField()
    body = peewee.TextField(default="")
    status = peewee.TextField()
    error = peewee.TextField(null=True)
    task_id = peewee.TextField()
    task_number = peewee.IntegerField(default=0)
    task_version = peewee.BigIntegerField(default=0)
    by = JsonField()
    leaves_at = UtcDateTime(null=True)
    undoes = JsonField(null=True)
    created_at = UtcDateTime()
    settled_at = UtcDateTime(null=True)
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "delivery"
        indexes = (
            (("step_id", "created_at"), False),
            (("task_id",), False),
            (("tenant_id", "partnership_id", "created_at"), False),
        )


class RequestedTask(Table):
    """A task for a person that was requested from workflows under this id; its `status` is "asked" until workflows has
    it."""

    id = IdField()
    tenant_id = peewee.TextField()
    partnership_id = peewee.TextField(null=True)
    partnership_name = peewee.TextField(null=True)
    run_id = peewee.TextField(null=True)
    step_id = peewee.TextField(null=True)
    title = peewee.TextField()
    description = peewee.TextField(default="")
    priority = peewee.IntegerField()
    due_date = peewee.DateField(null=True)
    owner = peewee.TextField(null=True)
    status = peewee.TextField()
    task_version = peewee.BigIntegerField(default=0)
    by = JsonField()
    created_at = UtcDateTime()

    class Meta:
        table_name = "asked_task"
        indexes = ((("step_id", "created_at"), False), (("tenant_id", "partnership_id", "created_at"), False))
