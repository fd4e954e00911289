"""The page behind the bell: what a person was told, and that they have read it."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor import notifying
from services.monitor.pages import addresses, frame, saying
from services.monitor.schemas import NotificationSchema
from shared import clock, web

LOOKS = {
    "task_failed": ("failed", "failed"),
    "task_done": ("completed", "completed"),
    "plan_ready": ("waiting", "waiting"),
    "deadline": ("waiting", "warning"),
}
"""Colour and icon by kind of notification."""

blueprint = frame.room("notifications", __name__)


@blueprint.get("/app/notifications")
@web.needs("member")
def list_notifications() -> Any:
    """One's own notifications and those for everybody, newest first."""
    page = notifying.find_all(web.by(), limit=30, cursor=request.args.get("cursor"))
    notices = [shown(NotificationSchema().dump(row)) for row in page.items]
    return render_template(
        "door/notifications.html",
        notices=notices,
        pagination=addresses.pagination(page),
        pages=addresses.pages(page.next),
    )


@blueprint.post("/app/notifications/<notification_id>/read")
@web.needs("member")
def read(notification_id: str) -> Any:
    """Note that it was read."""
    notifying.read(web.by(), notification_id, now=clock.now())
    return saying.go("/app/notifications")


@blueprint.post("/app/notifications/read-all")
@web.needs("member")
def read_all() -> Any:
    """Note that all of them were read."""
    notifying.read_all(web.by(), now=clock.now())
    return saying.go("/app/notifications")


def shown(notice: dict[str, Any]) -> dict[str, Any]:
    """A notification with its look; a link that leaves the console is left out."""
    tone, icon = LOOKS.get(notice["kind"], ("queued", "info"))
    return notice | {"tone": tone, "icon": icon, "link": addresses.local(notice.get("link"), "")}
