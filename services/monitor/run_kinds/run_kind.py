"""The base class of the kinds of run."""

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
    """The facts of a run in its snapshot, from which the other columns follow. `own_status` is the owner's name for its
    status."""

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
    """A run as its owner published it. `detail` are the large columns (trigger_payload, context, result, error);
    `steps` are None if the snapshot contains none."""

    facts: RunFacts
    detail: Columns = field(default_factory=dict)
    steps: Sequence[Mapping[str, Any]] | None = None


class RunKind(ABC):
    """One kind of run: its attributes and methods; an instance has no state."""

    key: str
    """The name of the kind in rows, in filters and in the API."""

    label: str
    """What people call a run of this kind."""

    owner: str
    """The context that owns such runs, and retries and cancels them."""

    change: str
    """The kind of change in its owner's feed that carries the whole run."""

    step_change: str | None = None
    """The kind of change that carries one step, if steps are published separately."""

    step_run_field: str = "runId"
    """The field of such a change that names the step's run."""

    statuses: Mapping[str, str]
    """The monitor's status for each status of the owner."""

    step_statuses: Mapping[str, str] = {}
    """The monitor's status for each status of a step; empty if runs of this kind have no steps."""

    work_page: str = ""
    """The path of the page for working on the run, with `{}` for its id; empty if there is none."""

    subjects: Mapping[str, str] = {}
    """What such a run is about ("customer"), by the service that requested it, or by its owner if no other did."""

    listings: tuple[str, ...] = (LISTED,)
    """The listings that are searched when runs of this kind are asked for."""

    own_list: str = ""
    """The name of this kind's own list, if its runs are not in the common one."""

    by_itself: bool = False
    """Whether such a run goes on without people, so that its duration is that of work and not of waiting for them."""

    tasks_are_steps: bool = False
    """Whether the AI tasks that a run of this kind requested are steps of it."""

    @abstractmethod
    def read(self, run_id: str, data: Mapping[str, Any]) -> Snapshot:
        """The snapshot in a change of this kind. KeyError for a field that its contract requires and that is missing."""

    def status(self, own: str, human_work: bool, tasks: Iterable[str]) -> str:
        """The monitor's status of a run: `own` is its owner's status, `tasks` are the statuses of the AI tasks that are
        its steps."""
        return self.statuses[own]

    def listing(self, status: str, asked_by: RunKind | None, is_retried: Callable[[], bool]) -> str:
        """The listing of a run. `asked_by` is the kind of the run that requested it, if any."""
        return LISTED

    def speaks_for_task(self, status: str) -> bool:
        """Whether the list shows a run of this kind in place of an AI task that it requested and that has this
        status."""
        return False


def times(data: Mapping[str, Any], ended: str, *, starts_at_once: bool = False) -> Columns:
    """The times of a run in a snapshot; `ended` names the field with its end. A run that `starts_at_once` has started
    when it was created, unless its snapshot says otherwise."""
    created = clock.parse(data["createdAt"])
    started = moment(data.get("startedAt")) or (created if starts_at_once else None)
    return {"created_at": created, "started_at": started, "own_completed_at": moment(data.get(ended))}


def moment(text: str | None) -> datetime | None:
    """A time in a snapshot, or None."""
    return clock.parse(text) if text else None
