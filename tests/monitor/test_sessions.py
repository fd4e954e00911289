"""Links, passwords and sessions."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from services.monitor import seeding, sessions
from services.monitor.models import database
from services.monitor.models import people as rows
from shared.database.connection import session
from shared.ground import ids
from shared.ground.errors import Invalid, NotFound, Unauthenticated
from shared.ground.principal import Principal
from tests.conftest import NOON

ANA = "ana@demo.tandem.test"
BOSS = Principal("person", "boss", "Boss", "demo", roles=frozenset({"admin"}))
HOUR = timedelta(hours=1)


@pytest.fixture
def samples(monitor):
    seeding.seed(NOON)


def test_a_link_lets_in_once(samples):
    sessions.make_link(ANA, token="link", by=BOSS, now=NOON)
    by = sessions.sign_in_with_link("link", token="cookie", now=NOON + HOUR)
    assert (by.name, by.tenant_id, by.roles) == ("Ana Alvarez", "demo", {"member"})
    assert sessions.authenticate("cookie", NOON + HOUR).by == by
    with pytest.raises(Unauthenticated):
        sessions.sign_in_with_link("link", token="other", now=NOON + HOUR)


def test_of_two_at_once_one_gets_in(samples):
    sessions.make_link(ANA, token="link", by=BOSS, now=NOON)
    outcomes = []

    def enter(number):
        with session(database):
            try:
                outcomes.append(sessions.sign_in_with_link("link", token=f"cookie{number}", now=NOON).name)
            except Unauthenticated:
                outcomes.append("refused")

    threads = [threading.Thread(target=enter, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["Ana Alvarez", "refused"]


def test_a_link_is_over_after_a_day_and_an_invented_one_never_works(samples):
    sessions.make_link(ANA, token="link", by=BOSS, now=NOON)
    for link in ("link", "invented", ""):
        with pytest.raises(Unauthenticated):
            sessions.sign_in_with_link(link, token="cookie", now=NOON + timedelta(hours=24))


def test_a_link_is_made_for_people_of_ones_own_tenant(samples):
    for email in ("carla@acme.tandem.test", "nobody@x.test"):
        with pytest.raises(NotFound):
            sessions.make_link(email, token="link", by=BOSS, now=NOON)


def test_only_hashes_of_tokens_are_kept(samples):
    sessions.make_link(ANA, token="link", by=BOSS, now=NOON)
    sessions.sign_in_with_link("link", token="cookie", now=NOON)
    kept = [row.id for table in (rows.SignInLink, rows.Session) for row in table.select()]
    assert kept == [sessions.hashed("link"), sessions.hashed("cookie")]


def test_a_session_ends_twelve_hours_after_it_was_last_used(samples):
    sessions.make_link(ANA, token="link", by=BOSS, now=NOON)
    sessions.sign_in_with_link("link", token="cookie", now=NOON)
    assert sessions.authenticate("cookie", NOON + 11 * HOUR)
    assert sessions.authenticate("cookie", NOON + 22 * HOUR)
    assert sessions.authenticate("cookie", NOON + 34 * HOUR) is None


def test_signing_out_ends_the_session(samples):
    sessions.make_link(ANA, token="link", by=BOSS, now=NOON)
    sessions.sign_in_with_link("link", token="cookie", now=NOON)
    sessions.sign_out("cookie", now=NOON)
    assert sessions.authenticate("cookie", NOON) is None
    assert sessions.authenticate(None, NOON) is None


@pytest.fixture
def quick(monkeypatch):
    """A hash that takes no third of a second; the algorithm is the same."""
    monkeypatch.setattr(sessions, "SCRYPT", "scrypt:1024:8:1")
    monkeypatch.setattr(sessions, "_NOBODYS_HASH", "scrypt:1024:8:1$0000$" + "0" * 128)


def enter(password, now=NOON, email=ANA):
    return sessions.sign_in_with_password(email, password, token="cookie", try_id=ids.new_id(), now=now)


def test_the_right_password_lets_in_and_a_wrong_one_does_not(samples, quick):
    sessions.set_password(ids.named("person", ANA), "correct horse battery", by=BOSS, now=NOON)
    assert enter("correct horse battery", email=" ANA@demo.tandem.test").name == "Ana Alvarez"
    for email, password in (
        (ANA, "wrong horse battery"),
        ("nobody@x.test", "correct horse battery"),
        ("dev@demo.tandem.test", ""),
    ):
        with pytest.raises(Unauthenticated):
            enter(password, email=email)


@pytest.mark.parametrize("password", ["short", "x" * 201])
def test_a_password_has_a_length(samples, password):
    with pytest.raises(Invalid) as refused:
        sessions.set_password(ids.named("person", ANA), password, by=BOSS, now=NOON)
    assert "password" in refused.value.errors


def test_a_new_password_ends_the_sessions_of_the_old_one(samples, quick):
    sessions.make_link(ANA, token="link", by=BOSS, now=NOON)
    sessions.sign_in_with_link("link", token="cookie", now=NOON)
    sessions.set_password(ids.named("person", ANA), "correct horse battery", by=BOSS, now=NOON)
    assert sessions.authenticate("cookie", NOON) is None


def test_what_is_over_is_tidied_away(samples):
    sessions.make_link(ANA, token="link", by=BOSS, now=NOON)
    sessions.sign_in_with_link("link", token="cookie", now=NOON)
    assert sessions.tidy(NOON + 24 * HOUR) == 0
    assert sessions.tidy(NOON + 49 * HOUR) == 2
