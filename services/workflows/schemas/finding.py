"""The REST schemas of what is found as somebody types."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.camel import CamelSchema


class FoundCustomer(CamelSchema):
    """A customer, and what tells it apart; `stage` is the one that the days to renewal call for."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    stage = fields.String(required=True, allow_none=True)
    renewal_date = fields.Date(required=True, allow_none=True)


class FoundContact(CamelSchema):
    """A contact, and what tells them apart."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    customer_name = fields.String(required=True, allow_none=True)
    email = fields.String(required=True)


class FoundTask(CamelSchema):
    """An open task, and what tells it apart."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.String(required=True)
    due_date = fields.Date(required=True, allow_none=True)


class Found(CamelSchema):
    """The first few of each kind."""

    customers = fields.List(fields.Nested(FoundCustomer), required=True)
    contacts = fields.List(fields.Nested(FoundContact), required=True)
    tasks = fields.List(fields.Nested(FoundTask), required=True)
