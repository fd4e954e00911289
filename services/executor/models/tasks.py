"""The statements on AI tasks and attempts: claim, lease, finish, sweep."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import peewee

from services.executor import states
from services.executor.models.database import db, feed, words
from services.executor.models.pauses import NOT_PAUSED
from services.executor.models.tables import AiTask, Attempt
from shared.database import connection, statements
from shared.ground.json_types import JsonObject

KIND = "ai-task"
RUNNING = peewee.SQL("'running'")
SWEEP_LIMIT = 500


def add(row: Mapping[str, Any]) -> bool:
    """Insert a new task. Returns False when its id, or its position in its chain of retries, exists already."""
    made = statements.insert_if_new(AiTask, {"lease": 0, "attempts": 0, "losses": 0, "version": 1, **row})
    if made:
        words.index(KIND, row["tenant_id"], row["id"], [row["title"]], place=row["created_at"], new=True, parts=True)
        feed.mark(KIND, row["id"], row["tenant_id"])
    return made


def get_by_id(task_id: str) -> AiTask | None:
    """The task of that id, of any tenant, or None."""
    return AiTask.get_or_none_of_all_tenants(task_id)


def get_or_none(tenant_id: str, task_id: str, *, for_update: bool = False) -> AiTask | None:
    """The tenant's task of that id, or None. With `for_update` it is locked until the transaction ends."""
    return AiTask.get_or_none_for(tenant_id, task_id, for_update=for_update)


def latest_of(task: AiTask) -> AiTask:
    """The last task of this one's chain of retries."""
    chain = AiTask.for_tenant(task.tenant_id, seek=False).where(AiTask.origin == task.origin)
    return chain.order_by(AiTask.retry_number.desc()).get()


def attempts_of(task: AiTask) -> list[Attempt]:
    """The attempts at a task, the first one first."""
    return list(Attempt.for_tenant(task.tenant_id).where(Attempt.task_id == task.id).order_by(Attempt.lease))


def claim(
    *,
    owner: str,
    deadlines: Mapping[str, float],
    now: datetime,
    lease_seconds: float,
    losses_below: int | None = None,
) -> AiTask | None:
    """Claim the best due task (priority, then age, then id) whose processor is in `deadlines` and which has lost fewer
    than `losses_below` leases.

    None when there is none. The claim counts the attempt, so that a crash counts. A task whose processor this process
    does not have stays queued.
    """
    if not deadlines:
        return None
    sql, parameters = _claim_statement(owner, deadlines, now, lease_seconds, losses_below)
    claimed = next(iter(statements.load(AiTask, sql, parameters)), None)
    if claimed is None:
        return None
    attempt = {
        "task_id": claimed.id,
        "lease": claimed.lease,
        "tenant_id": claimed.tenant_id,
        "number": claimed.attempts,
        "owner": owner,
        "started_at": now,
        "outcome": "running",
    }
    statements.insert_if_new(Attempt, attempt)
    feed.mark(KIND, claimed.id, claimed.tenant_id)
    return claimed


def _claim_statement(
    owner: str, deadlines: Mapping[str, float], now: datetime, lease_seconds: float, losses_below: int | None = None
) -> tuple[str, list[Any]]:
    """The statement and its parameters, written out because building it with peewee takes longer than running it.

    Whether a task is due is compared with `now`; leases are compared with the database's clock.
    """
    lease_end, at_lease_end = _time_sql(connection.server_time_plus(db, now, lease_seconds))
    cases, case_parameters = [], []
    for processor, seconds in deadlines.items():
        end, at_end = _time_sql(connection.server_time_plus(db, now, seconds))
        cases.append(f"WHEN ? THEN {end}")
        case_parameters += [processor, *at_end]
    skip = "FOR UPDATE SKIP LOCKED" if connection.is_postgres(db) else ""
    at_losses = [] if losses_below is None else [losses_below]
    # A worker takes the best task of all tenants.
    sql = statements.across_tenants(f"""
        UPDATE ai_task
        SET status = 'running', lease = lease + 1, attempts = attempts + 1, lease_until = {lease_end},
            lease_owner = ?, deadline_at = CASE processor {" ".join(cases)} END,
            started_at = COALESCE(started_at, ?), version = version + 1
        WHERE id = (SELECT id FROM ai_task
                    WHERE status = 'queued' AND available_at <= ?
                      AND processor IN ({", ".join(["?"] * len(deadlines))})
                      {"AND losses < ?" if at_losses else ""}
                      AND {NOT_PAUSED}
                    ORDER BY priority, created_at, id LIMIT 1 {skip})
          AND status = 'queued'
        RETURNING *""")  # noqa: S608 - built from our own names; every value is a parameter
    now_value = AiTask.started_at.db_value(now)
    return sql, [*at_lease_end, owner, *case_parameters, now_value, now_value, *deadlines, *at_losses]


def renew(task: AiTask, *, now: datetime, lease_seconds: float) -> tuple[bool, bool]:
    """Renew a lease for `lease_seconds` from now. Returns whether this worker still has it, and whether the task is to
    be cancelled."""
    renewed = list(
        AiTask.update_for(task.tenant_id, lease_until=connection.server_time_plus(db, now, lease_seconds))
        .where((AiTask.id == task.id) & (AiTask.lease == task.lease) & (AiTask.status == RUNNING))
        .returning(AiTask.cancel_requested_at)
        .execute()
    )
    return bool(renewed), any(row.cancel_requested_at for row in renewed)


def lease_state(task: AiTask) -> tuple[bool, bool]:
    """Whether the task's lease still holds, until the end of the transaction, and whether the task is to be cancelled."""
    lock = " FOR SHARE" if connection.is_postgres(db) else ""
    sql = f"""SELECT cancel_requested_at FROM ai_task
        WHERE id = ? AND tenant_id = ? AND lease = ? AND status = 'running'{lock}"""  # noqa: S608 - only our own words
    row = statements.execute(db, sql, (task.id, task.tenant_id, task.lease)).fetchone()
    return row is not None, bool(row and row[0])


def end_running(
    task: AiTask, *, verb: str, unless_cancelled: bool = False, uncharged: bool = False, **values: Any
) -> AiTask | None:
    """End a worker's running task by a verb of states.TASK, in a guarded write on (id, status, lease). The sweep uses
    `take_back_lapsed` instead.

    Returns the task as it is then, or None, with nothing written, when the lease is lost.
    """
    values["status"] = states.TASK.after(verb, "running")
    sql_assignments, parameters = statements.assignments(AiTask, values)
    sql = f"""
        UPDATE ai_task SET {sql_assignments}, lease_until = NULL, lease_owner = NULL, deadline_at = NULL, version = version + 1
            {", attempts = attempts - 1" if uncharged else ""}
        WHERE id = ? AND tenant_id = ? AND lease = ? AND status = 'running'
            {"AND cancel_requested_at IS NULL" if unless_cancelled else ""}"""  # noqa: S608 - only our own names
    if not statements.execute(db, sql, (*parameters, task.id, task.tenant_id, task.lease)).rowcount:
        return None
    feed.mark(KIND, task.id, task.tenant_id)
    changed = AiTask()
    changed.__data__ = {**task.__data__, **values}
    return changed


def end_attempt(task: AiTask, outcome: str, *, now: datetime, error: Mapping[str, Any] | None = None) -> None:
    """Record how the attempt under the task's lease ended. One that has ended already is not changed."""
    sql_assignments, parameters = statements.assignments(Attempt, {"ended_at": now, "outcome": outcome, "error": error})
    sql = f"""UPDATE attempt SET {sql_assignments}
        WHERE task_id = ? AND lease = ? AND tenant_id = ? AND outcome = 'running'"""  # noqa: S608 - only our own names
    statements.execute(db, sql, (*parameters, task.id, task.lease, task.tenant_id))


def set_error(task: AiTask, error: JsonObject) -> None:
    """Write the error of a task that this transaction has just ended or queued again."""
    AiTask.update_for(task.tenant_id, error=error).where(AiTask.id == task.id).execute()
    task.error = error


def take_back_lapsed(*, now: datetime, lapsed: str = "lease_until", grace: float = 0) -> list[AiTask]:
    """Take running tasks from their worker where the column `lapsed` is more than `grace` seconds ago, at most
    SWEEP_LIMIT. Each is queued again, cancelled, or failed if no attempt is left.

    The UPDATE repeats the condition of its sub-select, so that a task that was finished or renewed in between is not
    touched. Rows that are locked are skipped: a frozen process must not stop the sweep.
    """
    present, at_present = _time_sql(connection.server_time_plus(db, now, -grace))
    skip = "FOR UPDATE SKIP LOCKED" if connection.is_postgres(db) else ""
    ended = "cancel_requested_at IS NOT NULL OR attempts >= max_attempts"
    # The sweep looks after the tasks of all tenants.
    sql = statements.across_tenants(f"""
        UPDATE ai_task
        SET status = CASE WHEN cancel_requested_at IS NOT NULL THEN 'cancelled'
                          WHEN attempts >= max_attempts THEN 'failed' ELSE 'queued' END,
            finished_at = CASE WHEN {ended} THEN {_typed()} END,
            available_at = {_typed()}, lease_until = NULL, lease_owner = NULL, deadline_at = NULL,
            losses = losses + {int(lapsed == "lease_until")}, version = version + 1
        WHERE id IN (SELECT id FROM ai_task WHERE status = 'running' AND {lapsed} < {present}
                     ORDER BY {lapsed} LIMIT {SWEEP_LIMIT} {skip})
          AND status = 'running' AND {lapsed} < {present}
        RETURNING *""")  # noqa: S608 - built from our own names; every value is a parameter
    now_value = AiTask.finished_at.db_value(now)
    tasks = statements.load(AiTask, sql, (now_value, now_value, *at_present, *at_present))
    for task in tasks:
        feed.mark(KIND, task.id, task.tenant_id)
    return tasks


def change(task: AiTask, states: list[str], **values: Any) -> AiTask | None:
    """Write to a task in one of `states`. Returns None when it has left them, or has changed since it was read."""
    changed = list(
        AiTask.update_for(task.tenant_id, version=AiTask.version + 1, **values)
        .where((AiTask.id == task.id) & AiTask.status.in_(states) & (AiTask.version == task.version))
        .returning(AiTask)
        .execute()
    )
    if not changed:
        return None
    feed.mark(KIND, task.id, task.tenant_id)
    return changed[0]


def _typed() -> str:
    """A parameter whose type PostgreSQL cannot infer."""
    return "CAST(? AS timestamp)" if connection.is_postgres(db) else "?"


def _time_sql(expression: Any) -> tuple[str, list[Any]]:
    """A time from shared/database/connection.py (SQL on PostgreSQL, a value on SQLite) as text and parameters of a
    statement."""
    if isinstance(expression, peewee.SQL):
        return expression.sql, list(expression.params or ())
    return "?", [AiTask.lease_until.db_value(expression)]
