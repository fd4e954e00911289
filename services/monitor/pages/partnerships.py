"""Partnerships: the list, and making, changing, importing and deleting one."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor.pages import addresses, asking, customers, failures, forms, frame, saying
from shared import ids, web
from shared.errors import Conflict, Invalid, Stale, TandemError

PARTNERSHIPS = "/api/partnerships"
STAGES = ("New Lead", "Conversation Active", "MOU Sent", "MOU Signed", "Active", "Dormant", "Lost")
SILENCES = (("", "Any last contact"), ("7", "7+ days"), ("14", "14+ days"), ("30", "30+ days"), ("60", "60+ days"))
PRIORITIES = (("1", "1, most urgent"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5"))
TYPED = ("name", "stage", "owner", "priority", "website", "timeZone", "source", "description", "nextCallOn")
EMPTIED = ("owner", "website", "timeZone", "source", "nextCallOn")
"""Fields of the form that may be emptied again."""
MOST_CONTACTS = 5
LONGEST_FILE = 5_000_000

blueprint = frame.room("partnerships", __name__)


@blueprint.get("/app/partnerships")
@web.needs("member")
def list_partnerships() -> Any:
    """Partnerships by name, or by whatever the filters say; the page stands while runs is away."""
    chosen = addresses.chosen("q", "stage", "owner", "priority", "no_contact_days", "sort")
    body, away = asking.part("Partnerships cannot be shown.", lambda: _asked(chosen), {})
    pagination = body.get("pagination", {})
    return render_template(
        "partnerships/list.html",
        partnerships=body.get("items", []),
        owners=customers.owners(),
        chosen=chosen,
        away=away,
        stages=[("", "Every stage")] + [(one, one) for one in STAGES],
        silences=SILENCES,
        priorities=[("", "Every priority"), *PRIORITIES],
        pagination=pagination,
        pages=addresses.pages(pagination.get("next")),
    )


@blueprint.get("/app/partnerships/new")
@web.needs("member")
def ask_new() -> Any:
    """An empty form."""
    return _form({"priority": 3, "stage": "New Lead", "owner": web.by().id})


@blueprint.post("/app/partnerships/new")
@web.needs("member")
def create() -> Any:
    """Make it, once however often the button is pressed."""
    told = {name: value for name, value in _told().items() if value not in (None, "")}
    try:
        made = asking.send("runs", "POST", PARTNERSHIPS, told, key=request.form.get("key"))
    except (Conflict, Invalid) as error:
        return _form(told, error=error), 422
    return saying.go(f"{PAGE}/{made['id']}", f"“{made['name']}” is in the list.")


@blueprint.get("/app/partnerships/<partnership_id>/edit")
@web.needs("member")
def ask_edit(partnership_id: str) -> Any:
    """The form with what is known."""
    known = asking.get("runs", f"{PARTNERSHIPS}/{partnership_id}")
    return _form(known, known)


@blueprint.post("/app/partnerships/<partnership_id>/edit")
@web.needs("member")
def edit(partnership_id: str) -> Any:
    """Change it, if it is still what the form showed; else both are shown and the person chooses."""
    told = {name: value for name, value in _told().items() if value != "" and name != "stage"}
    try:
        asking.send("runs", "PATCH", f"{PARTNERSHIPS}/{partnership_id}", told, version=request.form.get("version"))
    except (Conflict, Invalid, Stale) as error:
        known = asking.get("runs", f"{PARTNERSHIPS}/{partnership_id}")
        return _form(known | told, known, error), 412 if isinstance(error, Stale) else 422
    return saying.go(f"{PAGE}/{partnership_id}", "Saved.")


@blueprint.get("/app/partnerships/<partnership_id>/delete")
@web.needs("member")
def ask_delete(partnership_id: str) -> Any:
    """What deleting means."""
    known = asking.get("runs", f"{PARTNERSHIPS}/{partnership_id}")
    ask = {
        "title": f"Delete “{known['name']}”?",
        "text": "It leaves every list, and steps that have shown it show it as gone. What was sent stays sent.",
        "button": "Delete it",
        "action": f"{PAGE}/{partnership_id}/delete",
        "back": f"{PAGE}/{partnership_id}",
        "danger": True,
        "version": known["version"],
    }
    return render_template("renewals/with_reason.html", ask=ask)


@blueprint.post("/app/partnerships/<partnership_id>/delete")
@web.needs("member")
def delete(partnership_id: str) -> Any:
    """Take it out of the lists."""
    asking.send("runs", "DELETE", f"{PARTNERSHIPS}/{partnership_id}", version=request.form.get("version"))
    return saying.go(PAGE, "Deleted.")


@blueprint.get("/app/partnerships/import")
@web.needs("member")
def ask_import() -> Any:
    """Which columns a file may have."""
    return render_template("partnerships/import.html", receipt=None, csv="")


@blueprint.post("/app/partnerships/import")
@web.needs("member")
def import_file() -> Any:
    """First what the file would do, row by row; then doing it, with the same text."""
    upload = request.files.get("file")
    text = upload.read(LONGEST_FILE).decode("utf-8-sig", "replace") if upload and upload.filename else ""
    text = text or request.form.get("csv", "")
    for_real = request.form.get("do") == "import"
    try:
        receipt = asking.send("runs", "POST", f"{PARTNERSHIPS}/import", {"csv": text, "dryRun": not for_real})
    except Invalid as error:
        problem = failures.problem_of(error)
        errors = forms.by_field(error.errors)
        return render_template("partnerships/import.html", receipt=None, csv=text, problem=problem, errors=errors), 422
    if for_real and not receipt["refused"]:
        return saying.go(PAGE, f"{receipt['created']} created, {receipt['updated']} updated.")
    return render_template("partnerships/import.html", receipt=receipt, csv=text)


PAGE = "/app/partnerships"


def _asked(chosen: dict[str, str]) -> dict[str, Any]:
    wanted: dict[str, Any] = {"limit": 50, "cursor": request.args.get("cursor"), **chosen}
    return asking.get("runs", PARTNERSHIPS, **wanted)


def _told() -> dict[str, Any]:
    """What the form says: None for what was emptied, contacts as a list of those that have a name or an address."""
    form = request.form
    told: dict[str, Any] = {
        name: value if (value := form[name].strip()) or name not in EMPTIED else None for name in TYPED if name in form
    }
    if "priority" in told:
        told["priority"] = forms.number(told["priority"])
    rows = zip(*(form.getlist(f"contact-{name}") for name in ("name", "email", "title")), strict=False)
    contacts = [
        {key: value.strip() for key, value in zip(("name", "email", "title"), row, strict=True) if value.strip()}
        for row in rows
    ]
    return told | {"contacts": [one for one in contacts if one]}


def _form(form: dict[str, Any], known: dict[str, Any] | None = None, error: TandemError | None = None) -> str:
    errors = forms.by_field(error.errors) if isinstance(error, Invalid) else {}
    people = list(form.get("contacts") or [])
    return render_template(
        "partnerships/form.html",
        known=known,
        form=form,
        contacts=people + [{}] * max(1, min(2, MOST_CONTACTS - len(people))),
        stages=[(one, one) for one in STAGES],
        priorities=PRIORITIES,
        owners=[("", "Nobody"), *customers.owners().items()],
        key=ids.new_id(),
        errors=errors,
        problem=failures.problem_of(error) if error and not errors else None,
    )
