"""The forms by which facts about a customer are recorded and changed, each kind by its own schema."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor.pages import api_client, customer_edit, customer_forms, flash, frame
from services.monitor.pages.customer_list import CUSTOMERS, PAGE
from services.monitor.pages.record_form import RecordForm
from services.monitor.pages.toasts import Undo
from shared.ground.errors import NotFound
from shared.web import callers

Row = dict[str, Any]

blueprint = frame.page_blueprint("customer_facts", __name__)


def kinds() -> dict[str, Row]:
    """The kinds of facts by key, in their order."""
    return {kind["key"]: kind for kind in api_client.get("workflows", f"{CUSTOMERS}/fact-kinds")["items"]}


def facts_of(customer_id: str) -> list[Row]:
    """The facts of a customer, the last recorded first."""
    return api_client.every("workflows", f"{CUSTOMERS}/{customer_id}/facts")


@blueprint.get(f"{PAGE}/<customer_id>/facts/new")
@callers.needs("member")
def ask_fact(customer_id: str) -> Any:
    """The kinds of facts, or the form of the chosen one."""
    saved, known = customer_edit.read(customer_id), kinds()
    if kind := known.get(request.args.get("kind", "")):
        return _new_form(saved, kind).show()
    groups: dict[str, list[Row]] = {}
    for kind in known.values():
        groups.setdefault(kind["groupTitle"], []).append(kind)
    return render_template("customers/fact_kinds.html", customer=saved, groups=groups)


@blueprint.post(f"{PAGE}/<customer_id>/facts/new")
@callers.needs("member")
def add_fact(customer_id: str) -> Any:
    """Record a fact."""
    saved, kind = customer_edit.read(customer_id), kinds().get(request.args.get("kind", ""))
    if kind is None:
        raise NotFound("There is no such kind of fact.")
    path, message = f"{CUSTOMERS}/{customer_id}/facts", f"{kind['title']}: recorded."
    return customer_edit.add(_new_form(saved, kind), path, message, anchor="#facts", kind=kind["key"])


@blueprint.route(f"{PAGE}/<customer_id>/facts/<fact_id>", methods=["GET", "POST"])
@callers.needs("member")
def fact(customer_id: str, fact_id: str) -> Any:
    """The form of a fact with its present values, and saving it."""
    saved = customer_edit.read(customer_id)
    present = next((fact for fact in facts_of(customer_id) if fact["id"] == fact_id), None)
    if present is None:
        raise NotFound("There is no such fact.")
    kind = kinds()[present["kind"]]
    schema = customer_forms.fact(kind)
    form = customer_edit.form_at(saved, kind["title"], schema, f"facts/{fact_id}", values=present, hint=kind["help"])
    if request.method == "GET":
        return form.show()
    return customer_edit.change(form, f"{CUSTOMERS}/{customer_id}/facts/{fact_id}", "Saved.", anchor="#facts")


@blueprint.post(f"{PAGE}/<customer_id>/facts/<fact_id>/close")
@callers.needs("member")
def close_fact(customer_id: str, fact_id: str) -> Any:
    """Move a fact to another state with one press; the toast takes it back."""
    state, before = request.form.get("state", ""), request.form.get("before", "")
    path = f"{CUSTOMERS}/{customer_id}/facts/{fact_id}"
    made = api_client.send("workflows", "PATCH", path, {"state": state}, version=request.form.get("version"))
    page = f"{PAGE}/{customer_id}"
    back = [("state", before), ("before", state), ("version", str(made["version"]))]
    undo = Undo(f"{page}/facts/{fact_id}/close", back) if before else None
    return flash.redirect_to(f"{page}#facts", f"{made['title']}: {made['stateTitle'].lower()}.", undo=undo)


def _new_form(customer: Row, kind: Row) -> RecordForm:
    return customer_edit.form_at(
        customer,
        f"{kind['title']}: {customer['name']}",
        customer_forms.fact(kind),
        f"facts/new?kind={kind['key']}",
        button="Record",
        values={"state": kind["states"][0]["key"]},
        hint=kind["help"],
    )
