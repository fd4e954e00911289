"""The REST door of a person's notifications."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.monitor import notifying
from services.monitor.schemas import CountSchema, NotificationArgs, NotificationPage
from shared import clock, web

blueprint = Blueprint(
    "notifications_api", __name__, url_prefix="/api/notifications", description="What the person who asks was told."
)


@blueprint.get("")
@web.needs("member")
@blueprint.arguments(NotificationArgs, location="query")
@blueprint.response(200, NotificationPage)
def list_notifications(asked: dict[str, Any]) -> dict[str, Any]:
    """One's own notifications and those for everybody, newest first."""
    return web.page_body(notifying.find_all(web.by(), **asked))


@blueprint.get("/unread")
@web.needs("member")
@blueprint.response(200, CountSchema)
def count_unread() -> dict[str, int]:
    """How many of them are not read."""
    return {"unread": notifying.unread(web.by())}


@blueprint.post("/<notification_id>/read")
@web.needs("member")
@blueprint.response(204)
def read_notification(notification_id: str) -> None:
    """Note that it was read."""
    notifying.read(web.by(), notification_id, now=clock.now())


@blueprint.post("/read-all")
@web.needs("member")
@blueprint.response(204)
def read_all() -> None:
    """Note that all of them were read."""
    notifying.read_all(web.by(), now=clock.now())
