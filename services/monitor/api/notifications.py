"""The REST API of a person's notifications."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.monitor import inbox, notifying
from services.monitor.schemas.notifications import (
    CountSchema,
    NotificationArgs,
    NotificationPage,
    NotificationSettingsSchema,
)
from shared.ground import clock
from shared.web import callers, list_pages

blueprint = Blueprint(
    "notifications_api", __name__, url_prefix="/api/notifications", description="What the person who asks was told."
)


@blueprint.get("")
@callers.needs("member")
@blueprint.arguments(NotificationArgs, location="query")
@blueprint.response(200, NotificationPage)
def list_notifications(args: dict[str, Any]) -> dict[str, Any]:
    """One's own notifications and those for everybody, newest first."""
    return list_pages.page_body(inbox.find_all(callers.by(), **args))


@blueprint.get("/unread")
@callers.needs("member")
@blueprint.response(200, CountSchema)
def count_unread() -> dict[str, int]:
    """How many of them are not read."""
    return {"unread": inbox.unread(callers.by())}


@blueprint.get("/settings")
@callers.needs("member")
@blueprint.response(200, NotificationSettingsSchema)
def get_settings() -> notifying.Settings:
    """What the caller wants to be told."""
    return notifying.settings_of(callers.by())


@blueprint.put("/settings")
@callers.needs("member")
@blueprint.arguments(NotificationSettingsSchema)
@blueprint.response(200, NotificationSettingsSchema)
def put_settings(body: dict[str, Any]) -> notifying.Settings:
    """Choose what the caller wants to be told."""
    chosen = notifying.Settings(tuple(body["muted"]), tuple(body["mailed"]), body["digest_hour"], body["time_zone"])
    notifying.choose(chosen, by=callers.by(), now=clock.now())
    return notifying.settings_of(callers.by())


@blueprint.post("/<notification_id>/read")
@callers.needs("member")
@blueprint.response(204)
def read_notification(notification_id: str) -> None:
    """Note that it was read."""
    inbox.read(callers.by(), notification_id, now=clock.now())


@blueprint.post("/read-all")
@callers.needs("member")
@blueprint.response(204)
def read_all() -> None:
    """Note that all of them were read."""
    inbox.read_all(callers.by(), now=clock.now())
