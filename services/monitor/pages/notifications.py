"""The page of a person's notifications."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import render_template, request

from services.monitor import inbox, notifying, people
from services.monitor.pages import flash, folding, forms, frame, status_style, time_zones, urls
from services.monitor.pages.toasts import Toast
from services.monitor.schemas.notifications import NotificationSchema, NotificationSettingsSchema
from shared.ground import clock
from shared.ground.errors import Invalid
from shared.ground.json_types import JsonObject
from shared.web import callers, error_responses

READ_AT_ONCE = 100
"""How many notifications a page reads; those of one run are one line of it."""

SETTINGS = "/app/notifications/settings"

blueprint = frame.page_blueprint("notifications", __name__)


@blueprint.get("/app/notifications")
@callers.needs("member")
def list_notifications() -> Any:
    """The caller's notifications and those for the whole tenant, newest first."""
    by = callers.by()
    page = inbox.find_all(by, limit=READ_AT_ONCE, cursor=request.args.get("cursor"))
    notices = [shown(line) for line in folding.lines(NotificationSchema(many=True).dump(page.items), by)]
    return render_template(
        "notifications/list.html", notices=notices, pagination=urls.pagination(page), pages=urls.pages(page.next)
    )


@blueprint.get(SETTINGS)
@callers.needs("member")
def ask_settings() -> Any:
    """What the caller is told in the console and by the daily digest."""
    return _settings_form(NotificationSettingsSchema().dump(notifying.settings_of(callers.by())))


@blueprint.post(SETTINGS)
@callers.needs("member")
def choose() -> Any:
    """Keep what the caller has chosen."""
    hour = request.form.get("digestHour", "")
    fields = {
        "muted": [kind for kind in notifying.KINDS if kind not in request.form.getlist("shown")],
        "mailed": request.form.getlist("mailed"),
        "digestHour": int(hour) if hour.isascii() and hour.isdigit() and len(hour) < 3 else hour or None,
        "timeZone": time_zones.read(request.form.get("timeZone", "")),
    }
    try:
        body = forms.read(NotificationSettingsSchema(), fields)
        chosen = notifying.Settings(tuple(body["muted"]), tuple(body["mailed"]), body["digest_hour"], body["time_zone"])
        notifying.choose(chosen, by=callers.by(), now=clock.now())
    except Invalid as error:
        return _settings_form(fields, error), error_responses.status_of(error)
    return flash.redirect_to("/app/notifications", "What you are told is kept.")


def _settings_form(chosen: dict[str, Any], error: Invalid | None = None) -> str:
    by = callers.by()
    return render_template(
        "notifications/settings.html",
        kinds=list(notifying.KINDS.items()),
        chosen=chosen,
        errors=forms.by_field(error.errors) if error else {},
        problem=None,
        hours=[("", "No digest"), *((str(hour), f"{hour:02}:00") for hour in range(24))],
        email=people.find(by.tenant_id, by.id).email,
    )


@blueprint.get("/app/notifications/<notification_id>/open")
@callers.needs("member")
def open_it(notification_id: str) -> Any:
    """Mark a notification as read, and go to what it is about."""
    notice = inbox.read(callers.by(), notification_id, now=clock.now())
    return flash.redirect_to(urls.local(notice.link, "/app/notifications"))


@blueprint.post("/app/notifications/<notification_id>/read")
@callers.needs("member")
def read(notification_id: str) -> Any:
    """Mark a notification as read."""
    inbox.read(callers.by(), notification_id, now=clock.now())
    return flash.redirect_to("/app/notifications")


@blueprint.post("/app/notifications/read-all")
@callers.needs("member")
def read_all() -> Any:
    """Mark all notifications as read."""
    inbox.read_all(callers.by(), now=clock.now())
    return flash.redirect_to("/app/notifications")


def toast(notice: JsonObject) -> Toast:
    """A notification that has just come, over the page."""
    found = shown(notice)
    return Toast(found["title"], found["tone"], found["icon"], found["body"], found["link"], found["id"])


def shown(notice: JsonObject) -> JsonObject:
    """A notification with its style. Its link goes through `open_it`, and is left out if it would leave the console."""
    style = status_style.of("superseded" if notice.get("superseded") else notice["kind"])
    link = f"/app/notifications/{quote(notice['id'], safe='')}/open" if urls.local(notice.get("link"), "") else ""
    return notice | {"tone": style.colour, "icon": style.icon, "link": link}
