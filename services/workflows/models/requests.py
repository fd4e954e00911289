"""Writes requests to the executor and the monitor, and records requests of others that were fulfilled."""

from __future__ import annotations

from datetime import datetime

from services.workflows.models.exchange import HeardRequest, outgoing_requests
from shared.database import statements

request_ai_tasks, notify = outgoing_requests.request_ai_tasks, outgoing_requests.notify


def first_time(request_id: str, kind: str, now: datetime) -> bool:
    """Record a request of another service. Returns whether it is new."""
    return statements.insert_if_new(HeardRequest, {"id": request_id, "kind": kind, "heard_at": now})
