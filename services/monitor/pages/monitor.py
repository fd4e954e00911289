"""The list of everything that runs: filters in the URL, sorted, searched, patched as it changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import render_template, request

from services.monitor import people, reporting, rights, states, statistics
from services.monitor.pages import addresses, forms, frame, wording
from services.monitor.schemas import RunArgs, RunSchema, StatsSchema
from shared import clock, web
from shared.acts import By

ROWS = 30
OF_REPORTING = ("status", "kind", "workflow", "q", "sort")
FILTERS = ("status", "kind", "workflow", "since", "until", "q", "sort", "tenant")

blueprint = frame.room("monitor", __name__)


@blueprint.get("/app/monitor")
@web.needs("member")
def list_runs() -> Any:
    """Runs, newest first unless sorted otherwise."""
    by, chosen, now = web.by(), addresses.chosen(*FILTERS), clock.now()
    scope = rights.scope(by, chosen.get("tenant"))
    page = reporting.find_all(scope, **asked(chosen, by), limit=ROWS, cursor=request.args.get("cursor"))
    runs = [RunSchema().dump(row) for row in page.items]
    newest_first = chosen.get("sort") in (None, reporting.NEWEST_FIRST) and not request.args.get("cursor")
    watch = {
        "view": "list",
        "ids": ",".join(run["id"] for run in runs),
        "from": clock.rfc3339(now) if newest_first else None,
        **chosen,
    }
    return render_template(
        "monitor/list.html",
        runs=runs,
        chosen=chosen,
        filtered=bool(set(chosen) - {"sort"}),
        statuses=states.RUN_STATUSES,
        kinds=[(kind, wording.kind(kind)) for kind in states.KINDS],
        workflows=_workflows(runs, chosen),
        pagination=addresses.pagination(page),
        pages=addresses.pages(page.next),
        stream=addresses.stream(**watch),
        fresh=0,
        **strip(scope, now),
    )


def asked(chosen: dict[str, str], by: By) -> dict[str, Any]:
    """The filters as reporting takes them; the days of the URL are the tenant's own days, the last one included."""
    zone = people.tenant(by.tenant_id).time_zone
    told = forms.read(RunArgs(only=OF_REPORTING), {name: chosen.get(name) for name in OF_REPORTING})
    return told | {
        "since": forms.day_begins(chosen.get("since"), zone),
        "until": forms.day_begins(chosen.get("until"), zone, days_later=1),
    }


def strip(scope: str, now: datetime) -> dict[str, Any]:
    """The figures above the list."""
    return {"attention": reporting.attention(scope), "stats": StatsSchema().dump(statistics.stats(scope, "24h", now))}


def _workflows(runs: list[dict[str, Any]], chosen: dict[str, str]) -> list[tuple[str, str]]:
    """The workflows to filter by: those of the rows shown, and the one that is chosen."""
    named = {run["workflowName"].partition(":")[0].strip() for run in runs if run["kind"] != "ai_task"} | {
        chosen.get("workflow", "")
    }
    return [(name, name) for name in sorted(named) if name]
