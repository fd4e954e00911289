"""Who is believed: own keys, short lives, and only the monitor speaks for people."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from shared.ground.errors import Unauthenticated
from shared.ground.principal import Principal
from shared.security.tokens import Signer, Verifier, make_keys
from tests.conftest import NOON

ANA = Principal("person", "p1", "Ana", "demo", roles=frozenset({"operator"}))


def test_a_person_signed_by_the_monitor_is_believed_everywhere(keys):
    caller = Verifier(keys).caller(Signer("monitor", keys).for_person(ANA, NOON), NOON)
    assert caller.by == ANA
    assert not caller.is_service


def test_a_person_signed_by_any_other_service_is_not(keys):
    with pytest.raises(Unauthenticated, match="monitor"):
        Verifier(keys).caller(Signer("executor", keys).for_person(ANA, NOON), NOON)
    with pytest.raises(Unauthenticated, match="monitor"):
        Verifier(keys).caller(Signer("executor", keys).for_service(NOON, person=ANA), NOON)


def test_a_service_on_behalf_of_a_person_acts_as_the_person_and_counts_as_a_service(keys):
    caller = Verifier(keys).caller(Signer("monitor", keys).for_service(NOON, person=ANA), NOON)
    assert (caller.by, caller.is_service) == (ANA, True)


def test_a_token_that_is_over_or_from_the_future_is_refused(keys):
    token = Signer("monitor", keys).for_person(ANA, NOON)
    for moment in (NOON + timedelta(minutes=16), NOON - timedelta(minutes=1)):
        with pytest.raises(Unauthenticated):
            Verifier(keys).caller(token, moment)


def test_keys_of_another_house_are_refused(keys, tmp_path):
    make_keys(tmp_path, ["monitor"])
    with pytest.raises(Unauthenticated):
        Verifier(keys).caller(Signer("monitor", tmp_path).for_person(ANA, NOON), NOON)


@pytest.mark.parametrize(
    "claims",
    [{"nbf": int(NOON.timestamp()) + 60}, {"aud": "elsewhere"}, {"aud": ["monitor"]}, {"nbf": "soon"}, {"nbf": None}],
    ids=str,
)
def test_a_token_for_later_or_for_somebody_else_is_refused(keys, claims):
    good = {"kind": "person", "sub": "p1", "name": "Ana", "tenant": "demo", "roles": ["operator"]}
    verifier, signer = Verifier(keys), Signer("monitor", keys)
    assert verifier.caller(signer._sign(good, NOON, timedelta(minutes=5)), NOON).by == ANA
    with pytest.raises(Unauthenticated):
        verifier.caller(signer._sign(good | claims, NOON, timedelta(minutes=5)), NOON)


def headed(header):
    """A token with a header of one's own, signed by nobody."""
    return base64.urlsafe_b64encode(header.encode()).decode().rstrip("=") + ".e30.AAAA"


@pytest.mark.parametrize(
    "token",
    [
        *("", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "é.é.é"),
        headed('{"alg": "Ed25519", "kid": "' + "k" * 5_000 + '"}'),
        headed('{"alg": "Ed25519", "kid": ' + "[" * 5_000 + "]" * 5_000 + "}"),
        headed('{"alg": "Ed25519", "kid": ' + "9" * 5_000 + "}"),
        headed('{"alg": "Ed25519", "kid": "\\ud800"}'),
    ],
    ids=lambda token: token[:40],
)
def test_rubbish_is_refused(keys, token):
    with pytest.raises(Unauthenticated):
        Verifier(keys).caller(token, NOON)


def test_private_keys_are_for_their_owner_only(keys):
    assert {oct((keys / "private" / f"{name}.pem").stat().st_mode & 0o777) for name in ("runs", "monitor")} == {"0o600"}


def test_roles_grow():
    assert ANA.may("member")
    assert ANA.may("operator")
    assert not ANA.may("admin")
    assert not Principal("person", "p", "x", "demo", roles=frozenset({"king"})).may("member")
