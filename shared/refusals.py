"""How a service says no: every error as problem details (RFC 9457), or as a page where people look."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, Response, request
from flask_smorest import Api, Blueprint
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException

from shared import errors, logs
from shared.contracts.problems import ProblemSchema
from shared.database import DataError, OperationalError

log = logging.getLogger(__name__)

STATUS: tuple[tuple[type[errors.TandemError], int], ...] = (
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.Invalid, 422),
    (errors.Unauthenticated, 401),
    (errors.Forbidden, 403),
    (errors.Stale, 412),
    (errors.TooMany, 429),
    (errors.Unavailable, 503),
)
GUARDED = ("/api/", "/internal/")
"""Under these prefixes a view that does not say who may call it is refused to everybody."""

MACHINE = (*GUARDED, "/oauth/", "/webhooks/")
"""Under these prefixes errors are problem details; elsewhere a page may show them."""


def status_of(error: errors.TandemError) -> int:
    """The HTTP status of one of our errors."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 400)


class StrictParser(FlaskParser):
    """Refuses unknown query parameters as it refuses unknown fields: a filter with a typing error must not list everything."""

    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": None}


Blueprint.ARGUMENTS_PARSER = StrictParser()


class ProblemApi(Api):
    """flask-smorest with RFC 9457 problem details in place of its own shape of error."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_RESPONSE_CONTENT_TYPE: str
    on_page_error: Callable[[int, str], Any] | None = None

    def _register_responses(self) -> None:
        """Document errors as problem+json. A private hook of flask-smorest, therefore the narrow pin in pyproject.toml."""
        kept, self.DEFAULT_RESPONSE_CONTENT_TYPE = self.DEFAULT_RESPONSE_CONTENT_TYPE, "application/problem+json"
        try:
            super()._register_responses()
        finally:
            self.DEFAULT_RESPONSE_CONTENT_TYPE = kept

    def handle_http_exception(self, error: HTTPException) -> Any:
        """Every HTTPException of the application: a page where people look, problem details everywhere else."""
        if self.on_page_error and not request.path.startswith(MACHINE):
            return self.on_page_error(error.code or 500, error.description or "")
        data = getattr(error, "data", None) or {}
        told = data.get("errors") or data.get("messages")
        kept = {
            name: value
            for name, value in error.get_headers(request.environ)
            if name.lower() not in ("content-type", "content-length")
        }
        detail = data.get("message") or error.description
        if told:
            detail = "Some of what was sent is not acceptable; see `errors`."
        return problem(
            error.code or 500,
            error.name,
            detail,
            errors=by_path(told) if told else None,
            headers={**kept, **(data.get("headers") or {})},
        )


def problem(
    status: int, title: str, detail: str | None, *, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """A response of problem details; `more` are its extension members, those that are None left out."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "instance": request.path}
    body |= {name: value for name, value in more.items() if value is not None}
    return Response(
        json.dumps(body, default=str), status, {**(headers or {}), "Content-Type": "application/problem+json"}
    )


def by_path(told: Any, prefix: str = "") -> dict[str, Any]:
    """Errors of marshmallow as `{"steps.0.title": ["..."]}`: the place they came in (body, query) is left out of the path."""
    if not isinstance(told, Mapping):
        return {prefix or "_schema": told if isinstance(told, list) else [str(told)]}
    flat: dict[str, Any] = {}
    for name, inner in told.items():
        place = (
            prefix
            if not prefix and name in ("json", "query", "form", "headers", "json_or_form")
            else f"{prefix}.{name}"
            if prefix
            else str(name)
        )
        flat |= by_path(inner, place)
    return flat


def map_errors(app: Flask, on_page_error: Callable[[int, str], Any] | None, on_ours: Callable[[], None]) -> None:
    """Our errors, and the few of the database that callers can cause, as problem details or as a page.

    `on_ours` is called for each that nobody but us is to blame for.
    """

    def answer(status: int, title: str, message: str, **more: Any) -> Any:
        if on_page_error and not request.path.startswith(MACHINE):
            return on_page_error(status, message)
        return problem(status, title, message, **more)

    @app.errorhandler(errors.TandemError)
    def refused(error: errors.TandemError) -> Any:
        status = status_of(error)
        named = error.errors if isinstance(error, errors.Invalid) and error.errors else None
        headers = (
            {"WWW-Authenticate": "Bearer"}
            if status == 401
            else {"Retry-After": str(error.details.get("retry_after", 5))}
            if status in (429, 503)
            else None
        )
        details = {name: value for name, value in error.details.items() if name not in ("errors", "retry_after")}
        return answer(
            status,
            re.sub(r"(?<!^)(?=[A-Z])", " ", type(error).__name__),
            error.message,
            errors=named,
            headers=headers,
            **details,
        )

    @app.errorhandler(DataError)
    @app.errorhandler(OverflowError)
    def out_of_range(error: Exception) -> Any:
        log.warning("a value that no column can hold", exc_info=error)
        return answer(422, "Invalid", "A value is outside what can be stored.")

    @app.errorhandler(OperationalError)
    def database_away(error: Exception) -> Any:
        log.error("the database is not answering", exc_info=error)
        return answer(
            503, "Unavailable", "The database is not answering. Try again in a moment.", headers={"Retry-After": "2"}
        )

    @app.errorhandler(Exception)
    def ours(error: Exception) -> Any:
        on_ours()
        log.error("unexpected error", exc_info=error)
        return answer(
            500,
            "Internal Server Error",
            f"Something went wrong here. Say this id when you report it: {logs.request_id.get()}",
        )
