"""Queries and writes on a tenant's own templates and their versions; the built-in ones are code (catalogue)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.runs.catalogue import Step
from services.runs.models.tables import RunTemplate, RunTemplateVersion
from shared.database.model import locked
from shared.ground.errors import NotFound


def find(tenant_id: str, template_id: str) -> RunTemplate:
    """The template. NotFound for another tenant's, and for a removed one."""
    return _or_not_found(_of(tenant_id).where(RunTemplate.id == template_id).first(), template_id)


def get_for_update(tenant_id: str, template_id: str) -> RunTemplate:
    """The template, locked until the transaction ends. NotFound as `find`."""
    return _or_not_found(locked(_of(tenant_id).where(RunTemplate.id == template_id)).first(), template_id)


def get_or_none(tenant_id: str, template_id: str) -> RunTemplate | None:
    """The template, or None."""
    return _of(tenant_id).where(RunTemplate.id == template_id).first()


def names(tenant_id: str, template_ids: Iterable[str]) -> dict[str, str]:
    """The names of a tenant's own templates by id, including removed ones."""
    query = RunTemplate.for_tenant(tenant_id, RunTemplate.id, RunTemplate.name)
    return {row.id: row.name for row in query.where(RunTemplate.id.in_(list(template_ids)))}


def listed(tenant_id: str) -> list[RunTemplate]:
    """All of a tenant's own templates, the earliest first."""
    return list(_of(tenant_id).order_by(RunTemplate.created_at, RunTemplate.id))


def version(tenant_id: str, template_id: str, number: int) -> RunTemplateVersion:
    """One version of a template, also of a removed one, because runs keep theirs. NotFound."""
    versions = RunTemplateVersion.for_tenant(tenant_id).where(RunTemplateVersion.template_id == template_id)
    row = versions.where(RunTemplateVersion.number == number).first()
    if row is None:
        raise NotFound(f"There is no version {number} of the template {template_id}.")
    return row


def newest_versions(tenant_id: str, rows: list[RunTemplate]) -> dict[str, RunTemplateVersion]:
    """The newest version of each of the tenant's templates by its id, in one query."""
    wanted = {row.id: row.latest for row in rows}
    query = RunTemplateVersion.for_tenant(tenant_id).where(RunTemplateVersion.template_id.in_(list(wanted)))
    return {row.template_id: row for row in (query if wanted else ()) if row.number == wanted[row.template_id]}


def add(**values: Any) -> RunTemplate:
    """Write a new template."""
    return RunTemplate.create(force_insert=True, **values)


def add_version(row: RunTemplate, steps: list[Step], by: dict[str, str], now: datetime) -> None:
    """Write the version with the number in the template's `latest`."""
    RunTemplateVersion.create(
        template_id=row.id, number=row.latest, tenant_id=row.tenant_id, name=row.name, description=row.description,
        steps=steps, by=by, created_at=now, force_insert=True,
    )  # fmt: skip


def _of(tenant_id: str) -> Any:
    return RunTemplate.for_tenant(tenant_id).where(RunTemplate.deleted_at.is_null())


def _or_not_found(row: RunTemplate | None, template_id: str) -> RunTemplate:
    if row is None:
        raise NotFound(f"There is no template {template_id}.")
    return row
