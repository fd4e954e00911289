"""Holds of customers, as workflows publishes them for the executor, which lets nothing reach who is on hold."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.people import Snapshot


class HoldSnapshot(Snapshot):
    """A hold of a customer: from and until which day, both included, in which time zone (null is the tenant's), and the
    casefolded e-mail addresses of its people."""

    customer_id = fields.String(required=True, data_key="customerId")
    customer_name = fields.String(required=True, data_key="customerName")
    reason = fields.String(required=True)
    from_on = fields.String(required=True, data_key="fromOn")
    until_on = fields.String(required=True, allow_none=True, data_key="untilOn")
    lifted = fields.Boolean(required=True)
    time_zone = fields.String(required=True, allow_none=True, data_key="timeZone")
    addresses = fields.List(fields.String(), required=True)
