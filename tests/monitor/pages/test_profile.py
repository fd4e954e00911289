"""One's own profile: name, time zone, hours and theme, the password, and signing out everywhere."""

from __future__ import annotations

import re

import pytest

from services.monitor import sessions
from services.monitor.api import browser
from shared.ground import clock
from shared.ground.principal import Principal
from shared.security.tokens import Signer
from tests.monitor.conftest import notification
from tests.monitor.pages.conftest import HOSTILE, OURS, make_link, words
from tests.monitor.test_projecting import tell

MINE = {"name": "Ana B.", "timeZone": "Asia/Tokyo", "from": "08:00", "to": "16:30", "theme": "dark"}
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch):
    monkeypatch.setattr(sessions, "SCRYPT", "scrypt:1024:8:1")


def test_the_profile_is_reached_from_the_name_at_the_foot_of_the_rail(ana):
    assert re.search(r'href="/app/profile"[^>]*>\s*<span class="clip">Ana Alvarez', ana.get("/app/monitor").text)
    page = ana.get("/app/profile")
    assert "empty is as Demo: America/New_York" in page.text
    assert "those of Demo stand: 09:00 to 17:00" in words(page)
    assert 'href="/app/notifications/settings"' in page.text


def test_what_one_says_of_oneself_is_kept_and_seen_everywhere(ana):
    assert ana.post("/app/profile", data=MINE, headers=OURS).status_code == 303
    me = ana.get("/api/people/me").json
    assert (me["name"], me["timeZone"], me["theme"]) == ("Ana B.", "Asia/Tokyo", "dark")
    assert me["workingHours"] == {"from": "08:00", "to": "16:30"}
    page = ana.get("/app/monitor").text
    assert '<html lang="en" data-theme="dark">' in page
    assert '<meta name="color-scheme" content="dark">' in page
    assert "Ana B." in page
    tell("notification-request", notification(1, createdAt="2026-11-21T11:30:00Z"))
    assert "20:30:00 JST" in ana.get("/app/notifications").text


def test_what_is_left_empty_is_the_tenants(ana):
    ana.post("/app/profile", data=MINE, headers=OURS)
    empty = MINE | {"timeZone": "", "from": "", "to": "", "theme": "system"}
    assert ana.post("/app/profile", data=empty, headers=OURS).status_code == 303
    me = ana.get("/api/people/me").json
    assert (me["timeZone"], me["workingHours"], me["theme"]) == (None, None, "system")
    page = ana.get("/app/monitor").text
    assert '<html lang="en">' in page
    assert '<meta name="color-scheme" content="light dark">' in page


def test_days_of_filters_are_those_of_ones_own_zone(ana):
    ana.patch("/api/people/me", json={"timeZone": "Pacific/Auckland"}, headers=OURS)
    assert ana.get("/app/monitor?since=2026-11-21").status_code == 200


def test_the_digest_takes_the_zone_of_the_profile_until_another_is_chosen(ana):
    assert ana.get("/api/notifications/settings").json["timeZone"] == "America/New_York"
    ana.patch("/api/people/me", json={"timeZone": "Asia/Tokyo"}, headers=OURS)
    assert ana.get("/api/notifications/settings").json["timeZone"] == "Asia/Tokyo"
    chosen = {"muted": [], "mailed": [], "digestHour": 7, "timeZone": "Europe/Berlin"}
    ana.put("/api/notifications/settings", json=chosen, headers=OURS)
    assert ana.get("/api/notifications/settings").json["timeZone"] == "Europe/Berlin"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Two\nLines"}, "name"),
        ({"timeZone": "Mars/Base"}, "timeZone"),
        ({"from": "17:00", "to": "09:00"}, "to"),
        ({"from": "09:00", "to": "09:00"}, "to"),
        ({"from": "25:00"}, "from"),
        ({"from": "", "to": "17:00"}, "from"),
        ({"from": "9"}, "from"),
        ({"theme": "pink"}, "theme"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field_and_nothing_is_changed(ana, wrong, field):
    before = ana.get("/api/people/me").json
    answer = ana.post("/app/profile", data=MINE | wrong, headers=OURS)
    assert answer.status_code == 422
    assert f'id="d-{field}"' in answer.text
    assert ana.get("/api/people/me").json == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"timeZone": "Mars/Base"}, "timeZone"),
        ({"timeZone": 5}, "timeZone"),
        ({"workingHours": {"from": "17:00", "to": "09:00"}}, "workingHours.to"),
        ({"workingHours": {"from": "17:00"}}, "workingHours.to"),
        ({"workingHours": {"from": "x", "to": "y"}}, "workingHours.from"),
        ({"workingHours": "nine"}, "workingHours"),
        ({"theme": "pink"}, "theme"),
        ({"name": " "}, "name"),
        ({"role": "admin"}, "role"),
        ({"email": "other@demo.test"}, "email"),
        ({"active": False}, "active"),
    ],
)
def test_over_rest_what_cannot_be_kept_names_its_field(ana, body, field):
    answer = ana.patch("/api/people/me", json=body, headers=OURS)
    assert answer.status_code == 422
    assert any(name.startswith(field) for name in answer.json["errors"])


def test_two_pages_of_one_profile_do_not_overwrite_each_other(ana):
    version = str(ana.get("/api/people/me").json["version"])
    assert ana.post("/app/profile", data=MINE | {"version": version}, headers=OURS).status_code == 303
    late = ana.post("/app/profile", data=MINE | {"version": version, "name": "Other"}, headers=OURS)
    assert late.status_code == 412
    assert 'value="Other"' in late.text
    stale = ana.patch("/api/people/me", json={"name": "Other"}, headers=OURS | {"If-Match": '"v1"'})
    assert stale.status_code == 412


def test_a_member_changes_nobody_else(ana, enter):
    boss = enter("max").get("/api/people/me").json["id"]
    assert ana.patch(f"/api/people/{boss}", json={"name": "X"}, headers=OURS).status_code == 403


def test_a_name_that_means_harm_stays_text(ana):
    ana.post("/app/profile", data=MINE | {"name": HOSTILE}, headers=OURS)
    assert "<script>alert" not in ana.get("/app/profile").text


def test_a_password_is_set_by_who_has_none_and_changed_by_who_knows_it(ana, app):
    assert ana.post("/app/profile/password", data={"password": "short"}, headers=OURS).status_code == 422
    kept = ana.post("/app/profile/password", data={"password": PASSWORD}, headers=OURS)
    assert (kept.status_code, kept.location) == (303, "/sign-in")
    assert "Your password is set." in words(ana.get("/sign-in"))
    ana.set_cookie(browser.COOKIE, "cookie-ana", domain="localhost")
    assert ana.get("/app/monitor").status_code == 303
    again = app.test_client()
    credentials = {"email": "ana@demo.tandem.test", "password": PASSWORD}
    assert again.post("/sign-in", data=credentials, headers=OURS).status_code == 303
    wrong = again.post("/app/profile/password", data={"present": "no", "password": PASSWORD + "2"}, headers=OURS)
    assert wrong.status_code == 422
    assert "This is not your present password." in wrong.text
    right = again.post("/app/profile/password", data={"present": PASSWORD, "password": PASSWORD + "2"}, headers=OURS)
    assert right.status_code == 303


def test_who_guesses_the_present_password_is_stopped(ana, app):
    ana.post("/app/profile/password", data={"password": PASSWORD}, headers=OURS)
    make_link("ana", "back")
    again = app.test_client()
    again.post("/sign-in", data={"link": "back"}, headers=OURS)
    guess = {"present": "no", "password": PASSWORD}
    answers = [again.post("/app/profile/password", data=guess, headers=OURS) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_signing_out_everywhere_ends_all_sessions_of_oneself_alone(ana, app, enter):
    boss = enter("max")
    make_link("ana", "second")
    other = app.test_client()
    other.post("/sign-in", data={"link": "second"}, headers=OURS)
    assert other.get("/app/monitor").status_code == 200
    left = ana.post("/app/profile/sign-out", headers=OURS)
    assert left.location == "/sign-in"
    assert "You are signed out everywhere." in words(ana.get("/sign-in"))
    assert other.get("/app/monitor").status_code == 303
    assert boss.get("/app/monitor").status_code == 200


def test_who_is_no_person_has_no_profile(visitor, settings):

    nobody = Principal("person", "nobody", "Nobody", "demo", roles=frozenset({"admin"}))
    token = Signer("monitor", settings.keys).for_person(nobody, clock.now())
    for method, path in (("GET", "/api/people/me"), ("PATCH", "/api/people/me"), ("GET", "/app/profile")):
        body = {"json": {"theme": "dark"}} if method == "PATCH" else {}
        answer = visitor.open(path, method=method, headers={"Authorization": f"Bearer {token}"}, **body)
        assert answer.status_code == 404
