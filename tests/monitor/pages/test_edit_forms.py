"""Forms that change something, against servers in the place of the owners: what somebody else changed is not overwritten unseen."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from services.monitor import clients
from services.monitor.pages import forms
from shared.ground import ids
from tests.monitor.pages.conftest import OURS, words

PARTNERSHIP = {"id": "x", "name": "Acme", "stage": "New Lead", "owner": None, "priority": 2, "contacts": []}
OBJECTIVE = {"id": "x", "title": "More calls", "period": "2026 Q4", "owner": None, "status": "open", "keyResults": []}
RECURRENCE = {"id": "x", "templateId": "t", "name": "Weekly", "every": "week", "owner": None}
TEMPLATE = {"id": "x", "name": "Review", "description": "", "builtIn": False, "steps": []}
TASK = {"id": "x", "title": "Call", "status": "open"}
RUN = {"id": "x", "name": "Review", "outcomeDraft": "", "steps": []}
NONE = {"items": [], "pagination": {"next": None}}
NOW = 5
SEEN = 3
FORMS = {
    "partnership": ("/api/partnerships/x", "PATCH", "", PARTNERSHIP, "/app/partnerships/x/edit"),
    "objective": ("/api/objectives/x", "PATCH", "", OBJECTIVE, "/app/objectives/x/edit"),
    "recurrence": ("/api/recurrences/x", "PATCH", "", RECURRENCE, "/app/recurrences/x/edit"),
    "template": ("/api/run-templates/x", "PUT", "", TEMPLATE, "/app/templates/x/edit"),
    "task": ("/api/workflows/tasks/x", "PATCH", "", TASK, "/app/tasks/x/edit"),
    "run": ("/api/guided-runs/x", "POST", "/complete", RUN, "/app/runs/x/complete"),
}


@pytest.fixture
def owners(ana, settings, httpserver):
    """The server in the place of runs and of workflows."""
    url = httpserver.url_for("").rstrip("/")
    httpserver.expect_request("/api/run-templates", method="GET").respond_with_json(NONE)
    clients.connect(replace(settings, urls=settings.urls | {"runs": url, "workflows": url}))
    yield httpserver
    clients.connect(settings)


def sent_next(answer) -> list[str]:
    """The version that the form on this page sends."""
    return re.findall(r'name="version" value="(\w*)"', answer.text)


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_is_shown_again_keeps_the_version_that_its_person_has_seen_unless_it_says_that_it_changed(
    ana, owners, name
):
    path, method, verb, saved, page = FORMS[name]
    owners.expect_request(path, method="GET").respond_with_json(saved, headers={"ETag": f'"v{NOW}"'})
    assert sent_next(ana.get(page)) == [str(NOW)]
    for status, version, errors in ((422, SEEN, {"name": ["Not this."]}), (409, SEEN, {}), (412, NOW, {})):
        owners.expect_oneshot_request(path + verb, method=method, headers={"If-Match": f'"v{SEEN}"'}).respond_with_json(
            {"detail": "No.", "errors": errors}, status
        )
        answer = ana.post(page, data={"name": "Mine", "version": str(SEEN)}, headers=OURS)
        assert (answer.status_code, sent_next(answer)) == (status, [str(version)])
        assert ("It has changed since you opened it" in words(answer)) == (status == 412)


def test_a_template_whose_steps_are_put_in_order_keeps_the_version_that_its_person_has_seen(ana, owners):
    owners.expect_request("/api/run-templates/x").respond_with_json(TEMPLATE, headers={"ETag": f'"v{NOW}"'})
    answer = ana.post("/app/templates/x/edit", data={"name": "Mine", "do": "add", "version": str(SEEN)}, headers=OURS)
    assert sent_next(answer) == [str(SEEN)]


def stale(ana, owners, path, page, saved, typed):
    """The form after somebody else has changed what it is about."""
    owners.expect_request(path, method="GET").respond_with_json(saved, headers={"ETag": f'"v{NOW}"'})
    owners.expect_request(path, method="PATCH").respond_with_json({"detail": "Stale."}, 412)
    return ana.post(page, data=typed | {"version": str(SEEN)}, headers=OURS)


def test_a_partnership_that_somebody_else_changed_shows_what_is_there_now_beside_what_was_typed(ana, owners):
    dev = ids.named("person", "dev@demo.tandem.test")
    theirs = {
        "name": "Acme <b>Ltd</b>",
        "owner": dev,
        "priority": 1,
        "nextCallOn": "2026-12-01",
        "website": None,
        "source": "A fair",
        "description": "One.\nTwo.",
        "contacts": [{"name": "Bob", "email": "bob@x.test", "title": None}],
    }
    typed = {
        "name": "Acme",
        "owner": "",
        "priority": "2",
        "nextCallOn": "",
        "website": "https://acme.test",
        "source": "A fair",
        "description": "One.\r\nTwo.",
        "contact-name": "Eve",
        "contact-email": "",
        "contact-title": "",
    }
    path, *_, page = FORMS["partnership"]
    answer = stale(ana, owners, path, page, PARTNERSHIP | theirs, typed)
    assert re.findall(r"Now: (.*?)</div>", answer.text) == [
        "Acme &lt;b&gt;Ltd&lt;/b&gt;",
        "1",
        "Dev Okafor",
        "1 Dec 2026",
        "nothing",
        "Bob, bob@x.test",
    ]
    assert 'value="https://acme.test"' in answer.text


def test_an_objective_that_somebody_else_changed_shows_what_is_there_now_beside_what_was_typed(ana, owners):
    result = {"id": "r", "title": "Calls", "unit": "", "start": "0", "target": "10"}
    theirs = {"status": "achieved", "endsOn": "2026-12-31", "keyResults": [result | {"current": "7", "progress": 0.7}]}
    typed = {"title": "More calls", "period": "2026 Q4", "owner": "", "status": "open", "endsOn": "2026-12-24"}
    typed |= {f"result-{name}": text for name, text in (result | {"current": "3"}).items()}
    path, *_, page = FORMS["objective"]
    answer = stale(ana, owners, path, page, OBJECTIVE | theirs, typed)
    assert re.findall(r"Now: (.*?)</div>", answer.text) == ["31 Dec 2026", "Achieved", "Calls: 7 of 10, from 0"]


def test_what_nobody_else_changed_has_nothing_beside_it(ana, owners):
    path, *_, page = FORMS["objective"]
    typed = {"title": "More calls", "period": "2026 Q4", "owner": "", "status": "open"}
    assert "Now:" not in stale(ana, owners, path, page, OBJECTIVE, typed).text
    owners.expect_request(path, method="GET").respond_with_json(OBJECTIVE, headers={"ETag": f'"v{NOW}"'})
    assert "Now:" not in ana.get(page).text


@pytest.mark.parametrize("status", [409, 422])
def test_a_workflow_that_cannot_be_started_says_why_with_the_status_of_its_owner(ana, owners, status):
    customer = {
        "id": "c",
        "name": "Acme",
        "daysToRenewal": 90,
        "renewalDate": "2027-02-19",
        "arr": "1000",
        "currency": "USD",
    }
    customer |= {"stage": "discovery", "completedWorkflows": [], "timeZone": "UTC"}
    owners.expect_request("/api/customers/c").respond_with_json(customer)
    owners.expect_request("/api/workflows/definitions").respond_with_json(NONE)
    owners.expect_request("/api/workflows/executions", method="GET").respond_with_json(NONE)
    owners.expect_request("/api/workflows/executions", method="POST").respond_with_json({"detail": "Not now."}, status)
    answer = ana.post("/app/renewals/start", data={"customer_id": "c", "stage": "discovery"}, headers=OURS)
    assert (answer.status_code, "Not now." in words(answer)) == (status, True)


CONTACT = {"id": "x", "customerId": "c", "name": "Ada", "role": "other", "status": "active", "sentiment": "unknown"}


def test_a_reason_that_belongs_to_no_field_of_the_form_is_said_above_it(ana, owners):
    owners.expect_request("/api/contacts/x", method="GET").respond_with_json(CONTACT, headers={"ETag": '"v5"'})
    owners.expect_request("/api/contacts", method="GET").respond_with_json(NONE)
    owners.expect_request("/api/customers/c", method="GET").respond_with_json({"id": "c", "name": "Acme"})
    owners.expect_oneshot_request("/api/contacts/x", method="PATCH").respond_with_json(
        {"detail": "No.", "errors": {"salesforceId": ["Not an id."]}}, 422
    )
    answer = ana.post("/app/contacts/x", data={"name": "Eve", "version": "5"}, headers=OURS)
    assert answer.status_code == 422
    assert "Salesforce id: Not an id." in words(answer)
    assert 'value="Eve"' in answer.text


def test_what_is_typed_as_a_day_and_is_none_is_shown_again_when_somebody_else_changed_the_record(ana, owners):
    owners.expect_request("/api/contacts/x", method="GET").respond_with_json(CONTACT, headers={"ETag": '"v5"'})
    owners.expect_request("/api/contacts", method="GET").respond_with_json(NONE)
    owners.expect_request("/api/customers/c", method="GET").respond_with_json({"id": "c", "name": "Acme"})
    owners.expect_oneshot_request("/api/contacts/x", method="PATCH").respond_with_json({"detail": "No."}, 412)
    answer = ana.post("/app/contacts/x", data={"name": "Ada", "leftOn": "soon", "version": "3"}, headers=OURS)
    assert answer.status_code == 412
    assert 'value="soon"' in answer.text


def test_an_ai_item_is_refused_by_its_owner_while_no_processor_is_known(ana, owners):
    plan = {"version": 5, "status": "draft", "aiTasks": [], "csmTasks": [], "issues": []}
    path = "/api/workflows/executions/x"
    owners.expect_request(f"{path}/action-plan", method="GET").respond_with_json(plan)
    owners.expect_request(path, method="GET").respond_with_json({"id": "x", "customerId": "c"})
    owners.expect_request("/api/workflows/processors").respond_with_json(NONE)
    owners.expect_request(f"{path}/action-plan", method="PATCH").respond_with_json(
        {"detail": "There is no such processor.", "errors": {"aiTasks.0.processor": ["No such one."]}}, 422
    )
    form = {"kind": "ai", "processor": "send-email", "title": "Write", "metadata": "{}", "version": "5"}
    answer = ana.post("/app/renewals/x/items/new", data=form, headers=OURS)
    assert answer.status_code == 422
    assert "Processor: No such one." in words(answer)


@pytest.mark.parametrize(
    ("path", "saved", "page"),
    [
        ("/api/recurrences/x", RECURRENCE | {"inWords": "every Monday"}, "/app/recurrences/x/delete"),
        ("/api/run-templates/x", TEMPLATE, "/app/templates/x/delete"),
    ],
)
def test_what_somebody_changed_since_the_question_is_not_deleted(ana, owners, path, saved, page):
    owners.expect_request(path, method="GET").respond_with_json(saved, headers={"ETag": f'"v{NOW}"'})
    assert sent_next(ana.get(page)) == [str(NOW)]
    owners.expect_oneshot_request(path, method="DELETE", headers={"If-Match": f'"v{SEEN}"'}).respond_with_json({}, 412)
    assert ana.post(page, data={"version": str(SEEN)}, headers=OURS).status_code == 412


def test_a_template_is_saved_from_a_run_once_even_if_the_button_is_pressed_twice(ana, owners):
    owners.expect_request("/api/guided-runs/x", method="GET").respond_with_json(RUN | {"description": ""})
    [key] = re.findall(r'name="key" value="([^"]+)"', ana.get("/app/runs/x/save-as-template").text)
    owners.expect_oneshot_request(
        "/api/guided-runs/x/save-as-template", method="POST", headers={"Idempotency-Key": key}
    ).respond_with_json({"name": "Mine"}, 201)
    answer = ana.post("/app/runs/x/save-as-template", data={"name": "Mine", "key": key}, headers=OURS)
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("2026-12-01T09:00", "2026-12-01T08:00:00Z"),
        ("2026-12-01T09:00+05:00", "2026-12-01T04:00:00Z"),
        ("0001-01-01T00:00", "0001-01-01T00:00"),
        ("soon", "soon"),
    ],
)
def test_a_time_is_sent_as_typed_in_the_time_zone_of_its_person_or_is_left_for_the_owner_to_refuse(typed, sent):
    assert forms.moment(typed, "Europe/Berlin") == sent
