"""Drafts the outcome of a run."""

from __future__ import annotations

from collections.abc import Sequence

from services.runs.models import GuidedStep
from services.runs.step_rows import step_counts


def outcome_of(steps: Sequence[GuidedStep]) -> str:
    """A text on the steps of a run: how many are completed, what was done, and which were skipped, or completed with
    work left."""
    done = [step for step in steps if step.status == "completed"]
    parts = [f"{len(done)} of {len(steps)} steps done."]
    if counted := step_counts.line(step_counts.total(steps)):
        parts.append(counted[0].upper() + counted[1:] + ".")
    for step in steps:
        if step.status == "skipped":
            parts.append(f"Skipped: {step.title}" + (f" ({step.reason})." if step.reason else "."))
        elif step.status == "completed" and step.reason:
            parts.append(f"Left in {step.title}: {step.reason}.")
    return " ".join(parts)
