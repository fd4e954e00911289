"""The REST API of people."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.monitor import people, tenant_scope
from services.monitor.models import idempotency
from services.monitor.models.people import Person
from services.monitor.schemas import NewPerson, PeopleArgs, PersonChange, PersonPage, PersonSchema
from shared.ground import clock, ids
from shared.web import application

blueprint = Blueprint("people_api", __name__, url_prefix="/api/people", description="The people of a tenant.")


@blueprint.get("")
@application.needs("member")
@blueprint.arguments(PeopleArgs, location="query")
@blueprint.response(200, PersonPage)
def list_people(args: dict[str, Any]) -> dict[str, Any]:
    """The people of the tenant, by name."""
    return application.page_body(people.find_all(tenant_scope.scope(application.by(), args.pop("tenant")), **args))


@blueprint.post("")
@application.idempotent(idempotency)
@application.needs("admin")
@blueprint.arguments(NewPerson)
@blueprint.response(201, PersonSchema)
def add_person(body: dict[str, Any]) -> Person:
    """Add a person to the tenant; they sign in with a link that is made for them."""
    return _tagged(people.add(ids.new_id(), **body, by=application.by(), now=clock.now()))


@blueprint.get("/<person_id>")
@application.needs("member")
@blueprint.response(200, PersonSchema)
def get_person(person_id: str) -> Person:
    """One person."""
    return _tagged(people.find(tenant_scope.reach(application.by()), person_id))


@blueprint.patch("/<person_id>")
@application.needs("admin")
@blueprint.arguments(PersonChange)
@blueprint.response(200, PersonSchema)
def change_person(body: dict[str, Any], person_id: str) -> Person:
    """Another name or role, or whether they may sign in."""
    return _tagged(
        people.change(person_id, **body, expected=application.if_match(), by=application.by(), now=clock.now())
    )


def _tagged(person: Person) -> Person:
    return application.tagged(person, person.version)
