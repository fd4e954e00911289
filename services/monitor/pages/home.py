"""The home page: what a person has to do, what waits for them, what lies ahead, and what the AI did meanwhile; or the
same of the team."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request

from services.monitor import inbox, notifying, problems, samples
from services.monitor.pages import (
    api_client,
    customers,
    early_frame,
    first_steps,
    folding,
    frame,
    notifications,
    task_rows,
    urls,
)
from services.monitor.schemas.notifications import NotificationSchema
from shared.ground.principal import Principal
from shared.web import callers

PAGE = "/app"
ANSWERING = {"developer", "operator"}
"""The roles whose day begins with what failed: their home is the inbox."""

ME, TEAM = "me", "team"
DAYS_AHEAD = 90
WAITING_SHOWN, FAILURES_SHOWN, DONE_SHOWN = 8, 6, 6
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
@callers.needs("member")
def show() -> Any:
    """The day of the caller, or of the team, which is what an admin sees first. The page also loads while an owner is
    down."""
    by = callers.by()
    if by.roles <= ANSWERING:
        return redirect("/app/inbox", 303)
    return early_frame.page("Home", lambda: _page(by))


def _page(by: Principal) -> str:
    whose = request.args.get("whose") or (TEAM if by.may("admin") else ME)
    owner = None if whose == TEAM else by.id
    steps_asked = [] if samples.are_first_steps_hidden(by) else first_steps.asked()
    asked = api_client.begin(*_questions(owner), *steps_asked)
    failures, meanwhile, names = _failures(by, owner), _meanwhile(by), customers.owners(by)
    frame.read_ahead()
    answers = asked.wait()
    of_workflows, runs, *there = (answer for answer, _ in answers)
    away = {down.service: down for _, down in answers if down}
    rows, overview = task_rows.shown(of_workflows.get("tasks", []), by), of_workflows.get("overview", {})
    waiting = [*map(_execution, of_workflows.get("executions", [])), *map(_run, runs.get("items", []))]
    return render_template(
        "home/home.html",
        whose=whose,
        tasks=rows,
        more_tasks=of_workflows.get("moreTasks", False),
        groups=task_rows.GROUPS,
        waiting=waiting[:WAITING_SHOWN],
        failures=failures,
        overview=overview,
        at_risk=of_workflows.get("atRisk", []),
        days=DAYS_AHEAD,
        people=_people(overview, names),
        meanwhile=meanwhile,
        away=list(away.values()),
        first_steps=first_steps.of(by, *there) if there else None,
        can_remove=by.may("admin"),
        stream=urls.stream(view="tasks", ids=",".join(task["id"] for task in rows)),
    )


def _questions(owner: str | None) -> list[Callable[[], Any]]:
    """What the owners are asked, at the same time: each answer, empty where there is none, and who is away."""
    under_way: dict[str, Any] = {"status": "in_progress", "limit": WAITING_SHOWN}
    asked: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("workflows", "/api/workflows/home", {"days": DAYS_AHEAD}),
        ("runs", "/api/guided-runs", under_way),
    )
    return [
        functools.partial(
            api_client.optional, "", functools.partial(api_client.get, service, path, owner=owner, **params), {}
        )
        for service, path, params in asked
    ]


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
    page = inbox.find_all(by, limit=NOTICES_READ, counted=False)
    notices = NotificationSchema(many=True).dump(page.items)
    ended = [notice for notice in notices if notice["kind"] in (notifying.DONE, notifying.FAILED)]
    return [notifications.shown(line) for line in folding.lines(ended, by)[:DONE_SHOWN]]
