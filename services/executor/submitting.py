"""Accept an AI task: once by its id, checked against its processor, in its place in the chain of retries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.executor import finishing, states
from services.executor.models import AiTask, acts, effects, feed, tasks
from services.executor.processors.registry import Registry
from shared import clock
from shared.acts import By
from shared.errors import Conflict, Invalid

LONGEST_METADATA = 64 * 1024
HIGHEST, LOWEST = 1, 5
"""Priorities: 1 goes first."""


@dataclass(frozen=True)
class Order:
    """What somebody wants done. `source` is whose task it is: `{service, kind, id}`; `retry_of` an earlier task that
    it repeats."""

    id: str
    tenant_id: str
    processor: str
    metadata: Mapping[str, Any]
    title: str | None = None
    priority: int = 3
    run_at: datetime | None = None
    subject: str | None = None
    source: Mapping[str, str] | None = None
    retry_of: str | None = None

    def fingerprint(self) -> str:
        """The same for the same order, however its JSON was written."""
        told = [
            self.tenant_id,
            self.processor,
            self.metadata,
            self.title,
            self.priority,
            clock.rfc3339(self.run_at),
            self.subject,
            dict(self.source) if self.source else None,
            self.retry_of,
        ]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def submit(order: Order, *, by: By, now: datetime, registry: Registry, max_attempts: int) -> tuple[AiTask, bool]:
    """Queue the task and tell of it: (the task, whether it is new). The same id and body twice is one task.

    Invalid names the field that the processor does not take; Conflict: the id stands for another order, or the task
    that it repeats is not over.
    """
    refused = _faults_of(order, registry)
    if refused:
        raise Invalid("The task is not one that a processor here takes; see `errors`.", errors=refused)
    return _queue(_row(order, by, now, max_attempts, registry), order, by, now)


@feed.together
def _queue(row: dict[str, Any], order: Order, by: By, now: datetime) -> tuple[AiTask, bool]:
    origin, number = order.id, 0
    if order.retry_of:
        known = tasks.find(order.id)
        if known:
            return _same(known, order), False
        origin, number = place_of(order.tenant_id, order.retry_of)
    place = {"status": "queued", "origin": origin, "retry_number": number}
    return _add(row | place, order, by, now, "asked for AI task")


def accept(order: Order, *, by: By, now: datetime, registry: Registry, max_attempts: int) -> AiTask:
    """As `submit`, for an order that was read in a feed: what cannot be accepted becomes a task that is failed with
    the reason."""
    refused: dict[str, Any] = {}
    try:
        return submit(order, by=by, now=now, registry=registry, max_attempts=max_attempts)[0]
    except Invalid as error:
        refused = dict(error.errors)
        reason = "; ".join(f"{field}: {' '.join(why)}" for field, why in refused.items())
    except Conflict as error:
        if tasks.find(order.id):
            raise
        reason = error.message
    failure = {"type": "Refused", "message": reason, "stackTrace": None, "permanent": True, "outcomeUnknown": False}
    with feed.transaction():
        row = _row(order, by, now, max_attempts, registry) | {
            "status": "failed",
            "origin": order.id,
            "retry_number": 0,
            "error": failure,
            "finished_at": now,
            "priority": order.priority if "priority" not in refused else LOWEST,
        }
        task, made = _add(row, order, by, now, "was refused AI task")
        if made:
            finishing.notify(task, now=now, body=reason)
        return task


def _faults_of(order: Order, registry: Registry) -> dict[str, list[str]]:
    if registry.get(order.processor) is None:
        return {"processor": ["No processor has this name."]}
    if not (isinstance(order.priority, int) and HIGHEST <= order.priority <= LOWEST):
        return {"priority": [f"Not a whole number from {HIGHEST} to {LOWEST}."]}
    if len(json.dumps(order.metadata)) > LONGEST_METADATA:
        return {"metadata": [f"Longer than {LONGEST_METADATA} bytes."]}
    return registry.faults_of(order.processor, order.metadata)


def place_of(tenant_id: str, retry_of: str) -> tuple[str, int]:
    """(origin, number) of a retry of that task. Conflict when it may not be retried now.

    The effects of a chain are made once, so its tasks run one after another.
    """
    earlier = tasks.named(tenant_id, retry_of)
    if earlier is None:
        raise Conflict("The task to be retried does not exist.")
    latest = tasks.latest_of(earlier.origin) or earlier
    if latest.id != earlier.id:
        raise Conflict(
            f"It was retried already; its latest task is {latest.id}, and is {latest.status}.", latest=latest.id
        )
    if latest.status not in states.FINISHED:
        raise Conflict(f"The task to be retried is {latest.status}.", allowed=states.ASKED.allowed(latest.status))
    unknown = effects.unknown_in(latest.origin)
    if unknown:
        raise Conflict(
            f"Nobody knows whether {', '.join(unknown)} happened outside. An operator has to resolve that first.",
            allowed=["resolve"],
        )
    return latest.origin, latest.retry_number + 1


def _row(order: Order, by: By, now: datetime, max_attempts: int, registry: Registry) -> dict[str, Any]:
    processor = registry.get(order.processor)
    source = order.source or {}
    return {
        "id": order.id,
        "tenant_id": order.tenant_id,
        "title": order.title or (processor.title if processor else order.processor),
        "processor": order.processor,
        "metadata": order.metadata,
        "input_hash": order.fingerprint(),
        "priority": order.priority,
        "created_at": now,
        "available_at": order.run_at or now,
        "max_attempts": max_attempts,
        "retry_of": order.retry_of,
        "subject": order.subject,
        "source_service": source.get("service"),
        "source_kind": source.get("kind"),
        "source_id": source.get("id"),
        "by": by.as_json(),
    }


def _add(row: dict[str, Any], order: Order, by: By, now: datetime, verb: str) -> tuple[AiTask, bool]:
    if not tasks.add(row):
        known = tasks.find(order.id)
        if known is None:
            raise Conflict("It is being retried already.")
        return _same(known, order), False
    acts.record(by, verb, "ai-task", order.id, now=now, details={"processor": order.processor})
    return AiTask(**row), True


def _same(known: AiTask, order: Order) -> AiTask:
    if known.input_hash != order.fingerprint():
        raise Conflict("Another task has this id.")
    return known
