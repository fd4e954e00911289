"""What was done in a step, in one line; and the outcome of a run, drafted from its steps (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

LINES = (
    ("partnershipsReviewed", "partnership reviewed", "partnerships reviewed"),
    ("emailsSent", "e-mail sent", "e-mails sent"),
    ("emailsQueued", "e-mail on its way", "e-mails on their way"),
    ("emailsFailed", "e-mail failed", "e-mails failed"),
    ("partnershipsUpdated", "stage updated", "stages updated"),
    ("meetingsScheduled", "call booked", "calls booked"),
    ("tasksCreated", "task created", "tasks created"),
    ("tasksCompleted", "of them done", "of them done"),
    ("notesAdded", "note added", "notes added"),
    ("partnershipsCreated", "partnership created", "partnerships created"),
    ("objectivesUpdated", "objective updated", "objectives updated"),
    ("setAside", "set aside", "set aside"),
)
"""Every count of a result, in the order in which it is said."""

COUNTS = tuple(name for name, _, _ in LINES)


def line(result: Mapping[str, Any] | None) -> str | None:
    """ "3 e-mails sent, 1 set aside"; None where nothing was done."""
    said = [
        f"{count} {one if count == 1 else many}" for name, one, many in LINES if (count := (result or {}).get(name))
    ]
    return ", ".join(said) or None


def outcome(steps: Iterable[Any]) -> str:
    """What a run came to: how many steps, what was done in all of them, and what was passed over or left, with why."""
    told = list(steps)
    done = [step for step in told if step.status == "completed"]
    parts = [f"{len(done)} of {len(told)} steps done."]
    if counted := line(total(told)):
        parts.append(counted[0].upper() + counted[1:] + ".")
    for step in told:
        if step.status == "skipped":
            parts.append(f"Skipped: {step.title}" + (f" ({step.reason})." if step.reason else "."))
        elif step.status == "completed" and step.reason:
            parts.append(f"Left in {step.title}: {step.reason}.")
    return " ".join(parts)


def total(steps: Iterable[Any]) -> dict[str, int]:
    """The counts of all steps together."""
    summed: dict[str, int] = {}
    for step in steps:
        for name in COUNTS:
            if count := (step.result or {}).get(name):
                summed[name] = summed.get(name, 0) + count
    return summed
