"""Ends an attempt: with a result, with a failure that is retried or not, because the task was cancelled, or because
the worker stops."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.executor import end_notifications, files
from services.executor.models import AiTask, acts, effects, feed, requests, tasks
from services.executor.processors import Request, Result
from shared.ground import clock, ids
from shared.ground.json_types import JsonObject

UNKNOWN = "outcome unknown"
"""Part of the message of a task when it is unknown whether it changed an external system."""


@dataclass(frozen=True)
class Failure:
    """Why an attempt failed. A `permanent` failure, or one with an unknown outcome, is not retried.

    `after` is the pause before the retry in seconds, if the failure sets its own.
    """

    type: str
    message: str
    stack_trace: str | None = None
    permanent: bool = False
    outcome_unknown: bool = False
    after: float | None = None

    def as_json(self) -> JsonObject:
        """The `error` of the task."""
        return {
            "type": self.type,
            "message": self.message,
            "stackTrace": self.stack_trace,
            "permanent": self.permanent,
            "outcomeUnknown": self.outcome_unknown,
        }


@feed.group_commit
def succeed(task: AiTask, result: Result, *, now: datetime) -> bool:
    """Record success, and all that follows from it, in one transaction. Returns False, with nothing written, when the
    lease is lost."""
    ended = tasks.end_running(
        task, verb="succeed", finished_at=now, result={"summary": result.summary, **result.value}, error=None
    )
    if ended is None:
        return False
    tasks.end_attempt(task, "success", now=now)
    for request in result.requests:
        _request(ended, request, now)
    for tracking in result.trackings:
        requests.track(
            tenant_id=ended.tenant_id,
            email_id=tracking.email_id,
            task_id=ended.id,
            now=now,
            subject=tracking.subject,
            sent_to=tracking.sent_to,
            track_opens=tracking.opens,
            track_clicks=tracking.clicks,
            notify_on_open=tracking.notify_on_open,
        )
    for made in result.files:
        files.record(
            ended.as_principal(),
            made.sha256,
            name=made.name,
            media_type=made.media_type,
            size=made.size,
            now=now,
        )
    end_notifications.notify(ended, now=now, text=result.summary)
    acts.record(
        ended.as_principal(), "finished AI task", "ai-task", ended.id, now=now, details={"summary": result.summary}
    )
    return True


@feed.group_commit
def fail(
    task: AiTask, failure: Failure, *, now: datetime, retry_delay_seconds: float, outcome: str = "failed"
) -> str | None:
    """Queue the task again after a pause, or fail it for good. Returns its new state, or None, with nothing written,
    when the lease is lost.

    It fails for good after a permanent error, an unknown outcome, or the last attempt. A task that is to be cancelled
    is cancelled instead of queued again. `outcome` is that of the attempt: failed or lost.
    """
    error = failure.as_json()
    if not (failure.permanent or failure.outcome_unknown or task.attempts >= task.max_attempts):
        pause = retry_delay_seconds if failure.after is None else failure.after
        ended = tasks.end_running(
            task,
            unless_cancelled=True,
            verb="put back",
            available_at=now + timedelta(seconds=pause),
            error=error,
        )
        if ended is None:
            return _stop(task, error, now)
        tasks.end_attempt(task, outcome, now=now, error=error)
        return "queued"
    ended = tasks.end_running(task, verb="fail", finished_at=now, error=error)
    if ended is None:
        return None
    tasks.end_attempt(task, outcome, now=now, error=error)
    end_without_success(ended, now=now)
    return "failed"


@feed.group_commit
def stop(task: AiTask, *, now: datetime) -> bool:
    """Record that the worker has stopped a cancelled task. Returns False when the lease is lost."""
    return _stop(task, None, now) is not None


@feed.group_commit
def put_back(task: AiTask, *, now: datetime) -> bool:
    """Queue the task again at once, without counting the attempt, because the worker stops; one that is to be
    cancelled is cancelled. Returns False when the lease is lost."""
    error = Failure("WorkerStopped", "The worker was stopped before the task was done.").as_json()
    ended = tasks.end_running(task, unless_cancelled=True, uncharged=True, verb="put back", available_at=now)
    if ended is None:
        return _stop(task, error, now) is not None
    tasks.end_attempt(task, "lost", now=now, error=error)
    return True


def _stop(task: AiTask, error: JsonObject | None, now: datetime) -> str | None:
    ended = tasks.end_running(task, verb="stop", finished_at=now)
    if ended is None:
        return None
    tasks.end_attempt(task, "cancelled", now=now, error=error)
    end_without_success(ended, now=now)
    return "cancelled"


def end_without_success(task: AiTask, *, now: datetime) -> None:
    """Finish what a task that ended without success leaves: mark its intended effects unknown, notify a failure, record
    the act."""
    mark_effects_unknown(task, now=now)
    message = (task.error or {}).get("message", "")
    if task.status == "failed":
        end_notifications.notify(task, now=now, text=message)
    verb = "failed AI task" if task.status == "failed" else "cancelled AI task"
    acts.record(task.as_principal(), verb, "ai-task", task.id, now=now, details={"error": message})


def mark_effects_unknown(task: AiTask, *, now: datetime) -> None:
    """Mark effects that were intended and have no outcome as unknown, because no attempt will look them up any more,
    and say so in the task's error."""
    if not (effects.mark_intended_unknown(task, now=now) or effects.unknown_in(task)):
        return
    error = task.error or Failure("OutcomeUnknown", "").as_json()
    if UNKNOWN not in error["message"]:
        error["message"] = f"{UNKNOWN}: {error['message']}".rstrip(": ")
    tasks.set_error(task, {**error, "outcomeUnknown": True})


def _request(task: AiTask, request: Request, now: datetime) -> None:
    """Add a processor's request. Its id follows from the origin, so that a retry makes the same request again."""
    body: JsonObject = {**request.data, "by": task.as_principal().as_json()}
    if request.kind == "notification-request":
        body["createdAt"] = clock.rfc3339(request.release_at or now)
    else:
        body["source"] = {"service": "executor", "kind": "ai-task", "id": task.id}
    requests.add(
        ids.named(request.kind, task.origin, request.name),
        request.kind,
        tenant_id=task.tenant_id,
        source_id=task.id,
        body=body,
        now=now,
        release_at=request.release_at,
    )
