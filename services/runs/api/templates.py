"""The REST API of templates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_smorest import Blueprint

from services.runs import catalogue, models
from services.runs import templates as verbs
from services.runs.catalogue import TemplateVersion
from services.runs.models import RunTemplate, idempotency
from services.runs.schemas.templates import TemplateDetail, TemplateIn, TemplatePage
from services.runs.templates import SaveTemplate
from shared.contracts.paging import Page, PageArgs
from shared.ground import clock, ids
from shared.ground.errors import Invalid
from shared.web import callers, entity_tags, idempotent_views, list_pages

templates = Blueprint(
    "templates", __name__, url_prefix="/api/run-templates", description="What runs are started from: built-in and own."
)


def _shown(version: TemplateVersion, updated_at: datetime | None = None) -> dict[str, Any]:
    return {
        "id": version.id,
        "name": version.name,
        "description": version.description,
        "built_in": catalogue.built_in(version.id) is not None,
        "version": version.number,
        "steps_total": len(version.steps),
        "steps": [step | {"orderIndex": at} for at, step in enumerate(version.steps, start=1)],
        "updated_at": updated_at,
    }


def own_shown(row: RunTemplate) -> dict[str, Any]:
    """A tenant's own template, with the steps of its newest version."""
    return _shown(verbs.version_of(row.tenant_id, row.id), row.updated_at)


@templates.get("")
@callers.needs("member")
@templates.arguments(PageArgs, location="query")
@templates.response(200, TemplatePage)
def list_templates(args: dict[str, Any]) -> dict[str, Any]:
    """The built-in templates, then the tenant's own in the order in which they were made."""
    tenant_id = callers.by().tenant_id
    rows = models.templates.listed(tenant_id)
    newest = models.templates.newest_versions(tenant_id, rows)
    own = [
        _shown(TemplateVersion(row.id, row.latest, row.name, row.description, newest[row.id].steps), row.updated_at)
        for row in rows
    ]
    return list_pages.page_body(_paged([*map(_shown, catalogue.BUILT_IN), *own], **args))


def _paged(items: list[dict[str, Any]], *, limit: int, offset: int, cursor: str | None) -> Page:
    """A page of a short list; its cursor is the index at which the next page begins."""
    if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 9):
        raise Invalid("The cursor is not one of this list's.", errors={"cursor": ["Not a cursor of this list."]})
    start = offset if cursor is None else int(cursor)
    following = str(start + limit) if start + limit < len(items) else None
    return Page(items[start : start + limit], limit, 0 if cursor else offset, len(items), True, following)


@templates.post("")
@callers.needs("member")
@idempotent_views.idempotent(idempotency)
@templates.arguments(TemplateIn)
@templates.response(201, TemplateDetail)
def add(command: SaveTemplate) -> Any:
    """Save a template of one's own."""
    row = verbs.save(callers.by(), command, template_id=ids.new_id(), now=clock.now())
    return entity_tags.tagged(own_shown(row), row.version)


@templates.get("/<template_id>")
@callers.needs("member")
@templates.response(200, TemplateDetail)
def read(template_id: str) -> Any:
    """A template with the steps of its newest version."""
    built_in = catalogue.built_in(template_id)
    if built_in is not None:
        return entity_tags.tagged(_shown(built_in), built_in.number)
    row = models.templates.find(callers.by().tenant_id, template_id)
    return entity_tags.tagged(own_shown(row), row.version)


@templates.put("/<template_id>")
@callers.needs("member")
@templates.arguments(TemplateIn)
@templates.response(200, TemplateDetail)
def change(command: SaveTemplate, template_id: str) -> Any:
    """Save the next version of a template; runs that are under way keep theirs."""
    row = verbs.save_next(
        callers.by(), command, template_id=template_id, now=clock.now(), expected=entity_tags.if_match()
    )
    return entity_tags.tagged(own_shown(row), row.version)


@templates.delete("/<template_id>")
@callers.needs("member")
@templates.response(204)
def remove(template_id: str) -> None:
    """Remove a template of one's own."""
    verbs.remove(callers.by(), template_id, now=clock.now(), expected=entity_tags.if_match())
