"""Shows errors as pages: what happened, in words, and where to go from there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Response, g, redirect, render_template, request
from werkzeug.exceptions import default_exceptions

from services.monitor.pages import wording
from services.monitor.pages.toasts import Toast
from shared.database.connection import OperationalError
from shared.ground import errors, logs
from shared.web import error_responses

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
    502: "Another part failed",
    503: "Not answering",
}
UNSAID = {
    404: "This address leads nowhere. It may be mistyped, or what it led to is gone.",
    405: "This address is for a form, not for looking at.",
    413: "What was sent is larger than this console takes.",
}
"""Messages in place of those that Werkzeug gives these errors."""

KEPT = (429, 500, 502, 503)
"""The statuses of a form that was not done for no fault of its own; what was typed into it is kept."""

BESIDE = {"HX-Retarget": "#toasts", "HX-Reswap": "beforeend", "HX-Reselect": ".toast", "HX-Replace-Url": "false"}
"""The headers that leave the page and its form as they are, and put the answer beside them."""

STALE = "It has changed since you opened it, so nothing was written. Look at it as it is now, and decide again."


@dataclass(frozen=True)
class Failure:
    """What the page of an error says: what happened, where to go from there, and how to name it to whoever looks into it.

    `form` are the fields that were typed, which can be sent again.
    """

    title: str
    detail: str
    allowed: Sequence[str] | None = None
    errors: Mapping[str, Any] | None = None
    again: str = ""
    again_word: str = ""
    request_id: str = ""
    form: Sequence[tuple[str, str]] = ()


def show(error: errors.TandemError) -> Any:
    """The page for a TandemError; a redirect to the sign-in for a caller who is not signed in."""
    if isinstance(error, errors.Unauthenticated):
        return _sign_in()
    status = error_responses.status_of(error)
    message = _said(error)
    response = failed(status, message, allowed=error.details.get("allowed"), errors=error.errors)
    response.headers.update(error_responses.wait_before_retry(error))
    return response


def failed(status: int, message: str, **more: Any) -> Any:
    """The page for an HTTP status."""
    if status == 401:
        return _sign_in()
    default = default_exceptions.get(status)
    if default is not None and message == default.description:
        message = UNSAID.get(status, message)
    failure = Failure(
        TITLES.get(status, TITLES[500]),
        message[:1].upper() + message[1:],
        again=_came_from(status) if status in (409, 412, 413, 422, 502, 503) else "",
        again_word="Try again" if status >= 500 else "Look at it now",
        request_id=logs.request_id.get() if status >= 500 else "",
        **more,
    )
    if status in KEPT and request.method == "POST" and g.get("caller") is not None:
        if request.headers.get("HX-Request"):
            return Response(_beside_the_form(failure), status, BESIDE)
        failure = replace(failure, form=_typed())
    try:
        template = "errors/failure.html" if g.get("caller") is not None else "errors/bare_failure.html"
        return Response(render_template(template, failure=failure), status)
    except (OperationalError, errors.NotFound):
        # The layout looks up the caller. Without the database, or for an unknown tenant, only the message can be shown.
        g.caller = None
        return Response(render_template("errors/bare_failure.html", failure=failure), status)


def _beside_the_form(failure: Failure) -> str:
    """A toast that says what went wrong, over the page that still has what was typed."""
    body = f"{failure.detail} What you typed is still here."
    if failure.request_id and "not answering" not in failure.detail:
        body += f" Reference: {failure.request_id}."
    notice = Toast(failure.title, "waiting", "warning", body, stays=True)
    return render_template("frame/toast.html", notice=notice)


def _typed() -> list[tuple[str, str]]:
    """What the form contained, for the failure's page to send again. Nothing if it contained a file, which cannot be
    filled in again."""
    return [] if request.files else list(request.form.items(multi=True))


@dataclass(frozen=True)
class Problem:
    """An error as a form shows it above its fields; `allowed` are the words of what can be done now."""

    title: str
    detail: str
    status: int
    allowed: Sequence[str] = ()


def problem_of(error: errors.TandemError, detail: str = "") -> Problem:
    """An error as a form shows it above its fields, with this detail or the error's own message."""
    status, message = error_responses.status_of(error), detail or _said(error)
    allowed: Any = error.details.get("allowed") or ()
    return Problem(TITLES.get(status, TITLES[500]), message[:1].upper() + message[1:], status, allowed)


def _said(error: errors.TandemError) -> str:
    """The message of an error. If a service failed or did not answer, it names the part of the product instead of the
    service."""
    if isinstance(error, errors.Stale):
        return STALE
    service = str(error.details.get("service", ""))
    if isinstance(error, errors.Failed) and error.message.startswith(f"{service} failed at this"):
        return wording.part(service) + error.message.removeprefix(service)
    if isinstance(error, errors.Unavailable) and error.message == f"{service} is not answering.":
        return f"{wording.part(service)} are not answering. Nothing is lost; try again in a moment."
    return error.message


def _came_from(status: int) -> str:
    """The page that sent this request, if it is one of the console's; else the requested address for a GET, without the
    filters that were refused, else the monitor."""
    address = urlsplit(request.headers.get("Referer", ""))
    if address.netloc == request.host and address.path.startswith("/app/"):
        return address.path + (f"?{address.query}" if address.query else "")
    if request.method != "GET":
        return "/app/monitor"
    return request.path if status == 422 else request.full_path.rstrip("?")


def _sign_in() -> Any:
    """A redirect to the sign-in, which returns here afterwards. A request of htmx gets 401 with an HX-Redirect header
    instead, so that the browser loads the whole page."""
    place = _wanted()
    address = "/sign-in" + ("?" + urlencode({"next": place}) if place else "")
    if request.headers.get("HX-Request"):
        return Response("", 401, {"HX-Redirect": address})
    return redirect(address, 303)


def _wanted() -> str:
    """The page to return to after the sign-in: the requested page, or for a request of htmx the page that sent it; ""
    if neither is a page of the console that can be loaded again."""
    address = urlsplit(request.headers.get("HX-Current-URL", "")) if request.headers.get("HX-Request") else None
    if address is not None:
        ours = address.netloc == request.host and address.path.startswith("/app/")
        return address.path + (f"?{address.query}" if address.query else "") if ours else ""
    return request.full_path.rstrip("?") if request.method == "GET" and request.path.startswith("/app/") else ""
