"""What a row of a step says of a partnership or an objective at this moment, as JSON."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.runs import objectives, reasons
from services.runs.models import NEVER, Partnership
from services.runs.reasons import Today
from shared import clock


def of_partnership(row: Partnership, last: Any | None, today: Today) -> dict[str, Any]:
    """What a row says of a partnership at this moment, as JSON."""
    return {
        "name": row.name,
        "stage": row.stage,
        "priority": row.priority,
        "owner": row.owner,
        "lastContactAt": None if row.last_contact_at == NEVER else clock.rfc3339(row.last_contact_at),
        "daysSinceContact": reasons.days_silent(row, today),
        "mouSentOn": _day(row.mou_sent_on),
        "mouViewedOn": _day(row.mou_viewed_on),
        "mouSignedOn": _day(row.mou_signed_on),
        "nextCallOn": _day(row.next_call_on),
        "contacts": row.contacts,
        "lastActivity": {"kind": last.kind, "at": clock.rfc3339(last.at), "summary": last.summary} if last else None,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def of_objective(row: Any, today: Today) -> dict[str, Any]:
    """What a row says of an objective at this moment, as JSON."""
    return {
        "name": row.title,
        "title": row.title,
        "owner": row.owner,
        "period": row.period,
        "startsOn": row.starts_on.isoformat(),
        "endsOn": row.ends_on.isoformat(),
        "status": row.status,
        "keyResults": [one | {"progress": objectives.result_progress(one)} for one in row.key_results],
        "progress": objectives.progress(row),
        "expected": objectives.expected_by(row, today.day),
        "behind": objectives.behind(row, today.day),
    }
