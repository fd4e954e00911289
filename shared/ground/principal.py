"""The principal: who acts, and what their role allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

ROLES = ("member", "developer", "operator", "admin", "super_admin")
"""The roles in ascending order: each may do what the one before may (docs/design.md, "Roles")."""

SEES_PAYLOADS = "developer"
"""The lowest role that sees stack traces and the input and output of AI tasks; others see messages only."""


@dataclass(frozen=True)
class Principal:
    """A person, an AI task, a service or a schedule that acts; in one tenant, for one request."""

    kind: str
    id: str
    name: str
    tenant_id: str
    request_id: str = ""
    roles: frozenset[str] = frozenset()

    @classmethod
    def service(cls, name: str, tenant_id: str, request_id: str = "") -> Principal:
        """A service that acts by itself, for one tenant."""
        return cls("service", name, name, tenant_id, request_id, frozenset({"service"}))

    @classmethod
    def from_json(cls, actor: Mapping[str, Any], tenant_id: str, request_id: str = "") -> Principal:
        """The actor in a snapshot of another service; it has no roles."""
        return cls(
            str(actor.get("kind", "service")),
            str(actor.get("id", "")),
            str(actor.get("name", "")),
            tenant_id,
            request_id,
        )

    def as_json(self) -> dict[str, str]:
        """`{kind, id, name}`, as in snapshots."""
        return {"kind": self.kind, "id": self.id, "name": self.name}

    def within(self, tenant_id: str) -> Principal:
        """The same principal in another tenant."""
        return replace(self, tenant_id=tenant_id)

    @property
    def sees_payloads(self) -> bool:
        """Whether this principal may see the input and output of AI tasks."""
        return self.may(SEES_PAYLOADS)

    def may(self, role: str) -> bool:
        """Whether one of the roles includes `role`. A service that acts by itself may do everything; only a service has
        "service"."""
        if "service" in self.roles:
            return True
        return role in ROLES and any(ROLES.index(own) >= ROLES.index(role) for own in self.roles if own in ROLES)
