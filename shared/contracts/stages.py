"""Vocabulary of renewals: the ten stages by the days that are left, and how each is called."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """A stage of a renewal. Only an `available` one has a workflow that can be started."""

    key: str
    name: str
    available: bool = False


STAGES = (
    Stage("monitor", "Monitor"),
    Stage("discovery", "Discovery", available=True),
    Stage("prepare", "Prepare"),
    Stage("engage", "Engage"),
    Stage("negotiate", "Negotiate"),
    Stage("finalize", "Finalize"),
    Stage("signature", "Signature"),
    Stage("critical", "Critical"),
    Stage("emergency", "Emergency"),
    Stage("overdue", "Overdue"),
)
"""In order: the first is the farthest from the renewal."""

NAMES = {stage.key: stage.name for stage in STAGES}
"""The name of each stage, by its key."""
