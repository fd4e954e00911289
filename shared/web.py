"""The Flask application that every service is: who asks, what they may, paging, ETags, the feed's door."""

from __future__ import annotations

import functools
import json
import logging
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, after_this_request, current_app, g, request
from flask_smorest import Blueprint
from markupsafe import Markup

from shared import clock, errors, ids, logs, refusals, tokens
from shared.acts import By
from shared.contracts.changes import ChangesArgs, ChangesSchema
from shared.contracts.paging import Page
from shared.feed import Feed
from shared.health import Health, Metrics, add_doors
from shared.idempotency import Answer, Idempotency
from shared.settings import Settings

log = logging.getLogger(__name__)

REQUEST_ID = re.compile(r"[\w.:-]{1,80}")
LONGEST_BODY = 8 * 1024 * 1024


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
    import_name: str = "shared",
) -> Flask:
    """One service's application.

    `authenticate` may find the caller elsewhere than in the Authorization header (the console's session cookie).
    `on_page_error(status, message)` renders errors outside the machine's prefixes. `migrations` is the context's own folder of them.
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
        "MAX_CONTENT_LENGTH": LONGEST_BODY,
        "PROPAGATE_EXCEPTIONS": False,
    }
    app.json.sort_keys = False  # type: ignore[attr-defined]
    metrics = Metrics()
    app.extensions["tandem"] = _Extension(settings, feed, tokens.Verifier(settings.keys), authenticate, metrics)
    _guard(app)
    refusals.map_errors(app, on_page_error, _own_error)
    api = refusals.ProblemApi(app)
    api.on_page_error = on_page_error
    for blueprint in (*blueprints, _internal(feed)):
        if isinstance(blueprint, Blueprint):
            api.register_blueprint(blueprint)
        else:
            app.register_blueprint(blueprint)
    _add_reference(app)
    add_doors(app, feed, migrations, health or Health(), metrics)
    return app


class _App(Flask):
    """Whose requests are done again where a deadlock was broken at their cost: nobody is told of it."""

    def dispatch_request(self, *told: Any) -> Any:
        """See Flask."""
        return _own().feed.again(functools.partial(super().dispatch_request, *told))


@dataclass
class _Extension:
    settings: Settings
    feed: Feed
    verifier: tokens.Verifier
    authenticate: Callable[[], tokens.Caller | None] | None
    metrics: Metrics


def _own_error() -> None:
    _own().metrics.errors.inc()


def _own() -> _Extension:
    return current_app.extensions["tandem"]


def settings() -> Settings:
    """The settings of the service whose request this is."""
    return _own().settings


def needs(role: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator of a view: who may call it. "member", "developer", "operator", "admin", "super_admin", or "service" (between services)."""

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        view.needed_role = role  # type: ignore[attr-defined]
        return view

    return mark


def caller() -> tokens.Caller:
    """Who asks. Unauthenticated when nobody does."""
    found = g.get("caller")
    if found is None:
        raise errors.Unauthenticated("Sign in, or send a bearer token.")
    return found


def by() -> By:
    """The actor whom verbs write down, of the tenant whose rows they may touch."""
    return caller().by


def by_as(role: str) -> By:
    """Whoever acts, where a service brings a person along (run control). Forbidden when that person may not do what `role` may."""
    acting = by()
    if not acting.may(role):
        raise errors.Forbidden(f"This needs the role {role}.")
    return acting


def _guard(app: Flask) -> None:
    """Before each request: its id, its connection, its caller, its right; after it: one line of log and one observation."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        given = request.headers.get("X-Request-Id", "")
        logs.request_id.set(given if REQUEST_ID.fullmatch(given) else ids.new_id())
        if request.endpoint in ("livez", "metrics"):
            return
        _own().feed.database.connect(reuse_if_open=True)
        _identify()
        _authorise(app.view_functions.get(request.endpoint or ""))
        _refuse_unstorable_text()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = logs.request_id.get()
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if "etag" in g:
            response.set_etag(g.etag)
            response.make_conditional(request)
        seconds = time.perf_counter() - g.get("began", time.perf_counter())
        route = request.url_rule.rule if request.url_rule else "none"
        _own().metrics.seconds.labels(request.method, route, str(response.status_code)).observe(seconds)
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


def _identify() -> None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if token and scheme.lower() == "bearer":
        g.caller = _own().verifier.caller(token.strip(), clock.now(), logs.request_id.get())
    elif (other := _own().authenticate) is not None:
        g.caller = other()


def _authorise(view: Callable[..., Any] | None) -> None:
    if view is None:
        return
    role = getattr(view, "needed_role", None)
    if role is None:
        if request.path.startswith(refusals.GUARDED) and request.method != "OPTIONS":
            raise errors.Forbidden("Nobody may call this.")
        return
    asking = caller()
    if role == "service" and not asking.is_service:
        raise errors.Forbidden("This is for services only.")
    if role != "service" and not asking.by.may(role):
        raise errors.Forbidden(f"This needs the role {role}.")


def _refuse_unstorable_text() -> None:
    """NUL and lone surrogates can be written in JSON but in no database column: refused here once, for every field there is."""
    if "%00" in request.full_path or "\x00" in request.path:
        raise errors.Invalid("The address holds a NUL character.")
    if request.is_json and request.content_length:
        text = request.get_data(cache=True)
        if b"\\u0000" in text or b"\x00" in text:
            raise errors.Invalid("The body holds a NUL character, which no field can.")
        if b"\\ud" in text.lower():
            try:
                json.dumps(json.loads(text), ensure_ascii=False).encode()
            except UnicodeEncodeError:
                raise errors.Invalid("The body holds half of a surrogate pair, which is no character.") from None
            except ValueError:
                return


def _internal(feed: Feed) -> Blueprint:
    """The feed's door, the same at every service."""
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
    def changes(asked: dict[str, Any]) -> Response:
        """What changed behind a position, whole, in the order in which it was committed."""
        told = feed.changes_as_json(asked["after"], asked["kinds"].split(","), asked["limit"])
        return Response(told, content_type="application/json")

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
    """The OpenAPI document as one plain page: every operation with its first sentence."""
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
    """`body`, and the ETag of this version of it on the response."""
    g.etag = f"v{version}"
    return body


def if_match() -> int | None:
    """The version that the caller believes to be current; None when it does not say. Stale when the tag is none of ours."""
    told = request.headers.get("If-Match", "").strip()
    if told in ("", "*"):
        return None
    found = re.fullmatch(r'(?:W/)?"v(\d{1,18})"', told)
    if not found:
        raise errors.Stale("This has changed since you read it, or its ETag is not one of ours. Read it again.")
    return int(found[1])


def page_body(page: Page) -> dict[str, Any]:
    """The body of a list (`shared.contracts.paging.page_of`), with the Link header (RFC 8288) set beside it."""
    if page.next:
        query = {name: value for name, value in request.args.items(multi=True) if name not in ("cursor", "offset")} | {
            "cursor": page.next
        }

        @after_this_request
        def link(response: Response) -> Response:
            response.headers["Link"] = f'<{request.path}?{urlencode(query)}>; rel="next"'
            return response

    return {"items": page.items, "pagination": page}


def idempotent(store: Idempotency) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator of a creation, directly under its route: with an Idempotency-Key header it is made once and answered the same twice."""

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
            body = request.get_json(silent=True) if request.is_json else request.get_data(as_text=True)

            def make() -> Answer:
                response = current_app.make_response(view(*args, **path))
                return Answer(response.status_code, response.get_json(), {"etag": g.etag} if "etag" in g else {})

            answer = store.once(
                by().tenant_id, by().id, f"{request.method} {request.path}", key, body, make, now=clock.now()
            )
            if answer.headers and "etag" in answer.headers:
                g.etag = answer.headers["etag"]
            return Response(json.dumps(answer.body), answer.status, {"Content-Type": "application/json"})

        return once

    return decorate
