"""The REST schema of what there is of the samples."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.camel import CamelSchema


class SampleOverviewSchema(CamelSchema):
    """How much of the samples there is. `kept` are the partnerships that stay when the samples are removed;
    `ownPartnerships` is whether there are others."""

    partnerships = fields.Integer(required=True)
    guided_runs = fields.Integer(required=True)
    objectives = fields.Integer(required=True)
    kept = fields.List(fields.String(), required=True)
    own_partnerships = fields.Boolean(required=True)
