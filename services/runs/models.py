"""The tables of guided runs, and every question asked of them."""

from __future__ import annotations

from typing import Any

import peewee

from shared import clock, database
from shared.acts import Acts
from shared.contracts.paging import Page
from shared.database import IdField, JsonField, UtcDateTime
from shared.feed import Feed

db = database.later()
feed = Feed("runs", db)
acts = Acts(db, feed)


class Table(peewee.Model):
    """Every table of this context is in its one database."""

    class Meta:
        database = db


class GuidedRun(Table):
    """A guided session of work that a person walks through, step by step."""

    id = IdField()
    tenant_id = peewee.TextField()
    name = peewee.TextField()
    description = peewee.TextField(default="")
    status = peewee.TextField()
    template_id = peewee.TextField(null=True)
    owner = peewee.TextField(null=True)
    linked_partnership_ids = JsonField(default=list)
    outcome = peewee.TextField(null=True)
    created_at = UtcDateTime()
    completed_at = UtcDateTime(null=True)
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "guided_run"
        indexes = ((("tenant_id", "created_at", "id"), False), (("tenant_id", "status", "created_at", "id"), False))

    @classmethod
    def listed(
        cls,
        tenant_id: str,
        *,
        status: str | None,
        template_id: str | None,
        q: str | None,
        limit: int,
        offset: int,
        cursor: str | None,
    ) -> Page:
        """A tenant's runs, newest first."""
        query = cls.select().where(cls.tenant_id == tenant_id)
        if status:
            query = query.where(cls.status == status)
        if template_id:
            query = query.where(cls.template_id == template_id)
        if q:
            query = query.where(cls.name.contains(q))
        return database.page(
            query, [(cls.created_at, "desc"), (cls.id, "desc")], limit=limit, offset=offset, cursor=cursor
        )


class Tenant(Table):
    """A copy of the monitor's tenant: whose working hours and time zone count here."""

    id = IdField()
    name = peewee.TextField()
    time_zone = peewee.TextField()
    country = peewee.TextField()
    source_version = peewee.BigIntegerField()

    @classmethod
    def keep(cls, told: dict[str, Any], version: int) -> None:
        """Write the monitor's newer word on a tenant; an older one changes nothing."""
        values = {
            "name": told["name"],
            "time_zone": told["timeZone"],
            "country": told["country"],
            "source_version": version,
        }
        _keep(cls, told["id"], values, version)


class Person(Table):
    """A copy of the monitor's person: who may own a run."""

    id = IdField()
    tenant_id = peewee.TextField(index=True)
    name = peewee.TextField()
    email = peewee.TextField()
    active = peewee.BooleanField()
    source_version = peewee.BigIntegerField()

    @classmethod
    def keep(cls, told: dict[str, Any], version: int) -> None:
        """Write the monitor's newer word on a person; an older one changes nothing."""
        values = {
            "tenant_id": told["tenantId"],
            "name": told["name"],
            "email": told["email"],
            "active": told["active"],
            "source_version": version,
        }
        _keep(cls, told["id"], values, version)


def _keep(model: Any, row_id: str, values: dict[str, Any], version: int) -> None:
    model.insert(id=row_id, **values).on_conflict(
        conflict_target=[model.id],
        update={getattr(model, name): value for name, value in values.items()},
        where=model.source_version < version,
    ).execute()


@feed.snapshot("guided-run")
def _runs(ids: list[str]) -> dict[str, dict[str, Any]]:
    return {run.id: snapshot(run) for run in GuidedRun.select().where(GuidedRun.id.in_(ids))}


def snapshot(run: GuidedRun) -> dict[str, Any]:
    """A run as the others see it."""
    return {
        "id": run.id,
        "tenantId": run.tenant_id,
        "name": run.name,
        "description": run.description,
        "status": run.status,
        "templateId": run.template_id,
        "owner": run.owner,
        "linkedPartnershipIds": run.linked_partnership_ids,
        "outcome": run.outcome,
        "createdAt": clock.rfc3339(run.created_at),
        "completedAt": clock.rfc3339(run.completed_at),
    }
