"""The REST schemas of notifications, and of what people choose of them."""

from __future__ import annotations

from marshmallow import fields, validate

from services.monitor import notifying
from services.monitor.schemas.shapes import Moment
from shared.contracts.camel import CamelSchema
from shared.contracts.paging import PageArgs, page_of
from shared.contracts.strict import StrictSchema, line, whole


class NotificationArgs(PageArgs):
    """Which notifications."""

    unread = fields.Boolean(load_default=False)


class NotificationSchema(CamelSchema):
    """A notification for the person who asks; `recipientId` is null when it is for everybody."""

    id = fields.String(required=True)
    tenant_id = fields.String(required=True)
    recipient_id = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    link = fields.String(required=True, allow_none=True)
    created_at = Moment(required=True)
    read_at = Moment(required=True, allow_none=True)
    group_id = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The run that it is of; those of one run and kind are told in one line."},
    )


class NotificationSettingsSchema(StrictSchema):
    """What a person wants to be told. Kinds that are `muted` are not shown in the console; the daily digest mails those
    that are `mailed`, at `digestHour` in `timeZone`, or is not sent when that is null."""

    muted = fields.List(fields.String(validate=validate.OneOf(list(notifying.KINDS))), required=True)
    mailed = fields.List(fields.String(validate=validate.OneOf(list(notifying.KINDS))), required=True)
    digest_hour = whole(0, 23, load_default=None, allow_none=True, data_key="digestHour")
    time_zone = line(64, required=True, data_key="timeZone")


NotificationPage = page_of(NotificationSchema)


class CountSchema(CamelSchema):
    """How many, counted up to a hundred."""

    unread = fields.Integer(required=True)
