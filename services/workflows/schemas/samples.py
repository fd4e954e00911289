"""The REST schema of what there is of the samples."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.camel import CamelSchema


class SampleOverviewSchema(CamelSchema):
    """How much of the samples there is. `addedWorkflows` and `addedTasks` are those of them that people have made since,
    `kept` the customers that stay when the samples are removed; `ownCustomers` is whether there are others."""

    customers = fields.Integer(required=True)
    contacts = fields.Integer(required=True)
    contracts = fields.Integer(required=True)
    workflows = fields.Integer(required=True)
    tasks = fields.Integer(required=True)
    added_workflows = fields.Integer(required=True)
    added_tasks = fields.Integer(required=True)
    kept = fields.List(fields.String(), required=True)
    own_customers = fields.Boolean(required=True)
