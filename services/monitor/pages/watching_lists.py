"""Renders the rows of a list again when something changes, and what is counted around them; no row moves."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from services.monitor import live, reporting, states, tenant_scope
from services.monitor.pages import (
    customers,
    forms,
    monitor,
    partials,
    task_rows,
    urls,
)
from services.monitor.pages.partials import Variables
from services.monitor.schemas.runs import RunArgs
from shared.ground import clock
from shared.ground.errors import TandemError
from shared.ground.principal import Principal

MOST_COUNTED = 100
"""How many lists have their figures cached, to be shared between viewers."""

STRIP_EVERY = 2.0
"""Seconds between two counts for the figures above the list."""


def runs(watched: Mapping[str, str], by: Principal) -> Any:
    """Update the rows that are shown and the figures above; new runs are only counted, so that nothing moves under the
    pointer. Invalid names a filter."""
    shown, chosen = (
        set(watched.get("ids", "").split(",")),
        {name: watched[name] for name in monitor.FILTERS if watched.get(name)},
    )
    query, _ = monitor.query_of(chosen, by)
    opened = forms.read(RunArgs(only=("since",)), {"since": watched.get("from")})["since"]
    counted = float("-inf")

    def parts(events: Sequence[live.Event], by: Principal, around: Variables) -> list[str]:
        nonlocal counted
        scope, now = tenant_scope.scope(by, chosen.get("tenant")), clock.now()
        of_shown = [event for event in events if event.subject in shown]
        made = _rows(of_shown, by, scope, around | {"with_tenant": chosen.get("tenant") == "*"}) if of_shown else []
        if time.monotonic() - counted >= STRIP_EVERY:
            counted = time.monotonic()
            looked_at = (scope, by.tenant_id, tuple(sorted(chosen.items())))
            figures = _figures.of(looked_at, events[-1].position, lambda: monitor.strip(scope, chosen, query, now))
            made.append(partials.part("#strip", "monitor/strip.html", around | figures))
        if opened and any(event.subject not in shown for event in events):
            newer = replace(query, since=max(filter(None, (query.since, opened))))
            fresh = reporting.find_all(scope, newer, now=now, limit=1).total
            first = "/app/monitor" + ("?" + urls.query(chosen) if chosen else "")
            made.append(partials.part("#fresh", "monitor/fresh.html", around | {"fresh": fresh, "first_page": first}))
        return made

    return parts


def failures(watched: Mapping[str, str], _: Principal) -> Any:
    """Say which of the shown failures are tried again, and count the new ones; no row moves."""
    shown, new = set(watched.get("ids", "").split(",")), set[str]()

    def parts(events: Sequence[live.Event], by: Principal, around: Variables) -> list[str]:
        failing = {event.subject for event in events if not event.deleted and _has_failed(event.data)} - shown - new
        new.update(failing)
        made = [partials.part("#fresh", "inbox/fresh.html", around | {"fresh": len(new)})] if failing else []
        retries = [event.data for event in events if not event.deleted and event.data["retryOf"] in shown]
        return made + [
            partials.part(f"#problem-{retry['retryOf']} .sub", "inbox/again.html", around | {"again": retry})
            for retry in retries
        ]

    return parts


def _has_failed(run: Mapping[str, Any]) -> bool:
    return run["kind"] == "ai_task" and run["status"] == states.FAILED


def tasks(watched: Mapping[str, str], _: Principal) -> Any:
    """Update the rows of a list of tasks. The list keeps its order, so that nothing moves under the pointer."""
    shown = set(watched.get("ids", "").split(","))

    def parts(events: Sequence[live.Event], by: Principal, around: Variables) -> list[str]:
        changed = [event.subject for event in events if event.subject in shown]
        try:
            return task_rows.parts(changed, by, around) if changed else []
        except TandemError:
            return []

    return parts


class _Figures:
    """Caches the figures above the list for all viewers of the same runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: dict[Hashable, tuple[int, float, Variables]] = {}

    def of(self, looked_at: Hashable, position: int, count: Callable[[], Variables]) -> Variables:
        """The figures at this position of the feed or later; `count` computes them if none are cached, or only older ones
        than STRIP_EVERY seconds."""
        with self._lock:
            counted, moment, figures = self._counted.get(looked_at, (-1, 0.0, {}))
        if counted >= position and time.monotonic() - moment < STRIP_EVERY:
            return figures
        counted, moment, figures = live.head(), time.monotonic(), count()
        with self._lock:
            if len(self._counted) >= MOST_COUNTED:
                self._counted.clear()
            self._counted[looked_at] = counted, moment, figures
        return figures


_figures = _Figures()


def _rows(events: Sequence[live.Event], by: Principal, scope: str, around: Variables) -> list[str]:
    statuses = {event.subject: event.data["status"] for event in events if not event.deleted}
    beside = {"owners": customers.owners(by), "superseded": reporting.superseded(scope, statuses)}
    return [_row(event, around | beside) for event in events]


def _row(event: live.Event, around: Variables) -> str:
    target = f"#run-{event.subject}"
    if event.deleted:
        return partials.removed(target)
    return partials.part(target, "monitor/row.html", around | {"run": event.data})
