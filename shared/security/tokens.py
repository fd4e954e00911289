"""Short-lived Ed25519 tokens. Each service signs with its own key; only the monitor may sign for people."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from shared.ground import ids
from shared.ground.errors import Unauthenticated
from shared.ground.json_types import JsonObject
from shared.ground.principal import ROLES, Principal

PERSON_MINUTES = 15
SERVICE_SECONDS = 60
ANY_TENANT = "*"
"""The tenant of a service token that reads the changes of all tenants."""

LEEWAY_SECONDS = 10
LONGEST_NAME = 40
"""The longest name of a service; a longer one is not a service, nor a valid path."""


def make_keys(folder: Path, services: Iterable[str]) -> None:
    """Make the key pair of each service that has none: `private/<service>.pem`, `public/<service>.pem`."""
    (folder / "private").mkdir(parents=True, exist_ok=True, mode=0o700)
    for service in services:
        make_key_pair(folder / "private" / f"{service}.pem", folder / "public" / f"{service}.pem")


def make_key_pair(private: Path, public: Path) -> None:
    """Make one key pair unless it exists.

    The private file (mode 0600) is written atomically. The public one is written from it each time, so that a crash
    between the two is repaired by the next call.
    """
    if not private.exists():
        fresh = private.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_bytes(OKPKey.generate_key("Ed25519").as_pem(private=True))
        fresh.rename(private)
    public.parent.mkdir(parents=True, exist_ok=True)
    public.write_bytes(OKPKey.import_key(private.read_bytes()).as_pem(private=False))


@dataclass(frozen=True)
class Caller:
    """The content of a token: who signed it, for whom, and whether a service calls (by itself, or on behalf of a
    person).

    `by.tenant_id` is ANY_TENANT for a service that calls for no particular tenant.
    """

    signed_by: str
    by: Principal
    is_service: bool


@dataclass
class Signer:
    """Signs as one service, with its private key in `keys`."""

    service: str
    keys: Path
    _key: OKPKey | None = field(default=None, repr=False)

    def _sign(self, claims: JsonObject, now: datetime, lifetime: timedelta) -> str:
        if self._key is None:
            self._key = OKPKey.import_key((self.keys / "private" / f"{self.service}.pem").read_bytes())
        stamped = claims | {
            "iss": self.service,
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
            "jti": ids.new_id(),
        }
        return jwt.encode({"alg": "Ed25519", "kid": self.service}, stamped, self._key, algorithms=["Ed25519"])

    def for_service(self, now: datetime, *, tenant_id: str = ANY_TENANT, person: Principal | None = None) -> str:
        """A token of the service itself; with `person`, one that names the person on whose behalf it calls (run
        control)."""
        claims: JsonObject = {
            "kind": "service",
            "sub": self.service,
            "name": self.service,
            "tenant": tenant_id,
            "roles": ["service"],
        }
        if person is not None:
            claims |= {"tenant": person.tenant_id, "for": person.as_json() | {"roles": sorted(person.roles)}}
        return self._sign(claims, now, timedelta(seconds=SERVICE_SECONDS))

    def for_person(
        self, by: Principal, now: datetime, *, lifetime: timedelta = timedelta(minutes=PERSON_MINUTES)
    ) -> str:
        """A token for a person, valid at every service, which refuses it unless the monitor signed it."""
        claims = {"kind": by.kind, "sub": by.id, "name": by.name, "tenant": by.tenant_id, "roles": sorted(by.roles)}
        return self._sign(claims, now, lifetime)


@dataclass
class Verifier:
    """Verifies tokens with the public keys in `keys`."""

    keys: Path
    _keys_by_service: dict[str, OKPKey] = field(default_factory=dict, repr=False)

    def _key_of(self, service: str) -> OKPKey:
        if service not in self._keys_by_service:
            file = self.keys / "public" / f"{service}.pem"
            if len(service) > LONGEST_NAME or not service.isidentifier() or not file.exists():
                raise Unauthenticated("This token was signed by nobody we know.")
            self._keys_by_service[service] = OKPKey.import_key(file.read_bytes())
        return self._keys_by_service[service]

    def caller(self, token: str, now: datetime, request_id: str = "") -> Caller:
        """The caller with this token. Unauthenticated when it is not valid now, or its signer may not sign such a
        token."""
        try:
            header = jwt.decode(
                token, lambda message: self._key_of(str(message.headers().get("kid", ""))), algorithms=["Ed25519"]
            )
            claims = header.claims
            signed_by = str(header.header["kid"])
            expires, begins = int(claims["exp"]), max(int(claims["iat"]), int(claims.get("nbf", 0)))
        except (JoseError, KeyError, ValueError, TypeError, UnicodeError, RecursionError) as error:
            raise Unauthenticated("This token is not valid.") from error
        if (
            claims.get("iss") != signed_by
            or expires <= now.timestamp() - LEEWAY_SECONDS
            or begins > now.timestamp() + LEEWAY_SECONDS
        ):
            raise Unauthenticated("This token is over. Get a new one.")
        if "aud" in claims:
            raise Unauthenticated("This token is for somebody else: ours name no audience.")
        return _caller_of(claims, signed_by, request_id)


def _caller_of(all_claims: JsonObject, signed_by: str, request_id: str) -> Caller:
    claims = all_claims
    tenant, subject, name = (str(claims.get(key, "")) for key in ("tenant", "sub", "name"))
    if claims.get("kind") == "service":
        if subject != signed_by:
            raise Unauthenticated("A service signs only for itself.")
        person = claims.get("for")
        if person is None:
            return Caller(
                signed_by,
                Principal("service", subject, name, tenant, request_id, frozenset({"service"})),
                is_service=True,
            )
        subject, name = str(person.get("id")), str(person.get("name"))
        claims = person
    if signed_by != "monitor":
        raise Unauthenticated("Only the monitor signs for people.")
    by = Principal(
        str(claims.get("kind")), subject, name, tenant, request_id, frozenset(claims.get("roles", ())) & set(ROLES)
    )
    return Caller(signed_by, by, is_service=claims is not all_claims)
