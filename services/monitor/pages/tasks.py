"""The pages of tasks: the list of people's and AI tasks, one task, completing, reopening, snoozing and running it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request

from services.monitor import people
from services.monitor.pages import (
    api_client,
    customers,
    failures,
    flash,
    forms,
    frame,
    partials,
    status_style,
    urls,
    wording,
)
from shared.contracts import ai_tasks
from shared.contracts import tasks as task_language
from shared.ground import clock
from shared.ground.errors import Conflict, Invalid, Stale, TandemError
from shared.web import application

TASKS = "/api/workflows/tasks"
ANY = "any"
SAID = {"unsnooze": "“{}” is back in the list.", "execute": "“{}” is queued again.", "reopen": "“{}” is open again."}

blueprint = frame.page_blueprint("tasks", __name__)


@blueprint.get("/app/tasks")
@application.needs("member")
def list_tasks() -> Any:
    """The tasks that are no sub-tasks. Without a chosen status: the open ones, or those of every status if only AI tasks
    are listed."""
    chosen = urls.chosen("auto", "status", "customer_id", "owner")
    body, away = api_client.optional("Tasks cannot be shown.", lambda: _page(chosen), {})
    names = customers.names() if not away else {}
    owners = customers.owners()
    today = _today().isoformat()
    return render_template(
        "tasks/list.html",
        tasks=[_shown(task, names, owners, today) for task in body.get("items", [])],
        chosen=chosen,
        away=away,
        filtered=bool(chosen),
        statuses=_statuses(chosen.get("auto") == "true"),
        customers=list(names.items()),
        owners=list(owners.items()),
        **urls.paging(body),
    )


@blueprint.get("/app/tasks/<task_id>")
@application.needs("member")
def show(task_id: str) -> Any:
    """One task with all its details."""
    task = api_client.get("workflows", f"{TASKS}/{task_id}")
    return render_template(
        "tasks/task.html", task=_shown(task, customers.names(), customers.owners(), _today().isoformat())
    )


@blueprint.post("/app/tasks/<task_id>/complete")
@application.needs("member")
def complete(task_id: str) -> Any:
    """Complete a task. With open sub-tasks the page asks first what happens to them."""
    choice = request.form.get("subTasks")
    if forms.is_only_saving():
        return _parts_form(task_id, chosen=choice or "keep")
    fields = {"status": "completed"} | ({"subTasks": choice} if choice else {})
    try:
        task = api_client.send("workflows", "PATCH", f"{TASKS}/{task_id}", fields, version=request.form.get("version"))
    except Conflict as error:
        if "subTasks" in error.details:
            return _parts_form(task_id), 409
        raise
    parts = [] if choice in (None, "keep") else request.form.getlist("part")
    return _answer(task, f"Done: “{task['title']}”.", _reopening(task, parts))


@blueprint.post("/app/tasks/<task_id>/<any(unsnooze, execute, reopen):move>")
@application.needs("member")
def change(task_id: str, move: str) -> Any:
    """End the snooze, run the task again, or reopen it with the named sub-tasks."""
    body = {"subTaskIds": request.form.getlist("part")} if move == "reopen" else {}
    path = f"{TASKS}/{task_id}/{move}"
    task = api_client.send("workflows", "POST", path, body, version=request.form.get("version"))
    return _answer(task, SAID[move].format(task["title"]))


@blueprint.get("/app/tasks/<task_id>/snooze")
@application.needs("member")
def ask_snooze(task_id: str) -> Any:
    """The form for snoozing a task."""
    return _snooze_form(task_id)


@blueprint.post("/app/tasks/<task_id>/snooze")
@application.needs("member")
def snooze(task_id: str) -> Any:
    """Snooze a task until a day."""
    if forms.is_only_saving():
        return _snooze_form(task_id)
    fields = {name: value for name in ("until", "reason") if (value := request.form.get(name, "").strip())}
    try:
        api_client.send("workflows", "POST", f"{TASKS}/{task_id}/snooze", fields, version=request.form.get("version"))
    except (Invalid, Conflict, Stale) as error:
        return _snooze_form(task_id, error), 412 if isinstance(error, Stale) else 422
    return flash.redirect_to(urls.back("/app/tasks"), f"Snoozed until {wording.day(fields.get('until'))}.")


def _page(chosen: dict[str, str]) -> dict[str, Any]:
    """The page of tasks for the filters. If only AI tasks are listed, `status` means that of their execution; otherwise
    the task's own."""
    status, by_ai = chosen.get("status"), chosen.get("auto") == "true"
    return api_client.get(
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
    """The choices of the filter by status; the first value is the default."""
    first = [("", "Every status")] if by_ai else [("", "Open"), (ANY, "Every status")]
    return first + [
        (status, status_style.of(status).label)
        for status in (ai_tasks.STATUSES if by_ai else task_language.STATUSES[1:])
    ]


def _today() -> date:
    """The date where the signed-in person's tenant is."""
    return clock.now().astimezone(ZoneInfo(people.tenant(application.by().tenant_id).time_zone)).date()


def _shown(task: dict[str, Any], names: dict[str, str], owners: dict[str, str], today: str) -> dict[str, Any]:
    late = bool(task.get("dueDate")) and task["dueDate"] < today and task["status"] in task_language.OPEN
    return task | {
        "customerName": names.get(task.get("customerId") or "", ""),
        "ownerName": owners.get(task.get("owner") or "", ""),
        "overdue": late,
    }


def _reopening(task: dict[str, Any], parts: list[str]) -> flash.Undo:
    """The form that reopens a task that was just completed, with the parts that went with it."""
    fields = [("version", str(task["version"])), *(("part", part) for part in parts)]
    if _is_from_row():
        fields += [("row", "1"), ("back", urls.back("/app/tasks"))]
    return flash.Undo(f"/app/tasks/{task['id']}/reopen", fields, in_place=_is_from_row())


def _answer(task: dict[str, Any], message: str, undo: flash.Undo | None = None) -> Any:
    """The changed row and a toast, if htmx sent the request from a row of the list; else a redirect that says it."""
    if not _is_from_row():
        return flash.redirect_to(urls.back("/app/tasks"), message, undo=undo)
    shown = _shown(task, customers.names(), customers.owners(), _today().isoformat())
    row = {"task": shown, "back": urls.back("/app/tasks")}
    return partials.part(f"#task-{task['id']}", "tasks/row.html", row) + flash.toast(message, undo=undo)


def _is_from_row() -> bool:
    return bool(request.form.get("row")) and "HX-Request" in request.headers


def _parts_form(task_id: str, chosen: str = "keep") -> str:
    task = api_client.get("workflows", f"{TASKS}/{task_id}")
    return render_template(
        "tasks/complete.html",
        task=task,
        open=[part for part in task["subTasks"] if part["status"] in task_language.OPEN],
        chosen=chosen,
        back=urls.back("/app/tasks"),
        in_row=bool(request.form.get("row")),
    )


def _snooze_form(task_id: str, error: TandemError | None = None) -> str:
    task = api_client.get("workflows", f"{TASKS}/{task_id}")
    tomorrow = (_today() + timedelta(days=1)).isoformat()
    errors = forms.by_field(error.errors) if isinstance(error, Invalid) else {}
    problem = failures.problem_of(error) if error and not errors else None
    return render_template(
        "tasks/snooze.html",
        task=task,
        version=forms.version(task["version"], error),
        back=urls.back("/app/tasks"),
        tomorrow=tomorrow,
        form=request.form or {"until": tomorrow},
        errors=errors,
        problem=problem,
    )
