"""The statements on effects: the intent, taking over, the outcome."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.executor.models.database import db, feed
from services.executor.models.tables import AiTask, Effect
from shared.database import statements


def intend(origin: str, name: str, *, tenant_id: str, task_id: str, key: str, fence: int, now: datetime) -> bool:
    """Record the intent of an effect that has no row yet. Returns False when it has one."""
    row = {
        "origin": origin,
        "name": name,
        "tenant_id": tenant_id,
        "task_id": task_id,
        "key": key,
        "fence": fence,
        "status": "intended",
        "intended_at": now,
    }
    is_new = statements.insert_if_new(Effect, row)
    if is_new:
        _mark_chain(tenant_id, origin)
    return is_new


def get(task: AiTask, name: str) -> Effect:
    """The effect of that name in the task's chain of retries. It must exist."""
    return _of(task).where(Effect.name == name).get()


def get_or_none(task: AiTask, name: str) -> Effect | None:
    """The effect of that name in the task's chain of retries, or None."""
    return _of(task).where(Effect.name == name).first()


def of_chain(task: AiTask) -> list[Effect]:
    """The effects of the task's chain of retries, the earliest first."""
    return list(_of(task).order_by(Effect.intended_at, Effect.name))


def _of(task: AiTask) -> Any:
    return Effect.for_tenant(task.tenant_id).where(Effect.origin == task.origin)


def of_chains(origins: Sequence[str]) -> list[Effect]:
    """The effects of these chains, of whichever tenant, the earliest first."""
    # The feed reads the tasks of all tenants.
    effects = Effect.load_of_all_tenants("origin", origins)
    return sorted(effects, key=lambda effect: (effect.intended_at, effect.name))


def move(
    task: AiTask, name: str, states: Sequence[str], *, at: int | None = None, below: int | None = None, **values: Any
) -> bool:
    """Guarded write: only from one of `states`; with `at` only if the row's fence equals it, with `below` only if it is
    below that. Returns whether it was written."""
    assignments_, parameters = statements.assignments(Effect, values)
    sql = f"""UPDATE effect SET {assignments_} WHERE origin = ? AND name = ? AND tenant_id = ?
        AND status IN ({", ".join("?" * len(states))})"""  # noqa: S608 - only our own names
    parameters += [task.origin, name, task.tenant_id, *states]
    if at is not None:
        sql, parameters = f"{sql} AND fence = ?", [*parameters, at]
    if below is not None:
        sql, parameters = f"{sql} AND fence < ?", [*parameters, below]
    moved = bool(statements.execute(db, sql, parameters).rowcount)
    if moved:
        _mark_chain(task.tenant_id, task.origin)
    return moved


def mark_intended_unknown(task: AiTask, *, now: datetime) -> int:
    """Mark the effects of the task's chain that have no outcome as unknown. Returns how many."""
    update = Effect.update_for(task.tenant_id, status="unknown", settled_at=now)
    lost = update.where(Effect.origin == task.origin, Effect.status == "intended").execute()
    if lost:
        _mark_chain(task.tenant_id, task.origin)
    return lost


def unknown_in(task: AiTask) -> list[str]:
    """Names of the effects of the task's chain whose outcome is unknown."""
    return [row.name for row in _of(task).where(Effect.status == "unknown")]


def clear_unknown(task: AiTask) -> None:
    """Clear `outcomeUnknown` in the errors of the tasks of the chain: other services read it before they allow a retry."""
    chain = AiTask.for_tenant(task.tenant_id, AiTask.id, AiTask.error, seek=False).where(AiTask.origin == task.origin)
    for each in chain.where(AiTask.error.is_null(False)):
        if each.error.get("outcomeUnknown"):
            error = {**each.error, "outcomeUnknown": False}
            AiTask.update_for(task.tenant_id, error=error).where(AiTask.id == each.id).execute()
    _mark_chain(task.tenant_id, task.origin)


def _mark_chain(tenant_id: str, origin: str) -> None:
    """Mark every task of the chain as changed, because its snapshot contains the effects."""
    # The empty text keeps SQLite from taking an index of tenants in place of that of origins (`Row.within`).
    sql = "UPDATE ai_task SET version = version + 1 WHERE origin = ? AND tenant_id || '' = ? RETURNING id"
    for (task_id,) in statements.execute(db, sql, (origin, tenant_id)).fetchall():
        feed.mark("ai-task", task_id, tenant_id)
