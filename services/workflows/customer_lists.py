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


def _wanted(tenant_id: str, now: datetime, *, stage: str | None = None, **filters: Any) -> Wanted:
    found = stages.get_or_none(stage) if stage else None
    todays = _todays(tenant_id, now) if found or filters.get("hold") is not None else []
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
