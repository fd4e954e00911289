"""The REST API of guided runs."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.runs import lifecycle, models, template_upgrade, templates
from services.runs.api.run_showing import changes_shown, run_shown, runs_shown
from services.runs.api.serialization import page_of
from services.runs.api.templates import own_shown
from services.runs.lifecycle import ChangeRun, StartRun
from services.runs.models import GuidedRun, idempotency
from services.runs.schemas.guided_runs import (
    CompleteRunIn,
    GuidedRunArgs,
    GuidedRunDetail,
    GuidedRunIn,
    GuidedRunPage,
    GuidedRunPatch,
    LogPage,
    SaveAsTemplateIn,
    TakeTemplateIn,
    TemplateChanges,
    TemplateChangesArgs,
)
from services.runs.schemas.templates import TemplateDetail
from services.runs.templates import SaveAsTemplate
from shared.contracts.paging import PageArgs
from shared.ground import clock, ids
from shared.web import callers, entity_tags, idempotent_views, list_pages

guided_runs = Blueprint("guided_runs", __name__, url_prefix="/api/guided-runs", description="Guided sessions of work.")


def _shown(row: GuidedRun) -> Any:
    return entity_tags.tagged(run_shown(row), row.version)


@guided_runs.get("")
@callers.needs("member")
@guided_runs.arguments(GuidedRunArgs, location="query")
@guided_runs.response(200, GuidedRunPage)
def list_runs(args: dict[str, Any]) -> dict[str, Any]:
    """The tenant's guided runs, newest first."""
    by = callers.by()
    owner = by.id if args["owner"] == "me" else args["owner"]
    page = models.runs.listed(by.tenant_id, **args | {"owner": owner})
    return list_pages.page_body(page_of(page, runs_shown(by.tenant_id, page.items)))


@guided_runs.post("")
@callers.needs("member")
@idempotent_views.idempotent(idempotency)
@guided_runs.arguments(GuidedRunIn)
@guided_runs.response(201, GuidedRunDetail)
def start(command: StartRun) -> Any:
    """Start a run from a template, from steps of several, from own steps, or from all of them."""
    return _shown(lifecycle.start(callers.by(), command, run_id=ids.new_id(), now=clock.now()))


@guided_runs.get("/<run_id>")
@callers.needs("member")
@guided_runs.response(200, GuidedRunDetail)
def read(run_id: str) -> Any:
    """One run with its steps."""
    return _shown(models.runs.find(callers.by().tenant_id, run_id))


@guided_runs.patch("/<run_id>")
@callers.needs("member")
@guided_runs.arguments(GuidedRunPatch)
@guided_runs.response(200, GuidedRunDetail)
def change(command: ChangeRun, run_id: str) -> Any:
    """Change its name, description or owner; pause, resume or cancel it by its status."""
    return _shown(lifecycle.change(callers.by(), run_id, command, now=clock.now(), expected=entity_tags.if_match()))


@guided_runs.post("/<run_id>/complete")
@callers.needs("member")
@guided_runs.arguments(CompleteRunIn)
@guided_runs.response(200, GuidedRunDetail)
def complete(body: dict[str, Any], run_id: str) -> Any:
    """Finish a run whose steps are done."""
    by, expected = callers.by(), entity_tags.if_match()
    return _shown(lifecycle.complete(by, run_id, now=clock.now(), outcome=body["outcome"], expected=expected))


@guided_runs.post("/<run_id>/save-as-template")
@callers.needs("member")
@idempotent_views.idempotent(idempotency)
@guided_runs.arguments(SaveAsTemplateIn)
@guided_runs.response(201, TemplateDetail)
def save_as_template(command: SaveAsTemplate, run_id: str) -> Any:
    """Keep its steps as a template of the tenant's own."""
    by = callers.by()
    made = templates.save_as_template(by, run_id, command, template_id=ids.new_id(), now=clock.now())
    return own_shown(made)


@guided_runs.get("/<run_id>/template-changes")
@callers.needs("member")
@guided_runs.arguments(TemplateChangesArgs, location="query")
@guided_runs.response(200, TemplateChanges)
def template_changes(args: dict[str, Any], run_id: str) -> Any:
    """What another version of its template (by default the newest) would change."""
    return changes_shown(template_upgrade.changes(callers.by().tenant_id, run_id, args["version"]))


@guided_runs.post("/<run_id>/take-template")
@callers.needs("member")
@guided_runs.arguments(TakeTemplateIn)
@guided_runs.response(200, GuidedRunDetail)
def take_template(body: dict[str, Any], run_id: str) -> Any:
    """Move to another version of its template (by default the newest); steps that were begun stay as they are."""
    by, number = callers.by(), body["version"]
    return _shown(template_upgrade.take(by, run_id, now=clock.now(), number=number, expected=entity_tags.if_match()))


@guided_runs.get("/<run_id>/activity")
@callers.needs("member")
@guided_runs.arguments(PageArgs, location="query")
@guided_runs.response(200, LogPage)
def activity(args: dict[str, Any], run_id: str) -> Any:
    """Who did what in it, when and why, newest first."""
    return list_pages.page_body(models.runs.log(models.runs.find(callers.by().tenant_id, run_id), **args))
