"""Tables of the executor, and every question asked of them: the only place here that speaks SQL."""

from services.executor.models import copies, effects, figures, requests, snapshots, tasks
from services.executor.models.tables import (
    TABLES,
    AiTask,
    Attempt,
    Effect,
    OfferedProcessor,
    Request,
    Tenant,
    Tracking,
    acts,
    db,
    feed,
    idempotency,
)

__all__ = [
    "TABLES",
    "AiTask",
    "Attempt",
    "Effect",
    "OfferedProcessor",
    "Request",
    "Tenant",
    "Tracking",
    "acts",
    "copies",
    "db",
    "effects",
    "feed",
    "figures",
    "idempotency",
    "requests",
    "snapshots",
    "tasks",
]
