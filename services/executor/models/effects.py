"""Every statement on effects: the intent, the taking over, the outcome."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.executor.models.tables import AiTask, Effect, db, feed
from shared import statements


def intend(origin: str, name: str, *, tenant_id: str, task_id: str, key: str, fence: int, now: datetime) -> bool:
    """Write the intent of a change that was never intended before; False when there is a row."""
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
    made = statements.insert_if_new(Effect, row)
    if made:
        mark_chain(origin)
    return made


def find(origin: str, name: str) -> Effect | None:
    """The effect of that name in a chain of retries."""
    return Effect.get_or_none((Effect.origin == origin) & (Effect.name == name))


def of(origins: Sequence[str]) -> list[Effect]:
    """The effects of these chains, the earliest first."""
    return list(Effect.select().where(Effect.origin.in_(list(origins))).order_by(Effect.intended_at, Effect.name))


def move(
    origin: str, name: str, states: Sequence[str], *, at: int | None = None, below: int | None = None, **values: Any
) -> bool:
    """The guarded write: only out of `states`, and only if the row's fence is `at`, or lies below `below`. False
    changes nothing."""
    told, parameters = statements.assignments(Effect, values)
    sql = f"UPDATE effect SET {told} WHERE origin = ? AND name = ? AND status IN ({', '.join('?' * len(states))})"  # noqa: S608
    parameters += [origin, name, *states]
    if at is not None:
        sql, parameters = f"{sql} AND fence = ?", [*parameters, at]
    if below is not None:
        sql, parameters = f"{sql} AND fence < ?", [*parameters, below]
    moved = bool(statements.execute(db, sql, parameters).rowcount)
    if moved:
        mark_chain(origin)
    return moved


def lose_intended(origin: str, *, now: datetime) -> int:
    """Every change of the chain that was begun and never settled is now unknown; how many."""
    lost = (
        Effect.update(status="unknown", settled_at=now)
        .where((Effect.origin == origin) & (Effect.status == "intended"))
        .execute()
    )
    if lost:
        mark_chain(origin)
    return lost


def unknown_in(origin: str) -> list[str]:
    """Names of the effects of a chain of which nobody knows whether they happened."""
    return [
        row.name for row in Effect.select(Effect.name).where((Effect.origin == origin) & (Effect.status == "unknown"))
    ]


def clear_unknown(origin: str) -> None:
    """Nothing in the chain is unknown any more: its tasks say so, and may be retried."""
    for task in AiTask.select(AiTask.id, AiTask.error).where((AiTask.origin == origin) & AiTask.error.is_null(False)):
        if task.error.get("outcomeUnknown"):
            told = {**task.error, "outcomeUnknown": False}
            AiTask.update(error=told).where(AiTask.id == task.id).execute()
    mark_chain(origin)


def mark_chain(origin: str) -> None:
    """The effects stand in every task of their chain: each is in a new version now."""
    sql = "UPDATE ai_task SET version = version + 1 WHERE origin = ? RETURNING id, tenant_id"
    for task_id, tenant_id in statements.execute(db, sql, (origin,)).fetchall():
        feed.mark("ai-task", task_id, tenant_id)
