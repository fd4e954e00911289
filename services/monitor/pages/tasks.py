"""Tasks: the list of what people and the AI have to do, one task, and completing, snoozing and running it again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request

from services.monitor import people
from services.monitor.pages import addresses, asking, customers, failures, forms, frame, saying, wording
from shared import clock, web
from shared.errors import Conflict, Invalid, Stale, TandemError

TASKS = "/api/workflows/tasks"
STATUSES = ("in_progress", "snoozed", "completed", "cancelled")
OF_THE_AI = ("queued", "running", "success", "failed", "cancelled")
ANY = "any"
NOT_DONE = ("open", "in_progress", "snoozed")
SAID = {"complete": "Done.", "unsnooze": "It is back in the list.", "execute": "It is queued again."}

blueprint = frame.room("tasks", __name__)


@blueprint.get("/app/tasks")
@web.needs("member")
def list_tasks() -> Any:
    """Tasks with their sub-tasks folded in; what is done already only when asked for."""
    chosen = addresses.chosen("auto", "status", "customer_id", "owner")
    body, away = asking.part("Tasks cannot be shown.", lambda: _asked(chosen), {})
    names = customers.names() if not away else {}
    owners = customers.owners()
    pagination = body.get("pagination", {})
    return render_template(
        "tasks/list.html",
        tasks=[_shown(task, names, owners) for task in body.get("items", [])],
        chosen=chosen,
        away=away,
        filtered=bool(chosen),
        statuses=_statuses(chosen.get("auto") == "true"),
        customers=list(names.items()),
        owners=list(owners.items()),
        pagination=pagination,
        pages=addresses.pages(pagination.get("next")),
    )


@blueprint.get("/app/tasks/<task_id>")
@web.needs("member")
def show(task_id: str) -> Any:
    """One task, whole."""
    task = asking.get("workflows", f"{TASKS}/{task_id}")
    return render_template("tasks/task.html", task=_shown(task, customers.names(), customers.owners()))


@blueprint.post("/app/tasks/<task_id>/<any(complete, unsnooze, execute):move>")
@web.needs("member")
def change(task_id: str, move: str) -> Any:
    """Complete it, bring it back, or run it again."""
    version = request.form.get("version")
    if move == "complete":
        asking.send("workflows", "PATCH", f"{TASKS}/{task_id}", {"status": "completed"}, version=version)
    else:
        asking.send("workflows", "POST", f"{TASKS}/{task_id}/{move}", {}, version=version)
    return saying.go(addresses.back("/app/tasks"), SAID[move])


@blueprint.get("/app/tasks/<task_id>/snooze")
@web.needs("member")
def ask_snooze(task_id: str) -> Any:
    """Until when, and why."""
    return _snooze_form(task_id)


@blueprint.post("/app/tasks/<task_id>/snooze")
@web.needs("member")
def snooze(task_id: str) -> Any:
    """Let a task rest until a day."""
    told = {name: value for name in ("until", "reason") if (value := request.form.get(name, "").strip())}
    try:
        asking.send("workflows", "POST", f"{TASKS}/{task_id}/snooze", told, version=request.form.get("version"))
    except (Invalid, Conflict, Stale) as error:
        return _snooze_form(task_id, error), 422
    return saying.go(addresses.back("/app/tasks"), f"Snoozed until {wording.day(told.get('until'))}.")


def _asked(chosen: dict[str, str]) -> dict[str, Any]:
    """The list as the filters want it: people's own tasks by what they did with them, the AI's by how they ended."""
    status, by_ai = chosen.get("status"), chosen.get("auto") == "true"
    return asking.get(
        "workflows",
        TASKS,
        limit=50,
        cursor=request.args.get("cursor"),
        parent_task_id="none",
        auto_execute=chosen.get("auto"),
        status=None if by_ai or status == ANY else status or "open",
        execution_status=status if by_ai and status != ANY else None,
        customer_id=chosen.get("customer_id"),
        owner=chosen.get("owner"),
    )


def _statuses(by_ai: bool) -> list[tuple[str, str]]:
    """What the list can be narrowed to; the first is what it shows unasked."""
    first = [("", "Every status")] if by_ai else [("", "Open"), (ANY, "Every status")]
    return first + [(status, wording.look(status).word) for status in (OF_THE_AI if by_ai else STATUSES)]


def _shown(task: dict[str, Any], names: dict[str, str], owners: dict[str, str]) -> dict[str, Any]:
    today = clock.now().astimezone(_zone()).date().isoformat()
    late = bool(task.get("dueDate")) and task["dueDate"] < today and task["status"] in NOT_DONE
    return task | {
        "customerName": task.get("customerName") or names.get(task.get("customerId") or "", ""),
        "ownerName": owners.get(task.get("owner") or "", ""),
        "overdue": late,
    }


def _zone() -> ZoneInfo:
    return ZoneInfo(people.tenant(web.by().tenant_id).time_zone)


def _snooze_form(task_id: str, error: TandemError | None = None) -> str:
    task = asking.get("workflows", f"{TASKS}/{task_id}")
    tomorrow = (clock.now().astimezone(_zone()).date() + timedelta(days=1)).isoformat()
    errors = forms.by_field(error.errors) if isinstance(error, Invalid) else {}
    problem = failures.problem_of(error) if error and not errors else None
    return render_template(
        "tasks/snooze.html",
        task=task,
        back=addresses.back("/app/tasks"),
        tomorrow=tomorrow,
        form=request.form or {"until": tomorrow},
        errors=errors,
        problem=problem,
    )
