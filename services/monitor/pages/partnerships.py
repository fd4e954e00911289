"""The pages of partnerships: the list, and the forms for adding, changing and deleting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import redirect, render_template, request

from services.monitor.pages import (
    api_client,
    customers,
    early_frame,
    failures,
    flash,
    forms,
    frame,
    questions,
    time_zones,
    urls,
)
from services.monitor.pages.questions import Question
from shared.contracts.partnerships import STAGES
from shared.ground import ids
from shared.ground.errors import Conflict, Invalid, Stale, TandemError
from shared.web import callers, error_responses

PARTNERSHIPS = "/api/partnerships"
SILENCES = (("", "Any last contact"), ("7", "7+ days"), ("14", "14+ days"), ("30", "30+ days"), ("60", "60+ days"))
PRIORITIES = (("1", "1, most urgent"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5"))
TYPED = ("name", "stage", "owner", "priority", "website", "timeZone", "source", "description", "nextCallOn")
EMPTIED = ("owner", "website", "timeZone", "source", "description", "nextCallOn")
"""The fields that a person may clear in the form."""
OF_A_CONTACT = ("name", "email", "title")
MOST_CONTACTS = 5

blueprint = frame.page_blueprint("partnerships", __name__)


@blueprint.get("/app/partnerships")
@callers.needs("member")
def list_partnerships() -> Any:
    """The list of partnerships, filtered and sorted by the URL. The page also loads while runs is down."""
    return early_frame.page("Partnerships", _page)


def _page() -> str:
    chosen = urls.chosen("q", "stage", "owner", "priority", "no_contact_days", "sort")
    [(body, away)] = frame.answers(
        lambda: api_client.optional(
            "Partnerships cannot be shown.", lambda: api_client.page("runs", PARTNERSHIPS, chosen), {}
        )
    )
    return render_template(
        "partnerships/list.html",
        partnerships=body.get("items", []),
        owners=customers.owners(),
        chosen=chosen,
        away=away,
        stages=[("", "Every stage")] + [(stage, stage) for stage in STAGES],
        silences=SILENCES,
        priorities=[("", "Every priority"), *PRIORITIES],
        **urls.paging(body),
    )


@blueprint.get("/app/partnerships/new")
@callers.needs("member")
def ask_new() -> Any:
    """An empty form."""
    return _form({"priority": 3, "stage": "New Lead", "owner": callers.by().id})


@blueprint.post("/app/partnerships/new")
@callers.needs("member")
def create() -> Any:
    """Create the partnership, once even if the button is pressed twice."""
    fields = {name: value for name, value in _fields().items() if value not in (None, "")}
    try:
        made = api_client.send("runs", "POST", PARTNERSHIPS, fields, key=request.form.get("key"))
    except (Conflict, Invalid) as error:
        return _form(fields, error=error), error_responses.status_of(error)
    return flash.redirect_to(f"{PAGE}/{made['id']}", f"“{made['name']}” is in the list.")


@blueprint.get("/app/partnerships/<partnership_id>/edit")
@callers.needs("member")
def ask_edit(partnership_id: str) -> Any:
    """The form with the present values of a partnership."""
    saved = api_client.get("runs", f"{PARTNERSHIPS}/{partnership_id}")
    return _form(saved, saved)


@blueprint.post("/app/partnerships/<partnership_id>/edit")
@callers.needs("member")
def edit(partnership_id: str) -> Any:
    """Change the partnership. If somebody else changed it since the form was shown, the form says so and keeps what was
    typed, with what is there now beside it; saving it again overwrites."""
    fields = {name: value for name, value in _fields().items() if value != "" and name != "stage"}
    try:
        api_client.send(
            "runs", "PATCH", f"{PARTNERSHIPS}/{partnership_id}", fields, version=request.form.get("version")
        )
    except (Conflict, Invalid, Stale) as error:
        saved = api_client.get("runs", f"{PARTNERSHIPS}/{partnership_id}")
        return _form(saved | fields, saved, error), error_responses.status_of(error)
    return flash.redirect_to(f"{PAGE}/{partnership_id}", "Saved.")


@blueprint.get("/app/partnerships/<partnership_id>/delete")
@callers.needs("member")
def ask_delete(partnership_id: str) -> Any:
    """The page that asks for confirmation before a partnership is deleted."""
    saved = api_client.get("runs", f"{PARTNERSHIPS}/{partnership_id}")
    question = Question(
        crumb=("Partnerships", PAGE),
        title=f"Delete “{saved['name']}”?",
        text="It leaves every list, and steps that have shown it show it as gone. What was sent stays sent.",
        button="Delete it",
        action=f"{PAGE}/{partnership_id}/delete",
        back=f"{PAGE}/{partnership_id}",
        danger=True,
        version=saved["version"],
    )
    return questions.render(question)


@blueprint.post("/app/partnerships/<partnership_id>/delete")
@callers.needs("member")
def delete(partnership_id: str) -> Any:
    """Delete the partnership."""
    api_client.send("runs", "DELETE", f"{PARTNERSHIPS}/{partnership_id}", version=request.form.get("version"))
    return flash.redirect_to(PAGE, "Deleted.")


@blueprint.get("/app/partnerships/import")
@callers.needs("member")
def ask_import() -> Any:
    """Where partnerships are imported."""
    return redirect("/app/import?kind=partnerships", 303)


PAGE = "/app/partnerships"


def _fields() -> dict[str, Any]:
    """The values of the form: None for a cleared field of EMPTIED, "" for another; contacts are those of which anything
    was typed."""
    form = request.form
    fields: dict[str, Any] = {
        name: value if (value := form[name].strip()) or name not in EMPTIED else None for name in TYPED if name in form
    }
    if "priority" in fields:
        fields["priority"] = forms.number(fields["priority"])
    if fields.get("timeZone"):
        fields["timeZone"] = time_zones.read(fields["timeZone"])
    rows = zip(*(form.getlist(f"contact-{name}") for name in OF_A_CONTACT), strict=False)
    contacts = [
        {key: value.strip() for key, value in zip(OF_A_CONTACT, row, strict=True) if value.strip()} for row in rows
    ]
    return fields | {"contacts": [contact for contact in contacts if contact]}


def _said(owners: Mapping[str, str]) -> dict[str, Callable[[Any], str]]:
    """For each field of the form, the function that puts its value into words."""
    return dict.fromkeys(TYPED, forms.plain) | {
        "owner": lambda person_id: owners.get(person_id, forms.plain(person_id)),
        "nextCallOn": forms.as_day,
        "contacts": lambda people: "; ".join(
            ", ".join(filter(None, (person.get(name) for name in OF_A_CONTACT))) for person in people or ()
        ),
    }


def _form(form: dict[str, Any], saved: dict[str, Any] | None = None, error: TandemError | None = None) -> str:
    errors = forms.by_field(error.errors) if error else {}
    people, owners = list(form.get("contacts") or []), customers.owners()
    return render_template(
        "partnerships/form.html",
        saved=saved,
        version=forms.version(saved["version"], error) if saved else None,
        form=form,
        contacts=people + [{}] * max(1, min(2, MOST_CONTACTS - len(people))),
        stages=[(stage, stage) for stage in STAGES],
        priorities=PRIORITIES,
        owners=[("", "Nobody"), *owners.items()],
        present=forms.changed_since(saved, form, _said(owners)) if saved and isinstance(error, Stale) else {},
        key=ids.new_id(),
        errors=errors,
        problem=failures.problem_of(error) if error and not errors else None,
    )
