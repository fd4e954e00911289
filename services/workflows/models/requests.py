"""Requests to the executor and the monitor: rows of our own feed; and those of others that were fulfilled here."""

from __future__ import annotations

from datetime import datetime

from services.workflows.models.exchange import HeardRequest, requests

ask_for_ai_tasks, notify = requests.ask_for_ai_tasks, requests.notify


def first_time(request_id: str, kind: str, now: datetime) -> bool:
    """Whether this request of another service is heard for the first time; from now on it is not."""
    query = HeardRequest.insert(id=request_id, kind=kind, heard_at=now).on_conflict_ignore().as_rowcount()
    return bool(query.execute())
