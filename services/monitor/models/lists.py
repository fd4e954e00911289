"""The questions that lists of runs ask: each filter and each sort has its index, and no row carries a payload."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from peewee import fn

from services.monitor.models import database, within
from services.monitor.models.runs import Run, RunWord
from shared.database import is_postgres


def listing(
    tenant_id: str,
    *,
    status: str | None = None,
    kind: str | None = None,
    workflow: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    words: Sequence[str] = (),
    id_prefix: str | None = None,
) -> Any:
    """The query behind the list of runs. AI tasks are in it when they are asked for by kind or by search.

    `workflow` is compared with the key before the colon, or with the whole name when it has one; `words` are beginnings of words.
    """
    everything = bool(words or id_prefix) or kind == "ai_task"
    query = Run.select().where(within(Run, tenant_id), ~Run.deleted if everything else Run.listed)
    if status:
        query = query.where(Run.status == status)
    if kind:
        query = query.where(Run.kind == kind)
    if workflow:
        query = query.where(Run.workflow_key == workflow.partition(":")[0].strip().casefold())
        if ":" in workflow:
            query = query.where(fn.LOWER(Run.workflow_name) == workflow.casefold())
    if since:
        query = query.where(Run.created_at >= since)
    if until:
        query = query.where(Run.created_at < until)
    if id_prefix:
        query = query.where(_begins(Run.id, id_prefix))
    for word in words:
        query = query.where(_has_word(tenant_id, word))
    return query


def any_id_begins(tenant_id: str, prefix: str) -> bool:
    """Whether the id of some run begins so."""
    return Run.select(Run.id).where(within(Run, tenant_id), _begins(Run.id, prefix)).limit(1).exists()


RARE = 10_000
"""A word of fewer runs is looked up; one of more is met soon enough by walking the list and testing each."""


def _has_word(tenant_id: str, word: str) -> Any:
    found = RunWord.select(RunWord.run_id).where(within(RunWord, tenant_id), _begins(RunWord.word, word))
    if found.limit(RARE).count() < RARE:
        return Run.id.in_(found)
    return fn.EXISTS(RunWord.select(RunWord.run_id).where((RunWord.run_id == Run.id) & _begins(RunWord.word, word)))


def _begins(column: Any, prefix: str) -> Any:
    """A range that an index serves on both engines; the migration gives these columns PostgreSQL's byte order."""
    return (column >= prefix) & (column < prefix + "\U0010ffff")


ORDERS = {"createdAt": (Run.created_at,), "status": (Run.status, Run.created_at), "durationMs": (Run.duration_rank,)}
"""What a list can be sorted by; the id makes each order total."""


def order(sort: str) -> list[tuple[Any, str]]:
    """The order named by `sort`, all in one direction, as `shared.database.page` wants it; `-` before it is descending."""
    way = "desc" if sort.startswith("-") else "asc"
    return [(column, way) for column in (*ORDERS[sort.removeprefix("-")], Run.id)]


def of_subject(run: Run, most: int) -> list[Run]:
    """Other listed runs of the same customer, newest first."""
    if run.subject_id is None:
        return []
    same = (Run.tenant_id == run.tenant_id) & (Run.subject_id == run.subject_id) & (Run.id != run.id)
    return list(Run.select().where(same, Run.listed).order_by(Run.created_at.desc()).limit(most))


MOST_KEYS = 50


def workflow_keys(tenant_id: str) -> list[str]:
    """The distinct workflow keys of a tenant's listed runs, MOST_KEYS at most; one query that looks into the index once a key."""
    place = "%s" if is_postgres(database) else "?"
    mine = f"SELECT workflow_key FROM run WHERE listed AND tenant_id = {place}"  # noqa: S608 - nothing of it is from outside
    query = f"""
        WITH RECURSIVE known (key) AS (
            SELECT ({mine} ORDER BY workflow_key LIMIT 1)
            UNION ALL
            SELECT ({mine} AND workflow_key > known.key ORDER BY workflow_key LIMIT 1) FROM known WHERE known.key IS NOT NULL
        ) SELECT key FROM known WHERE key IS NOT NULL LIMIT {MOST_KEYS}"""  # noqa: S608 - nor of this
    return [key for (key,) in database.execute_sql(query, (tenant_id, tenant_id)).fetchall()]
