"""Attempts to sign in with a password, and the browsers that have signed in before; of tokens only hashes are
stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from peewee import CompositeKey, TextField

from services.monitor.models import Table, database
from shared.database.connection import lock_name
from shared.database.fields import UtcDateTime

DEVICES_OF_A_PERSON = 20
DEVICE, ADDRESS = "device:", "address:"
"""The prefixes of an origin."""


class SignInAttempt(Table):
    """An attempt to sign in that failed or is being checked. The tenant is empty for an e-mail that no person has.

    `origin` is the browser if the person has signed in with it before, else the network address.
    """

    id = TextField(primary_key=True)
    tenant_id = TextField()
    email = TextField()
    origin = TextField()
    at = UtcDateTime()


class KnownDevice(Table):
    """A browser with which this person has signed in; its id is the hash of the token in its cookie."""

    id = TextField()
    tenant_id = TextField()
    person_id = TextField()
    used_at = UtcDateTime()

    class Meta:
        primary_key = CompositeKey("person_id", "id")


SignInAttempt.add_index(SignInAttempt.index(SignInAttempt.email, SignInAttempt.at, name="sign_in_attempt_recent"))
SignInAttempt.add_index(SignInAttempt.index(SignInAttempt.origin, SignInAttempt.at, name="sign_in_attempt_of_origin"))


def count_alone() -> None:
    """Wait until no other transaction counts attempts. Call it inside the transaction that counts."""
    lock_name(database, "sign-in attempts")


def of_email_and_origin(email: str, origin: str) -> Any:
    """The condition of attempts for this e-mail from this origin."""
    return (SignInAttempt.email == email) & (SignInAttempt.origin == origin)


def of_strangers(email: str) -> Any:
    """The condition of attempts for this e-mail from where its owner has not signed in before."""
    return (SignInAttempt.email == email) & ~SignInAttempt.origin.startswith(DEVICE)


def of_origin(origin: str) -> Any:
    """The condition of attempts from this origin, for any e-mail."""
    return SignInAttempt.origin == origin


def free_at(attempts: Any, most: int, within: timedelta, now: datetime) -> datetime | None:
    """When the next attempt stays within the limit of `most` attempts in the period; None if it does now."""
    # Nobody is signed in yet, so attempts are counted over all tenants.
    recent = SignInAttempt.of_all_tenants(SignInAttempt.at).where(attempts, SignInAttempt.at > now - within)
    last = recent.order_by(SignInAttempt.at.desc()).offset(most - 1).limit(1).first()
    return last.at + within if last else None


def add_attempt(attempt_id: str, tenant_id: str, email: str, origin: str, now: datetime) -> None:
    """Record that a password is tried."""
    SignInAttempt.insert(id=attempt_id, tenant_id=tenant_id, email=email, origin=origin, at=now).execute()


def forget_attempts(email: str, origin: str) -> None:
    """Delete the attempts for this e-mail from this origin, after the right password."""
    SignInAttempt.delete_of_all_tenants().where(of_email_and_origin(email, origin)).execute()


def is_known(device_id: str, tenant_id: str, person_id: str) -> bool:
    """Whether this person has signed in with this browser before."""
    return _devices(tenant_id, person_id).where(KnownDevice.id == device_id).exists()


def know(device_id: str, tenant_id: str, person_id: str, now: datetime) -> None:
    """Record that this person signed in with this browser; only the browsers used last are kept."""
    values: dict[Any, Any] = {"id": device_id, "tenant_id": tenant_id, "person_id": person_id, "used_at": now}
    KnownDevice.insert(values).on_conflict(
        conflict_target=(KnownDevice.person_id, KnownDevice.id), update={KnownDevice.used_at: now}
    ).execute()
    last = _devices(tenant_id, person_id).order_by(KnownDevice.used_at.desc()).limit(DEVICES_OF_A_PERSON)
    forget_devices(tenant_id, person_id, besides=[row.id for row in last])


def _devices(tenant_id: str, person_id: str) -> Any:
    return KnownDevice.for_tenant(tenant_id).where(KnownDevice.person_id == person_id)


def forget_devices(tenant_id: str, person_id: str, *, besides: Sequence[str] = ()) -> None:
    """Forget the browsers of this person, except those in `besides`."""
    mine = KnownDevice.delete_for(tenant_id).where(KnownDevice.person_id == person_id)
    mine.where(KnownDevice.id.not_in(list(besides))).execute()


def forget_old(*, attempts_before: datetime, devices_before: datetime) -> int:
    """Delete older attempts and browsers. Returns how many."""
    gone = SignInAttempt.delete_of_all_tenants().where(SignInAttempt.at < attempts_before).execute()
    return gone + KnownDevice.delete_of_all_tenants().where(KnownDevice.used_at < devices_before).execute()
