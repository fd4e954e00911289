"""The Admin page of the executor's queue: its workers, what waits and runs, what is paused, and what was given up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from flask import render_template, request

from services.monitor import reporting
from services.monitor.pages import admin, api_client, audited, failures, flash, forms, frame, urls, wording
from shared.ground import clock
from shared.ground.errors import Conflict, Forbidden, Invalid, NotFound, TandemError
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal
from shared.web import callers, error_responses

PLACE = "/app/admin/queues"
GIVEN_UP_SHOWN = 25
OVERDUE_SECONDS = 15 * 60
"""For how long an AI task may wait for a free worker before the inbox says so."""

NO_FIGURES: JsonObject = {
    "depth": 0, "waiting": 0, "running": 0, "oldestSeconds": None, "perMinute": 0.0, "offered": True, "pauses": [],
}  # fmt: skip
WRONG_REASON = "Say why, for those who wait for the work."

blueprint = frame.page_blueprint("queues", __name__)
blueprint.context_processor(admin.rooms)


@blueprint.get(PLACE)
@callers.needs("operator")
def show() -> Any:
    """What an operator sees of the executor. The page asks for itself again every few seconds."""
    chosen, cursor = urls.chosen("processor"), request.args.get("cursor")
    queues, workers, given_up, processors = api_client.together(
        lambda: _asked("Its queue cannot be shown.", "/api/queues"),
        lambda: _asked("Its workers cannot be shown.", "/api/workers"),
        lambda: _asked(
            "What was given up cannot be shown.",
            "/api/dead-letters",
            limit=GIVEN_UP_SHOWN,
            cursor=cursor,
            processor=chosen.get("processor"),
        ),
        lambda: _asked("", "/api/processors"),
    )
    queue = next(iter(queues[0]["items"]), None)
    names = sorted(processor["name"] for processor in processors[0]["items"])
    letters = given_up[0]["items"]
    sources = [letter["source"]["id"] for letter in letters if letter["source"]]
    return render_template(
        "admin/queues.html",
        queue=queue,
        rows=_rows(queue, names),
        queue_away=queues[1],
        workers=workers[0]["items"],
        workers_away=workers[1],
        letters=[letter | {"of": audited.source_of(letter["source"])} for letter in letters],
        letters_away=given_up[1],
        names_of_runs=reporting.names_of(callers.by().tenant_id, [*sources, *(letter["id"] for letter in letters)]),
        processors=[(name, name) for name in names],
        chosen=chosen,
        every_tenant=callers.by().may("super_admin"),
        as_of=clock.now(),
        **urls.paging(given_up[0]),
    )


@blueprint.get(f"{PLACE}/<name>/pause")
@callers.needs("operator")
def ask_pause(name: str) -> Any:
    """The page that says what a pause does, and asks why."""
    return _form(name, "pause")


@blueprint.post(f"{PLACE}/<name>/pause")
@callers.needs("operator")
def pause(name: str) -> Any:
    """Pause a processor, or all of them by the name of the queue."""
    if not request.form.get("reason", "").strip() and not forms.is_only_saving():
        return _form(name, "pause", errors={"reason": [WRONG_REASON]}), 422
    return _send(name, "pause", f"{_title(name)} paused. What runs is finished.")


@blueprint.get(f"{PLACE}/<name>/resume")
@callers.needs("operator")
def ask_resume(name: str) -> Any:
    """The page that says what begins again."""
    return _form(name, "resume")


@blueprint.post(f"{PLACE}/<name>/resume")
@callers.needs("operator")
def resume(name: str) -> Any:
    """End a pause."""
    return _send(name, "resume", f"{_title(name)} resumed.")


def standstill(by: Principal) -> Sequence[str]:
    """What keeps AI tasks from being done now, a sentence each; nothing for those who may not see it."""
    if not by.may("operator"):
        return ()
    (queues, _), (workers, away) = api_client.together(
        lambda: _asked("", "/api/queues"), lambda: _asked("", "/api/workers")
    )
    sentences = [] if away or any(worker["alive"] for worker in workers["items"]) else ["No worker is alive."]
    for queue in queues["items"]:
        paused = {"all AI tasks": queue["pauses"]} | {row["processor"]: row["pauses"] for row in queue["processors"]}
        sentences += [_paused(what, pause) for what, pauses in paused.items() for pause in pauses]
        if not sentences and (queue["oldestSeconds"] or 0) > OVERDUE_SECONDS:
            waited = wording.lasting(queue["oldestSeconds"] * 1000)
            sentences.append(f"AI tasks wait for a worker: the oldest for {waited}.")
    return sentences


def _paused(what: str, pause: JsonObject) -> str:
    who = pause["by"].get("name") or pause["by"]["id"]
    return wording.sentence(f"{who} paused {what}" + (f": {pause['reason']}" if pause["reason"] else ""))


def _asked(loses: str, path: str, **params: Any) -> tuple[JsonObject, api_client.ServiceDown | None]:
    nothing: JsonObject = {"items": []}
    return api_client.optional(loses, lambda: api_client.get("executor", path, **params), nothing)


def _rows(queue: JsonObject | None, names: list[str]) -> list[JsonObject]:
    """The figures of each processor: those that have some, and those that are offered and idle, by name."""
    if queue is None:
        return []
    rows = {row["processor"]: row for row in queue["processors"]}
    idle = {name: NO_FIGURES | {"processor": name} for name in names if name not in rows}
    return [row for _, row in sorted((rows | idle).items())]


def _send(name: str, verb: str, done: str) -> Any:
    if forms.is_only_saving():
        return _form(name, verb)
    body = {"reason": request.form.get("reason", "").strip() or None, "everyTenant": bool(request.form.get("every"))}
    try:
        api_client.send("executor", "POST", f"/api/queues/{quote(name, safe='')}/{verb}", body)
    except (Conflict, Forbidden, Invalid) as error:
        return _form(name, verb, error), error_responses.status_of(error)
    return flash.redirect_to(PLACE, done)


def _form(name: str, verb: str, error: TandemError | None = None, errors: dict[str, list[str]] | None = None) -> str:
    """The question before a pause or a resume, with what waits and runs now. NotFound for a name that is neither the
    queue nor a processor."""
    queue = next(iter(api_client.get("executor", "/api/queues")["items"]))
    names = [processor["name"] for processor in api_client.get("executor", "/api/processors")["items"]]
    figures = (
        queue if name == queue["name"] else next((row for row in _rows(queue, names) if row["processor"] == name), None)
    )
    if figures is None:
        raise NotFound("There is no such queue or processor.")
    return render_template(
        "admin/pause.html",
        name=name,
        title=_title(name),
        of_all=name == queue["name"],
        verb=verb,
        figures=figures,
        form=request.form,
        every=request.values.get("every"),
        may_every=callers.by().may("super_admin"),
        problem=failures.problem_of(error) if error else None,
        errors=errors or (forms.by_field(error.errors) if error else {}),
    )


def _title(name: str) -> str:
    return "All AI tasks" if name.endswith(".work") else name
