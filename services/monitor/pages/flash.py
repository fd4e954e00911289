"""Says what was done, in a toast over the page, with a button that takes it back where that is possible.

After a redirect the next page says it: the message is in a cookie that is read once and escaped like any text. An answer
that only replaces parts of a page brings its toast along.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from flask import Response, g, redirect, request

from services.monitor.pages import status_style, toasts, urls
from services.monitor.pages.toasts import Toast, Undo
from shared.ground import ids, strict_json
from shared.ground.errors import Invalid
from shared.ground.json_types import JsonObject
from shared.web import current_service

COOKIE = "tandem_said"
LONGEST = 600
MOST_BYTES = 3_800
"""A browser drops a cookie of more than 4,096 bytes, with its name and attributes, and the message with it."""

SHORT = 160
"""A good message up to this length leaves by itself after a while; any other stays until it is dismissed."""

CONSOLE = "/app/"


def redirect_to(target: str, message: str = "", *, tone: str = "good", undo: Undo | None = None) -> Response:
    """Redirect after a form, with a message for the next page and the form that takes it back.

    An undo whose fields are too much for a cookie is left out.
    """
    response: Response = redirect(target, 303)  # type: ignore[assignment]
    if message:
        text = _encode({"text": message[:LONGEST], "tone": tone, "undo": _undo_as_json(undo)})
        response.set_cookie(
            COOKIE, text, max_age=60, httponly=True, samesite="Strict", secure=current_service.settings().secure_cookies
        )
    return response


def toast(message: str, *, tone: str = "good", undo: Undo | None = None) -> str:
    """The toast as a part of an answer that htmx puts in place."""
    return toasts.part(_toast(message, tone, undo))


def take_flash() -> Toast | None:
    """The message of the form before this page; it is shown once."""
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        return None
    g.flash_taken = True
    try:
        flash = strict_json.loads(base64.urlsafe_b64decode(cookie).decode())
        return _toast(str(flash["text"])[:LONGEST], str(flash["tone"]), _undo(flash.get("undo")))
    except (ValueError, KeyError, TypeError, Invalid):
        return None


def forget(response: Response) -> Response:
    """Delete the cookie after the page that showed its message."""
    if g.get("flash_taken"):
        response.delete_cookie(
            COOKIE, httponly=True, samesite="Strict", secure=current_service.settings().secure_cookies
        )
    return response


def _toast(text: str, tone: str, undo: Undo | None) -> Toast:
    style = status_style.of("completed" if tone == "good" else "waiting")
    icon = style.icon if tone == "good" else "warning"
    stays = tone != "good" or len(text) > SHORT
    return Toast(text, style.colour, icon, id=ids.new_id(), undo=undo, stays=stays)


def _encode(flash: JsonObject) -> str:
    """The message as a cookie's value. What a browser does not store is left out: first the undo, then the text's end."""
    while True:
        value = base64.urlsafe_b64encode(json.dumps(flash, ensure_ascii=False).encode(errors="replace")).decode()
        if len(value) <= MOST_BYTES:
            return value
        if flash["undo"] and len(json.dumps(flash["undo"])) > MOST_BYTES // 4:
            flash["undo"] = None
        else:
            flash["text"] = flash["text"][: len(flash["text"]) * 3 // 4]


def _undo_as_json(undo: Undo | None) -> JsonObject | None:
    # A page that is loaded again has no parts to replace.
    return {"action": undo.action, "fields": [list(field) for field in undo.fields]} if undo else None


def _undo(data: Any) -> Undo | None:
    if not data:
        return None
    action = urls.local(str(data["action"]), "")
    if not action.startswith(CONSOLE):
        return None
    return Undo(action, tuple((str(name), str(value)) for name, value in data["fields"]))
