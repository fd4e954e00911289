"""The Flask application of every service: authentication, roles, paging, ETags, idempotency keys, and the feed's
endpoint."""

from __future__ import annotations

import functools
import hashlib
import json
import logging
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, after_this_request, current_app, g, request
from flask_smorest import Blueprint
from markupsafe import Markup
from werkzeug.datastructures import FileStorage

from shared.contracts.changes import ChangesArgs, ChangesSchema, Seen
from shared.contracts.paging import Page
from shared.feed.changes import Feed
from shared.ground import clock, errors, ids, logs
from shared.ground.principal import Principal
from shared.ground.settings import Settings
from shared.security import tokens
from shared.web import compression, error_responses, request_checks
from shared.web.health import Health, Metrics, add_routes
from shared.web.idempotency import Answer, Idempotency

log = logging.getLogger(__name__)

REQUEST_ID = re.compile(r"[\w.:-]{1,80}")
SQLITE = "sqlite:///"
OWN_THREAD = "tandem.own_thread"
"""Set in the environ of a request whose answer is long-lived (server-sent events), so that a thread of its own writes
it."""


def make_app(
    settings: Settings,
    feed: Feed,
    blueprints: Iterable[Any],
    *,
    title: str,
    migrations: Path,
    health: Health | None = None,
    authenticate: Callable[[], tokens.Caller | None] | None = None,
    on_page_error: Callable[[int, str], Any] | None = None,
    deactivated: Callable[[str, str], bool] = lambda tenant_id, person_id: False,
    import_name: str = "shared",
) -> Flask:
    """The application of one service.

    `authenticate` may find the caller elsewhere than in the Authorization header (the console's session cookie).
    `deactivated(tenant_id, person_id)` says whether a person has been deactivated although their token is still valid.
    `on_page_error(status, message)` renders errors outside the prefixes of machines. `migrations` is the context's
    folder of migrations.
    """
    app = _App(import_name, static_folder=None)
    app.config |= {
        "API_TITLE": title,
        "API_VERSION": "1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/",
        "OPENAPI_JSON_PATH": "openapi.json",
        "API_SPEC_OPTIONS": {
            "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}},
            "security": [{"bearer": []}],
        },
        "MAX_CONTENT_LENGTH": request_checks.LONGEST_BODY,
        "PROPAGATE_EXCEPTIONS": False,
    }
    app.json = request_checks.StrictJson(app)
    compression.install(app)
    metrics = Metrics()
    app.extensions["tandem"] = _Extension(
        settings, feed, tokens.Verifier(settings.keys), authenticate, deactivated, metrics
    )
    _guard(app)
    error_responses.map_errors(app, on_page_error, _own_error)
    api = error_responses.ProblemApi(app)
    api.on_page_error = on_page_error
    for blueprint in (*blueprints, _internal(feed)):
        if isinstance(blueprint, Blueprint):
            api.register_blueprint(blueprint)
        else:
            app.register_blueprint(blueprint)
    _add_reference(app)
    health = health or Health()
    if settings.database_url.startswith(SQLITE):
        health.folders.append(Path(settings.database_url.removeprefix(SQLITE)).parent)
    add_routes(app, feed, migrations, health, metrics)
    return app


class _App(Flask):
    """Repeats a request whose transaction was aborted to break a deadlock (`Feed.retry_on_deadlock`)."""

    def dispatch_request(self, *args: Any) -> Any:
        """See Flask."""
        return _own().feed.retry_on_deadlock(functools.partial(super().dispatch_request, *args))


@dataclass
class _Extension:
    settings: Settings
    feed: Feed
    verifier: tokens.Verifier
    authenticate: Callable[[], tokens.Caller | None] | None
    deactivated: Callable[[str, str], bool]
    metrics: Metrics


def _own_error() -> None:
    _own().metrics.errors.inc()


def _own() -> _Extension:
    return current_app.extensions["tandem"]


def settings() -> Settings:
    """The settings of the current application."""
    return _own().settings


def needs(role: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator of a view: the lowest role that may call it, or "service" for calls between services."""

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        view.needed_role = role  # type: ignore[attr-defined]
        return view

    return mark


def caller() -> tokens.Caller:
    """The caller of this request. Unauthenticated when there is none."""
    caller_ = g.get("caller")
    if caller_ is None:
        raise errors.Unauthenticated("Sign in, or send a bearer token.")
    return caller_


def by() -> Principal:
    """The principal of this request, as verbs record it; its tenant is the one whose rows may be read and written."""
    return caller().by


def by_for_a_tenant() -> Principal:
    """Like `by`. Invalid for a service's token that is for no tenant in particular."""
    acting = by()
    if acting.tenant_id == tokens.ANY_TENANT:
        raise errors.Invalid("Say for which tenant: this token is for none in particular.")
    return acting


def by_as(role: str) -> Principal:
    """The principal for whom a service calls (run control). Forbidden when that person does not have the role."""
    acting = by()
    if not acting.may(role):
        raise errors.Forbidden(f"This needs the role {role}.")
    return acting


def _guard(app: Flask) -> None:
    """Before each request set its id, open the connection, and check caller, role and input; log and measure it
    afterwards."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        request_id = request.headers.get("X-Request-Id", "")
        logs.request_id.set(request_id if REQUEST_ID.fullmatch(request_id) else ids.new_id())
        if request.endpoint in ("livez", "readyz", "metrics"):
            return
        _own().feed.database.connect(reuse_if_open=True)
        _identify()
        _authorise(app.view_functions.get(request.endpoint or ""))
        request_checks.check(app.view_functions.get(request.endpoint or ""), settings().file_bytes)
        _refuse_repeated_parameters()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = logs.request_id.get()
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if "etag" in g:
            response.set_etag(g.etag)
            response.make_conditional(request)
        seconds = time.perf_counter() - g.get("began", time.perf_counter())
        route = request.url_rule.rule if request.url_rule else "none"
        _own().metrics.observe(request.method, route, response.status_code, seconds)
        level = (
            logging.DEBUG
            if request.path.startswith(("/internal/changes", "/livez", "/readyz", "/metrics", "/static"))
            else logging.INFO
        )
        log.log(
            level,
            "request",
            extra={
                "method": request.method,
                "path": request.path,
                "status": response.status_code,
                "ms": round(seconds * 1000, 1),
            },
        )
        return response

    @app.teardown_request
    def close(_: BaseException | None) -> None:
        if not _own().feed.database.is_closed():
            _own().feed.database.close()


def bearer_token() -> str:
    """The bearer token of this request; "" for none, and for other kinds of authorization."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _identify() -> None:
    if token := bearer_token():
        g.caller = _own().verifier.caller(token, clock.now(), logs.request_id.get())
        refuse_deactivated(g.caller.by)
    elif (other := _own().authenticate) is not None:
        g.caller = other()


def refuse_deactivated(by: Principal) -> None:
    """Unauthenticated for a person who has been deactivated since their token was made."""
    if by.kind == "person" and _own().deactivated(by.tenant_id, by.id):
        raise errors.Unauthenticated("This person may no longer come in.")


def _authorise(view: Callable[..., Any] | None) -> None:
    if view is None:
        return
    role = getattr(view, "needed_role", None)
    if role is None:
        if request.path.startswith(error_responses.GUARDED) and request.method != "OPTIONS":
            raise errors.Forbidden("Nobody may call this.")
        return
    caller_ = caller()
    if role == "service" and not caller_.is_service:
        raise errors.Forbidden("This is for services only.")
    if role != "service" and not caller_.by.may(role):
        raise errors.Forbidden(f"This needs the role {role}.")


def _refuse_repeated_parameters() -> None:
    """Refuse a parameter that is given twice under MACHINE: none there takes several values, and one would be ignored
    silently."""
    if request.path.startswith(error_responses.MACHINE):
        refuse_repeated(*request.args)


def refuse_repeated(*names: str) -> None:
    """Invalid, naming them, when one of these query parameters is given more than once."""
    repeated = [name for name in names if len(request.args.getlist(name)) > 1]
    if repeated:
        raise errors.Invalid(
            f"The address gives {', '.join(repeated)} more than once.",
            errors={name: ["Give it once; it takes one value."] for name in repeated},
        )


def _internal(feed: Feed) -> Blueprint:
    """The endpoint of the feed, the same at every service."""
    blueprint = Blueprint(
        "internal_changes",
        __name__,
        url_prefix="/internal",
        description="Between services, with a service's token only.",
    )

    @blueprint.route("/changes")
    @needs("service")
    @blueprint.arguments(ChangesArgs, location="query")
    @blueprint.response(200, ChangesSchema)
    def changes(question: dict[str, Any]) -> Response:
        """What changed behind a position, whole, in the order of positions."""
        seen = Seen(question["epoch"], question["generation"]) if question["epoch"] else None
        text = feed.changes_as_json(question["after"], question["kinds"].split(","), question["limit"], seen)
        return Response(text, content_type="application/json")

    return blueprint


def _add_reference(app: Flask) -> None:
    @app.route("/docs")
    def docs() -> Any:
        return Response(
            _readable(app),
            content_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": "default-src 'none'"},
        )


def _readable(app: Flask) -> str:
    """The OpenAPI document as a plain page: every operation with its summary."""
    spec = app.test_client().get("/openapi.json").get_json()
    rows = [
        Markup("<tr><td><code>{} {}</code></td><td>{}</td></tr>").format(
            method.upper(), path, operation.get("summary", "")
        )
        for path, operations in spec["paths"].items()
        for method, operation in operations.items()
        if isinstance(operation, dict) and "responses" in operation
    ]
    return Markup(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>{0}</title><h1>{0}</h1><p>The whole description: '
        '<a href="/openapi.json">openapi.json</a></p><table>{1}</table></html>'
    ).format(spec["info"]["title"], Markup("").join(rows))


def tagged(body: Any, version: int) -> Any:
    """Return `body`, and set the ETag of this version on the response."""
    g.etag = f"v{version}"
    return body


def if_match() -> int | None:
    """The version in the If-Match header; None when there is none, or `*`. Stale when the tag is not one of
    ours."""
    tag = request.headers.get("If-Match", "").strip()
    if tag in ("", "*"):
        return None
    match = re.fullmatch(r'(?:W/)?"v(\d{1,18})"', tag)
    if not match:
        raise errors.Stale("This has changed since you read it, or its ETag is not one of ours. Read it again.")
    return int(match[1])


def page_body(page: Page) -> dict[str, Any]:
    """The body of a list (`shared.contracts.paging.page_of`); if there is a next page, sets the Link header (RFC 8288)
    too."""
    if page.next:
        query = {name: value for name, value in request.args.items(multi=True) if name not in ("cursor", "offset")} | {
            "cursor": page.next
        }

        @after_this_request
        def link(response: Response) -> Response:
            response.headers["Link"] = f'<{request.path}?{urlencode(query)}>; rel="next"'
            return response

    return {"items": page.items, "pagination": page}


def _body_to_compare() -> Any:
    """The body by which a repeat is known. Each sending of a form has a boundary of its own, so its parts are
    compared, files by their content."""
    if request.is_json:
        return request.get_json(silent=True)
    if request.mimetype != "multipart/form-data":
        return request.get_data(as_text=True)
    files = [
        [name, file.filename, hashlib.sha256(content_of(file)).hexdigest()]
        for name, file in request.files.items(multi=True)
    ]
    return {"form": [list(field) for field in request.form.items(multi=True)], "files": files}


def content_of(file: FileStorage) -> bytes:
    """The whole content of a file that a form sent; it can be read again."""
    file.stream.seek(0)
    content = file.stream.read()
    file.stream.seek(0)
    return content


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
