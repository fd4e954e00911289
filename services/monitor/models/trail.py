"""The audit trail of all services."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import Any

from peewee import TextField

from services.monitor.models import Table, database, feed
from shared.contracts.paging import Page
from shared.database import pagination, statements
from shared.database.fields import IdField, JsonField, UtcDateTime
from shared.database.model import Columns
from shared.ground.json_types import JsonObject
from shared.ground.settings import Settings
from shared.process.retention import Retention

TASK = "task"
"""The kind of a task, in acts about it and in the feed of this context."""


class TrailAct(Table):
    """One act of any context; never changed."""

    id = IdField()
    tenant_id = TextField()
    at = UtcDateTime()
    source = TextField()
    by_kind = TextField()
    by_id = TextField()
    by_name = TextField()
    verb = TextField()
    subject_kind = TextField()
    subject_id = TextField()
    reason = TextField(null=True)
    details = JsonField(null=True)
    request_id = TextField()

    @property
    def by(self) -> dict[str, str]:
        """The actor of the act, in the form of the snapshot."""
        return {"kind": self.by_kind, "id": self.by_id, "name": self.by_name}


TrailAct.add_index(TrailAct.index(TrailAct.tenant_id, TrailAct.at, TrailAct.id, name="trail_act_newest"))
TrailAct.add_index(TrailAct.index(TrailAct.tenant_id, TrailAct.subject_id, TrailAct.at, name="trail_act_of_subject"))
TrailAct.add_index(
    TrailAct.index(TrailAct.tenant_id, TrailAct.by_id, TrailAct.at, TrailAct.id, name="trail_act_of_actor")
)
TrailAct.add_index(
    TrailAct.index(TrailAct.tenant_id, TrailAct.verb, TrailAct.at, TrailAct.id, name="trail_act_of_verb")
)
TrailAct.add_index(TrailAct.index(TrailAct.at, name="trail_act_age"))

MOST_VERBS = 500
NAMED_BY = 500
"""How many of the acts on some subjects are asked for the names that they give them."""

NEWEST_FIRST = [(TrailAct.at, "desc"), (TrailAct.id, "desc")]


def copy_acts(rows: Sequence[Columns]) -> None:
    """Add acts to the trail, except those that it has already. Pages that show a task hear of those about it."""
    statements.insert_all_new(TrailAct, rows, "id")
    for row in rows:
        if row["subject_kind"] == TASK:
            feed.mark(TASK, row["subject_id"], row["tenant_id"])


def query(
    tenant_id: str, *, subject_id: str | None = None, by_id: str | None = None, subject_ids: Sequence[str] | None = None
) -> Any:
    """The query behind the trail, of one subject, several, or one actor if given."""
    found = TrailAct.for_tenant(tenant_id)
    if subject_id:
        found = found.where(TrailAct.subject_id == subject_id)
    if subject_ids is not None:
        found = found.where(TrailAct.subject_id.in_(list(subject_ids)))
    if by_id:
        found = found.where(TrailAct.by_id == by_id)
    return found


def verbs(tenant_id: str) -> list[str]:
    """The verbs of a tenant's acts."""
    return statements.distinct(database, "trail_act", "verb", {"tenant_id": tenant_id}, most=MOST_VERBS)


def page_of_any(
    tenant_id: str,
    *,
    subject_ids: Sequence[str],
    verbs: Sequence[str],
    actor_ids: Sequence[str],
    by_id: str | None,
    limit: int,
    cursor: str | None,
) -> Page:
    """A page of the acts on one of these subjects, with one of these verbs, or of one of these actors, newest first. Each
    verb and each actor is read from its own index."""
    mine = query(tenant_id, by_id=by_id)
    elsewhere = mine.where(TrailAct.subject_id.not_in(list(subject_ids)))
    queries = [query(tenant_id, by_id=by_id, subject_ids=subject_ids)] if subject_ids else []
    queries += [elsewhere.where(TrailAct.verb == verb) for verb in verbs]
    otherwise = elsewhere.where(TrailAct.verb.not_in(list(verbs)))
    queries += [otherwise.where(TrailAct.by_id == actor) for actor in actor_ids]
    ranges = [pagination.IndexRange(each) for each in queries]
    return pagination.page_of_ranges(lambda _: ranges, NEWEST_FIRST, counted=queries, limit=limit, cursor=cursor)


def details_of(tenant_id: str, subject_ids: Sequence[str]) -> list[tuple[str, JsonObject]]:
    """The details of acts on these subjects, with the subject, the newest last; of the newest NAMED_BY acts."""
    named = query(tenant_id, subject_ids=subject_ids).where(TrailAct.details.is_null(False))
    return [(act.subject_id, act.details) for act in reversed(named.order_by(TrailAct.at.desc()).limit(NAMED_BY))]


@feed.snapshot(TASK)
def _tasks(wanted: list[str]) -> dict[str, JsonObject]:
    """Tasks are not copied here: whoever shows one asks its owner."""
    return {task_id: {"id": task_id} for task_id in wanted}


def newest_act(tenant_id: str, subject_id: str, verbs: Sequence[str]) -> TrailAct | None:
    """The newest act of somebody else on a subject whose verb begins with one of these; what the subject did to itself
    only follows from it."""
    begins = functools.reduce(operator.or_, (TrailAct.verb.startswith(verb) for verb in verbs))
    by_others = query(tenant_id, subject_id=subject_id).where(begins, TrailAct.by_id != subject_id)
    return by_others.order_by(TrailAct.at.desc()).first()


def retention_rules(settings: Settings) -> tuple[Retention, ...]:
    """The retention of the trail."""
    return (Retention(TrailAct.at, settings.keep_acts_days),)
