"""Lists customers as people filter them: by stage and hold on the day that it is where each customer is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.workflows import models, stages
from services.workflows.models import replicas
from services.workflows.models.customer_lists import NOBODY, Today, Wanted
from shared.contracts.paging import Page
from shared.ground.local_days import local_date

STAGES = (*(stage.key for stage in stages.STAGES), NOBODY)
"""What a list can be narrowed to: a stage, or no renewal date and therefore no stage."""


def page(
    tenant_id: str, *, sort: str, now: datetime, limit: int, offset: int, cursor: str | None, **filters: Any
) -> Page:
    """A page of the customers that satisfy the filters."""
    wanted = _wanted(tenant_id, now, **filters)
    return models.customer_lists.listed(tenant_id, wanted, sort, limit=limit, offset=offset, cursor=cursor)


def totals(tenant_id: str, *, now: datetime, **filters: Any) -> list[tuple[str, int, int]]:
    """(currency, customers, their ARR in hundredths) of the customers that satisfy the filters."""
    return models.customer_lists.totals(tenant_id, _wanted(tenant_id, now, **filters))


def by_stage(tenant_id: str, *, now: datetime, **filters: Any) -> dict[str, list[tuple[str, int, int]]]:
    """(currency, customers, their ARR in hundredths) of the customers that satisfy the filters by stage, from the nearest
    renewal on, and at the end under NOBODY those without a renewal date; without the stages that nobody is in."""
    bands = {stage.key: (stage.min_days, stage.max_days) for stage in reversed(stages.STAGES)}
    found: dict[str, list[tuple[str, int, int]]] = {key: [] for key in (*bands, NOBODY)}
    wanted = _wanted(tenant_id, now, every_day=True, **filters)
    for stage, currency, customers, hundredths in models.customer_lists.by_stage(tenant_id, wanted, bands):
        found[stage].append((currency, customers, hundredths))
    return {stage: totals for stage, totals in found.items() if totals}


def _wanted(
    tenant_id: str, now: datetime, *, stage: str | None = None, every_day: bool = False, **filters: Any
) -> Wanted:
    """What the filters narrow the list to; with the days at the customers where they matter, or with `every_day`."""
    found = stages.get_or_none(stage) if stage else None
    todays = _todays(tenant_id, now) if found or every_day or filters.get("hold") is not None else []
    return Wanted(
        stage_days=(found.min_days, found.max_days) if found else None,
        undated=stage == NOBODY,
        todays=todays,
        **filters,
    )


def _todays(tenant_id: str, now: datetime) -> list[Today]:
    """The days that it is at the tenant's customers now, at most three."""
    usual = local_date(now, replicas.tenants.region(tenant_id).time_zone)
    zones: dict[Any, list[str]] = {usual: []}
    for zone in models.customer_lists.time_zones(tenant_id):
        zones.setdefault(local_date(now, zone), []).append(zone)
    if len(zones) == 1:
        return [Today(usual)]
    return [Today(day, tuple(there), or_none=day == usual) for day, there in zones.items()]
