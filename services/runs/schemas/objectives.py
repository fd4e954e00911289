"""The REST schemas of objectives and their key results."""

from __future__ import annotations

from marshmallow import RAISE, fields, validate

from services.runs.fields import Figure
from services.runs.objectives import ChangeObjective, CreateObjective
from services.runs.states import OBJECTIVE
from shared.contracts.camel import CamelSchema
from shared.contracts.commands import CommandSchema
from shared.contracts.paging import PageArgs, page_of
from shared.contracts.strict import an_id, line, line_or_empty
from shared.contracts.values import Moment


class KeyResultIn(CamelSchema):
    """A key result in a request. In a PATCH, one with an `id` changes the given fields; one without an `id` is
    added."""

    id = an_id()
    title = line(300)
    unit = line_or_empty(40)
    start = Figure()
    current = Figure()
    target = Figure()


class NewKeyResult(KeyResultIn):
    """A key result of a new objective. `start` defaults to 0, `current` to `start`."""

    class Meta(KeyResultIn.Meta):
        exclude = ("id",)


class ObjectiveIn(CommandSchema):
    """An objective as it is given."""

    command = CreateObjective

    title = line(300, required=True)
    description = fields.String(validate=validate.Length(max=20_000))
    owner = an_id(allow_none=True)
    period = line(40, required=True)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    key_results = fields.List(fields.Nested(NewKeyResult), load_default=list, validate=validate.Length(max=30))


class ObjectivePatch(CommandSchema):
    """The fields of an objective to change."""

    command = ChangeObjective

    title = line(300)
    description = fields.String(validate=validate.Length(max=20_000))
    owner = an_id(allow_none=True)
    period = line(40)
    starts_on = fields.Date()
    ends_on = fields.Date()
    status = fields.String(validate=validate.OneOf(OBJECTIVE.states))
    key_results = fields.List(fields.Nested(KeyResultIn), validate=validate.Length(max=30))


class KeyResultSchema(CamelSchema):
    """A key result with how far it has come."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    unit = fields.String(required=True)
    start = Figure(required=True)
    current = Figure(required=True)
    target = Figure(required=True)
    progress = fields.Float(required=True)


class ObjectiveSchema(CamelSchema):
    """An objective. `expected` is the elapsed share of its period; `behind` is true when it is open and its progress is
    more than 0.1 below that."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    owner = fields.String(required=True, allow_none=True)
    period = fields.String(required=True)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    status = fields.String(required=True, validate=validate.OneOf(OBJECTIVE.states))
    key_results = fields.List(fields.Nested(KeyResultSchema), required=True)
    progress = fields.Float(required=True)
    expected = fields.Float(required=True)
    behind = fields.Boolean(required=True)
    allowed = fields.List(fields.String(), required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    version = fields.Integer(required=True)


class ObjectiveArgs(PageArgs):
    """Filters of the list of objectives."""

    class Meta:
        unknown = RAISE

    status = fields.String(load_default=None, validate=validate.OneOf(OBJECTIVE.states))
    owner = fields.String(load_default=None, validate=validate.Length(1, 80))


ObjectivePage = page_of(ObjectiveSchema)
