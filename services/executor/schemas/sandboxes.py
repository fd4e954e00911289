"""The REST schemas of the sandbox CRM and the local mailbox."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from shared.contracts.paging import PageArgs, page_of
from shared.contracts.strict import Flag, StrictSchema, line

SHORT = 64


class ActivitySchema(Schema):
    """An activity of the sandbox CRM, with the key of the effect that logged it."""

    id = fields.String(required=True)
    subject = fields.String(required=True, data_key="Subject", attribute="Subject")
    description = fields.String(required=True, data_key="Description", attribute="Description")
    key = fields.String(required=True)
    created = fields.String(required=True, data_key="CreatedDate", attribute="CreatedDate")


class OpportunitySchema(Schema):
    """An opportunity of the sandbox CRM, under the CRM's own field names."""

    id = fields.String(required=True)
    name = fields.String(required=True, data_key="Name", attribute="Name")
    primary_contact = fields.String(
        required=True, allow_none=True, data_key="Primary_Contact__c", attribute="Primary_Contact__c"
    )
    previous_contact = fields.String(
        required=True, allow_none=True, data_key="Previous_Contact__c", attribute="Previous_Contact__c"
    )
    modified = fields.String(required=True, data_key="LastModifiedDate", attribute="LastModifiedDate")
    activities = fields.List(fields.Nested(ActivitySchema), required=True)


class CrmFaultIn(StrictSchema):
    """How the sandbox CRM fails from now on, for one opportunity."""

    opportunity_id = line(SHORT, required=True, data_key="opportunityId")
    error = fields.String(
        required=True,
        validate=validate.Regexp(r"^[A-Z_]{1,64}$"),
        metadata={"description": "An error code, such as TIMEOUT."},
    )
    times = fields.Integer(load_default=1, strict=True, validate=validate.Range(0, 1000))
    after_commit = Flag(load_default=False, data_key="afterCommit")
    fields_ = fields.List(
        line(SHORT),
        load_default=list,
        data_key="fields",
        validate=validate.Length(max=10),
        metadata={"description": "The fields that the error blames."},
    )


class MailArgs(PageArgs):
    """Filters of the mailbox."""

    q = fields.String(
        load_default=None,
        validate=validate.Length(1, 200),
        metadata={"description": "Part of the subject, or of a recipient's address."},
    )


class MailItem(Schema):
    """A mail as lists show it."""

    id = fields.String(required=True)
    sent_at = fields.String(required=True, data_key="sentAt")
    sender = fields.String(required=True, data_key="from")
    to = fields.List(fields.String(), required=True, metadata={"description": "The recipients' addresses."})
    subject = fields.String(required=True)
    message_id = fields.String(required=True, data_key="messageId")
    is_invitation = fields.Boolean(required=True, data_key="isInvitation")


class HeaderSchema(Schema):
    """A header of a mail."""

    name = fields.String(required=True)
    value = fields.String(required=True)


class AttachmentSchema(Schema):
    """A part of a mail beside its text, without its bytes."""

    name = fields.String(required=True)
    media_type = fields.String(required=True, data_key="mediaType")


class MailSchema(MailItem):
    """A mail, whole: its text and its invitation as text, never rendered."""

    key = fields.String(required=True, metadata={"description": "The key of the effect that sent it."})
    headers = fields.List(fields.Nested(HeaderSchema), required=True)
    text = fields.String(required=True)
    ics = fields.String(
        required=True, allow_none=True, metadata={"description": "The invitation that it carries (iCalendar)."}
    )
    attachments = fields.List(fields.Nested(AttachmentSchema), required=True)


MailPage = page_of(MailItem)
