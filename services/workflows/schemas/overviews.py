"""The REST schemas of the overview of what a person or a team has before them."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.camel import CamelSchema
from shared.contracts.strict import an_id
from shared.contracts.values import Money


class OverviewArgs(CamelSchema):
    """Whose overview, and how many days of renewals; without an owner, everybody's."""

    owner = an_id(load_default=None)
    days = fields.Integer(load_default=90, validate=validate.Range(1, 366))


class TaskCountsSchema(CamelSchema):
    """Tasks that people have to do; `week` are those due later this week."""

    open = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    today = fields.Integer(required=True)
    week = fields.Integer(required=True)


class AmountSchema(CamelSchema):
    """Renewals in one currency."""

    currency = fields.String(required=True)
    customers = fields.Integer(required=True)
    arr = Money(required=True)
    at_risk = fields.Integer(required=True)
    arr_at_risk = Money(required=True)


class BandSchema(CamelSchema):
    """The renewals of a stage."""

    stage = fields.String(required=True)
    name = fields.String(required=True)
    amounts = fields.List(fields.Nested(AmountSchema), required=True)


class AheadSchema(CamelSchema):
    """What one person has before them; `owner` null is what belongs to nobody."""

    owner = fields.String(required=True, allow_none=True)
    tasks = fields.Nested(TaskCountsSchema, required=True)
    amounts = fields.List(fields.Nested(AmountSchema), required=True)


class OverviewSchema(CamelSchema):
    """Tasks by their day and renewals by stage, the most urgent first, with a line a person."""

    today = fields.Date(required=True)
    days = fields.Integer(required=True)
    tasks = fields.Nested(TaskCountsSchema, required=True)
    renewals = fields.List(fields.Nested(BandSchema), required=True)
    people = fields.List(fields.Nested(AheadSchema), required=True)
