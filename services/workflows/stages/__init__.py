"""The ten stages of a renewal by days to renewal, and their order."""

from datetime import date

from services.workflows.definition import Stage
from services.workflows.stages import (
    critical,
    discovery,
    emergency,
    engage,
    finalize,
    monitor,
    negotiate,
    overdue,
    prepare,
    signature,
)

STAGES: tuple[Stage, ...] = (
    monitor.STAGE,
    discovery.STAGE,
    prepare.STAGE,
    engage.STAGE,
    negotiate.STAGE,
    finalize.STAGE,
    signature.STAGE,
    critical.STAGE,
    emergency.STAGE,
    overdue.STAGE,
)
"""In order: the first is the farthest from the renewal."""

_BY_KEY = {stage.key: stage for stage in STAGES}


def get_or_none(key: str) -> Stage | None:
    """The stage with this key, or None."""
    return _BY_KEY.get(key)


def for_days(days: int) -> Stage:
    """The stage for this number of days to renewal; the ranges leave no gap and do not overlap."""
    return next(stage for stage in STAGES if stage.covers(days))


def following(stage: Stage) -> Stage | None:
    """The stage after this one; None after the last."""
    return next(iter(STAGES[STAGES.index(stage) + 1 :]), None)


def next_stage(stage: Stage, renewal_date: date, today: date) -> Stage | None:
    """The next stage: the one after this, or a later one if the days left call for it already. None after the
    last."""
    after = following(stage)
    by_days = for_days((renewal_date - today).days)
    return by_days if after and STAGES.index(by_days) > STAGES.index(after) else after
