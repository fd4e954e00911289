"""What a step may ask for: its config, checked for its kind of action, each error at the name of its field."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from services.runs.schemas.partnerships import Stage
from services.runs.states import OBJECTIVE
from services.runs.wanting import wanted
from shared.contracts.camel import JsonSchema, an_id, line, whole

ACTION_TYPES = ("review", "email", "schedule", "update_stage", "create_task", "note", "custom")
SHOWS = ("partnerships", "objectives", "nothing")
NEEDS = ("follow_up", "stage_change", "call_this_week")
DOES = ("create_partnership", "update_objective")
ASKED = ("name", "contactName", "contactEmail", "stage", "priority", "source", "description", "website")
PLACEHOLDERS = ("contact", "partnership", "sender", "last")
OF_OBJECTIVES = ("status", "behind")
EXPECTATIONS = ("each", "any", "nothing")
MOST_STEPS = 40
MOST_PARTNERSHIPS = 200


class Stages(fields.Field):
    """A stage or several; kept as a list, spelt as the pipeline spells them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.metadata.setdefault("description", "A stage, or a list of stages.")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        told = value if isinstance(value, list) else [value]
        if not told:
            raise ValidationError("Not a stage or a list of stages.")
        return [Stage().deserialize(one) for one in told]


class Expectation(fields.Field):
    """What a step waits for: something done about each row, about any, about nothing, or about so many."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | int:
        if value in EXPECTATIONS if isinstance(value, str) else type(value) is int and 1 <= value <= 200:
            return value
        raise ValidationError(f"One of {', '.join(EXPECTATIONS)}, or a number from 1 to 200.")


class FilterSchema(JsonSchema):
    """Which partnerships, or which objectives, a step shows."""

    no_contact_days = whole(1, 3650)
    stage = Stages()
    owner = an_id(metadata={"description": "A person's id, or `me`: whoever has the step, else the run."})
    priority_up_to = whole(1, 5)
    needs = fields.String(validate=validate.OneOf(NEEDS))
    new_within_days = whole(1, 365)
    status = fields.String(validate=validate.OneOf(OBJECTIVE.states))
    behind = fields.Boolean(truthy={True}, falsy={False})


def _only_placeholders(told: str) -> None:
    """ValidationError for a placeholder that nobody fills."""
    unknown = sorted({name for name in re.findall(r"\{([^{}]*)\}", told) if name not in PLACEHOLDERS})
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise ValidationError(f"{{{unknown[0]}}} is not known; there are {known}.")


class MailSchema(JsonSchema):
    """The text of an e-mail in place of the drafted one."""

    subject = fields.String(
        validate=[
            validate.Length(1, 300),
            validate.Regexp(r"[^\r\n]*[^\s][^\r\n]*\Z", error="It is empty, or more than one line."),
            _only_placeholders,
        ]
    )
    body = fields.String(validate=[validate.Length(1, 20_000), _only_placeholders])


class MeetingSchema(JsonSchema):
    """The call that is proposed."""

    minutes = whole(15, 240)
    title = line(200)


class TaskSchema(JsonSchema):
    """The task that is proposed."""

    title = line(300)
    due_in_days = whole(1, 365)
    priority = whole(1, 5)


class ConfigSchema(JsonSchema):
    """The config of a step, whatever its kind of action; `checked_config` knows what suits which."""

    show = fields.String(validate=validate.OneOf(SHOWS))
    filter = fields.Nested(FilterSchema)
    partnership_ids = fields.List(an_id(), validate=validate.Length(1, MOST_PARTNERSHIPS))
    only_linked = fields.Boolean(truthy={True}, falsy={False})
    limit = whole(1, 200)
    expect = Expectation()
    does = fields.String(validate=validate.OneOf(DOES))
    fields_asked = fields.List(
        fields.String(validate=validate.OneOf(ASKED)), data_key="fields", validate=validate.Length(1, len(ASKED))
    )
    marks = fields.List(line(60), validate=validate.Length(1, 12))
    email = fields.Nested(MailSchema)
    meeting = fields.Nested(MeetingSchema)
    task = fields.Nested(TaskSchema)


def checked_config(action_type: str, told: Any) -> dict[str, Any]:
    """The config as it is kept. ValidationError with the errors by field, unknown keys among them."""
    config: dict[str, Any] = ConfigSchema().load(told)
    errors = _unsuited(action_type, config)
    if errors:
        raise ValidationError(errors)
    return config


def _unsuited(action_type: str, config: dict[str, Any]) -> dict[str, Any]:
    errors: dict[str, Any] = {}
    if action_type == "custom" and "does" not in config:
        errors["does"] = [f"A custom step says what it does: one of {', '.join(DOES)}."]
    if action_type != "custom" and "does" in config:
        errors["does"] = ["Only a custom step has it."]
    if "fields" in config and config.get("does") != "create_partnership":
        errors["fields"] = ["Only a step that creates partnerships asks for fields."]
    for name, owner in (("email", "email"), ("meeting", "schedule"), ("task", "create_task")):
        if name in config and action_type != owner:
            errors[name] = [f"Only a step of the type {owner} has it."]
    shown, asked = wanted(action_type, config).show, config.get("filter", {})
    wrong = [name for name in asked if shown == "nothing" or (name in OF_OBJECTIVES) is (shown == "partnerships")]
    wrong = [name for name in wrong if not (name == "owner" and shown == "objectives")]
    if wrong:
        errors["filter"] = {name: [f"A step that shows {shown} cannot filter by it."] for name in wrong}
    if shown != "partnerships" and "partnershipIds" in config:
        errors["partnershipIds"] = [f"A step that shows {shown} shows no partnerships."]
    return errors


class StepIn(JsonSchema):
    """A step of a template, or of a run that is made by hand; kept as it is sent: `{key, actionType, title, description, config}`."""

    key = fields.String(
        validate=[
            validate.Length(1, 60),
            validate.Regexp(r"[a-z0-9][a-z0-9-]*\Z", error="Small letters, digits, hyphens."),
        ]
    )
    action_type = fields.String(required=True, validate=validate.OneOf(ACTION_TYPES))
    title = line(200, required=True)
    description = fields.String(load_default="", validate=validate.Length(max=5_000))
    config = fields.Dict(keys=fields.String(), load_default=dict)

    @validates_schema
    def config_suits(self, told: dict[str, Any], **_: object) -> None:
        """The config is one for this kind of action; what is kept is its normal form."""
        try:
            told["config"] = checked_config(told["actionType"], told.get("config") or {})
        except ValidationError as error:
            raise ValidationError({"config": error.messages}) from None


class StepsSchema(Schema):
    """For shapes that carry steps: each key is there once."""

    class Meta:
        unknown = RAISE

    @validates_schema
    def keys_are_unique(self, told: dict[str, Any], **_: object) -> None:
        """Two steps of one key could not be told apart in a newer version."""
        seen: set[str] = set()
        for at, step in enumerate(told.get("steps") or []):
            if step.get("key") in seen:
                raise ValidationError({"steps": {at: {"key": ["Another step has it."]}}})
            if step.get("key"):
                seen.add(step["key"])


def steps_field(**options: Any) -> fields.List:
    """The steps of a template or of a run made by hand."""
    return fields.List(fields.Nested(StepIn), validate=validate.Length(1, MOST_STEPS), **options)
