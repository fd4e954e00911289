"""Templates: the built-in ones and a tenant's own, whose every change is a new version."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from services.runs import catalogue, models
from services.runs.catalogue import Step, TemplateVersion
from services.runs.models import RunTemplate, acts, feed
from shared.acts import By
from shared.errors import Conflict, NotFound

LONGEST_KEY = 60


def version_of(tenant_id: str, template_id: str, number: int | None = None) -> TemplateVersion:
    """A version of a template, the newest unless one is named; an earlier one also of a template that was removed.

    NotFound for another tenant's, and for a version that there is not.
    """
    built_in = catalogue.built_in(template_id)
    if built_in is not None:
        if number not in (None, built_in.number):
            raise NotFound(f"There is no version {number} of the template {template_id} any more.")
        return built_in
    if number is None:
        number = models.templates.find(tenant_id, template_id).latest
    row = models.templates.version(tenant_id, template_id, number)
    return TemplateVersion(template_id, row.number, row.name, row.description, row.steps)


def save(by: By, told: dict[str, Any], *, template_id: str, now: datetime, expected: int | None = None) -> RunTemplate:
    """Make a template, or its next version: `told` is {name, description?, steps: [{key?, actionType, title, ...}]}.

    Steps without a key get one from their title. Conflict for a built-in one; Stale when it is not at `expected`.
    """
    _only_own(template_id)
    steps = keyed(told["steps"])
    columns = {"name": told["name"], "description": told.get("description") or "", "updated_at": now}
    with feed.transaction():
        row = _next(by, template_id, columns, now, expected)
        models.templates.add_version(row, steps, by.as_json(), now)
        acts.record(
            by, "saved template", "template", row.id, now=now, details={"name": row.name, "version": row.latest}
        )
        return row


def save_next(
    by: By, told: dict[str, Any], *, template_id: str, now: datetime, expected: int | None = None
) -> RunTemplate:
    """Make the next version of a template that there is. NotFound, and as `save`."""
    _only_own(template_id)
    with feed.transaction():
        models.templates.find(by.tenant_id, template_id)
        return save(by, told, template_id=template_id, now=now, expected=expected)


def remove(by: By, template_id: str, *, now: datetime, expected: int | None = None) -> None:
    """Remove a template; runs keep their version of it. NotFound, Stale; Conflict for a built-in one, and while a
    recurrence starts it."""
    _only_own(template_id)
    with feed.transaction():
        row = models.templates.alone(by.tenant_id, template_id)
        row.expect(expected)
        used = models.recurrences.uses(by.tenant_id, template_id)
        if used:
            raise Conflict(
                f"{used} recurrence{'s' if used > 1 else ''} of this tenant start this template; remove them first.",
                allowed=[],
            )
        row.write(deleted_at=now, updated_at=now)
        acts.record(by, "removed template", "template", row.id, now=now, details={"name": row.name})


def keyed(steps: list[Step]) -> list[Step]:
    """The steps with a key each, unique among them, and with every field that a step has."""
    taken = {step["key"] for step in steps if step.get("key")}
    whole = []
    for step in steps:
        key = step.get("key") or _free_key(step["title"], taken)
        taken.add(key)
        whole.append(
            {
                "key": key,
                "actionType": step["actionType"],
                "title": step["title"],
                "description": step.get("description") or "",
                "config": step.get("config") or {},
            }
        )
    return whole


def _free_key(title: str, taken: set[str]) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[: LONGEST_KEY - 4].strip("-") or "step"
    return next(key for key in (slug, *(f"{slug}-{number}" for number in range(2, 1000))) if key not in taken)


def _next(by: By, template_id: str, columns: dict[str, Any], now: datetime, expected: int | None) -> RunTemplate:
    if models.templates.known(by.tenant_id, template_id) is None:
        return models.templates.add(id=template_id, tenant_id=by.tenant_id, latest=1, created_at=now, **columns)
    row = models.templates.alone(by.tenant_id, template_id)
    row.expect(expected)
    row.write(latest=row.latest + 1, **columns)
    return row


def _only_own(template_id: str) -> None:
    if catalogue.built_in(template_id) is not None:
        raise Conflict("A built-in template cannot be changed; save it under a name of your own.", allowed=["POST"])
