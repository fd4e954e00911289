"""Starts, skips, completes and resets the steps of a guided run."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor.pages import api_client, failures, flash, frame, guided_run
from services.monitor.pages.guided_runs import RUNS
from services.monitor.pages.guided_trouble import Trouble
from shared.contracts.guided_steps import STEP_MOVES
from shared.ground import ids
from shared.ground.errors import Conflict, Stale, TandemError
from shared.web import callers, error_responses

blueprint = frame.page_blueprint("guided_steps", __name__)

STEP_SAID = {"start": "", "skip": "Skipped. It can be started later.", "complete": "", "reset": "Back to pending."}


@blueprint.post("/app/runs/<run_id>/steps/<step_id>/start")
@callers.needs("member")
def start(run_id: str, step_id: str) -> Any:
    """Start a step; its rows are stored."""
    try:
        return _moved(run_id, step_id, "start")
    except (Conflict, Stale) as error:
        return _met(run_id, step_id, "start", error)


@blueprint.get("/app/runs/<run_id>/steps/<step_id>/<any(skip, complete, reset):move>")
@callers.needs("member")
def ask_move(run_id: str, step_id: str, move: str) -> Any:
    """The page that asks for confirmation before a step is skipped, reset, or completed with work left."""
    return _move_form(run_id, step_id, move)


@blueprint.post("/app/runs/<run_id>/steps/<step_id>/<any(skip, complete, reset):move>")
@callers.needs("member")
def move(run_id: str, step_id: str, move: str) -> Any:
    """Skip, complete or reset a step. Completing with work left shows the form again and asks for the reason."""
    try:
        return _moved(run_id, step_id, move)
    except Conflict as error:
        if move == "complete" and error.details.get("left"):
            return _move_form(run_id, step_id, move, None if "reason" not in request.form else error), 409
        return _met(run_id, step_id, move, error)
    except Stale as error:
        return _met(run_id, step_id, move, error)


def _moved(run_id: str, step_id: str, move: str) -> Any:
    reason = request.form.get("reason", "").strip()
    body = {"reason": reason} if reason else {}
    path = f"{RUNS}/{run_id}/steps/{step_id}/{move}"
    answer = api_client.send("runs", "POST", path, body, version=request.form.get("version"))
    standing = " ".join(answer.get("standing") or ())
    return flash.redirect_to(
        f"/app/runs/{run_id}", f"{STEP_SAID[move]} {standing}".strip(), tone="wait" if standing else "good"
    )


def _met(run_id: str, step_id: str, move: str, error: TandemError) -> Any:
    """Answer a move that was refused. If the step already has the wanted status, as after a double click, only
    redirect; otherwise show the page with the refusal."""
    run = api_client.get("runs", f"{RUNS}/{run_id}")
    step = next((step for step in run["steps"] if step["id"] == step_id), None)
    if step is not None and step["status"] == STEP_MOVES[move]:
        return flash.redirect_to(f"/app/runs/{run_id}")
    status = error_responses.status_of(error)
    return guided_run.page(run_id, trouble=Trouble.of(error, step_id)), status


def _move_form(run_id: str, step_id: str, move: str, error: TandemError | None = None) -> str:
    run = api_client.get("runs", f"{RUNS}/{run_id}")
    step = guided_run.step_of(run, step_id)
    path = f"{RUNS}/{run_id}/steps/{step_id}"
    left: list[str] = []
    standing: list[str] = []
    if move == "complete":
        left = api_client.get("runs", f"{path}/data")["expected"]["left"]
    if move == "reset":
        standing = api_client.send("runs", "POST", f"{path}/reset", {"dryRun": True}).get("standing") or []
    return render_template(
        "runs/move.html",
        run=run,
        step=step,
        move=move,
        left=left,
        standing=standing,
        key=ids.new_id(),
        form=request.form,
        problem=failures.problem_of(error) if error else None,
    )
