"""What undoing an import asks of partnerships; limited to one tenant."""

from __future__ import annotations

from services.runs.models.partnership_tables import Partnership
from services.runs.models.tables import RunPartnership


def referring_to_partnership(row: Partnership) -> list[str]:
    """The guided runs that were started for a partnership or acted on it, as `2 guided runs`."""
    linked = RunPartnership.for_tenant(row.tenant_id).where(RunPartnership.partnership_id == row.id)
    count = linked.count()
    return [f"{count} guided run{'' if count == 1 else 's'}"] if count else []
