"""The REST API of AI tasks: submit, read, run now, retry, cancel, resolve."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.executor import controlling, effects, submitting
from services.executor.api.installation import installation
from services.executor.api.serialization import task_body
from services.executor.models import idempotency, task_lists
from services.executor.schemas.ai_tasks import AiTaskArgs, AiTaskIn, AiTaskPage, AiTaskSchema, CancelIn, ResolveIn
from services.executor.submitting import Submission
from shared.ground import clock, ids
from shared.web import callers, entity_tags, idempotent_views, list_pages

ai_tasks = Blueprint("ai_tasks", __name__, url_prefix="/api/ai-tasks", description="Work that a machine does.")


@ai_tasks.post("")
@callers.needs("member")
@idempotent_views.idempotent(idempotency)
@ai_tasks.arguments(AiTaskIn)
@ai_tasks.response(201, AiTaskSchema)
def submit(fields: dict[str, Any]) -> Any:
    """Ask for an AI task. The same id with the same body is the same task."""
    by = callers.by_for_a_tenant()
    submission = Submission(**fields | {"id": str(fields["id"] or ids.new_id()), "tenant_id": by.tenant_id})
    task, is_new = submitting.submit_for_client(
        submission,
        id_chosen=fields["id"] is not None,
        by=by,
        now=clock.now(),
        registry=installation().registry,
        max_attempts=installation().max_attempts,
    )
    return task_body(task, new=is_new)


@ai_tasks.get("")
@callers.needs("member")
@ai_tasks.arguments(AiTaskArgs, location="query")
@ai_tasks.response(200, AiTaskPage)
def list_tasks(filters: dict[str, Any]) -> dict[str, Any]:
    """The tenant's AI tasks, newest first."""
    source = tuple(filters["source"].split(":")) if filters["source"] else None
    return list_pages.page_body(task_lists.page(callers.by().tenant_id, **filters | {"source": source}))


@ai_tasks.get("/<task_id>")
@callers.needs("member")
@ai_tasks.response(200, AiTaskSchema)
def read(task_id: str) -> Any:
    """One AI task with its attempts and effects."""
    return task_body(controlling.get(callers.by().tenant_id, task_id))


@ai_tasks.post("/<task_id>/execute")
@callers.needs("member")
@ai_tasks.response(200, AiTaskSchema)
def execute(task_id: str) -> Any:
    """Run it now: a queued task becomes due, with the highest priority; for a finished one a new task is made."""
    by, site = callers.by(), installation()
    task = controlling.execute(
        by.tenant_id,
        task_id,
        new_id=ids.new_id(),
        by=by,
        now=clock.now(),
        registry=site.registry,
        max_attempts=site.max_attempts,
        expected=entity_tags.if_match(),
    )
    return task_body(task)


@ai_tasks.post("/<task_id>/retry")
@callers.needs("member")
@ai_tasks.response(201, AiTaskSchema)
def retry(task_id: str) -> Any:
    """A new task in the place of one that failed or was cancelled; effects that were made are not made again."""
    by, site = callers.by(), installation()
    task = controlling.retry(
        by.tenant_id,
        task_id,
        new_id=ids.new_id(),
        by=by,
        now=clock.now(),
        registry=site.registry,
        max_attempts=site.max_attempts,
        expected=entity_tags.if_match(),
    )
    return task_body(task)


@ai_tasks.post("/<task_id>/cancel")
@callers.needs("member")
@ai_tasks.arguments(CancelIn)
@ai_tasks.response(200, AiTaskSchema)
def cancel(fields: dict[str, Any], task_id: str) -> Any:
    """Cancel: a queued one at once, a running one at its next effect, or when its lease is renewed."""
    by = callers.by()
    return task_body(
        controlling.cancel(
            by.tenant_id, task_id, by=by, now=clock.now(), reason=fields["reason"], expected=entity_tags.if_match()
        )
    )


@ai_tasks.post("/<task_id>/effects/<effect>/resolve")
@callers.needs("operator")
@ai_tasks.arguments(ResolveIn)
@ai_tasks.response(200, AiTaskSchema)
def resolve(fields: dict[str, Any], task_id: str, effect: str) -> Any:
    """Say whether a change of unknown outcome happened; then the task may be retried."""
    by = callers.by()
    effects.resolve(by.tenant_id, task_id, effect, **fields, by=by, now=clock.now(), expected=entity_tags.if_match())
    return task_body(controlling.get(by.tenant_id, task_id))
