"""The mails that the monitor has the executor send."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.monitor.models.people import Person
from shared.ground.principal import Principal

PROCESSOR = "send-email"


def request(
    task_id: str,
    person: Person,
    title: str,
    text: dict[str, str],
    *,
    source: str,
    priority: int,
    by: Principal,
    now: datetime,
) -> dict[str, Any]:
    """The request for an AI task that sends a person a mail; `text` is its subject and body, `source` what it is for."""
    return {
        "id": task_id,
        "tenant_id": person.tenant_id,
        "title": title,
        "processor": PROCESSOR,
        "metadata": {"to": [{"name": person.name, "email": person.email}], **text},
        "priority": priority,
        "subject": None,
        "source_kind": source,
        "source_id": person.id,
        "retry_of": None,
        "by": by.as_json(),
        "created_at": now,
    }
