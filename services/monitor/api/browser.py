"""What is special about callers that are browsers: the session cookie, requests from other sites, headers, and streams."""

from __future__ import annotations

import select
import socket
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from flask import Flask, Response, request

from services.monitor import sessions
from services.monitor.models import database
from shared import clock, logs, refusals, web
from shared.acts import By
from shared.database import session
from shared.errors import Forbidden, Unauthenticated
from shared.tokens import Caller, Verifier

COOKIE = "tandem_session"
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
    """The person whose session the cookie names, as the one who asks; None when there is none."""
    signed_in = sessions.who(request.cookies.get(COOKIE), clock.now(), logs.request_id.get())
    return Caller("monitor", signed_in.by, is_service=False) if signed_in else None


def guard(app: Flask) -> None:
    """Refuse what other sites make a browser send, and say what a page of ours may load."""
    app.before_request(_refuse_other_sites)
    app.after_request(_add_headers)


def _refuse_other_sites() -> None:
    """A browser says where a request comes from. Only what carries a bearer token, which no browser sends by itself, need not."""
    machine = request.path.startswith(refusals.MACHINE) and COOKIE not in request.cookies
    if request.method in SAFE or machine or request.authorization is not None:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site != "same-origin" and (site is not None or not _is_ours(request.headers.get("Origin"))):
        raise Forbidden("This was not sent from a page of this console.")


def _is_ours(origin: str | None) -> bool:
    """Sec-Fetch-Site is absent over plain http to another machine; the Origin header is not."""
    return origin is not None and urlsplit(origin).netloc in (request.host, urlsplit(web.settings().console_url).netloc)


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def let_in(response: Response, token: str) -> Response:
    """Give the browser the cookie of a session that was just opened."""
    response.set_cookie(COOKIE, token, httponly=True, samesite="Lax", secure=web.settings().secure_cookies, path="/")
    return response


def let_out(response: Response) -> Response:
    """Take the cookie back."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="Lax", secure=web.settings().secure_cookies)
    return response


def still() -> Callable[[], By | None]:
    """A function that asks again whether the caller of this request may go on watching, for after the request has been answered."""
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    cookie, verifier = request.cookies.get(COOKIE), Verifier(web.settings().keys)

    def ask() -> By | None:
        if scheme.lower() == "bearer":
            try:
                return verifier.caller(bearer.strip(), clock.now()).by
            except Unauthenticated:
                return None
        with session(database):
            signed_in = sessions.who(cookie, clock.now())
        return signed_in.by if signed_in else None

    return ask


def hung_up() -> Callable[[], bool]:
    """A function that says whether the browser has closed this request's connection; else a stream learns it at its next ping.

    A page that is left must not hold a thread until then. Where the server does not hand out its socket, the answer is no.
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
    """Where a browser that comes back was, or else where the page that it shows was rendered."""
    told = request.headers.get("Last-Event-ID", "")
    return int(told) if told.isdigit() and len(told) < 19 else after


def event_stream(frames: Iterator[str]) -> Response:
    """A response of server-sent events; nothing between us and the browser may keep them back."""
    return Response(
        frames, mimetype="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
