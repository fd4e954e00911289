"""The monitor on a real database, emptied before each test, and the snapshots that the other contexts send it."""

from __future__ import annotations

from typing import Any

import pytest

from services.monitor import app
from services.monitor.models import (
    SearchWord,
    counts,
    database,
    feed,
    invitations,
    notices,
    notification_settings,
    outgoing_requests,
    people,
    problems,
    runs,
    saved_views,
    sign_ins,
    source_reads,
    trail,
)
from shared.feed.consumer import Change
from tests.conftest import NOON
from tests.service import Service

TABLES = (
    people.Tenant,
    people.Person,
    people.Session,
    people.SignInLink,
    invitations.Invitation,
    sign_ins.SignInAttempt,
    sign_ins.KnownDevice,
    runs.Run,
    runs.RunDetail,
    runs.RunStep,
    SearchWord,
    counts.RunHour,
    counts.RunDay,
    notices.Notification,
    notices.NotificationRead,
    trail.TrailAct,
    source_reads.SourceRead,
    saved_views.SavedView,
    problems.SetAside,
    notification_settings.NotificationSetting,
    outgoing_requests.table,
)


SERVICE = Service(app.CONTEXT, database, feed, TABLES)


@pytest.fixture(scope="session")
def service_under_test() -> Service:
    """The service under test."""
    return SERVICE


def empty() -> None:
    """Delete all rows of the monitor's own tables, and what its feed says of them."""
    SERVICE.empty()


@pytest.fixture
def monitor(settings, database) -> Any:
    """The settings of an empty monitor with a connection for this test."""
    return settings


def change(
    kind: str, data: dict[str, Any], *, source: str = "workflows", version: int = 1, deleted: bool = False
) -> Change:
    """A change as a reader gets it."""
    return Change(
        source=source,
        kind=kind,
        subject=data["id"],
        version=version,
        position=version,
        tenant_id=data.get("tenantId", "demo"),
        deleted=deleted,
        data=data,
        now=NOON,
    )


def execution(number: int = 1, **fields: Any) -> dict[str, Any]:
    """A workflow execution's snapshot."""
    return {
        "id": f"execution-{number}",
        "tenantId": "demo",
        "workflowName": "Discovery: Acme",
        "stage": "discovery",
        "customerId": "customer-1",
        "customerName": "Acme",
        "status": "in_progress",
        "owner": "ana",
        "createdAt": "2026-11-21T11:00:00Z",
        "startedAt": "2026-11-21T11:00:00Z",
        "completedAt": None,
        "triggerPayload": {"daysToRenewal": 160},
        "context": {"arr": "248127"},
        "planStatus": None,
        "openHumanWork": True,
        "by": {"kind": "person", "id": "ana", "name": "Ana"},
        **fields,
    }


def step(number: int = 1, of: int = 1, **fields: Any) -> dict[str, Any]:
    """A workflow step's snapshot."""
    return {
        "id": f"step-{of}-{number}",
        "tenantId": "demo",
        "executionId": f"execution-{of}",
        "orderIndex": number,
        "kind": "pricing",
        "title": f"Step {number}",
        "status": "pending",
        "startedAt": None,
        "completedAt": None,
        "input": {"a": 1},
        "output": {"b": 2},
        "summary": None,
        **fields,
    }


def task(number: int = 1, of: int | None = 1, **fields: Any) -> dict[str, Any]:
    """An AI task's snapshot; of no execution when `of` is None."""
    source = (
        {"service": "workflows", "kind": "workflow-execution", "id": f"execution-{of}"}
        if of
        else {"service": "workflows", "kind": "task", "id": "t"}
    )
    return {
        "id": f"task-{number}",
        "tenantId": "demo",
        "title": f"Update contact {number}",
        "processor": "salesforce-contact-updater",
        "status": "queued",
        "priority": 1,
        "createdAt": "2026-11-21T11:30:00Z",
        "availableAt": "2026-11-21T11:30:00Z",
        "startedAt": None,
        "finishedAt": None,
        "durationMs": None,
        "retryOf": None,
        "origin": f"task-{number}",
        "retryNumber": 0,
        "subject": "customer-1",
        "source": source,
        "metadata": {"opportunityId": "006"},
        "result": None,
        "error": None,
        "maxAttempts": 4,
        "attempts": [],
        "effects": [],
        "by": {"kind": "person", "id": "ana", "name": "Ana"},
        **fields,
    }


def attempt(number: int, outcome: str = "failed") -> dict[str, Any]:
    """One attempt of an AI task."""
    return {
        "number": number,
        "startedAt": "2026-11-21T11:31:00Z",
        "endedAt": "2026-11-21T11:32:00Z",
        "outcome": outcome,
        "error": None,
    }


FAILED = {
    "status": "failed",
    "startedAt": "2026-11-21T11:31:00Z",
    "finishedAt": "2026-11-21T11:32:00Z",
    "durationMs": 60000,
    "error": {
        "type": "UNABLE_TO_LOCK_ROW",
        "message": "The row is locked.",
        "stackTrace": "Traceback...",
        "permanent": False,
        "outcomeUnknown": False,
    },
}
SUCCESS = {
    "status": "success",
    "startedAt": "2026-11-21T11:31:00Z",
    "finishedAt": "2026-11-21T11:32:00Z",
    "durationMs": 60000,
    "result": {"summary": "The contact is updated."},
}


def act(number: int = 1, **fields: Any) -> dict[str, Any]:
    """An act's snapshot."""
    return {
        "id": f"act-{number}",
        "tenantId": "demo",
        "at": "2026-11-21T11:30:00Z",
        "by": {"kind": "person", "id": "ana", "name": "Ana"},
        "verb": "retried task",
        "subjectKind": "ai-task",
        "subjectId": "task-1",
        "reason": None,
        "details": None,
        "requestId": "r1",
        **fields,
    }


def notification(number: int = 1, **fields: Any) -> dict[str, Any]:
    """A notification request's snapshot."""
    return {
        "id": f"notification-{number}",
        "tenantId": "demo",
        "recipientId": None,
        "kind": "task_done",
        "title": "Done",
        "body": "It is done.",
        "link": "/app/tasks",
        "createdAt": "2026-11-21T11:30:00Z",
        "by": {"kind": "service", "id": "executor", "name": "executor"},
        **fields,
    }
