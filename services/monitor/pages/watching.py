"""What each kind of page renders again when something changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from flask import render_template
from markupsafe import escape

from services.monitor import live, reporting, rights, states
from services.monitor.pages import addresses, frame, guided_run, monitor, notifications, renewal, run, wording
from shared import clock
from shared.acts import By
from shared.errors import NotFound, TandemError

Parts = Callable[[live.Event, By], list[str]]
RUN_PARTS = ("run-state", "run-error", "run-steps", "run-facts", "run-actions")
STRIP_EVERY = 2.0
"""Seconds between two counts for the figures above the list."""

IN_A_ROW_SECONDS = 10.0
"""So soon after another one a thing that was done is one of a row."""


def parts_of(watched: Mapping[str, str], by: By) -> Parts:
    """A function from an event and who looks to the parts of the page that it changes, as `<hx-partial>` elements."""
    view = VIEWS.get(watched.get("view", ""))
    changed = view(watched, by) if view else None
    news = _News()

    def parts(event: live.Event, by: By) -> list[str]:
        around = frame.surroundings(by)
        if event.kind == "notification":
            return news(event, around)
        return changed(event, by, around) if changed else []

    return parts


def part(target: str, template: str, context: Mapping[str, Any], swap: str = "outerMorph") -> str:
    """A rendered template as an element that htmx puts at its target."""
    rendered = render_template(template, **context)
    return f'<hx-partial hx-target="{escape(target)}" hx-swap="{swap}">{rendered}</hx-partial>'


class _News:
    """Each notification counts at the bell, and is a toast unless it is one more thing done in a row of them: thirty mails that go
    out interrupt nobody thirty times. What failed or waits for a person always is."""

    def __init__(self) -> None:
        self.done_at = float("-inf")

    def __call__(self, event: live.Event, around: dict[str, Any]) -> list[str]:
        bell, notice = part("#bell", "frame/bell.html", around), notifications.shown(event.data)
        if event.data.get("kind") == "task_done":
            before, self.done_at = self.done_at, time.monotonic()
            if self.done_at - before < IN_A_ROW_SECONDS:
                return [bell]
        return [bell, _toast(notice, around)]


def _toast(notice: Mapping[str, Any], around: dict[str, Any]) -> str:
    return part("#toasts", "frame/toast.html", around | {"notice": notice}, "beforeend")


def _list(watched: Mapping[str, str], _: By) -> Any:
    """Rows that are shown change in place; new runs are counted, never pushed in under the pointer."""
    shown, chosen = (
        set(watched.get("ids", "").split(",")),
        {name: watched[name] for name in monitor.FILTERS if watched.get(name)},
    )
    opened = wording.moment(watched.get("from"))
    counted = float("-inf")

    def parts(event: live.Event, by: By, around: dict[str, Any]) -> list[str]:
        nonlocal counted
        made = []
        if event.subject in shown:
            made.append(_row(event, around | {"with_tenant": chosen.get("tenant") == "*"}))
        scope, now = rights.scope(by, chosen.get("tenant")), clock.now()
        if time.monotonic() - counted >= STRIP_EVERY:
            counted = time.monotonic()
            made.append(part("#strip", "monitor/strip.html", around | monitor.strip(scope, now)))
        if opened and event.subject not in shown:
            asked = monitor.asked(chosen, by)
            asked["since"] = max(filter(None, (asked["since"], opened)))
            fresh = reporting.find_all(scope, **asked, limit=1).total
            first = "/app/monitor" + ("?" + addresses.query(chosen) if chosen else "")
            made.append(part("#fresh", "monitor/fresh.html", around | {"fresh": fresh, "first_page": first}))
        return made

    return parts


def _row(event: live.Event, around: dict[str, Any]) -> str:
    target = f"#run-{event.subject}"
    if event.deleted:
        return f'<hx-partial hx-target="{escape(target)}" hx-swap="delete"></hx-partial>'
    return part(target, "monitor/row.html", around | {"run": event.data})


class _Run:
    """The parts of a run's page. The newest state is rendered, so what was marked before it was read is skipped."""

    def __init__(self, watched: Mapping[str, str], by: By) -> None:
        self.run_id, self.was, self.seen = watched.get("id", ""), watched.get("was", ""), 0
        known = self._known(by)
        self.bodies = {step["id"]: _stands(step) for step in known["steps"]} if known else {}
        # The step that came unfolded with the page may be older than this stream.
        self.bodies.pop(watched.get("open", ""), None)

    def __call__(self, event: live.Event, by: By, around: dict[str, Any]) -> list[str]:
        if event.subject != self.run_id or event.position <= self.seen:
            return []
        self.seen = live.head()
        known = self._known(by)
        if known is None:
            return []
        known = around | known
        made = [part(f"#{name}", f"monitor/{name.replace('-', '_')}.html", known) for name in RUN_PARTS]
        return made + self._bodies(known) + self._end(known["run"], around)

    def _known(self, by: By) -> dict[str, Any] | None:
        try:
            return run.picture(by, self.run_id)
        except NotFound:
            return None

    def _bodies(self, known: dict[str, Any]) -> list[str]:
        """What is inside the steps that changed; it goes only where somebody has unfolded it."""
        changed = [step for step in known["steps"] if self.bodies.get(step["id"]) != _stands(step)]
        self.bodies = {step["id"]: _stands(step) for step in known["steps"]}
        targets = [(f"#step-body-{step['id']}:has([data-loaded])", known | {"detail": step}) for step in changed]
        return [part(target, "monitor/step_detail.html", context, "innerHTML") for target, context in targets]

    def _end(self, now: dict[str, Any], around: dict[str, Any]) -> list[str]:
        """A toast when the run ended while it was looked at."""
        before, self.was = self.was, now["status"]
        if now["status"] not in states.ENDED or before in states.ENDED:
            return []
        look = wording.look(now["status"])
        told = {
            "title": now["workflowName"],
            "body": f"{look.word}.",
            "link": "",
            "tone": look.colour,
            "icon": look.icon,
        }
        return [_toast(told, around)]


def _stands(step: Mapping[str, Any]) -> tuple[Any, ...]:
    """What of a step makes its inside another one."""
    return step["status"], step["attempts"], step["completedAt"], [effect["status"] for effect in step["effects"]]


def _renewal(watched: Mapping[str, str], _: By) -> Any:
    """The steps and the plan of a renewal, asked of their owner again; while it is away the page keeps what it has."""
    execution_id, seen = watched.get("id", ""), 0

    def parts(event: live.Event, by: By, around: dict[str, Any]) -> list[str]:
        nonlocal seen
        if event.subject != execution_id or event.position <= seen:
            return []
        seen = live.head()
        try:
            known = around | renewal.picture(by, execution_id)
        except TandemError:
            return []
        return [
            part("#renewal", "renewals/body.html", known),
            part("#renewal-standing", "renewals/standing.html", known),
            part("#renewal-actions", "renewals/actions.html", known),
        ]

    return parts


def _guided(watched: Mapping[str, str], _: By) -> Any:
    """The steps of a guided run, asked of their owner again. What somebody is typing in is left alone (app.js)."""
    run_id, seen = watched.get("id", ""), 0

    def parts(event: live.Event, by: By, around: dict[str, Any]) -> list[str]:
        nonlocal seen
        if event.subject != run_id or event.position <= seen:
            return []
        seen = live.head()
        try:
            known = around | guided_run.picture(by, run_id)
        except TandemError:
            return []
        return [
            part("#guided", "runs/body.html", known),
            part("#guided-aside", "runs/aside.html", known),
            part("#guided-standing", "runs/standing.html", known),
            part("#guided-actions", "runs/actions.html", known),
        ]

    return parts


VIEWS = {"list": _list, "run": _Run, "renewal": _renewal, "guided": _guided}
