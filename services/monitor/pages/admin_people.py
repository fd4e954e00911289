"""The Admin pages of people: the list, inviting somebody, roles, and deactivating."""

from __future__ import annotations

import secrets
from typing import Any

from flask import render_template, request

from services.monitor import invitations, people
from services.monitor.pages import admin, failures, flash, forms, frame, invitation_pages, urls
from services.monitor.schemas.people import NewPerson, PersonSchema
from shared.ground import clock, ids
from shared.ground.errors import Conflict, Forbidden, Invalid, TandemError
from shared.ground.principal import ROLES
from shared.web import callers, current_service, error_responses

blueprint = frame.page_blueprint("admin_people", __name__)
blueprint.context_processor(admin.rooms)


@blueprint.get("/app/admin/people")
@callers.needs("admin")
def list_people() -> Any:
    """The people of the tenant."""
    by = callers.by()
    page = people.find_all(by.tenant_id, limit=100, cursor=request.args.get("cursor"))
    return render_template(
        "admin/people.html",
        people=[PersonSchema().dump(person) for person in page.items],
        invited=invitation_pages.shown(by.tenant_id, [person.id for person in page.items]),
        roles=_roles(),
        pagination=urls.pagination(page),
        pages=urls.pages(page.next),
    )


@blueprint.get("/app/admin/people/new")
@callers.needs("admin")
def ask_person() -> Any:
    """The form for a new person."""
    return _person_form()


@blueprint.post("/app/admin/people/new")
@callers.needs("admin")
def add_person() -> Any:
    """Add a person, and send them an invitation."""
    if forms.is_only_saving():
        return _person_form()
    token = secrets.token_urlsafe(32)
    try:
        person_fields = forms.read(NewPerson(), request.form.to_dict())
        person = invitations.invite(
            ids.new_id(),
            **person_fields,
            token=token,
            console_url=current_service.settings().console_url,
            by=callers.by(),
            now=clock.now(),
        )
    except (Invalid, Conflict, Forbidden) as error:
        return _person_form(error), error_responses.status_of(error)
    message = f"{person.name} is invited: a mail goes to {person.email}."
    return invitation_pages.redirect_to_sent(person, token, message)


@blueprint.post("/app/admin/people/<person_id>/role")
@callers.needs("admin")
def change_role(person_id: str) -> Any:
    """Give a person another role."""
    role = request.form.get("role", "")
    if role not in ROLES:
        raise Invalid("There is no such role.", errors={"role": [f"One of {', '.join(ROLES)}."]})
    person = people.change(
        person_id, role=role, expected=forms.number(request.form.get("version")), by=callers.by(), now=clock.now()
    )
    return flash.redirect_to("/app/admin/people", f"{person.name} is now {role.replace('_', ' ')}.")


@blueprint.get("/app/admin/people/<person_id>/deactivate")
@callers.needs("admin")
def ask_deactivate(person_id: str) -> Any:
    """The page that asks for confirmation before a person is deactivated."""
    return render_template(
        "admin/deactivate.html", who=PersonSchema().dump(people.find(callers.by().tenant_id, person_id))
    )


@blueprint.post("/app/admin/people/<person_id>/deactivate")
@callers.needs("admin")
def deactivate(person_id: str) -> Any:
    """Deactivate a person, so that they can no longer sign in."""
    person = people.change(
        person_id,
        active=False,
        expected=forms.number(request.form.get("version")),
        by=callers.by(),
        now=clock.now(),
    )
    return flash.redirect_to("/app/admin/people", f"{person.name} is deactivated and signed out.")


def _roles() -> list[str]:
    return [role for role in ROLES if callers.by().may(role)]


def _person_form(error: TandemError | None = None) -> str:
    errors = forms.by_field(error.errors) if error else {}
    problem = failures.problem_of(error) if error and not errors else None
    choices = [(role, role.replace("_", " ").capitalize()) for role in _roles()]
    return render_template(
        "admin/new_person.html",
        form=request.form,
        errors=errors,
        problem=problem,
        role_choices=choices,
        days=invitations.DAYS,
    )
