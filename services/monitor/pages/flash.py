"""Flash messages: the page after a redirect says what was done. The message is in a cookie that is read once and escaped like any text."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask import Response, g, redirect, request

from shared.ground import ids, strict_json
from shared.ground.errors import Invalid
from shared.web import application

COOKIE = "tandem_said"
LONGEST = 600
MOST_BYTES = 3_800
"""A browser drops a cookie of more than 4,096 bytes, with its name and attributes, and the message with it."""

SHORT = 80
"""A good message up to this length, or one with an undo, floats above the page for a while, so that nothing moves under
the pointer; any other stays, to be read."""

MOST_PARTS = 30


@dataclass(frozen=True)
class Undo:
    """A task that was just completed, and the sub-tasks that were completed with it, for the form that reopens it."""

    task_id: str
    version: int
    parts: Sequence[str] = ()


def redirect_to(target: str, message: str = "", *, tone: str = "good", undo: Undo | None = None) -> Response:
    """Redirect after a form, with a message for the next page and what undoes the action."""
    response: Response = redirect(target, 303)  # type: ignore[assignment]
    if message:
        back = asdict(undo) | {"parts": list(undo.parts)[:MOST_PARTS]} if undo else None
        text = _encode({"text": message[:LONGEST], "tone": tone, "undo": back})
        response.set_cookie(
            COOKIE, text, max_age=60, httponly=True, samesite="Strict", secure=application.settings().secure_cookies
        )
    return response


def _encode(flash: dict[str, Any]) -> str:
    """The message as a cookie's value; its text is cut to what a browser stores."""
    while True:
        value = base64.urlsafe_b64encode(json.dumps(flash, ensure_ascii=False).encode(errors="replace")).decode()
        if len(value) <= MOST_BYTES:
            return value
        flash["text"] = flash["text"][: len(flash["text"]) * 3 // 4]


def take_flash() -> dict[str, Any] | None:
    """The message of the form before this page; it is shown once."""
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        return None
    g.flash_taken = True
    try:
        flash = strict_json.loads(base64.urlsafe_b64decode(cookie).decode())
        text, good, undo = str(flash["text"])[:LONGEST], flash["tone"] == "good", _undo(flash.get("undo"))
        return {
            "id": ids.new_id(),
            "text": text,
            "tone": "good" if good else "wait",
            "floats": good and (len(text) <= SHORT or undo is not None),
            "undo": undo,
        }
    except (ValueError, KeyError, TypeError, Invalid):
        return None


def _undo(data: Any) -> Undo | None:
    if not data:
        return None
    return Undo(str(data["task_id"]), int(data["version"]), tuple(map(str, data["parts"])))


def forget(response: Response) -> Response:
    """Delete the cookie after the page that showed its message."""
    if g.get("flash_taken"):
        response.delete_cookie(COOKIE, httponly=True, samesite="Strict", secure=application.settings().secure_cookies)
    return response
