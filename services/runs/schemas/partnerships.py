"""The REST schemas of partnerships and their activities."""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import RAISE, fields, validate

from services.runs import activities
from services.runs.activities import LogActivity
from services.runs.fields import PartnerSchema, Stage, web_address
from services.runs.models.partnerships import SORTS
from services.runs.partnerships import ChangePartnership, CreatePartnership
from services.runs.states import STAGES
from services.runs.task_requests import RequestTask
from shared.contracts.camel import CamelSchema, time_zone
from shared.contracts.commands import CommandSchema
from shared.contracts.paging import PageArgs, page_of
from shared.contracts.strict import an_id, line, line_or_empty, optional_line, whole
from shared.contracts.values import Moment

LONGEST_TEXT = 20_000


class PartnershipIn(CommandSchema):
    """A partnership as it is given; what is left out has the default of the verb."""

    command: ClassVar[type[Any]] = CreatePartnership

    name = line(200, required=True)
    external_id = line(100, allow_none=True)
    stage = Stage()
    owner = an_id(allow_none=True)
    priority = whole(1, 5)
    description = fields.String(allow_none=True, validate=validate.Length(max=LONGEST_TEXT))
    source = line_or_empty(200, allow_none=True)
    website = web_address()
    time_zone = fields.String(allow_none=True, validate=time_zone)
    contacts = fields.List(fields.Nested(PartnerSchema), validate=validate.Length(max=20))
    mou_sent_on = fields.Date(allow_none=True)
    mou_viewed_on = fields.Date(allow_none=True)
    mou_signed_on = fields.Date(allow_none=True)
    next_call_on = fields.Date(allow_none=True)


class PartnershipPatch(PartnershipIn):
    """What changes of a partnership; contacts as a whole."""

    command = ChangePartnership

    name = line(200)


class LastActivity(CamelSchema):
    """What happened last."""

    kind = fields.String(required=True)
    at = Moment(required=True)
    summary = fields.String(required=True)


class PartnershipSchema(CamelSchema):
    """A partnership. `lastContactAt`, `lastHeardAt` and `lastActivity` follow from its activities; null is never."""

    id = fields.String(required=True)
    external_id = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    stage = fields.String(required=True, validate=validate.OneOf(STAGES))
    owner = fields.String(required=True, allow_none=True)
    priority = fields.Integer(required=True)
    description = fields.String(required=True)
    source = fields.String(required=True, allow_none=True)
    website = fields.String(required=True, allow_none=True)
    time_zone = fields.String(required=True, allow_none=True)
    contacts = fields.List(fields.Nested(PartnerSchema), required=True)
    mou_sent_on = fields.Date(required=True, allow_none=True)
    mou_viewed_on = fields.Date(required=True, allow_none=True)
    mou_signed_on = fields.Date(required=True, allow_none=True)
    next_call_on = fields.Date(required=True, allow_none=True)
    last_contact_at = Moment(required=True, allow_none=True)
    days_since_contact = fields.Integer(required=True, allow_none=True)
    last_heard_at = Moment(required=True, allow_none=True)
    last_activity = fields.Nested(LastActivity, required=True, allow_none=True)
    stage_changed_at = Moment(required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    version = fields.Integer(required=True)
    next_stages = fields.List(fields.String(), required=True)


class PartnershipArgs(PageArgs):
    """Filters of the list of partnerships."""

    class Meta:
        unknown = RAISE

    stage = Stage(load_default=None)
    no_contact_days = fields.Integer(
        load_default=None,
        validate=validate.Range(1, 3650),
        metadata={"description": "Nobody in contact for so many days; of the open stages unless a stage is named."},
    )
    owner = fields.String(
        load_default=None, validate=validate.Length(1, 80), metadata={"description": "A person's id, or `me`."}
    )
    priority = fields.Integer(load_default=None, validate=validate.Range(1, 5))
    q = fields.String(
        load_default=None,
        validate=validate.Length(max=200),
        metadata={"description": "Beginnings of words of its name, or of its contacts' names and e-mail addresses."},
    )
    sort = fields.String(
        load_default="name",
        validate=validate.OneOf(SORTS),
        metadata={"description": "A column; with `-` before it, from its highest value on."},
    )


class ActivityIn(CommandSchema):
    """What happened, told by a person."""

    command = LogActivity

    kind = fields.String(required=True, validate=validate.OneOf(activities.LOGGED))
    at = Moment(allow_none=True, load_default=None)
    summary = optional_line(500)
    body = fields.String(load_default="", validate=validate.Length(max=LONGEST_TEXT))


class PartnershipTaskIn(CommandSchema):
    """A task that a person requests about a partnership."""

    command = RequestTask

    title = line(200, required=True)
    description = fields.String(validate=validate.Length(max=LONGEST_TEXT))
    priority = whole(1, 5)
    due_date = fields.Date(allow_none=True)
    owner = an_id(allow_none=True)


class RequestedTaskSchema(CamelSchema):
    """A task that was requested from workflows; it has the same id there."""

    id = fields.String(required=True)
    partnership_id = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    priority = fields.Integer(required=True)
    due_date = fields.Date(required=True, allow_none=True)
    owner = fields.String(required=True, allow_none=True)
    status = fields.String(required=True, metadata={"description": "`asked` until workflows has it."})
    created_at = Moment(required=True)


class ActivityActor(CamelSchema):
    """Who did it."""

    kind = fields.String(required=True)
    id = fields.String(required=True)
    name = fields.String(required=True)


class ActivitySchema(CamelSchema):
    """Something that happened with a partnership."""

    id = fields.String(required=True)
    partnership_id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(activities.KINDS))
    at = Moment(required=True)
    summary = fields.String(required=True)
    body = fields.String(required=True)
    by = fields.Nested(ActivityActor, required=True)
    run_id = fields.String(required=True, allow_none=True)
    step_id = fields.String(required=True, allow_none=True)
    details = fields.Raw(required=True, allow_none=True)
    created_at = Moment(required=True)


class ImportLine(CamelSchema):
    """What became of one line of the file; the header is line 1."""

    line = fields.Integer(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(("created", "updated", "unchanged", "refused")))
    id = fields.String(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    reasons = fields.List(fields.String(), required=True)


class ImportReceipt(CamelSchema):
    """The receipt of an import."""

    rows = fields.List(fields.Nested(ImportLine), required=True)
    created = fields.Integer(required=True)
    updated = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    dry_run = fields.Boolean(required=True)
    import_id = fields.String(required=True, allow_none=True, metadata={"description": "Null for a dry run."})


PartnershipPage = page_of(PartnershipSchema)
ActivityPage = page_of(ActivitySchema)
