"""The pages of recurrences: templates that start a run by themselves, every week or month or by a cron expression."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor.pages import api_client, customers, failures, flash, forms, frame, questions
from services.monitor.pages.guided_runs import every_template
from services.monitor.pages.questions import Question
from shared.contracts.recurrences import TIMING, WEEKDAYS
from shared.ground import ids
from shared.ground.errors import Conflict, Invalid, Stale, TandemError
from shared.web import callers, error_responses

RECURRENCES = "/api/recurrences"
PAGE = "/app/recurrences"
TYPED = ("templateId", "name", "every", "weekday", "day", "at", "cron", "owner")

blueprint = frame.page_blueprint("recurrences", __name__)


@blueprint.get("/app/recurrences")
@callers.needs("member")
def list_recurrences() -> Any:
    """The recurrences of the tenant, with the next start of each."""
    recurrences, away = api_client.optional(
        "Recurrences cannot be shown.", lambda: api_client.every("runs", RECURRENCES), []
    )
    templates, _ = api_client.optional("", every_template, [])
    return render_template(
        "recurrences/list.html",
        recurrences=recurrences,
        template_names={template["id"]: template["name"] for template in templates},
        owners=customers.owners(),
        away=away,
    )


@blueprint.get("/app/recurrences/new")
@callers.needs("member")
def ask_new() -> Any:
    """The form for a new recurrence."""
    return _form({"templateId": request.args.get("template_id"), "every": "week", "weekday": "monday", "at": "09:00"})


@blueprint.post("/app/recurrences/new")
@callers.needs("member")
def create() -> Any:
    """Create the recurrence."""
    if forms.is_only_saving():
        return _form(request.form.to_dict())
    fields = _fields()
    try:
        made = api_client.send("runs", "POST", RECURRENCES, fields, key=request.form.get("key"))
    except (Conflict, Invalid) as error:
        return _form(request.form.to_dict(), error=error), error_responses.status_of(error)
    return flash.redirect_to(PAGE, f"It starts {made['inWords']}.")


@blueprint.get("/app/recurrences/<recurrence_id>/edit")
@callers.needs("member")
def ask_edit(recurrence_id: str) -> Any:
    """The form with the present values of a recurrence."""
    saved = api_client.get("runs", f"{RECURRENCES}/{recurrence_id}")
    return _form(saved, saved)


@blueprint.post("/app/recurrences/<recurrence_id>/edit")
@callers.needs("member")
def edit(recurrence_id: str) -> Any:
    """Change the recurrence."""
    if forms.is_only_saving():
        return _form(request.form.to_dict(), api_client.get("runs", f"{RECURRENCES}/{recurrence_id}"))
    fields = _fields()
    fields.pop("templateId", None)
    try:
        made = api_client.send(
            "runs", "PATCH", f"{RECURRENCES}/{recurrence_id}", fields, version=request.form.get("version")
        )
    except (Conflict, Invalid, Stale) as error:
        saved = api_client.get("runs", f"{RECURRENCES}/{recurrence_id}")
        return _form(request.form.to_dict(), saved, error), error_responses.status_of(error)
    return flash.redirect_to(PAGE, f"It starts {made['inWords']}.")


@blueprint.post("/app/recurrences/<recurrence_id>/<any(stop, resume):move>")
@callers.needs("member")
def switch(recurrence_id: str, move: str) -> Any:
    """Pause a recurrence, or resume it."""
    path, fields = f"{RECURRENCES}/{recurrence_id}", {"active": move == "resume"}
    api_client.send("runs", "PATCH", path, fields, version=request.form.get("version"))
    return flash.redirect_to(
        PAGE, "It starts again when it is due." if fields["active"] else "It starts nothing until resumed."
    )


@blueprint.get("/app/recurrences/<recurrence_id>/delete")
@callers.needs("member")
def ask_delete(recurrence_id: str) -> Any:
    """The page that asks for confirmation before a recurrence is deleted."""
    saved = api_client.get("runs", f"{RECURRENCES}/{recurrence_id}")
    question = Question(
        crumb=("Recurrences", PAGE),
        title=f"Delete “{saved['name'] or saved['inWords']}”?",
        text="It starts nothing any more. The runs that it has started stay.",
        button="Delete it",
        action=f"{PAGE}/{recurrence_id}/delete",
        back=f"{PAGE}/{recurrence_id}/edit",
        danger=True,
        version=saved["version"],
    )
    return questions.render(question)


@blueprint.post("/app/recurrences/<recurrence_id>/delete")
@callers.needs("member")
def delete(recurrence_id: str) -> Any:
    """Delete a recurrence; the runs that it started stay."""
    api_client.send("runs", "DELETE", f"{RECURRENCES}/{recurrence_id}", version=request.form.get("version"))
    return flash.redirect_to(PAGE, "Deleted. The runs that it has started stay.")


def _fields() -> dict[str, Any]:
    """The values of the form, with only the fields of the chosen schedule."""
    form = request.form
    every = form.get("every", "week")
    kept = {"templateId", "name", "owner", "every", *TIMING.get(every, ())}
    fields: dict[str, Any] = {name: form[name].strip() for name in TYPED if name in kept and form.get(name, "").strip()}
    if "day" in fields:
        fields["day"] = forms.number(fields["day"])
    return fields


def _form(form: dict[str, Any], saved: dict[str, Any] | None = None, error: TandemError | None = None) -> str:
    errors = forms.by_field(error.errors) if isinstance(error, Invalid) else {}
    return render_template(
        "recurrences/form.html",
        saved=saved,
        version=forms.version(saved["version"], error) if saved else None,
        form=form,
        templates=[(template["id"], template["name"]) for template in every_template()],
        owners=list(customers.owners().items()),
        days=[(day, day.capitalize()) for day in WEEKDAYS],
        me=callers.by().id,
        key=ids.new_id(),
        errors=errors,
        problem=failures.problem_of(error) if error else None,
    )
