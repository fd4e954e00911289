"""Take back what silent workers hold, and every few minutes put right whatever else could have been left lying."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.executor import finishing
from services.executor.finishing import Failure
from services.executor.models import AiTask, feed, requests, tasks

LOOKS_BACK = timedelta(hours=1)
"""How far the full reconcile looks for completions that nobody was told of; many times its own interval."""

SILENT = Failure("LeaseLost", "The worker fell silent and its lease ended.")
LATE = Failure("DeadlineExceeded", "The attempt took longer than its processor may.")


def sweep(*, now: datetime) -> int:
    """Hand back what lapsed leases hold, and tell the requests whose moment has come; how many tasks were taken
    back."""
    with feed.transaction():
        taken = tasks.hand_back_lapsed(now=now)
        for task in taken:
            _close(task, SILENT, now)
        requests.release_due(now=now)
    return len(taken)


def reconcile(*, now: datetime, lease_seconds: float) -> int:
    """The full pass behind everything else: leases, deadlines that their own worker let pass, cancelled tasks that
    nobody stopped, requests to be told, completions without a notification. How many things it had to put right."""
    with feed.transaction():
        swept = sweep(now=now)
        late = tasks.hand_back_lapsed(now=now, lapsed="deadline_at", grace=lease_seconds)
        stuck = tasks.hand_back_lapsed(now=now, lapsed="cancel_requested_at", grace=2 * lease_seconds)
        for task in (*late, *stuck):
            _close(task, LATE if task in late else SILENT, now)
        untold = requests.finished_without("notification-request", since=now - LOOKS_BACK)
        for task in untold:
            finishing.notify(task, now=now, body=(task.error or {}).get("message", ""))
    return swept + len(late) + len(stuck) + len(untold)


def _close(task: AiTask, failure: Failure, now: datetime) -> None:
    """What follows for a task that was taken from its worker: the attempt is lost, and without another one the task
    has failed."""
    error = failure.as_json()
    tasks.end_attempt(task.id, task.lease, "lost", now=now, error=error)
    if task.status == "failed":
        spent = Failure(
            "AttemptsSpent", f"{failure.message} It was attempt {task.attempts} of {task.max_attempts}; attempts spent."
        )
        error = spent.as_json()
    AiTask.update(error=error).where(AiTask.id == task.id).execute()
    task.error = error
    if task.status != "queued":
        finishing.close_badly(task, now=now)
