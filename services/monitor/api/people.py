"""The REST API of people."""

from __future__ import annotations

import secrets
from typing import Any

from flask_smorest import Blueprint

from services.monitor import invitations, people, profiles, tenant_scope
from services.monitor.models import idempotency
from services.monitor.models.invitations import Invitation
from services.monitor.models.people import Person
from services.monitor.schemas.people import (
    InvitationSchema,
    NewPerson,
    PeopleArgs,
    PersonChange,
    PersonPage,
    PersonSchema,
    ProfileChange,
    ProfileSchema,
)
from shared.ground import clock, ids
from shared.web import callers, current_service, entity_tags, idempotent_views, list_pages

blueprint = Blueprint("people_api", __name__, url_prefix="/api/people", description="The people of a tenant.")


@blueprint.get("")
@callers.needs("member")
@blueprint.arguments(PeopleArgs, location="query")
@blueprint.response(200, PersonPage)
def list_people(args: dict[str, Any]) -> dict[str, Any]:
    """The people of the tenant, by name."""
    return list_pages.page_body(people.find_all(tenant_scope.scope(callers.by(), args.pop("tenant")), **args))


@blueprint.post("")
@idempotent_views.idempotent(idempotency)
@callers.needs("admin")
@blueprint.arguments(NewPerson)
@blueprint.response(201, PersonSchema)
def add_person(body: dict[str, Any]) -> Person:
    """Add a person to the tenant; they sign in with the link of an invitation."""
    return _tagged(people.add(ids.new_id(), **body, by=callers.by(), now=clock.now()))


@blueprint.get("/me")
@callers.needs("member")
@blueprint.response(200, ProfileSchema)
def get_profile() -> Person:
    """The caller, with what they say of themselves."""
    return _tagged(profiles.find(callers.by()))


@blueprint.patch("/me")
@callers.needs("member")
@blueprint.arguments(ProfileChange)
@blueprint.response(200, ProfileSchema)
def change_profile(body: dict[str, Any]) -> Person:
    """Another name, time zone, working hours or theme for oneself; null is the tenant's."""
    return _tagged(profiles.change(callers.by(), body, expected=entity_tags.if_match(), now=clock.now()))


@blueprint.get("/<person_id>/invitation")
@callers.needs("admin")
@blueprint.response(200, InvitationSchema)
def get_invitation(person_id: str) -> dict[str, Any]:
    """When a person was invited last, and whether they came. Its link is shown only when it is made."""
    people.find(callers.by().tenant_id, person_id)
    return _invitation(invitations.find(callers.by().tenant_id, person_id), None)


@blueprint.post("/<person_id>/invitation")
@callers.needs("admin")
@blueprint.response(201, InvitationSchema)
def send_invitation(person_id: str) -> dict[str, Any]:
    """Send a person a mail with a link that signs them in once, and answer the link; earlier ones no longer work."""
    by, token, console = callers.by(), secrets.token_urlsafe(32), current_service.settings().console_url
    person = invitations.send(person_id, token=token, console_url=console, by=by, now=clock.now())
    return _invitation(invitations.find(by.tenant_id, person.id), invitations.address(console, token))


def _invitation(invitation: Invitation, link: str | None) -> dict[str, Any]:
    shown = {name: getattr(invitation, name) for name in ("person_id", "sent_at", "expires_at", "used_at")}
    return shown | {"state": invitation.state(clock.now()), "mail": invitations.mail_of(invitation), "link": link}


@blueprint.get("/<person_id>")
@callers.needs("member")
@blueprint.response(200, PersonSchema)
def get_person(person_id: str) -> Person:
    """One person."""
    return _tagged(people.find(tenant_scope.reach(callers.by()), person_id))


@blueprint.patch("/<person_id>")
@callers.needs("admin")
@blueprint.arguments(PersonChange)
@blueprint.response(200, PersonSchema)
def change_person(body: dict[str, Any], person_id: str) -> Person:
    """Another name or role, or whether they may sign in."""
    return _tagged(people.change(person_id, **body, expected=entity_tags.if_match(), by=callers.by(), now=clock.now()))


def _tagged(person: Person) -> Person:
    return entity_tags.tagged(person, person.version)
