"""The REST schemas of taking back mails and invitations."""

from __future__ import annotations

from marshmallow import fields, validate

from services.runs import states
from shared.contracts.camel import CamelSchema
from shared.contracts.strict import an_id
from shared.contracts.values import Moment

MOST_AT_ONCE = 200


class DeliverySchema(CamelSchema):
    """A mail or an invitation, and what became of it."""

    id = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(states.DELIVERY.states))
    error = fields.String(required=True, allow_none=True)
    row_id = fields.String(required=True, allow_none=True)
    leaves_at = Moment(required=True, allow_none=True)


class WithdrawIn(CamelSchema):
    """Which of a run's mails and invitations are taken back."""

    delivery_ids = fields.List(an_id(), required=True, validate=validate.Length(1, MOST_AT_ONCE))


class WithdrawalSchema(CamelSchema):
    """One of them: its status, or `refused` with the reason and when it left."""

    id = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf((*states.DELIVERY.states, "refused")))
    reason = fields.String(required=True, allow_none=True)
    left_at = fields.String(required=True, allow_none=True)


class WithdrawOut(CamelSchema):
    """What became of each."""

    items = fields.List(fields.Nested(WithdrawalSchema), required=True)
