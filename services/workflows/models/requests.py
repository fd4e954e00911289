"""Requests to the executor and the monitor: rows of our own feed; and those of others that were fulfilled here."""

from __future__ import annotations

from datetime import datetime

from services.workflows.models.exchange import HeardRequest, outgoing_requests
from shared.database import statements

request_ai_tasks, notify = outgoing_requests.request_ai_tasks, outgoing_requests.notify


def first_time(request_id: str, kind: str, now: datetime) -> bool:
    """Whether this request of another service is heard for the first time; from now on it is not."""
    return statements.insert_if_new(HeardRequest, {"id": request_id, "kind": kind, "heard_at": now})
