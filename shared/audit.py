"""The audit trail: who did what, when and why. A verb writes one immutable row in its own transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import peewee

from shared.database import statements
from shared.database.fields import JsonField, UtcDateTime
from shared.database.model import Row
from shared.feed.changes import Feed
from shared.ground import clock, ids
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal


class Acts:
    """The audit trail of one context."""

    def __init__(self, db: Any, feed: Feed) -> None:
        class Act(Row):
            id = peewee.TextField(primary_key=True)
            tenant_id = peewee.TextField()
            at = UtcDateTime()
            by = JsonField()
            verb = peewee.TextField()
            subject_kind = peewee.TextField()
            subject_id = peewee.TextField()
            reason = peewee.TextField(null=True)
            details = JsonField(null=True)
            request_id = peewee.TextField()

            class Meta:
                database = db
                table_name = "act"

        self.table = Act
        self.feed = feed
        feed.snapshot("act")(self._snapshots)

    def record(
        self,
        by: Principal,
        verb: str,
        subject_kind: str,
        subject_id: str,
        *,
        now: datetime,
        reason: str | None = None,
        details: Any = None,
    ) -> None:
        """Write one act, inside the verb's transaction. `verb` is a past tense that a person can read ("completed
        step")."""
        act_id = ids.new_id()
        act = {
            "id": act_id,
            "tenant_id": by.tenant_id,
            "at": now,
            "by": by.as_json(),
            "verb": verb,
            "subject_kind": subject_kind,
            "subject_id": subject_id,
            "reason": reason,
            "details": details,
            "request_id": by.request_id,
        }
        statements.insert(self.table, act)
        self.feed.mark("act", act_id, by.tenant_id)

    def _snapshots(self, act_ids: list[str]) -> dict[str, JsonObject]:
        # The feed reads the acts of all tenants, and each snapshot says whose it is.
        return {
            act.id: {
                "id": act.id,
                "tenantId": act.tenant_id,
                "at": clock.rfc3339(act.at),
                "by": act.by,
                "verb": act.verb,
                "subjectKind": act.subject_kind,
                "subjectId": act.subject_id,
                "reason": act.reason,
                "details": act.details,
                "requestId": act.request_id,
            }
            for act in self.table.load_of_all_tenants("id", act_ids)
        }
