"""Deletes rows after their retention time, a small batch in each transaction, so that other writers are not blocked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import peewee

from shared.audit import Acts
from shared.database.connection import session
from shared.feed.changes import Feed
from shared.feed.outgoing_requests import Requests
from shared.ground.settings import Settings
from shared.web.idempotency import Idempotency

BATCH_SIZE = 500
"""Rows that one transaction deletes."""


@dataclass(frozen=True)
class Retention:
    """How long rows of a table are kept, by the column that says when each was written; 0 days means for ever.

    `kind` is their kind in the feed, if they are in it; deleted rows leave the feed too. `only` restricts the rule to
    some rows.
    """

    written_at: peewee.Field
    days: int
    kind: str | None = None
    only: peewee.Expression | None = None


def common_rules(
    idempotency: Idempotency, acts: Acts, settings: Settings, requests: Requests | None = None
) -> tuple[Retention, ...]:
    """The rules of every context: for stored answers of repeated creations, for its own acts, which the monitor has
    replicated, and for its notification requests, which are kept as long as notifications."""
    rules = (
        Retention(idempotency.table.created_at, settings.keep_idempotency_keys_days),
        Retention(acts.table.at, settings.keep_acts_days, "act"),
    )
    if requests is None:
        return rules
    table, kind = requests.table, "notification-request"
    return (*rules, Retention(table.created_at, settings.keep_notifications_days, kind, only=table.kind == kind))


def delete_expired(feed: Feed, rules: Sequence[Retention], *, now: datetime) -> int:
    """Delete the rows whose retention is over. Returns how many."""
    with session(feed.database):
        return sum(_delete_by_rule(feed, rule, now - timedelta(days=rule.days)) for rule in rules if rule.days)


def _delete_by_rule(feed: Feed, rule: Retention, before: datetime) -> int:
    deleted = 0
    while True:
        with feed.transaction():
            count = _delete_batch(feed, rule, before)
        deleted += count
        if count < BATCH_SIZE:
            return deleted


def _delete_batch(feed: Feed, rule: Retention, before: datetime) -> int:
    """Delete the oldest rows of all tenants, at most BATCH_SIZE. Call it inside a transaction."""
    table: Any = rule.written_at.model
    row = feed.tables.row
    key = table._meta.get_primary_keys()
    old = rule.written_at < before if rule.only is None else rule.only & (rule.written_at < before)
    oldest = table.of_all_tenants(*key).where(old).order_by(rule.written_at).limit(BATCH_SIZE)
    keys = list(oldest.tuples())
    if not keys:
        return 0
    if rule.kind is not None:
        names = [str(values[0]) for values in keys]
        row.delete_of_all_tenants().where((row.kind == rule.kind) & row.subject_id.in_(names)).execute()
    return int(table.delete_of_all_tenants().where(_one_of(key, keys)).execute())


def _one_of(key: Sequence[peewee.Field], keys: list[tuple[Any, ...]]) -> peewee.Expression:
    """The condition that a row has one of these keys."""
    if len(key) == 1:
        return key[0].in_([values[0] for values in keys])
    return peewee.Tuple(*key).in_([peewee.Tuple(*values) for values in keys])
