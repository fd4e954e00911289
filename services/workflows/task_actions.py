"""The actions that can be done with many tasks at once, each an object. Call them inside a transaction."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.workflows import task_moves, task_owners
from services.workflows.commands import ActOnTasks
from services.workflows.models import Task, acts, replicas
from shared.ground import ids
from shared.ground.errors import Conflict
from shared.ground.principal import Principal


@dataclass(frozen=True)
class Asked:
    """The action that somebody asked for, and when."""

    by: Principal
    command: ActOnTasks
    batch_id: str
    now: datetime
    daily_at: str


class TaskAction(ABC):
    """One action: `key` is its name in REST, `needs` the fields without which it says nothing, `takes` the others."""

    key: str
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()

    def prepare(self, asked: Asked) -> Any:
        """What holds for all of the tasks, checked once. Invalid when a field cannot be meant for any of them."""
        return None

    @abstractmethod
    def apply(self, asked: Asked, row: Task, prepared: Any) -> Sequence[Task]:
        """Do it with one task. Returns the tasks that changed, none if it stood so already. Conflict when it cannot be
        done with this one."""

    def after(self, asked: Asked, rows: Sequence[Task]) -> None:
        """Whatever follows once, for those of the tasks that changed."""
        return


class Complete(TaskAction):
    """Completes them; `subTasks` says what becomes of the open parts of those that have any."""

    key, takes = "complete", ("sub_tasks",)

    def apply(self, asked: Asked, row: Task, prepared: Any) -> Sequence[Task]:
        """See TaskAction."""
        if row.status == "completed":
            return ()
        parts = task_moves.end(row, "completed", asked.command.sub_tasks, asked.now)
        details = {"batchId": asked.batch_id} | ({"subTasks": [part.id for part in parts]} if parts else {})
        acts.record(asked.by, "completed task", "task", row.id, now=asked.now, details=details)
        return [row, *parts]


class Snooze(TaskAction):
    """Puts them away until a moment, or the morning of a day."""

    key, needs, takes = "snooze", ("until",), ("reason",)

    def prepare(self, asked: Asked) -> datetime:
        """See TaskAction."""
        until = asked.command.until
        assert until is not None
        return task_moves.moment_of(asked.by.tenant_id, until, asked.now, asked.daily_at)

    def apply(self, asked: Asked, row: Task, prepared: datetime) -> Sequence[Task]:
        """See TaskAction."""
        reason = asked.command.reason
        if (row.status, row.snoozed_until, row.snooze_reason) == ("snoozed", prepared, reason):
            return ()
        if row.auto_execute:
            raise Conflict("An AI task is not snoozed.", allowed=[])
        task_moves.snooze(row, prepared, reason, asked.now)
        details = {"batchId": asked.batch_id}
        acts.record(asked.by, "snoozed task", "task", row.id, now=asked.now, reason=reason, details=details)
        return [row]


class HandOver(TaskAction):
    """Gives them to a person, who is told once; the note becomes a comment on each."""

    key, needs, takes = "hand_over", ("owner",), ("note",)

    def prepare(self, asked: Asked) -> None:
        """See TaskAction."""
        replicas.people.require(asked.by, asked.command.owner)

    def apply(self, asked: Asked, row: Task, prepared: Any) -> Sequence[Task]:
        """See TaskAction."""
        command, comment = asked.command, ids.named("note", asked.batch_id, row.id)
        assert command.owner is not None
        if row.owner == command.owner:
            return ()
        task_owners.give(asked.by, row, command.owner, command.note, comment_id=comment, now=asked.now)
        return [row]

    def after(self, asked: Asked, rows: Sequence[Task]) -> None:
        """See TaskAction."""
        task_owners.tell(asked.by, rows, asked.command.owner, asked.command.note, now=asked.now)


class SetPriority(TaskAction):
    """Gives them a priority."""

    key, needs = "set_priority", ("priority",)

    def apply(self, asked: Asked, row: Task, prepared: Any) -> Sequence[Task]:
        """See TaskAction."""
        if row.priority == asked.command.priority:
            return ()
        row.write(priority=asked.command.priority, updated_at=asked.now)
        details = {"fields": ["priority"], "batchId": asked.batch_id}
        acts.record(asked.by, "changed task", "task", row.id, now=asked.now, details=details)
        return [row]


ACTIONS: dict[str, TaskAction] = {action.key: action for action in (Complete(), Snooze(), HandOver(), SetPriority())}
