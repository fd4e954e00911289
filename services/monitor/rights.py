"""Whose rows somebody may ask for, and how much of them they see (pure)."""

from __future__ import annotations

from services.monitor.models import ALL_TENANTS
from shared.acts import ROLES, By
from shared.errors import Forbidden, NotFound

SEES_PAYLOADS = "developer"
"""From this role on people see inputs, outputs and stack traces; the others see the messages."""


def scope(by: By, asked: str | None) -> str:
    """The tenant whose lists `by` gets who asked for `asked`: their own by default, any or all ("*") for a super admin.

    NotFound for somebody else's tenant, Forbidden for all of them.
    """
    if not asked or asked == by.tenant_id:
        return by.tenant_id
    if by.may("super_admin"):
        return asked
    if asked == ALL_TENANTS:
        raise Forbidden("Only a super admin sees all tenants.")
    raise NotFound("There is no such tenant.")


def reach(by: By) -> str:
    """The scope in which `by` may open one thing by its id: a super admin follows links into every tenant."""
    return ALL_TENANTS if by.may("super_admin") else by.tenant_id


def may_grant(by: By, role: str) -> bool:
    """Whether `by` may give this role to somebody: nobody hands out more than they have."""
    return role in ROLES and by.may("admin") and by.may(role)
