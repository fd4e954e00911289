"""The snapshots of runs that their owners publish, and the schemas of run control."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from shared.contracts.people import Actor, Snapshot
from shared.contracts.strict import Flag, StrictSchema, line_or_empty, optional


class ExecutionSnapshot(Snapshot):
    """A workflow execution; its steps are subjects of their own. `openHumanWork` says that a person has something to do in it."""

    workflow_name = fields.String(required=True, data_key="workflowName")
    stage = fields.String(required=True)
    customer_id = fields.String(required=True, data_key="customerId")
    customer_name = fields.String(required=True, data_key="customerName")
    status = fields.String(required=True, validate=validate.OneOf(("in_progress", "completed", "cancelled")))
    owner = fields.String(required=True, allow_none=True)
    created_at = fields.String(required=True, data_key="createdAt")
    started_at = fields.String(required=True, allow_none=True, data_key="startedAt")
    completed_at = fields.String(required=True, allow_none=True, data_key="completedAt")
    trigger_payload = fields.Dict(required=True, data_key="triggerPayload")
    context = fields.Dict(required=True)
    plan_status = fields.String(required=True, allow_none=True, data_key="planStatus")
    open_human_work = fields.Boolean(required=True, data_key="openHumanWork")
    by = fields.Nested(Actor, required=True)


class StepSnapshot(Snapshot):
    """One step of an execution; `summary` is one plain line about its result."""

    execution_id = fields.String(required=True, data_key="executionId")
    order_index = fields.Integer(required=True, data_key="orderIndex")
    kind = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(("pending", "in_progress", "completed", "skipped")))
    started_at = fields.String(required=True, allow_none=True, data_key="startedAt")
    completed_at = fields.String(required=True, allow_none=True, data_key="completedAt")
    input = fields.Raw(required=True, allow_none=True)
    output = fields.Raw(required=True, allow_none=True)
    summary = fields.String(required=True, allow_none=True)


class GuidedStepSnapshot(StrictSchema):
    """One step of a guided run. `result` holds counts and short lines, never rows or texts of mails."""

    id = fields.String(required=True)
    order_index = fields.Integer(required=True, data_key="orderIndex")
    action_type = fields.String(required=True, data_key="actionType")
    title = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(("pending", "in_progress", "completed", "skipped")))
    owner = fields.String(required=True, allow_none=True)
    started_at = fields.String(required=True, allow_none=True, data_key="startedAt")
    completed_at = fields.String(required=True, allow_none=True, data_key="completedAt")
    summary = fields.String(required=True, allow_none=True)
    result = fields.Dict(required=True, allow_none=True)


class GuidedRunSnapshot(Snapshot):
    """A guided run with its steps in their order."""

    name = fields.String(required=True)
    description = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(("in_progress", "paused", "completed", "cancelled")))
    template_id = fields.String(required=True, allow_none=True, data_key="templateId")
    template_version = fields.Integer(required=True, allow_none=True, data_key="templateVersion")
    owner = fields.String(required=True, allow_none=True)
    linked_partnership_ids = fields.List(fields.String(), required=True, data_key="linkedPartnershipIds")
    outcome = fields.String(required=True, allow_none=True)
    created_at = fields.String(required=True, data_key="createdAt")
    completed_at = fields.String(required=True, allow_none=True, data_key="completedAt")
    steps = fields.List(fields.Nested(GuidedStepSnapshot), required=True)


class RetryCommand(StrictSchema):
    """`POST /internal/runs/{id}/retry`: from the beginning or from a step; with `dryRun` only what it would do."""

    from_step = line_or_empty(80, load_default=None, data_key="fromStep", allow_none=True)
    dry_run = Flag(load_default=False, data_key="dryRun")


LONGEST_REASON = 500


class CancelCommand(StrictSchema):
    """`POST /internal/runs/{id}/cancel`: why, if the person said so."""

    reason = optional(LONGEST_REASON)


class RetryPlan(Schema):
    """What a retry does: what runs again, what comes from a cache, which effects are done already and not repeated."""

    runs_again = fields.List(fields.String(), required=True, data_key="runsAgain")
    from_cache = fields.List(fields.String(), required=True, data_key="fromCache")
    standing = fields.List(fields.String(), required=True)


class RetryAnswer(Schema):
    """The run to look at now (null after a dry run), and the plan."""

    new_run_id = fields.String(required=True, allow_none=True, data_key="newRunId")
    plan = fields.Nested(RetryPlan, required=True)
