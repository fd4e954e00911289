"""Recurrences: templates that start a run by themselves, every week or month."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor.pages import asking, customers, failures, forms, frame, saying
from services.monitor.pages.guided_runs import every_template
from shared import ids, web
from shared.errors import Conflict, Invalid, Stale, TandemError

RECURRENCES = "/api/recurrences"
PAGE = "/app/recurrences"
DAYS = tuple(
    (day, day.capitalize()) for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
)
TYPED = ("templateId", "name", "every", "weekday", "day", "at", "cron", "owner")
OF_WHICH = {"week": ("weekday", "at"), "month": ("day", "at"), "cron": ("cron",)}

blueprint = frame.room("recurrences", __name__)


@blueprint.get("/app/recurrences")
@web.needs("member")
def list_recurrences() -> Any:
    """What starts by itself, and when next."""
    body, away = asking.part("Recurrences cannot be shown.", lambda: asking.get("runs", RECURRENCES, limit=100), {})
    templates, _ = asking.part("", every_template, [])
    return render_template(
        "recurrences/list.html",
        recurrences=body.get("items", []),
        template_names={one["id"]: one["name"] for one in templates},
        owners=customers.owners(),
        away=away,
    )


@blueprint.get("/app/recurrences/new")
@web.needs("member")
def ask_new() -> Any:
    """Which template, how often, for whom."""
    return _form({"templateId": request.args.get("template_id"), "every": "week", "weekday": "monday", "at": "09:00"})


@blueprint.post("/app/recurrences/new")
@web.needs("member")
def create() -> Any:
    """Plan it."""
    told = _told()
    try:
        made = asking.send("runs", "POST", RECURRENCES, told, key=request.form.get("key"))
    except (Conflict, Invalid) as error:
        return _form(request.form.to_dict(), error=error), 422
    return saying.go(PAGE, f"It starts {made['inWords']}.")


@blueprint.get("/app/recurrences/<recurrence_id>/edit")
@web.needs("member")
def ask_edit(recurrence_id: str) -> Any:
    """The form with what is planned."""
    known = asking.get("runs", f"{RECURRENCES}/{recurrence_id}")
    return _form(known, known)


@blueprint.post("/app/recurrences/<recurrence_id>/edit")
@web.needs("member")
def edit(recurrence_id: str) -> Any:
    """Plan it otherwise."""
    told = _told()
    told.pop("templateId", None)
    try:
        made = asking.send("runs", "PATCH", f"{RECURRENCES}/{recurrence_id}", told, version=request.form.get("version"))
    except (Conflict, Invalid, Stale) as error:
        return _form(request.form.to_dict(), asking.get("runs", f"{RECURRENCES}/{recurrence_id}"), error), 422
    return saying.go(PAGE, f"It starts {made['inWords']}.")


@blueprint.post("/app/recurrences/<recurrence_id>/<any(stop, resume):move>")
@web.needs("member")
def switch(recurrence_id: str, move: str) -> Any:
    """Stop it for a while, or let it start runs again."""
    path, told = f"{RECURRENCES}/{recurrence_id}", {"active": move == "resume"}
    asking.send("runs", "PATCH", path, told, version=request.form.get("version"))
    return saying.go(PAGE, "It starts again when it is due." if told["active"] else "It starts nothing until resumed.")


@blueprint.post("/app/recurrences/<recurrence_id>/delete")
@web.needs("member")
def delete(recurrence_id: str) -> Any:
    """Forget it; the runs that it has started stay."""
    asking.send("runs", "DELETE", f"{RECURRENCES}/{recurrence_id}")
    return saying.go(PAGE, "Deleted. The runs that it has started stay.")


def _told() -> dict[str, Any]:
    """What the form says, of its way of recurring only."""
    form = request.form
    every = form.get("every", "week")
    kept = {"templateId", "name", "owner", "every", *OF_WHICH.get(every, ())}
    told: dict[str, Any] = {name: form[name].strip() for name in TYPED if name in kept and form.get(name, "").strip()}
    if told.get("day", "").isdigit():
        told["day"] = int(told["day"])
    return told


def _form(form: dict[str, Any], known: dict[str, Any] | None = None, error: TandemError | None = None) -> str:
    errors = forms.by_field(error.errors) if isinstance(error, Invalid) else {}
    return render_template(
        "recurrences/form.html",
        known=known,
        form=form,
        templates=[(one["id"], one["name"]) for one in every_template()],
        owners=list(customers.owners().items()),
        days=DAYS,
        me=web.by().id,
        key=ids.new_id(),
        errors=errors,
        problem=failures.problem_of(error) if error else None,
    )
