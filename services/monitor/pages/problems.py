"""The inbox of developers and operators: AI tasks that failed, grouped by error, what is stuck, and what is parked."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request

from services.monitor import clients, controlling, problems
from services.monitor.models import feed
from services.monitor.pages import api_client, customers, early_frame, flash, forms, frame, queues, urls
from services.monitor.pages.parked import OWN, SHOWN
from services.monitor.pages.partials import Variables
from services.monitor.problems import Group
from shared.ground import clock
from shared.ground.errors import Conflict, Invalid, NotFound
from shared.ground.principal import Principal
from shared.web import callers, feed_routes

PLACE = "/app/inbox"
RETRIED_AT_ONCE = 50
LONGEST_REASON = 500

blueprint = frame.page_blueprint("problems", __name__)


@blueprint.get(PLACE)
@callers.needs("developer")
def show() -> Any:
    """What needs a developer or an operator in their tenant."""
    return early_frame.page("Inbox", _page)


def _page() -> str:
    by, now = callers.by(), clock.now()
    groups = problems.failed(by.tenant_id)
    shown = [problem.task.id for group in groups for problem in group.problems]
    return render_template(
        "inbox/list.html",
        groups=groups,
        failed=len(shown),
        most=problems.SHOWN,
        stuck=problems.stuck(by.tenant_id, now),
        parts=_parked(by),
        standstill=queues.standstill(by),
        owners=customers.owners(by),
        fresh=0,
        stream=urls.stream(view="inbox", ids=",".join(shown)),
    )


@blueprint.get(f"{PLACE}/retry")
@callers.needs("developer")
def ask_retry() -> Any:
    """The page that asks for confirmation before all tasks of a group are retried."""
    return _ask("inbox/retry.html", _group(request.args.get("group", "")))


@blueprint.post(f"{PLACE}/retry")
@callers.needs("developer")
def retry() -> Any:
    """Retry the tasks that the form names, and say how many could not be."""
    task_ids = _named()
    refused: list[str] = []
    for task_id in task_ids:
        try:
            controlling.retry(task_id, by=callers.by())
        except (Conflict, NotFound, Invalid) as error:
            refused.append(error.message)
    done = len(task_ids) - len(refused)
    said = f"{done} of {len(task_ids)} are tried again." if refused else f"{done} are tried again."
    more = f" The others are not: {refused[0]}" if refused else ""
    return flash.redirect_to(PLACE, said + more, tone="wait" if refused else "good")


@blueprint.get(f"{PLACE}/aside")
@callers.needs("developer")
def ask_aside() -> Any:
    """The page that asks for confirmation before a group is set aside, with a reason."""
    return _ask("inbox/aside.html", _group(request.args.get("group", "")))


@blueprint.post(f"{PLACE}/aside")
@callers.needs("developer")
def aside() -> Any:
    """Leave the tasks that the form names as they are, out of the inbox."""
    task_ids, reason = _named(), request.form.get("reason", "").strip()
    group = request.form.get("group", "")
    if forms.is_only_saving():
        return _ask("inbox/aside.html", _group(group))
    if not 0 < len(reason) <= LONGEST_REASON:
        wrong = {"reason": [f"Say why, in at most {LONGEST_REASON} characters."]}
        return _ask("inbox/aside.html", _group(group), errors=wrong), 422
    count = problems.set_aside(task_ids, by=callers.by(), now=clock.now(), reason=reason)
    return flash.redirect_to(PLACE, f"{count} set aside. They can still be tried again from their own pages.")


def _named() -> list[str]:
    """The tasks that a form names. Invalid for none, and for more than are done at once."""
    task_ids = request.form.getlist("task")
    if not 0 < len(task_ids) <= RETRIED_AT_ONCE:
        raise Invalid("Name some tasks.", errors={"task": [f"From 1 to {RETRIED_AT_ONCE} of them."]})
    return task_ids


def _group(key: str) -> Group:
    group = problems.group(callers.by().tenant_id, key)
    if group is None:
        raise NotFound("Nothing of this is left in the inbox.")
    return group


def _ask(template: str, group: Group, **more: Any) -> str:
    context: Variables = {"errors": {}, "form": request.form, "problem": None} | more
    return render_template(template, group=group, task_ids=group.task_ids[:RETRIED_AT_ONCE], **context)


@dataclass(frozen=True)
class ParkedPart:
    """How many changes a part of Tandem has parked, or that it does not answer."""

    service: str
    count: int
    away: api_client.ServiceDown | None = None


def _parked(by: Principal) -> Sequence[ParkedPart]:
    """How many changes each part has parked; nothing for those who may not see them."""
    if not by.may("operator"):
        return ()
    own = feed_routes.page_of_parked(feed, by, limit=SHOWN).items
    ask = [functools.partial(_parked_at, service) for service in clients.OWNERS]
    return [ParkedPart(OWN, len(own)), *api_client.together(*ask)]


def _parked_at(service: str) -> ParkedPart:
    body, away = api_client.optional(
        "What is parked there cannot be shown.",
        lambda: api_client.get(service, "/api/parked-changes", limit=SHOWN),
        {"items": []},
    )
    return ParkedPart(service, len(body["items"]), away)
