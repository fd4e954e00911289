"""Queries and writes on guided runs and their steps; each is limited to one tenant, except those for the feed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import peewee

from services.runs.models.database import acts, feed, words
from services.runs.models.tables import GuidedRun, GuidedStep, RunPartnership
from shared.contracts.paging import COUNTED_UP_TO, Page
from shared.database import pagination
from shared.database.model import Columns, insert_rows
from shared.ground.errors import NotFound
from shared.ground.json_types import JsonObject
from shared.search import lists
from shared.search.matching import Match

KIND = "guided-run"
NEWEST = [(GuidedRun.created_at, "desc"), (GuidedRun.id, "desc")]

DONE = ("completed", "skipped")
"""The finished states of a step."""


def listed(
    tenant_id: str,
    *,
    status: str | None = None,
    template_id: str | None = None,
    partnership_id: str | None = None,
    owner: str | None = None,
    q: str | None = None,
    limit: int,
    offset: int = 0,
    cursor: str | None = None,
) -> Page:
    """A tenant's runs, newest first."""
    match = words.match(KIND, tenant_id, q, GuidedRun.id)
    named = ((GuidedRun.owner, owner), (GuidedRun.status, status), (GuidedRun.template_id, template_id))
    conditions = [(field, value) for field, value in named if value is not None]
    return lists.page(
        GuidedRun,
        tenant_id,
        [lists.equal(field, value, seeks=place == 0) for place, (field, value) in enumerate(conditions)],
        NEWEST,
        match=_linked(tenant_id, partnership_id, match) if partnership_id else match,
        placed="desc",
        limit=limit,
        offset=offset,
        cursor=cursor,
    )


def _linked(tenant_id: str, partnership_id: str, match: Match | None) -> Match:
    """The runs that are linked to or touched a partnership, and match."""
    here = RunPartnership.partnership_id == partnership_id
    linked = RunPartnership.for_tenant(tenant_id, RunPartnership.run_id).where(here)
    this = RunPartnership.for_tenant(GuidedRun.tenant_id, peewee.SQL("1")).where(RunPartnership.run_id == GuidedRun.id)
    test = peewee.fn.EXISTS(this.where(here))

    def counted() -> int:
        return int(linked.limit(COUNTED_UP_TO + 1).count())

    if match is None:
        return Match(linked, (test,), counted)
    both = match.ids.where(words.table.subject_id.in_(linked))
    return Match(both, (*match.tests, test), counted)


def find(tenant_id: str, run_id: str) -> GuidedRun:
    """The run. NotFound for another tenant's too."""
    return GuidedRun.get_for(tenant_id, run_id)


def get_or_none(tenant_id: str, run_id: str) -> GuidedRun | None:
    """The run, or None."""
    return GuidedRun.get_or_none_for(tenant_id, run_id)


def get_for_update(tenant_id: str, run_id: str) -> GuidedRun:
    """The run, locked until the transaction ends. NotFound for another tenant's too."""
    return GuidedRun.get_for(tenant_id, run_id, for_update=True)


def steps_of(run: GuidedRun) -> list[GuidedStep]:
    """The steps of a run, in their order."""
    query = GuidedStep.for_tenant(run.tenant_id).where(GuidedStep.run_id == run.id)
    return list(query.order_by(GuidedStep.order_index))


def steps_of_many(run_ids: list[str]) -> dict[str, list[GuidedStep]]:
    """The steps of each of these runs, of any tenant, in their order, in one query."""
    steps: dict[str, list[Any]] = {run_id: [] for run_id in run_ids}
    # The feed reads the runs of all tenants, and each snapshot says whose it is.
    query = GuidedStep.of_all_tenants().where(GuidedStep.run_id.in_(run_ids))
    for step in query.order_by(GuidedStep.run_id, GuidedStep.order_index):
        steps[step.run_id].append(step)
    return steps


def step_of(run: GuidedRun, step_id: str) -> GuidedStep:
    """The step of this run. NotFound for a step of another one."""
    row = GuidedStep.get_or_none_for(run.tenant_id, step_id)
    if row is None or row.run_id != run.id:
        raise NotFound(f"There is no step {step_id} in this guided run.")
    return row


def step_or_none(tenant_id: str, step_id: str | None) -> GuidedStep | None:
    """The step or None, locked until the transaction ends, for updates of its results."""
    return GuidedStep.get_or_none_for(tenant_id, step_id, for_update=True) if step_id else None


def add(run: Columns, steps: list[Columns], linked: Sequence[str]) -> GuidedRun:
    """Write a new run with its steps, and the partnerships that it is linked to."""
    insert_rows(GuidedRun, [run])
    insert_rows(GuidedStep, steps)
    row = GuidedRun(**run)
    words.index(KIND, row.tenant_id, row.id, [row.name], place=row.created_at, new=True)
    for partnership_id in linked:
        link(row, partnership_id, run["created_at"])
    mark(row)
    return row


def add_steps(steps: list[Columns]) -> None:
    """Write new steps of an existing run."""
    insert_rows(GuidedStep, steps)


def drop_steps(steps: Iterable[GuidedStep]) -> None:
    """Delete steps that were not begun."""
    wanted = list(steps)
    if wanted:
        mine = GuidedStep.delete_for(wanted[0].tenant_id).where(GuidedStep.id.in_([step.id for step in wanted]))
        mine.where(GuidedStep.status == "pending").execute()


def touch(run: GuidedRun, partnership_id: str, now: datetime) -> None:
    """Record that the run acted on a partnership. Does nothing when that is recorded."""
    RunPartnership.insert(
        run_id=run.id, partnership_id=partnership_id, tenant_id=run.tenant_id, created_at=now
    ).on_conflict_ignore().execute()


def link(run: GuidedRun, partnership_id: str, now: datetime) -> None:
    """Link a partnership to the run, after the linked ones. Does nothing when it is linked. Call it inside a
    transaction."""
    touch(run, partnership_id, now)
    update = RunPartnership.update_for(run.tenant_id, position=len(linked_to(run)) + 1)
    this = (RunPartnership.run_id == run.id) & (RunPartnership.partnership_id == partnership_id)
    update.where(this, RunPartnership.position.is_null()).execute()


def linked_to(run: GuidedRun) -> list[str]:
    """The partnerships that the run is linked to, in their order."""
    return linked_to_many(run.tenant_id, [run.id]).get(run.id, [])


def linked_to_many(tenant_id: str, run_ids: Sequence[str]) -> dict[str, list[str]]:
    """The partnerships that each of these runs is linked to, in their order, in one query."""
    return _links(RunPartnership.for_tenant(tenant_id, seek=False), run_ids)


def links_of_all_tenants(run_ids: Sequence[str]) -> dict[str, list[str]]:
    """Like `linked_to_many`, for runs of any tenant."""
    # The feed reads the runs of all tenants, and each snapshot says whose it is.
    return _links(RunPartnership.of_all_tenants(), run_ids)


def _links(query: Any, run_ids: Sequence[str]) -> dict[str, list[str]]:
    query = query.where(RunPartnership.run_id.in_(list(run_ids)), RunPartnership.position.is_null(False))
    linked: dict[str, list[str]] = {}
    for row in query.order_by(RunPartnership.position, RunPartnership.partnership_id):
        linked.setdefault(row.run_id, []).append(row.partnership_id)
    return linked


def mark(run: GuidedRun) -> None:
    """Mark a run as changed, after a change of it or its steps."""
    feed.mark("guided-run", run.id, run.tenant_id)


def change(run: GuidedRun, **values: Any) -> None:
    """Write changed columns of a run."""
    run.write(**values)
    if "name" in values:
        words.index(KIND, run.tenant_id, run.id, [run.name], place=run.created_at)
    mark(run)


def change_step(step: GuidedStep, **values: Any) -> None:
    """Write changed columns of a step."""
    step.write(**values)
    feed.mark("guided-run", step.run_id, step.tenant_id)


def write_result(step: GuidedStep, result: JsonObject | None, summary: str | None) -> None:
    """Write the result of a step. Its version stays the same, because that guards only the changes that people make."""
    if (result, summary) == (step.result, step.summary):
        return
    GuidedStep.update_for(step.tenant_id, result=result, summary=summary).where(GuidedStep.id == step.id).execute()
    step.result, step.summary = result, summary
    feed.mark("guided-run", step.run_id, step.tenant_id)


def log(run: GuidedRun, *, limit: int, offset: int = 0, cursor: str | None = None) -> Page:
    """The audit trail of a run, newest first."""
    act = acts.table
    query = act.for_tenant(run.tenant_id).where(act.subject_id == run.id, act.subject_kind == "guided-run")
    return pagination.page(query, [(act.at, "desc"), (act.id, "desc")], limit=limit, offset=offset, cursor=cursor)
