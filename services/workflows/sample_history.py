"""Builds the past of the sample customers: readings of their health and usage up to the present figures, what people know of
them, and holds that are over."""

from __future__ import annotations

from datetime import date, timedelta

from services.workflows import fact_kinds
from services.workflows.clauses.quantities import months_on
from shared.database.model import Columns
from shared.ground import ids
from shared.ground.json_types import JsonObject

MONTHS = 8
"""So many months back the readings of the scores begin."""

STEEPEST = 4
"""The most by which the health of a sample moved in a month."""


def scores(data: JsonObject, customer_id: str, tenant_id: str, today: date) -> list[Columns]:
    """Readings of health and likelihood, one a month, the last one of today with the present figure. Health went the way of
    the usage."""
    return [
        {
            "id": ids.named("sample-score", customer_id, measure, *([str(back)] if back else [])),
            "tenant_id": tenant_id,
            "customer_id": customer_id,
            "measure": measure,
            "on": months_on(today, -back),
            "value": max(5, min(98, round(data[name] - slope * back + (back % 3 == 1)))) if back else data[name],
            "source": "Sample",
            "note": "",
        }
        for measure, name, slope in _slopes(data)
        for back in range(MONTHS, -1, -1)
    ]


def _slopes(data: JsonObject) -> tuple[tuple[str, str, float], ...]:
    """(measure, its name in the data, how much it rose in a month)."""
    months = data["usage"].get("monthlyActiveUsers") or [1, 1]
    change = 100 * (months[-1] - months[0]) / max(1, months[0]) / len(months)
    slope = max(-STEEPEST, min(STEEPEST, change))
    return ("health", "healthScore", slope), ("likelihood", "renewalLikelihood", slope / 2)


def usage(data: JsonObject, customer_id: str, tenant_id: str, today: date) -> list[Columns]:
    """A reading of the active users in each of the last months, where their last figure is that of the active seats."""
    months = data["usage"].get("monthlyActiveUsers") or []
    if not months or months[-1] != data["usage"].get("activeSeats"):
        return []
    return [
        {
            "id": ids.named("sample-usage", customer_id, str(back)),
            "tenant_id": tenant_id,
            "customer_id": customer_id,
            "product": "",
            "site": "",
            "on": months_on(today, -back),
            "active": active,
            "licensed": data["usage"]["licensedSeats"],
            "live": True,
            "source": "Sample",
            "note": "",
        }
        for back, active in zip(range(len(months) - 1, -1, -1), months, strict=True)
    ]


def facts(data: JsonObject, customer_id: str, tenant_id: str, today: date) -> list[Columns]:
    """What people know of the customer, in the form of its kinds."""
    rows = []
    for number, given in enumerate(data.get("facts", ())):
        kind = fact_kinds.get(given["kind"])
        state = kind.state(given.get("state"))
        rows.append(
            {
                "id": ids.named("sample-fact", customer_id, given["kind"], str(number)),
                "tenant_id": tenant_id,
                "customer_id": customer_id,
                "kind": kind.key,
                "state": state.key,
                "is_open": state.is_open,
                "on": _days_from(today, given.get("onDays")),
                "due_on": _days_from(today, given.get("dueDays")),
                "source": given.get("source"),
                "note": given.get("note", ""),
                "details": kind.check(given.get("details", {})),
            }
        )
    return rows


def holds(data: JsonObject, customer_id: str, tenant_id: str, today: date) -> list[Columns]:
    """The holds of the customer, as days from today."""
    return [
        {
            "id": ids.named("sample-hold", customer_id, str(number)),
            "tenant_id": tenant_id,
            "customer_id": customer_id,
            "reason": given["reason"],
            "from_on": _days_from(today, given["fromDays"]),
            "until_on": _days_from(today, given["untilDays"]),
            "asked_by": given.get("askedBy"),
            "exceptions": [],
        }
        for number, given in enumerate(data.get("holds", ()))
    ]


def _days_from(today: date, days: int | None) -> date | None:
    return None if days is None else today + timedelta(days=days)
