"""Views that create something once, however often the request comes with the same Idempotency-Key."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, current_app, g, request

from shared.ground import clock, errors
from shared.web import uploads
from shared.web.callers import by
from shared.web.idempotency import Answer, Idempotency


def _in_one_transaction(_: Any) -> bool:
    return False


def begun_at() -> datetime | None:
    """When a request in several transactions with this Idempotency-Key first arrived; None for any other request."""
    return g.get("begun_at")


def idempotent(
    store: Idempotency, *, in_parts: Callable[[Any], bool] = _in_one_transaction
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator of a view that creates something, placed directly under its route: with an Idempotency-Key header it is
    done once, and a repeat gets the first answer.

    `in_parts` decides by the body whether the request runs in several transactions, each of which may be repeated.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def once(*args: Any, **path: Any) -> Any:
            key = request.headers.get("Idempotency-Key")
            if key is None:
                return view(*args, **path)
            if not 1 <= len(key) <= 255:
                raise errors.Invalid(
                    "An Idempotency-Key has 1 to 255 characters.", errors={"Idempotency-Key": ["1 to 255 characters."]}
                )
            body = _body_to_compare()

            def make() -> Answer:
                response = current_app.make_response(view(*args, **path))
                return Answer(response.status_code, response.get_json(), {"etag": g.etag} if "etag" in g else {})

            def continue_from(begun: datetime) -> Answer:
                g.begun_at = begun
                return make()

            place = by().tenant_id, by().id, f"{request.method} {request.path}", key, body
            if in_parts(body):
                answer = store.once_in_parts(*place, continue_from, now=clock.now())
            else:
                answer = store.once(*place, make, now=clock.now())
            if answer.headers and "etag" in answer.headers:
                g.etag = answer.headers["etag"]
            return Response(json.dumps(answer.body), answer.status, {"Content-Type": "application/json"})

        return once

    return decorate


def _body_to_compare() -> Any:
    """The body by which a repeat is known. Each sending of a form has a boundary of its own, so its parts are
    compared, files by their content."""
    if request.is_json:
        return request.get_json(silent=True)
    if request.mimetype != "multipart/form-data":
        return request.get_data(as_text=True)
    files = [
        [name, file.filename, hashlib.sha256(uploads.content_of(file)).hexdigest()]
        for name, file in request.files.items(multi=True)
    ]
    return {"form": [list(field) for field in request.form.items(multi=True)], "files": files}
