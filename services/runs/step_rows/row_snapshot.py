"""Builds the facts that a row of a step stores about a partnership or an objective, as JSON."""

from __future__ import annotations

from services.runs import objectives
from services.runs.days import Today
from services.runs.models import NEVER, Activity, Objective, Partnership
from services.runs.partnerships import days_since_contact
from shared.contracts.camel import camel_columns
from shared.ground import clock
from shared.ground.json_types import JsonObject


def of_partnership(row: Partnership, last: Activity | None, today: Today) -> JsonObject:
    """The present facts of a partnership, as JSON."""
    return {
        **camel_columns(row, "name", "stage", "priority", "owner"),
        "lastContactAt": None if row.last_contact_at == NEVER else clock.rfc3339(row.last_contact_at),
        "daysSinceContact": days_since_contact(row, today.now, today.time_zone),
        **camel_columns(row, "mou_sent_on", "mou_viewed_on", "mou_signed_on", "next_call_on", "contacts"),
        "lastActivity": camel_columns(last, "kind", "at", "summary") if last else None,
    }


def of_objective(row: Objective, today: Today) -> JsonObject:
    """The present facts of an objective, as JSON."""
    return {
        "name": row.title,
        **camel_columns(row, "title", "owner", "period", "starts_on", "ends_on", "status"),
        "keyResults": [
            key_result | {"progress": objectives.result_progress(key_result)} for key_result in row.key_results
        ],
        "progress": objectives.progress(row),
        "expected": objectives.expected_by(row, today.day),
        "behind": objectives.behind(row, today.day),
    }
