"""Renders the parts of a page again when something changes, by the kind of page."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from services.monitor import inbox, live, notifying
from services.monitor.pages import (
    frame,
    notifications,
    partials,
    renewal,
    task_rows,
    toasts,
    watching_guided,
    watching_lists,
    watching_run,
)
from services.monitor.pages.partials import Variables
from shared.ground import clock
from shared.ground.errors import TandemError
from shared.ground.principal import Principal

Parts = Callable[[Sequence[live.Event], Principal], list[str]]
View = Callable[[Sequence[live.Event], Principal, Variables], list[str]]
"""A function of the events of a page, the viewer and the layout's variables; it renders the parts that change."""

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


class _News:
    """Renders the bell and a toast for each notification. Of a series of finished tasks, such as thirty mails, only the
    first gets a toast; failures and requests to a person always do."""

    def __init__(self) -> None:
        self.done_at = float("-inf")

    def __call__(self, event: live.Event, around: Variables) -> list[str]:
        bell = partials.part("#bell", "frame/bell.html", around)
        if event.data.get("kind") == "task_done":
            before, self.done_at = self.done_at, time.monotonic()
            if self.done_at - before < IN_A_ROW_SECONDS:
                return [bell]
        return [bell, toasts.part(notifications.toast(event.data), around)]


def _one_by_one(view: Callable[[live.Event, Principal, Variables], list[str]]) -> View:
    """A view that gets each event by itself."""
    return lambda events, by, around: [made for event in events for made in view(event, by, around)]


def _work_page(
    template_context: Callable[[Principal, str], Variables], parts_of_page: Mapping[str, str]
) -> Callable[[Mapping[str, str], Principal], View]:
    """A view of the work page of one run; `parts_of_page` are its templates by their place in the page.

    The owning service is asked again for each change; while it does not answer, the page stays as it is. app.js
    leaves a form as it is from the first input until it is sent or saved.
    """

    def view(watched: Mapping[str, str], _: Principal) -> View:
        run_id, seen = watched.get("id", ""), 0

        def parts(event: live.Event, by: Principal, around: Variables) -> list[str]:
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


def _task(watched: Mapping[str, str], _: Principal) -> View:
    """Update the page of a task. A form in which somebody types is left alone."""
    task_id = watched.get("id", "")

    def parts(events: Sequence[live.Event], by: Principal, around: Variables) -> list[str]:
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
VIEWS: Mapping[str, Callable[[Mapping[str, str], Principal], View]] = {
    "list": watching_lists.runs,
    "inbox": watching_lists.failures,
    "run": lambda watched, by: _one_by_one(watching_run.WatchedRun(watched, by)),
    "renewal": lambda watched, by: _work_page(
        lambda by, run_id: renewal.template_context(by, run_id, watched.get("item")), RENEWAL_PARTS
    )(watched, by),
    "guided": lambda watched, by: _one_by_one(watching_guided.Guided(watched, by)),
    "tasks": watching_lists.tasks,
    "task": _task,
}
