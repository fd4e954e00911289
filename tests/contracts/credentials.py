"""Credentials that must let nobody in, each with what is wrong about it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import OKPKey

from services.monitor import people, sessions
from services.monitor.api.browser import COOKIE
from shared.database.connection import session
from shared.ground import clock, ids
from shared.ground.principal import Principal
from shared.security.tokens import Signer, make_keys
from tests.contexts import CONTEXTS
from tests.contracts import tenants
from tests.contracts.following import follow
from tests.contracts.tenants import Applications

Headers = dict[str, str]
Make = Callable[[], Headers]


class Forge:
    """Makes tokens that are almost right, with the monitor's real key unless told otherwise."""

    def __init__(self, keys: Path, by: Principal) -> None:
        self.keys, self.by = keys, by
        self.key = OKPKey.import_key((keys / "private" / "monitor.pem").read_bytes())

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Those of a good token of an admin, but for the changes; None leaves one out."""
        now, by = int(clock.now().timestamp()), self.by
        told: dict[str, Any] = {
            "kind": by.kind,
            "sub": by.id,
            "name": by.name,
            "tenant": by.tenant_id,
            "roles": sorted(by.roles),
        }
        told |= {"iss": "monitor", "iat": now, "exp": now + 900, "jti": ids.new_id()}
        return {name: value for name, value in (told | changes).items() if value is not None}

    def bearer(self, key: OKPKey | None = None, header: dict[str, Any] | None = None, **changes: Any) -> Headers:
        """A token, signed."""
        told = {"alg": "Ed25519", "kid": "monitor"} | (header or {})
        return _bearer(jwt.encode(told, self.claims(**changes), key or self.key, algorithms=["Ed25519"]))

    def unsigned(self, algorithm: str, sign: Callable[[bytes], bytes] = lambda _: b"") -> Headers:
        """A token whose header names another algorithm."""
        parts = ({"alg": algorithm, "kid": "monitor", "typ": "JWT"}, self.claims())
        text = ".".join(_encoded(json.dumps(part).encode()) for part in parts)
        return _bearer(f"{text}.{_encoded(sign(text.encode()))}")

    def by_public_key(self) -> Headers:
        """HMAC with the public key, which everybody may know, as its secret."""
        secret = (self.keys / "public" / "monitor.pem").read_bytes()
        return self.unsigned("HS256", lambda text: hmac.digest(secret, text, hashlib.sha256))

    def changed(self) -> Headers:
        """A member's token whose payload was made an admin's behind the signature."""
        head, _, signature = self.bearer(roles=["member"])["Authorization"].split(".")
        return {"Authorization": f"{head}.{_encoded(json.dumps(self.claims()).encode())}.{signature}"}

    def good(self) -> str:
        """A token that is right."""
        return self.bearer()["Authorization"].removeprefix("Bearer ")


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bearer(token: str) -> Headers:
    return {"Authorization": f"Bearer {token}"}


def open_session(applications: Applications, person_id: str, tenant_id: str) -> str:
    """The cookie of a new session of a person."""
    link, cookie = secrets.token_urlsafe(), secrets.token_urlsafe()
    with session(applications["monitor"][0].extensions["tandem"].feed.database):
        person = people.find(tenant_id, person_id)
        sessions.make_link(person.email, token=link, by=tenants.admin_of(tenant_id), now=clock.now())
        sessions.sign_in_with_link(link, token=cookie, now=clock.now())
    return cookie


def new_person(applications: Applications, role: str) -> Principal:
    """Somebody of the sample tenant."""
    admin = Principal("person", "attacker", "Attacker", "demo", roles=frozenset({"super_admin"}))
    person_id = ids.new_id()
    with session(applications["monitor"][0].extensions["tandem"].feed.database):
        people.add(
            person_id, name="New", email=f"{person_id}@demo.tandem.test", role=role, by=admin, now=clock.now()
        )  # fmt: skip
    return Principal("person", person_id, "New", "demo", roles=frozenset({role}))


def bad(applications: Applications) -> dict[str, Make]:
    """Every kind of bad credential by what is wrong with it."""
    by = new_person(applications, "admin")
    forge = Forge(applications["monitor"][1].keys, by)
    return (
        _no_tokens(forge)
        | _forged(forge)
        | _of_services(forge)
        | _of_people_who_left(applications)
        | _cookies(applications, forge)
    )


def _no_tokens(forge: Forge) -> dict[str, Make]:
    good = forge.good
    basic = base64.b64encode(b"max@demo.tandem.test:tandem").decode()
    return {
        "none": dict,
        "Authorization is empty": lambda: {"Authorization": ""},
        "bearer without a token": lambda: {"Authorization": "Bearer "},
        "garbage": lambda: _bearer("garbage"),
        "three parts of garbage": lambda: _bearer("e30.e30.e30"),
        "10 kB of brackets": lambda: _bearer(f"{_encoded(b'[' * 5_000)}.e30.e30"),
        "Basic": lambda: {"Authorization": f"Basic {basic}"},
        "a good token as Basic": lambda: {"Authorization": f"Basic {good()}"},
        "a good token without a scheme": lambda: {"Authorization": good()},
        "a good token twice": lambda: _bearer(f"{good()},{good()}"),
        "a good token in another header": lambda: {"X-Access-Token": good(), "Proxy-Authorization": f"Bearer {good()}"},
        "a name in a header": lambda: {"X-Remote-User": "max", "X-Forwarded-User": "max", "X-User-Id": forge.by.id},
    }


def _forged(forge: Forge) -> dict[str, Make]:
    now, other = int(clock.now().timestamp()), OKPKey.generate_key("Ed25519")
    return {
        "signed by another key": lambda: forge.bearer(other),
        "signed by the key that it brings": lambda: forge.bearer(other, {"jwk": other.as_dict(private=False)}),
        "signed by nobody we know": lambda: forge.bearer(other, {"kid": "stranger"}, iss="stranger"),
        "kid is a path": lambda: forge.bearer(header={"kid": "../public/monitor"}),
        "without a kid": lambda: forge.bearer(header={"kid": ""}),
        "expired": lambda: forge.bearer(iat=now - 2_000, exp=now - 60),
        "never expires": lambda: forge.bearer(exp=None),
        "issued tomorrow": lambda: forge.bearer(iat=now + 86_400, exp=now + 87_300),
        "not valid before tomorrow": lambda: forge.bearer(nbf=now + 86_400),
        "for another audience": lambda: forge.bearer(aud="elsewhere"),
        "of another issuer": lambda: forge.bearer(iss="elsewhere"),
        "without an issuer": lambda: forge.bearer(iss=None),
        "alg none": lambda: forge.unsigned("none"),
        "HS256 with the public key": forge.by_public_key,
        "signature cut off": lambda: _bearer(forge.good().rpartition(".")[0] + "."),
        "payload changed": forge.changed,
        "no roles": lambda: forge.bearer(roles=[]),
        "a role that is none": lambda: forge.bearer(roles=["root", "service"]),
    }


def _of_services(forge: Forge) -> dict[str, Make]:
    runs = Signer("runs", forge.keys)
    key = OKPKey.import_key((forge.keys / "private" / "runs.pem").read_bytes())
    elsewhere = forge.keys.parent / "keys-of-another-house"
    make_keys(elsewhere, CONTEXTS)
    header = {"kid": "runs"}
    return {
        "a service signs as another": lambda: forge.bearer(key, header, iss="runs", kind="service", sub="workflows"),
        "a service signs as the monitor": lambda: forge.bearer(key, kind="service", sub="monitor", roles=["service"]),
        "a service signs for a person": lambda: _bearer(runs.for_person(forge.by, clock.now())),
        "on behalf of a person, not by the monitor": lambda: _bearer(
            runs.for_service(clock.now(), person=forge.by)
        ),
        "a service of another house": lambda: _bearer(Signer("monitor", elsewhere).for_service(clock.now())),
        "a service's, expired": lambda: _bearer(runs.for_service(clock.now() - timedelta(minutes=10))),
    }  # fmt: skip


def _of_people_who_left(applications: Applications) -> dict[str, Make]:
    gone = new_person(applications, "admin")
    cookie = open_session(applications, gone.id, "demo")
    admin = Principal("person", "attacker", "Attacker", "demo", roles=frozenset({"super_admin"}))
    with session(applications["monitor"][0].extensions["tandem"].feed.database):
        people.change(gone.id, active=False, by=admin, now=clock.now())
    for reader in ("runs", "workflows", "executor"):
        follow(applications, reader, "monitor")
    keys = applications["monitor"][1].keys
    return {
        "a deactivated person's": lambda: _bearer(Signer("monitor", keys).for_person(gone, clock.now())),
        "a deactivated person's session": lambda: {"Cookie": f"{COOKIE}={cookie}", **OURS},
    }


OURS = {"Sec-Fetch-Site": "same-origin"}


def _cookies(applications: Applications, forge: Forge) -> dict[str, Make]:
    signed_out = open_session(applications, forge.by.id, "demo")
    with session(applications["monitor"][0].extensions["tandem"].feed.database):
        sessions.sign_out(signed_out, now=clock.now())
    made = {
        "an empty cookie": "",
        "a cookie of garbage": "garbage",
        "a cookie of a signed-out session": signed_out,
        "a cookie that is what is kept of it": sessions.hashed(signed_out),
        "a good token as a cookie": forge.good(),
    }
    return {name: lambda value=value: {"Cookie": f"{COOKIE}={value}", **OURS} for name, value in made.items()}  # type: ignore[misc]
