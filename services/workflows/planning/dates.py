"""When the next workflow of a renewal starts."""

from __future__ import annotations

from datetime import date, timedelta

from services.workflows import stages
from services.workflows.stages import Stage
from shared import business_days


def next_stage(stage: Stage, renewal_date: date, today: date) -> Stage | None:
    """The stage that follows: the one after this, or a later one where the days left call for it already."""
    after = stages.following(stage)
    called_for = stages.for_days((renewal_date - today).days)
    return called_for if after and called_for.order > after.order else after


def next_start(stage: Stage, renewal_date: date, today: date, country: str) -> date:
    """When that stage starts: its own count of days before the renewal, on a business day, never in the past."""
    if stage.opens_at_days is None:
        raise ValueError(f"no trigger starts the stage {stage.key}")
    return business_days.after(max(renewal_date - timedelta(days=stage.opens_at_days), today), 0, country)
