"""The schemas of steps and of their configs, checked for the action type, with each error at the name of its field."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from services.runs.action_types.registry import ACTION_TYPES, ACTION_TYPES_BY_NAME
from services.runs.fields import Stage
from services.runs.states import OBJECTIVE
from services.runs.step_rows.step_config import resolve
from shared.contracts.camel import StoredSchema
from shared.contracts.strict import Flag, StrictSchema, an_id, line, whole

SHOWS = ("partnerships", "objectives", "nothing")
NEEDS = ("follow_up", "stage_change", "call_this_week")
OF_OBJECTIVES = ("status", "behind")
EXPECTATIONS = ("each", "any", "nothing")
MOST_STEPS = 40
MOST_PARTNERSHIPS = 200


class Stages(fields.Field):
    """A stage or a list of stages; loaded as a list, spelled as in the pipeline."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.metadata = {"description": "A stage, or a list of stages.", **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        stages = value if isinstance(value, list) else [value]
        if not stages:
            raise ValidationError("Not a stage or a list of stages.")
        return [str(Stage().deserialize(stage)) for stage in stages]


class Expectation(fields.Field):
    """What a step expects: something done about each row, about any, about nothing, or about a number of rows."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | int:
        if value in EXPECTATIONS if isinstance(value, str) else type(value) is int and 1 <= value <= 200:
            return value
        raise ValidationError(f"One of {', '.join(EXPECTATIONS)}, or a number from 1 to 200.")


class FilterSchema(StoredSchema):
    """Which partnerships, or which objectives, a step shows."""

    no_contact_days = whole(1, 3650)
    stage = Stages()
    owner = an_id(metadata={"description": "A person's id, or `me`: whoever has the step, else the run."})
    priority_up_to = whole(1, 5)
    needs = fields.String(validate=validate.OneOf(NEEDS))
    new_within_days = whole(1, 365)
    status = fields.String(validate=validate.OneOf(OBJECTIVE.states))
    behind = Flag()


class SharedConfig(StoredSchema):
    """The part of a step's config that every action type has."""

    show = fields.String(validate=validate.OneOf(SHOWS))
    filter = fields.Nested(FilterSchema)
    partnership_ids = fields.List(an_id(), validate=validate.Length(1, MOST_PARTNERSHIPS))
    only_linked = Flag()
    limit = whole(1, 200)
    expect = Expectation()
    marks = fields.List(line(60), validate=validate.Length(1, 12))
    attention = fields.List(line(60), validate=validate.Length(1, 12))


OWN_FIELDS = {name: field for action_type in ACTION_TYPES for name, field in action_type.config_fields.items()}
ConfigSchema: Any = SharedConfig.from_dict(OWN_FIELDS)


def checked_config(action_type: str, data: Any) -> dict[str, Any]:
    """The config in its stored form. ValidationError with the errors by field, including unknown keys."""
    config: dict[str, Any] = ConfigSchema().load(data)
    errors: dict[str, Any] = {}
    for other in ACTION_TYPES:
        errors |= other.config_errors(config, own=other.name == action_type)
    errors |= _errors_of_rows(resolve(ACTION_TYPES_BY_NAME[action_type], config).show, config)
    if errors:
        raise ValidationError(errors)
    return config


def _errors_of_rows(shown: str, config: dict[str, Any]) -> dict[str, Any]:
    """The errors of settings that do not fit what the step shows."""
    errors: dict[str, Any] = {}
    names = config.get("filter", {})
    wrong = [name for name in names if shown == "nothing" or (name in OF_OBJECTIVES) is (shown == "partnerships")]
    wrong = [name for name in wrong if not (name == "owner" and shown == "objectives")]
    if wrong:
        errors["filter"] = {name: [f"A step that shows {shown} cannot filter by it."] for name in wrong}
    if strange := [mark for mark in config.get("attention", ()) if mark not in config.get("marks", ())]:
        errors["attention"] = [f"None of the marks: {', '.join(strange)}."]
    if shown != "partnerships" and "partnershipIds" in config:
        errors["partnershipIds"] = [f"A step that shows {shown} shows no partnerships."]
    return errors


class StepIn(StoredSchema):
    """A step of a template, or of a run that is made by hand: `{key, actionType, title, description, config}`."""

    key = fields.String(
        validate=[
            validate.Length(1, 60),
            validate.Regexp(r"[a-z0-9][a-z0-9-]*\Z", error="Small letters, digits, hyphens."),
        ]
    )
    action_type = fields.String(required=True, validate=validate.OneOf(tuple(ACTION_TYPES_BY_NAME)))
    title = line(200, required=True)
    description = fields.String(load_default="", validate=validate.Length(max=5_000))
    config = fields.Dict(keys=fields.String(), load_default=dict)

    @validates_schema
    def config_suits(self, data: dict[str, Any], **_: object) -> None:
        """Check the config for this action type, and store its normal form."""
        try:
            data["config"] = checked_config(data["actionType"], data.get("config") or {})
        except ValidationError as error:
            raise ValidationError({"config": error.messages}) from None


class StepsSchema(StrictSchema):
    """A schema with steps, whose keys must be unique."""

    @validates_schema
    def keys_are_unique(self, data: dict[str, Any], **_: object) -> None:
        """Refuse two steps with one key, which a newer version could not tell apart."""
        seen: set[str] = set()
        for at, step in enumerate(data.get("steps") or []):
            if step.get("key") in seen:
                raise ValidationError({"steps": {at: {"key": ["Another step has it."]}}})
            if step.get("key"):
                seen.add(step["key"])


def steps_field(**options: Any) -> fields.List:
    """The steps of a template or of a run made by hand."""
    return fields.List(fields.Nested(StepIn), validate=validate.Length(1, MOST_STEPS), **options)
