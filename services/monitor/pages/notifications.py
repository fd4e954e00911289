"""The page of a person's notifications."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import render_template, request

from services.monitor import inbox
from services.monitor.pages import flash, frame, status_style, urls
from services.monitor.schemas import NotificationSchema
from shared.ground import clock
from shared.web import application

blueprint = frame.page_blueprint("notifications", __name__)


@blueprint.get("/app/notifications")
@application.needs("member")
def list_notifications() -> Any:
    """The caller's notifications and those for the whole tenant, newest first."""
    page = inbox.find_all(application.by(), limit=30, cursor=request.args.get("cursor"))
    notices = [shown(NotificationSchema().dump(row)) for row in page.items]
    return render_template(
        "notifications/list.html", notices=notices, pagination=urls.pagination(page), pages=urls.pages(page.next)
    )


@blueprint.get("/app/notifications/<notification_id>/open")
@application.needs("member")
def open_it(notification_id: str) -> Any:
    """Mark a notification as read, and go to what it is about."""
    notice = inbox.read(application.by(), notification_id, now=clock.now())
    return flash.redirect_to(urls.local(notice.link, "/app/notifications"))


@blueprint.post("/app/notifications/<notification_id>/read")
@application.needs("member")
def read(notification_id: str) -> Any:
    """Mark a notification as read."""
    inbox.read(application.by(), notification_id, now=clock.now())
    return flash.redirect_to("/app/notifications")


@blueprint.post("/app/notifications/read-all")
@application.needs("member")
def read_all() -> Any:
    """Mark all notifications as read."""
    inbox.read_all(application.by(), now=clock.now())
    return flash.redirect_to("/app/notifications")


def shown(notice: dict[str, Any]) -> dict[str, Any]:
    """A notification with its style. Its link goes through `open_it`, and is left out if it would leave the console."""
    style = status_style.of(notice["kind"])
    link = f"/app/notifications/{quote(notice['id'], safe='')}/open" if urls.local(notice.get("link"), "") else ""
    return notice | {"tone": style.colour, "icon": style.icon, "link": link}
