"""The console's pages and forms in front of the real owners."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from services.runs import activities, models
from shared.database.connection import session
from shared.ground import clock
from shared.ground.principal import Principal
from tests.contracts import console, tenants

OURS = {"Sec-Fetch-Site": "same-origin"}
OF_NO_TASK = f"/app/monitor/runs/{tenants.BLUE}-mail"
"""Where the mail leads that the sample data put into the mailbox by hand."""


@pytest.fixture(scope="module")
def client(applications, blue):
    console.connect(applications)
    return console.signed_in(applications, tenants.admin_of(tenants.BLUE))


def test_every_page_that_a_link_leads_to_is_there(client):
    answers = console.walked(client)
    kinds = {address.split("/")[2].partition("?")[0] for address in answers}
    assert kinds >= {"monitor", "renewals", "tasks", "contacts", "runs", "partnerships", "templates", "objectives"}
    wrong = {address: answer.status_code for address, answer in answers.items() if answer.status_code >= 400}
    assert wrong in ({}, {OF_NO_TASK: 404})
    assert [address for address, answer in answers.items() if "are not answering" in answer.text] == []


SOON = (clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT10:00:00Z")
ACTS = {
    "review": {"do": "review_row", "mark": "fine", "note": "They answer fast."},
    "email": {
        "do": "send_email",
        "to": "grace@contracts.test; Ada <ada@contracts.test>",
        "subject": "Hello",
        "body": "Hi.",
    },
    "schedule": {"do": "schedule_meeting", "startsAt": SOON, "minutes": "30", "title": "A call"},
    "update_stage": {"do": "update_stage", "stage": "Conversation Active"},
    "create_task": {"do": "create_task", "title": "Call them back", "priority": "2"},
}
"""What a person fills in on a row, by the type of the step."""


@pytest.mark.parametrize("kind", ACTS)
def test_the_form_of_a_row_does_what_its_step_is_for(applications, blue, client, kind):
    headers = tenants.headers_of(applications, tenants.admin_of(tenants.BLUE))
    runs = applications["runs"][0].test_client()
    partner = {"name": f"To {kind}", "contacts": [{"name": "Grace", "email": "grace@contracts.test"}]}
    partnership = runs.post("/api/partnerships", json=partner, headers=headers).json["id"]
    step = {"actionType": kind, "title": f"To {kind}", "config": {"partnershipIds": [partnership]}}
    run = runs.post("/api/guided-runs", json={"name": f"To {kind}", "steps": [step]}, headers=headers).json
    page, base = f"/app/runs/{run['id']}", f"/app/runs/{run['id']}/steps/{run['steps'][0]['id']}"
    assert client.post(f"{base}/start", headers=OURS).status_code == 303
    data = runs.get(base.replace("/app/runs", "/api/guided-runs") + "/data", headers=headers).json
    row = data["items"][0]["id"]
    text = client.get(page).text + client.get(f"{base}/rows/{row}").text
    typed = {"rowId": row, "version": re.search(rf'id="version-{row}" value="(\d+)"', text)[1], "key": f"key-{kind}"}
    answer = client.post(f"{base}/act", data=typed | ACTS[kind], headers=OURS)
    assert (answer.status_code, answer.location) == (303, f"{page}#row-{row}"), answer.text
    data = runs.get(base.replace("/app/runs", "/api/guided-runs") + "/data", headers=headers).json
    assert data["expected"]["done"] == 1 or data["tasks"]


def test_what_an_ai_task_did_is_marked_on_the_timeline(applications, blue, client):
    headers = tenants.headers_of(applications, tenants.admin_of(tenants.BLUE))
    runs = applications["runs"][0].test_client()
    partner = runs.post("/api/partnerships", json={"name": "Marked"}, headers=headers).json["id"]
    mark = '<span class="who-ai" title="The AI">'
    assert mark not in client.get(f"/app/partnerships/{partner}").text
    task = Principal("ai_task", "task-1", "E-mail to Grace", tenants.BLUE)
    with session(models.db), models.feed.transaction():
        row = models.partnerships.get_for_update(tenants.BLUE, partner)
        activities.add(task, row, kind="email", summary="E-mail sent", now=clock.now())
    assert mark in client.get(f"/app/partnerships/{partner}").text


def test_a_task_about_a_partnership_is_made_from_its_page(applications, blue, client):
    headers = tenants.headers_of(applications, tenants.admin_of(tenants.BLUE))
    runs = applications["runs"][0].test_client()
    partner = runs.post("/api/partnerships", json={"name": "Alder"}, headers=headers).json["id"]
    page = f"/app/partnerships/{partner}"
    new = f"/app/tasks/new?partnership_id={partner}"
    assert new.replace("&", "&amp;") in client.get(page).text
    assert "Alder" in client.get(new).text
    typed = {"partnership_id": partner, "title": "", "priority": "2", "key": "a-key-of-a-form"}
    refused = client.post("/app/tasks/new", data=typed, headers=OURS)
    assert (refused.status_code, "Alder" in refused.text) == (422, True)
    made = client.post("/app/tasks/new", data=typed | {"title": "Send the deck"}, headers=OURS)
    assert (made.status_code, made.location) == (303, page), made.text
    assert "Task: Send the deck" in client.get(page).text
    assert client.get("/app/tasks/new?partnership_id=nobody").status_code == 404
