"""The Flask application of every service, and what happens around each of its requests."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request
from flask_smorest import Blueprint

from shared.feed.changes import Feed
from shared.ground import ids, logs
from shared.ground.settings import Settings
from shared.security import tokens
from shared.web import (
    api_reference,
    callers,
    compression,
    current_service,
    entity_tags,
    error_responses,
    feed_routes,
    measuring,
    request_checks,
)
from shared.web.current_service import EXTENSION, Service
from shared.web.health import Health, Metrics, add_routes

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
    app.extensions[EXTENSION] = Service(
        settings, feed, tokens.Verifier(settings.keys), authenticate, deactivated, metrics
    )
    _around_requests(app)
    error_responses.map_errors(app, on_page_error, _count_error)
    api = error_responses.ProblemApi(app)
    api.on_page_error = on_page_error
    for blueprint in (*blueprints, feed_routes.changes_blueprint(feed)):
        if isinstance(blueprint, Blueprint):
            api.register_blueprint(blueprint)
        else:
            app.register_blueprint(blueprint)
    api_reference.add_route(app)
    health = health or Health()
    if settings.database_url.startswith(SQLITE):
        health.folders.append(Path(settings.database_url.removeprefix(SQLITE)).parent)
    add_routes(app, feed, migrations, health, metrics)
    return app


class _App(Flask):
    """Repeats a request whose transaction was aborted to break a deadlock (`Feed.retry_on_deadlock`)."""

    def dispatch_request(self, *args: Any) -> Any:
        """See Flask."""
        return current_service.current().feed.retry_on_deadlock(functools.partial(super().dispatch_request, *args))


def _count_error() -> None:
    current_service.current().metrics.errors.inc()


def _around_requests(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_close)


def _begin() -> None:
    """Set the id of the request, open the connection, and check caller, role and input."""
    measuring.begin()
    request_id = request.headers.get("X-Request-Id", "")
    logs.request_id.set(request_id if REQUEST_ID.fullmatch(request_id) else ids.new_id())
    if request.endpoint in ("livez", "readyz", "metrics"):
        return
    service, view = current_service.current(), current_app.view_functions.get(request.endpoint or "")
    service.feed.database.connect(reuse_if_open=True)
    callers.identify()
    callers.authorise(view)
    request_checks.check(view, service.settings.file_bytes)
    request_checks.refuse_repeated_parameters()


def _end(response: Response) -> Response:
    """Name the request in its answer, tag the answer with its version, and measure and log it."""
    response.headers["X-Request-Id"] = logs.request_id.get()
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    entity_tags.attach(response)
    if not measuring.is_postponed():
        measuring.end(response.status_code)
    return response


def _close(_: BaseException | None) -> None:
    database = current_service.current().feed.database
    if not database.is_closed():
        database.close()
