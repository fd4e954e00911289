"""The read model of every run: rows for lists, details apart from them, steps, and words to find them by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peewee import BigIntegerField, BooleanField, CompositeKey, IntegerField, TextField

from services.monitor.models import Table, database, feed, within
from shared import clock, statements
from shared.columns import IdField, JsonField, UtcDateTime

LISTED = "listed"  #: In the list.
TASKS = "tasks"  #: An AI task: shown when it is asked for by kind or by search.
GONE = "gone"  #: Deleted by its owner; the row remembers the version.


class Run(Table):
    """One run as a list shows it: no payload here, so that a row stays small. Steps of AI tasks are rows of kind `ai_task`."""

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
    duration_rank = BigIntegerField()  #: `duration_ms`, or -1 while there is none: a list is sorted by it.
    duration_bucket = IntegerField()
    retry_of = TextField(null=True)
    error_summary = TextField(null=True)
    parent_id = TextField(null=True)  #: The run whose step this AI task is.
    origin = TextField(null=True)  #: The first task of its retry chain.
    retry_number = IntegerField(default=0)
    attempts = IntegerField(default=0)
    own_status = TextField()  #: Its owner's word for its state, from which `status` follows.
    human_work = BooleanField(default=False)
    own_completed_at = UtcDateTime(null=True)
    version = BigIntegerField()  #: Of the newest snapshot that was applied.
    shelf = TextField()  #: Where it is shown: LISTED, TASKS or GONE.

    def as_row(self) -> dict[str, Any]:
        """A row of the list, in the words of the boundary; what a live change carries."""
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
            "retryOf": self.retry_of,
            "parentId": self.parent_id,
            "errorSummary": self.error_summary,
        }


class RunDetail(Table):
    """What only the page of one run needs, and what can be large."""

    run_id = IdField()
    tenant_id = TextField()
    trigger_payload = JsonField(null=True)
    context = JsonField(null=True)
    result = JsonField(null=True)
    error = JsonField(null=True)


class RunStep(Table):
    """A step that its owner publishes; it may be here before its run is."""

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


class RunWord(Table):
    """The words that a run is found by."""

    tenant_id = TextField()
    word = TextField()
    run_id = TextField()
    created_at = UtcDateTime()  #: Of the run, so that the newest of a common word are found without the others.

    class Meta:
        primary_key = CompositeKey("run_id", "word")


Run.add_index(Run.index(Run.tenant_id, Run.shelf, Run.created_at, Run.id, name="run_newest"))
Run.add_index(Run.index(Run.tenant_id, Run.shelf, Run.status, Run.created_at, Run.id, name="run_by_status"))
Run.add_index(Run.index(Run.tenant_id, Run.shelf, Run.duration_rank, Run.id, name="run_by_duration"))
Run.add_index(Run.index(Run.tenant_id, Run.shelf, Run.kind, Run.created_at, Run.id, name="run_by_kind"))
Run.add_index(Run.index(Run.tenant_id, Run.shelf, Run.workflow_key, Run.created_at, Run.id, name="run_by_workflow"))
Run.add_index(Run.index(Run.workflow_name, Run.created_at, Run.id, name="run_by_name"))
Run.add_index(Run.index(Run.tenant_id, Run.subject_id, Run.shelf, Run.created_at, name="run_by_subject"))
Run.add_index(Run.index(Run.parent_id, Run.origin, where=Run.parent_id.is_null(False), name="run_of_parent"))
Run.add_index(Run.index(Run.shelf, Run.created_at, Run.id, name="run_newest_everywhere"))
Run.add_index(Run.index(Run.shelf, Run.status, Run.created_at, Run.id, name="run_by_status_everywhere"))
Run.add_index(Run.index(Run.shelf, Run.duration_rank, Run.id, name="run_by_duration_everywhere"))
RunStep.add_index(RunStep.index(RunStep.tenant_id, RunStep.id, name="run_step_found"))
RunWord.add_index(
    RunWord.index(RunWord.tenant_id, RunWord.word, RunWord.created_at, RunWord.run_id, name="run_word_found")
)
RunWord.add_index(RunWord.index(RunWord.word, RunWord.created_at, RunWord.run_id, name="run_word_found_everywhere"))


def stored(run_id: str) -> Run | None:
    """The row of a run whatever its tenant, deleted ones too; for folding changes in, never for showing."""
    return statements.find(Run, {"id": run_id})


def keep(row: dict[str, Any], before: Run | None, words: Sequence[str] | None) -> None:
    """Write one whole run, and its `words` unless they are None, and mark it. `before` is what `stored` gave."""
    if before is None:
        statements.insert(Run, row)
    else:
        told, parameters = statements.assignments(Run, row)
        statements.execute(database, f"UPDATE run SET {told} WHERE id = ?", [*parameters, before.id])  # noqa: S608
    if words is not None:
        named = {"tenant_id": row["tenant_id"], "run_id": row["id"], "created_at": row["created_at"]}
        RunWord.delete().where(RunWord.run_id == row["id"]).execute()
        if words:
            RunWord.insert_many([{"word": word, **named} for word in words]).execute()
    feed.mark("run", row["id"], row["tenant_id"])


def keep_detail(run_id: str, tenant_id: str, **payloads: Any) -> None:
    """Write the large parts of a run: `trigger_payload`, `context`, `result`, `error`."""
    statements.upsert(RunDetail, "run_id", {"run_id": run_id, "tenant_id": tenant_id, **payloads})


def forget_detail(run_id: str) -> None:
    """Drop the large parts of a run that its owner deleted."""
    RunDetail.delete().where(RunDetail.run_id == run_id).execute()


def stored_step(tenant_id: str, step_id: str) -> RunStep | None:
    """The row of a step by its own id, which its owner gives to one step only."""
    return RunStep.get_or_none((RunStep.tenant_id == tenant_id) & (RunStep.id == step_id))


def drop_step(step: RunStep) -> None:
    """Delete a step that its owner deleted."""
    RunStep.delete().where((RunStep.run_id == step.run_id) & (RunStep.id == step.id)).execute()


def keep_step(row: dict[str, Any]) -> None:
    """Write one whole step."""
    RunStep.insert(row).on_conflict(
        conflict_target=[RunStep.run_id, RunStep.id],
        update={name: value for name, value in row.items() if name not in ("run_id", "id")},
    ).execute()


def keep_only_steps(run_id: str, step_ids: Sequence[str]) -> None:
    """Drop the steps that a run has no longer; for an owner that publishes its steps within the run."""
    RunStep.delete().where((RunStep.run_id == run_id) & RunStep.id.not_in(list(step_ids))).execute()


def find(tenant_id: str, run_id: str) -> Run | None:
    """A run of this tenant that is not deleted."""
    return Run.get_or_none(within(Run, tenant_id), Run.id == run_id, Run.shelf != GONE)


def detail_of(run: Run) -> RunDetail:
    """The large parts of a run; an empty one when there are none."""
    return RunDetail.get_or_none(RunDetail.run_id == run.id) or RunDetail(run_id=run.id, tenant_id=run.tenant_id)


def details_of(run_ids: Sequence[str]) -> dict[str, RunDetail]:
    """The large parts of several runs, by run."""
    return {detail.run_id: detail for detail in RunDetail.select().where(RunDetail.run_id.in_(list(run_ids)))}


def steps_of(run_id: str, tenant_id: str) -> list[RunStep]:
    """The steps that the owner of a run published, in their order, whole."""
    return list(_own_steps(run_id, tenant_id))


def step_states(run_id: str, tenant_id: str) -> list[RunStep]:
    """The same without their payloads: what the run's own state follows from."""
    columns = (RunStep.id, RunStep.name, RunStep.status, RunStep.completed_at)
    return list(_own_steps(run_id, tenant_id, *columns))


def _own_steps(run_id: str, tenant_id: str, *columns: Any) -> Any:
    mine = (RunStep.run_id == run_id) & (RunStep.tenant_id == tenant_id)
    return RunStep.select(*columns).where(mine).order_by(RunStep.order_index, RunStep.id)


def tasks_of(run_id: str, tenant_id: str) -> list[Run]:
    """The AI tasks that are steps of a run, all tries of each."""
    return list(_tasks(run_id, tenant_id))


def task_states(run_id: str, tenant_id: str) -> list[Any]:
    """The same as plain tuples of few columns: what the run's own state follows from, read again whenever one of them changes."""
    chain = (Run.id, Run.origin, Run.retry_number, Run.version, Run.attempts)
    part = (Run.workflow_name, Run.status, Run.own_completed_at, Run.error_summary)
    return list(_tasks(run_id, tenant_id, *chain, *part).namedtuples())


def _tasks(run_id: str, tenant_id: str, *columns: Any) -> Any:
    return Run.select(*columns).where((Run.parent_id == run_id) & (Run.tenant_id == tenant_id) & (Run.shelf != GONE))


@feed.snapshot("run")
def _snapshots(run_ids: list[str]) -> dict[str, dict[str, Any]]:
    return {run.id: run.as_row() for run in Run.select().where(Run.id.in_(run_ids), Run.shelf != GONE)}
