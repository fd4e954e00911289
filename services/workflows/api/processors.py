"""The REST API of the processors that an AI item of a plan may name, as the executor publishes them."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.workflows.models import replicas
from services.workflows.schemas.plans import ProcessorList
from shared.web import callers

processors = Blueprint(
    "processors", __name__, url_prefix="/api/workflows/processors", description="What an AI task can do."
)


@processors.get("")
@callers.needs("member")
@processors.response(200, ProcessorList)
def list_processors() -> dict[str, Any]:
    """Every processor with the JSON Schema of its metadata, by which an item of a plan is edited."""
    return {"items": replicas.processors()}
