"""End an attempt: with a result, with a failure that is tried again or not, or because somebody cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.executor.models import AiTask, acts, effects, feed, requests, tasks
from services.executor.processors import Request, Result
from shared import clock, ids
from shared.acts import By

UNKNOWN = "outcome unknown"
"""What the message of a task says of which nobody knows whether it changed something outside."""


@dataclass(frozen=True)
class Failure:
    """Why an attempt failed. A `permanent` one, and one whose outcome is unknown, is not tried again; `after` seconds
    is its own pause."""

    type: str
    message: str
    stack_trace: str | None = None
    permanent: bool = False
    outcome_unknown: bool = False
    after: float | None = None

    def as_json(self) -> dict[str, Any]:
        """As the task's `error` tells it."""
        return {
            "type": self.type,
            "message": self.message,
            "stackTrace": self.stack_trace,
            "permanent": self.permanent,
            "outcomeUnknown": self.outcome_unknown,
        }


@feed.together
def succeed(task: AiTask, result: Result, *, now: datetime) -> bool:
    """Success, with everything that follows from it in the same transaction. False, and nothing written, when the
    lease is lost."""
    left = tasks.leave(task, verb="succeed", finished_at=now, result=dict(result.value), error=None)
    if left is None:
        return False
    tasks.end_attempt(task.id, task.lease, "success", now=now)
    for request in result.requests:
        _request(left, request, now)
    for tracking in result.trackings:
        requests.track(
            tenant_id=left.tenant_id,
            email_id=tracking.email_id,
            task_id=left.id,
            now=now,
            subject=tracking.subject,
            sent_to=tracking.sent_to,
            track_opens=tracking.opens,
            track_clicks=tracking.clicks,
            notify_on_open=tracking.notify_on_open,
        )
    notify(left, now=now, body=result.summary)
    acts.record(by_of(left), "finished AI task", "ai-task", left.id, now=now, details={"summary": result.summary})
    return True


@feed.together
def fail(
    task: AiTask, failure: Failure, *, now: datetime, retry_delay_seconds: float, outcome: str = "failed"
) -> str | None:
    """Queued again after the pause, or failed for good; the state after, or None when the lease is lost and nothing
    was written.

    Failed for good are: a permanent error, an unknown outcome, and the last attempt. A task that somebody cancelled
    meanwhile is cancelled instead of queued again. `outcome` is what the attempt's row says: failed, or lost.
    """
    error = failure.as_json()
    if not (failure.permanent or failure.outcome_unknown or task.attempts >= task.max_attempts):
        pause = retry_delay_seconds if failure.after is None else failure.after
        left = tasks.leave(
            task,
            unless_cancelled=True,
            verb="put back",
            available_at=now + timedelta(seconds=pause),
            error=error,
        )
        if left is None:
            return _stop(task, error, now)
        tasks.end_attempt(task.id, task.lease, outcome, now=now, error=error)
        return "queued"
    left = tasks.leave(task, verb="fail", finished_at=now, error=error)
    if left is None:
        return None
    tasks.end_attempt(task.id, task.lease, outcome, now=now, error=error)
    close_badly(left, now=now)
    return "failed"


@feed.together
def stop(task: AiTask, *, now: datetime) -> bool:
    """The worker has seen that somebody cancelled the task, and has stopped. False when the lease is lost."""
    return _stop(task, None, now) is not None


@feed.together
def put_back(task: AiTask, *, now: datetime) -> bool:
    """The worker ends before the task does: it is due again at once, and not charged with the attempt. False when the
    lease is lost."""
    error = Failure("WorkerStopped", "The worker was stopped before the task was done.").as_json()
    left = tasks.leave(task, unless_cancelled=True, uncharged=True, verb="put back", available_at=now)
    if left is None:
        return _stop(task, error, now) is not None
    tasks.end_attempt(task.id, task.lease, "lost", now=now, error=error)
    return True


def _stop(task: AiTask, error: dict[str, Any] | None, now: datetime) -> str | None:
    left = tasks.leave(task, verb="stop", finished_at=now)
    if left is None:
        return None
    tasks.end_attempt(task.id, task.lease, "cancelled", now=now, error=error)
    close_badly(left, now=now)
    return "cancelled"


def close_badly(task: AiTask, *, now: datetime) -> None:
    """What follows from an end without success: no change of it stays half-known, its people hear of a failure, and
    an act is kept."""
    leave_nothing_half_known(task, now=now)
    message = (task.error or {}).get("message", "")
    if task.status == "failed":
        notify(task, now=now, body=message)
    verb = "failed AI task" if task.status == "failed" else "cancelled AI task"
    acts.record(by_of(task), verb, "ai-task", task.id, now=now, details={"error": message})


def leave_nothing_half_known(task: AiTask, *, now: datetime) -> None:
    """A change that was begun and not settled is unknown from here on, because no attempt will ask for it any more."""
    if not (effects.lose_intended(task.origin, now=now) or effects.unknown_in(task.origin)):
        return
    told = task.error or Failure("OutcomeUnknown", "").as_json()
    if UNKNOWN not in told["message"]:
        told["message"] = f"{UNKNOWN}: {told['message']}".rstrip(": ")
    task.error = {**told, "outcomeUnknown": True}
    AiTask.update(error=task.error).where(AiTask.id == task.id).execute()


def notify(task: AiTask, *, now: datetime, body: str) -> None:
    """Ask the monitor to tell whoever wanted the task that it is over."""
    kind = "task_done" if task.status == "success" else "task_failed"
    told = {
        "recipientId": task.by["id"] if task.by.get("kind") == "person" else None,
        "kind": kind,
        "title": f"{'Done' if kind == 'task_done' else 'Failed'}: {task.title}",
        "body": body[:1000],
        "link": f"/app/monitor/runs/{task.id}",
        "createdAt": clock.rfc3339(now),
        "by": by_of(task).as_json(),
    }
    requests.make(
        ids.named("notification-request", task.id),
        "notification-request",
        tenant_id=task.tenant_id,
        task_id=task.id,
        body=told,
        now=now,
    )


def _request(task: AiTask, request: Request, now: datetime) -> None:
    """A request of a processor. Its id comes of the origin, so that a retry asks for the same and not for another."""
    told: dict[str, Any] = {**request.data, "by": by_of(task).as_json()}
    if request.kind == "notification-request":
        told["createdAt"] = clock.rfc3339(request.release_at or now)
    else:
        told["source"] = {"service": "executor", "kind": "ai-task", "id": task.id}
    requests.make(
        ids.named(request.kind, task.origin, request.name),
        request.kind,
        tenant_id=task.tenant_id,
        task_id=task.id,
        body=told,
        now=now,
        release_at=request.release_at,
    )


def by_of(task: AiTask) -> By:
    """The task as an actor."""
    return By("ai_task", task.id, task.title, task.tenant_id)
