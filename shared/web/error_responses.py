"""Answers every error as problem details (RFC 9457), or as a page in the console."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, Request, Response, request
from flask_smorest import Api, Blueprint
from marshmallow import Schema, ValidationError, missing
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException

from shared.contracts.camel import camel
from shared.contracts.problems import ProblemSchema
from shared.database import constraints
from shared.database.connection import DataError, IntegrityError, OperationalError
from shared.ground import errors, logs

log = logging.getLogger(__name__)

STATUS: tuple[tuple[type[errors.TandemError], int], ...] = (
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.Invalid, 422),
    (errors.Malformed, 400),
    (errors.TooLarge, 413),
    (errors.Unauthenticated, 401),
    (errors.Forbidden, 403),
    (errors.Stale, 412),
    (errors.TooMany, 429),
    (errors.Failed, 502),
    (errors.Unavailable, 503),
)
GUARDED = ("/api/", "/internal/")
"""Under these prefixes a view that declares no role is refused."""

MACHINE = (*GUARDED, "/oauth/", "/webhooks/")
"""Under these prefixes errors are problem details; elsewhere they may be pages."""


def status_of(error: errors.TandemError) -> int:
    """The HTTP status of a TandemError."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 400)


class StrictParser(FlaskParser):
    """Refuses unknown query parameters like unknown fields, so that a mistyped filter does not list everything.

    The JSON body is the one that `shared.web.request_checks` has read.
    """

    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": None}

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The JSON body; or the fields of a form with a file, where the schema takes one."""
        if req.mimetype == "multipart/form-data" and getattr(schema, "takes_form", False):
            return self.load_form(req, schema)
        return super().load_json(req, schema)

    def _raw_load_json(self, req: Request) -> Any:
        return req.get_json() if req.is_json and req.get_data(cache=True) else missing


Blueprint.ARGUMENTS_PARSER = StrictParser()


class ProblemApi(Api):
    """flask-smorest with RFC 9457 problem details instead of its own format of errors."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_RESPONSE_CONTENT_TYPE: str
    on_page_error: Callable[[int, str], Any] | None = None

    def _register_responses(self) -> None:
        """Document errors as problem+json. This is a private hook of flask-smorest; hence the narrow pin in
        pyproject.toml."""
        content_type, self.DEFAULT_RESPONSE_CONTENT_TYPE = (
            self.DEFAULT_RESPONSE_CONTENT_TYPE,
            "application/problem+json",
        )
        try:
            super()._register_responses()
        finally:
            self.DEFAULT_RESPONSE_CONTENT_TYPE = content_type

    def handle_http_exception(self, error: HTTPException) -> Any:
        """Answer an HTTPException with a page under the console's paths, and with problem details everywhere else."""
        if self.on_page_error and not request.path.startswith(MACHINE):
            return self.on_page_error(error.code or 500, error.description or "")
        data = getattr(error, "data", None) or {}
        messages = data.get("errors") or data.get("messages")
        headers = {
            name: value
            for name, value in error.get_headers(request.environ)
            if name.lower() not in ("content-type", "content-length")
        }
        detail = data.get("message") or error.description
        if messages:
            detail = "Some of what was sent is not acceptable; see `errors`."
        return problem(
            error.code or 500,
            error.name,
            detail,
            errors=by_path(messages) if messages else None,
            headers={**headers, **(data.get("headers") or {})},
        )


def problem(
    status: int, title: str, detail: str | None, *, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """A response of problem details. `more` are extension members; those that are None are left out."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "instance": request.path}
    body |= {name: value for name, value in more.items() if value is not None}
    return Response(
        json.dumps(body, default=str), status, {**(headers or {}), "Content-Type": "application/problem+json"}
    )


def problem_of(error: errors.TandemError) -> Response:
    """A TandemError as problem details."""
    status = status_of(error)
    details = {name: value for name, value in error.details.items() if name != "retry_after"}
    return problem(
        status,
        re.sub(r"(?<!^)(?=[A-Z])", " ", type(error).__name__),
        error.message,
        errors=error.errors or None,
        headers={"WWW-Authenticate": "Bearer"} if status == 401 else wait_before_retry(error),
        **details,
    )


def wait_before_retry(error: errors.TandemError) -> dict[str, str]:
    """The Retry-After header of TooMany, Unavailable and Failed; empty for others."""
    if not isinstance(error, errors.TooMany | errors.Unavailable):
        return {}
    return {"Retry-After": str(error.details.get("retry_after", 5))}


def by_path(messages: Any, prefix: str = "") -> dict[str, list[str]]:
    """Errors of marshmallow as `{"steps.0.title": ["..."]}`, without the leading name of their location
    (json, query, form, headers)."""
    if not isinstance(messages, Mapping):
        return {prefix or "_schema": messages if isinstance(messages, list) else [str(messages)]}
    flat: dict[str, list[str]] = {}
    for name, inner in messages.items():
        place = (
            prefix
            if not prefix and name in ("json", "query", "form", "headers", "json_or_form")
            else f"{prefix}.{name}"
            if prefix
            else str(name)
        )
        flat |= by_path(inner, place)
    return flat


def check_by(schema: Schema) -> Callable[[dict[str, Any]], tuple[Any, dict[str, list[str]]]]:
    """Returns a check for imports: it loads a dict keyed by column names with the schema and returns (result, errors by
    field)."""

    def check(fields: dict[str, Any]) -> tuple[Any, dict[str, list[str]]]:
        try:
            return schema.load(_camel(fields)), {}
        except ValidationError as error:
            return None, by_path(error.messages)

    return check


def _camel(fields: dict[str, Any]) -> dict[str, Any]:
    return {camel(name): _camel(value) if isinstance(value, dict) else value for name, value in fields.items()}


def map_errors(app: Flask, on_page_error: Callable[[int, str], Any] | None, on_unexpected: Callable[[], None]) -> None:
    """Answer TandemErrors, database errors and unexpected exceptions with problem details or a page.

    `on_unexpected` is called for each unexpected one (500).
    """

    def answer(status: int, title: str, message: str, **more: Any) -> Any:
        if on_page_error and not request.path.startswith(MACHINE):
            return on_page_error(status, message)
        return problem(status, title, message, **more)

    @app.errorhandler(errors.TandemError)
    def refused(error: errors.TandemError) -> Any:
        if on_page_error and not request.path.startswith(MACHINE):
            return on_page_error(status_of(error), " ".join([error.message, *error.reasons()]))
        return problem_of(error)

    @app.errorhandler(DataError)
    @app.errorhandler(OverflowError)
    def out_of_range(error: Exception) -> Any:
        log.warning("a value that no column can hold", exc_info=error)
        return answer(422, "Invalid", "A value is outside what can be stored.")

    @app.errorhandler(IntegrityError)
    def constraint_violation(error: Exception) -> Any:
        conflict = constraints.conflict_of(error)
        if conflict is None:
            return unexpected(error)
        log.warning("a constraint of the database refused it", exc_info=error)
        conflict.errors = {name: reasons for name, reasons in conflict.errors.items() if name in _sent()}
        return refused(conflict)

    @app.errorhandler(OperationalError)
    def database_away(error: Exception) -> Any:
        if constraints.is_our_mistake(error):
            return unexpected(error)
        log.error("the database is not answering", exc_info=error)
        return answer(
            503, "Unavailable", "The database is not answering. Try again in a moment.", headers={"Retry-After": "2"}
        )

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Any:
        on_unexpected()
        log.error("unexpected error", exc_info=error)
        return answer(
            500,
            "Internal Server Error",
            f"Something went wrong here. Say this id when you report it: {logs.request_id.get()}",
        )


def _sent() -> frozenset[str]:
    """The names of the fields in the request; errors on other fields are dropped."""
    sent = request.get_json(silent=True) if request.is_json else request.form
    return frozenset(sent) if isinstance(sent, Mapping) else frozenset()
