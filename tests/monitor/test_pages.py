"""The console's pages through the application: who gets in, what is shown to whom, and what stands when others are away."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from services.monitor import clients, live, reporting, seeding, sessions
from services.monitor.api import browser
from services.monitor.app import make_app
from services.monitor.models import database
from services.monitor.pages import dressing, spans, watching, wording
from shared import clock
from shared.acts import By
from shared.database import session
from tests.conftest import NOON
from tests.monitor.conftest import FAILED, SUCCESS, act, attempt, execution, notification, step, task
from tests.monitor.test_projecting import FINALIZED, tell

OURS = {"Sec-Fetch-Site": "same-origin"}
BOSS = By("person", "boss", "Boss", "demo", roles=frozenset({"super_admin"}))
HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'
EVERY_PAGE = (
    "/app/monitor",
    "/app/renewals",
    "/app/tasks",
    "/app/contacts",
    "/app/runs",
    "/app/partnerships",
    "/app/flows",
    "/app/notifications",
)


@pytest.fixture(scope="module")
def app(settings):
    """One application for all of them: its templates are compiled once."""
    return make_app(settings)


@pytest.fixture
def visitor(app, monitor):
    """A browser of somebody who is not signed in; the sample people exist."""
    with session(database):
        seeding.seed(NOON)
    return app.test_client()


def make_link(name: str, token: str) -> None:
    """A sign-in link for a sample person."""
    with session(database):
        sessions.make_link(f"{name}@demo.tandem.test", token=token, by=BOSS, now=clock.now())


@pytest.fixture
def enter(visitor, app):
    """`enter("dev")` -> a browser in which the sample person of this name is signed in."""

    known = {}

    def enter(name):
        if name in known:
            return known[name]
        client = known[name] = app.test_client()
        make_link(name, f"link-{name}")
        with session(database):
            sessions.by_link(f"link-{name}", token=f"cookie-{name}", now=clock.now())
        client.set_cookie(browser.COOKIE, f"cookie-{name}", domain="localhost")
        return client

    return enter


@pytest.fixture
def ana(enter):
    return enter("ana")


@pytest.fixture
def failed_run(monitor):
    tell("workflow-execution", execution(**FINALIZED))
    tell(
        "workflow-step",
        step(1, status="completed", startedAt="2026-11-21T11:00:00Z", completedAt="2026-11-21T11:10:00Z"),
    )
    tell("ai-task", task(1, **(FAILED | {"attempts": [attempt(1)]})))
    tell("ai-task", task(2, **SUCCESS))


def words(response) -> str:
    """What a person reads: the page without its tags."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text)))


# Getting in


def test_who_is_not_signed_in_is_led_to_the_sign_in_and_back_to_where_they_wanted(visitor):
    answer = visitor.get("/app/monitor?status=failed")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=%2Fapp%2Fmonitor%3Fstatus%3Dfailed")


def test_a_link_is_not_spent_by_looking_at_it_and_lets_in_once_when_its_button_is_pressed(visitor, app):
    make_link("ana", "once")
    assert visitor.get("/sign-in?link=once").status_code == 200
    assert 'name="link" value="once"' in visitor.get("/sign-in?link=once").text
    entered = visitor.post("/sign-in", data={"link": "once", "next": "/app/tasks"}, headers=OURS)
    assert (entered.status_code, entered.location) == (303, "/app/tasks")
    assert "Ana Alvarez" in visitor.get("/app/monitor").text
    again = app.test_client().post("/sign-in", data={"link": "once"}, headers=OURS)
    assert again.status_code == 401
    assert "used already" in again.text


@pytest.mark.parametrize("elsewhere", ["https://evil.test/", "//evil.test/", "/\\evil.test", "javascript:alert(1)", ""])
def test_signing_in_never_leads_to_another_site(visitor, elsewhere):
    make_link("ana", "once")
    assert visitor.post("/sign-in", data={"link": "once", "next": elsewhere}, headers=OURS).location == "/app/monitor"


def test_a_wrong_password_says_so_and_keeps_the_email(visitor):
    answer = visitor.post("/sign-in", data={"email": "ana@demo.tandem.test", "password": "not this one"}, headers=OURS)
    assert answer.status_code == 401
    assert "The e-mail or the password is wrong." in answer.text
    assert 'value="ana@demo.tandem.test"' in answer.text
    assert "not this one" not in answer.text


def test_signing_out_ends_the_session(ana):
    assert ana.post("/sign-out", headers=OURS).location == "/sign-in"
    ana.set_cookie(browser.COOKIE, "cookie-ana", domain="localhost")
    assert ana.get("/app/monitor").status_code == 303


def test_a_form_from_another_site_is_refused(ana):
    answer = ana.post("/app/notifications/read-all", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "text/html" in answer.content_type


@pytest.mark.parametrize(
    ("shown", "way"),
    [
        ("http://localhost/app/tasks?auto=true", "/sign-in?next=%2Fapp%2Ftasks%3Fauto%3Dtrue"),
        ("https://evil.test/app/tasks", "/sign-in"),
    ],
)
def test_htmx_is_told_to_take_the_whole_page_to_the_sign_in(visitor, shown, way):
    answer = visitor.get("/app/live?view=list", headers={"HX-Request": "true", "HX-Current-URL": shown})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, way)


# Every page


@pytest.mark.parametrize("address", EVERY_PAGE)
def test_a_page_stands_with_a_strict_policy_and_is_not_kept(ana, address):
    answer = ana.get(address)
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", EVERY_PAGE)
def test_a_page_has_no_inline_script_style_or_handler(ana, failed_run, address):
    text = ana.get(address).text
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|hx-on|javascript:|js:", text)


def test_no_template_holds_inline_script_style_handlers_or_unescaped_text():
    for template in sorted(dressing.TEMPLATES.rglob("*.html")):
        text = template.read_text()
        found = re.search(
            r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=\"|hx-on|\|\s*safe\b|autoescape|javascript:|\bjs:", text
        )
        assert not found, f"{template.name}: {found and found.group()}"


@pytest.mark.parametrize(
    ("address", "owner"),
    [
        *((address, "Workflows") for address in ("/app/renewals", "/app/tasks", "/app/contacts")),
        *((address, "Runs") for address in ("/app/runs", "/app/partnerships", "/app/objectives")),
        *((address, "Runs") for address in ("/app/templates", "/app/recurrences")),
    ],
)
def test_a_page_whose_owner_is_away_says_so_and_keeps_its_frame(ana, address, owner):
    answer = ana.get(address)
    assert answer.status_code == 200
    assert f"{owner} is not answering" in words(answer)
    assert 'class="rail-link" href="/app/monitor"' in answer.text


def test_a_thing_whose_owner_is_away_is_a_page_that_offers_to_try_again(ana):
    answer = ana.get("/app/renewals/execution-1")
    assert answer.status_code == 503
    assert "Try again" in words(answer)
    assert answer.text.count('id="ask"') == 1


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/app/monitor/runs/none", 404, "There is no such run."),
        ("/app/nowhere", 404, "leads nowhere"),
        ("/app/tasks/1/complete", 405, "for a form"),
        ("/app/monitor?status=odd", 422, "Must be one of"),
    ],
)
def test_an_error_is_a_page_with_the_way_on(ana, address, status, said):
    answer = ana.get(address)
    assert answer.status_code == status
    assert said in words(answer)
    assert "text/html" in answer.content_type
    assert 'class="rail-link"' in answer.text


def test_an_error_for_a_stranger_shows_no_frame(visitor):
    answer = visitor.get("/nowhere")
    assert answer.status_code == 404
    assert "rail-link" not in answer.text


def test_parts_that_are_not_in_this_version_say_so(ana):
    assert "not in this version" in ana.get("/app/flows").text


def test_a_cookie_with_a_forged_message_is_text_and_nothing_else(ana):
    import base64
    import json

    ana.set_cookie(
        "tandem_said",
        base64.urlsafe_b64encode(json.dumps({"text": HOSTILE, "tone": "good"}).encode()).decode(),
        domain="localhost",
    )
    first = ana.get("/app/runs")
    assert "&lt;script&gt;" in first.text
    assert "<script>alert" not in first.text
    assert "&lt;script&gt;" not in ana.get("/app/runs").text


# The list of runs


def test_the_list_has_an_empty_state_that_says_what_to_do(ana):
    assert "Nothing has run yet" in words(ana.get("/app/monitor"))
    assert "No run matches" in words(ana.get("/app/monitor?status=failed"))


def test_the_list_shows_a_failure_with_its_reason_and_leads_to_the_run(ana, failed_run):
    answer = ana.get("/app/monitor")
    assert 'id="run-execution-1"' in answer.text
    assert 'href="/app/monitor/runs/execution-1"' in answer.text
    assert "The row is locked." in words(answer)
    assert "2 of 3" in words(answer)


def test_names_from_outside_are_escaped_wherever_they_show(ana, monitor):
    tell("workflow-execution", execution(workflowName=HOSTILE, customerName=HOSTILE, openHumanWork=True))
    tell("workflow-step", step(1, title=HOSTILE, status="in_progress"))
    for address in ("/app/monitor", "/app/monitor/runs/execution-1", f"/app/monitor?q={HOSTILE}"):
        text = ana.get(address).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    assert "&lt;script&gt;" in ana.get("/app/monitor").text


def test_filters_stand_in_the_url_and_narrow_the_list(ana, failed_run):
    tell("workflow-execution", execution(2, workflowName="Discovery: Beta", openHumanWork=True))
    waiting = ana.get("/app/monitor?status=waiting").text
    assert "run-execution-2" in waiting
    assert "run-execution-1" not in waiting
    assert 'name="status" value="waiting"' in waiting
    assert "run-execution-2" in ana.get("/app/monitor?q=beta").text
    assert "run-execution-1" not in ana.get("/app/monitor?q=beta").text
    assert "run-execution-1" in ana.get("/app/monitor?since=2026-11-21&until=2026-11-21").text
    assert "run-execution-1" not in ana.get("/app/monitor?since=2026-11-22").text


def test_the_days_of_a_filter_are_the_tenants_own_days(ana, monitor):
    tell("workflow-execution", execution(createdAt="2026-11-22T03:00:00Z"))  # The 21st, 22:00 in New York.
    assert "run-execution-1" in ana.get("/app/monitor?since=2026-11-21&until=2026-11-21").text
    assert "run-execution-1" not in ana.get("/app/monitor?since=2026-11-22").text


def test_sorting_links_keep_the_filters(ana, failed_run):
    links = [
        unescape(link)
        for link in re.findall(r'<th scope="col"[^>]*><a href="([^"]+)"', ana.get("/app/monitor?status=failed").text)
    ]
    assert links
    assert all("status=failed" in link for link in links)


def test_the_stream_of_the_list_names_its_rows_and_where_it_was_rendered(ana, failed_run):
    [address] = re.findall(r'hx-sse:connect="([^"]+)"', ana.get("/app/monitor").text)
    assert "ids=execution-1" in address
    assert re.search(r"after=[1-9]", address)


def test_all_tenants_are_for_super_admins(enter, failed_run):
    assert enter("max").get("/app/monitor?tenant=*").status_code == 403
    assert enter("max").get("/app/monitor?tenant=acme").status_code == 404
    assert "run-execution-1" in enter("sam").get("/app/monitor?tenant=*").text


# One run


def test_a_run_shows_its_steps_with_their_times_and_what_went_wrong(ana, failed_run):
    answer = ana.get("/app/monitor/runs/execution-1")
    assert all(
        name in words(answer)
        for name in ("Step 1", "Update contact 1", "10 min", "1 min", "The row is locked.", "2 of 3 steps")
    )
    assert answer.text.count('<rect x="') >= 3
    assert "Retry from this step" in words(answer)


def test_payloads_and_stack_traces_are_for_developers(enter, failed_run):
    for address in ("/app/monitor/runs/execution-1", "/app/monitor/runs/execution-1/steps/task-1"):
        member, developer = enter("ana").get(address).text, enter("dev").get(address).text
        assert "The row is locked." in member
        assert "Traceback" not in member
        assert "opportunityId" not in member
        assert "daysToRenewal" not in member
        assert "Traceback" in developer
    assert "daysToRenewal" in enter("dev").get("/app/monitor/runs/execution-1").text
    assert "opportunityId" in enter("dev").get("/app/monitor/runs/execution-1/steps/task-1").text


def test_a_step_can_be_unfolded_without_script(enter, failed_run):
    folded, unfolded = (
        enter("dev").get(f"/app/monitor/runs/execution-1{query}").text for query in ("", "?open=task-1")
    )
    assert "opportunityId" not in folded
    assert "opportunityId" in unfolded
    assert '<details class="step" open>' in unfolded


def test_another_tenants_run_is_not_there(ana, monitor):
    tell("workflow-execution", execution(tenantId="acme"))
    for address in ("", "/retry", "/cancel", "/steps/step-1-1"):
        assert ana.get(f"/app/monitor/runs/execution-1{address}").status_code == 404
    assert ana.post("/app/monitor/runs/execution-1/cancel", headers=OURS).status_code == 404


def test_retry_says_that_the_owner_is_away_before_it_is_tried(ana, failed_run):
    answer = ana.get("/app/monitor/runs/execution-1/retry")
    assert "Workflows is not answering" in words(answer)
    assert "button-primary" not in answer.text[answer.text.index('id="ask"') :]


UNKNOWN = {
    "name": "primary-contact",
    "status": "unknown",
    "key": "k",
    "intendedAt": "2026-11-21T11:31:00Z",
    "settledAt": None,
}


def test_an_unknown_outcome_is_an_operators_to_settle_and_wants_a_reason(enter, failed_run):
    tell("ai-task", task(3, **(FAILED | {"effects": [UNKNOWN | {"outcome": None}]})))
    address = "/app/monitor/runs/execution-1/steps/task-3"
    assert "Outcome unknown" in words(enter("dev").get(address))
    assert "Settle it" not in words(enter("dev").get(address))
    assert "Settle it" in words(enter("olga").get(address))
    settle = f"{address}/effects/primary-contact"
    assert enter("dev").get(settle).status_code == 403
    assert "Did “primary-contact” happen?" in words(enter("olga").get(settle))
    silent = enter("olga").post(settle, data={"happened": "yes", "reason": " "}, headers=OURS)
    assert (silent.status_code, "Say how you know." in silent.text) == (422, True)
    away = enter("olga").post(settle, data={"happened": "yes", "reason": "I looked."}, headers=OURS)
    assert (away.status_code, "Executor is not answering" in words(away)) == (503, True)
    assert enter("olga").get(f"{address}/effects/none").status_code == 404


def test_cancel_names_what_will_stop_and_what_stands(ana, monitor):
    tell("workflow-execution", execution(openHumanWork=True))
    tell("workflow-step", step(1, status="completed"))
    tell("workflow-step", step(2, title="Pricing", status="in_progress"))
    said = words(ana.get("/app/monitor/runs/execution-1/cancel"))
    assert "1 step that did not end yet will not: Pricing" in said
    assert "1 step stand" in said


# What changes while a page is looked at


@pytest.fixture
def changed(app, monitor):
    """`changed(subject, name, view=...)` -> the parts that the page of this view gets when the subject changed."""

    def changed(subject, name="dev", kind="run", data=None, **watched):
        by = By("person", name, name.title(), "demo", roles=frozenset({{"dev": "developer", "ana": "member"}[name]}))
        event = live.Event(live.head() + 1, kind, subject, "demo", False, data or {})
        with app.app_context(), session(database):
            return "".join(watching.parts_of(watched, by)(event, by))

    with session(database):
        seeding.seed(NOON)
    return changed


def row_of(run_id):
    """The snapshot that a live change of a run carries."""
    return reporting.row("demo", run_id).as_row()


def test_a_row_that_is_shown_is_patched_and_one_that_is_not_is_only_counted(changed, failed_run):
    told = {"view": "list", "ids": "execution-1", "from": "2026-11-21T11:30:00Z"}
    shown = changed("execution-1", data=row_of("execution-1"), **told)
    assert '<hx-partial hx-target="#run-execution-1" hx-swap="outerMorph">' in shown
    assert "The row is locked." in shown
    tell("workflow-execution", execution(2, createdAt="2026-11-21T12:00:00Z"))
    new = changed("execution-2", data=row_of("execution-2"), **told)
    assert "#run-execution-2" not in new
    assert "1 new run:" in new
    assert "1 new run:" not in changed("execution-2", data=row_of("execution-2"), **told, status="completed")


def test_a_runs_page_gets_its_parts_and_no_more_than_its_reader_may_see(changed, failed_run):
    told = {"view": "run", "id": "execution-1", "was": "running"}
    developer, member = (changed("execution-1", name, **told) for name in ("dev", "ana"))
    for target in ("#run-state", "#run-error", "#run-steps", "#run-facts", "#run-actions", "#toasts"):
        assert f'hx-target="{target}"' in developer
    assert "Traceback" in developer
    assert "The row is locked." in member
    assert "Traceback" not in member
    assert changed("execution-2", **told) == ""


def test_a_notification_reaches_the_bell_and_the_toasts_escaped(changed, monitor):
    tell("notification-request", notification(1, title=HOSTILE))
    parts = changed("notification-1", kind="notification", data=notification(1, title=HOSTILE))
    assert "1 unread" in parts
    assert "&lt;script&gt;" in parts
    assert "<script>" not in parts


# Admin, notifications


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("ana", ()),
        ("dev", ("Processors", "Sandbox CRM", "Mailbox")),
        ("olga", ("Processors", "Queues", "Sandbox CRM", "Mailbox")),
        ("max", ("People", "Processors", "Queues", "Sandbox CRM", "Mailbox", "Audit trail")),
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
    assert "Executor is not answering" in words(ana.get("/app/admin/mailbox"))


@pytest.mark.parametrize("address", ["/app/admin/people", "/app/admin/audit", "/app/admin/people/new"])
def test_people_and_the_trail_are_for_admins(enter, address):
    assert enter("olga").get(address).status_code == 403
    assert enter("max").get(address).status_code == 200


def test_a_person_is_added_and_a_wrong_email_complains_beside_its_field(enter):
    max_ = enter("max")
    wrong = max_.post("/app/admin/people/new", data={"name": "Nia", "email": "nobody", "role": "member"}, headers=OURS)
    assert wrong.status_code == 422
    assert 'id="f-email" name="email" type="email" value="nobody"' in wrong.text
    assert re.search(r'class="wrong" id="d-email">.*Not a valid email', wrong.text, re.S)
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


# How things are said


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (wording.ago("2026-11-21T11:59:58Z", NOON), "just now"),
        (wording.ago("2026-11-21T11:59:15Z", NOON), "45 s ago"),
        (wording.ago("2026-11-21T11:01:00Z", NOON), "59 min ago"),
        (wording.ago("2026-11-20T12:00:00Z", NOON), "1 day ago"),
        (wording.ago("2026-11-24T12:00:00Z", NOON), "in 3 days"),
        (wording.ago("2026-01-02T12:00:00Z", NOON), "2 Jan 2026"),
        (wording.exact("2026-11-21T12:00:00Z", "Pacific/Auckland"), "22 Nov 2026, 01:00:00 NZDT"),
        (wording.lasting(0), "0 ms"),
        (wording.lasting(1234), "1.2 s"),
        (wording.lasting(60_000), "1 min"),
        (wording.lasting(200_000), "3 min 20 s"),
        (wording.lasting(7_500_000), "2 h 5 min"),
        (wording.lasting(345_600_000), "4 days"),
        (wording.money("248127.00", "USD"), "$248,127"),
        (wording.money("12000.50", "NZD"), "NZD 12,000.50"),
        (wording.money("-3721.90", "EUR"), "−€3,721.90"),
        (wording.money("much", "USD"), "much USD"),
        (wording.percent(0.068), "6.8 %"),
        (wording.days_left(0), "today"),
        (wording.days_left(-1), "1 day overdue"),
        (wording.many(1, "item"), "1 item"),
        (wording.many(1200, "item"), "1,200 items"),
        (wording.words("workflow-execution"), "Workflow execution"),
        (wording.words("gaps.missing_executiveSponsor"), "Gaps: missing executive sponsor"),
        (wording.words("ai-task"), "AI task"),
    ],
)
def test_the_console_says_it_as_people_do(said, words):
    assert said == words


def test_a_status_that_nobody_foresaw_is_shown_in_grey_under_its_own_name():
    assert wording.look("half_done") == wording.Look("queued", "info", "Half done")


def test_a_bar_tells_waiting_from_working_and_stays_inside_the_run():
    run = {"createdAt": "2026-11-21T11:00:00Z", "completedAt": "2026-11-21T11:10:00Z"}
    worked = {
        "status": "completed",
        "createdAt": "2026-11-21T11:05:00Z",
        "startedAt": "2026-11-21T11:06:00Z",
        "completedAt": "2026-11-21T11:10:00Z",
    }
    begun = {"status": "failed", "startedAt": "2026-11-21T11:10:00Z", "completedAt": "2026-11-21T11:10:00Z"}
    place = spans.layout(run, [worked, begun], NOON)
    assert place(worked) == spans.Spans(
        [spans.Bar(50.0, 10.0, "wait"), spans.Bar(60.0, 40.0, "completed")], "waited 1 min, worked 4 min"
    )
    [bar] = place(begun).bars
    assert bar.x + bar.width == 100
    assert place({"status": "pending"}) is None


# What is not a page


def test_vendored_files_are_the_ones_that_were_taken():
    [listed] = dressing.STATIC.glob("vendor/*/CHECKSUMS.txt")
    lines = [line.split() for line in listed.read_text().splitlines() if not line.startswith("#")]
    assert {name for _, name in lines} == {file.name for file in listed.parent.iterdir()} - {"CHECKSUMS.txt"}
    assert {name: hashlib.sha256((listed.parent / name).read_bytes()).hexdigest() for _, name in lines} == {
        name: told for told, name in lines
    }


def test_static_files_are_kept_by_their_version(ana):
    [address] = re.findall(r'href="(/static/style.css[^"]+)"', ana.get("/app/monitor").text)
    answer = ana.get(address)
    assert (answer.status_code, "immutable" in answer.headers["Cache-Control"]) == (200, True)
    assert ana.get("/static/../app.py").status_code == 404


def test_every_icon_that_is_used_is_drawn():
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (dressing.STATIC / "icons.svg").read_text()))
    templates = "".join(template.read_text() for template in dressing.TEMPLATES.rglob("*.html"))
    used = set(re.findall(r'icon\("([^"]+)"', templates)) | {one.icon for one in dressing.wording.LOOKS.values()}
    assert used <= drawn


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_text_colour_has_the_contrast_of_aa_on_its_ground_in_light_and_dark():
    light, dark = (Path(dressing.STATIC) / "tokens.css").read_text().split("prefers-color-scheme: dark")
    base = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light))
    names = ("queued", "running", "waiting", "completed", "failed", "cancelled", "green", "blue", "purple", "orange")
    pairs = (
        [(name, f"{name}-tint") for name in names]
        + [(name, "surface") for name in names]
        + [
            (text, ground)
            for text in ("text", "text-soft", "text-faint", "link")
            for ground in ("page", "surface", "sunken", "hover")
        ]
        + [
            ("accent-text", "accent"),
            ("accent-text", "accent-hover"),
            ("danger-text", "danger"),
            ("link", "accent-tint"),
        ]
    )
    for scheme in (base, base | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", dark))):
        for text, ground in pairs:
            low, high = sorted((luminance(scheme[text]), luminance(scheme[ground])))
            assert (high + 0.05) / (low + 0.05) >= 4.5, (text, ground)
