"""The commands on tasks and on the workflows that are planned."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from shared.contracts.commands import NOT_GIVEN, NotGiven
from shared.ground.json_types import JsonObject


@dataclass(frozen=True, kw_only=True)
class CreateTask:
    """Create a task; with `auto_execute` an AI task."""

    title: str
    description: str = ""
    priority: int = 3
    due_date: date | None = None
    owner: str | None = None
    customer_id: str | None = None
    execution_id: str | None = None
    parent_task_id: str | None = None
    estimated_completion_time: str | None = None
    complexity: str = "simple"
    auto_execute: bool = False
    processor: str | None = None
    metadata: JsonObject | None = None


@dataclass(frozen=True, kw_only=True)
class ChangeTask:
    """Change a task, including its status, with a reason; `sub_tasks` is what happens to its open sub-tasks."""

    title: str | NotGiven = NOT_GIVEN
    description: str | NotGiven = NOT_GIVEN
    status: str | NotGiven = NOT_GIVEN
    reason: str | None | NotGiven = NOT_GIVEN
    sub_tasks: str | NotGiven = NOT_GIVEN
    priority: int | NotGiven = NOT_GIVEN
    due_date: date | None | NotGiven = NOT_GIVEN
    owner: str | None | NotGiven = NOT_GIVEN
    customer_id: str | None | NotGiven = NOT_GIVEN
    estimated_completion_time: str | None | NotGiven = NOT_GIVEN
    complexity: str | NotGiven = NOT_GIVEN
    execution_status: str | NotGiven = NOT_GIVEN
    execution_result: JsonObject | None | NotGiven = NOT_GIVEN


@dataclass(frozen=True, kw_only=True)
class ActOnTasks:
    """Do one action with many tasks; each action takes the fields that it names (task_actions.py). Of a task whose version
    is given, that one is meant and no later."""

    task_ids: list[str]
    action: str
    versions: dict[str, int] = field(default_factory=dict)
    sub_tasks: str | None = None
    until: datetime | date | None = None
    reason: str | None = None
    owner: str | None = None
    note: str | None = None
    priority: int | None = None


@dataclass(frozen=True, kw_only=True)
class CommentOnTask:
    """Add a comment on a task. People are mentioned as @Name or @address in the body, or by id."""

    body: str
    mentions: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ScheduleWorkflow:
    """Schedule the workflow of a stage for a day."""

    customer_id: str
    stage: str
    trigger_date: date
    conditions: list[str] = field(default_factory=list)
