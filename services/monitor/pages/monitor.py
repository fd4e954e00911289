"""The list of all runs: filters in the URL, sorting, search, and live changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import render_template, request

from services.monitor import profiles, reporting, run_kinds, states, statistics, tenant_scope
from services.monitor.pages import customers, early_frame, forms, frame, urls, wording
from services.monitor.reporting import RunQuery
from services.monitor.schemas.runs import RunArgs, RunSchema, StatsSchema
from shared.ground import clock
from shared.ground.principal import Principal
from shared.web import callers

ROWS = 30
CHECKED = ("status", "kind", "workflow", "q", "sort")
PLACE = "/app/monitor"
PERIOD = "24h"
"""The period of the figures above the list when no days are chosen."""

COUNTED = (states.WAITING, states.RUNNING, states.FAILED)
FILTERS = ("status", "kind", "workflow", "since", "until", "q", "sort", "tenant")

blueprint = frame.page_blueprint("monitor", __name__)


@blueprint.get("/app/monitor")
@callers.needs("member")
def list_runs() -> Any:
    """Runs, newest first unless sorted otherwise."""
    by, chosen = callers.by(), urls.chosen(*FILTERS)
    scope = tenant_scope.scope(by, chosen.get("tenant"))
    query, sort = query_of(chosen, by)
    return early_frame.page("Monitor", lambda: _page(by, scope, chosen, query, sort))


def _page(by: Principal, scope: str, chosen: dict[str, str], query: RunQuery, sort: str) -> str:
    now = clock.now()
    page = reporting.find_all(scope, query, now=now, sort=sort, limit=ROWS, cursor=request.args.get("cursor"))
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
        owners=customers.owners(by),
        superseded=reporting.superseded(scope, {run.id: run.status for run in page.items}),
        chosen=chosen,
        filtered=bool(set(chosen) - {"sort"}),
        statuses=states.RUN_STATUSES,
        kinds=[(kind, wording.kind(kind)) for kind in run_kinds.KEYS],
        listed_apart=[kind for kind in run_kinds.RUN_KINDS if kind.own_list],
        workflows=_workflows(by, chosen),
        pagination=urls.pagination(page),
        pages=urls.pages(page.next),
        stream=urls.stream(**watch),
        fresh=0,
        **strip(scope, chosen, query, now),
    )


def query_of(chosen: dict[str, str], by: Principal) -> tuple[RunQuery, str]:
    """The filters of the URL as a query, and the sort order. Days are in the caller's time zone, including the last
    one. Invalid names a filter."""
    args = forms.read(RunArgs(only=CHECKED), {name: chosen.get(name) for name in CHECKED})
    sort, days = args.pop("sort"), (chosen.get("since"), chosen.get("until"))
    zone = profiles.time_zone(by) if any(days) else "UTC"
    since, until = forms.day_begins(days[0], zone), forms.day_begins(days[1], zone, days_later=1)
    return RunQuery(**args, since=since, until=until), sort


def strip(scope: str, chosen: dict[str, str], query: RunQuery, now: datetime) -> dict[str, Any]:
    """The figures above the list: counts of the runs that it shows, over all statuses, each with a link to the runs in
    its status."""
    filters = reporting.filters_of(scope, query)
    stats = StatsSchema().dump(statistics.stats_of(scope, filters, PERIOD, now))
    kept = {name: value for name, value in chosen.items() if name != "status"}
    return {
        "attention": reporting.attention(scope, filters),
        "stats": stats,
        "taken": statistics.taken(scope, filters, PERIOD, now),
        "of_days": bool(filters.since or filters.until),
        "least": not stats["exact"] and any((filters.kind, filters.workflow, filters.match)),
        "with_status": {status: f"{PLACE}?{urls.query(kept | {'status': status})}" for status in COUNTED},
    }


def _workflows(by: Principal, chosen: dict[str, str]) -> list[tuple[str, str]]:
    """The choices of the filter by workflow: all workflows that have run, and the chosen one, which may be a full
    name."""
    names, wanted = reporting.workflows(by.tenant_id), chosen.get("workflow", "")
    folded = wanted.casefold()
    more = [] if not wanted or folded in names else [(wanted, wanted)]
    return [(wanted if key == folded else key, name) for key, name in names.items()] + more
