"""What was just done, said by the page after the redirect: a cookie, read once and escaped like any text."""

from __future__ import annotations

import base64
import json

from flask import Response, g, redirect, request

from shared import web

SAID = "tandem_said"
LONGEST = 600


def go(target: str, said: str = "", *, tone: str = "good") -> Response:
    """Redirect after a form, with a line that the next page says."""
    response: Response = redirect(target, 303)  # type: ignore[assignment]
    if said:
        text = base64.urlsafe_b64encode(json.dumps({"text": said[:LONGEST], "tone": tone}).encode()).decode()
        response.set_cookie(
            SAID, text, max_age=60, httponly=True, samesite="Strict", secure=web.settings().secure_cookies
        )
    return response


def take_said() -> dict[str, str] | None:
    """What the form before this page said, once."""
    cookie = request.cookies.get(SAID)
    if not cookie:
        return None
    g.said_taken = True
    try:
        told = json.loads(base64.urlsafe_b64decode(cookie))
        return {"text": str(told["text"])[:LONGEST], "tone": "good" if told["tone"] == "good" else "wait"}
    except (ValueError, KeyError, TypeError):
        return None


def forget(response: Response) -> Response:
    """Take the cookie back after the page that said it."""
    if g.get("said_taken"):
        response.delete_cookie(SAID, httponly=True, samesite="Strict", secure=web.settings().secure_cookies)
    return response
