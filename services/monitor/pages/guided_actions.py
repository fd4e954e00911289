"""What a person does with the rows of a guided step: the action of the button that was pressed, and what is kept while they type."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request

from services.monitor import people
from services.monitor.pages import asking, failures, forms, frame, guided_run, saying, wording
from services.monitor.pages.guided_runs import RUNS
from shared import web
from shared.errors import Conflict, Invalid, NotFound, Stale, TandemError

blueprint = frame.room("guided_actions", __name__)

ACTIONS: dict[str, tuple[str, ...]] = {
    "review_row": ("mark", "note"),
    "set_aside": ("note",),
    "reopen_row": (),
    "send_email": ("to", "subject", "body"),
    "update_stage": ("stage",),
    "undo_stage": (),
    "schedule_meeting": ("startsAt", "minutes", "title", "description"),
    "change_meeting": ("meetingId", "startsAt", "minutes"),
    "cancel_meeting": ("meetingId", "reason"),
    "create_task": ("partnershipId", "title", "description", "dueDate", "priority", "owner"),
    "add_note": ("text", "partnershipId"),
    "create_partnership": (
        *("name", "contactName", "contactEmail", "stage", "priority", "source", "description", "website", "owner"),
    ),
    "update_objective": ("objectiveId", "keyResultId", "current", "note"),
    "refresh": (),
}
"""The fields of a form that each action takes along (API: the actions of a step)."""

NUMBERS = ("minutes", "priority")
CREATES = ("create_task", "add_note", "create_partnership")
"""Actions that make something new: their form carries a key, so that a second click is the same one."""


@blueprint.get("/app/runs/<run_id>/steps/<step_id>/send-all")
@web.needs("member")
def ask_send_all(run_id: str, step_id: str) -> Any:
    """To whom, and how many."""
    run = asking.get("runs", f"{RUNS}/{run_id}")
    data = asking.get("runs", f"{RUNS}/{run_id}/steps/{step_id}/data")
    ready = [
        one for one in data["items"] if one["state"] == "open" and not one["gone"] and (one["draft"] or {}).get("to")
    ]
    return render_template("runs/send_all.html", run=run, step_id=step_id, ready=ready, total=len(data["items"]))


@blueprint.get("/app/runs/<run_id>/steps/<step_id>/rows/<row_id>/set-aside")
@web.needs("member")
def ask_set_aside(run_id: str, step_id: str, row_id: str) -> Any:
    """Why nothing needs to be done about a row."""
    ask = {
        "title": "Set this row aside?",
        "text": "It counts as dealt with, and your reason is kept with it. It can be taken up again.",
        "button": "Set it aside",
        "action": f"/app/runs/{run_id}/steps/{step_id}/act",
        "back": f"/app/runs/{run_id}",
        "with_reason": True,
        "reason_needed": True,
        "version": request.args.get("version"),
        "hidden": {"do": "set_aside", "rowId": row_id},
    }
    return render_template("renewals/with_reason.html", ask=ask)


@blueprint.get("/app/runs/<run_id>/steps/<step_id>/meetings/<meeting_id>/cancel")
@web.needs("member")
def ask_cancel_meeting(run_id: str, step_id: str, meeting_id: str) -> Any:
    """That the guests will be told."""
    ask = {
        "title": "Cancel this call?",
        "text": "Its guests get a cancellation, and it leaves their calendars.",
        "button": "Cancel the call",
        "action": f"/app/runs/{run_id}/steps/{step_id}/act",
        "back": f"/app/runs/{run_id}",
        "danger": True,
        "with_reason": True,
        "hidden": {"do": "cancel_meeting", "meetingId": meeting_id},
    }
    return render_template("renewals/with_reason.html", ask=ask)


@blueprint.post("/app/runs/<run_id>/steps/<step_id>/act")
@web.needs("member")
def act(run_id: str, step_id: str) -> Any:
    """Do something in the step: the button that was pressed says what, the form says with which row."""
    told, row_id = _told(), request.form.get("rowId")
    try:
        answer = asking.send(
            "runs",
            "POST",
            f"{RUNS}/{run_id}/steps/{step_id}/actions",
            told,
            version=request.form.get("version") if "rowId" in told else None,
            key=request.form.get("key") if told["type"] in CREATES else None,
        )
    except (Invalid, Conflict, Stale) as error:
        status = 422 if isinstance(error, Invalid) else 412 if isinstance(error, Stale) else 409
        return guided_run.page(run_id, trouble=trouble(step_id, row_id, error), form=request.form.to_dict()), status
    return saying.go(f"/app/runs/{run_id}#row-{row_id}" if row_id else f"/app/runs/{run_id}", _said(told, answer))


@blueprint.post("/app/runs/<run_id>/steps/<step_id>/rows/<row_id>/draft")
@web.needs("member")
def save_row(run_id: str, step_id: str, row_id: str) -> Any:
    """Keep what is typed in a row, while it is typed."""
    told: dict[str, Any] = {}
    if "note" in request.form:
        told["note"] = request.form["note"]
    if "subject" in request.form:
        told["draft"] = {
            "to": _addresses(request.form.get("to", "")),
            "subject": request.form["subject"],
            "body": request.form.get("body", ""),
        }
    path = f"{RUNS}/{run_id}/steps/{step_id}/rows/{row_id}"
    return _saved(row_id, path, told)


@blueprint.post("/app/runs/<run_id>/steps/<step_id>/draft")
@web.needs("member")
def save_step(run_id: str, step_id: str) -> Any:
    """Keep the note of a step, while it is typed."""
    return _saved(step_id, f"{RUNS}/{run_id}/steps/{step_id}", {"draft": {"text": request.form.get("text", "")}})


def _saved(target: str, path: str, told: dict[str, Any]) -> Any:
    """The newer version for the form, and a word that it is kept; where somebody was first, that the form must choose."""
    try:
        answer = asking.send("runs", "PATCH", path, told, version=request.form.get("version"))
    except (Stale, Conflict, Invalid) as error:
        said = failures.problem_of(error)
        return render_template("runs/saved.html", target=target, version=request.form.get("version"), problem=said)
    return render_template("runs/saved.html", target=target, version=answer["version"], problem=None)


def _told() -> dict[str, Any]:
    """The body of the action that the form asks for. NotFound for a button that no page of ours has."""
    form = request.form
    wanted, _, key_result = (form.get("do") or ("review_row" if "mark" in form else "")).partition(":")
    if wanted == "send_all":
        return {"type": "send_email", "all": True}
    if wanted not in ACTIONS:
        raise NotFound("There is no such action.")
    told: dict[str, Any] = {name: form[name].strip() for name in ACTIONS[wanted] if form.get(name, "").strip()}
    told |= {name: forms.number(told[name]) for name in NUMBERS if name in told}
    if wanted == "set_aside" and form.get("reason", "").strip():
        told["note"] = form["reason"].strip()
    if "to" in told:
        told["to"] = _addresses(told["to"])
    if "startsAt" in ACTIONS[wanted]:
        told |= _starting(form.get("otherTime", "").strip() or told.get("startsAt", ""))
    if key_result:
        told |= {"keyResultId": key_result, "current": form.get(f"current-{key_result}", "").strip()}
    row = {"rowId": form["rowId"]} if form.get("rowId") and "meetingId" not in ACTIONS[wanted] else {}
    return {"type": wanted, **row, **told}


def _starting(text: str) -> dict[str, str]:
    """A slot as it was offered, or a time typed in the tenant's own zone."""
    if not text or text.endswith("Z"):
        return {"startsAt": text} if text else {}
    try:
        typed = datetime.fromisoformat(text)
    except ValueError:
        return {"startsAt": text}
    zone = ZoneInfo(people.tenant(web.by().tenant_id).time_zone)
    return {"startsAt": typed.replace(tzinfo=zone).astimezone(ZoneInfo("UTC")).isoformat().replace("+00:00", "Z")}


def _addresses(text: str) -> list[str]:
    return [one.strip() for one in text.replace(";", ",").split(",") if one.strip()]


def _said(told: dict[str, Any], answer: dict[str, Any]) -> str:
    """One line for what was done, where the row itself does not show it."""
    items = answer.get("items") or []
    refused = [one for one in items if one["status"] == "refused"]
    if told["type"] == "send_email" and told.get("all"):
        sent = f"{wording.many(len(items) - len(refused), 'e-mail')} on the way."
        reasons = "; ".join(one.get("reason") or "" for one in refused[:5])
        return f"{sent} Not sent: {reasons}." if refused else sent
    if told["type"] == "refresh":
        return f"{wording.many(len(items), 'row')} added." if items else "Nothing new matches."
    return ""


def trouble(step_id: str, row_id: str | None, error: TandemError) -> dict[str, Any]:
    """What went wrong, where: with the row's or the step's form, in the words of its owner."""
    errors = forms.by_field(error.errors) if isinstance(error, Invalid) else {}
    problem = failures.problem_of(error)
    if errors:
        problem["detail"] = " ".join(reason for reasons in errors.values() for reason in reasons)
    return {
        "at": row_id or step_id,
        "errors": errors,
        "problem": problem,
        "stale": isinstance(error, Stale),
    }
