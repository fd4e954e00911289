"""Renders the parts of a run's page again when the run changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.monitor import live, states
from services.monitor.pages import (
    partials,
    run,
    status_style,
    toasts,
)
from services.monitor.pages.partials import Variables
from shared.ground.errors import NotFound
from shared.ground.principal import Principal

RUN_PARTS = ("run-state", "run-error", "run-steps", "run-facts", "run-actions")


class WatchedRun:
    """The parts of a run's page. The newest state is rendered, so events from before it was read are skipped."""

    def __init__(self, watched: Mapping[str, str], by: Principal) -> None:
        self.run_id, self.was, self.seen = watched.get("id", ""), watched.get("was", ""), 0
        context = self._template_context(by)
        self.bodies = {step["id"]: _stands(step) for step in context["steps"]} if context else {}
        # What the page showed of its unfolded step may be out of date; it is rendered again at the first event.
        self.bodies.pop(watched.get("open", ""), None)

    def __call__(self, event: live.Event, by: Principal, around: Variables) -> list[str]:
        """The parts that an event changes, as elements that htmx puts in their places."""
        if event.subject != self.run_id or event.position <= self.seen:
            return []
        self.seen = live.head()
        context = self._template_context(by)
        if context is None:
            return []
        context = around | context
        made = [partials.part(f"#{name}", f"monitor/{name.replace('-', '_')}.html", context) for name in RUN_PARTS]
        return made + self._bodies(context) + self._end(context["run"], around)

    def _template_context(self, by: Principal) -> Variables | None:
        try:
            return run.template_context(by, self.run_id)
        except NotFound:
            return None

    def _bodies(self, context: Variables) -> list[str]:
        """The details of the changed steps, for the viewers who have unfolded them."""
        changed = [step for step in context["steps"] if self.bodies.get(step["id"]) != _stands(step)]
        self.bodies = {step["id"]: _stands(step) for step in context["steps"]}
        targets = [(f"#step-body-{step['id']}:has([data-loaded])", context | {"detail": step}) for step in changed]
        return [partials.part(target, "monitor/step_detail.html", context, "innerHTML") for target, context in targets]

    def _end(self, now: Variables, around: Variables) -> list[str]:
        """A toast if the run ended while it was shown."""
        before, self.was = self.was, now["status"]
        if now["status"] not in states.ENDED or before in states.ENDED:
            return []
        word = status_style.of(now["status"]).label
        return [toasts.part(toasts.of_status(now["status"], now["workflowName"], f"{word}."), around)]


def _stands(step: Mapping[str, Any]) -> tuple[Any, ...]:
    """The values whose change means that the detail of a step must be rendered again."""
    return step["status"], step["attempts"], step["completedAt"], [effect["status"] for effect in step["effects"]]
