"""Enter in a field never acts: on no page, in no dialog, with and without script, on what members and what admins see."""

from __future__ import annotations

import pytest

from tests.acceptance import story
from tests.browser.walk import Walk
from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1_800)]

PLACES = (
    *("/app/monitor", "/app/runs", "/app/runs/new", "/app/partnerships", "/app/objectives", "/app/renewals"),
    *("/app/tasks", "/app/contacts", "/app/notifications", "/app/templates", "/app/recurrences"),
)
ADMIN_PLACES = tuple(
    f"/app/admin/{one}" for one in ("people", "processors", "queues", "crm", "mail", "mailbox", "audit")
)
TEMPLATES = ("weekly-pipeline-review", "seasonal-planning-check", "new-lead-intake", "mou-sprint")
LEAST_PAGES, LEAST_FIELDS = 50, 105
"""How many kinds of pages and of fields a walk meets at least; fewer means that it has lost its way."""


@pytest.fixture(scope="module")
def console(browser_type_launch_args, tmp_path_factory):
    """A house of its own: what the walk types stays in it, and is in nobody else's way."""
    with House(tmp_path_factory.mktemp("walked")) as started:
        yield started


@pytest.fixture(scope="module")
def open_work(console):
    """Work of each kind in the middle: every step of a run of each template begun, a plan under review; their pages."""
    runs = [console.post("runs", "/api/guided-runs", {"templateId": key}) for key in TEMPLATES]
    for run in runs:
        for step in run["steps"]:
            console.post("runs", f"/api/guided-runs/{run['id']}/steps/{step['id']}/start")
    _book(console, runs[0]["id"])
    own = {"name": "Calls of our own", "steps": [{"actionType": "schedule", "title": "Call", "config": {}}]}
    template = console.post("runs", "/api/run-templates", own)
    recurrence = {"templateId": template["id"], "every": "week", "weekday": "monday", "at": "09:00"}
    console.post("runs", "/api/recurrences", recurrence)
    begun = story.start(console)
    drafted = story.start(console)
    story.complete_steps(console, drafted)
    story.generate(console, drafted["id"])
    story.walked(console)
    return [
        *(f"/app/runs/{run['id']}" for run in runs),
        *(f"/app/renewals/{one['id']}" for one in (begun, drafted)),
        f"/app/templates/{template['id']}/edit",
    ]


def _book(console, run_id):
    """One call of the run, so that there is one to be moved."""
    step = next(
        one for one in console.get("runs", f"/api/guided-runs/{run_id}")["steps"] if one["actionType"] == "schedule"
    )
    path = f"/api/guided-runs/{run_id}/steps/{step['id']}"
    row = next(one for one in console.get("runs", f"{path}/data")["items"] if one["slots"])
    told = {"type": "schedule_meeting", "rowId": row["id"], "startsAt": row["slots"][0]["startsAt"]}
    console.post("runs", f"{path}/actions", told)


def facts(console):
    """What stands outside or is done, by kind: mails, calls, AI tasks, and the state of whatever is worked on."""

    def listed(service, path):
        return console.get(service, path, params={"limit": 100})["items"]

    runs = listed("runs", "/api/guided-runs")
    return {
        "mails": len(listed("executor", "/api/mailbox")),
        "AI tasks": len(listed("executor", "/api/ai-tasks")),
        "tasks": {one["id"]: one["status"] for one in listed("workflows", "/api/workflows/tasks")},
        "workflows": {
            one["id"]: (one["status"], one["stepsDone"], one["planStatus"])
            for one in listed("workflows", "/api/workflows/executions")
        },
        "triggers": {one["id"]: one["status"] for one in listed("workflows", "/api/workflows/triggers")},
        "partnerships": {one["id"]: one["stage"] for one in listed("runs", "/api/partnerships") if one["contacts"]},
        "recurrences": [one["id"] for one in listed("runs", "/api/recurrences")],
        "runs": {one["id"]: (one["status"], one["stepsDone"], one["owner"]) for one in runs},
        "rows": {one["id"]: _rows(console, one["id"]) for one in runs},
        "people": {one["id"]: (one["role"], one["active"]) for one in listed("monitor", "/api/people")},
    }


def _rows(console, run_id):
    """By row: its mark, its mail and its call."""
    found = {}
    for step in console.get("runs", f"/api/guided-runs/{run_id}")["steps"]:
        if step["status"] == "in_progress":
            items = console.get("runs", f"/api/guided-runs/{run_id}/steps/{step['id']}/data")["items"]
            found |= {one["id"]: (one["mark"], one.get("delivery"), one.get("meeting")) for one in items}
    return found


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_enter_in_any_field_of_any_page_only_keeps_or_looks(console, sign_in, open_work, script):
    page = sign_in("max", java_script_enabled=script)
    before = facts(console)

    def unchanged(where):
        assert facts(console) == before, f"Enter did something in one of:\n{where}"

    walk = Walk(page, unchanged)
    walk.over([*open_work, *PLACES, *ADMIN_PLACES])
    if script:
        for address in (*open_work, "/app/runs", "/app/tasks"):
            walk.into_dialogs(address)
    print("\n".join(sorted(walk.pages)))
    print("\n".join(sorted(map(str, walk.fields))))
    assert len(walk.pages) >= LEAST_PAGES, sorted(walk.pages)
    assert len(walk.fields) >= LEAST_FIELDS, sorted(map(str, walk.fields))
