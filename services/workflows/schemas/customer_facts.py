"""The REST schemas of facts, holds and readings of customers."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import RAISE, fields, validate

from services.workflows import commands, fact_kinds
from services.workflows.fact_kinds.fact_kind import GROUPS
from shared.contracts.camel import CamelSchema
from shared.contracts.commands import CommandSchema
from shared.contracts.paging import PageArgs, page_of
from shared.contracts.strict import Flag, JsonObjectField, line, line_or_empty, optional_line, prose, whole
from shared.contracts.values import Moment

LONGEST_NOTE, LONGEST_DETAILS = 5_000, 4_096
MEASURES = ("health", "likelihood")
COUNT = 10_000_000


def note() -> fields.String:
    """A text of several lines that may be empty."""
    return fields.String(load_default="", validate=validate.Length(max=LONGEST_NOTE))


class FactStateSchema(CamelSchema):
    """A state of a kind of fact."""

    key = fields.String(required=True)
    title = fields.String(required=True)
    is_open = fields.Boolean(required=True)


class FactKindSchema(CamelSchema):
    """A kind of fact; `detailsSchema` is the JSON Schema of its details, the first state that of a new fact."""

    key = fields.String(required=True)
    group = fields.String(required=True)
    group_title = fields.String(required=True)
    title = fields.String(required=True)
    help = fields.String(required=True)
    states = fields.List(fields.Nested(FactStateSchema), required=True)
    details_schema = fields.Dict(required=True)


class FactIn(CommandSchema):
    """A fact as it is given."""

    command: ClassVar[type] = commands.AddFact

    kind = fields.String(required=True, validate=validate.OneOf([kind.key for kind in fact_kinds.KINDS]))
    state = optional_line(40)
    on = fields.Date(allow_none=True, load_default=None)
    due_on = fields.Date(allow_none=True, load_default=None)
    source = optional_line(200)
    note = note()
    details = JsonObjectField(longest=LONGEST_DETAILS, load_default=dict)


class FactPatch(FactIn):
    """What changes of a fact; its kind stays."""

    command = commands.ChangeFact

    class Meta(FactIn.Meta):
        exclude = ("kind",)

    state = line(40)


class FactSchema(CamelSchema):
    """A fact; `line` says its details in one line, `dueOn` is when it has to be dealt with."""

    id = fields.String(required=True)
    customer_id = fields.String(required=True)
    kind = fields.String(required=True)
    group = fields.String(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    state_title = fields.String(required=True)
    is_open = fields.Boolean(required=True)
    on = fields.Date(required=True, allow_none=True)
    due_on = fields.Date(required=True, allow_none=True)
    source = fields.String(required=True, allow_none=True)
    note = fields.String(required=True)
    line = fields.String(required=True)
    details = fields.Dict(required=True)
    by = fields.Dict(required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    version = fields.Integer(required=True)


class FactArgs(PageArgs):
    """Filters of the list of facts."""

    class Meta:
        unknown = RAISE

    group = fields.String(load_default=None, validate=validate.OneOf([group.key for group in GROUPS]))
    kind = fields.String(load_default=None, validate=validate.OneOf([kind.key for kind in fact_kinds.KINDS]))
    is_open = fields.Boolean(load_default=None)


class ReadingArgs(PageArgs):
    """Which part of the list of readings; as many as a chart shows when nothing is said."""

    limit = fields.Integer(load_default=200, validate=validate.Range(1, 200), metadata={"description": "Rows a page."})


class HoldIn(CommandSchema):
    """A hold as it is given."""

    command: ClassVar[type] = commands.PlaceHold

    reason = prose(500, required=True)
    from_on = fields.Date(allow_none=True, load_default=None)
    until_on = fields.Date(allow_none=True, load_default=None)
    asked_by = optional_line(200)
    exceptions = fields.List(line(200), load_default=list, validate=validate.Length(max=20))


class LiftIn(CamelSchema):
    """Why a hold is lifted."""

    reason = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=500))


class HoldSchema(CamelSchema):
    """A hold of a customer; both days are included, and without `untilOn` it stands until it is lifted."""

    id = fields.String(required=True)
    reason = fields.String(required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True, allow_none=True)
    asked_by = fields.String(required=True, allow_none=True)
    exceptions = fields.List(fields.String(), required=True)
    by = fields.Dict(required=True)
    created_at = Moment(required=True)
    lifted_at = Moment(required=True, allow_none=True)
    lifted_by = fields.Dict(required=True, allow_none=True)
    lifted_reason = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


class ScoreIn(CommandSchema):
    """A reading of a score as it is given."""

    command: ClassVar[type] = commands.AddScore

    measure = fields.String(required=True, validate=validate.OneOf(MEASURES))
    value = whole(0, 100, required=True)
    on = fields.Date(allow_none=True, load_default=None)
    source = optional_line(200)
    note = note()


class ScoreSchema(CamelSchema):
    """A score as it was given on a day."""

    id = fields.String(required=True)
    measure = fields.String(required=True)
    on = fields.Date(required=True)
    value = fields.Integer(required=True)
    source = fields.String(required=True)
    note = fields.String(required=True)


class UsageIn(CommandSchema):
    """A usage reading as it is given; `active` null says that there is no data, which is not 0."""

    command: ClassVar[type] = commands.AddUsage

    on = fields.Date(required=True)
    product = line_or_empty(100, load_default="")
    site = line_or_empty(100, load_default="")
    active = whole(0, COUNT, allow_none=True, load_default=None)
    licensed = whole(0, COUNT, allow_none=True, load_default=None)
    live = Flag(load_default=True)
    source = optional_line(200)
    note = note()


class UsageReadingSchema(CamelSchema):
    """The use of a product at a site on a day."""

    id = fields.String(required=True)
    product = fields.String(required=True)
    site = fields.String(required=True)
    on = fields.Date(required=True)
    active = fields.Integer(required=True, allow_none=True)
    licensed = fields.Integer(required=True, allow_none=True)
    live = fields.Boolean(required=True)
    source = fields.String(required=True, allow_none=True)
    note = fields.String(required=True)


FactPage = page_of(FactSchema)
HoldPage = page_of(HoldSchema)
FactKindPage = page_of(FactKindSchema)
ScorePage = page_of(ScoreSchema)
UsagePage = page_of(UsageReadingSchema)
