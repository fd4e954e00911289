"""The statements on pauses: what is not claimed now."""

from __future__ import annotations

from typing import Any

from services.executor.models.installation_tables import Pause
from shared.database import statements

EVERY_TENANT = "*"
"""The tenant of a pause that holds for all of them; no tenant has this id."""

EVERYTHING = ""
"""The processor of a pause of all processors."""

# A worker takes the tasks of all tenants.
_PAUSED = statements.across_tenants("(SELECT pause.tenant_id, pause.processor FROM pause)")
NOT_PAUSED = " AND ".join(
    f"({tenant}, {processor}) NOT IN {_PAUSED}"
    for tenant in ("ai_task.tenant_id", f"'{EVERY_TENANT}'")
    for processor in ("ai_task.processor", f"'{EVERYTHING}'")
)
"""The condition of a task that may be claimed. It asks for nothing of each task, so that the pauses are read once, and
neither engine makes a join of it, which would lose the order of the index that the claim walks."""


def of(tenant_id: str) -> list[Pause]:
    """What is paused for a tenant, those of every tenant among them, the earliest first."""
    # A pause of every tenant is shown to each.
    rows = Pause.of_all_tenants().where(Pause.tenant_id.in_((tenant_id, EVERY_TENANT)))
    return list(rows.order_by(Pause.paused_at, Pause.tenant_id, Pause.processor))


def add(tenant_id: str, processor: str, **values: Any) -> bool:
    """Add a pause. Returns False when there is the same already."""
    return statements.insert_if_new(Pause, {"tenant_id": tenant_id, "processor": processor, **values})


def remove(tenant_id: str, processor: str) -> bool:
    """Remove a pause. Returns False when there is none."""
    return bool(Pause.delete_for(tenant_id).where(Pause.processor == processor).execute())
