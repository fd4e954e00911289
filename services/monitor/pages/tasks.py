"""The pages of tasks: what people have to do, in groups by its day, what AI tasks there are, and one task."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import render_template, request

from services.monitor.pages import api_client, customers, early_frame, frame, status_style, task_rows, urls
from shared.contracts import ai_tasks
from shared.ground.errors import Invalid
from shared.web import callers

TASKS = task_rows.TASKS
WHOSE = (("mine", "Mine", "person"), ("team", "The team's", "partnerships"), ("ai", "For the AI", "sparkle"))
SHOWS = (
    ("", "To do"),
    ("overdue", "Overdue"),
    ("today", "Today"),
    ("week", "This week"),
    ("later", "Later"),
    ("snoozed", "Snoozed"),
    ("completed", "Done"),
)
"""What is shown of the tasks of people: what is to be done, all of it or by its day, or what is not now."""

AI_STATUSES = [("", "Every status"), *((status, status_style.of(status).label) for status in ai_tasks.STATUSES)]
FILTERS = ("whose", "show", "status", "owner", "customer_id", "partnership_id", "q")

blueprint = frame.page_blueprint("tasks", __name__)


@blueprint.get("/app/tasks")
@callers.needs("member")
def list_tasks() -> Any:
    """The tasks that are no sub-tasks: one's own if nothing else is said."""
    chosen = urls.chosen(*FILTERS)
    whose = chosen.get("whose", "mine")
    day = task_rows.today()
    wanted = _ai(chosen) if whose == "ai" else _of_people(chosen, whose, day)
    return early_frame.page("Tasks", lambda: _list_page(chosen, whose, wanted))


def _list_page(chosen: dict[str, str], whose: str, wanted: Mapping[str, object]) -> str:
    question: dict[str, Any] = {"parent_task_id": "none", "limit": 50, "cursor": request.args.get("cursor"), **wanted}
    [(body, away)] = frame.answers(
        lambda: api_client.optional(
            "Tasks cannot be shown.", lambda: api_client.get("workflows", TASKS, **question), {}
        )
    )
    rows = task_rows.shown(body.get("items", []))
    return render_template(
        "tasks/list.html",
        tasks=rows,
        groups=task_rows.GROUPS if wanted.get("todo") else {},
        whose=whose,
        whose_choices=WHOSE,
        shows=SHOWS,
        chosen=chosen,
        about=_about(chosen, rows),
        away=away,
        statuses=AI_STATUSES,
        owners=list(customers.owners().items()),
        stream=urls.stream(view="tasks", ids=",".join(task["id"] for task in rows)),
        **urls.paging(body),
    )


@blueprint.get("/app/tasks/<task_id>")
@callers.needs("member")
def show(task_id: str) -> Any:
    """One task with all its details."""
    return page(task_id)


def page(task_id: str, **more: Any) -> str:
    """The page of a task; `more` are the complaints about a comment, and what was typed."""
    context = task_rows.page_context(task_id, callers.by()) | more
    return render_template("tasks/task.html", stream=urls.stream(view="task", id=task_id), **context)


def _of_people(chosen: dict[str, str], whose: str, day: date) -> dict[str, Any]:
    """The question for the tasks of people. Invalid for something that is not shown."""
    show = chosen.get("show", "")
    if show not in dict(SHOWS) or whose not in ("mine", "team"):
        raise Invalid("There is no such list of tasks.", errors={"show": ["Choose one of those that are offered."]})
    common = {
        "owner": callers.by().id if whose == "mine" else chosen.get("owner"),
        "customer_id": chosen.get("customer_id"),
        "partnership_id": chosen.get("partnership_id"),
        "q": chosen.get("q"),
    }
    if show in ("snoozed", "completed"):
        return common | {"status": show, "sort": show, "auto_execute": "false"}
    return common | {"todo": "true", "sort": "due"} | _bounds(show, day)


def _bounds(show: str, day: date) -> dict[str, str]:
    """The days between which the tasks of a group are due."""
    tomorrow, after_week = day + timedelta(days=1), task_rows.week_end(day) + timedelta(days=1)
    first, end = {
        "overdue": (None, day),
        "today": (day, tomorrow),
        "week": (tomorrow, after_week),
        "later": (after_week, None),
    }.get(show, (None, None))
    bounds = {"due_from": first, "due_before": end}
    return {name: bound.isoformat() for name, bound in bounds.items() if bound}


def _ai(chosen: dict[str, str]) -> dict[str, Any]:
    """The question for the AI tasks; `status` is that of their execution."""
    names = ("owner", "customer_id", "partnership_id", "q")
    return {"auto_execute": "true", "execution_status": chosen.get("status")} | {
        name: chosen.get(name) for name in names
    }


def _about(chosen: dict[str, str], rows: list[dict[str, Any]]) -> str:
    """The name of the customer or the partnership whose tasks are listed."""
    if "partnership_id" in chosen:
        return next((row["partnershipName"] for row in rows if row.get("partnershipName")), "One partnership")
    if "customer_id" not in chosen:
        return ""
    named = next((row["customerName"] for row in rows if row.get("customerName")), None)
    return named or customers.name_of(chosen["customer_id"]) or "One customer"
