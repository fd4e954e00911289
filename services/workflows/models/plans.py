"""Queries and writes on action plans."""

from __future__ import annotations

from typing import Any

from services.workflows.models.tables import Plan
from shared.ground.errors import NotFound


def get(tenant_id: str, execution_id: str) -> Plan:
    """The plan of an execution. NotFound if none was generated, and for another tenant's."""
    row = get_or_none(tenant_id, execution_id)
    if row is None:
        raise NotFound(f"The workflow execution {execution_id} has no action plan yet.")
    return row


def get_or_none(tenant_id: str, execution_id: str) -> Plan | None:
    """The plan of an execution, or None."""
    return Plan.for_tenant(tenant_id).where(Plan.execution_id == execution_id).first()


def add(**values: Any) -> Plan:
    """Write a new plan."""
    return Plan.create(**values)


def remove(row: Plan) -> None:
    """Delete a draft."""
    row.delete_instance()
