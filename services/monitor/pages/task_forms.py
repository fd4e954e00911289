"""Making and editing a task, and commenting on it."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor.pages import api_client, customers, failures, flash, forms, frame, task_rows, tasks, urls
from shared.ground import ids
from shared.ground.errors import Conflict, Invalid, NotFound, Stale, TandemError
from shared.web import callers, error_responses

TASKS = task_rows.TASKS
PARTNERSHIPS = "/api/partnerships"
TEXTS = ("title", "description", "dueDate", "owner")
PRIORITIES = [
    ("1", "1, before everything"),
    ("2", "2, soon"),
    ("3", "3, as usual"),
    ("4", "4, when there is time"),
    ("5", "5, some day"),
]
SAID_OF = {
    "title": forms.plain,
    "description": forms.plain,
    "dueDate": forms.as_day,
    "priority": forms.plain,
    "owner": lambda owner: customers.owners().get(owner or "", ""),
}

blueprint = frame.page_blueprint("task_forms", __name__)


@blueprint.get("/app/tasks/new")
@callers.needs("member")
def ask_new() -> Any:
    """The form for a new task; the address may say what it is about."""
    chosen = urls.chosen("customer_id", "partnership_id")
    customer = customers.name_of(chosen.get("customer_id"))
    new = {"owner": callers.by().id, "priority": 3, "customer": customer}
    return _form(new | {"partnership_id": chosen.get("partnership_id")})


@blueprint.post("/app/tasks/new")
@callers.needs("member")
def create() -> Any:
    """Make the task, once even if the button is pressed twice."""
    typed = _typed()
    if forms.is_only_saving():
        return _form(typed)
    try:
        fields = {name: value for name, value in _body(typed).items() if value not in (None, "")}
        if partnership_id := typed["partnership_id"]:
            return _request(partnership_id, fields | {"owner": typed["owner"] or None})
        made = api_client.send("workflows", "POST", TASKS, fields, key=request.form.get("key"))
    except (Conflict, Invalid, NotFound) as error:
        return _form(typed, error=error), error_responses.status_of(error)
    return flash.redirect_to(urls.back(f"/app/tasks/{made['id']}"), f"Made: “{made['title']}”.")


def _request(partnership_id: str, fields: dict[str, Any]) -> Any:
    """Have runs, which knows the partnership, request the task; it stands among the tasks a moment later."""
    path = f"{PARTNERSHIPS}/{partnership_id}"
    made = api_client.send("runs", "POST", f"{path}/tasks", fields, key=request.form.get("key"))
    return flash.redirect_to(urls.back(f"/app/partnerships/{partnership_id}"), f"Made: “{made['title']}”.")


@blueprint.get("/app/tasks/<task_id>/edit")
@callers.needs("member")
def ask_edit(task_id: str) -> Any:
    """The form with the present values of a task."""
    saved = api_client.get("workflows", f"{TASKS}/{task_id}")
    return _form(saved | {"customer": saved.get("customerName")}, saved)


@blueprint.post("/app/tasks/<task_id>/edit")
@callers.needs("member")
def edit(task_id: str) -> Any:
    """Change the task. If somebody else changed it since the form was shown, the form says so and keeps what was typed."""
    typed = _typed()
    if forms.is_only_saving():
        return _form(typed, api_client.get("workflows", f"{TASKS}/{task_id}"))
    try:
        body = _body(typed)
        task = api_client.send("workflows", "PATCH", f"{TASKS}/{task_id}", body, version=request.form.get("version"))
    except (Conflict, Invalid, Stale) as error:
        saved = api_client.get("workflows", f"{TASKS}/{task_id}")
        return _form(typed, saved, error), error_responses.status_of(error)
    return flash.redirect_to(f"/app/tasks/{task_id}", f"Saved: “{task['title']}”.")


@blueprint.post("/app/tasks/<task_id>/comments")
@callers.needs("member")
def comment(task_id: str) -> Any:
    """Add a comment; people who are mentioned are told."""
    fields = {"body": request.form.get("body", "")}
    try:
        api_client.send("workflows", "POST", f"{TASKS}/{task_id}/comments", fields, key=request.form.get("key"))
    except Invalid as error:
        more = {"comment_errors": forms.by_field(error.errors), "form": request.form.to_dict()}
        return tasks.page(task_id, **more), 422
    return flash.redirect_to(f"/app/tasks/{task_id}")


@blueprint.post("/app/tasks/<task_id>/comments/<comment_id>/delete")
@callers.needs("member")
def uncomment(task_id: str, comment_id: str) -> Any:
    """Remove the caller's own comment."""
    api_client.send("workflows", "DELETE", f"{TASKS}/{task_id}/comments/{comment_id}")
    return flash.redirect_to(f"/app/tasks/{task_id}", "Your comment is taken back.")


def _typed() -> dict[str, Any]:
    """What the form says, as it was typed."""
    texts = {name: request.form.get(name, "").strip() for name in (*TEXTS, "customer", "partnership_id")}
    return texts | {"priority": forms.number(request.form.get("priority"))}


def _body(typed: dict[str, Any]) -> dict[str, Any]:
    """The fields of the task. Invalid for a customer's name that is none, or several."""
    body = {name: typed[name] for name in ("title", "description", "priority")}
    body |= {name: typed[name] or None for name in ("dueDate", "owner")}
    if "customer" in request.form:
        body["customerId"] = customers.id_of(typed["customer"]) if typed["customer"] else None
    return body


def _partnership(partnership_id: str | None) -> dict[str, Any] | None:
    """The partnership that a new task is about, if it is about one. NotFound."""
    return api_client.get("runs", f"{PARTNERSHIPS}/{partnership_id}") if partnership_id else None


def _form(values: dict[str, Any], saved: dict[str, Any] | None = None, error: TandemError | None = None) -> str:
    errors = forms.by_field(error.errors) if isinstance(error, Invalid) else {}
    if "customerId" in errors:
        errors["customer"] = errors.pop("customerId")
    return render_template(
        "tasks/form.html",
        saved=saved,
        form=values,
        errors=errors,
        problem=failures.problem_of(error) if error and not errors else None,
        present=forms.changed_since(saved, values, SAID_OF) if saved and isinstance(error, Stale) else {},
        version=forms.version(saved["version"], error) if saved else None,
        key=request.form.get("key") or ids.new_id(),
        owners=[("", "Nobody"), *customers.owners().items()],
        priorities=PRIORITIES,
        back=urls.back(""),
        partnership=_partnership(values.get("partnership_id")),
        is_fixed=bool(saved and (saved.get("executionId") or saved.get("parentTaskId") or saved.get("partnershipId"))),
    )
