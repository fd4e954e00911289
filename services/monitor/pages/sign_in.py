"""Getting in and out: by a link that works once, or by e-mail and password."""

from __future__ import annotations

import secrets
from typing import Any

from flask import g, redirect, render_template, request

from services.monitor import sessions
from services.monitor.api import browser
from services.monitor.pages import addresses, frame
from shared import clock, errors, ids, logs, web

START = "/app/monitor"

blueprint = frame.room("sign_in", __name__)


@blueprint.get("/")
@blueprint.get("/app")
def start() -> Any:
    """The console's first page."""
    return redirect(START)


@blueprint.get("/sign-in")
def ask() -> Any:
    """The form. A link is only used when its button is pressed: what merely looks at addresses must not spend it."""
    if g.get("caller") is not None and not request.args.get("link"):
        return redirect(addresses.local(request.args.get("next"), START))
    return _form(None)


@blueprint.post("/sign-in")
def enter() -> Any:
    """Open a session and go on to where the person wanted to be."""
    token, now = secrets.token_urlsafe(32), clock.now()
    try:
        if link := request.form.get("link"):
            sessions.by_link(link, token=token, now=now, request_id=logs.request_id.get())
        else:
            email, password = request.form.get("email", ""), request.form.get("password", "")
            sessions.by_password(
                email, password, token=token, try_id=ids.new_id(), now=now, request_id=logs.request_id.get()
            )
    except (errors.Unauthenticated, errors.TooMany) as error:
        return _form(error.message), 429 if isinstance(error, errors.TooMany) else 401
    return browser.let_in(redirect(addresses.local(request.form.get("next"), START), 303), token)  # type: ignore[arg-type]


@blueprint.post("/sign-out")
@web.needs("member")
def leave() -> Any:
    """End this session."""
    sessions.sign_out(request.cookies.get(browser.COOKIE, ""), now=clock.now())
    return browser.let_out(redirect("/sign-in", 303))  # type: ignore[arg-type]


def _form(problem: str | None) -> str:
    link = request.args.get("link") if problem is None else None
    place = addresses.local(request.values.get("next"), "")
    return render_template(
        "door/sign_in.html",
        problem=problem,
        link_token=link,
        next=place,
        email=request.form.get("email", ""),
        errors={},
    )
