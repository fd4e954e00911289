"""Questions about a tenant's own templates and their versions; the built-in ones are code (catalogue)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.runs.models.tables import RunTemplate, RunTemplateVersion
from shared.errors import NotFound
from shared.rows import held


def find(tenant_id: str, template_id: str) -> RunTemplate:
    """The template. NotFound for another tenant's, and for one that was removed, too."""
    return _or_not_found(_of(tenant_id).where(RunTemplate.id == template_id).first(), template_id)


def alone(tenant_id: str, template_id: str) -> RunTemplate:
    """The template, held until the transaction ends. NotFound as `find`."""
    return _or_not_found(held(_of(tenant_id).where(RunTemplate.id == template_id)).first(), template_id)


def known(tenant_id: str, template_id: str) -> RunTemplate | None:
    """The template, if there is one."""
    return _of(tenant_id).where(RunTemplate.id == template_id).first()


def listed(tenant_id: str) -> list[RunTemplate]:
    """All of a tenant's own templates, the earliest first."""
    return list(_of(tenant_id).order_by(RunTemplate.created_at, RunTemplate.id))


def version(tenant_id: str, template_id: str, number: int) -> RunTemplateVersion:
    """One version of a template, also of one that was removed since: runs keep theirs. NotFound."""
    row = RunTemplateVersion.get_or_none(
        (RunTemplateVersion.tenant_id == tenant_id)
        & (RunTemplateVersion.template_id == template_id)
        & (RunTemplateVersion.number == number)
    )
    if row is None:
        raise NotFound(f"There is no version {number} of the template {template_id}.")
    return row


def newest_versions(rows: list[RunTemplate]) -> dict[str, RunTemplateVersion]:
    """The newest version of each of these templates by its id, with one question."""
    wanted = {row.id: row.latest for row in rows}
    query = RunTemplateVersion.select().where(RunTemplateVersion.template_id.in_(list(wanted))) if wanted else []
    return {one.template_id: one for one in query if one.number == wanted[one.template_id]}


def add(**values: Any) -> RunTemplate:
    """Write a new template."""
    return RunTemplate.create(force_insert=True, **values)


def add_version(row: RunTemplate, steps: list[dict[str, Any]], by: dict[str, str], now: datetime) -> None:
    """Write the version that a template's own columns name as its latest."""
    RunTemplateVersion.create(
        template_id=row.id, number=row.latest, tenant_id=row.tenant_id, name=row.name, description=row.description,
        steps=steps, by=by, created_at=now, force_insert=True,
    )  # fmt: skip


def _of(tenant_id: str) -> Any:
    return RunTemplate.select().where((RunTemplate.tenant_id == tenant_id) & RunTemplate.deleted_at.is_null())


def _or_not_found(row: RunTemplate | None, template_id: str) -> RunTemplate:
    if row is None:
        raise NotFound(f"There is no template {template_id}.")
    return row
