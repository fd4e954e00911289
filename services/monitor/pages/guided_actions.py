"""Performs the action of the button that was pressed in a row of a guided step, and saves what is typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request

from services.monitor.pages import (
    api_client,
    call_times,
    failures,
    flash,
    forms,
    frame,
    guided_row,
    guided_run,
    posted_actions,
    questions,
    wording,
)
from services.monitor.pages.guided_runs import RUNS
from services.monitor.pages.guided_trouble import Trouble
from services.monitor.pages.posted_actions import PostedAction
from services.monitor.pages.questions import Question
from shared.contracts.guided_steps import CREATING_ACTIONS
from shared.ground.errors import Conflict, Invalid, Stale, TandemError
from shared.ground.json_types import JsonObject
from shared.web import callers, error_responses

blueprint = frame.page_blueprint("guided_actions", __name__)


@blueprint.get("/app/runs/<run_id>/steps/<step_id>/send-all")
@callers.needs("member")
def ask_send_all(run_id: str, step_id: str) -> Any:
    """The page that asks for confirmation before all e-mails of a step are sent."""
    run = api_client.get("runs", f"{RUNS}/{run_id}")
    data = api_client.get("runs", f"{RUNS}/{run_id}/steps/{step_id}/data")
    ready = [
        row for row in data["items"] if row["state"] == "open" and not row["gone"] and (row["draft"] or {}).get("to")
    ]
    return render_template("runs/send_all.html", run=run, step_id=step_id, ready=ready, total=len(data["items"]))


@blueprint.get("/app/runs/<run_id>/steps/<step_id>/rows/<row_id>/set-aside")
@callers.needs("member")
def ask_set_aside(run_id: str, step_id: str, row_id: str) -> Any:
    """The page that asks for the reason before a row is set aside."""
    question = Question(
        crumb=("Runs", "/app/runs"),
        title="Set this row aside?",
        text="It counts as dealt with, and your reason is kept with it. It can be taken up again.",
        button="Set it aside",
        action=f"/app/runs/{run_id}/steps/{step_id}/act",
        back=f"/app/runs/{run_id}",
        with_reason=True,
        reason_needed=True,
        version=request.args.get("version"),
        hidden={"do": "set_aside", "rowId": row_id},
    )
    return questions.render(question)


@blueprint.get("/app/runs/<run_id>/steps/<step_id>/meetings/<meeting_id>/cancel")
@callers.needs("member")
def ask_cancel_meeting(run_id: str, step_id: str, meeting_id: str) -> Any:
    """The page that asks for confirmation before a call is cancelled."""
    question = Question(
        crumb=("Runs", "/app/runs"),
        title="Cancel this call?",
        text="Its guests get a cancellation, and it leaves their calendars.",
        button="Cancel the call",
        action=f"/app/runs/{run_id}/steps/{step_id}/act",
        back=f"/app/runs/{run_id}",
        danger=True,
        with_reason=True,
        hidden={"do": "cancel_meeting", "meetingId": meeting_id},
    )
    return questions.render(question)


@blueprint.post("/app/runs/<run_id>/steps/<step_id>/act")
@callers.needs("member")
def act(run_id: str, step_id: str) -> Any:
    """Perform the action of the button that was pressed, or only save what was typed."""
    row_id = request.form.get("rowId")
    if forms.is_only_saving() or _unread_time(run_id, row_id):
        return _save_typed(run_id, step_id, row_id)
    actions = posted_actions.read()
    try:
        answer = _post_actions(f"{RUNS}/{run_id}/steps/{step_id}/actions", actions)
    except (Invalid, Conflict, Stale) as error:
        return _refused(run_id, step_id, row_id, error)
    if guided_row.is_wanted():
        return guided_row.changed(run_id, step_id, row_id)
    return flash.redirect_to(_address(run_id, row_id), _said(actions[0], answer))


def _post_actions(path: str, actions: Sequence[PostedAction]) -> JsonObject:
    """Send these actions in turn and return the last answer. Only the first carries the form's version, and only if it
    is about a row."""
    first = actions[0]
    version = request.form.get("version") if first.row_id else None
    key = request.form.get("key") if first.type in CREATING_ACTIONS else None
    answer = api_client.send("runs", "POST", path, first.body(), version=version, key=key)
    for action in actions[1:]:
        answer = api_client.send("runs", "POST", path, action.body())
    return answer


def _refused(run_id: str, step_id: str, row_id: str | None, error: TandemError) -> Any:
    status = error_responses.status_of(error)
    trouble, form = Trouble.of(error, row_id or step_id), request.form.to_dict()
    if guided_row.is_wanted():
        return guided_row.changed(run_id, step_id, row_id, trouble=trouble, form=form), status
    return guided_run.page(run_id, trouble=trouble, form=form), status


def _address(run_id: str, row_id: str | None, query: str = "") -> str:
    return f"/app/runs/{run_id}{query}" + (f"#row-{row_id}" if row_id else "")


def _save_typed(run_id: str, step_id: str, row_id: str | None) -> Any:
    """If a time was typed for a row, show the page again with it on both clocks and save nothing. Otherwise save the
    row's note or mail; without either, only render the form again with its values."""
    form, typed = request.form, _typed()
    if row_id and (time := form.get("otherTime", "").strip()):
        return flash.redirect_to(_address(run_id, row_id, "?" + urlencode({"row": row_id, "at": time})))
    if (not row_id or not typed) and guided_row.is_wanted():
        return guided_row.changed(run_id, step_id, row_id)
    if not row_id or not typed:
        return guided_run.page(run_id, trouble=Trouble(row_id or step_id), form=form.to_dict())
    try:
        path = f"{RUNS}/{run_id}/steps/{step_id}/rows/{row_id}"
        api_client.send("runs", "PATCH", path, typed, version=form.get("version"))
    except (Invalid, Conflict, Stale) as error:
        return _refused(run_id, step_id, row_id, error)
    if guided_row.is_wanted():
        return guided_row.changed(run_id, step_id, row_id)
    return flash.redirect_to(_address(run_id, row_id), "Kept as it is typed.")


def _unread_time(run_id: str, row_id: str | None) -> bool:
    """Whether the form has a typed time not yet shown on both clocks that needs a second look: the clocks differ, or
    the hour is unusual there."""
    typed = request.form.get("otherTime", "").strip()
    if not row_id or typed in ("", request.form.get("readTime")):
        return False
    time = call_times.proposed(run_id, row_id, typed)
    return time is not None and not time.obvious


@blueprint.post("/app/runs/<run_id>/steps/<step_id>/withdraw")
@callers.needs("member")
def withdraw(run_id: str, step_id: str) -> Any:
    """Take back the mails and invitations of the step that have not left, and say which had."""
    row_id = request.form.get("rowId")
    body = {"deliveryIds": request.form.getlist("deliveryIds")}
    items = api_client.send("runs", "POST", f"{RUNS}/{run_id}/withdraw", body)["items"]
    refused = [item for item in items if item["status"] == "refused"]
    if guided_row.is_wanted() and row_id:
        error = Conflict(refused[0]["reason"]) if refused else None
        return guided_row.changed(run_id, step_id, row_id, trouble=error and Trouble.of(error, row_id))
    back = len(items) - len(refused)
    said = f"{wording.many(back, 'message')} taken back." if back else ""
    reasons = " ".join(dict.fromkeys(item["reason"] for item in refused))
    return flash.redirect_to(_address(run_id, row_id), f"{said} {reasons}".strip(), tone="wait" if refused else "good")


@blueprint.post("/app/runs/<run_id>/steps/<step_id>/rows/<row_id>/draft")
@callers.needs("member")
def save_row(run_id: str, step_id: str, row_id: str) -> Any:
    """Save a row while the person types."""
    path = f"{RUNS}/{run_id}/steps/{step_id}/rows/{row_id}"
    return _saved(row_id, path, _typed())


@blueprint.post("/app/runs/<run_id>/steps/<step_id>/draft")
@callers.needs("member")
def save_step(run_id: str, step_id: str) -> Any:
    """Save the note of a step while the person types."""
    return _saved(step_id, f"{RUNS}/{run_id}/steps/{step_id}", {"draft": {"text": request.form.get("text", "")}})


def _typed() -> JsonObject:
    """The typed values that a row keeps: its note, its mail."""
    form = request.form
    note = {"note": form["note"]} if "note" in form else {}
    if "subject" not in form:
        return note
    mail = {
        "to": posted_actions.recipients(form.get("to", "")),
        "subject": form["subject"],
        "body": form.get("body", ""),
    }
    return note | {"draft": mail}


def _saved(target: str, path: str, body: JsonObject) -> Any:
    """Send the PATCH and return the fragment with the new version, or with the refusal."""
    try:
        answer = api_client.send("runs", "PATCH", path, body, version=request.form.get("version"))
    except (Stale, Conflict, Invalid) as error:
        version, problem = request.form.get("version"), failures.problem_of(error)
        return render_template("runs/saved.html", target=target, version=version, problem=problem)
    return render_template("runs/saved.html", target=target, version=answer["version"], problem=None)


def _said(action: PostedAction, answer: JsonObject) -> str:
    """One line on what was done, if the row itself does not show it."""
    items = answer.get("items") or []
    refused = [item for item in items if item["status"] == "refused"]
    if action.all_rows:
        sent = f"{wording.many(len(items) - len(refused), 'e-mail')} on the way."
        reasons = "; ".join(item.get("reason") or "" for item in refused[:5])
        return f"{sent} Not sent: {reasons}." if refused else sent
    if action.type == "refresh":
        return f"{wording.many(len(items), 'row')} added." if items else "Nothing new matches."
    return ""
