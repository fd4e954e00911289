"""The pages for signing in, by a link that works once or by e-mail and password, and for signing out."""

from __future__ import annotations

import secrets
from typing import Any

from flask import g, redirect, render_template, request

from services.monitor import sessions
from services.monitor.api import browser
from services.monitor.pages import flash, frame, urls
from shared.ground import clock, errors, ids, logs
from shared.web import callers, error_responses

START = "/app"

blueprint = frame.page_blueprint("sign_in", __name__)


@blueprint.get("/")
def start() -> Any:
    """The console's first page."""
    return redirect(START)


@blueprint.get("/sign-in")
def ask() -> Any:
    """The sign-in form. A link is only used when its button is pressed, so that programs that merely open addresses do
    not use it up."""
    if g.get("caller") is not None and not request.args.get("link"):
        return redirect(urls.local(request.args.get("next"), START))
    return _form(None)


@blueprint.post("/sign-in")
def enter() -> Any:
    """Open a session and go to the page that the person wanted."""
    token, now, device = secrets.token_urlsafe(32), clock.now(), browser.device() or secrets.token_urlsafe(32)
    try:
        if link := request.form.get("link"):
            sessions.sign_in_with_link(link, token=token, now=now, request_id=logs.request_id.get(), device=device)
        else:
            sessions.sign_in_with_password(
                request.form.get("email", ""),
                request.form.get("password", ""),
                token=token,
                try_id=ids.new_id(),
                now=now,
                request_id=logs.request_id.get(),
                address=request.remote_addr or "",
                device=device,
            )
    except (errors.Unauthenticated, errors.TooMany, errors.Unavailable) as error:
        return _form(error.message), error_responses.status_of(error), error_responses.wait_before_retry(error)
    response: Any = redirect(urls.local(request.form.get("next"), START), 303)
    return browser.let_in(response, token, device)


@blueprint.post("/sign-out")
@callers.needs("member")
def leave() -> Any:
    """End this session."""
    sessions.sign_out(request.cookies.get(browser.COOKIE, ""), now=clock.now())
    return browser.let_out(redirect("/sign-in", 303))  # type: ignore[arg-type]


def _form(problem: str | None) -> str:
    link = request.args.get("link") if problem is None else None
    place = urls.local(request.values.get("next"), "")
    return render_template(
        "auth/sign_in.html",
        problem=problem,
        said=flash.take_flash(),
        link_token=link,
        next=place,
        email=request.form.get("email", ""),
        errors={},
    )
