"""How often a password may be tried, at once and in a row, and who is not stopped by a stranger's tries."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from services.monitor import password_checks, seeding, sessions, sign_in_limits
from services.monitor.models import database, sign_ins
from shared.database.connection import session
from shared.ground import ids
from shared.ground.errors import TooMany, Unauthenticated, Unavailable
from shared.ground.principal import Principal
from tests.conftest import NOON

ANA = "ana@demo.tandem.test"
RIGHT = "correct horse battery"
BOSS = Principal("person", "boss", "Boss", "demo", roles=frozenset({"admin"}))
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"
WINDOW = sign_in_limits.WINDOW


@pytest.fixture
def samples(monitor, monkeypatch):
    """Ana has a password, and a hash takes no third of a second; the algorithm is the same."""
    monkeypatch.setattr(sessions, "SCRYPT", "scrypt:1024:8:1")
    monkeypatch.setattr(sessions, "_NOBODYS_HASH", "scrypt:1024:8:1$0000$" + "0" * 128)
    seeding.seed(NOON)
    sessions.set_password(ids.named("person", ANA), RIGHT, by=BOSS, now=NOON)


def enter(password=RIGHT, *, email=ANA, now=NOON, address=HOME, device=None):
    """What came of an attempt: "in", "wrong", or after how many seconds the next is heard."""
    try:
        sessions.sign_in_with_password(
            email, password, token=ids.new_id(), try_id=ids.new_id(), now=now, address=address, device=device
        )
    except Unauthenticated:
        return "wrong"
    except TooMany as refused:
        return refused.details["retry_after"]
    return "in"


def test_after_five_wrong_passwords_even_the_right_one_waits_and_is_told_how_long(samples):
    later = NOON + timedelta(minutes=1)
    assert [enter("wrong")] + [enter("wrong", now=later) for _ in range(4)] == ["wrong"] * 5
    assert enter(now=later) == 240
    assert enter(now=NOON + WINDOW) == "in"


def test_of_many_at_once_no_more_are_looked_at_than_of_many_in_a_row(samples, monkeypatch):
    monkeypatch.setattr(sessions, "checks", password_checks.PasswordChecks(100, 100))
    outcomes, together = [], threading.Barrier(30)

    def tries(number):
        with session(database):
            together.wait()
            outcomes.append(enter(f"wrong {number}"))

    threads = [threading.Thread(target=tries, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("wrong") == 5
    assert len(outcomes) == 30


def test_a_strangers_wrong_passwords_stop_the_right_person_nowhere_else(samples):
    for _ in range(6):
        enter("wrong", address=ELSEWHERE)
    assert enter(address=ELSEWHERE) != "in"
    assert enter(address=HOME) == "in"


def test_a_browser_in_which_a_person_has_signed_in_is_stopped_by_no_stranger(samples):
    assert enter(device="anas-own") == "in"
    for _ in range(6):
        enter("wrong", device="a strangers")
    assert enter() != "in"
    assert enter(device="anas-own") == "in"
    assert [enter("wrong", device="anas-own") for _ in range(6)].count("wrong") == 5


def test_a_browser_is_known_by_a_link_too_and_to_its_own_person_alone(samples):
    sessions.make_link(ANA, token="link", by=BOSS, now=NOON)
    sessions.sign_in_with_link("link", token="cookie", now=NOON, device="anas-own")
    for email in (ANA, "dev@demo.tandem.test"):
        for _ in range(5):
            enter("wrong", email=email)
    assert enter(device="anas-own") == "in"
    assert enter("wrong", email="dev@demo.tandem.test", device="anas-own") != "wrong"


def test_a_new_password_makes_every_browser_a_stranger(samples):
    assert enter(device="anas-own") == "in"
    sessions.set_password(ids.named("person", ANA), RIGHT, by=BOSS, now=NOON)
    assert sign_ins.KnownDevice.select().count() == 0


def test_one_address_tries_so_often_whoever_it_claims_to_be(samples):
    outcomes = [enter("wrong", email=f"nobody{number}@x.test") for number in range(40)]
    assert outcomes.count("wrong") == sign_in_limits.MOST_PER_ADDRESS
    assert enter(address=ELSEWHERE) == "in"
    assert sign_ins.SignInAttempt.select().count() == sign_in_limits.MOST_PER_ADDRESS


def test_many_addresses_together_try_one_person_so_often_and_those_who_are_known_go_on(samples):
    assert enter(device="anas-own") == "in"
    outcomes = [enter("wrong", address=f"198.51.100.{number // 4}") for number in range(120)]
    assert outcomes.count("wrong") == sign_in_limits.MOST_OF_STRANGERS
    assert enter() != "in"
    assert enter(device="anas-own") == "in"


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("", ""),
        ("x" * 1000, "x" * 64),
    ],
)
def test_addresses_of_one_network_count_as_one(address, counted):
    assert sign_in_limits.network(address) == counted


def test_what_a_stranger_writes_takes_little_room(samples):
    enter("wrong", email="x" * 1_000_000)
    assert [len(row.email) for row in sign_ins.SignInAttempt.select()] == [sign_in_limits.LONGEST_EMAIL]


def test_of_a_persons_browsers_those_used_last_are_known(samples):
    for number in range(sign_ins.DEVICES_OF_A_PERSON + 5):
        assert enter(device=f"device {number}", now=NOON + timedelta(seconds=number)) == "in"
    kept = {row.id for row in sign_ins.KnownDevice.select()}
    assert kept == {sessions.hashed(f"device {number}") for number in range(5, sign_ins.DEVICES_OF_A_PERSON + 5)}


def test_attempts_and_browsers_are_tidied_away(samples):
    enter("wrong")
    enter(device="anas-own", address=ELSEWHERE)
    assert sessions.tidy(NOON + timedelta(hours=11)) == 0
    assert sessions.tidy(NOON + timedelta(days=sessions.DEVICE_DAYS + 1)) == 3


def test_who_finds_no_place_among_those_who_wait_is_told_at_once_and_the_known_still_find_one(samples, monkeypatch):
    few = password_checks.PasswordChecks(most_strangers=1, most_known=1)
    monkeypatch.setattr(sessions, "checks", few)
    assert enter(device="anas-own") == "in"
    with few.place(is_known=False):
        with pytest.raises(Unavailable) as refused:
            enter()
        assert refused.value.details["retry_after"] >= 1
        assert enter(device="anas-own") == "in"
    assert enter() == "in"
    assert sign_ins.SignInAttempt.select().count() == 0


def test_an_invented_link_writes_nothing(samples, monkeypatch):
    monkeypatch.setattr(sessions.feed, "transaction", lambda: pytest.fail("a transaction for an invented link"))
    with pytest.raises(Unauthenticated):
        sessions.sign_in_with_link("invented", token="cookie", now=NOON)
