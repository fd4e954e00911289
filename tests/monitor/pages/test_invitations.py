"""Inviting people from the page and over REST: the mail, its link, sending again, and who may."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from services.monitor.models import acts, database, feed, outgoing_requests
from services.monitor.models.invitations import Invitation
from services.monitor.models.people import Person, SignInLink
from shared.database.connection import session
from shared.ground import clock, ids
from tests.monitor.conftest import FAILED, task
from tests.monitor.pages.conftest import HOSTILE, OURS, words
from tests.monitor.test_projecting import tell

EVE = {"name": "Eve Stone", "email": "Eve@Demo.test", "role": "member"}
NEW = "/app/admin/people/new"


def person_id(email="eve@demo.test"):
    with session(database):
        return Person.of_all_tenants().where(Person.email == email).get().id


def invite(admin, **fields):
    """Invite somebody from the page; the page that is shown then."""
    return admin.post(NEW, data=EVE | fields, headers=OURS, follow_redirects=True)


def link_on(page):
    return unescape(re.search(r'value="(http[^"]+/sign-in\?link=[^"]+)"', page.text)[1])


def requests_for_mails():
    with session(database):
        return list(outgoing_requests.table.select().order_by(outgoing_requests.table.created_at))


def mails():
    return [request.body for request in requests_for_mails()]


def enter_with(app, link):
    """A new browser that opens a link and presses its button."""
    browser = app.test_client()
    path = link[link.index("/sign-in") :]
    form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', browser.get(path).text))
    return browser, browser.post("/sign-in", data=form, headers=OURS)


def test_somebody_invited_from_the_page_gets_a_mail_and_comes_in_by_its_link_once(enter, app):
    admin = enter("max")
    page = invite(admin)
    assert "Eve Stone is invited: a mail goes to eve@demo.test." in words(page)
    assert "Not used yet" in words(page)
    link = link_on(page)
    [mail] = mails()
    assert (mail["processor"], mail["metadata"]["to"]) == (
        "send-email",
        [{"name": "Eve Stone", "email": "eve@demo.test"}],
    )
    assert mail["metadata"]["subject"] == "Max Weber invites you to Tandem"
    assert link in mail["metadata"]["body"]
    with session(database):
        changes = feed.changes(0, ("ai-task-request",), 10)["changes"]
    assert [told["data"]["processor"] for told in changes] == ["send-email"]
    eve, entered = enter_with(app, link)
    assert (entered.status_code, entered.location) == (303, "/app/profile")
    assert "Eve Stone" in eve.get("/app/profile").text
    _, again = enter_with(app, link)
    assert again.status_code == 401
    assert "used already" in again.text
    assert "Used" in words(admin.get("/app/admin/people"))
    used = admin.get(f"/app/admin/people/{person_id()}/invitation")
    assert "/sign-in?link=" not in used.text


def test_sending_again_ends_the_earlier_link(enter, app):
    admin = enter("max")
    first = link_on(invite(admin))
    path = f"/app/admin/people/{person_id()}"
    assert "Earlier links stop working." in words(admin.get(f"{path}/invite"))
    second = link_on(admin.post(f"{path}/invite", headers=OURS, follow_redirects=True))
    assert first != second
    assert [mail["metadata"]["subject"] for mail in mails()] == ["Max Weber invites you to Tandem"] * 2
    assert enter_by(app, first) == 401
    assert enter_by(app, second) == 303


def enter_by(app, link):
    return enter_with(app, link)[1].status_code


def test_the_link_is_shown_only_to_who_made_it(enter, app):
    admin = enter("max")
    invite(admin)
    page = enter("sam").get(f"/app/admin/people/{person_id()}/invitation")
    assert page.status_code == 200
    assert "/sign-in?link=" not in page.text
    assert "shown only just after it was made" in words(page)


def test_an_invitation_expires_and_says_so(enter, app):
    admin = enter("max")
    link = link_on(invite(admin))
    past = clock.now() - timedelta(seconds=1)
    with session(database):
        SignInLink.update_for("demo", expires_at=past).where(SignInLink.person_id == person_id()).execute()
        Invitation.update_for("demo", expires_at=past).execute()
    assert enter_by(app, link) == 401
    assert "Expired" in words(admin.get("/app/admin/people"))
    page = admin.get(f"/app/admin/people/{person_id()}/invitation")
    assert "/sign-in?link=" not in page.text
    assert admin.get(f"/api/people/{person_id()}/invitation").json["state"] == "expired"


def test_a_mail_that_failed_is_told_in_the_list(enter):
    admin = enter("max")
    invite(admin)
    source = {"service": "monitor", "kind": "invitation", "id": person_id()}
    [mail] = requests_for_mails()
    tell("ai-task", task(1, of=None, **(FAILED | {"id": mail.id, "source": source})))
    assert "Mail failed" in words(admin.get("/app/admin/people"))


def test_the_token_of_a_link_is_shown_in_no_run(enter, app):
    link = link_on(invite(enter("max")))
    [mail] = requests_for_mails()
    source = {"service": "monitor", "kind": "invitation", "id": person_id()}
    effects = [{"name": "mail", "request": {"body": [mail.body["metadata"]["body"]]}}]
    told = {"id": mail.id, "source": source, "metadata": mail.body["metadata"], "effects": effects}
    tell("ai-task", task(1, of=None, **told))
    token = link.partition("link=")[2].partition("&")[0]
    dev = enter("dev")
    for path in (f"/api/runs/{mail.id}", f"/api/runs/{mail.id}/steps", f"/app/monitor/runs/{mail.id}"):
        answer = dev.get(path)
        assert answer.status_code == 200
        assert token not in answer.text
    assert "(hidden)" in dev.get(f"/api/runs/{mail.id}").text


def test_an_address_that_is_taken_is_named(enter):
    page = enter("max").post(NEW, data=EVE | {"email": "ANA@demo.tandem.test"}, headers=OURS)
    assert page.status_code == 409
    assert "Somebody has it already." in page.text
    answer = enter("max").post("/api/people", json=EVE | {"email": "carla@acme.tandem.test"}, headers=OURS)
    assert answer.status_code == 409
    assert "carla@acme.tandem.test" in answer.text
    assert mails() == []


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "a" * 201}, {"email": "no address"}, {"email": ""}, {"role": "king"}]
)
def test_what_is_no_person_is_refused_at_its_field(enter, wrong):
    answer = enter("max").post(NEW, data=EVE | wrong, headers=OURS)
    assert answer.status_code == 422
    assert "aria-invalid" in answer.text or "role" in wrong
    assert mails() == []


def test_a_role_above_ones_own_is_given_to_nobody(enter):
    assert enter("max").post(NEW, data=EVE | {"role": "super_admin"}, headers=OURS).status_code == 403
    assert mails() == []
    assert enter("max").post(NEW, data=EVE | {"role": "admin"}, headers=OURS).status_code == 303


@pytest.mark.parametrize("name", ["ana", "dev", "olga"])
def test_below_admin_nobody_invites(enter, name):
    one = enter(name)
    who = person_id("max@demo.tandem.test")
    assert one.post(NEW, data=EVE, headers=OURS).status_code == 403
    for method, path in (("GET", "invitation"), ("GET", "invite"), ("POST", "invite")):
        assert one.open(f"/app/admin/people/{who}/{path}", method=method, headers=OURS).status_code == 403
    assert one.post(f"/api/people/{who}/invitation", headers=OURS).status_code == 403
    assert mails() == []


def test_an_admin_makes_no_link_for_who_has_more_rights(enter):
    root = person_id("sam@demo.tandem.test")
    assert enter("max").post(f"/app/admin/people/{root}/invite", headers=OURS).status_code == 403
    assert enter("max").post(f"/api/people/{root}/invitation", headers=OURS).status_code == 403
    assert mails() == []


def test_who_is_deactivated_or_of_another_tenant_is_not_invited(enter):
    admin, ana = enter("max"), person_id("ana@demo.tandem.test")
    admin.patch(f"/api/people/{ana}", json={"active": False}, headers=OURS)
    assert admin.post(f"/api/people/{ana}/invitation", headers=OURS).status_code == 409
    for other in (person_id("carla@acme.tandem.test"), ids.new_id()):
        for method, path in (
            ("POST", f"/api/people/{other}/invitation"),
            ("GET", f"/api/people/{other}/invitation"),
            ("POST", f"/app/admin/people/{other}/invite"),
            ("GET", f"/app/admin/people/{other}/invite"),
            ("GET", f"/app/admin/people/{other}/invitation"),
        ):
            assert admin.open(path, method=method, headers=OURS).status_code == 404
    assert mails() == []


def test_over_rest_the_answer_has_the_link_and_says_whether_it_was_used(enter, app):
    admin, ana = enter("max"), person_id("ana@demo.tandem.test")
    assert admin.get(f"/api/people/{ana}/invitation").status_code == 404
    made = admin.post(f"/api/people/{ana}/invitation", headers=OURS)
    assert (made.status_code, made.json["state"], made.json["usedAt"]) == (201, "open", None)
    assert [mail["metadata"]["subject"] for mail in mails()] == ["Your link to Tandem"]
    assert enter_by(app, made.json["link"]) == 303
    now = admin.get(f"/api/people/{ana}/invitation").json
    assert (now["state"], now["link"]) == ("used", None)
    assert now["usedAt"] is not None
    with session(database):
        act = acts.table.select().where(acts.table.verb == "invited person").order_by(acts.table.at.desc()).first()
    assert (act.subject_id, act.by["name"]) == (ana, "Max Weber")


def test_a_name_that_means_harm_stays_text(enter):
    page = invite(enter("max"), name=HOSTILE)
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert mails()[0]["metadata"]["to"][0]["name"] == HOSTILE
