"""Things of runs that are there, made anew by REST: what a generated request must name to get beyond NotFound."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from flask import Flask

from shared.ground import clock

_numbers = itertools.count(1)


def made(application: Flask, headers: dict[str, str]) -> dict[str, str]:
    """The ids of new things by the names that paths have for them: a run with a step at work and a row of it, a comment,
    a partnership, an objective with a key result, a call and its invitation, a template and a recurrence of it, and an
    import."""
    client, number = application.test_client(), next(_numbers)

    def post(path: str, body: Any) -> Any:
        answer = client.post(path, json=body, headers=headers)
        assert answer.status_code in (200, 201), answer.text
        return answer.json

    partnership = post("/api/partnerships", {"name": f"Thing {number}", "contacts": [GRACE]})["id"]
    grow = post("/api/objectives", objective(number))
    config = {"partnershipIds": [partnership]}
    own = [{"actionType": kind, "title": f"To {kind}", "config": config} for kind in ("email", "schedule")]
    template = post("/api/run-templates", {"name": f"Thing {number}", "description": "", "steps": own})["id"]
    weekly = {"templateId": template, "every": "week", "weekday": "monday", "at": "09:00"}
    recurrence = post("/api/recurrences", weekly)["id"]
    run = post("/api/guided-runs", {"templateId": template})
    path, step = f"/api/guided-runs/{run['id']}", run["steps"][0]["id"]
    post(f"{path}/steps/{step}/start", {})
    comment = post(f"{path}/comments", {"body": "Here."})["id"]
    soon = clock.rfc3339(clock.now() + timedelta(days=3, hours=number))
    call = {"type": "schedule_meeting", "partnershipId": partnership, "startsAt": soon}
    meeting = post(f"{path}/steps/{step}/actions", call)["items"][0]
    invitation = client.get(f"{path}/steps/{step}/data", headers=headers).json["deliveries"][0]["id"]
    return {
        "run_id": run["id"],
        "step_id": step,
        "row_id": meeting["rowId"],
        "comment_id": comment,
        "partnership_id": partnership,
        "objective_id": grow["id"],
        "key_result_id": grow["keyResults"][0]["id"],
        "meeting_id": meeting["id"],
        "delivery_id": invitation,
        "template_id": template,
        "recurrence_id": recurrence,
        "import_id": post("/api/imports", {"kind": "partnerships", "csv": f"name\nThing {number}\n"})["id"],
    }


GRACE = {"name": "Grace", "email": "grace@things.test"}


def objective(number: int) -> dict[str, Any]:
    """The body of a new objective."""
    result = {"title": "Signed", "unit": "MOUs", "start": "0", "current": "1", "target": "10"}
    dates = {"period": "2026", "startsOn": "2026-01-01", "endsOn": "2026-12-31"}
    return {"title": f"Thing {number}", **dates, "keyResults": [result]}
