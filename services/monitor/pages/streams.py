"""The one stream of a page: the parts that changed, rendered again, as server-sent events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask, Response, current_app, request

from services.monitor import live, rights
from services.monitor.api import browser
from services.monitor.models import database
from services.monitor.pages import frame, watching
from shared import web
from shared.acts import By
from shared.database import session

blueprint = frame.room("streams", __name__)


class Looking:
    """Who looks, as of the last time that it was asked: rights may be taken away while a stream is open."""

    def __init__(self, ask: Callable[[], By | None], by: By) -> None:
        self.ask, self.by = ask, by

    def __call__(self) -> By | None:
        """Ask again, and keep the answer if they may still look."""
        now = self.ask()
        self.by = now or self.by
        return now


@blueprint.get("/app/live")
@web.needs("member")
def stream() -> Response:
    """What changes on the page that names itself in the query: the list, a run or a renewal; always notifications."""
    watched: dict[str, str] = request.args.to_dict()
    tenant, after, looking = watched.get("tenant"), watched.get("after", ""), Looking(browser.still(), web.by())
    rights.scope(looking.by, tenant)
    shown = browser.last_event_id(int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None)
    # The hub looks every tenth of a second, so a page can be newer than what it has read; only one newer than the feed
    # itself was rendered from another database.
    known = shown is not None and shown <= live.head()
    events = live.subscribe(
        looking,
        after=shown,
        gone=browser.hung_up(),
        scope=lambda now: rights.scope(now, tenant),
    )
    app: Any = current_app
    newest = shown if known else None
    return browser.event_stream(
        _frames(app._get_current_object(), events, looking, watching.parts_of(watched, looking.by), newest)
    )


def _frames(
    app: Flask,
    events: Iterator[live.Event | None],
    looking: Looking,
    parts_of: watching.Parts,
    shown: int | None,
) -> Iterator[str]:
    """The events as frames. A context of the application and a connection are held only while something is rendered."""
    yield live.PING
    position = None
    for event in events:
        if event is None:
            # An id without data moves the place from which a browser that comes back goes on.
            yield live.PING if position is None else f"id: {position}\n\n"
            continue
        position = event.position
        if event.kind == "reset":
            if shown is None or position >= shown:
                yield live.frame(position, "", "tandem:reload")
            continue
        with app.app_context(), session(database):
            parts = parts_of(event, looking.by)
        if parts:
            yield live.frame(position, "\n".join(parts))
