"""What needs a developer or an operator: AI tasks that failed, grouped by their error, and those that are stuck."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.monitor.models import acts, feed, runs
from services.monitor.models import problems as rows
from services.monitor.models.runs import Run
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

SHOWN = 200
"""How many failed tasks are shown, the newest."""

READ = 2
"""How many times as many are read: of some the retry is shown elsewhere, and some are set aside."""

STUCK_AFTER = timedelta(minutes=30)
MOST_STUCK = 50

_VARYING = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|“[^”]*”|\"[^\"]*\"|'[^']*'|\S*\d\S*")
"""What differs between messages of one error: ids, quoted names, and words with digits."""


@dataclass(frozen=True)
class Problem:
    """One AI task that needs somebody. `parent` is the run that it is a step of; `source` what it was asked for by; `owner` the id of the person whose work
    it is, as far as that is known."""

    task: Run
    parent: Run | None
    owner: str | None
    message: str
    source: JsonObject | None = None
    outcome_unknown: bool = False


@dataclass(frozen=True)
class Group:
    """Failed tasks of one processor with the same error, the newest first."""

    key: str
    processor: str
    message: str
    problems: tuple[Problem, ...]

    @property
    def since(self) -> datetime | None:
        """When the first of them failed."""
        return min((problem.task.completed_at for problem in self.problems if problem.task.completed_at), default=None)

    @property
    def task_ids(self) -> list[str]:
        """The ids of its tasks."""
        return [problem.task.id for problem in self.problems]


def failed(tenant_id: str, most: int = SHOWN) -> list[Group]:
    """The newest failed AI tasks that nobody has tried again or set aside, at most so many, by their error; the group
    with the newest first."""
    tasks = rows.failed(tenant_id, READ * most)
    ids = [task.id for task in tasks]
    over = set(runs.retries_of(tenant_id, ids)) | rows.aside_of(tenant_id, ids)
    groups: dict[str, list[Problem]] = {}
    for problem in _problems(tenant_id, [task for task in tasks if task.id not in over][:most]):
        groups.setdefault(_key(problem), []).append(problem)
    return [Group(key, some[0].task.workflow_key, some[0].message, tuple(some)) for key, some in groups.items()]


def stuck(tenant_id: str, now: datetime) -> list[Problem]:
    """The AI tasks that have run for longer than STUCK_AFTER, the oldest first."""
    tasks = rows.running_since_before(tenant_id, now - STUCK_AFTER, MOST_STUCK)
    return _problems(tenant_id, sorted(tasks, key=lambda task: (task.started_at or now, task.id)))


def group(tenant_id: str, key: str) -> Group | None:
    """The group of this key as it is now; None when nothing of it is left."""
    return next((group for group in failed(tenant_id) if group.key == key), None)


def set_aside(task_ids: Sequence[str], *, by: Principal, now: datetime, reason: str | None = None) -> int:
    """Leave these failed tasks as they are, out of the inbox of everybody; a retry is still possible. Returns how many
    were not set aside before. Those that this tenant does not have, or that did not fail, are passed over."""
    found = runs.failed_among(by.tenant_id, task_ids)
    with feed.transaction():
        new = rows.set_aside(by.tenant_id, found, by.id, by.name, now)
        for task_id in new:
            acts.record(by, "set failed AI task aside", "ai-task", task_id, now=now, reason=reason)
    return len(new)


def _problems(tenant_id: str, tasks: Sequence[Run]) -> list[Problem]:
    parents = runs.of_ids(tenant_id, {task.parent_id for task in tasks if task.parent_id})
    details = runs.details_of(tenant_id, [task.id for task in tasks])
    return [_problem(task, parents.get(task.parent_id or ""), details.get(task.id)) for task in tasks]


def _problem(task: Run, parent: Run | None, detail: runs.RunDetail | None) -> Problem:
    context = (detail.context if detail else None) or {}
    by = context.get("by") or {}
    asked_by = by.get("id") if by.get("kind") == "person" else None
    error = (detail.error if detail else None) or {}
    return Problem(
        task=task,
        parent=parent,
        owner=(parent.owner if parent else None) or asked_by,
        message=task.error_summary or "It failed without saying why.",
        source=context.get("source"),
        outcome_unknown=bool(error.get("outcomeUnknown")),
    )


def _key(problem: Problem) -> str:
    """What tasks with the same error have in common."""
    same = f"{problem.task.workflow_key}\n{problem.outcome_unknown}\n{_VARYING.sub('…', problem.message)}"
    return hashlib.sha256(same.encode()).hexdigest()[:16]
