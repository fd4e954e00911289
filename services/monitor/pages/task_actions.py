"""What is done with one task or many: complete, snooze, hand over, give a priority, take it back, bring back, reopen, run again."""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import render_template, request

from services.monitor.pages import (
    api_client,
    customers,
    failures,
    flash,
    forms,
    frame,
    receipts,
    task_rows,
    urls,
    wording,
)
from services.monitor.pages.receipts import Receipt
from services.monitor.pages.toasts import Undo
from shared.ground.errors import Invalid, NotFound, TandemError
from shared.ground.json_types import JsonObject
from shared.web import callers, error_responses

TASKS = task_rows.TASKS
ASKED = {"snooze": "tasks/snooze.html", "hand_over": "tasks/hand_over.html", "set_priority": "tasks/priority.html"}
"""The actions that need more to be said, and the form that asks for it."""

FIELDS = ("subTasks", "until", "reason", "owner", "note", "priority")
SAID = {"unsnooze": "“{}” is back in the list.", "execute": "“{}” is queued again.", "reopen": "“{}” is open again."}
GONE = "A task that is gone"

blueprint = frame.page_blueprint("task_actions", __name__)


@blueprint.get("/app/tasks/ask/<any(snooze, hand_over, set_priority):action>")
@callers.needs("member")
def ask(action: str) -> Any:
    """The form for an action on the tasks that the address names."""
    return _form(action)


@blueprint.post("/app/tasks/act")
@callers.needs("member")
def act() -> Any:
    """Do an action with the tasks that the form names. What needs to be asked is asked first; what cannot be done with one of
    them is said, and holds up none of the others."""
    action = request.form.get("action", "")
    versions = _chosen()
    if forms.is_only_saving() or not versions:
        return _nothing_done(action)
    fields = _fields(action)
    if action in ASKED and not {"until", "owner", "priority"} & fields.keys():
        return _form(action), 422
    body = {"taskIds": list(versions), "action": action, "versions": {task: at for task, at in versions.items() if at}}
    try:
        batch = api_client.send(
            "workflows", "POST", f"{TASKS}/batches", body | fields, key=_key(versions, body | fields)
        )
    except Invalid as error:
        if action not in ASKED:
            raise
        return _form(action, error), error_responses.status_of(error)
    return _answer(batch, fields)


@blueprint.post("/app/tasks/undo/<batch_id>")
@callers.needs("member")
def undo(batch_id: str) -> Any:
    """Take an action back."""
    became = receipts.all_of(api_client.send("workflows", "POST", f"{TASKS}/batches/{batch_id}/undo"))
    back, left = _changed(became), _left(became)
    message = " ".join(filter(None, [f"Taken back: {_named(back)}." if back else "", left]))
    return _said(message, [receipt.id for receipt in became], tone="wait" if left else "good")


@blueprint.post("/app/tasks/<task_id>/<any(unsnooze, execute, reopen):move>")
@callers.needs("member")
def change(task_id: str, move: str) -> Any:
    """End the snooze, run the task again, or reopen it."""
    task = api_client.send("workflows", "POST", f"{TASKS}/{task_id}/{move}", {}, version=request.form.get("version"))
    return _said(SAID[move].format(task["title"]), [task_id])


def _answer(batch: JsonObject, fields: JsonObject) -> Any:
    """What became of each: the rows that changed, a toast that takes it back, and the question that is left over."""
    became = receipts.all_of(batch)
    done = _changed(became)
    asked = [receipt for receipt in became if receipt.open_parts]
    left = _left([receipt for receipt in became if not receipt.open_parts])
    message = " ".join(filter(None, [_sentence(batch["action"], fields, done) if done else "", left]))
    if not done and not left and not asked:
        message = "They stood so already."
    undo = Undo(f"/app/tasks/undo/{batch['id']}", _undo_fields(), in_place=_is_in_place()) if done else None
    if asked:
        return _ask_parts(asked, [receipt.id for receipt in done], message, undo)
    return _said(message, [receipt.id for receipt in became], tone="wait" if left else "good", undo=undo)


def _said(message: str, task_ids: Sequence[str], *, tone: str = "good", undo: Undo | None = None) -> Any:
    """The rows as they are now and a toast, if the page can put them in place; else a redirect that says it."""
    if not _is_in_place():
        return flash.redirect_to(urls.back("/app/tasks"), message, tone=tone, undo=undo)
    return "\n".join([*task_rows.parts(task_ids, callers.by()), flash.toast(message, tone=tone, undo=undo)])


def _ask_parts(asked: Sequence[Receipt], done: Sequence[str], message: str, undo: Undo | None) -> tuple[str, int]:
    """The question what becomes of the open parts of these tasks; with it, what was done with the others."""
    form = render_template(
        "tasks/complete.html",
        asked=asked,
        chosen=request.form.get("subTasks") or "keep",
        **_around("complete", {receipt.id: receipt.version for receipt in asked}),
    )
    if not done or not _is_in_place():
        return form, 409
    return "\n".join([form, *task_rows.parts(done, callers.by()), flash.toast(message, undo=undo)]), 409


def _nothing_done(action: str) -> Any:
    """The same form again, or the list where nothing was chosen."""
    if not _chosen():
        return _said("Nothing was chosen.", [], tone="wait")
    if action == "complete":
        return flash.redirect_to(urls.back("/app/tasks"))
    return _form(action)


def _form(action: str, error: TandemError | None = None) -> str:
    if action not in ASKED:
        raise NotFound("There is no such thing to do with a task.")
    errors = forms.by_field(error.errors) if isinstance(error, Invalid) else {}
    day = task_rows.today()
    return render_template(
        ASKED[action],
        presets=presets(day),
        tomorrow=(day + timedelta(days=1)).isoformat(),
        owners=list(customers.owners().items()),
        form=request.form,
        errors=errors,
        problem=failures.problem_of(error) if error and not errors else None,
        **_around(action, _chosen()),
    )


def _around(action: str, versions: dict[str, int | None]) -> dict[str, Any]:
    """What every form of an action carries along: its tasks, whether they are rows of a list, and the way back."""
    if not versions:
        raise Invalid("Select some tasks in the list first.")
    found = api_client.get("workflows", TASKS, ids=",".join(list(versions)[:100]), limit=100)["items"]
    if not found:
        raise NotFound("There is no such task.")
    return {
        "action": action,
        "tasks": found,
        "named": [f"{task['id']}:{versions.get(task['id']) or task['version']}" for task in found],
        "many": _named([Receipt.of(task | {"outcome": "unchanged"}) for task in found]),
        "in_row": bool(request.values.get("row")),
        "back": urls.back("/app/tasks"),
    }


def presets(day: date) -> list[tuple[str, str]]:
    """The days until which a task can be put away with one press, and what they are called."""
    month_later = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = calendar.monthrange(month_later.year, month_later.month)[1]
    days = (
        ("Tomorrow morning", day + timedelta(days=1)),
        ("In 3 days", day + timedelta(days=3)),
        ("Next Monday", day + timedelta(days=7 - day.weekday())),
        ("Next month", month_later.replace(day=min(day.day, last))),
    )
    return [(until.isoformat(), name) for name, until in days]


def _chosen() -> dict[str, int | None]:
    """The versions of the chosen tasks by id, from `id:version`."""
    named = [value.rpartition(":") for value in request.values.getlist("task")]
    return {
        task or version: int(version) if task and version.isdigit() and len(version) < 10 else None
        for task, _, version in named
    }


def _fields(action: str) -> JsonObject:
    """The fields of the action that the form has."""
    typed = {name: value for name in FIELDS if (value := request.form.get(name, "").strip())}
    if typed.get("until") == "day":
        typed["until"] = request.form.get("day", "").strip()
    if "priority" in typed:
        typed["priority"] = forms.number(typed["priority"])
    takes = {"complete": ("subTasks",), "snooze": ("until", "reason"), "hand_over": ("owner", "note")}
    return {name: value for name, value in typed.items() if value and name in takes.get(action, ("priority",))}


def _key(versions: dict[str, int | None], body: JsonObject) -> str | None:
    """The same key for the same form, so that two presses of its button are one; none where the form names no version, which
    may be meant again."""
    if not all(versions.values()):
        return None
    return hashlib.sha256(repr(sorted(body.items())).encode()).hexdigest()


def _sentence(action: str, fields: JsonObject, done: Sequence[Receipt]) -> str:
    named = _named(done)
    if action == "snooze":
        return f"Snoozed until {forms.as_day(fields['until'])}: {named}."
    if action == "hand_over":
        return f"Given to {customers.owners().get(fields['owner'], 'somebody')}: {named}."
    return f"Priority {fields['priority']}: {named}." if action == "set_priority" else f"Done: {named}."


def _left(became: Sequence[Receipt]) -> str:
    """What was not done, and why."""
    left = receipts.refused(became)
    begins = "Left as they are:" if len(left) > 1 else "Left as it is:"
    return f"{begins} {receipts.reasons(left, GONE, quoted=True)}" if left else ""


def _named(tasks: Sequence[Receipt]) -> str:
    if len(tasks) > 1:
        return wording.many(len(tasks), "task")
    return f"“{tasks[0].name}”" if tasks[0].name else GONE


def _changed(became: Sequence[Receipt]) -> list[Receipt]:
    return [receipt for receipt in became if receipt.is_changed]


def _undo_fields() -> list[tuple[str, str]]:
    return [("row", "1"), ("back", urls.back("/app/tasks"))] if _is_in_place() else [("back", urls.back("/app/tasks"))]


def _is_in_place() -> bool:
    return bool(request.form.get("row")) and "HX-Request" in request.headers
