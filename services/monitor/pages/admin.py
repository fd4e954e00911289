"""The Admin pages: processors, the sandbox CRM, the mailbox and the audit trail, by role."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request

from services.monitor import people, reporting
from services.monitor.pages import api_client, audited, frame, urls
from services.monitor.schemas.acts import ActSchema
from shared.ground.errors import NotFound
from shared.security.link_masks import masked
from shared.web import callers

ROOMS = (
    ("People", "/app/admin/people", "admin"),
    ("Processors", "/app/admin/processors", "developer"),
    ("Queues", "/app/admin/queues", "operator"),
    ("Parked changes", "/app/admin/parked", "operator"),
    ("Sandbox CRM", "/app/admin/crm", "developer"),
    ("Mailbox", "/app/admin/mailbox", "member"),
    ("Audit trail", "/app/admin/audit", "admin"),
    ("Samples", "/app/admin/samples", "admin"),
)

blueprint = frame.page_blueprint("admin", __name__)


@blueprint.context_processor
def rooms() -> dict[str, Any]:
    """The Admin pages that this person may open, for the tabs above each of them."""
    return {"rooms": [{"name": name, "href": href} for name, href, role in ROOMS if callers.by().may(role)]}


@blueprint.get("/app/admin")
@callers.needs("developer")
def first() -> Any:
    """Redirect to the first Admin page that this person may open."""
    return redirect(next(href for _, href, role in ROOMS if callers.by().may(role)))


@blueprint.get("/app/admin/processors")
@callers.needs("developer")
def list_processors() -> Any:
    """The processors of the executor, with the schema of their metadata."""
    processors, away = api_client.optional(
        "Its processors cannot be shown.", lambda: api_client.every("executor", "/api/processors"), []
    )
    return render_template("admin/processors.html", processors=processors, away=away)


@blueprint.get("/app/admin/crm")
@callers.needs("developer")
def look_up() -> Any:
    """One opportunity of the sandbox CRM."""
    wanted, opportunity, away = request.args.get("q", "").strip(), None, None
    if wanted and wanted.isalnum():
        try:
            opportunity, away = api_client.optional(
                "The sandbox CRM cannot be read.",
                lambda: api_client.get("executor", f"/api/sandbox-crm/opportunities/{wanted}"),
                None,
            )
        except NotFound:
            opportunity = None
    return render_template("admin/crm.html", chosen=wanted, opportunity=opportunity, away=away)


@blueprint.get("/app/admin/mailbox")
@callers.needs("member")
def list_mail() -> Any:
    """The mails that were sent, newest first, if the embedded mailbox stands in for a mail server."""
    chosen = urls.chosen("q")
    body, away = api_client.optional(
        "Its mailbox cannot be shown.",
        lambda: api_client.get(
            "executor", "/api/mailbox", limit=50, cursor=request.args.get("cursor"), q=chosen.get("q", "")[:200] or None
        ),
        {},
    )
    return render_template(
        "admin/mailbox.html", mails=body.get("items", []), chosen=chosen, away=away, **urls.paging(body)
    )


@blueprint.get("/app/admin/mailbox/<mail_id>")
@callers.needs("member")
def show_mail(mail_id: str) -> Any:
    """One mail: its headers and its text. The link of an invitation is left out, because anybody in the tenant reads this."""
    mail = masked(api_client.get("executor", f"/api/mailbox/{mail_id}"))
    return render_template("admin/mail.html", mail=mail)


@blueprint.get("/app/admin/audit")
@callers.needs("admin")
def list_acts() -> Any:
    """The audit trail, newest first."""
    chosen, scope, cursor = urls.chosen("q", "by"), callers.by().tenant_id, request.args.get("cursor")
    if text := chosen.get("q", "")[:200]:
        page = reporting.trail_of(scope, text, by_id=chosen.get("by"), limit=50, cursor=cursor)
    else:
        page = reporting.trail(scope, by_id=chosen.get("by"), limit=50, cursor=cursor)
    acts = [ActSchema().dump(row) for row in page.items]
    return render_template(
        "admin/audit.html",
        acts=audited.shown(scope, acts),
        people=list(people.names(scope).items()),
        chosen=chosen,
        pagination=urls.pagination(page),
        pages=urls.pages(page.next),
    )
