"""Who gets into the console, and who does not."""

from __future__ import annotations

import pytest

from services.monitor import sessions
from services.monitor.api import browser
from shared.ground import clock, ids
from shared.ground.principal import Principal
from shared.security.tokens import Signer
from tests.monitor.pages.conftest import OURS, make_link


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
    assert visitor.post("/sign-in", data={"link": "once", "next": elsewhere}, headers=OURS).location == "/app"


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


def test_who_tried_too_often_is_told_when_to_come_back_and_a_known_browser_is_let_in(visitor, app, monkeypatch):
    monkeypatch.setattr(sessions, "SCRYPT", "scrypt:1024:8:1")
    email, password = "ana@demo.tandem.test", "correct horse battery"
    boss = Principal("person", "boss", "Boss", "demo", roles=frozenset({"admin"}))
    sessions.set_password(ids.named("person", email), password, by=boss, now=clock.now())
    right = {"email": email, "password": password}
    entered = visitor.post("/sign-in", data=right, headers=OURS)
    kept = next(cookie for cookie in entered.headers.getlist("Set-Cookie") if cookie.startswith("tandem_device="))
    assert all(word in kept for word in ("HttpOnly", "SameSite=Strict", "Path=/sign-in", "Max-Age="))
    stranger = app.test_client()
    for _ in range(5):
        assert stranger.post("/sign-in", data=right | {"password": "wrong"}, headers=OURS).status_code == 401
    refused = stranger.post("/sign-in", data=right, headers=OURS)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 300
    assert visitor.post("/sign-in", data=right, headers=OURS).status_code == 303


@pytest.mark.parametrize("path", ["/app/monitor", "/app/tasks", "/app/notifications", "/app/nowhere", "/sign-in"])
def test_a_token_of_a_tenant_that_does_not_exist_opens_no_page_and_breaks_none(visitor, settings, path):
    stranger = Principal("person", "eve", "Eve", "nowhere", roles=frozenset({"admin"}))
    token = Signer("monitor", settings.keys).for_person(stranger, clock.now())
    answer = visitor.get(path, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code in (302, 401, 404)
    assert "Eve" not in answer.text
