"""What runs and their steps look like outside."""

from __future__ import annotations

from typing import Any

from services.runs import lifecycle, models, states, summing
from services.runs.api.ledger import Shown, columns
from services.runs.models import GuidedRun, GuidedStep, copies
from services.runs.upgrading import Changes


def runs_shown(tenant_id: str, rows: list[GuidedRun]) -> list[Shown]:
    """Runs as lists show them, with one question for the names of their owners."""
    names = copies.names(tenant_id, [row.owner for row in rows])
    return [_run(row, names) for row in rows]


def _run(row: GuidedRun, names: dict[str, str]) -> Shown:
    return columns(row) | {
        "owner_name": names.get(row.owner) if row.owner else None,
        "progress": 100 * row.steps_done // row.steps_total if row.steps_total else 0,
    }


def run_shown(row: GuidedRun) -> Shown:
    """A run with its steps, and what may be done with it."""
    steps = models.runs.steps_of(row.id)
    ready = lifecycle.can_complete(row, steps)
    newer = lifecycle.newer_version(row)
    return runs_shown(row.tenant_id, [row])[0] | {
        "steps": [step_shown(step, row) for step in steps],
        "allowed": [verb for verb in states.RUN.allowed(row.status) if verb != "complete" or ready],
        "can_complete": ready,
        "outcome_draft": summing.outcome(steps) if ready else None,
        "newer_template": {"version": newer} if newer else None,
    }


def step_shown(step: GuidedStep, run: GuidedRun) -> Shown:
    """A step, with what its own status and that of its run allow."""
    return columns(step) | {"allowed": states.STEP.allowed(step.status) if run.status == "in_progress" else []}


def changes_shown(found: Changes) -> Shown:
    """What a newer version of a template would do to a run."""
    return {
        "before": found.before,
        "after": found.after,
        "add": [_told(one) for one in found.add],
        "change": [_told(one) for one in found.change],
        "drop": [_standing(step) for step in found.drop],
        "kept": [_standing(step) for step in found.kept],
    }


def _told(step: dict[str, Any]) -> Shown:
    return {
        "id": None,
        "key": step["key"],
        "title": step["title"],
        "action_type": step["actionType"],
        "description": step.get("description") or "",
        "status": None,
    }


def _standing(step: GuidedStep) -> Shown:
    return {name: getattr(step, name) for name in ("id", "key", "title", "action_type", "description", "status")}
