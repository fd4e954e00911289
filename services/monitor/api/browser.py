"""How requests of browsers are handled: the session cookie, the refusal of other sites, security headers, and
streams."""

from __future__ import annotations

import re
import select
import socket
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from flask import Flask, Response, request

from services.monitor import sessions
from services.monitor.models import database, people
from services.monitor.stream_limit import stream_limit
from shared.database.connection import session
from shared.ground import clock, logs
from shared.ground.errors import Forbidden, Unauthenticated
from shared.ground.principal import Principal
from shared.security.tokens import Caller, Verifier
from shared.web import application, callers, current_service, error_responses

COOKIE = "tandem_session"
DEVICE_COOKIE = "tandem_device"
"""The cookie that marks a browser as one in which a person has signed in (services.monitor.sign_in_limits). It signs nobody in."""

DEVICE_TOKEN = re.compile(r"[\w-]{40,64}", re.ASCII)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def authenticate() -> Caller | None:
    """The person of the session in the cookie; None without a valid session."""
    signed_in = sessions.authenticate(request.cookies.get(COOKIE), clock.now(), logs.request_id.get())
    return Caller("monitor", signed_in.by, is_service=False) if signed_in else None


def guard(app: Flask) -> None:
    """Refuse requests that another site makes a browser send, and add the security headers to each response."""
    app.before_request(_refuse_other_sites)
    app.after_request(_add_headers)


def _refuse_other_sites() -> None:
    """Forbidden for a request of another site that changes something. A request with a bearer token is let through,
    because no browser sends one by itself, and so is one under MACHINE without the session cookie. One with any other
    Authorization header, such as that of a proxy, is authenticated by its cookie and therefore checked."""
    machine = request.path.startswith(error_responses.MACHINE) and COOKIE not in request.cookies
    if request.method in SAFE or machine or callers.bearer_token():
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site != "same-origin" and (site is not None or not _is_ours(request.headers.get("Origin"))):
        raise Forbidden("This was not sent from a page of this console.")


def _is_ours(origin: str | None) -> bool:
    """Whether a request comes from our own pages, by its Origin header: Sec-Fetch-Site is absent over plain http to
    another machine."""
    return origin is not None and urlsplit(origin).netloc in (
        request.host,
        urlsplit(current_service.settings().console_url).netloc,
    )


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def let_in(response: Response, token: str, device_token: str) -> Response:
    """Set the session cookie and the long-lived cookie that marks this browser."""
    secure = current_service.settings().secure_cookies
    response.set_cookie(COOKIE, token, httponly=True, samesite="Lax", secure=secure, path="/")
    lasting = sessions.DEVICE_DAYS * 24 * 3600
    response.set_cookie(
        DEVICE_COOKIE, device_token, max_age=lasting, httponly=True, samesite="Strict", secure=secure, path="/sign-in"
    )
    return response


def device() -> str | None:
    """The token of the cookie that marks this browser; None without one."""
    token = request.cookies.get(DEVICE_COOKIE, "")
    return token if DEVICE_TOKEN.fullmatch(token) else None


def let_out(response: Response) -> Response:
    """Delete the session cookie."""
    response.delete_cookie(
        COOKIE, path="/", httponly=True, samesite="Lax", secure=current_service.settings().secure_cookies
    )
    return response


def reauthenticator() -> Callable[[], Principal | None]:
    """Returns a function that authenticates the caller of this request again, even after the request was answered. It
    returns None when they may no longer watch."""
    bearer = callers.bearer_token()
    cookie, verifier = request.cookies.get(COOKIE), Verifier(current_service.settings().keys)

    def ask() -> Principal | None:
        if bearer:
            try:
                by = verifier.caller(bearer, clock.now()).by
            except Unauthenticated:
                return None
            with session(database):
                return None if people.deactivated(by.tenant_id, by.id) else by
        with session(database):
            signed_in = sessions.authenticate(cookie, clock.now())
        return signed_in.by if signed_in else None

    return ask


def disconnect_check() -> Callable[[], bool]:
    """Returns a function that says whether the browser has closed this request's connection.

    Without it a stream would hold its thread until the next ping fails. It returns False if the server does not expose
    its socket.
    """
    line = request.environ.get("gunicorn.socket")

    def ask() -> bool:
        if not isinstance(line, socket.socket):
            return False
        try:
            waiting = select.poll()
            waiting.register(line, select.POLLIN | select.POLLHUP)
            return bool(waiting.poll(0)) and line.recv(1, socket.MSG_PEEK) == b""
        except OSError:
            return True

    return ask


def last_event_id(after: int | None) -> int | None:
    """The Last-Event-ID of a browser that reconnects; otherwise `after`, the position that its page noted."""
    event_id = request.headers.get("Last-Event-ID", "")
    return int(event_id) if event_id.isascii() and event_id.isdigit() and len(event_id) < 19 else after


def event_stream(frames: Callable[[], Iterator[str]], person_id: str) -> Response:
    """A response of server-sent events, on a thread of its own, with the headers that keep proxies from buffering it.

    TooMany or Unavailable when this person, or all people together, have too many streams open; a browser tries again later.
    """
    settings = current_service.settings()
    release = stream_limit.acquire(person_id, most=settings.streams, most_per_person=settings.streams_per_person)
    request.environ[application.OWN_THREAD] = True
    response = Response(
        frames(), mimetype="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    response.call_on_close(release)
    return response
