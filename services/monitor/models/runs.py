"""The read model of every run: rows for lists, details apart from them, steps, and search words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from peewee import SQL, BigIntegerField, BooleanField, CompositeKey, IntegerField, TextField, fn

from services.monitor.models import Table, database, feed, words
from services.monitor.states import FAILED, GONE, LISTED
from shared.database import statements
from shared.database.fields import IdField, JsonField, UtcDateTime
from shared.database.model import Columns
from shared.ground import clock
from shared.ground.json_types import JsonObject

KIND = "run"

NAMES = ("workflow_name", "workflow_key", "subject_name")
"""The columns of a run that are searched, and the beginning of its error."""

SEARCHED_OF_ERROR = 200
"""How many characters of an error are searched; the words that tell errors apart come first."""


class Run(Table):
    """One run as a list shows it, without payloads, so that a row stays small. AI tasks that are steps are rows of kind
    `ai_task`."""

    id = IdField()
    tenant_id = TextField()
    kind = TextField()
    workflow_name = TextField()
    workflow_key = TextField()  #: What the filter by workflow compares, folded: "discovery" of "Discovery: Acme".
    status = TextField()
    owner = TextField(null=True)
    subject_id = TextField(null=True)
    subject_name = TextField(null=True)
    steps_done = IntegerField(default=0)
    steps_total = IntegerField(default=0)
    current_step = TextField(null=True)
    created_at = UtcDateTime()
    started_at = UtcDateTime(null=True)
    completed_at = UtcDateTime(null=True)
    duration_ms = BigIntegerField(null=True)
    duration_rank = BigIntegerField()  #: The sort key of a list by duration (durations.rank_of).
    duration_bucket = IntegerField()
    retry_of = TextField(null=True)
    error_summary = TextField(null=True)
    parent_id = TextField(null=True)  #: The run whose step this AI task is.
    origin = TextField(null=True)  #: The first task of its retry chain.
    retry_number = IntegerField(default=0)
    attempts = IntegerField(default=0)
    own_status = TextField()  #: Its owner's name for its status; `status` also depends on AI tasks and open human work.
    human_work = BooleanField(default=False)
    own_completed_at = UtcDateTime(null=True)
    version = BigIntegerField()  #: Of the newest change that was applied, which may be a deletion.
    listing = TextField()  #: Where it is shown: LISTED, ALONE, TASKS or GONE.

    def as_row(self) -> JsonObject:
        """The row as the API and live events have it."""
        return {
            "id": self.id,
            "tenantId": self.tenant_id,
            "kind": self.kind,
            "workflowName": self.workflow_name,
            "status": self.status,
            "owner": self.owner,
            "subjectId": self.subject_id,
            "subjectName": self.subject_name,
            "stepsDone": self.steps_done,
            "stepsTotal": self.steps_total,
            "currentStep": self.current_step,
            "createdAt": clock.rfc3339(self.created_at),
            "startedAt": clock.rfc3339(self.started_at),
            "completedAt": clock.rfc3339(self.completed_at),
            "durationMs": self.duration_ms,
            "attempts": self.attempts,
            "retryOf": self.retry_of,
            "parentId": self.parent_id,
            "errorSummary": self.error_summary,
        }


class RunDetail(Table):
    """The large parts of a run, which only its own page needs."""

    run_id = IdField()
    tenant_id = TextField()
    trigger_payload = JsonField(null=True)
    context = JsonField(null=True)
    result = JsonField(null=True)
    error = JsonField(null=True)


class RunStep(Table):
    """A step that its owner publishes; it may be stored before its run is."""

    run_id = TextField()
    id = TextField()
    tenant_id = TextField()
    order_index = IntegerField()
    kind = TextField()
    name = TextField()
    status = TextField()
    cache_hit = BooleanField(default=False)
    started_at = UtcDateTime(null=True)
    completed_at = UtcDateTime(null=True)
    duration_ms = BigIntegerField(null=True)
    summary = TextField(null=True)
    input = JsonField(null=True)
    output = JsonField(null=True)
    version = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("run_id", "id")


Run.add_index(Run.index(Run.tenant_id, Run.listing, Run.created_at, Run.id, name="run_newest"))
Run.add_index(Run.index(Run.tenant_id, Run.listing, Run.status, Run.created_at, Run.id, name="run_by_status"))
Run.add_index(Run.index(Run.tenant_id, Run.listing, Run.duration_rank, Run.id, name="run_by_duration"))
Run.add_index(Run.index(Run.tenant_id, Run.listing, Run.kind, Run.created_at, Run.id, name="run_by_kind"))
Run.add_index(Run.index(Run.tenant_id, Run.listing, Run.workflow_key, Run.created_at, Run.id, name="run_by_workflow"))
Run.add_index(Run.index(Run.workflow_name, Run.created_at, Run.id, name="run_by_name"))
Run.add_index(Run.index(Run.tenant_id, Run.subject_id, Run.listing, Run.created_at, name="run_by_subject"))
Run.add_index(Run.index(Run.parent_id, Run.origin, where=Run.parent_id.is_null(False), name="run_of_parent"))
Run.add_index(Run.index(Run.listing, Run.created_at, Run.id, name="run_newest_everywhere"))
Run.add_index(Run.index(Run.listing, Run.status, Run.created_at, Run.id, name="run_by_status_everywhere"))
Run.add_index(Run.index(Run.listing, Run.duration_rank, Run.id, name="run_by_duration_everywhere"))
Run.add_index(Run.index(Run.retry_of, where=Run.retry_of.is_null(False), name="run_retried"))
Run.add_index(Run.index(fn.substr(Run.id, fn.length(Run.id) - SQL("7")), name="run_by_tail"))
RunStep.add_index(RunStep.index(RunStep.tenant_id, RunStep.id, name="run_step_found"))


def stored(run_id: str) -> Run | None:
    """The row of a run of any tenant, also a deleted one; for applying changes, never for showing."""
    return Run.get_or_none_of_all_tenants(run_id)


def older(kind: str) -> Callable[[int, int], list[tuple[str, str]]]:
    """Returns `find(version, limit)`: id and tenant of the runs of a kind whose last applied change is below this
    version."""

    def find_older(version: int, limit: int) -> list[tuple[str, str]]:
        old = (Run.kind == kind) & (Run.version < version) & (Run.listing != GONE)
        return [(run.id, run.tenant_id) for run in Run.of_all_tenants(Run.id, Run.tenant_id).where(old).limit(limit)]

    return find_older


def older_steps(kind: str) -> Callable[[int, int], list[tuple[str, str]]]:
    """Like `older`, for the steps of such runs."""

    def find_older(version: int, limit: int) -> list[tuple[str, str]]:
        steps = RunStep.of_all_tenants(RunStep.id, RunStep.tenant_id).join(Run, on=Run.id == RunStep.run_id)
        old = (Run.kind == kind) & (RunStep.version < version)
        return [(step.id, step.tenant_id) for step in steps.where(old).limit(limit)]

    return find_older


def retried(tenant_id: str, run_id: str) -> bool:
    """Whether a retry of this run exists."""
    return Run.for_tenant(tenant_id, Run.id).where(Run.retry_of == run_id).limit(1).exists()


def retries_of(tenant_id: str, run_ids: Sequence[str]) -> dict[str, Run]:
    """The newest retry of each of these runs that has one, by the id of what it tries again."""
    retries = Run.for_tenant(tenant_id).where(Run.retry_of.in_(list(run_ids)), Run.listing != GONE)
    return {str(retry.retry_of): retry for retry in retries.order_by(Run.created_at)}


def of_ids(tenant_id: str, run_ids: Collection[str]) -> dict[str, Run]:
    """Those of these runs that there are, by id."""
    found = Run.for_tenant(tenant_id).where(Run.id.in_(list(run_ids)), Run.listing != GONE)
    return {run.id: run for run in found} if run_ids else {}


def failed_among(tenant_id: str, run_ids: Sequence[str]) -> list[str]:
    """The ids of those of these runs that failed."""
    query = Run.for_tenant(tenant_id, Run.id).where(
        Run.id.in_(list(run_ids)), Run.status == FAILED, Run.listing != GONE
    )
    return [run.id for run in query]


def names_of(tenant_id: str, run_ids: Sequence[str]) -> dict[str, str]:
    """The names of those of these runs that there are, by id."""
    named = Run.for_tenant(tenant_id, Run.id, Run.workflow_name).where(Run.id.in_(list(run_ids)), Run.listing != GONE)
    return {run.id: run.workflow_name for run in named}


def subject_names(tenant_id: str, subject_ids: Collection[str]) -> dict[str, str]:
    """The names of those of these customers that have runs, by their id."""
    named = Run.for_tenant(tenant_id, Run.subject_id, Run.subject_name).distinct()
    of_subjects = named.where(
        Run.subject_id.in_(list(subject_ids)), Run.listing == LISTED, Run.subject_name.is_null(False)
    )
    return {run.subject_id: run.subject_name for run in of_subjects if run.subject_id and run.subject_name}


def steps_named(tenant_id: str, step_ids: Collection[str]) -> dict[str, RunStep]:
    """Those of these steps that are here, by id, without their payloads."""
    columns = (RunStep.run_id, RunStep.id, RunStep.name)
    return {step.id: step for step in RunStep.for_tenant(tenant_id, *columns).where(RunStep.id.in_(list(step_ids)))}


def write(row: Columns, before: Run | None) -> None:
    """Write all columns of a run and its search words, and mark it as changed. `before` is what `stored` returned."""
    if before is None:
        statements.insert(Run, row)
    else:
        assignments, parameters = statements.assignments(Run, row)
        sql = f"UPDATE run SET {assignments} WHERE id = ? AND tenant_id = ?"  # noqa: S608 - only our own names
        statements.execute(database, sql, [*parameters, before.id, before.tenant_id])
    if before is None or any(row[name] != getattr(before, name) for name in (*NAMES, "created_at", "error_summary")):
        texts = [*(row[name] for name in NAMES), (row["error_summary"] or "")[:SEARCHED_OF_ERROR]]
        words.index(KIND, row["tenant_id"], row["id"], texts, place=row["created_at"], new=before is None)
    feed.mark(KIND, row["id"], row["tenant_id"])


def upsert_detail(run_id: str, tenant_id: str, **payloads: Any) -> None:
    """Write the large parts of a run: `trigger_payload`, `context`, `result`, `error`."""
    statements.upsert(RunDetail, "run_id", {"run_id": run_id, "tenant_id": tenant_id, **payloads})


def forget_detail(run: Run) -> None:
    """Delete the large parts of a run that its owner deleted."""
    RunDetail.delete_for(run.tenant_id).where(RunDetail.run_id == run.id).execute()


def stored_step(tenant_id: str, step_id: str) -> RunStep | None:
    """The row of a step by its own id, which its owner gives to one step only."""
    return RunStep.for_tenant(tenant_id).where(RunStep.id == step_id).first()


def drop_step(step: RunStep) -> None:
    """Delete a step that its owner deleted."""
    RunStep.delete_for(step.tenant_id).where(RunStep.run_id == step.run_id, RunStep.id == step.id).execute()


def upsert_step(row: Columns) -> None:
    """Write all columns of a step."""
    RunStep.insert(row).on_conflict(
        conflict_target=[RunStep.run_id, RunStep.id],
        update={name: value for name, value in row.items() if name not in ("run_id", "id")},
    ).execute()


def delete_other_steps(tenant_id: str, run_id: str, step_ids: Sequence[str]) -> None:
    """Delete the steps of a run that are not in `step_ids`, for an owner that publishes the steps within the run."""
    mine = RunStep.delete_for(tenant_id).where(RunStep.run_id == run_id)
    mine.where(RunStep.id.not_in(list(step_ids))).execute()


def find(tenant_id: str, run_id: str) -> Run | None:
    """A run of this tenant that is not deleted."""
    return Run.for_tenant(tenant_id).where(Run.id == run_id, Run.listing != GONE).first()


def detail_of(run: Run) -> RunDetail:
    """The large parts of a run; an empty one when there are none."""
    return RunDetail.get_or_none_for(run.tenant_id, run.id) or RunDetail(run_id=run.id, tenant_id=run.tenant_id)


def details_of(tenant_id: str, run_ids: Sequence[str]) -> dict[str, RunDetail]:
    """The large parts of several runs, by run."""
    query = RunDetail.for_tenant(tenant_id).where(RunDetail.run_id.in_(list(run_ids)))
    return {detail.run_id: detail for detail in query}


def steps_of(run_id: str, tenant_id: str) -> list[RunStep]:
    """The steps that the owner of a run published, in their order, with all columns."""
    return list(_own_steps(run_id, tenant_id))


def step_states(run_id: str, tenant_id: str) -> list[RunStep]:
    """The steps of a run without their payloads, for computing the run's state."""
    columns = (RunStep.id, RunStep.name, RunStep.status, RunStep.completed_at)
    return list(_own_steps(run_id, tenant_id, *columns))


def _own_steps(run_id: str, tenant_id: str, *columns: Any) -> Any:
    query = RunStep.for_tenant(tenant_id, *columns).where(RunStep.run_id == run_id)
    return query.order_by(RunStep.order_index, RunStep.id)


class TaskState(NamedTuple):
    """The columns of an AI task from which the state of its run is computed."""

    id: str
    origin: str
    retry_number: int
    version: int
    attempts: int
    workflow_name: str
    status: str
    own_completed_at: datetime | None
    error_summary: str | None


def tasks_of(run_id: str, tenant_id: str) -> list[Run]:
    """The AI tasks that are steps of a run, with all retries of each."""
    return list(Run.for_tenant(tenant_id).where(Run.parent_id == run_id, Run.listing != GONE))


def task_states(run_id: str, tenant_id: str) -> list[TaskState]:
    """The states of the AI tasks of a run. They are plain tuples, because all of a plan are read again whenever one changes."""
    columns = ", ".join(TaskState._fields)
    sql = f"SELECT {columns} FROM run WHERE parent_id = ? AND tenant_id = ? AND listing <> ?"  # noqa: S608 - our own names
    moment = Run.own_completed_at.python_value
    rows = statements.execute(database, sql, (run_id, tenant_id, GONE)).fetchall()
    return [TaskState._make((*row[:7], moment(row[7]), row[8])) for row in rows]


@feed.snapshot(KIND)
def _snapshots(run_ids: list[str]) -> dict[str, JsonObject]:
    # The feed reads the runs of all tenants, and each snapshot says whose it is.
    return {run.id: run.as_row() for run in Run.of_all_tenants().where(Run.id.in_(run_ids), Run.listing != GONE)}
