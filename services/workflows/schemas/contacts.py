"""The REST schemas of contacts and their merges."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import RAISE, ValidationError, fields, validate, validates_schema

from services.workflows import commands
from services.workflows.schemas.customers import CURRENCY, FEW
from shared.contracts.camel import CamelSchema
from shared.contracts.commands import CommandSchema
from shared.contracts.customers import (
    CONTACT_ROLES,
    CONTACT_STATUSES,
    SENTIMENTS,
)
from shared.contracts.email_addresses import IsAddress
from shared.contracts.paging import PageArgs, page_of
from shared.contracts.strict import Flag, an_id, line, line_or_empty, optional_line
from shared.contracts.values import Moment, Money


class ContactIn(CommandSchema):
    """A contact as it is given."""

    command: ClassVar[type] = commands.AddContact

    customer_id = an_id(required=True)
    name = line(200, required=True)
    email = fields.String(allow_none=True, load_default=None, validate=[validate.Length(max=254), IsAddress()])
    title = line_or_empty(200, load_default="")
    role = fields.String(load_default="other", validate=validate.OneOf(tuple(CONTACT_ROLES)))
    status = fields.String(load_default="active", validate=validate.OneOf(CONTACT_STATUSES))
    sentiment = fields.String(load_default="unknown", validate=validate.OneOf(SENTIMENTS))
    is_primary = Flag(load_default=False)
    opted_out = Flag(load_default=False)
    last_met_on = fields.Date(allow_none=True, load_default=None)
    last_touch_on = fields.Date(allow_none=True, load_default=None)
    successor_id = an_id(allow_none=True, load_default=None)
    salesforce_id = optional_line(18)
    other_roles = fields.List(
        fields.String(validate=validate.OneOf(tuple(CONTACT_ROLES))), load_default=list, validate=FEW
    )
    signs = Flag(load_default=False)
    signing_limit = Money(allow_none=True, load_default=None)
    signing_currency = fields.String(allow_none=True, load_default=None, validate=CURRENCY)
    last_touch_by = optional_line(200)
    answered = Flag(allow_none=True, load_default=None)
    left_on = fields.Date(allow_none=True, load_default=None)
    left_to = optional_line(200)
    away_from = fields.Date(allow_none=True, load_default=None)
    away_until = fields.Date(allow_none=True, load_default=None)
    deputy_id = an_id(allow_none=True, load_default=None)
    channel = optional_line(80)
    organisation = optional_line(200)

    @validates_schema
    def away_in_order(self, data: dict, **_: object) -> None:
        """Refuse an absence that ends before it begins."""
        first, last = data.get("away_from"), data.get("away_until")
        if first and last and last < first:
            raise ValidationError("Not before the first day.", "awayUntil")


class ContactPatch(ContactIn):
    """What changes of a contact; it stays at its customer."""

    command = commands.ChangeContact

    class Meta(ContactIn.Meta):
        exclude = ("customer_id",)


class MergeIn(CommandSchema):
    """Which contact is kept, and which are merged into it."""

    command: ClassVar[type] = commands.MergeContacts

    keep_id = an_id(required=True)
    other_ids = fields.List(an_id(), required=True, validate=validate.Length(1, 20))


class ContactSchema(CamelSchema):
    """A contact. `signs` is whether the person may sign, up to `signingLimit`; `answered` whether the last touch was
    answered; `organisation` is null for the customer's own people."""

    id = fields.String(required=True)
    customer_id = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    role = fields.String(required=True)
    status = fields.String(required=True)
    sentiment = fields.String(required=True)
    is_primary = fields.Boolean(required=True)
    opted_out = fields.Boolean(required=True)
    last_met_on = fields.Date(required=True, allow_none=True)
    last_touch_on = fields.Date(required=True, allow_none=True)
    successor_id = fields.String(required=True, allow_none=True)
    salesforce_id = fields.String(required=True, allow_none=True)
    other_roles = fields.List(fields.String(), required=True)
    signs = fields.Boolean(required=True)
    signing_limit = Money(required=True, allow_none=True)
    signing_currency = fields.String(required=True, allow_none=True)
    last_touch_by = fields.String(required=True, allow_none=True)
    answered = fields.Boolean(required=True, allow_none=True)
    left_on = fields.Date(required=True, allow_none=True)
    left_to = fields.String(required=True, allow_none=True)
    away_from = fields.Date(required=True, allow_none=True)
    away_until = fields.Date(required=True, allow_none=True)
    deputy_id = fields.String(required=True, allow_none=True)
    channel = fields.String(required=True, allow_none=True)
    organisation = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


class ListedContact(ContactSchema):
    """A contact as lists show it, with the name of its customer."""

    customer_name = fields.String(required=True, allow_none=True)


class MergeSchema(CamelSchema):
    """A merge of contacts that was done; `contact` is the kept one as it is now."""

    id = fields.String(required=True)
    customer_id = fields.String(required=True)
    undone_at = Moment(required=True, allow_none=True)
    contact = fields.Nested(ContactSchema, required=True)


class ContactArgs(PageArgs):
    """Filters of the list of contacts."""

    class Meta:
        unknown = RAISE

    q = fields.String(
        load_default=None,
        validate=validate.Length(max=200),
        metadata={"description": "Beginnings of words of a name or an e-mail address."},
    )
    customer_id = an_id(load_default=None)


ContactPage = page_of(ListedContact)
