"""Renders the parts of a page again when something changes, by the kind of page."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from services.monitor import inbox, live, notifying, reporting, states, tenant_scope
from services.monitor.pages import (
    customers,
    forms,
    frame,
    monitor,
    notifications,
    partials,
    renewal,
    run,
    status_style,
    task_rows,
    toasts,
    urls,
    watching_guided,
)
from services.monitor.pages.toasts import Toast
from services.monitor.schemas.runs import RunArgs
from shared.ground import clock
from shared.ground.errors import NotFound, TandemError
from shared.ground.principal import Principal

Parts = Callable[[Sequence[live.Event], Principal], list[str]]
RUN_PARTS = ("run-state", "run-error", "run-steps", "run-facts", "run-actions")
MOST_COUNTED = 100
"""How many lists have their figures cached, to be shared between viewers."""

STRIP_EVERY = 2.0
"""Seconds between two counts for the figures above the list."""

IN_A_ROW_SECONDS = 10.0
"""A task that finishes within this time after another one belongs to the same series."""


def parts_of(watched: Mapping[str, str], by: Principal) -> Parts:
    """Returns a function of a batch of events and the viewer. It renders the parts of the page that change, as
    `<hx-partial>` elements. Invalid for a filter that is none."""
    view = VIEWS.get(watched.get("view", ""))
    changed = view(watched, by) if view else None
    news = _News()

    def parts(events: Sequence[live.Event], by: Principal) -> list[str]:
        around = frame.layout_context(by)
        quiet = notifying.muted(by.tenant_id, by.id) if any(event.kind == "notification" for event in events) else ()
        made = [
            made
            for event in events
            if event.kind == "notification" and event.data.get("kind") not in quiet
            for made in news(event, around | {"unread": inbox.unread(by)})
        ]
        kind = "task" if watched.get("view") in TASK_VIEWS else "run"
        shown = [event for event in events if event.kind == kind]
        return made + (changed(shown, by, around) if changed and shown else [])

    return parts


def lateness(watched: Mapping[str, str]) -> Callable[[], list[str]]:
    """Returns a function that renders the page's live dot again when the monitor falls behind, is behind, or has caught
    up."""
    was_late = True  # the page may have been rendered while it was

    def parts() -> list[str]:
        nonlocal was_late
        mark, was = frame.live_mark(), was_late
        was_late = bool(mark.lag)
        return (
            [partials.part("#live", "frame/live.html", {"live": mark, "now": clock.now(), "zone": "UTC"})]
            if was or was_late
            else []
        )

    return parts if watched.get("view") in VIEWS else lambda: []


def _one_by_one(view: Callable[[live.Event, Principal, dict[str, Any]], list[str]]) -> Any:
    """A view that gets each event by itself."""
    return lambda events, by, around: [made for event in events for made in view(event, by, around)]


class _News:
    """Renders the bell and a toast for each notification. Of a series of finished tasks, such as thirty mails, only the
    first gets a toast; failures and requests to a person always do."""

    def __init__(self) -> None:
        self.done_at = float("-inf")

    def __call__(self, event: live.Event, around: dict[str, Any]) -> list[str]:
        bell = partials.part("#bell", "frame/bell.html", around)
        if event.data.get("kind") == "task_done":
            before, self.done_at = self.done_at, time.monotonic()
            if self.done_at - before < IN_A_ROW_SECONDS:
                return [bell]
        return [bell, _toast(notifications.toast(event.data), around)]


def _toast(notice: Toast, around: dict[str, Any]) -> str:
    return partials.part("#toasts", "frame/toast.html", around | {"notice": notice}, "beforeend")


def _list(watched: Mapping[str, str], by: Principal) -> Any:
    """Update the rows that are shown and the figures above; new runs are only counted, so that nothing moves under the
    pointer. Invalid names a filter."""
    shown, chosen = (
        set(watched.get("ids", "").split(",")),
        {name: watched[name] for name in monitor.FILTERS if watched.get(name)},
    )
    query, _ = monitor.query_of(chosen, by)
    opened = forms.read(RunArgs(only=("since",)), {"since": watched.get("from")})["since"]
    counted = float("-inf")

    def parts(events: Sequence[live.Event], by: Principal, around: dict[str, Any]) -> list[str]:
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


def _inbox(watched: Mapping[str, str], _: Principal) -> Any:
    """Say which of the shown failures are tried again, and count the new ones; no row moves."""
    shown, new = set(watched.get("ids", "").split(",")), set[str]()

    def parts(events: Sequence[live.Event], by: Principal, around: dict[str, Any]) -> list[str]:
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


class _Figures:
    """Caches the figures above the list for all viewers of the same runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: dict[Hashable, tuple[int, float, dict[str, Any]]] = {}

    def of(self, looked_at: Hashable, position: int, count: Callable[[], dict[str, Any]]) -> dict[str, Any]:
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


def _rows(events: Sequence[live.Event], by: Principal, scope: str, around: dict[str, Any]) -> list[str]:
    statuses = {event.subject: event.data["status"] for event in events if not event.deleted}
    beside = {"owners": customers.owners(by), "superseded": reporting.superseded(scope, statuses)}
    return [_row(event, around | beside) for event in events]


def _row(event: live.Event, around: dict[str, Any]) -> str:
    target = f"#run-{event.subject}"
    if event.deleted:
        return partials.removed(target)
    return partials.part(target, "monitor/row.html", around | {"run": event.data})


class _Run:
    """The parts of a run's page. The newest state is rendered, so events from before it was read are skipped."""

    def __init__(self, watched: Mapping[str, str], by: Principal) -> None:
        self.run_id, self.was, self.seen = watched.get("id", ""), watched.get("was", ""), 0
        context = self._template_context(by)
        self.bodies = {step["id"]: _stands(step) for step in context["steps"]} if context else {}
        # What the page showed of its unfolded step may be out of date; it is rendered again at the first event.
        self.bodies.pop(watched.get("open", ""), None)

    def __call__(self, event: live.Event, by: Principal, around: dict[str, Any]) -> list[str]:
        if event.subject != self.run_id or event.position <= self.seen:
            return []
        self.seen = live.head()
        context = self._template_context(by)
        if context is None:
            return []
        context = around | context
        made = [partials.part(f"#{name}", f"monitor/{name.replace('-', '_')}.html", context) for name in RUN_PARTS]
        return made + self._bodies(context) + self._end(context["run"], around)

    def _template_context(self, by: Principal) -> dict[str, Any] | None:
        try:
            return run.template_context(by, self.run_id)
        except NotFound:
            return None

    def _bodies(self, context: dict[str, Any]) -> list[str]:
        """The details of the changed steps, for the viewers who have unfolded them."""
        changed = [step for step in context["steps"] if self.bodies.get(step["id"]) != _stands(step)]
        self.bodies = {step["id"]: _stands(step) for step in context["steps"]}
        targets = [(f"#step-body-{step['id']}:has([data-loaded])", context | {"detail": step}) for step in changed]
        return [partials.part(target, "monitor/step_detail.html", context, "innerHTML") for target, context in targets]

    def _end(self, now: dict[str, Any], around: dict[str, Any]) -> list[str]:
        """A toast if the run ended while it was shown."""
        before, self.was = self.was, now["status"]
        if now["status"] not in states.ENDED or before in states.ENDED:
            return []
        word = status_style.of(now["status"]).label
        return [_toast(toasts.of_status(now["status"], now["workflowName"], f"{word}."), around)]


def _stands(step: Mapping[str, Any]) -> tuple[Any, ...]:
    """The values whose change means that the detail of a step must be rendered again."""
    return step["status"], step["attempts"], step["completedAt"], [effect["status"] for effect in step["effects"]]


def _work_page(template_context: Callable[[Principal, str], dict[str, Any]], parts_of_page: Mapping[str, str]) -> Any:
    """A view of the work page of one run; `parts_of_page` are its templates by their place in the page.

    The owning service is asked again for each change; while it does not answer, the page stays as it is. app.js
    leaves a form as it is from the first input until it is sent or saved.
    """

    def view(watched: Mapping[str, str], _: Principal) -> Any:
        run_id, seen = watched.get("id", ""), 0

        def parts(event: live.Event, by: Principal, around: dict[str, Any]) -> list[str]:
            nonlocal seen
            if event.subject != run_id or event.position <= seen:
                return []
            seen = live.head()
            try:
                context = around | template_context(by, run_id)
            except TandemError:
                return []
            return [partials.part(target, template, context) for target, template in parts_of_page.items()]

        return _one_by_one(parts)

    return view


def _tasks(watched: Mapping[str, str], _: Principal) -> Any:
    """Update the rows of a list of tasks. The list keeps its order, so that nothing moves under the pointer."""
    shown = set(watched.get("ids", "").split(","))

    def parts(events: Sequence[live.Event], by: Principal, around: dict[str, Any]) -> list[str]:
        changed = [event.subject for event in events if event.subject in shown]
        try:
            return task_rows.parts(changed, by, around) if changed else []
        except TandemError:
            return []

    return parts


def _task(watched: Mapping[str, str], _: Principal) -> Any:
    """Update the page of a task. A form in which somebody types is left alone."""
    task_id = watched.get("id", "")

    def parts(events: Sequence[live.Event], by: Principal, around: dict[str, Any]) -> list[str]:
        if all(event.subject != task_id for event in events):
            return []
        try:
            context = around | task_rows.page_context(task_id, by)
        except TandemError:
            return []
        return [partials.part(target, template, context) for target, template in TASK_PARTS.items()]

    return parts


TASK_PARTS = {"#task-work": "tasks/work.html", "#task-facts": "tasks/facts.html", "#task-actions": "tasks/actions.html"}
RENEWAL_PARTS = {
    "#renewal": "renewals/body.html",
    "#renewal-standing": "renewals/status.html",
    "#renewal-actions": "renewals/actions.html",
}
TASK_VIEWS = ("tasks", "task")
VIEWS: Mapping[str, Callable[[Mapping[str, str], Principal], Any]] = {
    "list": _list,
    "inbox": _inbox,
    "run": lambda watched, by: _one_by_one(_Run(watched, by)),
    "renewal": lambda watched, by: _work_page(
        lambda by, run_id: renewal.template_context(by, run_id, watched.get("item")), RENEWAL_PARTS
    )(watched, by),
    "guided": lambda watched, by: _one_by_one(watching_guided.Guided(watched, by)),
    "tasks": _tasks,
    "task": _task,
}
