"""The REST API of runs: lists, one run, its steps, retry, cancel, and a stream of changes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

from flask import Response
from flask_smorest import Blueprint

from services.monitor import controlling, live, reporting, tenant_scope
from services.monitor.api import browser
from services.monitor.schemas.runs import (
    RetryArgs,
    RetrySchema,
    RunArgs,
    RunDetailSchema,
    RunPage,
    StepSchema,
    StreamArgs,
)
from shared.ground import clock
from shared.web import callers, list_pages

RUN_FILTERS = tuple(field.name for field in dataclasses.fields(reporting.RunQuery))

blueprint = Blueprint(
    "runs_api", __name__, url_prefix="/api/runs", description="Everything that runs, whoever owns it."
)


@blueprint.get("")
@callers.needs("member")
@blueprint.arguments(RunArgs, location="query")
@blueprint.response(200, RunPage)
def list_runs(args: dict[str, Any]) -> dict[str, Any]:
    """The tenant's runs, newest first unless sorted otherwise.

    An AI task whose state another listed run shows is only included when asked for by kind or by search.
    """
    scope = tenant_scope.scope(callers.by(), args.pop("tenant"))
    query = reporting.RunQuery(**{name: args.pop(name) for name in RUN_FILTERS})
    return list_pages.page_body(reporting.find_all(scope, query, now=clock.now(), **args))


@blueprint.get("/stream")
@callers.needs("member")
@blueprint.arguments(StreamArgs, location="query")
@blueprint.response(200, content_type="text/event-stream")
def stream(args: dict[str, Any]) -> Response:
    """Server-sent events: `run` and `notification` as they happen, `reset` when too much was missed.

    A Last-Event-ID header resumes the stream after that event.
    """
    tenant_scope.scope(callers.by(), args["tenant"])
    events = live.subscribe(
        browser.reauthenticator(),
        after=browser.last_event_id(args["after"]),
        is_disconnected=browser.disconnect_check(),
        scope=lambda by: tenant_scope.scope(by, args["tenant"]),
    )
    return browser.event_stream(lambda: _frames(events, args["run_id"]), callers.by().id)


def _frames(events: Iterator[live.Event | None], run_id: str | None) -> Iterator[str]:
    yield live.PING
    for event in events:
        if event is None:
            yield live.PING
        elif event.kind != "task" and (run_id is None or event.kind == "reset" or event.subject == run_id):
            yield live.frame(
                event.position, json.dumps(event.data | ({"deleted": True} if event.deleted else {})), event.kind
            )


@blueprint.get("/<run_id>")
@callers.needs("member")
@blueprint.response(200, RunDetailSchema)
def get_run(run_id: str) -> reporting.Report:
    """One run, whole."""
    return reporting.run(tenant_scope.reach(callers.by()), run_id, payloads=callers.by().sees_payloads)


@blueprint.get("/<run_id>/steps")
@callers.needs("member")
@blueprint.response(200, StepSchema(many=True))
def list_steps(run_id: str) -> list[reporting.Step]:
    """The steps of a run, in their order."""
    return reporting.steps(tenant_scope.reach(callers.by()), run_id, payloads=callers.by().sees_payloads)


@blueprint.post("/<run_id>/retry")
@callers.needs("member")
@blueprint.arguments(RetryArgs, required=False)
@blueprint.response(200, RetrySchema)
def retry_run(args: dict[str, Any], run_id: str) -> dict[str, Any]:
    """Try again what failed.

    With `dryRun` only return the plan: what would run again, what comes from the cache, which effects are done already.
    """
    return controlling.retry(run_id, by=callers.by(), **args)


@blueprint.delete("/<run_id>")
@callers.needs("member")
@blueprint.response(204)
def cancel_run(run_id: str) -> None:
    """Cancel a run that has not ended."""
    controlling.cancel(run_id, by=callers.by())
