"""The REST schemas of action plans and their items."""

from __future__ import annotations

from marshmallow import fields, validate

from services.workflows import commands
from services.workflows.planning.validation import (
    COMPLEXITIES,
    LONGEST_DESCRIPTION,
    LONGEST_ESTIMATE,
    LONGEST_NAME,
    LONGEST_TITLE,
    MOST_SUB_TASKS,
)
from shared.contracts.action_plans import DECISIONS
from shared.contracts.camel import CamelSchema, StoredSchema
from shared.contracts.commands import CommandSchema
from shared.contracts.strict import Flag, JsonObjectField, an_id, line, line_or_empty, whole


class GenerateIn(CamelSchema):
    """Which planner drafts it."""

    planner = fields.String(load_default="rules", validate=validate.OneOf(("rules", "llm")))


class SubTaskEdit(CommandSchema):
    """A sub-task as a person writes it; one without an id is new."""

    command = commands.EditSubTask

    id = an_id()
    title = line(LONGEST_TITLE)
    description = fields.String(validate=validate.Length(max=LONGEST_DESCRIPTION))
    priority = whole(1, 5)
    estimated_completion_time = line_or_empty(LONGEST_ESTIMATE, allow_none=True)
    complexity = fields.String(validate=validate.OneOf(COMPLEXITIES))
    due_date = fields.Date(allow_none=True)
    owner = an_id(allow_none=True)


class ItemEdit(SubTaskEdit):
    """What changes of an item: its content, or what was decided about it and why."""

    command = commands.EditItem

    decision = fields.String(validate=validate.OneOf(DECISIONS))
    reason = fields.String(allow_none=True, validate=validate.Length(max=1_000))


class AiItemEdit(ItemEdit):
    """What changes of an AI item; whether its processor and metadata can be executed is told in the plan's `issues`,
    or by the refusal of a `strict` edit."""

    processor = line(LONGEST_NAME)
    metadata = JsonObjectField()


class CsmItemEdit(ItemEdit):
    """What changes of a CSM item; its sub-tasks are given whole."""

    sub_tasks = fields.List(fields.Nested(SubTaskEdit), validate=validate.Length(max=MOST_SUB_TASKS))


class PlanEdit(CommandSchema):
    """What changes of a plan."""

    command = commands.EditPlan

    ai_tasks = fields.List(fields.Nested(AiItemEdit), validate=validate.Length(max=1_000))
    csm_tasks = fields.List(fields.Nested(CsmItemEdit), validate=validate.Length(max=1_000))
    strict = Flag()


class FinalizeIn(CamelSchema):
    """Whether AI items that nobody decided on count as approved; without it, finalize is refused while there are any."""

    approve_open = Flag(load_default=True)


class ProcessorSchema(CamelSchema):
    """A processor that an AI item may name, with the JSON Schema of its metadata."""

    name = fields.String(required=True, attribute="id")
    description = fields.String(required=True)
    metadata_schema = fields.Dict(required=True)


class ProcessorList(CamelSchema):
    """Every processor, by name."""

    items = fields.List(fields.Nested(ProcessorSchema), required=True)


class Person(StoredSchema):
    """Who edited an item or decided on it."""

    id = fields.String(required=True)
    name = fields.String(required=True)


class Evidence(StoredSchema):
    """Where a claim comes from."""

    step = fields.String(required=True)
    field = fields.String(required=True)
    quote = fields.String()
    value = fields.Raw()


class SubTaskItem(StoredSchema):
    """A sub-task of the plan; after finalize with the task that it became."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    priority = fields.Integer(required=True)
    estimated_completion_time = fields.String(required=True, allow_none=True)
    complexity = fields.String(required=True)
    due_date = fields.String(allow_none=True)
    owner = fields.String(allow_none=True)
    task_id = fields.String(allow_none=True)
    task_status = fields.String(allow_none=True)


class Item(SubTaskItem):
    """An item of the plan."""

    key = fields.String(allow_none=True)
    evidence = fields.List(fields.Nested(Evidence), required=True)
    decision = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    decided_by = fields.Nested(Person, allow_none=True)
    decided_at = fields.String(allow_none=True)
    edited = fields.Boolean()
    edited_by = fields.Nested(Person)
    edited_at = fields.String()


class ItemChange(StoredSchema):
    """One field that an AI item changes: with what is known of it now, and what it will be."""

    field = fields.String(required=True)
    old = fields.String(required=True, allow_none=True)
    new = fields.String(required=True)


class AiItem(Item):
    """An AI item with what it changes; after finalize with what its execution came to."""

    changes = fields.List(fields.Nested(ItemChange))
    processor = fields.String(allow_none=True)
    metadata = fields.Dict(allow_none=True)
    execution_status = fields.String(allow_none=True)
    execution_result = fields.Raw(allow_none=True)
    executed_at = fields.String(allow_none=True)


class CsmItem(Item):
    """A CSM item with its sub-tasks."""

    sub_tasks = fields.List(fields.Nested(SubTaskItem))


class Metric(StoredSchema):
    """One of the key metrics."""

    key = fields.String(required=True)
    label = fields.String(required=True)
    value = fields.String(required=True)
    detail = fields.String(required=True)


class Summary(StoredSchema):
    """What was done, decided and measured."""

    completed = fields.List(fields.String(), required=True)
    key_decisions = fields.List(fields.String(), required=True)
    metrics = fields.List(fields.Nested(Metric), required=True)


class TimelineEntry(StoredSchema):
    """One next step, with its day and whose it is."""

    order = fields.Integer(required=True)
    date = fields.String(required=True)
    owner = fields.String(required=True, validate=validate.OneOf(("AI", "CSM", "Customer")))
    action = fields.String(required=True)


class NextWorkflow(StoredSchema):
    """The workflow that follows; in the answer of finalize with the trigger that starts it."""

    name = fields.String(required=True)
    stage = fields.String(required=True)
    estimated_date = fields.String(required=True)
    conditions = fields.List(fields.String(), required=True)
    trigger_id = fields.String()


class Issue(StoredSchema):
    """What is wrong with an item, or why a rule could not make one."""

    item = fields.String(required=True)
    title = fields.String()
    reason = fields.String(required=True)


class Created(StoredSchema):
    """How much finalize has made."""

    ai_tasks = fields.Integer(required=True)
    csm_tasks = fields.Integer(required=True)
    sub_tasks = fields.Integer(required=True)


class FinalizeAnswer(StoredSchema):
    """What finalize made, what it did not and why, and what follows."""

    created = fields.Nested(Created, required=True)
    failed = fields.List(fields.Nested(Issue), required=True)
    next_workflow = fields.Nested(NextWorkflow, required=True, allow_none=True)


class PlanSchema(StoredSchema):
    """An action plan with all its parts."""

    execution_id = fields.String(required=True)
    status = fields.String(required=True)
    planner = fields.String(required=True)
    summary = fields.Nested(Summary, required=True)
    ai_tasks = fields.List(fields.Nested(AiItem), required=True)
    csm_tasks = fields.List(fields.Nested(CsmItem), required=True)
    timeline = fields.List(fields.Nested(TimelineEntry), required=True)
    next_workflow = fields.Nested(NextWorkflow, required=True, allow_none=True)
    issues = fields.List(fields.Nested(Issue), required=True)
    finalized = fields.Nested(FinalizeAnswer, allow_none=True)
    version = fields.Integer(required=True)
