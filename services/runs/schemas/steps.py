"""The shapes of steps, of what they show, and of what is done in them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from services.runs import addresses, states
from services.runs.schemas.configs import ACTION_TYPES
from services.runs.schemas.objectives import Figure
from services.runs.schemas.partnerships import EMAIL, ONE_LINE, PartnerSchema, Stage
from shared.contracts.camel import CamelSchema, JsonSchema, an_id, line, optional, whole
from shared.contracts.values import Moment

LONGEST_SUBJECT = 255
LONGEST_BODY = 20_000
LONGEST_NOTE = 5_000
LONGEST_REASON = 1_000
LONGEST_DRAFT = 50_000
MOST_RECIPIENTS = 20
ONE_LINE_OR_EMPTY = validate.Regexp(r"[^\r\n]*\Z", error="More than one line.")
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class StepSchema(CamelSchema):
    """A step of a run; `allowed` are the verbs that its status and that of its run allow."""

    id = fields.String(required=True)
    key = fields.String(required=True)
    order_index = fields.Integer(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    action_type = fields.String(required=True, validate=validate.OneOf(ACTION_TYPES))
    config = fields.Dict(required=True)
    status = fields.String(required=True, validate=validate.OneOf(states.STEP.states))
    owner = fields.String(required=True, allow_none=True)
    draft = fields.Raw(required=True, allow_none=True)
    result = fields.Raw(required=True, allow_none=True)
    summary = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    done_by = fields.Raw(required=True, allow_none=True)
    started_at = Moment(required=True, allow_none=True)
    completed_at = Moment(required=True, allow_none=True)
    version = fields.Integer(required=True)
    allowed = fields.List(fields.String(), required=True)


class ReasonIn(CamelSchema):
    """Why."""

    reason = optional(LONGEST_REASON)


class ResetIn(CamelSchema):
    """With `dryRun` only what it would leave standing."""

    dry_run = fields.Boolean(load_default=False)


class ResetStep(StepSchema):
    """A step after its reset, and what was done in it that nobody can take back."""

    standing = fields.List(fields.String(), required=True)


def _small(told: Any) -> None:
    if len(json.dumps(told)) > LONGEST_DRAFT:
        raise ValidationError(f"Longer than {LONGEST_DRAFT} characters.")


class StepPatch(CamelSchema):
    """Whose a step is, and what is typed in it and not yet final."""

    owner = an_id(allow_none=True)
    draft = fields.Dict(keys=fields.String(), allow_none=True, validate=_small)
    reason = fields.String(allow_none=True, validate=validate.Length(max=LONGEST_REASON))


class Recipients(fields.Field):
    """One address, "Name <a@b.org>" or plain, or a list of them; kept as a list."""

    def __init__(self, *, checked: bool = True, **options: Any) -> None:
        super().__init__(**options)
        self.metadata.setdefault("description", "An address, “Name <a@b.org>” or plain, or a list of them.")
        self.checked = checked

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        told = [value] if isinstance(value, str) else value
        if not isinstance(told, list) or not all(isinstance(one, str) for one in told):
            raise ValidationError("Not an address, or a list of addresses.")
        told = [one.strip(" ") for one in told if one.strip()]
        if len(told) > MOST_RECIPIENTS:
            raise ValidationError(f"At most {MOST_RECIPIENTS} recipients.")
        if self.checked:
            _refuse_bad(told)
        elif any(len(one) > 2 * addresses.LONGEST or addresses.CONTROL.search(one) for one in told):
            raise ValidationError("Not an address.")
        return told


def _refuse_bad(told: list[str]) -> None:
    if not told:
        raise ValidationError("It has no recipient.")
    bad = [f"Not an e-mail address: {one}." for one in told if addresses.parsed(one) is None]
    if bad:
        raise ValidationError(bad)


class DraftIn(JsonSchema):
    """An e-mail as it is being typed; addresses are checked when it is sent."""

    to = Recipients(checked=False)
    subject = fields.String(validate=[validate.Length(max=LONGEST_SUBJECT), ONE_LINE_OR_EMPTY])
    body = fields.String(validate=validate.Length(max=LONGEST_BODY))


class RowPatch(CamelSchema):
    """What is typed on a row and not yet final."""

    draft = fields.Nested(DraftIn)
    mark = fields.String(allow_none=True, validate=validate.Length(max=60))
    note = fields.String(allow_none=True, validate=validate.Length(max=LONGEST_NOTE))


class RowSchema(CamelSchema):
    """A row as it is kept."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(states.ROW.states))
    mark = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    draft = fields.Raw(required=True, allow_none=True)
    outcome = fields.Raw(required=True, allow_none=True)
    by = fields.Raw(required=True, allow_none=True)
    changed_at = Moment(required=True, allow_none=True)


class ExpectedSchema(CamelSchema):
    """How much a step expects, how much of it is done, and what is left, in sentences."""

    count = fields.Integer(required=True)
    done = fields.Integer(required=True)
    left = fields.List(fields.String(), required=True)


class StepData(CamelSchema):
    """What a step shows: its rows as they were shown beside what holds now, and what was done."""

    kind = fields.String(required=True, validate=validate.OneOf(("partnerships", "objectives", "nothing")))
    preview = fields.Boolean(required=True)
    explanation = fields.String(required=True)
    items = fields.List(fields.Dict(), required=True)
    expected = fields.Nested(ExpectedSchema, required=True)
    marks = fields.List(fields.String(), required=True)
    does = fields.String(required=True, allow_none=True)
    fields_asked = fields.List(fields.String(), required=True, data_key="fields")
    draft = fields.Raw(required=True, allow_none=True)
    deliveries = fields.List(fields.Dict(), required=True)
    tasks = fields.List(fields.Dict(), required=True)
    meetings = fields.List(fields.Dict(), required=True)
    activities = fields.List(fields.Dict(), required=True)
    shown_at = Moment(required=True, allow_none=True)
    truncated = fields.Boolean(required=True)


ACTIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "review_row": (("row_id", "mark"), ("note",)),
    "set_aside": (("row_id", "note"), ()),
    "reopen_row": (("row_id",), ()),
    "refresh": ((), ()),
    "send_email": ((), ("row_id", "partnership_id", "to", "subject", "body", "all")),
    "update_stage": (("stage",), ("row_id", "partnership_id")),
    "undo_stage": ((), ("row_id", "partnership_id")),
    "schedule_meeting": (("starts_at",), ("row_id", "partnership_id", "minutes", "title", "description")),
    "change_meeting": (("meeting_id", "starts_at"), ("minutes",)),
    "cancel_meeting": (("meeting_id",), ("reason",)),
    "create_task": (("title",), ("row_id", "partnership_id", "description", "due_date", "priority", "owner")),
    "add_note": (("text",), ("row_id", "partnership_id")),
    "create_partnership": (
        ("name",),
        (
            *("stage", "priority", "contacts", "contact_name", "contact_email"),
            *("source", "description", "website", "owner"),
        ),
    ),
    "update_objective": (("key_result_id", "current"), ("objective_id", "row_id", "note")),
}
"""By the type of an action: the fields that it needs, and those that it may have."""

ABOUT_ONE = ("update_stage", "undo_stage", "schedule_meeting")


class ActionIn(CamelSchema):
    """Something done in a step. Which fields a `type` takes is said in the guide to guided runs."""

    type = fields.String(required=True, validate=validate.OneOf(tuple(ACTIONS)))
    row_id = an_id()
    partnership_id = an_id()
    mark = line(60)
    note = line(LONGEST_NOTE)
    to = Recipients()
    subject = fields.String(validate=[validate.Length(1, LONGEST_SUBJECT), ONE_LINE])
    body = line(LONGEST_BODY)
    all = fields.Boolean(truthy={True}, falsy={False})
    stage = Stage()
    meeting_id = an_id()
    starts_at = Moment()
    minutes = whole(15, 240)
    title = fields.String(validate=[validate.Length(1, 200), ONE_LINE])
    description = fields.String(validate=validate.Length(max=LONGEST_BODY))
    reason = fields.String(allow_none=True, validate=validate.Length(max=LONGEST_REASON))
    due_date = fields.Date(allow_none=True)
    priority = whole(1, 5)
    owner = an_id(allow_none=True)
    text = line(LONGEST_BODY)
    name = fields.String(validate=[validate.Length(1, 200), ONE_LINE])
    contacts = fields.List(fields.Nested(PartnerSchema), validate=validate.Length(max=20))
    contact_name = fields.String(allow_none=True, validate=validate.Length(max=200))
    contact_email = fields.String(allow_none=True, validate=[validate.Length(max=254), EMAIL])
    source = fields.String(allow_none=True, validate=validate.Length(max=200))
    website = fields.String(
        allow_none=True,
        validate=[
            validate.Length(max=500),
            validate.URL(schemes={"http", "https"}, error="Not a web address such as https://example.org."),
        ],
    )
    objective_id = an_id()
    key_result_id = an_id()
    current = Figure()

    @validates_schema
    def suits_its_type(self, told: dict[str, Any], **_: object) -> None:
        """Every field that the type needs, and none that it does not take."""
        needed, possible = ACTIONS[told["type"]]
        errors = {
            self.fields[name].data_key: [f"An action of the type {told['type']} does not take it."]
            for name in told
            if name not in ("type", *needed, *possible)
        }
        errors |= {
            self.fields[name].data_key: ["Missing data for required field."] for name in needed if name not in told
        }
        if not told.get("all") and told["type"] in (*ABOUT_ONE, "send_email") and not _about(told):
            errors["rowId"] = ["Give a rowId or a partnershipId."]
        if told["type"] == "update_objective" and not (told.get("objective_id") or told.get("row_id")):
            errors["objectiveId"] = ["Give an objectiveId or a rowId."]
        if told.get("starts_at") and not EARLIEST < told["starts_at"] < LATEST:
            errors["startsAt"] = ["Not a time for a call."]
        if errors:
            raise ValidationError(errors)


def _about(told: dict[str, Any]) -> bool:
    return bool(told.get("row_id") or told.get("partnership_id"))


class ItemSchema(CamelSchema):
    """What became of one row; `id` is that of what was made, `reason` why it was refused."""

    row_id = fields.String(required=True, allow_none=True)
    partnership_id = fields.String(required=True, allow_none=True)
    status = fields.String(required=True, validate=validate.OneOf(("done", "queued", "refused")))
    id = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


class ActionOut(CamelSchema):
    """What an action came to: done, queued (on its way to the outside) or refused."""

    type = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(("done", "queued", "refused")))
    items = fields.List(fields.Nested(ItemSchema), required=True)
    step = fields.Nested(StepSchema, required=True)
