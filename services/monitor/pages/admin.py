"""The Admin pages: people, processors, queues, the sandbox CRM, the mailbox and the audit trail, by role."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import redirect, render_template, request

from services.monitor import people, reporting
from services.monitor.pages import api_client, audited, failures, flash, forms, frame, urls
from services.monitor.schemas import ActSchema, NewPerson, PersonSchema
from shared.ground import clock, ids
from shared.ground.errors import Conflict, Forbidden, Invalid, NotFound, TandemError
from shared.ground.principal import ROLES
from shared.web import application

ROOMS = (
    ("People", "/app/admin/people", "admin"),
    ("Processors", "/app/admin/processors", "developer"),
    ("Queues", "/app/admin/queues", "operator"),
    ("Parked changes", "/app/admin/parked", "operator"),
    ("Sandbox CRM", "/app/admin/crm", "developer"),
    ("Mailbox", "/app/admin/mailbox", "member"),
    ("Audit trail", "/app/admin/audit", "admin"),
)

blueprint = frame.page_blueprint("admin", __name__)


@blueprint.context_processor
def rooms() -> dict[str, Any]:
    """The Admin pages that this person may open, for the tabs above each of them."""
    return {"rooms": [{"name": name, "href": href} for name, href, role in ROOMS if application.by().may(role)]}


@blueprint.get("/app/admin")
@application.needs("developer")
def first() -> Any:
    """Redirect to the first Admin page that this person may open."""
    return redirect(next(href for _, href, role in ROOMS if application.by().may(role)))


@blueprint.get("/app/admin/people")
@application.needs("admin")
def list_people() -> Any:
    """The people of the tenant."""
    page = people.find_all(application.by().tenant_id, limit=100, cursor=request.args.get("cursor"))
    return render_template(
        "admin/people.html",
        people=[PersonSchema().dump(person) for person in page.items],
        roles=_roles(),
        pagination=urls.pagination(page),
        pages=urls.pages(page.next),
    )


@blueprint.get("/app/admin/people/new")
@application.needs("admin")
def ask_person() -> Any:
    """The form for a new person."""
    return _person_form()


@blueprint.post("/app/admin/people/new")
@application.needs("admin")
def add_person() -> Any:
    """Add a person; they sign in with a link that is made for them."""
    if forms.is_only_saving():
        return _person_form()
    try:
        person_fields = forms.read(NewPerson(), request.form.to_dict())
        person = people.add(ids.new_id(), **person_fields, by=application.by(), now=clock.now())
    except (Invalid, Conflict, Forbidden) as error:
        return _person_form(error), 422
    return flash.redirect_to(
        "/app/admin/people", f"{person.name} is added. A sign-in link is made with: tandem user link {person.email}"
    )


@blueprint.post("/app/admin/people/<person_id>/role")
@application.needs("admin")
def change_role(person_id: str) -> Any:
    """Give a person another role."""
    role = request.form.get("role", "")
    if role not in ROLES:
        raise Invalid("There is no such role.", errors={"role": [f"One of {', '.join(ROLES)}."]})
    person = people.change(
        person_id, role=role, expected=forms.number(request.form.get("version")), by=application.by(), now=clock.now()
    )
    return flash.redirect_to("/app/admin/people", f"{person.name} is now {role.replace('_', ' ')}.")


@blueprint.get("/app/admin/people/<person_id>/deactivate")
@application.needs("admin")
def ask_deactivate(person_id: str) -> Any:
    """The page that asks for confirmation before a person is deactivated."""
    return render_template(
        "admin/deactivate.html", who=PersonSchema().dump(people.find(application.by().tenant_id, person_id))
    )


@blueprint.post("/app/admin/people/<person_id>/deactivate")
@application.needs("admin")
def deactivate(person_id: str) -> Any:
    """Deactivate a person, so that they can no longer sign in."""
    person = people.change(
        person_id,
        active=False,
        expected=forms.number(request.form.get("version")),
        by=application.by(),
        now=clock.now(),
    )
    return flash.redirect_to("/app/admin/people", f"{person.name} is deactivated and signed out.")


@blueprint.get("/app/admin/processors")
@application.needs("developer")
def list_processors() -> Any:
    """The processors of the executor, with the schema of their metadata."""
    processors, away = api_client.optional(
        "Its processors cannot be shown.", lambda: api_client.every("executor", "/api/processors"), []
    )
    return render_template("admin/processors.html", processors=processors, away=away)


@blueprint.get("/app/admin/queues")
@application.needs("operator")
def list_queues() -> Any:
    """How many AI tasks wait and run, in all and by processor, and how long the oldest waits."""
    body, away = api_client.optional(
        "Its queues cannot be shown.", lambda: api_client.get("executor", "/api/queues"), {}
    )
    return render_template("admin/queues.html", queues=body.get("items", []), away=away)


@blueprint.get("/app/admin/crm")
@application.needs("developer")
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
@application.needs("member")
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
@application.needs("member")
def show_mail(mail_id: str) -> Any:
    """One mail: its headers and its text."""
    return render_template(
        "admin/mail.html", mail=api_client.get("executor", f"/api/mailbox/{quote(mail_id, safe='')}")
    )


@blueprint.get("/app/admin/audit")
@application.needs("admin")
def list_acts() -> Any:
    """The audit trail, newest first."""
    chosen, scope, cursor = urls.chosen("q", "by"), application.by().tenant_id, request.args.get("cursor")
    if text := chosen.get("q", "")[:200]:
        page = reporting.trail_of(scope, text, by_id=chosen.get("by"), limit=50, cursor=cursor)
    else:
        page = reporting.trail(scope, by_id=chosen.get("by"), limit=50, cursor=cursor)
    acts = [ActSchema().dump(row) for row in page.items]
    people_names = people.names(scope)
    return render_template(
        "admin/audit.html",
        acts=[audited.shown(act) for act in acts],
        names=people_names | reporting.names_of(scope, [act["subjectId"] for act in acts]),
        people=list(people_names.items()),
        chosen=chosen,
        pagination=urls.pagination(page),
        pages=urls.pages(page.next),
    )


def _roles() -> list[str]:
    return [role for role in ROLES if application.by().may(role)]


def _person_form(error: TandemError | None = None) -> str:
    errors = forms.by_field(error.errors) if error else {}
    problem = failures.problem_of(error) if error and not errors else None
    choices = [(role, role.replace("_", " ").capitalize()) for role in _roles()]
    return render_template(
        "admin/new_person.html", form=request.form, errors=errors, problem=problem, role_choices=choices
    )
