"""Questions about guided runs and their steps, each of one tenant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import peewee

from services.runs.models import lists, words
from services.runs.models.table import acts, feed
from services.runs.models.tables import GuidedRun, GuidedStep, RunPartnership
from shared import keyset
from shared.contracts.paging import COUNTED_UP_TO, Page
from shared.errors import NotFound
from shared.rows import held, insert_rows

KIND = "guided-run"
NEWEST = [(GuidedRun.created_at, "desc"), (GuidedRun.id, "desc")]

DONE = ("completed", "skipped")
"""The states of a step that hold up nothing."""


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
    match = words.match(KIND, tenant_id, q, GuidedRun.id) if q and q.strip() else None
    if q and q.strip() and match is None:
        return keyset.nothing(limit=limit, offset=offset)
    named = ((GuidedRun.owner, owner), (GuidedRun.status, status), (GuidedRun.template_id, template_id))
    told = [(field, value) for field, value in named if value is not None]
    return lists.page(
        GuidedRun,
        lists.equal(GuidedRun.tenant_id, tenant_id),
        [lists.equal(field, value, seeks=place == 0) for place, (field, value) in enumerate(told)],
        NEWEST,
        match=_linked(tenant_id, partnership_id, match) if partnership_id else match,
        placed="desc",
        limit=limit,
        offset=offset,
        cursor=cursor,
    )


def _linked(tenant_id: str, partnership_id: str, match: words.Match | None) -> words.Match:
    """Those that have to do with a partnership, and match."""
    here = (RunPartnership.tenant_id == tenant_id) & (RunPartnership.partnership_id == partnership_id)
    linked = RunPartnership.select(RunPartnership.run_id).where(here)
    this = (RunPartnership.run_id == GuidedRun.id) & (RunPartnership.partnership_id == partnership_id)
    test = peewee.fn.EXISTS(RunPartnership.select(peewee.SQL("1")).where(this))

    def counted() -> int:
        return int(linked.limit(COUNTED_UP_TO + 1).count())

    if match is None:
        return words.Match(linked, (test,), counted)
    both = match.looked_up.where(words.SearchWord.subject_id.in_(linked))
    return words.Match(both, (*match.tests, test), counted)


def find(tenant_id: str, run_id: str) -> GuidedRun:
    """The run. NotFound for another tenant's too."""
    row = GuidedRun.get_or_none((GuidedRun.id == run_id) & (GuidedRun.tenant_id == tenant_id))
    if row is None:
        raise NotFound(f"There is no guided run {run_id}.")
    return row


def alone(tenant_id: str, run_id: str) -> GuidedRun:
    """The run, held until the transaction ends. NotFound for another tenant's too."""
    row = held(GuidedRun.select().where((GuidedRun.id == run_id) & (GuidedRun.tenant_id == tenant_id))).first()
    if row is None:
        raise NotFound(f"There is no guided run {run_id}.")
    return row


def steps_of(run_id: str) -> list[GuidedStep]:
    """The steps of a run, in their order."""
    return list(GuidedStep.select().where(GuidedStep.run_id == run_id).order_by(GuidedStep.order_index))


def steps_of_many(run_ids: list[str]) -> dict[str, list[GuidedStep]]:
    """The steps of many runs, each in their order, with one question."""
    found: dict[str, list[Any]] = {run_id: [] for run_id in run_ids}
    query = GuidedStep.select().where(GuidedStep.run_id.in_(run_ids))
    for step in query.order_by(GuidedStep.run_id, GuidedStep.order_index):
        found[step.run_id].append(step)
    return found


def step_of(run: GuidedRun, step_id: str) -> GuidedStep:
    """The step of this run. NotFound for a step of another one."""
    row = GuidedStep.get_or_none((GuidedStep.id == step_id) & (GuidedStep.run_id == run.id))
    if row is None:
        raise NotFound(f"There is no step {step_id} in this guided run.")
    return row


def step_known(step_id: str | None) -> GuidedStep | None:
    """The step, if there is one, held until the transaction ends; for news about what was done in it."""
    return held(GuidedStep.select().where(GuidedStep.id == step_id)).first() if step_id else None


def add(run: dict[str, Any], steps: list[dict[str, Any]]) -> GuidedRun:
    """Write a new run with its steps, and its links to partnerships."""
    insert_rows(GuidedRun, [run])
    insert_rows(GuidedStep, steps)
    row = GuidedRun(**run)
    words.keep(KIND, row.tenant_id, row.id, [row.name], place=row.created_at, new=True)
    link(row, run["linked_partnership_ids"], run["created_at"])
    mark(row)
    return row


def add_steps(steps: list[dict[str, Any]]) -> None:
    """Write new steps of a run that goes on."""
    insert_rows(GuidedStep, steps)


def drop_steps(steps: Iterable[GuidedStep]) -> None:
    """Take steps away that nobody has begun."""
    wanted = [step.id for step in steps]
    if wanted:
        GuidedStep.delete().where(GuidedStep.id.in_(wanted) & (GuidedStep.status == "pending")).execute()


def link(run: GuidedRun, partnership_ids: Iterable[str], now: datetime) -> None:
    """Note that the run has to do with these partnerships; twice is once."""
    for partnership_id in sorted(set(partnership_ids)):
        RunPartnership.insert(
            run_id=run.id, partnership_id=partnership_id, tenant_id=run.tenant_id, created_at=now
        ).on_conflict_ignore().execute()


def mark(run: GuidedRun) -> None:
    """Say that a run, or a step of it, changed."""
    feed.mark("guided-run", run.id, run.tenant_id)


def change(run: GuidedRun, **values: Any) -> None:
    """Write what changed of a run."""
    run.write(**values)
    if "name" in values:
        words.keep(KIND, run.tenant_id, run.id, [run.name], place=run.created_at)
    mark(run)


def change_step(step: GuidedStep, **values: Any) -> None:
    """Write what changed of a step."""
    step.write(**values)
    feed.mark("guided-run", step.run_id, step.tenant_id)


def tell_result(step: GuidedStep, result: dict[str, Any] | None, summary: str | None) -> None:
    """Write what was done in a step. It follows from other rows, so it leaves the version alone that guards people's
    changes."""
    if (result, summary) == (step.result, step.summary):
        return
    GuidedStep.update(result=result, summary=summary).where(GuidedStep.id == step.id).execute()
    step.result, step.summary = result, summary
    feed.mark("guided-run", step.run_id, step.tenant_id)


def log(run: GuidedRun, *, limit: int, offset: int = 0, cursor: str | None = None) -> Page:
    """Who did what in a run, newest first."""
    act = acts.table
    query = act.select().where(
        (act.tenant_id == run.tenant_id) & (act.subject_id == run.id) & (act.subject_kind == "guided-run")
    )
    return keyset.page(query, [(act.at, "desc"), (act.id, "desc")], limit=limit, offset=offset, cursor=cursor)


def names_of(tenant_id: str, run_ids: Sequence[str]) -> dict[str, str]:
    """The names of these runs."""
    query = GuidedRun.select(GuidedRun.id, GuidedRun.name).where(
        (GuidedRun.tenant_id == tenant_id) & GuidedRun.id.in_(list(run_ids))
    )
    return {row.id: row.name for row in query}
