"""What the console and the API ask about runs: lists, one run with its steps, what needs a person, and who did what.

A `scope` is a tenant's id, or ALL_TENANTS for a super admin; doors choose it (rights.scope).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.monitor import searching, states
from services.monitor.models import counts, finding, lists, notices, runs
from services.monitor.models.finding import Match
from services.monitor.models.runs import Run
from shared import keyset
from shared.contracts.paging import Page
from shared.errors import NotFound
from shared.words import words_of

SORTS = tuple(way + name for name in lists.ORDERS for way in ("", "-"))
NEWEST_FIRST = "-createdAt"
ATTENTION_UP_TO = 1000
"""Counts beside the list stop here; a person needs no more than "1000 or more"."""


def find_all(
    scope: str,
    *,
    status: str | None = None,
    kind: str | None = None,
    workflow: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    q: str | None = None,
    sort: str = NEWEST_FIRST,
    limit: int = 20,
    offset: int = 0,
    cursor: str | None = None,
) -> Page:
    """A page of runs; `q` is the beginning of an id, or beginnings of words of the name. Two to five queries, whatever is asked."""
    filters: dict[str, Any] = {"status": status, "kind": kind, "workflow": workflow, "since": since, "until": until}
    match = _match(scope, (q or "").strip().casefold())
    query = lists.listing(scope, **filters, match=match)
    page = keyset.page(query, lists.order(sort), limit=limit, offset=offset, cursor=cursor)
    return page if match is None or match.whole else replace(page, total_is_exact=False)


def _match(scope: str, text: str) -> Match | None:
    """The runs that `text` means: an id where it looks like the beginning of one and some run has it, else words."""
    found = finding.by_id(scope, text) if searching.looks_like_an_id(text) else None
    words = words_of(text)
    if found or not text:
        return found
    return finding.by_words(scope, words) if words else finding.NOTHING


@dataclass(frozen=True)
class Report:
    """One run, whole: its row, and the payloads that lists leave out. `error` is that of the step that failed."""

    run: Run
    trigger_payload: Any
    context: Any
    error: dict[str, Any] | None


@dataclass(frozen=True)
class Step:
    """A step as the console shows it; `attempts` counts those of all retries of an AI task together."""

    id: str
    skill_id: str
    name: str
    status: str
    order_index: int
    cache_hit: bool
    attempts: int
    created_at: datetime | None
    started_at: datetime | None
    completed_at: datetime | None
    duration_ms: int | None
    summary: str | None
    input: Any
    output: Any
    error: dict[str, Any] | None
    tries: tuple[dict[str, Any], ...]
    effects: tuple[dict[str, Any], ...]
    task_id: str | None

    @property
    def kind(self) -> str:
        """What steps have as their kind everywhere else."""
        return self.skill_id

    @property
    def title(self) -> str:
        """What steps have as their title everywhere else."""
        return self.name


def run(scope: str, run_id: str, *, payloads: bool) -> Report:
    """One run, with its payloads and its stack trace or without. NotFound when this scope has none of this id."""
    found = row(scope, run_id)
    detail = runs.detail_of(found)
    error = detail.error or _error_of_steps(found)
    return (
        Report(found, detail.trigger_payload, detail.context, error)
        if payloads
        else Report(found, None, None, _told(error))
    )


def steps(scope: str, run_id: str, *, payloads: bool) -> list[Step]:
    """The steps of a run in their order: its owner's first, then its AI tasks. NotFound as for `run`."""
    found = row(scope, run_id)
    if found.kind == "ai_task":
        known = _task_steps([(found, found.attempts)])
    else:
        tasks = states.latest_of_chains(runs.tasks_of(found.id, found.tenant_id))
        known = [_own_step(step) for step in runs.steps_of(found.id, found.tenant_id)] + _task_steps(tasks)
    return [
        replace(step if payloads else _without_payloads(step), order_index=place) for place, step in enumerate(known)
    ]


def row(scope: str, run_id: str) -> Run:
    """The row of one run. NotFound when this scope has none of this id."""
    found = runs.find(scope, run_id)
    if found is None:
        raise NotFound("There is no such run.")
    return found


def _error_of_steps(found: Run) -> dict[str, Any] | None:
    """The error of the first AI task that failed, with the step it belongs to."""
    if found.status != states.FAILED:
        return None
    chains = states.latest_of_chains(runs.tasks_of(found.id, found.tenant_id))
    failed = next((task for task, _ in chains if task.status == states.FAILED), None)
    error = runs.detail_of(failed).error if failed else None
    return {**error, "stepId": failed.origin, "step": failed.workflow_name} if failed and error else None


def _told(error: Any) -> dict[str, Any] | None:
    """As much of an error as everybody may read: what happened, not where in the code."""
    if not error:
        return None
    known = error if isinstance(error, dict) else {"message": str(error)}
    return {
        "message": states.message_of(known),
        "outcomeUnknown": bool(known.get("outcomeUnknown")),
        "stackTrace": None,
    }


def _without_payloads(step: Step) -> Step:
    tries = tuple({**one, "error": _told(one.get("error"))} for one in step.tries)
    effects = tuple({**one, "outcome": None} for one in step.effects)
    return replace(step, input=None, output=None, error=_told(step.error), tries=tries, effects=effects)


def _own_step(step: runs.RunStep) -> Step:
    return Step(
        id=step.id,
        skill_id=step.kind,
        name=step.name,
        status=step.status,
        order_index=0,
        cache_hit=step.cache_hit,
        attempts=0 if step.status in (states.PENDING, states.SKIPPED) else 1,
        created_at=None,
        started_at=step.started_at,
        completed_at=step.completed_at,
        duration_ms=step.duration_ms,
        summary=step.summary,
        input=step.input,
        output=step.output,
        error=None,
        tries=(),
        effects=(),
        task_id=None,
    )


def _task_steps(chains: Sequence[tuple[Run, int]]) -> list[Step]:
    details = runs.details_of([task.id for task, _ in chains])
    return [_task_step(task, attempts, details[task.id]) for task, attempts in chains]


def _task_step(task: Run, attempts: int, detail: runs.RunDetail) -> Step:
    context = detail.context or {}
    return Step(
        id=task.origin or task.id,
        skill_id=context.get("processor") or task.workflow_key,
        name=task.workflow_name,
        status=task.status,
        order_index=0,
        cache_hit=False,
        attempts=attempts,
        created_at=task.created_at,
        started_at=task.started_at,
        completed_at=task.completed_at,
        duration_ms=task.duration_ms,
        summary=_summary_of(detail.result) or task.error_summary,
        input=detail.trigger_payload,
        output=detail.result,
        error=detail.error,
        tries=tuple(context.get("attempts") or ()),
        effects=tuple(context.get("effects") or ()),
        task_id=task.id,
    )


def _summary_of(result: Any) -> str | None:
    """The plain line that a processor may put into its result."""
    summary = result.get("summary") if isinstance(result, dict) else None
    return summary if isinstance(summary, str) else None


def workflows(scope: str) -> list[str]:
    """What the filter by workflow can be set to: the workflows that the listed runs are of, folded, in alphabetical order."""
    return lists.workflow_keys(scope)


def beside(scope: str, run_id: str, most: int = 5) -> list[Run]:
    """Other runs of the same customer, newest first."""
    return lists.of_subject(row(scope, run_id), most)


def attention(scope: str) -> dict[str, int]:
    """How many runs wait for a person, failed, run and are queued, each counted up to ATTENTION_UP_TO; one query."""
    return counts.standing(scope, (states.WAITING, states.FAILED, states.RUNNING, states.QUEUED), ATTENTION_UP_TO)


def trail(
    scope: str,
    *,
    subject_id: str | None = None,
    by_id: str | None = None,
    limit: int = 20,
    offset: int = 0,
    cursor: str | None = None,
) -> Page:
    """Who did what, newest first: of all contexts, or of one subject or one actor."""
    query = notices.trail(scope, subject_id=subject_id, by_id=by_id)
    return keyset.page(query, notices.TRAIL_NEWEST_FIRST, limit=limit, offset=offset, cursor=cursor)
