"""The REST schemas of definitions, executions, their steps, and triggers."""

from __future__ import annotations

from marshmallow import RAISE, fields, validate

from services.workflows import commands, states
from shared.contracts.camel import CamelSchema
from shared.contracts.commands import CommandSchema
from shared.contracts.paging import PageArgs, page_of
from shared.contracts.strict import JsonObjectField, an_id, line, optional
from shared.contracts.values import Moment


class StepDefinitionSchema(CamelSchema):
    """A step as its stage defines it."""

    order_index = fields.Integer(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    guidance = fields.String(required=True)


class DefinitionSchema(CamelSchema):
    """A stage and its workflow; `minDays` and `maxDays` are inclusive, null is without end."""

    key = fields.String(required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True)
    order = fields.Integer(required=True)
    min_days = fields.Integer(required=True, allow_none=True)
    max_days = fields.Integer(required=True, allow_none=True)
    purpose = fields.String(required=True)
    available = fields.Boolean(required=True)
    next_stage = fields.String(required=True, allow_none=True)
    steps = fields.List(fields.Nested(StepDefinitionSchema), required=True)


class ExecutionIn(CamelSchema):
    """Whose workflow, and of which stage; without a stage, of the one that the days to renewal call for."""

    customer_id = an_id(required=True)
    stage = line(40, allow_none=True, load_default=None)


class ExecutionSchema(CamelSchema):
    """An execution as lists show it."""

    id = fields.String(required=True)
    customer_id = fields.String(required=True)
    customer_name = fields.String(required=True)
    stage = fields.String(required=True)
    workflow_name = fields.String(required=True)
    status = fields.String(required=True)
    plan_status = fields.String(required=True, allow_none=True)
    owner = fields.String(required=True, allow_none=True)
    steps_done = fields.Integer(required=True)
    steps_total = fields.Integer(required=True)
    created_at = Moment(required=True)
    started_at = Moment(required=True)
    completed_at = Moment(required=True, allow_none=True)


class StepSchema(CamelSchema):
    """A step with what was put in and what was computed."""

    id = fields.String(required=True)
    execution_id = fields.String(required=True)
    order_index = fields.Integer(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    guidance = fields.String(required=True)
    status = fields.String(required=True)
    allowed = fields.List(fields.String(), required=True)
    started_at = Moment(required=True, allow_none=True)
    completed_at = Moment(required=True, allow_none=True)
    input = fields.Raw(required=True, allow_none=True)
    output = fields.Raw(required=True, allow_none=True)
    summary = fields.String(required=True, allow_none=True)


class ExecutionDetail(ExecutionSchema):
    """An execution with its steps."""

    trigger_payload = fields.Dict(required=True)
    context = fields.Dict(required=True)
    version = fields.Integer(required=True)
    steps = fields.List(fields.Nested(StepSchema), required=True)


class ExecutionArgs(PageArgs):
    """Filters of the list of executions."""

    class Meta:
        unknown = RAISE

    customer_id = an_id(load_default=None)
    stage = fields.String(load_default=None, validate=validate.Length(max=40))
    status = fields.String(load_default=None, validate=validate.OneOf(states.EXECUTION.states))
    owner = an_id(load_default=None)


class CompleteIn(CamelSchema):
    """What a person puts into a step."""

    input = JsonObjectField(load_default=dict)


class SkipIn(CamelSchema):
    """Why a person passes over a step."""

    reason = optional(1_000)


class TriggerIn(CommandSchema):
    """Which workflow is to start for whom, and when."""

    command = commands.ScheduleWorkflow

    customer_id = an_id(required=True)
    stage = line(40, required=True)
    trigger_date = fields.Date(required=True)
    conditions = fields.List(line(255), load_default=list, validate=validate.Length(max=20))


class TriggerSchema(CamelSchema):
    """A trigger; `heldReason` says why one that is due has not started its workflow."""

    id = fields.String(required=True)
    execution_id = fields.String(required=True, allow_none=True)
    customer_id = fields.String(required=True)
    stage = fields.String(required=True)
    trigger_date = fields.Date(required=True)
    conditions = fields.List(fields.String(), required=True)
    status = fields.String(required=True)
    held_reason = fields.String(required=True, allow_none=True)
    confirmed_at = Moment(required=True, allow_none=True)
    started_execution_id = fields.String(required=True, allow_none=True)
    created_at = Moment(required=True)
    version = fields.Integer(required=True)


class TriggerArgs(PageArgs):
    """Filters of the list of triggers."""

    class Meta:
        unknown = RAISE

    status = fields.String(load_default=None, validate=validate.OneOf(states.TRIGGER.states))
    customer_id = an_id(load_default=None)


DefinitionPage = page_of(DefinitionSchema)
ExecutionPage = page_of(ExecutionSchema)
TriggerPage = page_of(TriggerSchema)
