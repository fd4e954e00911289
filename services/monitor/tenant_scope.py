"""Decides which tenants' rows a caller may read, and which roles they may give. The role that a route needs is declared
at the route; shared/ground/principal.py has the order of the roles."""

from __future__ import annotations

from services.monitor.models import ALL_TENANTS
from shared.ground.errors import Forbidden, NotFound
from shared.ground.principal import ROLES, Principal


def scope(by: Principal, wanted: str | None) -> str:
    """The tenant whose lists a caller gets: their own by default; a super admin may ask for any tenant as `wanted`, or
    for all ("*").

    For anybody else: NotFound for another tenant, Forbidden for all tenants.
    """
    if not wanted or wanted == by.tenant_id:
        return by.tenant_id
    if by.may("super_admin"):
        return wanted
    if wanted == ALL_TENANTS:
        raise Forbidden("Only a super admin sees all tenants.")
    raise NotFound("There is no such tenant.")


def reach(by: Principal) -> str:
    """The scope in which `by` may open an object by its id: all tenants for a super admin."""
    return ALL_TENANTS if by.may("super_admin") else by.tenant_id


def may_grant(by: Principal, role: str) -> bool:
    """Whether `by` may give this role to a person: only an admin may, and none above their own."""
    return role in ROLES and by.may("admin") and by.may(role)
