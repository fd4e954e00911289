"""What the first screen of a person shows of workflows, or that of a team: all of it in one answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.workflows import customer_lists, models, overviews
from services.workflows.models import Customer, Execution, Task
from services.workflows.models.task_lists import TOP_LEVEL, Wanted
from services.workflows.overviews import Overview
from shared.ground.principal import Principal

TASKS, UNDER_WAY, AT_RISK = 30, 8, 6
"""So many of each are shown."""


@dataclass(frozen=True)
class Home:
    """What lies ahead in numbers; the tasks that are due by the end of the week, and whether there are more; the workflows
    under way; and the customers at risk with the greatest contract value among the renewals ahead."""

    overview: Overview
    tasks: list[Task]
    more_tasks: bool
    executions: list[Execution]
    at_risk: list[Customer]


def home(by: Principal, owner: str | None, days: int, *, now: datetime) -> Home:
    """The home of one person, or of all; `days` are how far renewals are looked ahead."""
    ahead = overviews.overview(by, owner, days, now=now)
    due_before = overviews.week_end(ahead.today) + timedelta(days=1)
    wanted = Wanted(todo=True, parent_task_id=TOP_LEVEL, owner=owner, due_before=due_before)
    tasks = models.task_lists.listed(by.tenant_id, wanted, "due", limit=TASKS, counted=False)
    under_way = models.executions.listed(
        by.tenant_id,
        customer_id=None,
        stage=None,
        status="in_progress",
        owner=owner,
        limit=UNDER_WAY,
        offset=0,
        cursor=None,
        counted=False,
    )
    last = ahead.today + timedelta(days=days)
    at_risk = customer_lists.page(
        by.tenant_id,
        sort="-arr",
        now=now,
        limit=AT_RISK,
        offset=0,
        cursor=None,
        owner=owner,
        at_risk=True,
        renewal_to=last,
    )
    return Home(ahead, tasks.items, tasks.next is not None, under_way.items, at_risk.items)
