"""Accepts AI tasks: each id once, checked against its processor, at its position in the chain of retries."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.executor import end_notifications, finishing, states
from services.executor.models import AiTask, acts, effects, feed, replicas, tasks
from services.executor.processors.registry import Registry
from shared.contracts.references import people_in
from shared.database.model import Columns
from shared.ground import clock, ids
from shared.ground.errors import Conflict, Invalid
from shared.ground.principal import Principal
from shared.ground.settings_table import SERVICES

LONGEST_METADATA = 64 * 1024
HIGHEST, LOWEST = 1, 5
"""Priorities; 1 goes first."""

NAMED_UUID_VERSION = 5
"""The version of ids that follow from other ids, such as those of a plan's items and mails: who knows those can predict
them."""


@dataclass(frozen=True)
class Submission:
    """An AI task to be made.

    `source` says whose task it is: `{service, kind, id}`. `retry_of` is the earlier task that it repeats. `asked_at` is
    when another service requested it; None for a task that came over REST.
    """

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
    asked_at: datetime | None = None

    def fingerprint(self) -> str:
        """A hash of the content, the same however its JSON was written."""
        content = [
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
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def submit_for_client(
    submission: Submission, *, id_chosen: bool, by: Principal, now: datetime, registry: Registry, max_attempts: int
) -> tuple[AiTask, bool]:
    """Like `submit`, for a submission that came over REST, where a caller may not claim what only a service may say.

    Invalid for a source that is another service than the caller, and for people who do not work in the tenant. An id
    that a person chose is kept, unless another tenant has it or it is a name-based UUID; then the task gets an id
    derived from the tenant and that id.
    """
    source = (submission.source or {}).get("service")
    if source in SERVICES and not (by.may("service") and by.id == source):
        reason = f"Only {source} itself says that a task is its own."
        raise Invalid(reason, errors={"source.service": [reason]})
    if id_chosen and not by.may("service") and not _may_be_chosen(submission):
        submission = replace(submission, id=ids.named("chosen-ai-task", submission.tenant_id, submission.id))
    processor = registry.get(submission.processor)
    if processor and not by.may("service"):
        for name, person_id in people_in(processor.metadata_schema, submission.metadata).items():
            replicas.people.require(by, person_id, field=f"metadata.{name}")
    return submit(submission, by=by, now=now, registry=registry, max_attempts=max_attempts)


def _may_be_chosen(submission: Submission) -> bool:
    """Whether a person's task may have this id: it is no name-based UUID, and no other tenant has it."""
    earlier = tasks.get_by_id(submission.id)
    return uuid.UUID(submission.id).version != NAMED_UUID_VERSION and (
        earlier is None or earlier.tenant_id == submission.tenant_id
    )


def submit(
    submission: Submission, *, by: Principal, now: datetime, registry: Registry, max_attempts: int
) -> tuple[AiTask, bool]:
    """Queue a task. Returns it, and whether it is new; the same id and content a second time is the same task.

    Invalid names the field that the processor does not accept. Conflict when the id belongs to another submission, or
    when the task to be retried may not be retried now.
    """
    refused = _faults_of(submission, registry)
    if refused:
        raise Invalid("The task is not one that a processor here takes; see `errors`.", errors=refused)
    return _queue(_row(submission, by, now, max_attempts, registry), submission, by, now)


@feed.group_commit
def _queue(row: Columns, submission: Submission, by: Principal, now: datetime) -> tuple[AiTask, bool]:
    origin, number = submission.id, 0
    if submission.retry_of:
        earlier = tasks.get_by_id(submission.id)
        if earlier:
            return _same(earlier, submission), False
        origin, number = retry_position(submission.tenant_id, submission.retry_of)
    place = {"status": "queued", "origin": origin, "retry_number": number}
    return _add(row | place, submission, by, now, "asked for AI task")


def accept_request(
    submission: Submission, *, by: Principal, now: datetime, registry: Registry, max_attempts: int
) -> AiTask:
    """Like `submit`, for a request that was read in a feed: one that cannot be accepted becomes a task that has failed
    with the reason.

    A task that exists already is published again: a sender that repeats a request has lost the answer (docs/design.md,
    "The feed"). Conflict when the id is that of another source's task.
    """
    refused: dict[str, Any] = {}
    try:
        task, is_new = submit(submission, by=by, now=now, registry=registry, max_attempts=max_attempts)
        return task if is_new else _publish_again(task)
    except Invalid as error:
        refused = dict(error.errors)
        reason = "; ".join(error.reasons())
    except Conflict as error:
        earlier = tasks.get_by_id(submission.id)
        if earlier is not None and not _is_from(earlier, submission):
            raise
        if earlier is not None:
            return _publish_earlier(earlier, by, now)
        reason = error.message
    failure = finishing.Failure("Refused", reason, permanent=True).as_json()
    with feed.transaction():
        row = _row(submission, by, now, max_attempts, registry) | {
            "status": "failed",
            "origin": submission.id,
            "retry_number": 0,
            "error": failure,
            "finished_at": now,
            "priority": submission.priority if "priority" not in refused else LOWEST,
        }
        task, is_new = _add(row, submission, by, now, "was refused AI task")
        if is_new:
            end_notifications.notify(task, now=now, text=reason)
        return task


def _is_from(task: AiTask, submission: Submission) -> bool:
    """Whether the task has the same source as the submission."""
    source = submission.source or {}
    return task.tenant_id == submission.tenant_id and (task.source_service, task.source_kind, task.source_id) == (
        source.get("service"),
        source.get("kind"),
        source.get("id"),
    )


@feed.group_commit
def _publish_earlier(earlier: AiTask, by: Principal, now: datetime) -> AiTask:
    """Publish the task that exists under this id again, although its source, restored from a backup, now requests another
    one."""
    feed.mark("ai-task", earlier.id, earlier.tenant_id)
    acts.record(by, "asked for another AI task of this id", "ai-task", earlier.id, now=now)
    return earlier


def _publish_again(task: AiTask) -> AiTask:
    """Publish the task once more."""
    with feed.transaction():
        feed.mark("ai-task", task.id, task.tenant_id)
    return task


def _faults_of(submission: Submission, registry: Registry) -> dict[str, list[str]]:
    if registry.get(submission.processor) is None:
        return {"processor": ["No processor has this name."]}
    if not (isinstance(submission.priority, int) and HIGHEST <= submission.priority <= LOWEST):
        return {"priority": [f"Not a whole number from {HIGHEST} to {LOWEST}."]}
    if len(json.dumps(submission.metadata)) > LONGEST_METADATA:
        return {"metadata": [f"Longer than {LONGEST_METADATA} bytes."]}
    return registry.faults_of(submission.processor, submission.metadata)


def retry_position(tenant_id: str, retry_of: str) -> tuple[str, int]:
    """Origin and retry number of a retry of that task. Conflict when it may not be retried now.

    The tasks of a chain run one after another, because its effects are made once.
    """
    earlier = tasks.get_or_none(tenant_id, retry_of)
    if earlier is None:
        raise Conflict("The task to be retried does not exist.")
    latest = tasks.latest_of(earlier)
    if latest.id != earlier.id:
        raise Conflict(
            f"It was retried already; its latest task is {latest.id}, and is {latest.status}.", latest=latest.id
        )
    if latest.status not in states.FINISHED:
        raise Conflict(f"The task to be retried is {latest.status}.", allowed=states.COMMANDS.allowed(latest.status))
    unknown = effects.unknown_in(latest)
    if unknown:
        raise Conflict(
            f"Nobody knows whether {', '.join(unknown)} happened outside. An operator has to resolve that first.",
            allowed=["resolve"],
        )
    return latest.origin, latest.retry_number + 1


def _row(submission: Submission, by: Principal, now: datetime, max_attempts: int, registry: Registry) -> Columns:
    processor = registry.get(submission.processor)
    source = submission.source or {}
    return {
        "id": submission.id,
        "tenant_id": submission.tenant_id,
        "title": submission.title or (processor.title if processor else submission.processor),
        "processor": submission.processor,
        "metadata": submission.metadata,
        "input_hash": submission.fingerprint(),
        "priority": submission.priority,
        "created_at": now,
        "asked_at": min(submission.asked_at or now, now),
        "available_at": submission.run_at or now,
        "max_attempts": max_attempts,
        "retry_of": submission.retry_of,
        "subject": submission.subject,
        "source_service": source.get("service"),
        "source_kind": source.get("kind"),
        "source_id": source.get("id"),
        "by": by.as_json(),
    }


def _add(row: Columns, submission: Submission, by: Principal, now: datetime, verb: str) -> tuple[AiTask, bool]:
    if not tasks.add(row):
        earlier = tasks.get_by_id(submission.id)
        if earlier is None:
            raise Conflict("It is being retried already.")
        return _same(earlier, submission), False
    acts.record(by, verb, "ai-task", submission.id, now=now, details={"processor": submission.processor})
    return AiTask(**row), True


def _same(earlier: AiTask, submission: Submission) -> AiTask:
    if earlier.input_hash != submission.fingerprint():
        raise Conflict("Another task has this id.")
    return earlier
