"""The tables of guided runs: runs with their steps and rows, templates, recurrences and comments."""

from __future__ import annotations

import peewee

from services.runs.models.database import Table
from shared.database.fields import IdField, JsonField, UtcDateTime


class RunTemplate(Table):
    """A tenant's own template; the built-in ones are code (catalogue). `latest` is the number of its newest version."""

    id = IdField()
    tenant_id = peewee.TextField()
    name = peewee.TextField()
    description = peewee.TextField(default="")
    latest = peewee.IntegerField()
    created_at = UtcDateTime()
    updated_at = UtcDateTime()
    deleted_at = UtcDateTime(null=True)
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "run_template"
        indexes = ((("tenant_id", "created_at", "id"), False),)


class RunTemplateVersion(Table):
    """One version of a template; never changed. `steps` is `[{key, actionType, title, description, config}]`."""

    template_id = peewee.TextField()
    number = peewee.IntegerField()
    tenant_id = peewee.TextField()
    name = peewee.TextField()
    description = peewee.TextField()
    steps = JsonField()
    by = JsonField()
    created_at = UtcDateTime()

    class Meta:
        table_name = "run_template_version"
        primary_key = peewee.CompositeKey("template_id", "number")


class GuidedRun(Table):
    """A guided session of work that a person walks through, step by step."""

    noun = "guided run"

    id = IdField()
    tenant_id = peewee.TextField()
    name = peewee.TextField()
    description = peewee.TextField(default="")
    status = peewee.TextField()
    template_id = peewee.TextField(null=True)
    template_version = peewee.IntegerField(null=True)
    recurrence_id = peewee.TextField(null=True)
    owner = peewee.TextField(null=True)
    outcome = peewee.TextField(null=True)
    steps_done = peewee.IntegerField(default=0)
    steps_total = peewee.IntegerField(default=0)
    by = JsonField(null=True)
    created_at = UtcDateTime()
    completed_at = UtcDateTime(null=True)
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "guided_run"
        indexes = (
            (("tenant_id", "created_at", "id", "status", "owner", "template_id"), False),
            (("tenant_id", "status", "created_at", "id", "owner", "template_id"), False),
            (("tenant_id", "owner", "created_at", "id", "status", "template_id"), False),
            (("tenant_id", "template_id", "created_at", "id", "status", "owner"), False),
        )


class RunPartnership(Table):
    """A partnership that a run was started for, created or acted on. One that it only acted on is not linked to it and
    has no `position`."""

    run_id = peewee.TextField()
    partnership_id = peewee.TextField()
    tenant_id = peewee.TextField()
    position = peewee.IntegerField(null=True)
    created_at = UtcDateTime()

    class Meta:
        table_name = "run_partnership"
        primary_key = peewee.CompositeKey("run_id", "partnership_id")
        indexes = ((("tenant_id", "partnership_id", "created_at", "run_id"), False),)


class GuidedStep(Table):
    """One step. `key` is its name in the template; `draft` is what a person has typed but not submitted.

    `whose` says whose partnerships it shows, once it was started: `mine` (its owner's) or `all`; None where its config
    leaves no choice. `version` guards the changes of people to the step itself; each row of the step has its own.
    """

    id = IdField()
    tenant_id = peewee.TextField()
    run_id = peewee.TextField()
    order_index = peewee.IntegerField()
    key = peewee.TextField()
    title = peewee.TextField()
    description = peewee.TextField(default="")
    action_type = peewee.TextField()
    config = JsonField(default=dict)
    status = peewee.TextField()
    owner = peewee.TextField(null=True)
    whose = peewee.TextField(null=True)
    draft = JsonField(null=True)
    result = JsonField(null=True)
    summary = peewee.TextField(null=True)
    reason = peewee.TextField(null=True)
    done_by = JsonField(null=True)
    started_at = UtcDateTime(null=True)
    completed_at = UtcDateTime(null=True)
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "guided_step"
        indexes = ((("run_id", "order_index"), False),)


class StepRow(Table):
    """One row of a step, as it was shown and with what was done.

    `subject_kind` is partnership or objective. `shown` are the facts at the time `shown_at`, `why` is the reason for
    the row. `state` is open, done or set_aside; `outcome` says what was done, `by` is the person who changed the row
    last, and `mark` is the mark of a review.
    """

    id = IdField()
    tenant_id = peewee.TextField()
    run_id = peewee.TextField()
    step_id = peewee.TextField()
    subject_kind = peewee.TextField()
    subject_id = peewee.TextField()
    position = peewee.IntegerField()
    why = peewee.TextField()
    shown = JsonField()
    state = peewee.TextField()
    mark = peewee.TextField(null=True)
    note = peewee.TextField(null=True)
    draft = JsonField(null=True)
    outcome = JsonField(null=True)
    by = JsonField(null=True)
    shown_at = UtcDateTime()
    changed_at = UtcDateTime(null=True)
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "step_row"
        indexes = ((("step_id", "subject_kind", "subject_id"), True), (("step_id", "position"), False))


class Comment(Table):
    """A comment on a run, or on one step of it; `mentions` are people's ids."""

    id = IdField()
    tenant_id = peewee.TextField()
    run_id = peewee.TextField()
    step_id = peewee.TextField(null=True)
    body = peewee.TextField()
    mentions = JsonField(default=list)
    by = JsonField()
    at = UtcDateTime()
    deleted_at = UtcDateTime(null=True)
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "run_comment"
        indexes = ((("run_id", "at", "id"), False),)


class Recurrence(Table):
    """A template on a schedule. `cron` is in the tenant's time zone. A worker claims a due time by advancing
    `next_due_at`, which only one can. After `failures` in a row it is not tried again before `not_before`."""

    noun = "recurrence"

    id = IdField()
    tenant_id = peewee.TextField()
    template_id = peewee.TextField()
    name = peewee.TextField(null=True)
    owner = peewee.TextField(null=True)
    every = peewee.TextField()
    cron = peewee.TextField()
    linked_partnership_ids = JsonField(default=list)
    active = peewee.BooleanField(default=True)
    next_due_at = UtcDateTime()
    last_due_at = UtcDateTime(null=True)
    last_run_id = peewee.TextField(null=True)
    failures = peewee.IntegerField(default=0)
    not_before = UtcDateTime(null=True)
    by = JsonField()
    created_at = UtcDateTime()
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "recurrence"
        indexes = ((("tenant_id", "created_at", "id"), False), (("active", "next_due_at"), False))
