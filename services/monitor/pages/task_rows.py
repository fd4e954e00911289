"""What a page shows of a task: its row in a list, and all of it on its own page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from services.monitor import people
from services.monitor.pages import api_client, customers, partials
from services.monitor.pages.partials import Variables
from shared.contracts import tasks as task_language
from shared.ground import clock, ids
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal
from shared.web import callers

TASKS = "/api/workflows/tasks"
GROUPS = {
    "overdue": "Overdue",
    "today": "Today",
    "week": "This week",
    "later": "Later",
    "undated": "No date",
}
"""The groups of what is to be done, in the order of the list."""


def today(by: Principal | None = None) -> date:
    """The date where this person's tenant is."""
    tenant = people.tenant((by or callers.by()).tenant_id)
    return clock.now().astimezone(ZoneInfo(tenant.time_zone)).date()


def week_end(day: date) -> date:
    """The Sunday of a day's week."""
    return day + timedelta(days=6 - day.weekday())


def group_of(due: str | None, day: date) -> str:
    """The group of a task that is due on a date."""
    if not due:
        return "undated"
    if due <= day.isoformat():
        return "overdue" if due < day.isoformat() else "today"
    return "week" if due <= week_end(day).isoformat() else "later"


def shown(tasks: Sequence[JsonObject], by: Principal | None = None) -> list[JsonObject]:
    """Tasks with the names of their owners and their groups."""
    owners, day = customers.owners(by), today(by)
    return [
        task
        | {
            "ownerName": owners.get(task.get("owner") or "", ""),
            "group": (group := group_of(task.get("dueDate"), day)),
            "overdue": group == "overdue" and task["status"] in task_language.OPEN,
            "ended": task["status"] in ("completed", "cancelled"),
        }
        for task in tasks
    ]


def open_of(**subject: str) -> list[JsonObject]:
    """The tasks about a customer or a partnership that are not done, without sub-tasks; AI tasks that failed too."""
    tasks = api_client.get("workflows", TASKS, None, parent_task_id="none", limit=100, **subject)["items"]
    return [task for task in tasks if task["status"] in task_language.OPEN or task.get("executionStatus") == "failed"]


def parts(task_ids: Sequence[str], by: Principal, around: Variables | None = None) -> list[str]:
    """The rows of these tasks as they are now, each in its place; one that is gone takes its row along."""
    wanted = list(dict.fromkeys(task_ids))[:100]
    found = api_client.get("workflows", TASKS, by, ids=",".join(wanted), limit=100)["items"]
    gone = set(wanted) - {task["id"] for task in found}
    rows = [
        partials.part(f"#task-{task['id']}", "tasks/row.html", (around or {}) | {"task": task})
        for task in shown(found, by)
    ]
    return rows + [partials.removed(f"#task-{task_id}") for task_id in sorted(gone)]


def page_context(task_id: str, by: Principal) -> Variables:
    """All of a task, with the comments on it. NotFound."""
    task = api_client.get("workflows", f"{TASKS}/{task_id}", by)
    comments = api_client.get("workflows", f"{TASKS}/{task_id}/comments", by, limit=100)
    [one] = shown([task], by)
    return {
        "task": one,
        "comments": comments["items"],
        "more_comments": bool(comments["pagination"]["next"]),
        "key": ids.new_id(),
        "comment_errors": {},
    }
