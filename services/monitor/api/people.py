"""The REST door of people."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.monitor import people, rights
from services.monitor.models import idempotency
from services.monitor.models.people import Person
from services.monitor.schemas import NewPerson, PeopleArgs, PersonChange, PersonPage, PersonSchema
from shared import clock, ids, web

blueprint = Blueprint("people_api", __name__, url_prefix="/api/people", description="The people of a tenant.")


@blueprint.get("")
@web.needs("member")
@blueprint.arguments(PeopleArgs, location="query")
@blueprint.response(200, PersonPage)
def list_people(asked: dict[str, Any]) -> dict[str, Any]:
    """The people of the tenant, by name."""
    return web.page_body(people.find_all(rights.scope(web.by(), asked.pop("tenant")), **asked))


@blueprint.post("")
@web.idempotent(idempotency)
@web.needs("admin")
@blueprint.arguments(NewPerson)
@blueprint.response(201, PersonSchema)
def add_person(told: dict[str, Any]) -> Person:
    """Add a person to the tenant; they sign in with a link that is made for them."""
    return _tagged(people.add(ids.new_id(), **told, by=web.by(), now=clock.now()))


@blueprint.get("/<person_id>")
@web.needs("member")
@blueprint.response(200, PersonSchema)
def get_person(person_id: str) -> Person:
    """One person."""
    return _tagged(people.find(rights.reach(web.by()), person_id))


@blueprint.patch("/<person_id>")
@web.needs("admin")
@blueprint.arguments(PersonChange)
@blueprint.response(200, PersonSchema)
def change_person(told: dict[str, Any], person_id: str) -> Person:
    """Another name or role, or let them in no longer."""
    return _tagged(people.change(person_id, **told, expected=web.if_match(), by=web.by(), now=clock.now()))


def _tagged(person: Person) -> Person:
    return web.tagged(person, person.version)
