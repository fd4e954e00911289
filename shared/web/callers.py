"""Who calls: found by their token or as the service finds them, and checked against the role that a view needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g, request

from shared.ground import clock, errors, logs
from shared.ground.principal import Principal
from shared.security import tokens
from shared.web import current_service, error_responses


def needs(role: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator of a view: the lowest role that may call it, or "service" for calls between services."""

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        view.needed_role = role  # type: ignore[attr-defined]
        return view

    return mark


def caller() -> tokens.Caller:
    """The caller of this request. Unauthenticated when there is none."""
    caller_ = g.get("caller")
    if caller_ is None:
        raise errors.Unauthenticated("Sign in, or send a bearer token.")
    return caller_


def by() -> Principal:
    """The principal of this request, as verbs record it; its tenant is the one whose rows may be read and written."""
    return caller().by


def by_for_a_tenant() -> Principal:
    """Like `by`. Invalid for a service's token that is for no tenant in particular."""
    acting = by()
    if acting.tenant_id == tokens.ANY_TENANT:
        raise errors.Invalid("Say for which tenant: this token is for none in particular.")
    return acting


def by_as(role: str) -> Principal:
    """The principal for whom a service calls (run control). Forbidden when that person does not have the role."""
    acting = by()
    if not acting.may(role):
        raise errors.Forbidden(f"This needs the role {role}.")
    return acting


def bearer_token() -> str:
    """The bearer token of this request; "" for none, and for other kinds of authorization."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def identify() -> None:
    """Note the caller of this request, if it has one. Unauthenticated for a token that is not valid."""
    if token := bearer_token():
        g.caller = current_service.current().verifier.caller(token, clock.now(), logs.request_id.get())
        refuse_deactivated(g.caller.by)
    elif (other := current_service.current().authenticate) is not None:
        g.caller = other()


def refuse_deactivated(by: Principal) -> None:
    """Unauthenticated for a person who has been deactivated since their token was made."""
    if by.kind == "person" and current_service.current().deactivated(by.tenant_id, by.id):
        raise errors.Unauthenticated("This person may no longer come in.")


def authorise(view: Callable[..., Any] | None) -> None:
    """Unauthenticated or Forbidden for a caller who may not call this view, and for anybody where it names no role."""
    if view is None:
        return
    role = getattr(view, "needed_role", None)
    if role is None:
        if request.path.startswith(error_responses.GUARDED) and request.method != "OPTIONS":
            raise errors.Forbidden("Nobody may call this.")
        return
    caller_ = caller()
    if role == "service" and not caller_.is_service:
        raise errors.Forbidden("This is for services only.")
    if role != "service" and not caller_.by.may(role):
        raise errors.Forbidden(f"This needs the role {role}.")
