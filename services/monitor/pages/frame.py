"""The frame around every page: who is here, where they are, what changed since, and what was just done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, g, has_request_context, request
from flask.blueprints import BlueprintSetupState

from services.monitor import live, notifying, people, rights
from services.monitor.pages import addresses, dressing, failures, saying
from shared import clock
from shared.acts import By
from shared.errors import TandemError

PLACES = (
    ("Runs", "/app/runs", "runs", "member"),
    ("Partnerships", "/app/partnerships", "partnerships", "member"),
    ("Renewals", "/app/renewals", "renewals", "member"),
    ("Tasks", "/app/tasks", "tasks", "member"),
    ("Contacts", "/app/contacts", "contacts", "member"),
    ("Flows", "/app/flows", "flows", "member"),
    ("Monitor", "/app/monitor", "monitor", "member"),
    ("Admin", "/app/admin", "admin", "developer"),
)
A_YEAR = 365 * 24 * 3600

blueprint = Blueprint(
    "frame",
    __name__,
    static_folder=str(dressing.STATIC),
    static_url_path="/static",
    template_folder=str(dressing.TEMPLATES),
)


@blueprint.record_once
def _dress(state: BlueprintSetupState) -> None:
    dressing.dress(state.app)  # type: ignore[arg-type]


@blueprint.after_request
def _keep(response: Response) -> Response:
    """A static file's address changes with the file (dressing.asset), so a browser need not ask again."""
    if request.endpoint == "frame.static" and "v" in request.args and response.status_code in (200, 304):
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response


def room(name: str, import_name: str) -> Blueprint:
    """A blueprint of pages: it notes where the feed stood before anything is read, and answers errors as pages."""
    made = Blueprint(name, import_name)
    made.before_request(_note_position)
    made.after_request(saying.forget)
    made.after_request(_stay)
    made.register_error_handler(TandemError, failures.show)
    return made


def _stay(response: Response) -> Response:
    """A form that was refused leaves the browser at the page it stood on: its own address answers no GET."""
    if request.method == "POST" and response.status_code >= 400:
        response.headers["HX-Replace-Url"] = "false"
    return response


def _note_position() -> None:
    if request.method in ("GET", "HEAD"):
        g.position = live.head()


@dataclass(frozen=True)
class Here:
    """The person at the page, as the templates name them."""

    id: str
    name: str
    role: str
    tenant_id: str
    tenant_name: str
    sees_all_tenants: bool


@blueprint.app_context_processor
def _surroundings() -> dict[str, Any]:
    caller = g.get("caller") if has_request_context() else None
    if caller is None:
        return {"now": clock.now(), "zone": "UTC", "person": None, "places": ()}
    return surroundings(caller.by) | {
        "here": "/" + "/".join(request.path.strip("/").split("/")[:2]),
        "here_url": addresses.here_url(),
        "position": g.get("position", 0),
        "stream": addresses.stream(),
        "take_said": saying.take_said,
        "links": addresses.links,
    }


def surroundings(by: By) -> dict[str, Any]:
    """What templates need to know of the person who looks, with or without a request around."""
    tenant = people.tenant(by.tenant_id)
    role = next(iter(sorted(by.roles)), "member")
    return {
        "now": clock.now(),
        "zone": tenant.time_zone,
        "sees_payloads": by.may(rights.SEES_PAYLOADS),
        "may_settle": by.may("operator"),
        "unread": notifying.unread(by),
        "person": Here(by.id, by.name, role, by.tenant_id, tenant.name, by.may("super_admin")),
        "places": [{"name": name, "href": href, "icon": icon} for name, href, icon, needed in PLACES if by.may(needed)],
        "problem": None,
        "errors": {},
        "form": {},
    }
