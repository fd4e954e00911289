"""The buttons of a renewal, its workflows in a line, and the customer's own date near the renewal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from shared.contracts.stages import NAMES, STAGES, Stage

DAYS_THAT_MATTER = 14
"""Within this many days of the renewal, the customer's own date is shown if it differs from the tenant's."""


@dataclass(frozen=True)
class Offer:
    """A button: a link to existing work, or to the page that asks before new work begins
    (`needs_confirmation`)."""

    label: str
    href: str
    needs_confirmation: bool = False
    primary: bool = False


def offers(customer: Mapping[str, Any], stages: Sequence[Stage] = STAGES) -> list[Offer]:
    """The buttons of a customer, the real next step first.

    That is to continue what is open, else to start the stage that the days call for if it was not begun for this renewal,
    else to open the plan of the last stage that was done. Behind it stand the other stages that can be started; one that
    was begun for this renewal is labelled "again".
    """
    open_ones = customer["openWorkflows"]
    done = [workflow for workflow in customer["completedWorkflows"] if workflow["forThisRenewal"]]
    begun = {workflow["stage"] for workflow in [*open_ones, *done]}
    going_on = [_continue(open_ones[0])] if open_ones else []
    starts = [_start(customer, stage, begun, bool(going_on)) for stage in stages if stage.available]
    called_for = [start for start in starts if start.primary]
    plan = [Offer("Open the plan", f"/app/renewals/{done[0]['executionId']}")] if done and not open_ones else []
    return [*going_on, *called_for, *plan, *(start for start in starts if not start.primary)]


def _continue(workflow: Mapping[str, Any]) -> Offer:
    label = f"Continue {_name(workflow)}"
    return Offer(label, f"/app/renewals/{workflow['executionId']}", primary=True)


def _start(customer: Mapping[str, Any], stage: Stage, begun: set[str], going_on: bool) -> Offer:
    label = f"{stage.name} again" if stage.key in begun else f"Start {stage.name}"
    query = urlencode({"customer_id": customer["id"], "stage": stage.key})
    called_for = stage.key == customer["stage"] and stage.key not in begun and not going_on
    return Offer(label, f"/app/renewals/start?{query}", needs_confirmation=True, primary=called_for)


@dataclass(frozen=True)
class Begun:
    """A workflow that was begun; `progress` is how far it is, "" once it is done."""

    href: str
    name: str
    progress: str = ""


@dataclass(frozen=True)
class Scheduled:
    """The workflow that begins next by itself."""

    name: str
    on: str


@dataclass(frozen=True)
class Workflows:
    """The last workflow of a customer, in progress or completed for this renewal, and the next one."""

    last: Begun | None
    next: Scheduled | None


def workflows(customer: Mapping[str, Any]) -> Workflows:
    """The workflows of a customer."""
    done = [workflow for workflow in customer["completedWorkflows"] if workflow["forThisRenewal"]]
    last, following = None, customer["nextWorkflow"]
    if customer["openWorkflows"]:
        workflow = customer["openWorkflows"][0]
        last = _begun(workflow, f"{workflow['stepsDone']} of {workflow['stepsTotal']}")
    elif done:
        last = _begun(done[0])
    upcoming = Scheduled(_name(following), following["triggerDate"]) if following else None
    return Workflows(last, upcoming)


def _begun(workflow: Mapping[str, Any], progress: str = "") -> Begun:
    return Begun(f"/app/renewals/{workflow['executionId']}", _name(workflow), progress)


def _name(workflow: Mapping[str, Any]) -> str:
    """The name of its stage."""
    stage: str = workflow["stage"]
    return NAMES.get(stage, stage)


def their_day(customer: Mapping[str, Any], zone: str, now: datetime) -> str:
    """The customer's date and city, such as "30 Nov in Auckland", if the renewal is at most DAYS_THAT_MATTER days away
    or past and the date differs from that in `zone`; else empty."""
    theirs, days = customer.get("timeZone"), customer.get("daysToRenewal")
    if not theirs or days is None or abs(days) > DAYS_THAT_MATTER:
        return ""
    there = now.astimezone(ZoneInfo(theirs))
    if there.date() == now.astimezone(ZoneInfo(zone)).date():
        return ""
    return f"{there:%-d %b} in {theirs.rpartition('/')[2].replace('_', ' ')}"
