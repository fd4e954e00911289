"""The REST schemas of steps, their rows, and the actions in them."""

from __future__ import annotations

import json
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from services.runs import states
from services.runs.action_types.action import Command
from services.runs.action_types.action_fields import LONGEST_BODY, LONGEST_NOTE, LONGEST_REASON
from services.runs.action_types.registry import ACTION_TYPES_BY_NAME, ACTIONS
from services.runs.drafting import LONGEST_SUBJECT
from services.runs.fields import Recipients
from services.runs.steps import ChangeRow, ChangeStep
from shared.contracts.camel import CamelSchema, StoredSchema
from shared.contracts.commands import CommandSchema
from shared.contracts.strict import Flag, an_id, line_or_empty, optional
from shared.contracts.values import Moment

LONGEST_DRAFT = 50_000


class StepSchema(CamelSchema):
    """A step of a run; `allowed` are the verbs that its status and that of its run allow."""

    id = fields.String(required=True)
    key = fields.String(required=True)
    order_index = fields.Integer(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    action_type = fields.String(required=True, validate=validate.OneOf(tuple(ACTION_TYPES_BY_NAME)))
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

    dry_run = Flag(load_default=False)


class ResetStep(StepSchema):
    """A step after its reset (as it is, with `dryRun`), and what was done in it that the reset does not take back."""

    standing = fields.List(fields.String(), required=True)


def _small(draft: Any) -> None:
    if len(json.dumps(draft)) > LONGEST_DRAFT:
        raise ValidationError(f"Longer than {LONGEST_DRAFT} characters.")


class StepPatch(CommandSchema):
    """Whose a step is, and what is typed in it and not yet final."""

    command = ChangeStep

    owner = an_id(allow_none=True)
    draft = fields.Dict(keys=fields.String(), allow_none=True, validate=_small)
    reason = fields.String(allow_none=True, validate=validate.Length(max=LONGEST_REASON))


class DraftIn(StoredSchema):
    """An e-mail as it is being typed; addresses are checked when it is sent."""

    to = Recipients(checked=False)
    subject = line_or_empty(LONGEST_SUBJECT)
    body = fields.String(validate=validate.Length(max=LONGEST_BODY))


class RowPatch(CommandSchema):
    """What is typed on a row and not yet final."""

    command = ChangeRow

    draft = fields.Nested(DraftIn)
    mark = line_or_empty(60, allow_none=True)
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
    attention = fields.List(fields.String(), required=True)
    whose = fields.String(required=True, allow_none=True)
    does = fields.String(required=True, allow_none=True)
    fields_asked = fields.List(fields.String(), required=True, data_key="fields")
    draft = fields.Raw(required=True, allow_none=True)
    waiting = fields.List(fields.Dict(), required=True)
    deliveries = fields.List(fields.Dict(), required=True)
    tasks = fields.List(fields.Dict(), required=True)
    meetings = fields.List(fields.Dict(), required=True)
    activities = fields.List(fields.Dict(), required=True)
    shown_at = Moment(required=True, allow_none=True)
    truncated = fields.Boolean(required=True)


class RowData(CamelSchema):
    """One row, and what its step still expects."""

    kind = fields.String(required=True, validate=validate.OneOf(("partnerships", "objectives", "nothing")))
    item = fields.Dict(required=True)
    expected = fields.Nested(ExpectedSchema, required=True)
    marks = fields.List(fields.String(), required=True)
    attention = fields.List(fields.String(), required=True)
    waiting = fields.List(fields.Dict(), required=True)
    step = fields.Nested(StepSchema, required=True)


def _action_fields() -> dict[str, fields.Field]:
    """The fields of all actions together; the first field of each name stands for all."""
    by_name: dict[str, fields.Field] = {"type": fields.String(required=True, validate=validate.OneOf(tuple(ACTIONS)))}
    for action in ACTIONS.values():
        by_name |= {name: field for name, field in action.fields.items() if name not in by_name}
    return by_name


ActionFields: Any = CamelSchema.from_dict(_action_fields())


class ActionIn(ActionFields):
    """Something done in a step, read as the command for it. Which fields a `type` takes is said in the guide to guided runs."""

    @validates_schema
    def suits_its_type(self, data: dict[str, Any], **_: object) -> None:
        """Check that the fields are those that the type takes, with all required ones."""
        action = ACTIONS[data["type"]]
        errors = {
            self.fields[name].data_key: [f"An action of the type {action.name} does not take it."]
            for name in data
            if name != "type" and name not in action.fields
        }
        errors |= {
            self.fields[name].data_key: ["Missing data for required field."]
            for name in action.needed
            if name not in data
        }
        errors |= action.check(data)
        if errors:
            raise ValidationError(errors)

    @post_load
    def command(self, data: dict[str, Any], **_: object) -> Command:
        """Make the command of the posted type."""
        return ACTIONS[data.pop("type")].command(**data)


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
