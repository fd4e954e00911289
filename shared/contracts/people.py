"""The snapshots of tenants and people, which the monitor publishes, and of acts, which every service does."""

from __future__ import annotations

from marshmallow import Schema, fields

from shared.contracts.strict import StrictSchema


class Snapshot(StrictSchema):
    """The fields of every snapshot. An unknown field is an error, so that a contract is extended here first."""

    id = fields.String(required=True)
    tenant_id = fields.String(required=True, data_key="tenantId")


class Actor(Schema):
    """Who acted: a person, an AI task, a service or a schedule."""

    kind = fields.String(required=True)
    id = fields.String(required=True)
    name = fields.String(required=True)


WORKING_HOURS = {"from": "09:00", "to": "17:00"}
"""The working hours of a tenant that has set none."""


class TenantSnapshot(Snapshot):
    """A tenant; `country` (ISO 3166) decides its public holidays, `workingHours` is `{"from": "09:00", "to": "17:00"}`."""

    name = fields.String(required=True)
    time_zone = fields.String(required=True, data_key="timeZone")
    country = fields.String(required=True)
    working_hours = fields.Dict(required=True, data_key="workingHours")


class PersonSnapshot(Snapshot):
    """A person of one tenant; an `owner` anywhere is a person's id. `timeZone` and `workingHours` are null where those of the
    tenant hold."""

    name = fields.String(required=True)
    email = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    active = fields.Boolean(required=True)
    time_zone = fields.String(load_default=None, allow_none=True, data_key="timeZone")
    working_hours = fields.Dict(load_default=None, allow_none=True, data_key="workingHours")


class ActSnapshot(Snapshot):
    """One row of the audit trail."""

    at = fields.String(required=True)
    by = fields.Nested(Actor, required=True)
    verb = fields.String(required=True)
    subject_kind = fields.String(required=True, data_key="subjectKind")
    subject_id = fields.String(required=True, data_key="subjectId")
    reason = fields.String(required=True, allow_none=True)
    details = fields.Raw(required=True, allow_none=True)
    request_id = fields.String(required=True, data_key="requestId")
