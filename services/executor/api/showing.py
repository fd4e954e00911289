"""An AI task as one person may see it."""

from __future__ import annotations

from typing import Any

from services.executor.models import AiTask, effects, tasks
from shared import web


def shown(task: AiTask, *, new: bool = False) -> Any:
    """The whole task for the caller, with its ETag: stack traces are for developers, the message is for all. A `new`
    one has no attempts and no effects yet, and nobody looks for them."""
    with_stacks = web.by().may("developer")
    facts = {name: getattr(task, name) for name in task._meta.fields} | {
        "source": task.source,
        "duration_ms": task.duration_ms,
    }
    facts["error"] = _error(task.error, with_stacks)
    facts["attempt_rows"] = [
        {
            "number": attempt.number,
            "started_at": attempt.started_at,
            "ended_at": attempt.ended_at,
            "outcome": attempt.outcome,
            "error": _error(attempt.error, with_stacks),
        }
        for attempt in ([] if new else tasks.attempts_of(task.id))
    ]
    facts["effects"] = [] if new else effects.of([task.origin])
    facts["artifacts"] = []
    return web.tagged(facts, task.version)


def _error(error: dict[str, Any] | None, with_stack: bool) -> dict[str, Any] | None:
    return error if error is None or with_stack else {**error, "stackTrace": None}
