"""The layout around every page: who is signed in, where they are, what changed since, and what was just done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, g, has_request_context, request
from flask.blueprints import BlueprintSetupState

from services.monitor import freshness, inbox, people, profiles
from services.monitor.pages import api_client, bundles, failures, flash, template_filters, urls, wording
from shared.ground import clock
from shared.ground.errors import TandemError
from shared.ground.principal import Principal
from shared.web import callers, current_service

PLACES = (
    ("Home", "/app", "home", "member"),
    ("Inbox", "/app/inbox", "empty", "developer"),
    ("Tasks", "/app/tasks", "tasks", "member"),
    ("Customers", "/app/customers", "building", "member"),
    ("Renewals", "/app/renewals", "renewals", "member"),
    ("Contacts", "/app/contacts", "contacts", "member"),
    ("Partnerships", "/app/partnerships", "partnerships", "member"),
    ("Runs", "/app/runs", "runs", "member"),
    ("Import", "/app/import", "up", "member"),
    ("Monitor", "/app/monitor", "monitor", "member"),
    ("Admin", "/app/admin", "admin", "developer"),
)
PAGE_BEGINS = '<div id="work"'
"""Where the layout goes on with what is of one page."""

A_YEAR = 365 * 24 * 3600

blueprint = Blueprint(
    "frame",
    __name__,
    static_folder=str(bundles.STATIC),
    static_url_path="/static",
    template_folder=str(template_filters.TEMPLATES),
)


@blueprint.record_once
def _dress(state: BlueprintSetupState) -> None:
    template_filters.install(state.app)  # type: ignore[arg-type]


@blueprint.get("/static/style.css")
@blueprint.get("/static/script.js")
def bundle() -> Response:
    """All styles, or all scripts."""
    found = bundles.BUNDLES[request.path.rpartition("/")[2]]
    response = Response(found.content, mimetype=found.mimetype)
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.after_request
def _cache_for_a_year(response: Response) -> Response:
    """A static file's address changes with the file (template_filters.asset), so a browser need not ask again."""
    if (
        request.endpoint in ("frame.static", "frame.bundle")
        and "v" in request.args
        and response.status_code in (200, 304)
    ):
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response


def page_blueprint(name: str, import_name: str) -> Blueprint:
    """A blueprint of pages. It notes the feed's position before anything is read, and answers errors as pages."""
    made = Blueprint(name, import_name)
    made.before_request(_note_position)
    made.after_request(flash.forget)
    made.after_request(_stay)
    made.register_error_handler(TandemError, failures.show)
    return made


def fragment(template: str, **context: Any) -> str:
    """A template that shows nothing of the layout, without what the layout shows: what is asked at each key must not
    count what is unread."""
    return current_app.jinja_env.get_template(template).render(context)


def _stay(response: Response) -> Response:
    """Keep the address of the page when its form is refused, because the form's own address answers no GET."""
    if request.method == "POST" and response.status_code >= 400:
        response.headers["HX-Replace-Url"] = "false"
    return response


def _note_position() -> None:
    urls.position()


@dataclass(frozen=True)
class Here:
    """The signed-in person, as the templates name them."""

    id: str
    name: str
    role: str
    tenant_id: str
    tenant_name: str
    sees_all_tenants: bool


@blueprint.app_context_processor
def _layout_context() -> dict[str, Any]:
    caller = g.get("caller") if has_request_context() else None
    if caller is None:
        return {"now": clock.now(), "zone": "UTC", "person": None, "places": (), "theme": profiles.THEMES[0]}
    return g.pop("layout", None) or _layout_of(caller.by)


def answers(*questions: Callable[[], Any]) -> list[Any]:
    """The answers of questions, as `api_client.together`; what the layout shows is read while they are on their way."""
    asked = api_client.begin(*questions)
    read_ahead()
    return asked.wait()


def read_ahead() -> None:
    """Read what the layout shows while the page waits for the answers of others. The next page that is rendered shows it."""
    if "layout" not in g:
        g.layout = _layout_of(callers.by())


def beginning(title: str) -> str:
    """What every page begins with, up to where the page itself begins; the title is that of the page."""
    read_beginning()
    whole = fragment("frame/beginning.html", **g.layout_beginning, page_title=title)
    return whole[: whole.index(PAGE_BEGINS)]


def read_beginning() -> None:
    """Read what `beginning` shows, while the page waits for the answers of others."""
    if "layout_beginning" not in g:
        g.layout_beginning = _layout_beginning(callers.by())


def _layout_beginning(by: Principal) -> dict[str, object]:
    """The variables of the layout up to where a page begins."""
    return layout_context(by) | {"here": "/" + "/".join(request.path.strip("/").split("/")[:2])}


def _layout_of(by: Principal) -> dict[str, Any]:
    return (g.pop("layout_beginning", None) or _layout_beginning(by)) | {
        "here_url": urls.here_url(),
        "position": urls.position(),
        "unread": inbox.unread(by),
        "live": live_mark(),
        "stream": urls.stream(),
        "take_flash": flash.take_flash,
        "links": urls.links,
    }


@dataclass(frozen=True)
class LiveMark:
    """The text beside the live dot: how far the page is behind, if it is, and when each part was last read."""

    lag: str
    seen: str


def live_mark() -> LiveMark:
    """The age of the read model, as the live dot shows it."""
    fresh = freshness.freshness(clock.now(), current_service.settings().feed_poll_seconds)
    return LiveMark(wording.lag(fresh.late, fresh.ages), wording.seen(fresh.ages))


def layout_context(by: Principal) -> dict[str, Any]:
    """The variables of the layout for a person, with or without a request. NotFound for an unknown tenant."""
    tenant, look = people.tenant(by.tenant_id), profiles.look(by)
    role = next(iter(sorted(by.roles)), "member")
    return {
        "now": clock.now(),
        "zone": look.time_zone or tenant.time_zone,
        "theme": look.theme,
        "sees_payloads": by.sees_payloads,
        "may_settle": by.may("operator"),
        "person": Here(by.id, by.name, role, by.tenant_id, tenant.name, by.may("super_admin")),
        "places": [{"name": name, "href": href, "icon": icon} for name, href, icon, needed in PLACES if by.may(needed)],
        "problem": None,
        "errors": {},
        "form": {},
    }
