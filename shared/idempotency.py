"""A creation asked for twice with the same key is made once, and answered the same both times."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import peewee

from shared.columns import JsonField, UtcDateTime
from shared.database import IntegrityError
from shared.errors import Conflict
from shared.feed import Feed

KEPT_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Answer:
    """What was answered: a status, the JSON body, and the headers that belong to it."""

    status: int
    body: Any
    headers: dict[str, str]


class Idempotency:
    """The keys of one context. The key's row and what it makes are one transaction, so neither stands without the other."""

    def __init__(self, db: Any, feed: Feed) -> None:
        class IdempotencyKey(peewee.Model):
            tenant_id = peewee.TextField()
            caller = peewee.TextField()
            route = peewee.TextField()
            key = peewee.TextField()
            body_hash = peewee.TextField()
            status = peewee.IntegerField(null=True)
            answer = JsonField(null=True)
            headers = JsonField(null=True)
            created_at = UtcDateTime()

            class Meta:
                database = db
                table_name = "idempotency_key"
                primary_key = peewee.CompositeKey("tenant_id", "caller", "route", "key")

        self.table = IdempotencyKey
        self.feed = feed

    def once(
        self, tenant_id: str, caller: str, route: str, key: str, body: Any, make: Callable[[], Answer], *, now: datetime
    ) -> Answer:
        """The answer of `make`, or the one kept from the first time. Conflict when the key came with another body before.

        Two at once: the second waits for the first to commit (on the unique key, or for SQLite's one writer), then finds its answer.
        An error of `make` undoes the key too, so that the caller may try again.
        """
        hashed = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        table = self.table
        place = (table.tenant_id == tenant_id) & (table.caller == caller) & (table.route == route) & (table.key == key)
        with self.feed.transaction():
            try:
                with self.feed.savepoint():
                    table.insert(
                        tenant_id=tenant_id, caller=caller, route=route, key=key, body_hash=hashed, created_at=now
                    ).execute()
            except IntegrityError:
                kept = table.get(place)
                if kept.body_hash != hashed:
                    raise Conflict(
                        "This Idempotency-Key was used with another body. Use a new key for a new request."
                    ) from None
                return Answer(kept.status or 200, kept.answer, kept.headers)
            answer = make()
            table.update(status=answer.status, answer=answer.body, headers=answer.headers).where(place).execute()
            return answer

    def forget_old(self, *, now: datetime) -> int:
        """Delete keys older than KEPT_FOR; the number deleted."""
        return self.table.delete().where(self.table.created_at < now - KEPT_FOR).execute()
