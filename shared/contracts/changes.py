"""The envelope of a change: a CloudEvents 1.0 object whose data is the whole snapshot of its subject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from shared.contracts.strict import StrictSchema
from shared.ground import clock
from shared.ground.json_types import JsonObject

PREFIX = "tandem."


@dataclass(frozen=True)
class Seen:
    """The epoch and the newest generation that a reader was given last."""

    epoch: str
    generation: str


class ChangeSchema(Schema):
    """One change. `version` grows with each mark of the subject, `position` orders the feed; both are extension attributes."""

    class Meta:
        unknown = EXCLUDE

    specversion = fields.String(required=True, validate=validate.Equal("1.0"))
    id = fields.String(required=True)
    source = fields.String(required=True)
    type = fields.String(required=True)
    subject = fields.String(required=True)
    time = fields.String(required=True)
    datacontenttype = fields.String(required=True)
    tenantid = fields.String(required=True)
    version = fields.Integer(required=True)
    position = fields.Integer(required=True)
    deleted = fields.Boolean(required=True)
    data = fields.Dict(required=True)


class ChangesSchema(Schema):
    """The answer of `GET /internal/changes`. When `epoch` differs from the last one, begin at 0.

    A reader sends `epoch` and `generation` with its next request. No subject of this epoch has a version below
    `firstVersion`.
    """

    epoch = fields.String(required=True)
    generation = fields.String(required=True)
    first_version = fields.Integer(required=True, data_key="firstVersion")
    changes = fields.List(fields.Nested(ChangeSchema), required=True)
    next = fields.Integer(required=True)
    more = fields.Boolean(required=True)


class ChangesArgs(StrictSchema):
    """The query parameters: changes after `after`, of the comma-separated `kinds`."""

    after = fields.Integer(load_default=0, validate=validate.Range(0, 2**62))
    kinds = fields.String(required=True, validate=validate.Length(1, 500))
    limit = fields.Integer(load_default=200, validate=validate.Range(1, 500))
    epoch = fields.String(load_default="", validate=validate.Length(0, 80))
    generation = fields.String(load_default="", validate=validate.Length(0, 80))


class SubjectsArgs(StrictSchema):
    """The query parameters: subjects of a kind as they are now, by comma-separated ids."""

    kind = fields.String(required=True, validate=validate.Length(1, 100))
    ids = fields.String(required=True, validate=validate.Length(1, 8000))


class SubjectsSchema(Schema):
    """The answer of `GET /internal/subjects`; ids that the feed does not hold are left out."""

    changes = fields.List(fields.Nested(ChangeSchema), required=True)


def envelope(source: str, row: Any, data: JsonObject | None) -> JsonObject:
    """The CloudEvent of one feed row; without `data` the subject is deleted."""
    return {
        "specversion": "1.0",
        "id": f"{source}/{row.kind}/{row.subject_id}/{row.version}",
        "source": f"/{source}",
        "type": PREFIX + row.kind,
        "subject": row.subject_id,
        "time": clock.rfc3339(clock.now()),
        "datacontenttype": "application/json",
        "tenantid": row.tenant_id,
        "version": row.version,
        "position": row.position,
        "deleted": data is None,
        "data": data if data is not None else {"id": row.subject_id, "tenantId": row.tenant_id},
    }


def change_fields(event: JsonObject) -> dict[str, Any]:
    """The fields of a `shared.feed.consumer.Change` in an envelope."""
    return {
        "kind": event["type"].removeprefix(PREFIX),
        "subject": event["subject"],
        "version": event["version"],
        "position": event["position"],
        "tenant_id": event["tenantid"],
        "deleted": event["deleted"],
        "data": event["data"],
    }
