"""Idempotency keys: a creation that is requested twice with the same key is done once and returns the same answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee

from shared.database.connection import IntegrityError
from shared.database.fields import JsonField, UtcDateTime
from shared.database.model import Row
from shared.feed.changes import Feed
from shared.ground.errors import Conflict, TandemError


@dataclass(frozen=True)
class Answer:
    """A stored answer: status, JSON body, and the headers that belong to it."""

    status: int
    body: Any
    headers: dict[str, str]


class Idempotency:
    """The keys of one context.

    The key's row and what the request creates are written in one transaction. Only a request of several transactions
    commits its key first (`once_in_parts`).
    """

    def __init__(self, db: Any, feed: Feed) -> None:
        class IdempotencyKey(Row):
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
        """The answer of `make`, or the stored one of the first request. Conflict when the key came with another body.

        Of two requests at once the second waits for the commit of the first (on the unique key, or for SQLite's one
        writer) and gets its answer. An error of `make` removes the key too, so that the caller may try again.
        """
        with self.feed.transaction():
            key_condition, stored = self._reserved(tenant_id, caller, route, key, body, now)
            if stored is not None:
                return _answer_of(stored)
            answer = make()
            self._store(tenant_id, key_condition, answer)
            return answer

    def once_in_parts(
        self,
        tenant_id: str,
        caller: str,
        route: str,
        key: str,
        body: Any,
        make: Callable[[datetime], Answer],
        *,
        now: datetime,
    ) -> Answer:
        """Like `once`, for a request of several transactions: the key is reserved in one, `make` runs in its own, the
        answer is stored in another.

        A repeat that comes before an answer is stored calls `make` again, even while the first call still runs. So each
        part of `make` must be idempotent. `make` gets the time at which the key first came. The first answer stored is
        the one that every caller gets. A refusal (TandemError) removes the key; any other exception keeps it.
        """
        with self.feed.transaction():
            key_condition, stored = self._reserved(tenant_id, caller, route, key, body, now)
        if stored is not None and stored.status is not None:
            return _answer_of(stored)
        unanswered_condition = key_condition & self.table.status.is_null()
        try:
            answer = make(stored.created_at if stored is not None else now)
        except TandemError:
            with self.feed.transaction():
                self.table.delete_for(tenant_id).where(unanswered_condition).execute()
            raise
        with self.feed.transaction():
            if self._store(tenant_id, unanswered_condition, answer):
                return answer
            first = self.table.for_tenant(tenant_id).where(key_condition).first()
        return answer if first is None else _answer_of(first)

    def _reserved(
        self, tenant_id: str, caller: str, route: str, key: str, body: Any, now: datetime
    ) -> tuple[Any, Any | None]:
        """A condition that selects the key's row, and that row if it existed before, else None. Conflict when it has
        another body. Call it inside a transaction."""
        hashed = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        table = self.table
        key_condition = (table.caller == caller) & (table.route == route) & (table.key == key)
        row = {"tenant_id": tenant_id, "caller": caller, "route": route, "key": key}
        try:
            with self.feed.savepoint():
                table.insert(**row, body_hash=hashed, created_at=now).execute()
        except IntegrityError:
            stored = table.for_tenant(tenant_id).where(key_condition).get()
            if stored.body_hash != hashed:
                raise Conflict(
                    "This Idempotency-Key was used with another body. Use a new key for a new request."
                ) from None
            return key_condition, stored
        return key_condition, None

    def _store(self, tenant_id: str, key_condition: Any, answer: Answer) -> bool:
        values = {"status": answer.status, "answer": answer.body, "headers": answer.headers}
        return bool(self.table.update_for(tenant_id, **values).where(key_condition).execute())


def _answer_of(stored: Any) -> Answer:
    return Answer(stored.status or 200, stored.answer, stored.headers)
