"""The REST schemas of guided runs."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, ValidationError, fields, validate, validates_schema

from services.runs import states
from services.runs.lifecycle import ChangeRun, StartRun, TakenSteps
from services.runs.schemas.configs import MOST_STEPS, StepsSchema, steps_field
from services.runs.schemas.steps import StepSchema
from services.runs.templates import SaveAsTemplate
from shared.contracts.camel import CamelSchema
from shared.contracts.commands import CommandSchema
from shared.contracts.paging import PageArgs, page_of
from shared.contracts.strict import an_id, line, optional, whole
from shared.contracts.values import Moment

LONGEST_NAME = 200
LONGEST_TEXT = 5_000
LONGEST_REASON = 1_000
MOST_LINKED = 200


def _name(**options: Any) -> fields.String:
    return line(LONGEST_NAME, **options)


class GuidedRunSchema(CamelSchema):
    """A run as lists show it."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(states.RUN.states))
    template_id = fields.String(required=True, allow_none=True)
    template_version = fields.Integer(required=True, allow_none=True)
    recurrence_id = fields.String(required=True, allow_none=True)
    owner = fields.String(required=True, allow_none=True)
    owner_name = fields.String(required=True, allow_none=True)
    linked_partnership_ids = fields.List(fields.String(), required=True)
    outcome = fields.String(required=True, allow_none=True)
    steps_done = fields.Integer(required=True)
    steps_total = fields.Integer(required=True)
    progress = fields.Integer(required=True, metadata={"description": "In per cent of its steps."})
    created_at = Moment(required=True)
    completed_at = Moment(required=True, allow_none=True)
    version = fields.Integer(required=True)


class NewerTemplate(CamelSchema):
    """The version of its template that a run could take."""

    version = fields.Integer(required=True)


class GuidedRunDetail(GuidedRunSchema):
    """A run with its steps, and what may be done with it now."""

    steps = fields.List(fields.Nested(StepSchema), required=True)
    allowed = fields.List(fields.String(), required=True)
    can_complete = fields.Boolean(required=True)
    outcome_draft = fields.String(required=True, allow_none=True)
    newer_template = fields.Nested(NewerTemplate, required=True, allow_none=True)


class FromTemplate(CommandSchema):
    """Steps to take from a template: all of them, or those of these keys."""

    command = TakenSteps

    template_id = an_id(required=True)
    step_keys = fields.List(
        line(80),
        allow_none=True,
        load_default=None,
        validate=validate.Length(1, MOST_STEPS),
    )


class GuidedRunIn(StepsSchema, CommandSchema):
    """What a run is started from: a template, steps taken from several, own steps, or all of them in this order."""

    command = StartRun

    template_id = an_id(allow_none=True, load_default=None)
    name = _name(load_default=None, allow_none=True)
    description = optional(LONGEST_TEXT)
    steps = steps_field(load_default=list)
    from_templates = fields.List(fields.Nested(FromTemplate), load_default=list, validate=validate.Length(max=10))
    linked_partnership_ids = fields.List(an_id(), load_default=list, validate=validate.Length(max=MOST_LINKED))
    owner = an_id(allow_none=True, load_default=None)

    @validates_schema
    def has_steps(self, data: dict[str, Any], **_: object) -> None:
        """Refuse a run without steps."""
        if not (data.get("template_id") or data.get("steps") or data.get("from_templates")):
            raise ValidationError({"steps": ["Give steps, a templateId or fromTemplates."]})


class GuidedRunPatch(CommandSchema):
    """What changes of a run; the `reason` for a new owner or status stands in its log."""

    command = ChangeRun

    name = _name()
    description = fields.String(validate=validate.Length(max=LONGEST_TEXT))
    status = fields.String(validate=validate.OneOf(("paused", "in_progress", "cancelled")))
    owner = an_id(allow_none=True)
    reason = fields.String(allow_none=True, validate=validate.Length(max=LONGEST_REASON))


class CompleteRunIn(CamelSchema):
    """What a run came to; without it, what its results say."""

    outcome = optional(LONGEST_TEXT)


class SaveAsTemplateIn(CommandSchema):
    """What the template is to be called."""

    command = SaveAsTemplate

    name = _name(required=True)
    description = optional(LONGEST_TEXT)


class TakeTemplateIn(CamelSchema):
    """Which version; the newest, if none is named."""

    version = whole(1, 1_000_000, allow_none=True, load_default=None)


class TemplateChangesArgs(CamelSchema):
    """Which version to look at; the newest, if none is named."""

    version = fields.Integer(load_default=None, validate=validate.Range(1, 1_000_000))


class ChangedStep(CamelSchema):
    """A step that another version is about; `id` and `status` are null in `add` and `change`."""

    id = fields.String(required=True, allow_none=True)
    key = fields.String(required=True)
    title = fields.String(required=True)
    action_type = fields.String(required=True)
    description = fields.String(required=True)
    status = fields.String(required=True, allow_none=True)


class TemplateChanges(CamelSchema):
    """What taking a version would do; `kept` are steps that were begun or are finished, and stay as they are."""

    before = fields.Integer(required=True, allow_none=True, data_key="from")
    after = fields.Integer(required=True, data_key="to")
    add = fields.List(fields.Nested(ChangedStep), required=True)
    change = fields.List(fields.Nested(ChangedStep), required=True)
    drop = fields.List(fields.Nested(ChangedStep), required=True)
    kept = fields.List(fields.Nested(ChangedStep), required=True)


class LogEntry(CamelSchema):
    """Who did what in a run, when and why."""

    at = Moment(required=True)
    by = fields.Dict(required=True)
    verb = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    details = fields.Raw(required=True, allow_none=True)


class GuidedRunArgs(PageArgs):
    """Filters of the list."""

    class Meta:
        unknown = RAISE

    status = fields.String(load_default=None, validate=validate.OneOf(states.RUN.states))
    template_id = fields.String(load_default=None, validate=validate.Length(max=80))
    partnership_id = fields.String(load_default=None, validate=validate.Length(max=80))
    owner = fields.String(
        load_default=None, validate=validate.Length(1, 80), metadata={"description": "A person's id, or `me`."}
    )
    q = fields.String(
        load_default=None,
        validate=validate.Length(max=200),
        metadata={"description": "Beginnings of words of the name."},
    )


GuidedRunPage = page_of(GuidedRunSchema)
LogPage = page_of(LogEntry)
