"""The replica of the holds of customers; queries are limited to one tenant."""

from __future__ import annotations

from datetime import date

from services.executor.models.installation_tables import Hold
from shared.feed.replicas import upsert
from shared.ground.json_types import JsonObject


def upsert_hold(snapshot: JsonObject, version: int) -> None:
    """Upsert a hold from its HoldSnapshot."""
    until_on = snapshot["untilOn"]
    upsert(
        Hold,
        snapshot["id"],
        version,
        tenant_id=snapshot["tenantId"],
        customer_id=snapshot["customerId"],
        customer_name=snapshot["customerName"],
        reason=snapshot["reason"],
        from_on=date.fromisoformat(snapshot["fromOn"]),
        until_on=date.fromisoformat(until_on) if until_on else None,
        lifted=snapshot["lifted"],
        time_zone=snapshot["timeZone"],
        addresses=snapshot["addresses"],
    )


def remove_hold(tenant_id: str, hold_id: str) -> None:
    """Delete the replica of a hold that workflows no longer has."""
    Hold.delete_for(tenant_id).where(Hold.id == hold_id).execute()


def standing(tenant_id: str) -> list[Hold]:
    """The holds of a tenant that nobody has lifted, over or not."""
    return list(Hold.for_tenant(tenant_id).where(~Hold.lifted).order_by(Hold.id))
