"""The tables of the executor and all its SQL."""

from services.executor.models import effects, queue_statistics, replicas, requests, snapshots, tasks
from services.executor.models.tables import (
    TABLES,
    AiTask,
    Attempt,
    Effect,
    Person,
    PublishedProcessor,
    Request,
    SearchWord,
    Tenant,
    Tracking,
    acts,
    db,
    feed,
    idempotency,
    outgoing_requests,
)

__all__ = [
    "TABLES",
    "AiTask",
    "Attempt",
    "Effect",
    "PublishedProcessor",
    "Person",
    "Request",
    "SearchWord",
    "Tenant",
    "Tracking",
    "acts",
    "replicas",
    "db",
    "effects",
    "feed",
    "queue_statistics",
    "idempotency",
    "outgoing_requests",
    "requests",
    "snapshots",
    "tasks",
]
