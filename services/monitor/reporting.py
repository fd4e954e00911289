"""Queries on runs for the console and the API: lists, one run with its steps, what needs a person, and the audit trail.

A `scope` is a tenant's id, or ALL_TENANTS for a super admin; routes and pages choose it (tenant_scope.scope).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.monitor import run_steps, searching, states
from services.monitor.models import counts, finding, lists, people, runs
from services.monitor.models import trail as rows
from services.monitor.models.finding import RunMatch
from services.monitor.models.lists import Filters
from services.monitor.models.runs import Run
from services.monitor.models.trail import TrailAct
from services.monitor.run_steps import Step
from shared.contracts.paging import Page
from shared.database import pagination
from shared.ground.errors import NotFound
from shared.ground.json_types import JsonObject

SORTS = tuple(way + name for name in lists.ORDERS for way in ("", "-"))
NEWEST_FIRST = "-createdAt"
EVERYTHING = Filters()
SUBJECTS_OF_A_SEARCH = 100
"""Of how many of the runs that match a search the trail is shown, the newest."""

READ_SEPARATELY = 20
"""How many verbs, and how many people, that match a search of the trail are looked for."""

ATTENTION_UP_TO = 1000
"""The highest count beside the list; a person needs no more than "1000 or more"."""


CANCELLING = ("cancelled", "asked to cancel")
"""The beginnings of the verbs of acts that cancel a run, in all contexts."""


@dataclass(frozen=True)
class RunQuery:
    """The filters of a list; a run must match all of them. `q` is the beginning or end of an id, or prefixes of words
    of the names of the workflow and of the customer."""

    status: str | None = None
    kind: str | None = None
    workflow: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    q: str | None = None


EVERY_RUN = RunQuery()


def find_all(
    scope: str,
    query: RunQuery = EVERY_RUN,
    *,
    now: datetime,
    sort: str = NEWEST_FIRST,
    limit: int = 20,
    offset: int = 0,
    cursor: str | None = None,
) -> Page:
    """A page of runs, with three to six database queries for any filters. Invalid for a cursor of another list."""
    filters = filters_of(scope, query)
    now_ms = states.epoch_ms(now) or 0
    page = lists.page(scope, filters, sort, now_ms=now_ms, limit=limit, offset=offset, cursor=cursor)
    return page if filters.match is None or filters.match.whole else replace(page, total_is_exact=False)


def filters_of(scope: str, query: RunQuery) -> Filters:
    """The filters of a list, including the runs that match `q`."""
    match = _match(scope, (query.q or "").strip().casefold())
    return Filters(query.status, query.kind, query.workflow, query.since, query.until, match)


def _match(scope: str, text: str) -> RunMatch | None:
    """The runs that match `text`: those with its words and, if it looks like a part of an id, those with such an id."""
    if not text:
        return None
    part, by_words = searching.id_part(text), finding.by_words(scope, text)
    if part is None:
        return by_words
    by_id = finding.by_id(scope, part.beginning, part.tail)
    return by_id if by_words is finding.NOTHING else finding.either(scope, by_id, by_words)


@dataclass(frozen=True)
class Report:
    """One run with the payloads that lists leave out. `error` is its own, or that of its first failed AI task."""

    run: Run
    trigger_payload: Any
    context: Any
    error: JsonObject | None


def run(scope: str, run_id: str, *, payloads: bool) -> Report:
    """One run, with or without its payloads and stack trace. NotFound when this scope has no run of this id."""
    run = row(scope, run_id)
    detail = runs.detail_of(run)
    error = detail.error or _error_of_steps(run)
    return (
        Report(run, detail.trigger_payload, detail.context, error)
        if payloads
        else Report(run, None, None, run_steps.readable(error))
    )


def steps(scope: str, run_id: str, *, payloads: bool) -> list[Step]:
    """The steps of a run in their order: its owner's first, then its AI tasks. NotFound as for `run`."""
    return run_steps.steps_of(row(scope, run_id), payloads=payloads)


def retry_of(scope: str, run_id: str) -> Run | None:
    """The newest run that tries this one again; None if there is none."""
    return next(iter(runs.retries_of(scope, [run_id]).values()), None)


def superseded(scope: str, statuses: Mapping[str, str]) -> dict[str, Run]:
    """The newest retry of each of the runs with these statuses by id that has one, by the id of what it tries again; at
    most one query."""
    over = [run_id for run_id, status in statuses.items() if status in (states.FAILED, states.CANCELLED)]
    return runs.retries_of(scope, over) if over else {}


def names_of(scope: str, run_ids: Sequence[str]) -> dict[str, str]:
    """The names of those of these runs that there are, by id; one query."""
    return runs.names_of(scope, run_ids)


def works(scope: str, run_ids: Collection[str]) -> dict[str, str]:
    """What people call the work that each of these runs is: "Acme's plan", or the name of the run; one query."""
    found = runs.of_ids(scope, run_ids)
    return {
        run_id: f"{run.subject_name}’s plan" if run.subject_name else run.workflow_name for run_id, run in found.items()
    }


def cancelled_by(scope: str, run_id: str) -> TrailAct | None:
    """The newest act that cancelled this run; None if the trail has none of it, or not yet."""
    return rows.newest_act(scope, run_id, CANCELLING)


def row(scope: str, run_id: str) -> Run:
    """The row of one run. NotFound when this scope has no run of this id."""
    run = runs.find(scope, run_id)
    if run is None:
        raise NotFound("There is no such run.")
    return run


def _error_of_steps(run: Run) -> JsonObject | None:
    """The error of the first AI task that failed, with the step it belongs to."""
    if run.status != states.FAILED:
        return None
    chains = states.latest_of_chains(runs.tasks_of(run.id, run.tenant_id))
    failed = next((task for task, _ in chains if task.status == states.FAILED), None)
    error = runs.detail_of(failed).error if failed else None
    return {**error, "stepId": failed.origin, "step": failed.workflow_name} if failed and error else None


def workflows(tenant_id: str) -> dict[str, str]:
    """The choices of the filter by workflow: the workflows of all listed runs with their names, in alphabetical order."""
    names = lists.names_of(tenant_id, lists.workflow_keys(tenant_id))
    # The key is the beginning of the name: "Discovery" of "Discovery: Acme".
    return {key: start if (start := name[: len(key)]).casefold() == key else key for key, name in names.items()}


def beside(scope: str, run_id: str, most: int = 5) -> list[Run]:
    """Other runs of the same customer, newest first. NotFound as for `run`."""
    return lists.of_subject(row(scope, run_id), most)


def attention(scope: str, filters: Filters = EVERYTHING) -> dict[str, int]:
    """How many of these runs wait for a person, failed, run and are queued, whatever status the filters name. Each is
    counted up to ATTENTION_UP_TO, all in one query."""
    statuses = (states.WAITING, states.FAILED, states.RUNNING, states.QUEUED)
    queries = {status: lists.listing(scope, replace(filters, status=status)) for status in statuses}
    return counts.count_up_to(queries, ATTENTION_UP_TO)


def trail(
    scope: str,
    *,
    subject_id: str | None = None,
    by_id: str | None = None,
    limit: int = 20,
    offset: int = 0,
    cursor: str | None = None,
) -> Page:
    """The audit trail, newest first, or only one subject's or actor's acts."""
    query = rows.query(scope, subject_id=subject_id, by_id=by_id)
    return pagination.page(query, rows.NEWEST_FIRST, limit=limit, offset=offset, cursor=cursor)


def trail_of(scope: str, text: str, *, by_id: str | None = None, limit: int = 20, cursor: str | None = None) -> Page:
    """The acts that `text` names, newest first: on a subject by its id, by words of the name of a run or customer or by a
    person's name; with a verb; or of a person."""
    folded = text.casefold()
    found = runs.of_ids(scope, finding.ids_of(scope, _match(scope, folded), SUBJECTS_OF_A_SEARCH))
    about = {
        run.subject_id for run in found.values() if run.subject_id and folded in (run.subject_name or "").casefold()
    }
    persons = people.found(scope, text)
    return rows.page_of_any(
        scope,
        subject_ids=[text, *found, *sorted(about), *persons],
        verbs=[verb for verb in rows.verbs(scope) if folded in verb.casefold()][:READ_SEPARATELY],
        actor_ids=persons[:READ_SEPARATELY],
        by_id=by_id,
        limit=limit,
        cursor=cursor,
    )
