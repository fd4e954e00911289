"""Errors as pages: what happened, in words, and where to go from there."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Response, g, redirect, render_template, request
from werkzeug.exceptions import default_exceptions

from shared import errors, logs, refusals
from shared.database import OperationalError

TITLES = {
    400: "That request cannot be read",
    403: "You may not do this",
    404: "There is no such page",
    405: "That cannot be done here",
    409: "Not as it stands now",
    412: "Somebody was here first",
    413: "That is too large",
    422: "That cannot be accepted",
    429: "Too many tries",
    500: "Something went wrong here",
    503: "Not answering",
}
UNSAID = {
    404: "This address leads nowhere. It may be mistyped, or what it led to is gone.",
    405: "This address is for a form, not for looking at.",
    413: "What was sent is larger than this console takes.",
}
"""In place of the server's own standing texts."""

STALE = "It has changed since you opened it, so nothing was written. Look at it as it is now, and decide again."


def show(error: errors.TandemError) -> Any:
    """The page for one of our errors; somebody who is not signed in is led to the sign-in instead."""
    if isinstance(error, errors.Unauthenticated):
        return _sign_in()
    status = refusals.status_of(error)
    message = STALE if isinstance(error, errors.Stale) else error.message
    failure = {
        "allowed": error.details.get("allowed"),
        "errors": error.errors if isinstance(error, errors.Invalid) else None,
    }
    return failed(status, message, **failure)


def failed(status: int, message: str, **more: Any) -> Any:
    """The page for a status, wherever it came from."""
    if status == 401:
        return _sign_in()
    standing = default_exceptions.get(status)
    if standing is not None and message == standing.description:
        message = UNSAID.get(status, message)
    failure = {
        "title": TITLES.get(status, TITLES[500]),
        "detail": message[:1].upper() + message[1:],
        "again": None,
        **more,
    }
    if status in (409, 412, 422, 503):
        failure |= {"again": _came_from(), "again_word": "Try again" if status == 503 else "Look at it now"}
    if status >= 500:
        failure["request_id"] = logs.request_id.get()
    try:
        template = "door/failure.html" if g.get("caller") is not None else "door/bare_failure.html"
        return render_template(template, failure=failure), status
    except OperationalError:
        # The frame asks who is here; without the database there is only the message to show.
        g.caller = None
        return render_template("door/bare_failure.html", failure=failure), status


def problem_of(error: errors.TandemError) -> dict[str, Any]:
    """An error as a form's page shows it above its fields."""
    status = refusals.status_of(error)
    message = STALE if isinstance(error, errors.Stale) else error.message
    return {
        "title": TITLES.get(status, TITLES[500]),
        "detail": message[:1].upper() + message[1:],
        "allowed": error.details.get("allowed"),
        "status": status,
    }


def _came_from() -> str:
    """The page that the refused form stood on, if it was one of ours."""
    told = urlsplit(request.headers.get("Referer", ""))
    if told.netloc == request.host and told.path.startswith("/app/"):
        return told.path + (f"?{told.query}" if told.query else "")
    return request.full_path.rstrip("?") if request.method == "GET" else "/app/monitor"


def _sign_in() -> Any:
    """To the sign-in, and back here afterwards; htmx is told to take the whole page there."""
    place = _wanted()
    address = "/sign-in" + ("?" + urlencode({"next": place}) if place else "")
    if request.headers.get("HX-Request"):
        return Response("", 401, {"HX-Redirect": address})
    return redirect(address, 303)


def _wanted() -> str:
    """The page to come back to: the one that was asked for, or that a part of it was asked from."""
    told = urlsplit(request.headers.get("HX-Current-URL", "")) if request.headers.get("HX-Request") else None
    if told is not None:
        ours = told.netloc == request.host and told.path.startswith("/app/")
        return told.path + (f"?{told.query}" if told.query else "") if ours else ""
    return request.full_path.rstrip("?") if request.method == "GET" and request.path.startswith("/app/") else ""
