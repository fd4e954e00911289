"""The event stream of a page: the parts that changed, rendered again, as server-sent events."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask, Response, current_app, request

from services.monitor import live, tenant_scope
from services.monitor.api import browser
from services.monitor.models import database
from services.monitor.pages import frame, watching
from shared.database.connection import session
from shared.ground import errors
from shared.ground.principal import Principal
from shared.web import callers, error_responses

RENDERING_AT_ONCE = 2

blueprint = frame.page_blueprint("streams", __name__)
_rendering = threading.Semaphore(RENDERING_AT_ONCE)
"""How many threads may render parts at once, so that requests for pages do not wait until an event is rendered for
hundreds of viewers."""


class Viewer:
    """The caller of a stream, with the rights of the last check, because they may lose them while it is open."""

    def __init__(self, ask: Callable[[], Principal | None], by: Principal) -> None:
        self.ask, self.by = ask, by

    def __call__(self) -> Principal | None:
        """Check again. None when the caller may no longer watch."""
        now = self.ask()
        self.by = now or self.by
        return now


@blueprint.get("/app/live")
@callers.needs("member")
def stream() -> Response:
    """What changes on the page that the query names (the list, a run, a renewal or a guided run), and always
    notifications."""
    watched: dict[str, str] = request.args.to_dict()
    tenant, after, viewer = (
        watched.get("tenant"),
        watched.get("after", ""),
        Viewer(browser.reauthenticator(), callers.by()),
    )
    tenant_scope.scope(viewer.by, tenant)
    shown = browser.last_event_id(int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None)
    # The hub reads at intervals, so a page can be newer than what it has read. Only a page that is newer than the feed
    # itself was rendered from another database.
    is_read = shown is not None and shown <= live.head()
    batches = live.subscribe_to_batches(
        viewer,
        after=shown,
        is_disconnected=browser.disconnect_check(),
        scope=lambda now: tenant_scope.scope(now, tenant),
    )
    app: Any = current_app
    newest = shown if is_read else None
    parts_of, late = watching.parts_of(watched, viewer.by), watching.lateness(watched)
    try:
        return browser.event_stream(
            lambda: _frames(app._get_current_object(), batches, viewer, parts_of, late, newest), viewer.by.id
        )
    except (errors.TooMany, errors.Unavailable) as error:
        return error_responses.problem_of(error)


def _frames(
    app: Flask,
    batches: Iterator[list[live.Event]],
    viewer: Viewer,
    parts_of: watching.Parts,
    late: Callable[[], list[str]],
    shown: int | None,
) -> Iterator[str]:
    """The events as frames. An application context and a connection are only open while something is rendered."""
    yield live.PING
    position = None
    for events in batches:
        if not events:
            # An id without data moves the position from which a reconnecting browser resumes.
            yield live.PING if position is None else f"id: {position}\n\n"
            with _rendering, app.app_context(), session(database):
                parts = late()
            if parts:
                yield live.frame(position, "\n".join(parts))
            continue
        position = events[-1].position
        if events[-1].kind == "reset":
            if shown is None or position >= shown:
                yield live.frame(position, "", "tandem:reload")
            continue
        with _rendering, app.app_context(), session(database):
            parts = parts_of(events, viewer.by)
        if parts:
            yield live.frame(position, "\n".join(parts))
