"""The REST schemas of templates."""

from __future__ import annotations

from marshmallow import fields, validate

from services.runs.action_types.registry import ACTION_TYPES_BY_NAME
from services.runs.schemas.configs import StepsSchema, steps_field
from services.runs.templates import SaveTemplate
from shared.contracts.camel import CamelSchema, StoredSchema
from shared.contracts.commands import CommandSchema
from shared.contracts.paging import page_of
from shared.contracts.strict import line
from shared.contracts.values import Moment


class TemplateIn(StepsSchema, CommandSchema):
    """A template as it is given."""

    command = SaveTemplate

    name = line(200, required=True)
    description = fields.String(load_default="", validate=validate.Length(max=5_000))
    steps = steps_field(required=True)


class TemplateSchema(CamelSchema):
    """A template as lists show it; `version` is the number of its newest version."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True)
    built_in = fields.Boolean(required=True)
    version = fields.Integer(required=True)
    steps_total = fields.Integer(required=True)
    updated_at = Moment(required=True, allow_none=True)


class TemplateStep(StoredSchema):
    """A step of a template."""

    key = fields.String(required=True)
    order_index = fields.Integer(required=True)
    action_type = fields.String(required=True, validate=validate.OneOf(tuple(ACTION_TYPES_BY_NAME)))
    title = fields.String(required=True)
    description = fields.String(required=True)
    config = fields.Dict(required=True)


class TemplateDetail(TemplateSchema):
    """A template with its steps."""

    steps = fields.List(fields.Nested(TemplateStep), required=True)


TemplatePage = page_of(TemplateSchema)
