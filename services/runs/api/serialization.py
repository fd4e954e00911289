"""Builds the API representation of partnerships and objectives, a page at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from services.runs import models, objectives, partnerships, states
from services.runs.days import today_of
from services.runs.models import Objective, Partnership
from shared.contracts.paging import Page

Shown = dict[str, Any]


def columns(row: Any) -> Shown:
    """All columns of a row by name."""
    return {field.name: getattr(row, field.name) for field in row._meta.sorted_fields}


def page_of(page: Page, items: list[Shown]) -> Page:
    """The page with the representations of its rows."""
    return replace(page, items=items)


def partnerships_shown(tenant_id: str, rows: list[Partnership], now: datetime) -> list[Shown]:
    """Partnerships with their last activity, and with the values that depend on the present day."""
    last, today = models.activities.last_of(tenant_id, [row.id for row in rows]), today_of(tenant_id, now)
    return [
        columns(row)
        | {
            "last_contact_at": _ever(row.last_contact_at),
            "last_heard_at": _ever(row.last_heard_at),
            "days_since_contact": partnerships.days_since_contact(row, now, today.time_zone),
            "last_activity": last.get(row.id),
            "next_stages": states.stages_after(row.stage),
        }
        for row in rows
    ]


def objectives_shown(tenant_id: str, rows: list[Objective], now: datetime) -> list[Shown]:
    """Objectives with their progress and the elapsed share of their period."""
    today = today_of(tenant_id, now).day
    return [
        columns(row)
        | {
            "key_results": [result | {"progress": objectives.result_progress(result)} for result in row.key_results],
            "progress": objectives.progress(row),
            "expected": objectives.expected_by(row, today),
            "behind": objectives.behind(row, today),
            "allowed": states.OBJECTIVE.allowed(row.status),
        }
        for row in rows
    ]


def _ever(moment: datetime) -> datetime | None:
    return None if moment == models.NEVER else moment
