"""Administration, the mailbox, the trail and the bell."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from services.monitor import clients
from tests.monitor.conftest import act, execution, notification, step, task
from tests.monitor.pages.conftest import HOSTILE, OURS, words
from tests.monitor.test_projecting import tell


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("ana", ()),
        ("dev", ("Processors", "Sandbox CRM", "Mailbox")),
        ("olga", ("Processors", "Queues", "Parked changes", "Sandbox CRM", "Mailbox")),
        (
            "max",
            ("People", "Processors", "Queues", "Parked changes", "Sandbox CRM", "Mailbox", "Audit trail", "Samples"),
        ),
    ],
)
def test_the_rooms_of_admin_are_those_of_the_role(enter, name, seen):
    client = enter(name)
    answer = client.get("/app/admin", follow_redirects=True)
    tabs = re.search(r'<nav class="tabs".*?</nav>', answer.text, re.S)
    assert (answer.status_code, tuple(re.findall(r'">([^<]+)</a>', tabs.group())) if tabs else ()) == (
        200 if seen else 403,
        seen,
    )
    assert ('href="/app/admin"' in client.get("/app/monitor").text) == bool(seen)


@pytest.fixture
def mailbox(ana, settings, httpserver):
    """A server in the place of the executor, with one hostile mail in its mailbox."""
    mail = {
        "id": "m1",
        "sentAt": "2026-11-21T12:00:00Z",
        "from": "no-reply@tandem.test",
        "to": ["mia@harbor.test", "max@harbor.test"],
        "subject": HOSTILE,
        "messageId": "<m1@tandem.test>",
        "isInvitation": True,
    }
    told = {"key": "a1:invite", "headers": [{"name": "To", "value": HOSTILE}], "text": HOSTILE, "ics": HOSTILE}
    page = {"limit": 50, "offset": 0, "total": 1, "totalIsExact": True, "next": None}
    httpserver.expect_request("/api/mailbox").respond_with_json({"items": [mail], "pagination": page})
    httpserver.expect_request("/api/mailbox/m1").respond_with_json(mail | told | {"attachments": []})
    clients.connect(replace(settings, urls=settings.urls | {"executor": httpserver.url_for("").rstrip("/")}))
    yield
    clients.connect(settings)


@pytest.mark.usefixtures("mailbox")
def test_the_mailbox_shows_what_was_sent_as_text_and_renders_none_of_it(ana):
    listed, shown = (ana.get(f"/app/admin/mailbox{path}") for path in ("?q=mia", "/m1"))
    assert 'href="/app/admin/mailbox/m1"' in listed.text
    assert "mia@harbor.test and 1 more" in words(listed)
    assert 'href="/app/monitor/runs/a1"' in shown.text
    for answer in (listed, shown):
        assert answer.status_code == 200
        assert "&lt;script&gt;" in answer.text
        assert not re.search(r"<script(?![^>]*\ssrc=)|<img", answer.text)


def test_a_mailbox_whose_executor_is_away_says_so(ana):
    assert "AI tasks and mail are not answering" in words(ana.get("/app/admin/mailbox"))


@pytest.mark.parametrize("address", ["/app/admin/people", "/app/admin/audit", "/app/admin/people/new"])
def test_people_and_the_trail_are_for_admins(enter, address):
    assert enter("olga").get(address).status_code == 403
    assert enter("max").get(address).status_code == 200


def test_a_person_is_added_and_a_wrong_email_complains_beside_its_field(enter):
    max_ = enter("max")
    wrong = max_.post("/app/admin/people/new", data={"name": "Nia", "email": "nobody", "role": "member"}, headers=OURS)
    assert wrong.status_code == 422
    assert 'id="f-email" name="email" type="email" value="nobody"' in wrong.text
    assert re.search(r'class="wrong" id="d-email">.*Not an e-mail address', wrong.text, re.S)
    added = max_.post(
        "/app/admin/people/new",
        data={"name": "Nia Obi", "email": "nia@demo.tandem.test", "role": "member"},
        headers=OURS,
    )
    assert added.status_code == 303
    assert "Nia Obi" in max_.get("/app/admin/people").text


def test_a_role_changes_with_the_version_that_was_shown_and_else_not(enter):
    max_ = enter("max")
    [person_id] = re.findall(r'id="person-([^"]+)"[^<]*<td class="title">Ana', max_.get("/app/admin/people").text)
    address = f"/app/admin/people/{person_id}/role"
    assert max_.post(address, data={"role": "developer", "version": "1"}, headers=OURS).status_code == 303
    stale = max_.post(
        address,
        data={"role": "operator", "version": "1"},
        headers=OURS | {"Referer": "http://localhost/app/admin/people"},
    )
    assert stale.status_code == 412
    assert 'href="/app/admin/people"' in stale.text[stale.text.index('id="ask"') :]


def test_the_trail_shows_who_did_what(enter, monitor):
    tell("act", act(reason="It was locked."))
    said = words(enter("max").get("/app/admin/audit"))
    assert all(word in said for word in ("Ana", "retried task", "It was locked."))


def test_the_trail_names_what_was_acted_on_and_leads_there(enter, monitor):
    tell("ai-task", task(1, of=None))
    tell("act", act(1))
    tell("act", act(2, subjectKind="partnership", subjectId="p1", details={"name": HOSTILE}))
    tell("act", act(3, subjectKind="trigger", subjectId="trigger-1", by={"kind": "person", "id": "bo", "name": "Bo"}))
    page = enter("max").get("/app/admin/audit")
    assert '<a href="/app/monitor/runs/task-1">Update contact 1</a>' in page.text
    assert "/app/partnerships/p1" in page.text
    assert "<script>alert" not in page.text
    assert "Trigger rigger-1" in words(page)
    found = words(enter("max").get("/app/admin/audit?q=update+contact"))
    assert "Update contact 1" in found
    assert "Trigger" not in found
    assert "No act matches" in words(enter("max").get("/app/admin/audit?by=nobody"))


def test_the_trail_names_steps_customers_and_what_an_earlier_act_named(enter, monitor):
    tell("workflow-execution", execution(1))
    tell("workflow-step", step(2, title="Find the stakeholders"))
    tell("act", act(1, subjectKind="workflow-step", subjectId="step-1-2", verb="completed step"))
    tell("act", act(2, subjectKind="customer", subjectId="customer-1", verb="placed hold"))
    tell("act", act(3, subjectKind="task", subjectId="t9", verb="created task", details={"title": "Call them"}))
    tell("act", act(4, subjectKind="task", subjectId="t9", verb="completed task", details={"fields": ["status"]}))
    tell("act", act(5, subjectKind="queue", subjectId="send-email", verb="paused work", details={"name": "send-email"}))
    page = enter("max").get("/app/admin/audit").text
    assert '<a href="/app/monitor/runs/execution-1#step-step-1-2">Find the stakeholders</a>' in page
    assert '<a href="/app/customers/customer-1">Acme</a>' in page
    assert page.count('<a href="/app/tasks/t9">Call them</a>') == 2
    assert '<a href="/app/admin/queues">send-email</a>' in page


def test_the_bell_counts_what_is_not_read_and_forgets_it_when_read(ana, monitor):
    tell("notification-request", notification(1, title=HOSTILE))
    tell("notification-request", notification(2, link="https://evil.test/"))
    assert 'aria-label="Notifications, 2 unread"' in ana.get("/app/monitor").text
    page = ana.get("/app/notifications").text
    assert "<script>alert" not in page
    assert "evil.test" not in page
    ana.post("/app/notifications/notification-1/read", headers=OURS)
    assert 'aria-label="Notifications, 1 unread"' in ana.get("/app/monitor").text
    ana.post("/app/notifications/read-all", headers=OURS)
    assert 'aria-label="Notifications"' in ana.get("/app/monitor").text
