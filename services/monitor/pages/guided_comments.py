"""Comments on a guided run and its steps."""

from __future__ import annotations

from typing import Any

from flask import request

from services.monitor.pages import (
    api_client,
    flash,
    forms,
    frame,
    guided_run,
)
from services.monitor.pages.guided_runs import RUNS
from shared.ground.errors import Invalid
from shared.web import callers

blueprint = frame.page_blueprint("guided_comments", __name__)


@blueprint.post("/app/runs/<run_id>/comments")
@callers.needs("member")
def comment(run_id: str) -> Any:
    """Add a comment on the run or a step; people who are mentioned are notified."""
    fields = {name: value for name in ("body", "stepId") if (value := request.form.get(name, "").strip())}
    try:
        api_client.send("runs", "POST", f"{RUNS}/{run_id}/comments", fields, key=request.form.get("key"))
    except Invalid as error:
        return guided_run.page(run_id, comment_errors=forms.by_field(error.errors), form=request.form.to_dict()), 422
    return flash.redirect_to(f"/app/runs/{run_id}")


@blueprint.post("/app/runs/<run_id>/comments/<comment_id>/delete")
@callers.needs("member")
def uncomment(run_id: str, comment_id: str) -> Any:
    """Remove the caller's own comment."""
    api_client.send("runs", "DELETE", f"{RUNS}/{run_id}/comments/{comment_id}")
    return flash.redirect_to(f"/app/runs/{run_id}")
