"""The home page: what a person has to do, what waits for them, what lies ahead, and what the AI did meanwhile; or the
same of the team."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request

from services.monitor import inbox, notifying, problems
from services.monitor.pages import api_client, customers, folding, frame, notifications, task_rows, urls
from services.monitor.schemas import NotificationSchema
from shared.ground.errors import Unavailable
from shared.ground.principal import Principal
from shared.web import application

PAGE = "/app"
ANSWERING = {"developer", "operator"}
"""The roles whose day begins with what failed: their home is the inbox."""

ME, TEAM = "me", "team"
DAYS_AHEAD = 90
TASKS_SHOWN, WAITING_SHOWN, FAILURES_SHOWN, AT_RISK_SHOWN, DONE_SHOWN = 30, 8, 6, 6, 6
NOTICES_READ = 60

blueprint = frame.page_blueprint("home", __name__)


@dataclass(frozen=True)
class Waiting:
    """Something that goes on only when a person does something: a plan to review, a step to do."""

    name: str
    what: str
    href: str
    since: str


@blueprint.get(PAGE)
@application.needs("member")
def show() -> Any:
    """The day of the caller, or of the team, which is what an admin sees first. The page also loads while an owner is
    down."""
    by = application.by()
    if by.roles <= ANSWERING:
        return redirect("/app/inbox", 303)
    whose = request.args.get("whose") or (TEAM if by.may("admin") else ME)
    owner = None if whose == TEAM else by.id
    day = task_rows.today(by)
    asked = api_client.together(*(_or_away(question) for question in _questions(owner, day + timedelta(days=1))))
    (tasks, overview, executions, runs, at_risk), away = _answers(asked)
    rows = task_rows.shown(tasks.get("items", []), by)
    return render_template(
        "home/home.html",
        whose=whose,
        tasks=rows,
        more_tasks=bool(tasks.get("pagination", {}).get("next")),
        groups=task_rows.GROUPS,
        waiting=[*map(_execution, executions.get("items", [])), *map(_run, runs.get("items", []))][:WAITING_SHOWN],
        failures=_failures(by, owner),
        overview=overview,
        at_risk=at_risk.get("items", []),
        days=DAYS_AHEAD,
        people=_people(overview, customers.owners(by)),
        meanwhile=_meanwhile(by),
        away=away,
        stream=urls.stream(view="tasks", ids=",".join(task["id"] for task in rows)),
    )


def _questions(owner: str | None, tomorrow: Any) -> list[Callable[[], dict[str, Any]]]:
    """What the owners are asked, all at the same time."""
    week_end = task_rows.week_end(tomorrow - timedelta(days=1)) + timedelta(days=1)
    ask = functools.partial(api_client.get, "workflows")
    last = tomorrow + timedelta(days=DAYS_AHEAD - 1)
    return [
        functools.partial(
            ask,
            task_rows.TASKS,
            todo="true",
            sort="due",
            owner=owner,
            parent_task_id="none",
            due_before=week_end.isoformat(),
            limit=TASKS_SHOWN,
        ),
        functools.partial(ask, "/api/workflows/overview", owner=owner, days=DAYS_AHEAD),
        functools.partial(ask, "/api/workflows/executions", status="in_progress", owner=owner, limit=WAITING_SHOWN),
        functools.partial(
            api_client.get, "runs", "/api/guided-runs", status="in_progress", owner=owner, limit=WAITING_SHOWN
        ),
        functools.partial(
            ask,
            "/api/customers",
            at_risk="true",
            owner=owner,
            renewal_to=last.isoformat(),
            sort="-arr",
            limit=AT_RISK_SHOWN,
        ),
    ]


def _or_away(question: Callable[[], dict[str, Any]]) -> Callable[[], Any]:
    def ask() -> Any:
        try:
            return question()
        except Unavailable as error:
            return api_client.service_down(error)

    return ask


def _answers(asked: Sequence[Any]) -> tuple[list[dict[str, Any]], list[api_client.ServiceDown]]:
    """The answers, empty where there is none, and each service that is away once."""
    away = {one.service: one for one in asked if isinstance(one, api_client.ServiceDown)}
    return [{} if isinstance(one, api_client.ServiceDown) else one for one in asked], list(away.values())


def _execution(row: Mapping[str, Any]) -> Waiting:
    if row["planStatus"]:
        what = "The plan is to be reviewed"
    else:
        what = f"Step {row['stepsDone'] + 1} of {row['stepsTotal']}"
    return Waiting(row["workflowName"], what, f"/app/renewals/{row['id']}", row["startedAt"])


def _run(row: Mapping[str, Any]) -> Waiting:
    done, total = row["stepsDone"], row["stepsTotal"]
    what = "To be completed" if done == total else f"Step {done + 1} of {total}"
    return Waiting(row["name"], what, f"/app/runs/{row['id']}", row["createdAt"])


def _failures(by: Principal, owner: str | None) -> list[problems.Problem]:
    """The failed AI tasks that nobody has tried again, of this owner or of all, the newest first."""
    most = FAILURES_SHOWN if owner is None else problems.SHOWN
    found = [problem for group in problems.failed(by.tenant_id, most) for problem in group.problems]
    return [problem for problem in found if owner is None or problem.owner == owner][:FAILURES_SHOWN]


def _people(overview: Mapping[str, Any], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The line of each person, with the name; what belongs to nobody comes last."""
    lines = [line | {"name": names.get(line["owner"] or "", "Nobody")} for line in overview.get("people", [])]
    return sorted(lines, key=lambda line: line["owner"] is None)


def _meanwhile(by: Principal) -> list[dict[str, Any]]:
    """What AI tasks did last, those of one plan in one line."""
    page = inbox.find_all(by, limit=NOTICES_READ)
    notices = [NotificationSchema().dump(row) for row in page.items]
    ended = [notice for notice in notices if notice["kind"] in (notifying.DONE, notifying.FAILED)]
    return [notifications.shown(line) for line in folding.lines(ended, by)[:DONE_SHOWN]]
