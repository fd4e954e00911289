"""The REST schemas of comments."""

from __future__ import annotations

from marshmallow import fields, validate

from services.runs.commenting import AddComment
from shared.contracts.camel import CamelSchema
from shared.contracts.commands import CommandSchema
from shared.contracts.paging import page_of
from shared.contracts.strict import an_id, prose
from shared.contracts.values import Moment

LONGEST = 5_000


class CommentIn(CommandSchema):
    """What somebody says of a run, or of a step of it; `mentions` besides those in the text (@Name, @address)."""

    command = AddComment

    body = prose(LONGEST, required=True)
    step_id = an_id(allow_none=True, load_default=None)
    mentions = fields.List(an_id(), load_default=list, validate=validate.Length(max=50))


class CommentSchema(CamelSchema):
    """A comment."""

    id = fields.String(required=True)
    run_id = fields.String(required=True)
    step_id = fields.String(required=True, allow_none=True)
    body = fields.String(required=True)
    mentions = fields.List(fields.String(), required=True)
    by = fields.Dict(required=True)
    at = Moment(required=True)
    version = fields.Integer(required=True)


CommentPage = page_of(CommentSchema)
