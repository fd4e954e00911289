"""The REST API of definitions: the ten stages, each with its days and its steps."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.workflows import stages
from services.workflows.definition import Stage
from services.workflows.schemas.workflows import DefinitionPage, DefinitionSchema
from shared.contracts.paging import Page
from shared.ground.errors import NotFound
from shared.web import callers, list_pages

definitions = Blueprint(
    "definitions", __name__, url_prefix="/api/workflows/definitions", description="What workflows there are."
)


@definitions.get("")
@callers.needs("member")
@definitions.response(200, DefinitionPage)
def list_definitions() -> dict[str, Any]:
    """All stages in their order, whether their workflow is available or not."""
    items = [_shown(stage) for stage in stages.STAGES]
    return list_pages.page_body(Page(items, len(items), 0, len(items), True, None))


@definitions.get("/<key>")
@callers.needs("member")
@definitions.response(200, DefinitionSchema)
def read(key: str) -> dict[str, Any]:
    """One stage."""
    stage = stages.get_or_none(key)
    if stage is None:
        raise NotFound(f"There is no workflow {key}.")
    return _shown(stage)


def _shown(stage: Stage) -> dict[str, Any]:
    following = stages.following(stage)
    return {
        "key": stage.key,
        "kind": "stage",
        "name": stage.name,
        "order": stages.STAGES.index(stage) + 1,
        "min_days": stage.min_days,
        "max_days": stage.max_days,
        "purpose": stage.purpose,
        "available": stage.available,
        "next_stage": following.key if following else None,
        "steps": [
            {"order_index": number, "kind": step.kind.key, "title": step.title, "guidance": step.guidance}
            for number, step in enumerate(stage.steps, start=1)
        ],
    }
