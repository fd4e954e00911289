"""Sends the frame of a page at once, and the page into it when those who are asked have answered.

The browser fetches the styles and shows the rail meanwhile (docs/decisions/015).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from flask import Response, current_app, request, stream_with_context
from markupsafe import escape

from services.monitor.models import database
from services.monitor.pages import api_client, flash, frame
from shared.database.connection import session
from shared.ground.json_types import JsonObject
from shared.web import measuring

PAGE_BEGINS = re.compile(f"{frame.PAGE_BEGINS}|<main ")
"""Where a page begins in what was rendered whole; that of a failure which nobody is known to have has no frame."""


def page(title: str, render: Callable[[], Any]) -> Any:
    """The page that `render` makes, with this title. Whatever can refuse the page is asked before this is called.

    Somebody who visits the page gets it in two parts. What fails in `render` is then shown as the page of that error,
    but its status is 200, which has been sent by then; the log and the metrics have the true one. Every other request
    gets the page whole: a script, a part of a page, and the page after a form, which deletes the cookie of what was
    done.
    """
    if not _is_visit():
        return render()
    measuring.postpone()
    parts = stream_with_context(_parts(frame.beginning(title), render))
    return Response(parts, mimetype="text/html", headers={"X-Accel-Buffering": "no"})


def asked_first(question: Callable[[], JsonObject]) -> JsonObject:
    """The answer on which it hangs whether there is a page, and its title; what the frame shows is read meanwhile."""
    asked = api_client.begin(question)
    frame.read_beginning()
    [answer] = asked.wait()
    return answer


def _is_visit() -> bool:
    """Whether a browser goes to this address, to show what it gets as a page of its own."""
    navigates = request.headers.get("Sec-Fetch-Mode") == "navigate"
    return navigates and request.method == "GET" and flash.COOKIE not in request.cookies


def _parts(beginning: str, render: Callable[[], Any]) -> Iterator[str]:
    yield beginning
    status = 500
    try:
        with session(database):
            response = _answer(render)
        status, whole = response.status_code, response.get_data(as_text=True)
        if response.location:
            yield f'<meta http-equiv="refresh" content="0;url={escape(response.location)}">'
        begins = PAGE_BEGINS.search(whole)
        yield whole[begins.start() :] if begins else whole
    finally:
        measuring.end(status)


def _answer(render: Callable[[], Any]) -> Response:
    """The page, or the page of the error that it ended with."""
    try:
        return current_app.make_response(render())
    except Exception as error:
        return current_app.make_response(current_app.handle_user_exception(error))
