"""Every statement on AI tasks and their attempts: the claim, the lease, the finish, the sweep, and the lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import peewee

from services.executor import states
from services.executor.models.tables import AiTask, Attempt, db, feed
from shared import database, keyset, statements
from shared.contracts.paging import Page

KIND = "ai-task"
QUEUED = peewee.SQL("'queued'")
RUNNING = peewee.SQL("'running'")
SWEPT_AT_ONCE = 500


def add(row: Mapping[str, Any]) -> bool:
    """Write a new task. False when there is one with this id, or with this place in its chain of retries."""
    made = statements.insert_if_new(AiTask, {"lease": 0, "attempts": 0, "losses": 0, "version": 1, **row})
    if made:
        feed.mark(KIND, row["id"], row["tenant_id"])
    return made


def find(task_id: str) -> AiTask | None:
    """The task of that id in whichever tenant."""
    return AiTask.get_or_none(AiTask.id == task_id)


def named(tenant_id: str, task_id: str) -> AiTask | None:
    """The tenant's task of that id."""
    return AiTask.get_or_none((AiTask.id == task_id) & (AiTask.tenant_id == tenant_id))


def latest_of(origin: str) -> AiTask | None:
    """The last task of a chain of retries."""
    return AiTask.select().where(AiTask.origin == origin).order_by(AiTask.retry_number.desc()).first()


def attempts_of(task_id: str) -> list[Attempt]:
    """The attempts at a task, the first one first."""
    return list(Attempt.select().where(Attempt.task_id == task_id).order_by(Attempt.lease))


def claim(
    *,
    owner: str,
    deadlines: Mapping[str, float],
    now: datetime,
    lease_seconds: float,
    losses_below: int | None = None,
) -> AiTask | None:
    """Take the best due row (priority, then age, then id) that one of the processors in `deadlines` can do, and that
    was lost fewer times than `losses_below`; None when there is none.

    The claim counts the attempt, so that a crash counts. A task whose processor this process does not have stays
    queued.
    """
    if not deadlines:
        return None
    sql, parameters = _claim_statement(owner, deadlines, now, lease_seconds, losses_below)
    claimed = next(iter(list(AiTask.raw(sql, *parameters))), None)
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
    """Written out, not built: it is the heart of the executor, and building it takes longer than running it.

    What is due is compared with `now`, as it was written and as the attempt will tell it; leases with the database's clock.
    """
    mark = _mark()
    lease_end, at_lease_end = _moment(database.server_time_plus(db, now, lease_seconds))
    cases, case_parameters = [], []
    for processor, seconds in deadlines.items():
        end, at_end = _moment(database.server_time_plus(db, now, seconds))
        cases.append(f"WHEN {mark} THEN {end}")
        case_parameters += [processor, *at_end]
    skip = "FOR UPDATE SKIP LOCKED" if database.is_postgres(db) else ""
    at_losses = [] if losses_below is None else [losses_below]
    sql = f"""
        UPDATE ai_task
        SET status = 'running', lease = lease + 1, attempts = attempts + 1, lease_until = {lease_end},
            lease_owner = {mark}, deadline_at = CASE processor {" ".join(cases)} END,
            started_at = COALESCE(started_at, {mark}), version = version + 1
        WHERE id = (SELECT id FROM ai_task
                    WHERE status = 'queued' AND available_at <= {mark}
                      AND processor IN ({", ".join([mark] * len(deadlines))})
                      {f"AND losses < {mark}" if at_losses else ""}
                    ORDER BY priority, created_at, id LIMIT 1 {skip})
          AND status = 'queued'
        RETURNING *"""  # noqa: S608 - put together from our own words alone; every value is a parameter
    moment = AiTask.started_at.db_value(now)
    return sql, [*at_lease_end, owner, *case_parameters, moment, moment, *deadlines, *at_losses]


def renew(task_id: str, lease: int, *, now: datetime, lease_seconds: float) -> tuple[bool, bool]:
    """(still ours, somebody wants it cancelled). A lease that is still ours now lasts `lease_seconds` from here."""
    renewed = list(
        AiTask.update(lease_until=database.server_time_plus(db, now, lease_seconds))
        .where((AiTask.id == task_id) & (AiTask.lease == lease) & (AiTask.status == RUNNING))
        .returning(AiTask.cancel_requested_at)
        .execute()
    )
    return bool(renewed), any(row.cancel_requested_at for row in renewed)


def holds(task_id: str, lease: int) -> tuple[bool, bool]:
    """(this lease holds the task, and will until the end of the transaction; somebody wants it cancelled)."""
    lock = " FOR SHARE" if database.is_postgres(db) else ""
    found = statements.execute(
        db,
        f"SELECT cancel_requested_at FROM ai_task WHERE id = ? AND lease = ? AND status = 'running'{lock}",  # noqa: S608
        (task_id, lease),
    ).fetchone()
    return found is not None, bool(found and found[0])


def leave(
    task: AiTask, *, verb: str, unless_cancelled: bool = False, uncharged: bool = False, **values: Any
) -> AiTask | None:
    """The one way out of running, by a verb of states.TASK: the guarded write on (id, status, lease). The task as it
    then stands, or None when somebody was first, and nothing is written."""
    values["status"] = states.TASK.after(verb, "running")
    told, parameters = statements.assignments(AiTask, values)
    sql = f"""
        UPDATE ai_task SET {told}, lease_until = NULL, lease_owner = NULL, deadline_at = NULL, version = version + 1
            {", attempts = attempts - 1" if uncharged else ""}
        WHERE id = ? AND lease = ? AND status = 'running'
            {"AND cancel_requested_at IS NULL" if unless_cancelled else ""}"""  # noqa: S608 - our own words alone
    if not statements.execute(db, sql, (*parameters, task.id, task.lease)).rowcount:
        return None
    feed.mark(KIND, task.id, task.tenant_id)
    left = AiTask()
    left.__data__ = {**task.__data__, **values}
    return left


def end_attempt(
    task_id: str, lease: int, outcome: str, *, now: datetime, error: Mapping[str, Any] | None = None
) -> None:
    """Write how an attempt ended; one that has ended already stays as it is."""
    told, parameters = statements.assignments(Attempt, {"ended_at": now, "outcome": outcome, "error": error})
    sql = f"UPDATE attempt SET {told} WHERE task_id = ? AND lease = ? AND outcome = 'running'"  # noqa: S608
    statements.execute(db, sql, (*parameters, task_id, lease))


def hand_back_lapsed(*, now: datetime, lapsed: str = "lease_until", grace: float = 0) -> list[AiTask]:
    """Take every running task whose `lapsed` column is over from its worker: queued again, or cancelled, or failed
    with no attempt left.

    The UPDATE asks again what the sub-select asked: a task that was finished or renewed in between keeps what it got.
    A row that somebody holds locked is passed: a frozen process must not stop the sweep.
    """
    mark = _mark()
    present, at_present = _moment(database.server_time_plus(db, now, -grace))
    skip = "FOR UPDATE SKIP LOCKED" if database.is_postgres(db) else ""
    ended = "cancel_requested_at IS NOT NULL OR attempts >= max_attempts"
    sql = f"""
        UPDATE ai_task
        SET status = CASE WHEN cancel_requested_at IS NOT NULL THEN 'cancelled'
                          WHEN attempts >= max_attempts THEN 'failed' ELSE 'queued' END,
            finished_at = CASE WHEN {ended} THEN {_typed(mark)} END,
            available_at = {_typed(mark)}, lease_until = NULL, lease_owner = NULL, deadline_at = NULL,
            losses = losses + {int(lapsed == "lease_until")}, version = version + 1
        WHERE id IN (SELECT id FROM ai_task WHERE status = 'running' AND {lapsed} < {present}
                     ORDER BY {lapsed} LIMIT {SWEPT_AT_ONCE} {skip})
          AND status = 'running' AND {lapsed} < {present}
        RETURNING *"""  # noqa: S608 - put together from our own words alone; every value is a parameter
    moment = AiTask.finished_at.db_value(now)
    taken = list(AiTask.raw(sql, moment, moment, *at_present, *at_present))
    for task in taken:
        feed.mark(KIND, task.id, task.tenant_id)
    return taken


def change(task: AiTask, states: list[str], **values: Any) -> AiTask | None:
    """Write to a task that is in one of `states`; None when it no longer is, or has changed since it was read."""
    changed = list(
        AiTask.update(version=AiTask.version + 1, **values)
        .where((AiTask.id == task.id) & AiTask.status.in_(states) & (AiTask.version == task.version))
        .returning(AiTask)
        .execute()
    )
    if not changed:
        return None
    feed.mark(KIND, task.id, task.tenant_id)
    return changed[0]


def listed(
    tenant_id: str,
    *,
    status: str | None,
    processor: str | None,
    source: tuple[str, str, str] | None,
    q: str | None,
    limit: int,
    offset: int,
    cursor: str | None,
) -> Page:
    """A tenant's tasks, newest first, without their payloads."""
    query = AiTask.select(*(getattr(AiTask, name) for name in LISTED)).where(AiTask.tenant_id == tenant_id)
    if status:
        query = query.where(AiTask.status == status)
    if processor:
        query = query.where(AiTask.processor == processor)
    if source:
        query = query.where(
            (AiTask.source_service == source[0]) & (AiTask.source_kind == source[1]) & (AiTask.source_id == source[2])
        )
    if q:
        query = query.where((AiTask.id == q.lower()) | AiTask.title.contains(q))
    return keyset.page(
        query, [(AiTask.created_at, "desc"), (AiTask.id, "desc")], limit=limit, offset=offset, cursor=cursor
    )


LISTED = (
    "id",
    "tenant_id",
    "title",
    "processor",
    "status",
    "priority",
    "created_at",
    "available_at",
    "started_at",
    "finished_at",
    "attempts",
    "max_attempts",
    "retry_of",
    "origin",
    "retry_number",
    "subject",
    "source_service",
    "source_kind",
    "source_id",
    "cancel_requested_at",
)


def _mark() -> str:
    return "%s" if database.is_postgres(db) else "?"


def _typed(mark: str) -> str:
    """A parameter whose type PostgreSQL cannot see from where it stands."""
    return f"CAST({mark} AS timestamp)" if database.is_postgres(db) else mark


def _moment(expression: Any) -> tuple[str, list[Any]]:
    """A moment of shared.database (SQL on PostgreSQL, a value on SQLite) as text and parameters of a statement."""
    if isinstance(expression, peewee.SQL):
        return expression.sql, list(expression.params or ())
    return "?", [AiTask.lease_until.db_value(expression)]
