"""Who did what, when and why: one immutable row a verb, written in the verb's own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import peewee

from shared import clock, ids, statements
from shared.columns import JsonField, UtcDateTime
from shared.feed import Feed

ROLES = ("member", "developer", "operator", "admin", "super_admin")
"""Each may do what the one before may (DESIGN.md section 6)."""


@dataclass(frozen=True)
class By:
    """Whoever acts: a person, an AI task, a service or a schedule; of one tenant, on behalf of one request."""

    kind: str
    id: str
    name: str
    tenant_id: str
    request_id: str = ""
    roles: frozenset[str] = frozenset()

    @classmethod
    def service(cls, name: str, tenant_id: str, request_id: str = "") -> By:
        """A service that acts by itself, for one tenant."""
        return cls("service", name, name, tenant_id, request_id, frozenset({"service"}))

    @classmethod
    def from_json(cls, told: Mapping[str, Any], tenant_id: str, request_id: str = "") -> By:
        """The actor that another service named in a snapshot; it brings no rights."""
        return cls(
            str(told.get("kind", "service")), str(told.get("id", "")), str(told.get("name", "")), tenant_id, request_id
        )

    def as_json(self) -> dict[str, str]:
        """`{kind, id, name}`, as snapshots carry it."""
        return {"kind": self.kind, "id": self.id, "name": self.name}

    def within(self, tenant_id: str) -> By:
        """The same actor, acting in another tenant."""
        return replace(self, tenant_id=tenant_id)

    def may(self, role: str) -> bool:
        """Whether one of the roles reaches `role`. A service that acts by itself may do what it asks for; "service" is only reached by one."""
        if "service" in self.roles:
            return True
        return role in ROLES and any(ROLES.index(own) >= ROLES.index(role) for own in self.roles if own in ROLES)


class Acts:
    """The audit trail of one context."""

    def __init__(self, db: Any, feed: Feed) -> None:
        class Act(peewee.Model):
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
        by: By,
        verb: str,
        subject_kind: str,
        subject_id: str,
        *,
        now: datetime,
        reason: str | None = None,
        details: Any = None,
    ) -> None:
        """Write one act, inside the verb's transaction. `verb` is a past tense a person can read ("completed step")."""
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

    def _snapshots(self, wanted: list[str]) -> dict[str, dict[str, Any]]:
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
            for act in self.table.select().where(self.table.id.in_(wanted))
        }
