"""What an act of the audit trail is about, as a link to its page."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

PAGES = {
    "ai-task": "/app/monitor/runs/{}",
    "guided-run": "/app/runs/{}",
    "workflow-execution": "/app/renewals/{}",
    "task": "/app/tasks/{}",
    "partnership": "/app/partnerships/{}",
    "template": "/app/templates/{}",
}
"""The page of each kind of subject that has one."""


def shown(act: dict[str, Any]) -> dict[str, Any]:
    """The act with the address of what it is about; "" where that has no page of its own."""
    page = PAGES.get(act["subjectKind"], "")
    return act | {"href": page.format(quote(act["subjectId"], safe="")), "objectName": _named(act["details"])}


def _named(details: Any) -> str:
    """The name that the act itself gives to what it is about, if it does."""
    if not isinstance(details, dict):
        return ""
    return next((str(details[name]) for name in ("name", "title", "subject") if isinstance(details.get(name), str)), "")
