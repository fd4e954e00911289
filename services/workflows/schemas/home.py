"""The REST schemas of what the first screen of a person shows."""

from __future__ import annotations

from marshmallow import fields

from services.workflows.schemas.overviews import OverviewSchema
from services.workflows.schemas.tasks import TaskSchema
from services.workflows.schemas.workflows import ExecutionSchema
from shared.contracts.camel import CamelSchema
from shared.contracts.values import Money


class CustomerAtRisk(CamelSchema):
    """A customer at risk, and when it renews."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    arr = Money(required=True)
    currency = fields.String(required=True)
    days_to_renewal = fields.Integer(required=True, allow_none=True)


class HomeSchema(CamelSchema):
    """What lies ahead, the tasks that are due this week and whether there are more, the workflows under way, and the
    customers at risk with the greatest contract value."""

    overview = fields.Nested(OverviewSchema, required=True)
    tasks = fields.List(fields.Nested(TaskSchema), required=True)
    more_tasks = fields.Boolean(required=True)
    executions = fields.List(fields.Nested(ExecutionSchema), required=True)
    at_risk = fields.List(fields.Nested(CustomerAtRisk), required=True)
