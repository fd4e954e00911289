"""The representation of an AI task over REST."""

from __future__ import annotations

from typing import Any

from services.executor.models import AiTask, Effect, effects, tasks
from shared.contracts.paging import Page
from shared.security.link_masks import masked
from shared.web import callers, entity_tags

PAYLOADS = ("metadata", "result")


def task_body(task: AiTask, *, new: bool = False) -> Any:
    """The whole task for the caller, with its ETag.

    Payloads and stack traces are for developers and services, messages for everybody, and nobody's sign-in link for
    anybody. A `new` task has no attempts or
    effects to read.
    """
    with_payloads = callers.by().sees_payloads
    body = {name: getattr(task, name) for name in task._meta.fields} | {
        "source": task.source,
        "duration_ms": task.duration_ms,
    }
    body["error"] = error_shown(task.error, with_payloads)
    body |= (
        {"metadata": masked(task.metadata), "result": masked(task.result)} if with_payloads else dict.fromkeys(PAYLOADS)
    )
    body["attempt_rows"] = [
        {
            "number": attempt.number,
            "started_at": attempt.started_at,
            "ended_at": attempt.ended_at,
            "outcome": attempt.outcome,
            "error": error_shown(attempt.error, with_payloads),
        }
        for attempt in ([] if new else tasks.attempts_of(task))
    ]
    task_effects = [] if new else effects.of_chain(task)
    body["effects"] = [_effect(effect, with_payloads) for effect in task_effects]
    body["artifacts"] = []
    return entity_tags.tagged(body, task.version)


def single_page(items: list[Any]) -> Page:
    """A list that is always one page."""
    return Page(items=items, limit=100, offset=0, total=len(items), total_is_exact=True, next=None)


def _effect(effect: Effect, with_payload: bool) -> dict[str, Any]:
    body = {name: getattr(effect, name) for name in effect._meta.fields}
    return body if with_payload else body | {"outcome": None}


def error_shown(error: dict[str, Any] | None, with_stack: bool) -> dict[str, Any] | None:
    """The error of a task or an attempt, without its stack trace for whoever may not see it."""
    return error if error is None or with_stack else {**error, "stackTrace": None}
