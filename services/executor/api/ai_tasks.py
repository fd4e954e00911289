"""The REST door of AI tasks: ask for one, look, run now, retry, cancel, resolve."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.executor import controlling, effects, submitting
from services.executor.api.installation import here
from services.executor.api.showing import shown
from services.executor.models import idempotency, tasks
from services.executor.schemas import AiTaskArgs, AiTaskIn, AiTaskPage, AiTaskSchema, CancelIn, ResolveIn
from services.executor.submitting import Order
from shared import clock, ids, web
from shared.errors import Invalid
from shared.tokens import ANY_TENANT

ai_tasks = Blueprint("ai_tasks", __name__, url_prefix="/api/ai-tasks", description="Work that a machine does.")


@ai_tasks.post("")
@web.needs("member")
@web.idempotent(idempotency)
@ai_tasks.arguments(AiTaskIn)
@ai_tasks.response(201, AiTaskSchema)
def submit(told: dict[str, Any]) -> Any:
    """Ask for an AI task. The same id with the same body is the same task."""
    by = web.by()
    if by.tenant_id == ANY_TENANT:
        raise Invalid("Say for which tenant: this token is for none in particular.")
    order = Order(**told | {"id": str(told["id"] or ids.new_id()), "tenant_id": by.tenant_id})
    task, new = submitting.submit(
        order, by=by, now=clock.now(), registry=here().registry, max_attempts=here().max_attempts
    )
    return shown(task, new=new)


@ai_tasks.get("")
@web.needs("member")
@ai_tasks.arguments(AiTaskArgs, location="query")
@ai_tasks.response(200, AiTaskPage)
def list_tasks(asked: dict[str, Any]) -> dict[str, Any]:
    """The tenant's AI tasks, newest first."""
    source = tuple(asked["source"].split(":")) if asked["source"] else None
    return web.page_body(tasks.listed(web.by().tenant_id, **asked | {"source": source}))


@ai_tasks.get("/<task_id>")
@web.needs("member")
@ai_tasks.response(200, AiTaskSchema)
def read(task_id: str) -> Any:
    """One AI task with its attempts and effects."""
    return shown(controlling.find(web.by().tenant_id, task_id))


@ai_tasks.post("/<task_id>/execute")
@web.needs("member")
@ai_tasks.response(200, AiTaskSchema)
def execute(task_id: str) -> Any:
    """Run it now: a queued one goes before all others, of one that is over a new one is made."""
    by, here_ = web.by(), here()
    task = controlling.execute(
        by.tenant_id,
        task_id,
        new_id=ids.new_id(),
        by=by,
        now=clock.now(),
        registry=here_.registry,
        max_attempts=here_.max_attempts,
        expected=web.if_match(),
    )
    return shown(task)


@ai_tasks.post("/<task_id>/retry")
@web.needs("member")
@ai_tasks.response(201, AiTaskSchema)
def retry(task_id: str) -> Any:
    """A new task in the place of one that failed or was cancelled; what stands outside is not done again."""
    by, here_ = web.by(), here()
    task = controlling.retry(
        by.tenant_id,
        task_id,
        new_id=ids.new_id(),
        by=by,
        now=clock.now(),
        registry=here_.registry,
        max_attempts=here_.max_attempts,
        expected=web.if_match(),
    )
    return shown(task)


@ai_tasks.post("/<task_id>/cancel")
@web.needs("member")
@ai_tasks.arguments(CancelIn)
@ai_tasks.response(200, AiTaskSchema)
def cancel(told: dict[str, Any], task_id: str) -> Any:
    """Cancel: a queued one at once, a running one at its next step."""
    by = web.by()
    return shown(
        controlling.cancel(
            by.tenant_id, task_id, by=by, now=clock.now(), reason=told["reason"], expected=web.if_match()
        )
    )


@ai_tasks.post("/<task_id>/effects/<effect>/resolve")
@web.needs("operator")
@ai_tasks.arguments(ResolveIn)
@ai_tasks.response(200, AiTaskSchema)
def resolve(told: dict[str, Any], task_id: str, effect: str) -> Any:
    """Say whether a change of unknown outcome happened; then the task may be retried."""
    by = web.by()
    controlling.find(by.tenant_id, task_id, expected=web.if_match())
    effects.resolve(by.tenant_id, task_id, effect, **told, by=by, now=clock.now())
    return shown(controlling.find(by.tenant_id, task_id))
