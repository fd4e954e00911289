"""The forms by which a customer, its people, facts, readings, holds and contracts are added and changed."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor.pages import api_client, customer_forms, customers, flash, forms, frame, questions, task_rows
from services.monitor.pages.customer_forms import REFUSED, Form
from services.monitor.pages.customer_list import CUSTOMERS, PAGE
from services.monitor.pages.questions import Question
from shared.ground.errors import Invalid, NotFound
from shared.web import application

CONTACTS = "/api/contacts"

blueprint = frame.page_blueprint("customer_edit", __name__)


def read(customer_id: str) -> dict[str, Any]:
    """The customer. NotFound."""
    return api_client.get("workflows", f"{CUSTOMERS}/{customer_id}")


def _form(customer: dict[str, Any], title: str, schema: dict[str, Any], path: str, **more: Any) -> Form:
    page = f"{PAGE}/{customer['id']}"
    return Form(title, schema, f"{page}/{path}", crumb=(customer["name"], page), back=page, **more)


def _save(
    form: Form, method: str, path: str, message: str, *, anchor: str = "", body: dict[str, Any] | None = None
) -> Any:
    """Send what was typed, and go back to the customer; refused, the form says why."""
    if forms.is_only_saving():
        return form.show(kept=True)
    is_new = method == "POST"
    try:
        api_client.send(
            "workflows",
            method,
            path,
            body or form.typed(),
            key=request.form.get("key") if is_new else None,
            version=None if is_new else request.form.get("version"),
        )
    except REFUSED as error:
        return form.show(error)
    return flash.redirect_to(form.back + anchor, message)


@blueprint.get(f"{PAGE}/new")
@application.needs("member")
def ask_new() -> Any:
    """An empty form for a customer."""
    return _new_form().show()


@blueprint.post(f"{PAGE}/new")
@application.needs("member")
def create() -> Any:
    """Add the customer, once even if the button is pressed twice."""
    form = _new_form()
    if forms.is_only_saving():
        return form.show(kept=True)
    try:
        made = api_client.send("workflows", "POST", CUSTOMERS, form.typed(), key=request.form.get("key"))
    except REFUSED as error:
        return form.show(error)
    return flash.redirect_to(f"{PAGE}/{made['id']}", f"“{made['name']}” is in the book.")


def _new_form() -> Form:
    values = {"owner": application.by().id, "currency": "USD", "renewalTerms": "dated"}
    return Form("New customer", customer_forms.customer(customers.owners()), f"{PAGE}/new", "Add", values)


@blueprint.route(f"{PAGE}/<customer_id>/edit", methods=["GET", "POST"])
@application.needs("member")
def edit(customer_id: str) -> Any:
    """The form of a customer's own fields, and saving it. If somebody else changed it since the form was shown, it
    shows both."""
    saved = read(customer_id)
    form = _form(saved, f"Edit {saved['name']}", customer_forms.customer(customers.owners()), "edit", values=saved)
    if request.method == "GET":
        return form.show()
    return _save(form, "PATCH", f"{CUSTOMERS}/{customer_id}", "Saved.")


@blueprint.route(f"{PAGE}/<customer_id>/scores", methods=["GET", "POST"])
@application.needs("member")
def score(customer_id: str) -> Any:
    """The form for a reading of the health or the likelihood, and recording it."""
    saved = read(customer_id)
    values = {"measure": request.args.get("measure", "health")}
    form = _form(saved, f"Health and likelihood of {saved['name']}", customer_forms.SCORE, "scores", values=values)
    if request.method == "GET":
        return form.show()
    return _save(form, "POST", f"{CUSTOMERS}/{customer_id}/scores", "Recorded.", anchor="#usage", body=_given(form))


@blueprint.route(f"{PAGE}/<customer_id>/usage", methods=["GET", "POST"])
@application.needs("member")
def usage(customer_id: str) -> Any:
    """The form for a usage reading, and recording it."""
    form = _form(read(customer_id), "Usage on a day", customer_forms.USAGE, "usage")
    if request.method == "GET":
        return form.show()
    return _save(form, "POST", f"{CUSTOMERS}/{customer_id}/usage", "Recorded.", anchor="#usage", body=_given(form))


@blueprint.route(f"{PAGE}/<customer_id>/holds", methods=["GET", "POST"])
@application.needs("member")
def hold(customer_id: str) -> Any:
    """The form that places a customer on hold, and placing it."""
    saved = read(customer_id)
    form = _form(saved, f"Place {saved['name']} on hold", customer_forms.HOLD, "holds", button="Place on hold")
    if request.method == "GET":
        return form.show()
    return _save(form, "POST", f"{CUSTOMERS}/{customer_id}/holds", f"{saved['name']} is on hold: nothing reaches it.")


@blueprint.route(f"{PAGE}/<customer_id>/holds/<hold_id>/lift", methods=["GET", "POST"])
@application.needs("member")
def lift(customer_id: str, hold_id: str) -> Any:
    """The question before a hold is lifted, and lifting it."""
    saved, page = read(customer_id), f"{PAGE}/{customer_id}"
    question = Question(
        crumb=(saved["name"], page),
        title=f"Lift the hold of {saved['name']}?",
        text="Mails, invitations and AI tasks that wait reach them again.",
        button="Lift it",
        action=f"{page}/holds/{hold_id}/lift",
        back=page,
        with_reason=True,
        version=request.values.get("version"),
    )
    if request.method == "GET":
        return questions.render(question)
    reason = request.form.get("reason", "").strip()
    path = f"{CUSTOMERS}/{customer_id}/holds/{hold_id}/lift"
    try:
        api_client.send("workflows", "POST", path, {"reason": reason or None}, version=request.form.get("version"))
    except Invalid as error:
        return questions.render(question, forms.by_field(error.errors)), 422
    return flash.redirect_to(page, "The hold is lifted.")


@blueprint.get(f"{PAGE}/<customer_id>/facts/new")
@application.needs("member")
def ask_fact(customer_id: str) -> Any:
    """The kinds of facts, or the form of the chosen one."""
    saved, kinds = read(customer_id), fact_kinds()
    if kind := kinds.get(request.args.get("kind", "")):
        return _fact_form(saved, kind).show()
    groups: dict[str, list[dict[str, Any]]] = {}
    for kind in kinds.values():
        groups.setdefault(kind["groupTitle"], []).append(kind)
    return render_template("customers/fact_kinds.html", customer=saved, groups=groups)


@blueprint.post(f"{PAGE}/<customer_id>/facts/new")
@application.needs("member")
def add_fact(customer_id: str) -> Any:
    """Record a fact."""
    saved, kind = read(customer_id), fact_kinds().get(request.args.get("kind", ""))
    if kind is None:
        raise NotFound("There is no such kind of fact.")
    form = _fact_form(saved, kind)
    body = _given(form) | {"kind": kind["key"]}
    return _save(
        form, "POST", f"{CUSTOMERS}/{customer_id}/facts", f"{kind['title']}: recorded.", anchor="#facts", body=body
    )


@blueprint.route(f"{PAGE}/<customer_id>/facts/<fact_id>", methods=["GET", "POST"])
@application.needs("member")
def fact(customer_id: str, fact_id: str) -> Any:
    """The form of a fact with its present values, and saving it."""
    saved = read(customer_id)
    present = next((one for one in facts_of(customer_id) if one["id"] == fact_id), None)
    if present is None:
        raise NotFound("There is no such fact.")
    kind = fact_kinds()[present["kind"]]
    form = _form(saved, kind["title"], customer_forms.fact(kind), f"facts/{fact_id}", values=present, hint=kind["help"])
    if request.method == "GET":
        return form.show()
    return _save(form, "PATCH", f"{CUSTOMERS}/{customer_id}/facts/{fact_id}", "Saved.", anchor="#facts")


@blueprint.post(f"{PAGE}/<customer_id>/facts/<fact_id>/close")
@application.needs("member")
def close_fact(customer_id: str, fact_id: str) -> Any:
    """Move a fact to another state with one press; the toast takes it back."""
    state, before = request.form.get("state", ""), request.form.get("before", "")
    path = f"{CUSTOMERS}/{customer_id}/facts/{fact_id}"
    made = api_client.send("workflows", "PATCH", path, {"state": state}, version=request.form.get("version"))
    page = f"{PAGE}/{customer_id}"
    back = [("state", before), ("before", state), ("version", str(made["version"]))]
    undo = flash.Undo(f"{page}/facts/{fact_id}/close", back) if before else None
    return flash.redirect_to(f"{page}#facts", f"{made['title']}: {made['stateTitle'].lower()}.", undo=undo)


def _fact_form(customer: dict[str, Any], kind: dict[str, Any]) -> Form:
    return _form(
        customer,
        f"{kind['title']}: {customer['name']}",
        customer_forms.fact(kind),
        f"facts/new?kind={kind['key']}",
        button="Record",
        values={"state": kind["states"][0]["key"]},
        hint=kind["help"],
    )


def fact_kinds() -> dict[str, dict[str, Any]]:
    """The kinds of facts by key, in their order."""
    return {kind["key"]: kind for kind in api_client.get("workflows", f"{CUSTOMERS}/fact-kinds")["items"]}


def facts_of(customer_id: str) -> list[dict[str, Any]]:
    """The facts of a customer, the last recorded first."""
    return api_client.every("workflows", f"{CUSTOMERS}/{customer_id}/facts")


@blueprint.route(f"{PAGE}/<customer_id>/contacts/new", methods=["GET", "POST"])
@application.needs("member")
def add_contact(customer_id: str) -> Any:
    """The form for a person at a customer, and adding them."""
    saved = read(customer_id)
    values = {"role": "other", "status": "active", "sentiment": "unknown"}
    schema = customer_forms.contact(_colleagues(customer_id))
    form = _form(saved, f"New contact at {saved['name']}", schema, "contacts/new", button="Add", values=values)
    if request.method == "GET":
        return form.show()
    return _save(form, "POST", CONTACTS, "Added.", anchor="#people", body=_given(form) | {"customerId": customer_id})


@blueprint.route(f"{PAGE}/<customer_id>/contacts/<contact_id>", methods=["GET", "POST"])
@application.needs("member")
def contact(customer_id: str, contact_id: str) -> Any:
    """The form of a person, and saving it."""
    saved, present = read(customer_id), _contact(customer_id, contact_id)
    schema = customer_forms.contact(_colleagues(customer_id, contact_id))
    form = _form(saved, present["name"], schema, f"contacts/{contact_id}", values=present)
    if request.method == "GET":
        return form.show()
    return _save(form, "PATCH", f"{CONTACTS}/{contact_id}", "Saved.", anchor="#people")


@blueprint.route(f"{PAGE}/<customer_id>/contacts/<contact_id>/touch", methods=["GET", "POST"])
@application.needs("member")
def touch(customer_id: str, contact_id: str) -> Any:
    """The form that notes when somebody was last in touch with a person, and noting it."""
    saved, present = read(customer_id), _contact(customer_id, contact_id)
    values = present | {"lastTouchOn": task_rows.today().isoformat(), "lastTouchBy": application.by().name}
    title = f"In touch with {present['name']}"
    form = _form(saved, title, customer_forms.TOUCH, f"contacts/{contact_id}/touch", button="Log it", values=values)
    if request.method == "GET":
        return form.show()
    return _save(form, "PATCH", f"{CONTACTS}/{contact_id}", "Logged.", anchor="#people")


def contacts_of(customer_id: str) -> list[dict[str, Any]]:
    """The contacts of a customer by name."""
    return api_client.every("workflows", CONTACTS, customer_id=customer_id)


def _contact(customer_id: str, contact_id: str) -> dict[str, Any]:
    found = next((one for one in contacts_of(customer_id) if one["id"] == contact_id), None)
    if found is None:
        raise NotFound("There is no such contact here.")
    return found


def _colleagues(customer_id: str, but: str | None = None) -> dict[str, str]:
    return {one["id"]: one["name"] for one in contacts_of(customer_id) if one["id"] != but}


@blueprint.route(f"{PAGE}/<customer_id>/contracts/new", methods=["GET", "POST"])
@application.needs("member")
def add_contract(customer_id: str) -> Any:
    """The form for the text of a contract, and putting it on file."""
    form = _form(read(customer_id), "Contract as text", customer_forms.CONTRACT, "contracts/new", button="Put on file")
    if request.method == "GET":
        return form.show()
    return _save(form, "POST", f"{CUSTOMERS}/{customer_id}/contracts", "On file.", anchor="#contracts")


def _given(form: Form) -> dict[str, Any]:
    """What was typed, without what was left empty: the service then takes what is usual."""
    return {name: value for name, value in form.typed().items() if value not in (None, "")}
