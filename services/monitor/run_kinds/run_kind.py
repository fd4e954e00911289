"""What the monitor knows of one kind of run, as an object (pure)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.monitor.states import LISTED
from shared.database.model import Columns
from shared.ground import clock


@dataclass(frozen=True)
class RunFacts:
    """The facts of a run in a snapshot; the other columns follow from them. `own_status` is the owner's name for its status."""

    workflow_name: str
    workflow_key: str
    own_status: str
    created_at: datetime
    started_at: datetime | None
    own_completed_at: datetime | None
    owner: str | None = None
    subject_id: str | None = None
    subject_name: str | None = None
    retry_of: str | None = None
    origin: str | None = None
    retry_number: int = 0
    attempts: int = 0
    human_work: bool = False
    error_summary: str | None = None


@dataclass(frozen=True)
class Snapshot:
    """A run as its owner published it: `detail` are the large columns (trigger_payload, context, result, error), `steps` the steps
    that came within it, None where its owner publishes them by themselves or it has none."""

    facts: RunFacts
    detail: Columns = field(default_factory=dict)
    steps: Sequence[Mapping[str, Any]] | None = None


class RunKind(ABC):
    """One kind of run. An instance has no state: all that is known of the kind are these attributes and methods."""

    key: str
    """How rows, filters and the REST door name it."""

    label: str
    """What people call a run of this kind."""

    owner: str
    """The context that owns such runs, and retries and cancels them."""

    change: str
    """The kind of change in its owner's feed that carries the whole run."""

    step_change: str | None = None
    """The kind of change that carries one step, where steps are published by themselves."""

    step_run_field: str = "runId"
    """The field of such a change that names the step's run."""

    statuses: Mapping[str, str]
    """The owner's statuses, each with ours."""

    step_statuses: Mapping[str, str] = {}
    """The same of its steps. A kind without any is the only step of itself."""

    work_page: str = ""
    """Where the work behind a run is done, with `{}` for its id; empty where there is no such page."""

    listings: tuple[str, ...] = (LISTED,)
    """Where runs of this kind stand when they are asked for by kind."""

    own_list: str = ""
    """What people call the list that its runs stand in, where that is not the common one."""

    tasks_are_steps: bool = False
    """Whether the AI tasks that a run of this kind asked for are steps of it."""

    @abstractmethod
    def read(self, run_id: str, data: Mapping[str, Any]) -> Snapshot:
        """The snapshot in a change of this kind. KeyError for a field that its contract requires and that is missing."""

    def status(self, own: str, human_work: bool, tasks: Iterable[str]) -> str:
        """Our status of a run: `own` is its owner's status, `tasks` are our statuses of the AI tasks that are its steps."""
        return self.statuses[own]

    def listing(self, status: str, asked_by: RunKind | None, is_retried: Callable[[], bool]) -> str:
        """Where a run stands. `asked_by` is the kind of the run that it was asked for by, if any."""
        return LISTED

    def speaks_for_task(self, status: str) -> bool:
        """Whether the list shows a run of this kind in place of an AI task that it asked for and that has this status."""
        return False


def times(data: Mapping[str, Any], ended: str, *, starts_at_once: bool = False) -> Columns:
    """The times of a run in a snapshot; `ended` is the name of the field that says when it ended. A run that `starts_at_once` has
    started when it was created, unless its snapshot says otherwise."""
    created = clock.parse(data["createdAt"])
    started = moment(data.get("startedAt")) or (created if starts_at_once else None)
    return {"created_at": created, "started_at": started, "own_completed_at": moment(data.get(ended))}


def moment(text: str | None) -> datetime | None:
    """A time in a snapshot, None where it has none."""
    return clock.parse(text) if text else None
