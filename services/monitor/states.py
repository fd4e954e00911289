"""The statuses and listings of runs, and how a run's state is computed from its parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.database.model import Columns

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

QUEUED = "queued"  #: The executor has it and does not work on it yet, or waits to try again.
RUNNING = "running"  #: Something is being done by itself.
WAITING = "waiting"  #: Nothing goes on before a person has done something, even if they have said that they are at it.
COMPLETED = "completed"  #: All that it was for is done; final.
FAILED = "failed"  #: A part of it failed and nothing tries again by itself; a retry may take it out.
CANCELLED = "cancelled"  #: A person stopped it; final.

RUN_STATUSES = (QUEUED, RUNNING, WAITING, COMPLETED, FAILED, CANCELLED)
ENDED = frozenset({COMPLETED, FAILED, CANCELLED})

PENDING = "pending"  #: A step that has not begun.
SKIPPED = "skipped"  #: A step that a person passed over.
STEP_STATUSES = (PENDING, *RUN_STATUSES, SKIPPED)
STEP_DONE = frozenset({COMPLETED, SKIPPED})
UNDER_WAY = (FAILED, WAITING, RUNNING, QUEUED)
"""The statuses of a step that can be the current one, the most important first."""

LISTED = "listed"  #: In the list.
ALONE = "alone"  #: An AI task for which no other run in the list speaks: in the list, and among the AI tasks.
TASKS = "tasks"  #: Any other AI task: shown when it is asked for by kind or by search.
GONE = "gone"  #: Deleted by its owner; the row remembers the version.

OFFERED = {
    QUEUED: ("cancel",),
    RUNNING: ("cancel",),
    WAITING: ("cancel",),
    COMPLETED: (),
    FAILED: ("retry",),
    CANCELLED: (),
}
"""The actions that the console offers for a run in each status; its owner decides whether they are done."""


@dataclass(frozen=True)
class Part:
    """A step as far as the run's state depends on it. `at` is when it ended."""

    name: str
    status: str
    at: datetime | None = None
    message: str | None = None


def summed_up(
    status: str, parts: Sequence[Part], *, started_at: datetime | None, completed_at: datetime | None
) -> Columns:
    """Compute progress, current step, end and duration of a run from its status and its parts.

    It ended with its last part: a workflow execution is completed by its owner at finalize, and ends when its AI tasks
    have.
    """
    ended = (
        max((moment for moment in (completed_at, *(part.at for part in parts)) if moment), default=None)
        if status in ENDED
        else None
    )
    took = milliseconds(ended - started_at) if ended and started_at else None
    failed = [part for part in parts if part.status == FAILED]
    return {
        "status": status,
        "steps_done": sum(part.status in STEP_DONE for part in parts),
        "steps_total": len(parts),
        "current_step": _under_way(parts) if status not in (COMPLETED, CANCELLED) else None,
        "completed_at": ended,
        "duration_ms": took,
        "error_summary": failed[0].message if failed and status == FAILED else None,
    }


def _under_way(parts: Sequence[Part]) -> str | None:
    return next((part.name for status in UNDER_WAY for part in parts if part.status == status), None)


def milliseconds(span: timedelta) -> int:
    """A duration in whole milliseconds, never negative even if clocks differ."""
    return max(0, span // timedelta(milliseconds=1))


def epoch_ms(moment: datetime | None) -> int | None:
    """A moment as whole milliseconds since 1970."""
    return None if moment is None else (moment - EPOCH) // timedelta(milliseconds=1)


def latest_of_chains(tasks: Iterable[Any]) -> list[tuple[Any, int]]:
    """The latest task of each retry chain, with the number of attempts of the whole chain, in the order of their
    origins.

    A task has `origin`, `retry_number`, `version`, `id` and `attempts`. The answer does not depend on the order of
    `tasks`.
    """
    chains: dict[str, list[Any]] = {}
    for task in tasks:
        chains.setdefault(task.origin, []).append(task)
    return [
        (max(chain, key=lambda task: (task.retry_number, task.version, task.id)), sum(task.attempts for task in chain))
        for _, chain in sorted(chains.items())
    ]


def message_of(error: Mapping[str, Any] | None) -> str | None:
    """The message of an error, which every member may read."""
    if not error:
        return None
    return str(error.get("message") or error.get("type") or "It failed without saying why.")[:500]
