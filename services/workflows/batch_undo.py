"""Who may take back what was done with many at once, and whether it still can be."""

from __future__ import annotations

from services.workflows.models import CustomerBatch, TaskBatch
from shared.ground.errors import Conflict, Forbidden
from shared.ground.principal import Principal


def check(by: Principal, batch: CustomerBatch | TaskBatch) -> None:
    """Forbidden for what another person did; Conflict if it was taken back already."""
    if batch.by["id"] != by.id:
        raise Forbidden("Only who did it takes it back.")
    if batch.undone_at:
        raise Conflict("It was taken back already.", allowed=[])
