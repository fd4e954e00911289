"""The Admin page of parked changes: those that a service could not apply, with the reason and a button to retry
them."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

from flask import render_template, request

from services.monitor import clients
from services.monitor.models import acts, feed
from services.monitor.pages import admin, api_client, flash, frame
from shared.ground.errors import Invalid, NotFound
from shared.web import callers, feed_routes

SHOWN = 100
OWN = "monitor"
PLACE = "/app/admin/parked"


class Part(NamedTuple):
    """The parked changes of one service, or the fact that it does not answer."""

    service: str
    changes: list[dict[str, Any]]
    away: api_client.ServiceDown | None = None


blueprint = frame.page_blueprint("parked", __name__)
blueprint.context_processor(admin.rooms)


@blueprint.get(PLACE)
@callers.needs("operator")
def list_parked() -> Any:
    """The parked changes of every service. One that does not answer leaves a gap; the rest is shown."""
    parts = [Part(OWN, _own())]
    for service in clients.OWNERS:
        body, away = api_client.optional(
            "Its parked changes cannot be shown.",
            functools.partial(api_client.get, service, "/api/parked-changes", limit=SHOWN),
            {},
        )
        parts.append(Part(service, body.get("items", []), away))
    return render_template("admin/parked.html", parts=parts)


@blueprint.post(f"{PLACE}/retry")
@callers.needs("operator")
def retry_parked() -> Any:
    """Retry one parked change, or all of a service."""
    service = request.form.get("service", "")
    if service not in (OWN, *clients.OWNERS):
        raise Invalid("There is no such part.", errors={"service": ["Not a part of Tandem."]})
    wanted = {name: request.form[name] for name in ("source", "kind", "subject") if request.form.get(name)}
    try:
        count = _retry(service, wanted)
    except NotFound:
        return flash.redirect_to(PLACE, "It is parked no longer.")
    return flash.redirect_to(
        PLACE, f"{count} will be tried again within seconds; what can be applied leaves this list."
    )


def _own() -> list[dict[str, Any]]:
    page = feed_routes.page_of_parked(feed, callers.by(), limit=SHOWN)
    return [feed_routes.ParkedChangeSchema().dump(row) for row in page.items]


def _retry(service: str, wanted: dict[str, str]) -> int:
    if service == OWN:
        return feed_routes.retry_soon(feed, acts, callers.by(), wanted)
    return int(api_client.send(service, "POST", "/api/parked-changes/retry", wanted)["retried"])
