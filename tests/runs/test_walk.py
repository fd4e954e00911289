"""A run from its start to its outcome, over REST, as the console walks it."""

from __future__ import annotations

import pytest

from services.runs.models import Delivery, RequestedTask
from tests.runs.conftest import ai_task_requests, happened, make_objective, make_partnership
from tests.runs.walking import CONTACTS

pytestmark = pytest.mark.usefixtures("database")


def begin(ask, run, number):
    step = run["steps"][number]
    path = f"/api/guided-runs/{run['id']}/steps/{step['id']}"
    answer = ask("POST", f"{path}/start", {})
    assert answer.status_code == 200, answer.json
    return path


def data_of(ask, path):
    answer = ask("GET", f"{path}/data")
    assert answer.status_code == 200, answer.json
    return answer.json


def act(ask, path, **told):
    answer = ask("POST", f"{path}/actions", told)
    assert answer.status_code == 200, answer.json
    return answer.json


def finish(ask, path):
    answer = ask("POST", f"{path}/complete", {})
    assert answer.status_code == 200, answer.json
    return answer.json


def test_a_weekly_pipeline_review_is_walked_from_start_to_outcome(ask):
    silent = make_partnership("Harbor", contacts=CONTACTS, stage="Conversation Active", priority=1)
    happened(silent, "email_received", days_ago=17, summary="They like the idea")
    sent = make_partnership("Summit", contacts=CONTACTS, stage="MOU Sent", mou_sent_on=silent.created_at.date())
    called = make_partnership("Meridian", contacts=CONTACTS, stage="Active", next_call_on=silent.created_at.date())
    replied = make_partnership("Lark", contacts=CONTACTS, stage="New Lead")
    happened(replied, "call", days_ago=0)
    run = ask("POST", "/api/guided-runs", {"templateId": "weekly-pipeline-review"}).json
    assert (run["name"], run["stepsTotal"], run["progress"]) == ("Weekly Pipeline Review, 21 November 2026", 5, 0)

    review = begin(ask, run, 0)
    for item in data_of(ask, review)["items"]:
        act(ask, review, type="review_row", rowId=item["id"], mark="fine")
    assert finish(ask, review)["result"]["partnershipsReviewed"] >= 1

    mou = begin(ask, run, 1)
    items = data_of(ask, mou)["items"]
    assert [item["partnershipId"] for item in items] == [sent.id]
    for item in items:
        act(ask, mou, type="review_row", rowId=item["id"], mark=data_of(ask, mou)["marks"][0])
    finish(ask, mou)

    mail = begin(ask, run, 2)
    first = data_of(ask, mail)["items"][0]
    assert (first["name"], first["draft"]["to"]) == ("Harbor", ["Grace Hopper <grace@harbor.test>"])
    assert act(ask, mail, type="send_email", all=True)["status"] == "queued"
    assert len(ai_task_requests()) == Delivery.select().count() == len(data_of(ask, mail)["items"])
    finish(ask, mail)

    stages = begin(ask, run, 3)
    for item in data_of(ask, stages)["items"]:
        act(ask, stages, type="update_stage", rowId=item["id"], stage=item["proposedStage"])
    assert finish(ask, stages)["result"] == {"partnershipsUpdated": 1}

    calls = begin(ask, run, 4)
    item = data_of(ask, calls)["items"][0]
    assert item["partnershipId"] == called.id
    act(ask, calls, type="schedule_meeting", rowId=item["id"], startsAt=item["slots"][0]["startsAt"])
    assert finish(ask, calls)["summary"] == "1 call booked"

    whole = ask("GET", f"/api/guided-runs/{run['id']}").json
    assert (whole["canComplete"], whole["progress"]) == (True, 100)
    assert whole["outcomeDraft"].startswith("5 of 5 steps done. ")
    done = ask("POST", f"/api/guided-runs/{run['id']}/complete", {}).json
    assert (done["status"], done["outcome"]) == ("completed", whole["outcomeDraft"])
    log = ask("GET", f"/api/guided-runs/{run['id']}/activity?limit=100").json["items"]
    assert [log[0]["verb"], log[-1]["verb"]] == ["completed run", "started run"]


@pytest.mark.parametrize("template", ["mou-sprint", "new-lead-intake", "seasonal-planning-check"])
def test_every_built_in_template_starts_and_shows_each_of_its_steps(ask, template):
    make_partnership("Harbor", contacts=CONTACTS)
    make_objective()
    run = ask("POST", "/api/guided-runs", {"templateId": template}).json
    for number, step in enumerate(run["steps"]):
        preview = data_of(ask, f"/api/guided-runs/{run['id']}/steps/{step['id']}")
        assert preview["preview"] is True
        kept = data_of(ask, begin(ask, run, number))
        assert kept["preview"] is False
        assert [item["name"] for item in kept["items"]] == [item["name"] for item in preview["items"]]


def test_what_a_custom_step_makes_is_counted_and_shown(ask):
    objective = make_objective()
    run = ask(
        "POST",
        "/api/guided-runs",
        {
            "steps": [
                {"actionType": "custom", "title": "New", "config": {"does": "create_partnership"}},
                {"actionType": "custom", "title": "Adjust", "config": {"does": "update_objective"}},
                {"actionType": "note", "title": "Log"},
                {"actionType": "create_task", "title": "Tasks", "config": {"expect": 1}},
            ]
        },
    ).json
    new = begin(ask, run, 0)
    made = act(ask, new, type="create_partnership", name="Lark", contactName="Lee", contactEmail="lee@lark.test")
    there = ask("GET", f"/api/partnerships/{made['items'][0]['partnershipId']}").json
    assert there["contacts"] == [{"name": "Lee", "email": "lee@lark.test", "title": ""}]
    assert made["step"]["result"] == {"partnershipsCreated": 1}
    assert data_of(ask, new)["items"][0]["name"] == "Lark"
    finish(ask, new)
    adjust = begin(ask, run, 1)
    item = data_of(ask, adjust)["items"][0]
    result = item["keyResults"][0]
    act(
        ask, adjust, type="update_objective", rowId=item["id"], objectiveId=objective.id,
        keyResultId=result["id"], current="7.5",
    )  # fmt: skip
    assert data_of(ask, adjust)["items"][0]["keyResults"][0]["current"] == "7.5"
    finish(ask, adjust)
    note = begin(ask, run, 2)
    assert ask("POST", f"{note}/complete", {}).json["left"] == ["Nothing has been written down yet."]
    act(ask, note, type="add_note", text="All is well")
    assert finish(ask, note)["result"]["notesAdded"] == 1
    tasks = begin(ask, run, 3)
    act(ask, tasks, type="create_task", title="Call Lee", partnershipId=made["items"][0]["partnershipId"])
    assert (RequestedTask.get().partnership_name, RequestedTask.get().status) == ("Lark", "asked")
    assert finish(ask, tasks)["summary"] == "1 task created"
