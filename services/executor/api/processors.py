"""The REST API of the processors of this installation."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.executor.api.installation import installation
from services.executor.api.serialization import single_page
from services.executor.schemas.queues import ProcessorPage
from shared.web import callers, list_pages

processors = Blueprint("processors", __name__, url_prefix="/api/processors", description="What AI tasks can do.")


@processors.get("")
@callers.needs("member")
@processors.response(200, ProcessorPage)
def list_processors() -> dict[str, Any]:
    """Every processor of this installation, by name."""
    return list_pages.page_body(single_page(sorted(installation().registry, key=lambda processor: processor.name)))
