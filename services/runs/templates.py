"""Manages templates: the built-in ones, and a tenant's own, of which every change is a new version."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from services.runs import catalogue, models
from services.runs.catalogue import Step, TemplateVersion
from services.runs.models import RunTemplate, acts, feed
from shared.database.model import Columns
from shared.ground.errors import Conflict, NotFound
from shared.ground.principal import Principal

LONGEST_KEY = 60


@dataclass(frozen=True, kw_only=True)
class SaveTemplate:
    """Save a template, or its next version. Steps without a key get one from their title."""

    name: str
    steps: list[Step]
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class SaveAsTemplate:
    """Save the steps of a run as a template; its description defaults to the run's."""

    name: str
    description: str | None = None


def version_of(tenant_id: str, template_id: str, number: int | None = None) -> TemplateVersion:
    """A version of a template, by default the newest; a given number is also found for a removed template.

    NotFound for another tenant's, for a removed one without a number, and for an unknown version; a built-in one has
    only its present version.
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


def lock(tenant_id: str, template_id: str) -> str:
    """Lock a template, so that it cannot be removed until this transaction ends. Returns its name. NotFound."""
    built_in = catalogue.built_in(template_id)
    return built_in.name if built_in is not None else str(models.templates.get_for_update(tenant_id, template_id).name)


def names(tenant_id: str, template_ids: Iterable[str]) -> dict[str, str]:
    """The names of these templates by id, built in or the tenant's own, including removed ones."""
    wanted = set(template_ids)
    built_in = {id_: template.name for id_ in wanted if (template := catalogue.built_in(id_))}
    return built_in | models.templates.names(tenant_id, wanted - set(built_in))


def save(
    by: Principal, command: SaveTemplate, *, template_id: str, now: datetime, expected: int | None = None
) -> RunTemplate:
    """Save a new template or its next version. Conflict for a built-in one; Stale when it is not at `expected`."""
    _only_own(template_id)
    steps = keyed(command.steps)
    columns = {"name": command.name, "description": command.description, "updated_at": now}
    with feed.transaction():
        row = _next(by, template_id, columns, now, expected)
        models.templates.add_version(row, steps, by.as_json(), now)
        acts.record(
            by, "saved template", "template", row.id, now=now, details={"name": row.name, "version": row.latest}
        )
        return row


def save_next(
    by: Principal, command: SaveTemplate, *, template_id: str, now: datetime, expected: int | None = None
) -> RunTemplate:
    """Save the next version of an existing template. NotFound, and as `save`."""
    _only_own(template_id)
    with feed.transaction():
        models.templates.find(by.tenant_id, template_id)
        return save(by, command, template_id=template_id, now=now, expected=expected)


def save_as_template(
    by: Principal, run_id: str, command: SaveAsTemplate, *, template_id: str, now: datetime
) -> RunTemplate:
    """Save the steps of a run as a template of the tenant's own. NotFound."""
    with feed.transaction():
        row = models.runs.get_for_update(by.tenant_id, run_id)
        steps = [
            {
                "key": step.key,
                "actionType": step.action_type,
                "title": step.title,
                "description": step.description,
                "config": step.config,
            }
            for step in models.runs.steps_of(row)
        ]
        template = SaveTemplate(name=command.name, description=command.description or row.description, steps=steps)
        made = save(by, template, template_id=template_id, now=now)
        details = {"templateId": template_id, "name": command.name}
        acts.record(by, "saved run as template", "guided-run", row.id, now=now, details=details)
        return made


def remove(by: Principal, template_id: str, *, now: datetime, expected: int | None = None) -> None:
    """Remove a template; runs keep their version of it. NotFound, Stale; Conflict for a built-in one, and while a
    recurrence uses it."""
    _only_own(template_id)
    with feed.transaction():
        row = models.templates.get_for_update(by.tenant_id, template_id)
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
    """The steps with every field, and each with a unique key."""
    taken = {step["key"] for step in steps if step.get("key")}
    whole = []
    for step in steps:
        key = step.get("key") or free_key(_slug(step["title"]), taken)
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


def free_key(wanted: str, taken: Container[str]) -> str:
    """The wanted key of a step, with the first number behind it that makes it free if it is taken."""
    numbered = (f"{wanted}-{number}" for number in count(2))
    return wanted if wanted not in taken else next(key for key in numbered if key not in taken)


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[: LONGEST_KEY - 4].strip("-") or "step"


def _next(by: Principal, template_id: str, columns: Columns, now: datetime, expected: int | None) -> RunTemplate:
    if models.templates.get_or_none(by.tenant_id, template_id) is None:
        return models.templates.add(id=template_id, tenant_id=by.tenant_id, latest=1, created_at=now, **columns)
    row = models.templates.get_for_update(by.tenant_id, template_id)
    row.expect(expected)
    row.write(latest=row.latest + 1, **columns)
    return row


def _only_own(template_id: str) -> None:
    if catalogue.built_in(template_id) is not None:
        raise Conflict("A built-in template cannot be changed; save it under a name of your own.", allowed=["POST"])
