"""Takes tasks back from workers whose leases lapsed, and repairs at intervals what else was left unfinished."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.executor import end_notifications, finishing
from services.executor.finishing import Failure
from services.executor.models import AiTask, feed, requests, tasks

LOOK_BACK = timedelta(hours=1)
"""How far back `reconcile` looks for finished tasks without a notification; many times its own interval."""

SILENT = Failure("LeaseLost", "The worker fell silent and its lease ended.")
LATE = Failure("DeadlineExceeded", "The attempt took longer than its processor may.")


def sweep(*, now: datetime) -> int:
    """Take back tasks with lapsed leases, and publish requests whose time has come. Returns the number of tasks taken
    back."""
    with feed.transaction():
        taken = tasks.take_back_lapsed(now=now)
        for task in taken:
            _close(task, SILENT, now)
        requests.release_due(now=now)
    return len(taken)


def reconcile(*, now: datetime, lease_seconds: float) -> int:
    """Repair everything: leases, deadlines that the worker did not enforce, cancelled tasks that were not stopped,
    requests to be published, finished tasks without a notification. Returns how many tasks were repaired."""
    with feed.transaction():
        swept = sweep(now=now)
        late = tasks.take_back_lapsed(now=now, lapsed="deadline_at", grace=lease_seconds)
        stuck = tasks.take_back_lapsed(now=now, lapsed="cancel_requested_at", grace=2 * lease_seconds)
        for task in (*late, *stuck):
            _close(task, LATE if task in late else SILENT, now)
        without_notification = requests.finished_without_request("notification-request", since=now - LOOK_BACK)
        for task in without_notification:
            end_notifications.notify(task, now=now, text=(task.error or {}).get("message", ""))
    return swept + len(late) + len(stuck) + len(without_notification)


def _close(task: AiTask, failure: Failure, now: datetime) -> None:
    """End the attempt of a task that was taken from its worker as lost; without another attempt the task has failed."""
    error = failure.as_json()
    tasks.end_attempt(task, "lost", now=now, error=error)
    if task.status == "failed":
        spent = Failure(
            "AttemptsSpent", f"{failure.message} It was attempt {task.attempts} of {task.max_attempts}; attempts spent."
        )
        error = spent.as_json()
    tasks.set_error(task, error)
    if task.status != "queued":
        finishing.end_without_success(task, now=now)
