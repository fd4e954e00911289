"""Builds the API representation of runs, steps and template changes."""

from __future__ import annotations

from services.runs import lifecycle, models, run_outcome, states, template_upgrade
from services.runs.api.serialization import Shown, columns
from services.runs.catalogue import Step
from services.runs.models import GuidedRun, GuidedStep, replicas
from services.runs.template_upgrade import Changes


def runs_shown(tenant_id: str, rows: list[GuidedRun]) -> list[Shown]:
    """Runs as lists show them, with one query for owner names and one for links."""
    names = replicas.names(tenant_id, [row.owner for row in rows])
    linked = models.runs.linked_to_many(tenant_id, [row.id for row in rows])
    return [_run(row, names, linked.get(row.id, [])) for row in rows]


def _run(row: GuidedRun, names: dict[str, str], linked: list[str]) -> Shown:
    return columns(row) | {
        "linked_partnership_ids": linked,
        "owner_name": names.get(row.owner) if row.owner else None,
        "progress": 100 * row.steps_done // row.steps_total if row.steps_total else 0,
    }


def run_shown(row: GuidedRun) -> Shown:
    """A run with its steps and the actions that it allows."""
    steps = models.runs.steps_of(row)
    ready = lifecycle.can_complete(row, steps)
    newer = template_upgrade.newer_version(row)
    return runs_shown(row.tenant_id, [row])[0] | {
        "steps": [step_shown(step, row) for step in steps],
        "allowed": [verb for verb in states.RUN.allowed(row.status) if verb != "complete" or ready],
        "can_complete": ready,
        "outcome_draft": run_outcome.outcome_of(steps) if ready else None,
        "newer_template": {"version": newer} if newer else None,
    }


def step_shown(step: GuidedStep, run: GuidedRun) -> Shown:
    """A step, with the actions that its own status and its run's allow."""
    return columns(step) | {"allowed": states.STEP.allowed(step.status) if run.status == "in_progress" else []}


def changes_shown(changes: Changes) -> Shown:
    """What moving a run to another version of its template would change."""
    return {
        "before": changes.before,
        "after": changes.after,
        "add": [_new_step(step) for step in changes.add],
        "change": [_new_step(step) for step in changes.change],
        "drop": [_own_step(step) for step in changes.drop],
        "kept": [_own_step(step) for step in changes.kept],
    }


def _new_step(step: Step) -> Shown:
    return {
        "id": None,
        "key": step["key"],
        "title": step["title"],
        "action_type": step["actionType"],
        "description": step.get("description") or "",
        "status": None,
    }


def _own_step(step: GuidedStep) -> Shown:
    return {name: getattr(step, name) for name in ("id", "key", "title", "action_type", "description", "status")}
